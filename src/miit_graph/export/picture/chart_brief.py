"""Draws an organisation chart in short, for a telephone: for each kind of tie a mark per body, and the first names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree as ET

from miit_graph.export.picture.chart_layout import heading_text, kind_text
from miit_graph.export.picture.chart_marks import COLORS, LINES, draw_mark, variants
from miit_graph.export.picture.chart_model import Chart, Unit
from miit_graph.export.picture.days import number_of
from miit_graph.export.picture.measure import width, wrap
from miit_graph.export.picture.options import Options
from miit_graph.export.picture.svg import Pen, write
from miit_graph.export.picture.terms import Bond
from miit_graph.export.picture.words import day_in_words, word

WIDTH: Final = 360.0
MARGIN: Final = 14.0
HEIGHT: Final = 840.0
"""What a telephone shows at once: as many names are written as fit into it."""
_TEXT: Final = 56.0
"""From the left to what is written about a kind."""
_ROOM: Final = WIDTH - _TEXT - MARGIN
_STEP: Final = 9.2
_IN_ROW: Final = int(_ROOM / _STEP)
_ROWS: Final = 3
"""Rows of marks; what is left over is counted."""
_HEAD, _BODY, _SMALL = 14.0, 12.5, 11.5
_LINE, _GAP = 16.0, 14.0
_NAME_LINES: Final = 4
_TRUNK: Final = MARGIN + 8


@dataclass(slots=True)
class _Part:
    """The bodies that are tied to the main one in one way, or stand beside it (without a bond)."""

    lines: list[str]
    units: tuple[Unit, ...]
    below: int = 0
    """How many further ones are below these."""
    bond: Bond | None = None
    variant: int = 0

    @property
    def marks(self) -> int:
        """How many of them get a mark; a single one has that of the heading."""
        most = _IN_ROW * _ROWS
        return 0 if len(self.units) == 1 else len(self.units) if len(self.units) <= most else most - 5

    @property
    def rows(self) -> int:
        """Rows of marks."""
        return min(_ROWS, -(-len(self.units) // _IN_ROW)) if self.marks else 0


class _Brief:
    """A short chart in the making."""

    def __init__(self, chart: Chart, options: Options, link: Callable[[str], str]) -> None:
        self._chart, self._options, self._link = chart, options, link
        self._pen, self._lang = Pen(options.theme, options.colours.tokens), options.words

    def svg(self) -> str:
        chart, lang = self._chart, self._lang
        if not chart.roots:
            told = wrap(word("no_chart_day" if self._options.as_of and chart.known else "no_chart", lang), 14, 330)
            root = self._document(2 * MARGIN + 20 * len(told), word("chart", lang))
            for index, line in enumerate(told):
                self._pen.text(root, MARGIN, MARGIN + 14 + index * 20, line, font_size=14, fill="soft")
            return write(root)
        body = ET.Element("g")
        y = self._boxes(body, MARGIN)
        parts = self._parts()
        names = self._names(parts, HEIGHT - y - MARGIN)
        bond_foot, foot = y, y
        for part, lines in zip(parts, names, strict=True):
            y += _GAP
            bond_foot = y + 8 if part.bond else bond_foot
            y = self._part(body, part, lines, y)
        root = self._document(y + MARGIN, word("chart_of", lang, chart.names.text(chart.main.iri, lang)))
        if bond_foot > foot:
            trunk = f"M{_TRUNK} {foot:.1f}V{bond_foot:.1f}"
            self._pen.add(root, "path", d=trunk, fill="none", stroke="line", stroke_width=2)
        root.extend(body)
        return write(root)

    def _document(self, height: float, title: str) -> ET.Element:
        description = word("brief_desc", self._lang, units=self._chart.units)
        return self._pen.document(WIDTH, height, title, description, self._lang, "chart-narrow")

    def _boxes(self, root: ET.Element, y: float) -> float:
        """The main body below those that are above it; returns where they end."""
        if self._options.as_of:
            told = word("on_day", self._lang, day_in_words(number_of(self._options.as_of), self._lang))
            self._pen.text(root, MARGIN, y + 10, told, font_size=_BODY, fill="soft")
            y += 22
        unit = self._chart.roots[0]
        while True:
            last = unit.iri == self._chart.main.iri
            y = self._box(root, unit, y, 16.0 if last else 13.5)
            if last:
                return y
            only = unit.only
            assert only is not None and only.tie is not None
            line = f"M{_TRUNK} {y:.1f}v22"
            self._pen.add(root, "path", d=line, fill="none", **LINES[only.tie.bond])
            kind = wrap(kind_text(self._chart, only.tie.kind, self._options), _SMALL, 300)[0]
            self._pen.text(root, _TRUNK + 10, y + 15, kind, font_size=_SMALL, fill="soft")
            unit, y = only, y + 22

    def _box(self, root: ET.Element, unit: Unit, y: float, size: float) -> float:
        lines = wrap(self._name(unit), size * 1.05, WIDTH - 2 * MARGIN - 28)
        step = size * 1.3
        tall = len(lines) * step + 14
        link = self._pen.link(root, self._link(unit.iri), class_="unit", data_iri=unit.iri)
        look: dict[str, object] = {"rx": 8, "fill": "accent-soft", "stroke": "accent", "stroke_width": 1.6}
        self._pen.add(link, "rect", x=MARGIN, y=y, width=WIDTH - 2 * MARGIN, height=tall, **look)
        for index, line in enumerate(lines):
            base = y + 7 + size + index * step
            self._pen.text(link, WIDTH / 2, base, line, font_size=size, font_weight=650, text_anchor="middle")
        return y + tall

    def _parts(self) -> list[_Part]:
        found, looks = [], variants(self._chart)
        for group in self._chart.main.groups:
            lines = wrap(heading_text(self._chart, group, self._options), _HEAD * 1.06, _ROOM)
            found.append(_Part(lines, group.units, group.size - len(group.units), *looks[group.kind]))
        if beside := self._chart.roots[1:]:
            heading = f"{word('others', self._lang)} · {len(beside)}"
            found.append(_Part(wrap(heading, _HEAD * 1.06, _ROOM), beside, sum(unit.below for unit in beside)))
        return found

    def _names(self, parts: list[_Part], room: float) -> list[list[str]]:
        """For each part some names, line by line as long as there is room, those without any first."""
        found: list[list[str]] = [[] for _ in parts]
        left = room - sum(_GAP + _tall(part) for part in parts)
        for most in range(1, _NAME_LINES + 1):
            for index in sorted(range(len(parts)), key=lambda index: bool(found[index])):
                lines = self._first(parts[index], most)
                more = _LINE * (len(lines) - len(found[index]))
                if more <= left:
                    found[index], left = lines, left - more
        return found

    def _first(self, part: _Part, most: int) -> list[str]:
        names = [self._name(unit) for unit in part.units[: 12 * most]]
        for count in range(len(names), 0, -1):
            more = " …" if count < len(part.units) else ""
            lines = wrap(word("sep", self._lang).join(names[:count]) + more, _BODY, _ROOM)
            if len(lines) <= most:
                return lines
        return []

    def _name(self, unit: Unit) -> str:
        name = self._chart.names.name(unit.iri, self._lang)
        return f"{name.text} {name.other}" if self._options.lang == "both" and name.other else name.text

    def _part(self, root: ET.Element, part: _Part, names: list[str], y: float) -> float:
        pen, color = self._pen, COLORS[part.bond] if part.bond else "ink"
        if part.bond:
            pen.add(root, "path", d=f"M{_TRUNK} {y + 8:.1f}h16", fill="none", **LINES[part.bond])
            alone = part.units[0] if len(part.units) == 1 else None
            self._mark(root, part, alone, _TRUNK + 20, y + 8, 1)
        for line in part.lines:
            pen.text(root, _TEXT, y + 13, line, font_size=_HEAD, font_weight=650, fill=color)
            y += 18
        for index, unit in enumerate(part.units[: part.marks]):
            row, column = divmod(index, _IN_ROW)
            self._mark(root, part, unit, _TEXT + 4 + column * _STEP, y + 8 + row * 12, 0.72)
        if 0 < part.marks < len(part.units):
            told = f"+{len(part.units) - part.marks:,}"
            x = min(_TEXT + (_IN_ROW - 5) * _STEP + 4, WIDTH - MARGIN - width(told, _SMALL))
            pen.text(root, x, y + 12 * part.rows, told, font_size=_SMALL, fill="soft")
        y += 12 * part.rows + (4 if part.rows else 0)
        for line in names:
            pen.text(root, _TEXT, y + 12, line, font_size=_BODY, fill="ink")
            y += _LINE
        if part.below:
            told = word("deeper", self._lang, n=part.below)
            pen.text(root, _TEXT, y + 12, told, font_size=_SMALL, fill="soft")
            y += 15
        return y

    def _mark(self, root: ET.Element, part: _Part, unit: Unit | None, x: float, y: float, scale: float) -> None:
        """A mark; that of a body leads to it and says its name."""
        parent = root
        if unit:
            parent = self._pen.link(root, self._link(unit.iri), self._name(unit), class_="unit", data_iri=unit.iri)
        place = self._pen.add(parent, "g", transform=f"translate({x:.1f} {y:.1f}) scale({scale})")
        draw_mark(self._pen, place, 0, 0, part.bond or "linked", part.variant)


def _tall(part: _Part) -> float:
    """The height of a part without names, as `_Brief._part` draws it."""
    marks = 12 * part.rows + (4 if part.rows else 0)
    return 18 * len(part.lines) + marks + (15 if part.below else 0)


def draw_brief(chart: Chart, options: Options, link: Callable[[str], str]) -> str:
    """The chart in short as SVG; `link` gives the address of a thing, or nothing."""
    return _Brief(chart, options, link).svg()
