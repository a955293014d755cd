"""The colours that a project chooses: one accent for pages and pictures, and one for each kind of thing it cares about.

All are ``#rrggbb``. The accent is text on the pages' ground, so it must be readable there: a contrast of 4.5 (WCAG 2.2,
success criterion 1.4.3); where a project names only the accent for light ground, that for dark ground is made from it.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

Pair = tuple[str, str]
"""A colour on light and on dark ground."""
PAPER: Pair = ("#fcfbf8", "#11171a")
"""The ground of pages and pictures."""
_CONTRAST = 4.5
_DARK_CONTRAST = 8.0
"""What a made colour for dark ground comes to: as calm as the program's own."""
_SOFT = 0.12
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class ColourError(ValueError):
    """A colour can't be used; the text says which, why, and what would do."""


@dataclass(frozen=True)
class Colours:
    """What a project has chosen; empty is the program's own choice. ``kinds`` are colours by the IRI of a class."""

    accent: Pair | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, accent: object, dark: object, kinds: Mapping[str, object]) -> Self:
        """Check what a project names; None is nothing. Raises ColourError."""
        pair = None
        if accent is not None or dark is not None:
            if accent is None:
                raise ColourError("accent_dark goes with accent, which is missing. Name both, or accent alone.")
            light = _readable("accent", colour("accent", accent), 0)
            pair = (
                light,
                (_for_dark(light) if dark is None else _readable("accent_dark", colour("accent_dark", dark), 1)),
            )
        return cls(pair, {name: colour(name, value) for name, value in kinds.items()})

    @classmethod
    def told(cls, told: Any) -> Self:
        """From what `as_dict` gave, perhaps long ago: what can't be used is left out."""
        try:
            found = dict(told or {})
            kinds = {str(name): colour(str(name), value) for name, value in dict(found.get("kinds") or {}).items()}
            pair = found.get("accent")
            return cls((colour("accent", pair[0]), colour("accent", pair[1])) if pair else None, kinds)
        except (ValueError, TypeError, IndexError):
            return cls()

    def as_dict(self) -> dict[str, Any]:
        """As a snapshot's manifest keeps it; empty if nothing was chosen."""
        accent = {"accent": list(self.accent)} if self.accent else {}
        return accent | ({"kinds": dict(self.kinds)} if self.kinds else {})

    @property
    def tokens(self) -> dict[str, Pair]:
        """Colours of pages and pictures by their names in the style sheet, where they are the project's."""
        if self.accent is None:
            return {}
        soft = [_mixed(shade, paper, _SOFT) for shade, paper in zip(self.accent, PAPER, strict=True)]
        return {"accent": self.accent, "accent-soft": (soft[0], soft[1])}


def colour(name: str, value: object) -> str:
    """A colour in small letters. Raises ColourError, which names the setting."""
    found = value.strip().lower() if isinstance(value, str) else ""
    if not _COLOUR.fullmatch(found):
        raise ColourError(f"{name} is {value!r}, which is no colour. Write it as six hexadecimal digits: #0a6569.")
    return found


def contrast(one: str, other: str) -> float:
    """How well one colour is read on another, from 1 to 21 (WCAG 2.2, «contrast ratio»)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _readable(name: str, found: str, ground: int) -> str:
    reached = contrast(found, PAPER[ground])
    if reached < _CONTRAST:
        better = "a darker" if ground == 0 else "a lighter"
        raise ColourError(
            f"{name} {found} can't be read on the pages' {'light' if ground == 0 else 'dark'} ground {PAPER[ground]}:"
            f" the contrast is {reached:.1f}, and {_CONTRAST} is needed. Take {better} one."
        )
    return found


def _for_dark(accent: str) -> str:
    """The same hue, as light as it needs to be."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(accent)))
    made = accent
    while contrast(made, PAPER[1]) < _DARK_CONTRAST and lightness < 1:
        lightness = min(1.0, lightness + 0.01)
        made = _written(tuple(part * 255 for part in colorsys.hls_to_rgb(hue, lightness, min(saturation, 0.8))))
    return made


def _mixed(colour: str, ground: str, share: float) -> str:
    return _written(tuple(c * share + g * (1 - share) for c, g in zip(_parts(colour), _parts(ground), strict=True)))


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _written(parts: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (part / 255 for part in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
