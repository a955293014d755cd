"""How Chinese characters are read: pypinyin's dictionaries, boiled down once and kept in the user's cache.

Every engine process needs the readings before it serves, and so does who makes an index. Loading and boiling down the
dictionaries takes most of a second and 57 MB; reading what was kept of them takes a twentieth of that.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import unicodedata
from collections import defaultdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from miit_graph.matching import folding
from miit_graph.matching.folding import fold
from miit_graph.user_cache import cache_folder

LONGEST = 8
"""Characters that a phrase may have."""


class Readings(NamedTuple):
    """By character, by phrase in which one is read otherwise, and the first two characters of these phrases."""

    characters: dict[str, str]
    phrases: dict[str, tuple[str, ...]]
    beginnings: frozenset[str]


@cache
def readings() -> Readings:
    """The readings, from the cache if they are there; else they are made, and kept if the cache can be written to."""
    path = None
    with contextlib.suppress(OSError, RuntimeError, ImportError):  # nothing kept, no home, no versions of packages
        path = cache_folder() / f"readings-{_state()}.json"
        with contextlib.suppress(ValueError, LookupError, TypeError, AttributeError):  # damaged: it is made again
            return _read(json.loads(path.read_bytes()))
    characters, phrases = _made()
    if path is not None:
        with contextlib.suppress(OSError):
            _keep(path, characters, phrases)
    return _with_beginnings(characters, phrases)


def _state() -> str:
    """Names all that the readings depend on: the dictionaries, Unicode as Python knows it, OpenCC, and this program."""
    digest = hashlib.sha256()
    for package in ("pypinyin", "opencc"):
        digest.update(f"{version(package)} ".encode())
    digest.update(unicodedata.unidata_version.encode())
    for module in (__file__, folding.__file__):
        digest.update(Path(module).read_bytes())
    return digest.hexdigest()[:16]


def _made() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

    plain: dict[str, str] = {}

    def toneless(reading: str) -> str:
        if reading not in plain:
            plain[reading] = fold(reading)
        return plain[reading]

    characters = {chr(code): toneless(text.partition(",")[0]) for code, text in PINYIN_DICT.items()}
    phrases: dict[str, tuple[str, ...]] = {}
    for phrase, spoken in PHRASES_DICT.items():
        if 2 <= len(phrase) <= LONGEST and len(spoken) == len(phrase):
            syllables = tuple(toneless(alternatives[0]) for alternatives in spoken)
            if any(characters.get(ch) != syllable for ch, syllable in zip(phrase, syllables, strict=True)):
                phrases[phrase] = syllables
    return characters, phrases


def _with_beginnings(characters: dict[str, str], phrases: dict[str, tuple[str, ...]]) -> Readings:
    return Readings(characters, phrases, frozenset(phrase[:2] for phrase in phrases))


def _read(kept: Any) -> Readings:
    characters: dict[str, str] = {}
    for reading, written in kept["characters"].items():
        characters.update(dict.fromkeys(written, reading))
    phrases = {phrase: tuple(spoken.split(" ")) for phrase, spoken in kept["phrases"].items()}
    return _with_beginnings(characters, phrases)


def _keep(path: Path, characters: dict[str, str], phrases: dict[str, tuple[str, ...]]) -> None:
    """Write the file; it appears complete or not at all."""
    written: defaultdict[str, list[str]] = defaultdict(list)
    for character, reading in characters.items():
        written[reading].append(character)
    kept = {
        "characters": {reading: "".join(found) for reading, found in written.items()},
        "phrases": {phrase: " ".join(syllables) for phrase, syllables in phrases.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".readings-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=False)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
