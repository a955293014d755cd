"""Which parts of a name as it is written a question matched."""

from __future__ import annotations

from miit_graph.matching.folding import fold_character, has_han, is_han
from miit_graph.matching.match import SMALL_WORDS, Match

Span = tuple[int, int]


def key_with_places(text: str) -> tuple[str, list[int]]:
    """The key of ``text``, and for each character of it the place in ``text`` that it comes from."""
    key: list[str] = []
    places: list[int] = []
    pause = False
    for place, character in enumerate(text):
        for part in fold_character(character):
            if part == " ":
                pause = True
                continue
            if key:
                before, now = is_han(key[-1]), is_han(part)
                if before != now or (pause and not now):
                    key.append(" ")
                    places.append(place)
            key.append(part)
            places.append(place)
            pause = False
    return "".join(key), places


def _tokens(key: str) -> list[Span]:
    """Where in a key each syllable and each word stands; of words alone those that initials are made of."""
    words: list[Span] = []
    start = 0
    for run in key.split(" "):
        if run and is_han(run[0]):
            words.extend((start + at, start + at + 1) for at in range(len(run)))
        elif run:
            words.append((start, start + len(run)))
        start += len(run) + 1
    if has_han(key):
        return words
    # Of words only the first letters were asked for.
    return [(begin, begin + 1) for begin, end in words if key[begin:end] not in SMALL_WORDS]


def spans(text: str, found: Match) -> list[Span]:
    """The parts of ``text`` (characters, first and behind the last) that ``found`` is about, in order."""
    key, places = key_with_places(text)
    parts = list(found.spans)
    if found.where == "reading":
        tokens = _tokens(key)
        parts = [token for first, last in parts for token in tokens[first:last]]
    shown: list[Span] = []
    for first, last in parts:
        if first >= last or last > len(places):
            continue
        begin, end = places[first], places[last - 1] + 1
        if shown and begin <= shown[-1][1]:
            shown[-1] = (shown[-1][0], max(end, shown[-1][1]))
        else:
            shown.append((begin, end))
    return shown
