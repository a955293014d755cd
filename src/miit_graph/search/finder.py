"""Answers questions from an index: finds, ranks, counts by kind, corrects spellings. All work is bounded.

What stands first: how well the question matches (exact, beginning, word, part), times what the name rests on
(preferred, alternative, source …), plus how many triples lead to the thing, times what a thing of its kind is worth
(bodies and people before codes, these before facts, citations last).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from miit_graph.matching.folding import has_han
from miit_graph.matching.match import INITIALS_FROM, LEADS, Match, Question, match
from miit_graph.search.index import Index
from miit_graph.search.make import SPELLED_FROM
from miit_graph.search.names import BASES, ORDER

MOST_LINES = 10_000
"""Names that one look through the index brings; the important ones come first."""
MOST_COMPARED = 15_000
"""Names that one question is compared with."""
MOST_LISTED = 10_000
"""Things of a kind that are listed."""
_REMEMBERED = 8
_DEGREE = 0.4
_EXACT = 0.5
_BEST = 1.0 + _DEGREE + _EXACT
_ACROSS = 0.55
_LONG_WORD = 7
_NEAR = 6
_NEAR_LINES = 2_000
_BY_BASIS = tuple(BASES[basis] for basis in ORDER)


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found: its number in the index, score (0 to 1), its best name and how that matched."""

    thing: int
    score: float
    name: int
    match: Match | None
    """None if only a kind was asked for."""


@dataclass(frozen=True)
class Result:
    """All that was found for a question, the best first. ``complete`` is false if there may be more.

    ``corrected`` is the question that was answered instead, where one with no hit was close to another.
    """

    hits: Sequence[Hit]
    complete: bool = True
    corrected: str = ""
    near: tuple[str, ...] = ()


@dataclass
class _Work:
    """What a question may still cost."""

    compared: int = MOST_COMPARED
    complete: bool = True
    best: dict[int, Hit] = field(default_factory=dict)


