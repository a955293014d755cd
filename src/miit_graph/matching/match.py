"""Compares a name with a question. This decides what is found; an index only spares it work.

A question matches a name in one of these ways, the best first; `Way.score` says how good each is:

========  ===========================================================================================
exact     the whole name
reading   the whole name in pinyin
initials  the initials of its words or of its pinyin, from the first on (MIIT, gyhxxhb)
prefix    its beginning; also of its pinyin
word      a whole word, or the beginning of one; Chinese characters anywhere; pinyin from any syllable on
short     some of its Chinese characters in their order, the first one among them (工信部)
part      a part of a word, from three letters on
words     the question has several words, and each matches the name in one of these ways
========  ===========================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from miit_graph.matching.folding import fold, has_han, is_han
from miit_graph.matching.pinyin import tokens

LONGEST_QUESTION = 200
"""Characters of a question; the rest is not looked at."""
MOST_WORDS = 8
PART_FROM = 3
"""Letters that a part inside a word has at least."""
INITIALS_FROM = 2
SHORT_FROM, SHORT_TO = 2, 8
"""How many characters an abbreviation of a Chinese name has."""
LEADS = ("", "中国", "国家", "全国", "中华人民共和国")
"""What an abbreviation of a Chinese name may leave out at the beginning."""

How = Literal["exact", "reading", "initials", "prefix", "word", "short", "part", "words"]
_UMLAUT = re.compile("(?<=[ln])v")
SMALL_WORDS = frozenset(("a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"))


@dataclass(frozen=True, slots=True)
class Match:
    """How a question matches a name: in which way, how well (0 to 1), and where.

    ``where`` is "text" or "reading"; ``spans`` are parts of the key, or numbers of syllables and words.
    """

    how: How
    score: float
    where: Literal["text", "reading"] = "text"
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Spoken:
    """A key as it is read aloud, with nothing between syllables and words; ``begins`` has a 1 where each begins."""

    flat: str
    begins: str

    @classmethod
    def of(cls, parts: Iterable[str]) -> Spoken:
        """From syllables and words; what is not in Latin letters is blotted out, as no question can ask for it."""
        parts = [part if part.isascii() else "?" * len(part) for part in parts]
        return cls("".join(parts), "".join("1" + "0" * (len(part) - 1) for part in parts))


NOT_SPOKEN = Spoken("", "")


class Name:
    """A folded name with its reading (only for names with Chinese characters) and its initials."""

    def __init__(self, key: str) -> None:
        self.key = key

    @classmethod
    def of(cls, text: str) -> Name:
        """From a text as it is written."""
        return cls(fold(text))

    # Most names are compared with questions that need neither of these.

    @cached_property
    def _parts(self) -> list[str]:
        return tokens(self.key) if has_han(self.key) else []

    @cached_property
    def spoken(self) -> Spoken:
        """How the name is read aloud; empty if it has no Chinese characters."""
        return Spoken.of(self._parts) if self._parts else NOT_SPOKEN

    @cached_property
    def initials(self) -> str:
        """The first letters of syllables and words; of a single word none."""
        if self._parts:
            return "".join(part[0] for part in self._parts)
        words = [word for word in self.key.split() if word not in SMALL_WORDS]
        return "".join(word[0] for word in words) if len(words) > 1 else ""


class StoredName(Name):
    """The same from an index, where reading and initials were kept."""

    def __init__(self, key: str, spoken: Spoken, initials: str) -> None:
        super().__init__(key)
        self.__dict__.update(spoken=spoken, initials=initials)


@dataclass(frozen=True)
class Question:
    """What somebody looks for, folded."""

    key: str
    words: tuple[Question, ...] = field(default=())

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, text: str) -> Question:
        """From a text as it was typed."""
        key = fold(text[:LONGEST_QUESTION])
        # Chinese characters with spaces between them were meant as several words; their key has none.
        words = list(dict.fromkeys(" ".join(map(fold, text[:LONGEST_QUESTION].split())).split()))
        if len(words) < 2:
            return cls(key)
        return cls(key, tuple(cls(word) for word in words[:MOST_WORDS]))

    def __bool__(self) -> bool:
        return bool(self.key)

    @cached_property
    def letters(self) -> str:
        """The question as pinyin or initials: its letters without spaces; empty if it has others than a to z."""
        joined = self.key.replace(" ", "")
        return _UMLAUT.sub("u", joined) if joined.isascii() else ""

    @cached_property
    def anywhere(self) -> bool:
        """Whether it may stand inside a word: long enough, or in a script without spaces between words."""
        return len(self.key) >= PART_FROM or not self.key.isascii()

    @cached_property
    def is_short(self) -> bool:
        """Whether it may be an abbreviation of a Chinese name."""
        return SHORT_FROM <= len(self.key) <= SHORT_TO and all(map(is_han, self.key))


def match(name: Name, question: Question) -> Match | None:
    """How ``question`` matches ``name`` best, or None. An empty question matches nothing."""
    if not question.key or not name.key:
        return None
    return _whole(name, question) or (_each(name, question) if question.words else None)


def _whole(name: Name, question: Question) -> Match | None:
    found = _text(name.key, question)
    if found is not None and found.how != "part":
        return found
    letters = question.letters
    if letters:
        read = _reading(name, letters)
        if read is not None and (found is None or read.score > found.score):
            return read
    if found is None and question.is_short:
        return _short(name.key, question.key)
    return found


def _text(key: str, question: Question) -> Match | None:
    asked = question.key
    if key == asked:
        return Match("exact", 1.0, spans=((0, len(key)),))
    place = key.find(asked)
    if place < 0:
        if " " in asked and key == asked.replace(" ", ""):  # asked for cyber security, called Cybersecurity
            return Match("exact", 0.97, spans=((0, len(key)),))
        return None
    share = 0.08 * len(asked) / len(key)
    han_first, han_last = is_han(asked[0]), is_han(asked[-1])
    inside = None
    while place >= 0:
        end = place + len(asked)
        at_begin = place == 0 or key[place - 1] == " "
        at_end = end == len(key) or key[end] == " "
        span = ((place, end),)
        if place == 0:
            return Match("prefix", (0.84 if at_end or han_last else 0.78) + share, spans=span)
        if at_begin and (at_end or han_last):
            return Match("word", 0.7 + share, spans=span)
        if han_first and inside is None:
            # What a Chinese name ends with says what kind of thing it is.
            last = len(key) - len(asked)
            if key.endswith(asked):
                return Match("word", 0.68 + share, spans=((last, len(key)),))
            inside = Match("word", 0.62 + share, spans=span)
        elif at_begin:
            inside = Match("word", 0.6 + share, spans=span)
        elif inside is None and question.anywhere:
            inside = Match("part", 0.42 + share, spans=span)
        if inside is not None and inside.how == "word" and han_first:
            return inside
        place = key.find(asked, place + 1)
    return inside


def _reading(name: Name, letters: str) -> Match | None:
    initials = name.initials
    if len(letters) >= INITIALS_FROM and initials == letters:
        return Match("initials", 0.86, "reading", ((0, len(initials)),))
    flat, begins = name.spoken.flat, name.spoken.begins
    place = flat.find(letters) if len(letters) >= INITIALS_FROM else -1
    while place >= 0:
        if begins[place] == "1":
            end = place + len(letters)
            span = ((begins.count("1", 0, place), begins.count("1", 0, end)),)
            whole = end == len(flat) or begins[end] == "1"
            if place == 0 and end == len(flat):
                return Match("reading", 0.92, "reading", span)
            share = 0.06 * len(letters) / len(flat)
            if place == 0:
                return Match("prefix", (0.74 if whole else 0.7) + share, "reading", span)
            return Match("word", (0.56 if whole else 0.5) + share, "reading", span)
        place = flat.find(letters, place + 1)
    if len(letters) >= INITIALS_FROM and initials.startswith(letters):
        return Match("initials", 0.5 + 0.1 * len(letters) / len(initials), "reading", ((0, len(letters)),))
    return None


def _short(key: str, asked: str) -> Match | None:
    if asked[0] not in key or asked[1] not in key:
        return None
    for lead in LEADS:
        if not key.startswith(lead + asked[0]):
            continue
        place, spans = len(lead), [(len(lead), len(lead) + 1)]
        for character in asked[1:]:
            place = key.find(character, place + 1)
            if place < 0:
                break
            spans.append((place, place + 1))
        else:
            ends = key.endswith(asked[-1])
            return Match("short", (0.52 if ends else 0.36) + 0.1 * len(asked) / len(key), spans=tuple(spans))
    return None


def _each(name: Name, question: Question) -> Match | None:
    found: list[Match] = []
    for word in question.words:
        one = _whole(name, word)
        if one is None:
            return None
        found.append(one)
    score = 0.66 * sum(one.score for one in found) / len(found)
    where = found[0].where
    spans = sorted({span for one in found if one.where == where for span in one.spans})
    return Match("words", score, where, tuple(spans))
