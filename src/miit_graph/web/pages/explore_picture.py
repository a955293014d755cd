"""Where things stand in the picture of a neighbourhood: the thing in the middle, its neighbours in a column each side.

The template draws it as SVG. Lengths are in user units, one to a CSS pixel at full size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from miit_graph.export.graph.model import Edge, Node

_WIDTH, _ROW, _MARGIN = 1040, 30, 24
_COLUMN = 320
"""How far from the edge the dots of a column stand; their names lie outside of them."""
_WIDEST = 290
_LATIN, _WIDE = 8.2, 15.0
"""How wide a character is at most, on average: of European scripts, and of Chinese."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A neighbour in the picture. ``path`` draws its line, ``dashed`` if all it has is claimed."""

    label: str
    title: str
    color: str
    address: str
    x: int
    y: int
    left: bool
    path: str
    dashed: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole picture; the thing in the middle is at half the width and height."""

    width: int
    height: int
    label: str
    color: str
    spots: tuple[Spot, ...]


def draw(middle: Node, around: Sequence[tuple[Node, str, Sequence[Edge]]]) -> Picture:
    """The picture of a thing with neighbours, each with the address that a click leads to and its edges."""
    ordered = sorted(around, key=lambda item: (item[0].kind.label, item[0].label, item[0].id))
    half = (len(ordered) + 1) // 2
    height = max(2 * _MARGIN + half * _ROW, 160)
    center = (_WIDTH // 2, height // 2)
    spots = []
    for position, (node, address, edges) in enumerate(ordered):
        left = position < half
        column = half if left else len(ordered) - half
        row = position if left else position - half
        x = _COLUMN if left else _WIDTH - _COLUMN
        y = round(center[1] + (row - (column - 1) / 2) * _ROW)
        bend = (x + center[0]) // 2
        path = f"M{center[0]} {center[1]}C{bend} {center[1]} {bend} {y} {x} {y}"
        dashed = bool(edges) and all(edge.claimed for edge in edges)
        spots.append(Spot(_cut(node.label), node.label, node.kind.color, address, x, y, left, path, dashed))
    return Picture(_WIDTH, height, _cut(middle.label, 2 * _WIDEST), middle.kind.color, tuple(spots))


def _cut(text: str, room: float = _WIDEST) -> str:
    """As much of a text as fits into ``room``."""
    for position, character in enumerate(text):
        room -= _WIDE if east_asian_width(character) in "WF" else _LATIN
        if room < 0:
            return text[: position - 1].rstrip() + "…"
    return text
