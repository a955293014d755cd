"""A small picture of what surrounds a thing: the bodies above it, and a few neighbours from each section of its page.

It repeats what the page says in words, with the same links; colours come from the style sheet. Sizes are in the units
of the drawing, in which a line of text is about 14 high.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from miit_graph.web.linked_data.terms import Value

WIDTH = 760
_BOX, _ROW, _GAP, _CAPTION = 230, 26, 16, 18
_LETTERS = 28
_MIDDLE = 190
_EACH, _MOST = 3, 8


@dataclass(frozen=True, slots=True)
class Cluster:
    """Neighbours of one kind: a caption, where all of them are, the first of them, and how many there are."""

    caption: str
    link: str
    values: tuple[Value, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Box:
    """A neighbour with its place; ``text`` is cut to fit, ``title`` is the whole name."""

    x: float
    y: float
    width: float
    text: str
    title: str
    link: str
    language: str = ""
    rest: bool = False


@dataclass(slots=True)
class Picture:
    """Boxes, captions (x, y, anchor, text, link) and edges (paths)."""

    height: float = 0
    centre: tuple[float, float, float, float] = (0, 0, 0, 0)
    lines: list[str] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    captions: list[tuple[float, float, str, str]] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)


def draw(title: str, above: Sequence[Value], clusters: Iterable[Cluster]) -> Picture | None:
    """The picture, or None where there is nothing around the thing."""
    shown = [cluster for cluster in clusters if cluster.values][:_MOST]
    if not shown and not above:
        return None
    picture = Picture()
    sides: tuple[list[Cluster], list[Cluster]] = ([], [])
    heights = [0.0, 0.0]
    for cluster in shown:
        side = 0 if heights[0] < heights[1] else 1
        sides[side].append(cluster)
        heights[side] += _height(cluster)
    top = 12 + (len(above) and _ROW + 34)
    height = max(*heights, 90)
    picture.height = top + height + 12
    lines = _wrap(title, 20)[:3]
    tall = 22 + 17 * len(lines)
    left, upper = (WIDTH - _MIDDLE) / 2, top + (height - tall) / 2
    picture.centre, picture.lines = (left, upper, _MIDDLE, tall), lines
    _draw_above(picture, above, (WIDTH / 2, upper))
    for side, clusters_here in enumerate(sides):
        y = top + (height - heights[side]) / 2
        for cluster in clusters_here:
            _draw_cluster(picture, cluster, side, y, (left + side * _MIDDLE, upper + tall / 2))
            y += _height(cluster)
    return picture


def _height(cluster: Cluster) -> float:
    rows = min(len(cluster.values), _EACH) + (cluster.total > _EACH)
    return _CAPTION + rows * (_ROW + 4) + _GAP


def _draw_above(picture: Picture, above: Sequence[Value], target: tuple[float, float]) -> None:
    shown = above[:3]
    for number, value in enumerate(shown):
        x = WIDTH / 2 - _BOX / 2 + (number - (len(shown) - 1) / 2) * (_BOX + 14)
        picture.boxes.append(_box(x, 12, value))
        picture.edges.append(_curve((x + _BOX / 2, 12 + _ROW), target, upright=True))


def _draw_cluster(picture: Picture, cluster: Cluster, side: int, y: float, start: tuple[float, float]) -> None:
    x = 4.0 if side == 0 else WIDTH - _BOX - 4.0
    picture.captions.append((x + 2, y + 12, cluster.caption, cluster.link))
    y += _CAPTION
    for value in cluster.values[:_EACH]:
        picture.boxes.append(_box(x, y, value))
        near, middle = (x + _BOX if side == 0 else x), y + _ROW / 2
        picture.edges.append(_curve(start, (near, middle)))
        y += _ROW + 4
    if cluster.total > _EACH:
        more = f"+ {cluster.total - _EACH:,}"
        picture.boxes.append(Box(x, y, 64, more, f"{cluster.caption}: {more}", cluster.link, rest=True))


def _curve(start: tuple[float, float], end: tuple[float, float], *, upright: bool = False) -> str:
    """The path of an edge that leaves and arrives straight."""
    (x, y), (u, v) = start, end
    if upright:
        return f"M{x:.0f} {y:.0f}C{x:.0f} {(y + v) / 2:.0f} {u:.0f} {(y + v) / 2:.0f} {u:.0f} {v:.0f}"
    return f"M{x:.0f} {y:.0f}C{(x + u) / 2:.0f} {y:.0f} {(x + u) / 2:.0f} {v:.0f} {u:.0f} {v:.0f}"


def _box(x: float, y: float, value: Value) -> Box:
    return Box(x, y, _BOX, cut(value.text, _LETTERS), value.text, value.link, value.language)


def _wide(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.9
    return 1.25 if letter.isupper() else 1


def cut(text: str, room: float) -> str:
    """A text that takes no more room than so many Latin letters, with an ellipsis where it was cut."""
    if sum(map(_wide, text)) <= room:
        return text
    used = 1.0
    for place, letter in enumerate(text):
        used += _wide(letter)
        if used > room:
            return text[:place].rstrip() + "…"
    return text


def _wrap(text: str, room: float) -> list[str]:
    """A text in lines, broken at spaces, or anywhere where it is written without."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if sum(map(_wide, longer)) <= room:
            lines[-1] = longer
            continue
        if lines[-1]:
            lines.append("")
        while sum(map(_wide, word)) > room:
            place = len(cut(word, room + 1)) - 1 or 1
            lines[-1], word = word[:place], word[place:]
            lines.append("")
        lines[-1] = word
    lines = [line for line in lines if line]
    return lines if len(lines) <= 3 else [*lines[:2], cut(" ".join(lines[2:]), room)]