class Finder:
    """Questions to one index."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self.find = lru_cache(maxsize=_REMEMBERED)(self._find)
        self.of_kind = lru_cache(maxsize=_REMEMBERED)(self._of_kind)

    def _find(self, text: str) -> Result:
        """What matches ``text``, or a spelling near to it if nothing does."""
        question = Question.of(text)
        if not question or not len(self.index):
            return Result(())
        result = self._ranked(question)
        if result.hits:
            return result
        for other in self._corrections(question):
            result = self._ranked(Question.of(other))
            if result.hits:
                return Result(result.hits, result.complete, other)
        return Result((), True, "", tuple(self._near(question)))

    def _of_kind(self, sets: frozenset[int]) -> Result:
        """All things whose classes make one of these sets, the most important first."""
        index = self.index
        hits: list[Hit] = []
        for thing, number in enumerate(index.thing_classes):
            if number in sets:
                if len(hits) == MOST_LISTED:
                    return Result(hits, False)
                score = round(index.worths[thing] * (1 + _DEGREE * index.degrees[thing]) / _BEST, 4)
                hits.append(Hit(thing, score, index.names_of(thing)[0], None))
        return Result(hits)

    def _ranked(self, question: Question) -> Result:
        work = _Work()
        for number in self._lines(question, work):
            if not self._compare(number, question, work):
                break
        if question.words:
            self._across(question, work)
        hits = sorted(work.best.values(), key=lambda hit: (-hit.score, hit.thing))
        return Result(hits, work.complete)

    def _compare(self, number: int, question: Question, work: _Work) -> bool:
        """Note how one name matches; false if enough was compared."""
        if work.compared <= 0:
            work.complete = False
            return False
        work.compared -= 1
        found = match(self.index.name(number), question)
        if found is not None:
            self._note(number, found, work)
        return True

    def _note(self, number: int, found: Match, work: _Work) -> None:
        index = self.index
        thing = index.owners[number]
        good = found.score * _BY_BASIS[index.bases[number]] + (_EXACT if found.how == "exact" else 0)
        score = round(index.worths[thing] * (good + _DEGREE * index.degrees[thing]) / _BEST, 4)
        known = work.best.get(thing)
        if known is None or score > known.score:
            work.best[thing] = Hit(thing, score, number, found)

    def _lines(self, question: Question, work: _Work) -> Iterator[int]:
        """The names that may match a question as a whole, the important things first."""
        looks = list(self._looks(question))
        if len(looks) > 1:
            yield from sorted({number for look in looks for number in self._cut(look, work)})
        else:
            for look in looks:
                yield from self._cut(look, work)

    def _cut(self, numbers: Iterable[int], work: _Work) -> Iterator[int]:
        for count, number in enumerate(numbers):
            if count >= MOST_LINES:
                work.complete = False
                return
            yield number

    def _looks(self, question: Question) -> Iterator[Iterable[int]]:
        """Looks through the index, which together bring every name that `match` takes but for several words."""
        index, key, letters, most = self.index, question.key, question.letters, MOST_LINES + 1
        # Exact names of unimportant things must not be lost behind many parts of names.
        yield index.keys.containing(f"\n{key}\n", most)
        if question.anywhere:
            yield index.keys.containing(key, most)
        else:
            yield index.keys.containing(f"\n{key}", most)
            yield index.keys.containing(f" {key}", most)
        if " " in key:
            yield index.keys.containing("\n" + key.replace(" ", "") + "\n", most)
        if len(letters) >= INITIALS_FROM:
            yield index.spoken.containing(letters, most)
            yield index.initials.containing(f"\n{letters}", most)
        if question.is_short:
            for lead in LEADS:
                yield index.keys.containing(f"\n{lead}{key[0]}", most)

    def _across(self, question: Question, work: _Work) -> None:
        """Things whose names together match every word of the question, important ones first."""
        owners = self.index.owners
        things: set[int] | None = None
        for word in question.words:
            having = {owners[number] for number in self._lines(word, work)}
            things = having if things is None else things & having
            if not things:
                return
        for thing in sorted(things or ()):
            if work.compared <= 0:
                work.complete = False
                return
            self._across_names(thing, question, work)

    def _across_names(self, thing: int, question: Question, work: _Work) -> None:
        names = self.index.names_of(thing)
        work.compared -= len(names) * len(question.words)
        compared = [(number, self.index.name(number)) for number in names]
        for number, name in compared:
            whole = match(name, question)
            if whole is not None:
                self._note(number, whole, work)
        if thing in work.best:
            return
        scores: list[float] = []
        first: tuple[float, int, Match] | None = None
        for word in question.words:
            found = [
                (one.score * _BY_BASIS[self.index.bases[number]], number, one)
                for number, name in compared
                if (one := match(name, word)) is not None
            ]
            if not found:
                return
            best = max(found, key=lambda item: item[0])
            first = first or best
            scores.append(best[0])
        if first is not None:
            score = _ACROSS * sum(scores) / len(scores)
            self._note(first[1], Match("words", score, first[2].where, first[2].spans), work)

    def _corrections(self, question: Question) -> Iterator[str]:
        """Questions in which the words that no name has are replaced by words close to them."""
        words = [word.key for word in question.words] or [question.key]
        others: list[list[str]] = []
        for word in words:
            if len(word) < SPELLED_FROM or not word.isascii() or self._is_known(word):
                others.append([word])
                continue
            far = 2 if len(word) >= _LONG_WORD else 1
            close = process.extract(word, self.index.words, scorer=OSA.distance, score_cutoff=far, limit=3)
            if not close:
                return
            # Of words equally far away the more frequent stands first in the vocabulary.
            others.append([found for found, _, _ in sorted(close, key=lambda item: (item[1], item[2]))])
        for choice in range(max(map(len, others))):
            yield " ".join(alternatives[min(choice, len(alternatives) - 1)] for alternatives in others)

    def _is_known(self, word: str) -> bool:
        return bool(self._ranked(Question.of(word)).hits)

    def _near(self, question: Question) -> Iterator[str]:
        """Names and words that look like the question, for somebody who found nothing."""
        if has_han(question.key):
            yield from self._with_most_characters(question.key)
            return
        word = max(question.key.split(), key=len)
        close = process.extract(word, self.index.words, scorer=OSA.normalized_similarity, score_cutoff=0.5, limit=_NEAR)
        yield from (found for found, _, _ in close)

    def _with_most_characters(self, key: str) -> list[str]:
        index, shared = self.index, Counter[int]()
        pairs = {key[place : place + 2] for place in range(min(len(key) - 1, 20))} or {key}
        for pair in sorted(pairs):
            shared.update(index.keys.containing(pair, _NEAR_LINES))
        if not shared:
            for character in sorted(set(key[:20])):
                shared.update(index.keys.containing(character, _NEAR_LINES))
        best = sorted(shared, key=lambda number: (-shared[number], number))
        texts = (index.name_as_written(number).text for number in best[: 4 * _NEAR])
        return list(dict.fromkeys(texts))[:_NEAR]
