"""Draws the class diagram as SVG that is legible without a style sheet and follows the page's colours with one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final
from xml.etree import ElementTree as ET

from miit_graph.export.docs.layout import HEAD, INDENT, LINE, TEXT, TITLE, Box, Curve, Plan

_FONT: Final = (
    "system-ui, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', sans-serif"
)

STYLE: Final = """
svg { color: #1b2528; background: #fdfdfb; --panel: #f1f4f2; --line: #d4dcda; --soft: #566468; --accent: #0b6e6e; }
@media (prefers-color-scheme: dark) {
  svg { color: #e6ecec; background: #12181a; --panel: #1b2427; --line: #324044; --soft: #9fb0b3; --accent: #62c7c2; }
}
.frame { fill: var(--panel); stroke: var(--line); }
.outside .frame { fill: none; stroke: var(--line); }
.faint { fill: var(--soft); }
.curve { stroke: var(--accent); }
.tip { fill: var(--accent); }
.spine { stroke: var(--soft); }
a:hover text { text-decoration: underline; }
.card:hover .curve { stroke-opacity: 1; stroke-width: 2; }
"""
"""Style of a diagram that stands alone; pages bring the same rules in their style sheet."""


class Drawing:
    """A diagram in the making. `link` gives the address of a term, `own` are the IRIs drawn with a full line."""

    def __init__(self, plan: Plan, link: Callable[[str], str], own: Collection[str], language: str) -> None:
        self._plan = plan
        self._link = link
        self._own = own
        self._language = language

    def svg(self, title: str, description: str, standalone: bool = False) -> str:
        """The diagram; one that stands alone brings its own style and declares its namespace."""
        plan = self._plan
        root = ET.Element("svg")
        if standalone:
            root.set("xmlns", "http://www.w3.org/2000/svg")
        width, height = round(plan.width), round(plan.height)
        attributes = {"viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height)}
        attributes |= {"class": "diagram", "role": "group", "lang": self._language, "font-family": _FONT}
        attributes |= {"aria-labelledby": "diagram-title diagram-description"}
        for name, value in attributes.items():
            root.set(name, value)
        ET.SubElement(root, "title", {"id": "diagram-title"}).text = title
        ET.SubElement(root, "desc", {"id": "diagram-description"}).text = description
        if standalone:
            ET.SubElement(root, "style").text = STYLE
        self._spine(root)
        for box in (*([plan.root] if plan.root else []), *plan.left, *plan.right):
            self._card(root, box, [curve for curve in plan.curves if curve.card == box.iri])
        for box in plan.tree:
            self._leaf(root, box)
        self._branches(root)
        return ET.tostring(root, encoding="unicode")

    def _spine(self, parent: ET.Element) -> None:
        """Lines from all cards to the class above them, with UML's hollow triangle at its end."""
        plan, top = self._plan, self._plan.root
        if top is None:
            return
        centre = top.x + top.width / 2
        paths = [f"M{centre:.1f},{top.y - 11:.1f}V8"]
        for column, x, edge in ((plan.left, 1.0, "left"), (plan.right, plan.width - 1, "right")):
            if column:
                paths.append(f"M{centre:.1f},8H{x:.1f}V{column[-1].y + HEAD / 2:.1f}")
            for box in column:
                end = box.x if edge == "left" else box.x + box.width
                paths.append(f"M{x:.1f},{box.y + HEAD / 2:.1f}H{end:.1f}")
        triangle = f"M{centre:.1f},{top.y:.1f}l-7,-11h14z"
        stroke = {"fill": "none", "stroke": "currentColor", "class": "spine"}
        ET.SubElement(parent, "path", {"d": "".join([*paths, triangle]), **stroke})

    def _frame(self, parent: ET.Element, box: Box, kind: str, height: float) -> ET.Element:
        outside = "" if box.iri in self._own else " outside"
        group = ET.SubElement(parent, "g", {"class": f"{kind}{outside}"})
        place = {"x": f"{box.x:.1f}", "y": f"{box.y:.1f}", "width": f"{box.width:.1f}", "height": f"{height:.1f}"}
        look = {"rx": "5", "class": "frame", "fill": "none", "stroke": "currentColor"}
        rect = ET.SubElement(group, "rect", place | look)
        if outside:
            rect.set("stroke-dasharray", "4 3")
        return group

    def _card(self, parent: ET.Element, box: Box, curves: list[Curve]) -> None:
        group = self._frame(parent, box, "card", box.height)
        for curve in curves:
            self._curve(group, curve)
        anchor = ET.SubElement(group, "a", {"href": self._link(box.iri), "tabindex": "-1"})
        self._text(anchor, box.title, box.x + 10, box.y + HEAD / 2, TITLE, {"font-weight": "600"})
        self._number(group, box, HEAD)
        if box.also:
            self._text(group, box.also, box.x + 10, box.y + HEAD + LINE / 2 - 1, TEXT, {"class": "faint"})
        for index, line in enumerate(box.lines):
            anchor = ET.SubElement(group, "a", {"href": self._link(line.row.property), "tabindex": "-1"})
            text = self._text(anchor, line.text, box.x + 10, box.line_y(index), TEXT, {})
            ET.SubElement(text, "tspan", {"class": "faint", "dx": "5"}).text = line.target_text

    def _leaf(self, parent: ET.Element, box: Box) -> None:
        height = self._plan.tree_height
        group = self._frame(parent, box, "leaf", height)
        anchor = ET.SubElement(group, "a", {"href": self._link(box.iri), "tabindex": "-1"})
        x = box.x + 10 + box.depth * INDENT
        self._text(anchor, box.title, x, box.y + height / 2, TEXT, {})
        self._number(group, box, height)

    def _branches(self, parent: ET.Element) -> None:
        """Elbows inside the boxes of the tree, from each class to the one above it."""
        paths = []
        open_: list[Box] = []
        height = self._plan.tree_height
        for box in self._plan.tree:
            open_ = open_[: box.depth]
            if open_:
                x = round(box.x + 14 + (box.depth - 1) * INDENT) + 0.5
                paths.append(f"M{x},{open_[-1].y + height - 5:.1f}V{round(box.y + height / 2) + 0.5}h7")
            open_.append(box)
        if paths:
            look = {"fill": "none", "stroke": "currentColor", "stroke-opacity": ".45", "class": "branch"}
            ET.SubElement(parent, "path", {"d": "".join(paths), **look})

    def _curve(self, group: ET.Element, curve: Curve) -> None:
        (x0, y0), (x1, y1) = curve.start, curve.end
        sign = 1 if x1 > x0 else -1
        end = x1 - 5 * sign
        bend = abs(x1 - x0) * 0.5 * sign
        path = f"M{x0:.1f},{y0:.1f}C{x0 + bend:.1f},{y0:.1f} {end - bend:.1f},{y1:.1f} {end:.1f},{y1:.1f}"
        look = {"class": "curve", "fill": "none", "stroke": "currentColor", "stroke-opacity": ".5"}
        ET.SubElement(group, "path", {"d": path, **look})
        tip = f"M{x1:.1f},{y1:.1f}l{-6 * sign},-3v6z"
        ET.SubElement(group, "path", {"d": tip, "class": "tip", "fill": "currentColor"})

    def _number(self, group: ET.Element, box: Box, height: float) -> None:
        if box.number:
            end = {"class": "faint", "text-anchor": "end"}
            self._text(group, box.number, box.x + box.width - 9, box.y + height / 2, TEXT - 1, end)

    @staticmethod
    def _text(parent: ET.Element, text: str, x: float, y: float, size: float, more: dict[str, str]) -> ET.Element:
        place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "dy": ".35em", "font-size": f"{size:g}", "fill": "currentColor"}
        element = ET.SubElement(parent, "text", place | more)
        element.text = text
        return element
