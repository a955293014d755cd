"""How wide text will be, without a font: generous estimates, so that what is drawn fits in every common sans-serif."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_WIDTHS = {
    **dict.fromkeys("ijl", 0.3),
    **dict.fromkeys("ftr.,:;'|!`()[]{}/\\-\u2019\u2018\u00b7", 0.42),
    **dict.fromkeys("csz", 0.57),
    **dict.fromkeys("mwMW@%\u2014\u2026", 1.0),
}
"""In parts of the font size, of the characters that are not as wide as most; those of the broadest common fonts."""
_NOT_FIRST = frozenset("\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\uff09\u300b\u300d\u201d\u2019\u2026)]},.;:!?")
"""What must not begin a line."""
_NOT_LAST = frozenset("\uff08\u300a\u300c\u201c\u2018([{")


@lru_cache(maxsize=4096)
def _em(character: str) -> float:
    """Width in parts of the font size."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character.isspace():
        return 0.34
    if character in _WIDTHS:
        return _WIDTHS[character]
    if character.isascii() or character.isalpha():
        return 0.72 if character.isupper() else 0.64
    return 1.0


def width(text: str, size: float) -> float:
    """How wide `text` is at most in a font of `size` pixels, in pixels."""
    return size * sum(map(_em, text))


def wrap(text: str, size: float, room: float) -> list[str]:
    """`text` in lines of at most `room` pixels: broken at spaces, between Chinese characters, else anywhere.

    A single character that is wider than `room` still gets a line.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip(), size) > room:
            lines.append(line.rstrip())
            line = ""
            piece = piece.lstrip()
        while width(piece.rstrip(), size) > room and len(piece) > 1:
            fits = next((n for n in range(len(piece) - 1, 1, -1) if width(piece[:n], size) <= room), 1)
            lines.append(piece[:fits].rstrip())
            piece = piece[fits:].lstrip()
        line += piece
    return [line for line in [*lines, line.rstrip()] if line] or [""]


def _pieces(text: str) -> list[str]:
    """The parts between which a line may break."""
    pieces: list[str] = []
    for previous, character in zip(" " + text, text, strict=False):
        wide = unicodedata.east_asian_width(character) in "WF" or unicodedata.east_asian_width(previous) in "WF"
        breaks = previous.isspace() and not character.isspace()
        between = wide and not previous.isspace() and character not in _NOT_FIRST and previous not in _NOT_LAST
        if not pieces or ((breaks or between) and not character.isspace()):
            pieces.append(character)
        else:
            pieces[-1] += character
    return pieces
