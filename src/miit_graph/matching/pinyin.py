"""Reads Chinese characters as pinyin without tones: the readings are pypinyin's, the look-up is ours.

pypinyin takes about 250 µs for a name of fifteen characters, too long for a graph with many of them. Its dictionaries
are boiled down once to a reading for each character, and to those phrases in which a character is read otherwise.
"""

from __future__ import annotations

from miit_graph.matching.folding import is_han
from miit_graph.matching.readings import LONGEST, readings


def prepare() -> None:
    """Load the readings now, where it does not disturb."""
    readings()


def syllables(run: str) -> list[str]:
    """The reading of each character of a folded ``run`` of Chinese characters, itself if none is known.

    ü is written u, as folding does with every diacritic.
    """
    characters, phrases, beginnings = readings()
    found: list[str] = []
    place = 0
    while place < len(run):
        if run[place : place + 2] in beginnings:
            for length in range(min(LONGEST, len(run) - place), 1, -1):
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
