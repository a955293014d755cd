"""Colours of kinds, and places of nodes for tools that want some before the first layout."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Iterator, Sequence

_NODES = (
    *("#4e79a7", "#f28e2b", "#59a14f", "#e15759", "#76b7b2", "#edc948", "#b07aa1", "#ff9da7", "#9c755f", "#86bcb6"),
    *("#d37295", "#a0cbe8", "#8cd17d", "#ffbe7d", "#499894", "#d4a6c8", "#f1ce63", "#79706e", "#fabfd2", "#b6992d"),
)
"""Tableau's twenty colours: told apart on a screen, and light enough for black text in most cases."""
_EDGES = ("#5b6770", "#1f6f8b", "#8a5a00", "#7a3e9d", "#2d6a2d", "#a03030", "#00706a", "#7d5a7a", "#4d4dbb", "#6d6d00")


def node_color(position: int) -> str:
    """The colour of the kind that is the `position`th most frequent."""
    return _NODES[position] if position < len(_NODES) else _further(position, 0.62, 0.55)


def edge_color(position: int) -> str:
    """The same for edges: darker, as lines are thin."""
    return _EDGES[position] if position < len(_EDGES) else _further(position, 0.38, 0.5)


def _further(position: int, lightness: float, saturation: float) -> str:
    """More colours, each a golden angle from the one before."""
    parts = colorsys.hls_to_rgb(position * 0.618034 % 1, lightness, saturation)
    return "#" + "".join(f"{round(part * 255):02x}" for part in parts)


def rgb(color: str) -> tuple[int, int, int]:
    """Red, green and blue of ``#rrggbb``."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def tint(color: str) -> str:
    """A light shade of `color`, for boxes with black text."""
    return "#" + "".join(f"{round(part * 0.4 + 255 * 0.6):02x}" for part in rgb(color))


def text_color(fill: str) -> str:
    """Black or white, whichever is read better on `fill`."""
    red, green, blue = rgb(fill)
    return "#000000" if 0.299 * red + 0.587 * green + 0.114 * blue > 125 else "#ffffff"


def spiral(items: Sequence[object], spacing: float = 30.0) -> Iterator[tuple[float, float]]:
    """A place for each item, in their order from the centre outwards, no two too close (Vogel's sunflower)."""
    for index in range(len(items)):
        radius, angle = spacing * math.sqrt(index), index * 2.399963
        yield round(radius * math.cos(angle), 2), round(radius * math.sin(angle), 2)
