"""The lines, marks and plates of an organisation chart: how they look says how a body is tied."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from miit_graph.export.picture.chart_model import Chart
from miit_graph.export.picture.svg import Pen
from miit_graph.export.picture.terms import Bond

LINES: Final[dict[str, dict[str, object]]] = {
    "unit": {"stroke": "ink", "stroke_width": 1.8},
    "part": {"stroke": "accent", "stroke_width": 1.8},
    "managed": {"stroke": "derived", "stroke_width": 1.8, "stroke_dasharray": "9 4"},
    "co-managed": {"stroke": "derived", "stroke_width": 1.8, "stroke_dasharray": "9 3 2 3"},
    "linked": {"stroke": "soft", "stroke_width": 1.8, "stroke_dasharray": "1.5 4", "stroke_linecap": "round"},
    "claimed": {"stroke": "trouble", "stroke_width": 1.5, "stroke_dasharray": "4 3"},
}
"""How the line of each bond is drawn; ``claimed`` is for what is not adopted."""
COLORS: Final[dict[str, str]] = {bond: str(style["stroke"]) for bond, style in LINES.items()}
"""The colour of each bond."""


def draw_mark(pen: Pen, parent: ET.Element, x: float, y: float, bond: Bond, variant: int) -> None:
    """The mark of a body: its shape says how it is tied, hollow or ringed ones tell kinds of one bond apart."""
    color = COLORS[bond]
    inside = (color, "paper", "line")[variant % 3]
    look: dict[str, object] = {"fill": inside, "stroke": color, "stroke_width": 1.8}
    if bond == "unit":
        pen.add(parent, "rect", x=x - 4, y=y - 4, width=8, height=8, **look)
    elif bond == "part":
        pen.add(parent, "circle", cx=x, cy=y, r=4.5, **look)
    elif bond == "managed":
        pen.add(parent, "path", d=f"M{x} {y - 6}l6 6l-6 6l-6 -6z", **look)
    elif bond == "co-managed":
        pen.add(parent, "path", d=f"M{x} {y - 5.5}l6 10h-12z", **look)
    else:
        pen.add(parent, "circle", cx=x, cy=y, r=4.5, **look | {"fill": ("paper", "line", color)[variant % 3]})


def draw_plate(pen: Pen, parent: ET.Element, x: float, y: float, wide: float, tall: float) -> None:
    """A sign that hangs on two strings from the line above."""
    strings = f"M{x + 9:.1f} {y:.1f}v8M{x + wide - 9:.1f} {y:.1f}v8"
    pen.add(parent, "path", d=strings, stroke="accent", stroke_width=1.2, fill="none")
    look: dict[str, object] = {"rx": 3, "fill": "raised", "stroke": "accent", "stroke_width": 1.2}
    pen.add(parent, "rect", x=x, y=y + 8, width=wide, height=tall, **look)


def variants(chart: Chart) -> dict[str, tuple[Bond, int]]:
    """For each kind its bond and the variant of its mark. Containment is one thing: its kinds share a mark."""
    counts: dict[str, int] = {}
    found: dict[str, tuple[Bond, int]] = {}
    for kind, bond in {**chart.all_kinds, **chart.kinds}.items():
        place = counts.get(bond, 0)
        counts[bond] = place + 1
        found[kind] = (bond, 0 if bond in ("unit", "part") else place)
    return found


def mark_svg(bond: Bond, variant: int) -> str:
    """The mark alone, in the colours of the page around; no words, so screen readers pass it by."""
    root = ET.Element("svg", {"class": "tie-mark", "viewBox": "0 0 16 16", "aria-hidden": "true"})
    draw_mark(Pen("page"), root, 8, 8, bond, variant)
    return ET.tostring(root, encoding="unicode")
