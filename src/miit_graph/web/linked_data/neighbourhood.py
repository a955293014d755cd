"""A small picture of what surrounds a thing: the bodies above it, and a few neighbours from each section of its page.

It repeats what the page says in words, with the same links. Here is decided what stands in it and on which side; boxes
and lines are drawn by the style sheet, which knows how wide the page and its letters are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from miit_graph.web.linked_data.terms import Value

_EACH, _MOST, _ABOVE = 3, 8, 3
_CAPTION = 1.5
"""The height of a caption and the gap before it, in boxes."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Neighbours of one kind: a caption, where all of them are, the first of them, and how many there are."""

    caption: str
    link: str
    values: tuple[Value, ...]
    total: int

    @property
    def shown(self) -> tuple[Value, ...]:
        """Those with a box of their own."""
        return self.values[:_EACH]

    @property
    def rest(self) -> int:
        """How many have none."""
        return max(0, self.total - len(self.shown))


@dataclass(frozen=True, slots=True)
class Picture:
    """What stands above the thing, and to its left and right in the order of the page."""

    above: tuple[Value, ...]
    left: tuple[Cluster, ...]
    right: tuple[Cluster, ...]


def draw(above: Sequence[Value], clusters: Iterable[Cluster]) -> Picture | None:
    """The picture, or None where there is nothing around the thing. A single cluster stands to the right."""
    shown = tuple(cluster for cluster in clusters if cluster.values)[:_MOST]
    if not shown and not above:
        return None
    heights = [_CAPTION + len(cluster.shown) + bool(cluster.rest) for cluster in shown]
    split = min(range(len(shown)), key=lambda n: abs(sum(heights[:n]) - sum(heights[n:])), default=0)
    return Picture(tuple(above[:_ABOVE]), shown[:split], shown[split:])
