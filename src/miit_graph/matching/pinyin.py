"""Reads Chinese characters as pinyin without tones: the readings are pypinyin's, the look-up is ours.

pypinyin takes about 250 µs for a name of fifteen characters, too long for a graph with many of them. Its dictionaries
are boiled down once to a reading for each character, and to those phrases in which a character is read otherwise.
"""

from __future__ import annotations

from functools import cache

from miit_graph.matching.folding import fold, is_han

_LONGEST = 8


@cache
def _readings() -> tuple[dict[str, str], dict[str, tuple[str, ...]], frozenset[str]]:
    """Reading by character, readings by phrase, and the first two characters of these phrases."""
    # Imported late: it takes half a second and 50 MB, and only those who make keys need it.
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    plain: dict[str, str] = {}

    def toneless(reading: str) -> str:
        if reading not in plain:
            plain[reading] = fold(reading)
        return plain[reading]

    characters = {chr(code): toneless(text.partition(",")[0]) for code, text in PINYIN_DICT.items()}
    phrases: dict[str, tuple[str, ...]] = {}
    for phrase, readings in PHRASES_DICT.items():
        if 2 <= len(phrase) <= _LONGEST and len(readings) == len(phrase):
            syllables = tuple(toneless(alternatives[0]) for alternatives in readings)
            if any(characters.get(ch) != syllable for ch, syllable in zip(phrase, syllables, strict=True)):
                phrases[phrase] = syllables
    return characters, phrases, frozenset(phrase[:2] for phrase in phrases)


def prepare() -> None:
    """Load the readings now, where it does not disturb."""
    _readings()


def syllables(run: str) -> list[str]:
    """The reading of each character of a folded ``run`` of Chinese characters, itself if none is known.

    ü is written u, as folding does with every diacritic.
    """
    characters, phrases, beginnings = _readings()
    found: list[str] = []
    place = 0
    while place < len(run):
        if run[place : place + 2] in beginnings:
            for length in range(min(_LONGEST, len(run) - place), 1, -1):
                read = phrases.get(run[place : place + length])
                if read is not None:
                    found.extend(read)
                    place += length
                    break
            else:
                found.append(characters.get(run[place], run[place]))
                place += 1
        else:
            found.append(characters.get(run[place], run[place]))
            place += 1
    return found


def tokens(key: str) -> list[str]:
    """A key as it is spoken: a syllable for each Chinese character, other words as they are."""
    found: list[str] = []
    for run in key.split():
        found.extend(syllables(run) if is_han(run[0]) else (run,))
    return found
