"""Draws an organisation chart as SVG."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree as ET

from miit_graph.export.picture import chart_layout as at
from miit_graph.export.picture.chart_brief import draw_brief
from miit_graph.export.picture.chart_layout import Box, Column, Plan, Planner, Row, Section
from miit_graph.export.picture.chart_marks import COLORS, LINES, draw_mark, draw_plate, variants
from miit_graph.export.picture.chart_model import Chart, Group, Unit
from miit_graph.export.picture.days import number_of
from miit_graph.export.picture.measure import width, wrap
from miit_graph.export.picture.options import Options
from miit_graph.export.picture.structure import Plate, Structure, Tie
from miit_graph.export.picture.svg import Pen, one_line, write
from miit_graph.export.picture.terms import BOND_OF, Bond
from miit_graph.export.picture.words import day_in_words, word

Sign = tuple[str, str, str]
"""A mark, where it leads, and what it says on hover."""


class ChartDrawing:
    """A chart in the making. `link` gives the address of a thing."""

    def __init__(self, chart: Chart, structure: Structure, options: Options, link: Callable[[str], str]) -> None:
        self._chart, self._structure, self._options, self._link = chart, structure, options, link
        self._pen = Pen(options.theme, options.colours.tokens)
        self._lang = options.words
        self._spoken: set[str] = set()
        self._variants = variants(chart)

    def svg(self) -> str:
        """The picture."""
        heading, description = self.title(), self._description()
        if not self._chart.roots:
            return self._empty(heading, description)
        planner = Planner(self._chart, self._options)
        plan = planner.plan(74)
        legend = ET.Element("g")
        height = self._legend(legend, plan.bottom) + 22
        root = self._pen.document(at.WIDTH, height, heading, description, self._lang, "chart")
        self._head(root, heading)
        for section in plan.sections:
            self._section(root, section)
        root.append(legend)
        return write(root)

    def title(self) -> str:
        """What the picture is called."""
        if not self._chart.roots:
            return word("chart", self._lang)
        return word("chart_of", self._lang, self._chart.names.text(self._chart.main.iri, self._lang))

    def _description(self) -> str:
        return word("chart_desc", self._lang, units=self._chart.units, plates=self._chart.plates)

    def _empty(self, heading: str, description: str) -> str:
        root = self._pen.document(at.WIDTH, 150, heading, description, self._lang, "chart")
        self._head(root, heading)
        key = "no_chart_day" if self._options.as_of and self._chart.known else "no_chart"
        for index, line in enumerate(wrap(word(key, self._lang), 14, at.WIDTH - 2 * at.MARGIN)):
            self._pen.text(root, at.MARGIN, 84 + index * 20, line, font_size=14, fill="soft")
        return write(root)

    def _head(self, root: ET.Element, heading: str) -> None:
        for line in wrap(heading, 20, at.WIDTH - 320)[:1]:
            self._pen.text(root, at.MARGIN, 42, line, font_size=20, font_weight=650)
        if self._options.as_of:
            told = word("on_day", self._lang, day_in_words(number_of(self._options.as_of), self._lang))
            self._pen.text(root, at.WIDTH - at.MARGIN, 42, told, font_size=14, fill="soft", text_anchor="end")

    # the top

    def _section(self, root: ET.Element, section: Section) -> None:
        pen = self._pen
        if section.title:
            pen.text(root, at.MARGIN, section.bus + 14, section.title, font_size=14, font_weight=650)
        middle = at.WIDTH / 2
        for upper, lower in zip(section.boxes, section.boxes[1:], strict=False):
            bond = lower.unit.tie.bond if lower.unit.tie else "part"
            pen.add(root, "path", d=f"M{middle} {upper.y + upper.height}V{lower.y}", fill="none", **LINES[bond])
            if lower.unit.tie:
                text = at.kind_text(self._chart, lower.unit.tie.kind, self._options)
                line = wrap(text, at.SMALL, 260)[0]
                pen.text(root, middle + 10, lower.y - 14, line, font_size=at.SMALL, fill="soft")
        if section.boxes:
            foot = section.boxes[-1].y + section.boxes[-1].height
            ends = [column.x + 10 for column in section.columns]
            left, right = min(*ends, middle), max(*ends, middle)
            d = f"M{middle} {foot:.1f}V{section.bus:.1f}M{left:.1f} {section.bus:.1f}H{right:.1f}"
            pen.add(root, "path", d=d, fill="none", stroke="line", stroke_width=2)
        for column in section.columns:
            self._lines(root, column, section.bus if section.boxes else None)
        for box in section.boxes:
            self._box(root, box)
        for column in section.columns:
            for row in column.rows:
                self._row(root, row)

    def _box(self, root: ET.Element, box: Box) -> None:
        pen = self._pen
        link = self._anchor(root, box.unit.iri, "unit")
        look: dict[str, object] = {"rx": 8, "fill": "accent-soft", "stroke": "accent", "stroke_width": 1.8}
        pen.add(link, "rect", x=box.x, y=box.y, width=box.width, height=box.height, **look)
        y = box.y + 24
        for line in box.lines:
            pen.text(link, at.WIDTH / 2, y, line, font_size=at.SIZE + 3, font_weight=650, text_anchor="middle")
            y += 21
        for line in box.second:
            pen.text(link, at.WIDTH / 2, y - 3, line, font_size=at.SMALL, fill="soft", text_anchor="middle")
            y += at.SMALL_LINE
        if box.plates:
            last, edge = box.plates[-1], box.x + box.width
            rail = f"M{edge} {box.y + 10}h14V{last.y + 18:.1f}" + "".join(
                f"M{edge + 14} {row.y + 18:.1f}h12" for row in box.plates
            )
            pen.add(root, "path", d=rail, fill="none", stroke="accent", stroke_width=1.4)
        for row in box.plates:
            self._plate(root, row, row.x)
        for row in box.notes:
            self._tie(root, row, row.x + 16)

    # the columns

    def _lines(self, root: ET.Element, column: Column, bus: float | None) -> None:
        """The line from above along the headings, and for each group a line along its bodies."""
        pen = self._pen
        tops = [row for row in column.rows if row.kind in ("heading", "continued") and row.level == 0]
        if bus is not None and tops:
            d = f"M{column.x + 10} {bus:.1f}V{tops[-1].middle + 4:.1f}"
            pen.add(root, "path", d=d, fill="none", stroke="line", stroke_width=2)
        spines: dict[int, list[Row]] = {}
        for row in column.rows:
            spines.setdefault(row.spine, []).append(row)
        for rows in spines.values():
            heading, units = rows[0], [row for row in rows if row.kind == "unit"]
            if heading.kind not in ("heading", "continued") or not units:
                continue
            assert isinstance(heading.item, Group)
            x = heading.x + 10
            start = heading.middle + (6 if heading.level == 0 else -8)
            d = f"M{x:.1f} {start:.1f}V{units[-1].middle:.1f}" + "".join(
                f"M{x:.1f} {row.middle:.1f}H{row.mark_x:.1f}" for row in units
            )
            pen.add(root, "path", d=d, fill="none", **LINES[heading.item.bond])

    def _row(self, root: ET.Element, row: Row) -> None:
        pen, item, x = self._pen, row.item, row.x + at.TEXT
        if isinstance(item, Group):
            if row.level == 0:
                pen.add(root, "circle", cx=row.x + 10, cy=row.middle + 4, r=4, fill=COLORS[item.bond])
            for index, line in enumerate(row.lines):
                look: dict[str, object] = {"font_size": at.SIZE, "font_weight": 650, "fill": COLORS[item.bond]}
                pen.text(root, row.x + (22 if row.level == 0 else at.TEXT), row.y + 18 + index * at.LINE, line, **look)
        elif isinstance(item, Plate):
            self._plate(root, row, x)
        elif isinstance(item, Tie):
            self._tie(root, row, x)
        elif row.kind == "more":
            link = self._anchor(root, item.iri, "more")
            pen.text(link, x, row.y + 11, row.lines[0], font_size=at.SMALL, fill="accent")
        else:
            self._unit(root, row, item, x)

    def _unit(self, root: ET.Element, row: Row, unit: Unit, x: float) -> None:
        tie = unit.tie
        mark = self._variants.get(tie.kind, ("part", 0)) if tie else ("part", 0)
        link = self._anchor(root, unit.iri, "unit", self._unit_tip(unit))
        draw_mark(self._pen, link, row.mark_x, row.middle, *mark)
        signs = self._signs(tie)
        y = row.y + 13
        for line in row.lines[:-1]:
            self._pen.text(link, x, y, line, font_size=at.SIZE)
            y += at.LINE
        self._signed(root if signs else link, x, y, row.lines[-1], self._link(unit.iri), signs, font_size=at.SIZE)
        for number, line in enumerate(row.second):
            self._pen.text(link, x, y + at.LINE - 2 + number * at.SMALL_LINE, line, font_size=at.SMALL, fill="soft")

    def _plate(self, root: ET.Element, row: Row, x: float) -> None:
        item = row.item
        assert isinstance(item, Plate)
        name = self._chart.names.text(item.iri, self._lang)
        kind = self._chart.names.text(item.kind, self._lang) if item.kind else word("plate_word", self._lang)
        link = self._anchor(root, item.iri, "plate", f"{name}: {kind}" if self._lang == "en" else f"{name}：{kind}")
        wide = max(width(line, at.SMALL) for line in (*row.lines, *row.second)) + 18
        tall = (len(row.lines) + len(row.second)) * at.SMALL_LINE + 5
        draw_plate(self._pen, link, x, row.y, wide, tall)
        for index, line in enumerate((*row.lines, *row.second)):
            fill = "ink" if index < len(row.lines) else "soft"
            y = row.y + 21 + index * at.SMALL_LINE
            self._pen.text(link, x + 9, y, line, font_size=at.SMALL, fill=fill)
        if item.disputes:
            sign, address, tip = self._dispute(item.disputes)
            self._pen.sign(self._pen.text(root, x + wide, row.y + 21, "", font_size=at.SMALL), address, sign, tip)

    def _tie(self, root: ET.Element, row: Row, x: float) -> None:
        item = row.item
        assert isinstance(item, Tie)
        address = self._link(item.over if row.kind == "note" else item.unit)
        link = self._pen.link(root, address, class_="tie")
        style = LINES[item.bond if item.drawn else "claimed"]
        self._pen.add(link, "path", d=f"M{x - 22:.1f} {row.y + 7:.1f}h18", fill="none", **style)
        look: dict[str, object] = {
            "font_size": at.SMALL,
            "font_style": "italic" if self._lang == "en" else None,
            "fill": "soft" if item.drawn else "trouble",
        }
        for index, line in enumerate(row.lines):
            signs = [self._dispute(item.disputes)] if item.disputes and index == len(row.lines) - 1 else []
            y = row.y + 11 + index * at.SMALL_LINE
            self._signed(root if signs else link, x, y, line, address, signs, **look)

    def _signed(
        self, parent: ET.Element, x: float, y: float, line: str, address: str, signs: list[Sign], **look: object
    ) -> None:
        """A line of text with marks behind it, each a link of its own."""
        if not signs:
            self._pen.text(parent, x, y, line, **look)
            return
        text = self._pen.text(parent, x, y, "", **look)
        self._pen.link(text, address).text = one_line(line)
        for sign, target, tip in signs:
            self._pen.sign(text, target, sign, tip)

    def _signs(self, tie: Tie | None) -> list[Sign]:
        doubt = [("?", "", word("maybe", self._lang))] if tie and self._doubtful(tie) else []
        return doubt + ([self._dispute(tie.disputes)] if tie and tie.disputes else [])

    def _dispute(self, conflicts: tuple[str, ...]) -> Sign:
        names = [self._chart.names.text(conflict, self._lang) for conflict in conflicts]
        tip = (
            word("disputed", self._lang) + (": " if self._lang == "en" else "：") + word("sep", self._lang).join(names)
        )
        return "≠", self._link(conflicts[0]), tip

    def _anchor(self, root: ET.Element, thing: str, kind: str, tip: str = "") -> ET.Element:
        """A link to a thing; the first of a body has its IRI, so that programs find each body once."""
        return self._pen.link(root, self._link(thing), tip, class_=kind, data_iri=thing)

    def _unit_tip(self, unit: Unit) -> str:
        name = self._chart.names.name(unit.iri, self._lang)
        parts = [f"{name.text} {name.other}".strip()]
        if unit.tie:
            parts.append(at.kind_text(self._chart, unit.tie.kind, self._options))
            if self._doubtful(unit.tie):
                parts.append(word("maybe", self._lang))
        return " · ".join(parts)

    def _doubtful(self, tie: Tie) -> bool:
        if not self._options.as_of:
            return False
        return not self._structure.certain(tie, number_of(self._options.as_of))

    # the legend

    def _legend(self, root: ET.Element, top: float) -> float:
        """What lines and marks mean, in rows; returns where it ends."""
        pen = self._pen
        pen.add(root, "path", d=f"M{at.MARGIN} {top}H{at.WIDTH - at.MARGIN}", stroke="line", stroke_width=1)
        entries = self._kinds_told()
        if self._chart.plates:
            entries.append(("plate", word("plate", self._lang)))
        ties = [tie for unit in self._chart.every() for tie in unit.elsewhere]
        if any(not tie.drawn for tie in ties):
            entries.append(("claimed", word("claimed", self._lang)))
        if any(tie.disputes for tie in (*ties, *(u.tie for u in self._chart.every() if u.tie))):
            entries.append(("disputed", word("disputed", self._lang)))
        if self._options.as_of:
            entries.append(("maybe", word("maybe", self._lang)))
        room = (at.WIDTH - 2 * at.MARGIN - 2 * at.GAP) / 3
        lines = [wrap(text, at.SMALL, room - 60) for _, text in entries]
        rows = -(-len(entries) // 3)
        y = top + 22
        heights = [max(len(lines[i]) for i in range(r, len(entries), rows)) * at.SMALL_LINE + 6 for r in range(rows)]
        for index, (key, _) in enumerate(entries):
            column, row = divmod(index, rows)
            left, height = at.MARGIN + column * (room + at.GAP), y + sum(heights[:row])
            self._sample(root, key, left, height)
            for number, line in enumerate(lines[index]):
                pen.text(root, left + 56, height + 4 + number * at.SMALL_LINE, line, font_size=at.SMALL, fill="soft")
        return y + sum(heights)

    def _kinds_told(self) -> list[tuple[str, str]]:
        """For each mark the first kind that has it, and what it means: the names of its kinds and of its bond."""
        shared: dict[tuple[Bond, int], list[str]] = {}
        for kind in self._chart.kinds:
            shared.setdefault(self._variants[kind], []).append(kind)
        told = []
        for (bond, _), kinds in shared.items():
            names = [at.kind_text(self._chart, kind, self._options) for kind in kinds if kind not in BOND_OF]
            listed = word("comma", self._lang).join(names)
            told.append(
                (
                    kinds[0],
                    word("means", self._lang, listed, word(bond, self._lang)) if names else word(bond, self._lang),
                )
            )
        return told

    def _sample(self, root: ET.Element, key: str, x: float, y: float) -> None:
        pen = self._pen
        if key == "plate":
            draw_plate(pen, root, x + 8, y - 13, 34, 13)
        elif key in ("disputed", "maybe"):
            sign = "≠" if key == "disputed" else "?"
            pen.text(root, x + 24, y + 4, sign, font_size=13, font_weight=700, fill="trouble", text_anchor="middle")
        else:
            bond = "claimed" if key == "claimed" else self._chart.kinds[key]
            pen.add(root, "path", d=f"M{x} {y}h40", fill="none", **LINES[bond])
            if key != "claimed":
                draw_mark(pen, root, x + 40, y, *self._variants[key])


def draw_chart(chart: Chart, structure: Structure, options: Options, link: Callable[[str], str]) -> str:
    """The chart as SVG, in short if it is to be narrow; `link` gives the address of a thing, or nothing."""
    if options.narrow:
        return draw_brief(chart, options, link)
    return ChartDrawing(chart, structure, options, link).svg()


__all__ = ["ChartDrawing", "Plan", "draw_chart"]
