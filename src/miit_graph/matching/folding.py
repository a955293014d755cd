"""Folds texts to keys in which different ways of writing the same are the same.

Folded away are: width and other compatibility forms (Unicode NFKD), diacritics, case, traditional characters (one by
one, so that the key of a part is a part of the key), punctuation. A key is a row of runs with one space between: a
run is a word, or Chinese characters together.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

import opencc

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
"""Chinese characters, as the inside of a class in a regular expression (after NFKD)."""
_RUN = re.compile(f"[{HAN}]+(?: +[{HAN}]+)*|[^ {HAN}]+")
_BOUNDARY = re.compile(f"[{HAN}][^{HAN}]|[^{HAN}][{HAN}]")
_HAN = re.compile(f"[{HAN}]")
_HAN_RANGES = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))
_REMEMBERED = 40_000
_KEPT = frozenset(("L", "N"))
_DROPPED = frozenset(("Mn", "Me", "Cf"))
_APOSTROPHES = "'’ʼ＇`"


@cache
def _simplified() -> dict[str, str]:
    """Traditional characters and what each is by itself in simplified script."""
    characters = [chr(code) for low, high in _HAN_RANGES for code in range(low, high)]
    converted = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    return {old: new for old, new in zip(characters, converted, strict=True) if old != new and len(new) == 1}


def _fold_character(character: str) -> str:
    if character in _APOSTROPHES:  # people's, xi'an: inside a word
        return ""
    folded = ""
    for part in unicodedata.normalize("NFKD", character):
        category = unicodedata.category(part)
        if category in _DROPPED:
            continue
        folded += part if category[0] in _KEPT or category == "Mc" else " "
    # Casefolding may bring back what NFKD takes apart (İ).
    folded = "".join(c for c in unicodedata.normalize("NFKD", folded.casefold()) if not unicodedata.combining(c))
    if _HAN.search(folded):
        simplified = _simplified()
        return "".join(simplified.get(part, part) for part in folded)
    return folded


class _Table(dict[int, str]):
    """What `str.translate` replaces each character with; bounded, whatever texts come."""

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = folded
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """The key of ``text``: see the module. Empty if the text has neither letter nor number."""
    folded = text.translate(_TABLE)
    if folded.isascii():
        return " ".join(folded.split())
    if not (" " in folded or _BOUNDARY.search(folded)):
        return folded
    runs: list[str] = _RUN.findall(folded)
    return " ".join(run.replace(" ", "") if _HAN.match(run) else run for run in runs)


def has_han(key: str) -> bool:
    """Whether a folded text has a Chinese character."""
    return not key.isascii() and _HAN.search(key) is not None


def is_han(character: str) -> bool:
    """Whether this folded character is a Chinese one."""
    return _HAN.match(character) is not None


def fold_character(character: str) -> str:
    """What one character contributes to a key; a space for what separates."""
    return _TABLE[ord(character)]
