"""Where everything in an organisation chart goes: the top bodies in boxes, below them columns of an indented tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from miit_graph.export.picture.chart_model import Chart, Group, Unit
from miit_graph.export.picture.measure import width, wrap
from miit_graph.export.picture.options import Options
from miit_graph.export.picture.structure import Plate, Tie
from miit_graph.export.picture.terms import BOND_OF
from miit_graph.export.picture.words import word

SIZE: Final = 13.0
SMALL: Final = 11.5
LINE: Final = 17.0
SMALL_LINE: Final = 15.0
INDENT: Final = 20.0
MARK: Final = 26.0
"""From the left of a level to the middle of its marks."""
TEXT: Final = 38.0
"""From the left of a level to its text."""
WIDTH: Final = 1320.0
MARGIN: Final = 28.0
GAP: Final = 26.0
_DEEPEST_INDENT: Final = 6
_PLATE_PAD: Final = 9.0
_SIGN: Final = 16.0
"""Kept free behind the text for the mark of a dispute."""
_COLUMN_ROWS: Final = 9
"""A chart with fewer rows than this for each column has fewer columns."""

RowKind = Literal["heading", "continued", "unit", "plate", "note", "reference", "more"]


@dataclass(slots=True)
class Row:
    """A line of the tree (or several lines of text that belong together)."""

    kind: RowKind
    level: int
    lines: list[str]
    second: list[str]
    item: Group | Unit | Plate | Tie
    spine: int
    """Which group's line it hangs on."""
    height: float
    x: float = 0.0
    y: float = 0.0

    @property
    def mark_x(self) -> float:
        """The middle of its mark."""
        return self.x + MARK

    @property
    def middle(self) -> float:
        """The height of its mark: that of its first line."""
        return self.y + (LINE if self.kind != "plate" else LINE + 9) / 2 + 1


@dataclass(slots=True)
class Box:
    """A body at the top."""

    unit: Unit
    lines: list[str]
    second: list[str]
    x: float
    y: float
    width: float
    height: float
    plates: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Column:
    """Rows one below the other, from where the line that comes from above reaches them."""

    x: float
    rows: list[Row]


@dataclass(slots=True)
class Section:
    """A top body (with those between it and the first that branches) and what is below."""

    boxes: list[Box]
    title: str
    bus: float
    """The height of the line from which the columns hang."""
    columns: list[Column]


@dataclass(slots=True)
class Plan:
    """The whole picture; `bottom` is where the legend may begin."""

    sections: list[Section]
    bottom: float


class Planner:
    """Plans one chart."""

    def __init__(self, chart: Chart, options: Options) -> None:
        self._chart, self._options = chart, options
        self._spines = 0
        self._room = WIDTH - 2 * MARGIN

    def plan(self, top: float) -> Plan:
        """Everything in its place, from the height `top` downwards."""
        sections = []
        tall = [unit for unit in self._chart.roots if unit.groups]
        flat = [unit for unit in self._chart.roots if not unit.groups]
        for unit in tall:
            section = self._section(unit, top)
            sections.append(section)
            top = _end(section) + 34
        if flat:
            title = word("others", self._options.words) if tall else ""
            spine = self._spine()
            blocks = [self._unit(unit, 0, spine) for unit in flat]
            columns = self._flow(blocks, top + (24 if title else 0), spread=True)
            sections.append(Section([], title, top, columns))
            top = _end(sections[-1]) + 34
        return Plan(sections, top)

    def _spine(self) -> int:
        self._spines += 1
        return self._spines

    def _section(self, unit: Unit, top: float) -> Section:
        boxes = [self._box(unit, top)]
        while (only := unit.only) is not None:
            unit = only
            boxes.append(self._box(unit, _foot(boxes[-1]) + 40))
        bus = _foot(boxes[-1]) + 22
        return Section(boxes, "", bus, self._flow(list(self._blocks(unit.groups)), bus + 14))

    def _box(self, unit: Unit, top: float) -> Box:
        name, other = self._texts(unit.iri)
        lines = wrap(name, SIZE + 3, 380)
        second = wrap(other, SMALL, 380) if other else []
        wide = max([width(line, SIZE + 3) for line in lines] + [width(line, SMALL) for line in second]) + 36
        tall = len(lines) * 21 + len(second) * SMALL_LINE + 16
        box = Box(unit, lines, second, (WIDTH - wide) / 2, top, wide, tall)
        side = (WIDTH - wide) / 2 - MARGIN - 26
        y = top
        for plate in unit.plates:
            row = self._plate(plate, 0, 0, side)
            row.x, row.y = box.x + wide + 26, y
            y += row.height + 4
            box.plates.append(row)
        y = top
        for tie in (*unit.also, *unit.elsewhere):
            row = self._tie(tie, unit, 0, 0, side - 20)
            row.x, row.y = MARGIN, y
            y += row.height + 3
            box.notes.append(row)
        return box

    def _blocks(self, groups: tuple[Group, ...]) -> Iterator[list[Row]]:
        """What must stay together in one column, from top to bottom: a heading and its first body, a body's rows."""
        waiting: list[tuple[Group, int, int, int]] = [(group, 0, 0, 0) for group in reversed(groups)]
        while waiting:
            group, index, level, spine = waiting.pop()
            block = []
            if index == 0:
                spine = self._spine()
                block.append(self._heading(group, level, spine, "heading"))
            unit = group.units[index]
            yield [*block, *self._unit(unit, level, spine)]
            if index + 1 < len(group.units):
                waiting.append((group, index + 1, level, spine))
            waiting += [(below, 0, level + 1, 0) for below in reversed(unit.groups)]

    def _texts(self, thing: str) -> tuple[str, str]:
        name = self._chart.names.name(thing, self._options.words)
        return name.text, name.other if self._options.lang == "both" else ""

    def _left(self, level: int) -> float:
        return min(level, _DEEPEST_INDENT) * INDENT

    def _row(
        self, kind: RowKind, level: int, item: Group | Unit | Plate | Tie, spine: int, text: str, other: str
    ) -> Row:
        small = kind in ("note", "reference", "more")
        room = self._column_room - self._left(level) - TEXT
        size = SMALL if small else SIZE
        lines, second = wrap(text, size * (1.06 if kind in ("heading", "continued") else 1), room - _SIGN), []
        if other:
            second = wrap(other, SMALL, room)
        height = len(lines) * (SMALL_LINE if small else LINE) + len(second) * SMALL_LINE + (2 if small else 5)
        if kind in ("heading", "continued"):
            height += 8
        return Row(kind, level, lines, second, item, spine, height)

    @property
    def _column_room(self) -> float:
        return (self._room - 2 * GAP) / 3

    def _heading(self, group: Group, level: int, spine: int, kind: RowKind) -> Row:
        return self._row(kind, level, group, spine, heading_text(self._chart, group, self._options, kind), "")

    def _unit(self, unit: Unit, level: int, spine: int) -> list[Row]:
        rows = [self._row("unit", level, unit, spine, *self._texts(unit.iri))]
        room = self._column_room - self._left(level) - TEXT
        rows += [self._plate(plate, level, spine, room) for plate in unit.plates]
        rows += [self._tie(tie, unit, level, spine, room) for tie in (*unit.also, *unit.elsewhere)]
        if unit.cut:
            rows.append(self._row("more", level, unit, spine, word("deeper", self._options.words, n=unit.cut), ""))
        return rows

    def _plate(self, plate: Plate, level: int, spine: int, room: float) -> Row:
        name, other = self._texts(plate.iri)
        inner = room - 2 * _PLATE_PAD - _SIGN
        lines, second = wrap(name, SMALL, inner), wrap(other, SMALL, inner) if other else []
        return Row("plate", level, lines, second, plate, spine, 9 + (len(lines) + len(second)) * SMALL_LINE + 10)

    def _tie(self, tie: Tie, unit: Unit, level: int, spine: int, room: float) -> Row:
        text = tie_text(self._chart, tie, unit, self._options)
        lines = wrap(text, SMALL, room - _SIGN)
        kind: RowKind = "note" if tie.unit == unit.iri else "reference"
        return Row(kind, level, lines, [], tie, spine, len(lines) * SMALL_LINE + 3)

    def _flow(self, blocks: list[list[Row]], top: float, *, spread: bool = False) -> list[Column]:
        """Fill columns from left to right, as evenly as the blocks allow; a few blocks only if they may be spread."""
        count = max(1, min(3, len(blocks) if spread else len(blocks) // _COLUMN_ROWS + 1))
        heights = [sum(row.height for row in block) for block in blocks]
        low, high = max(heights, default=0.0), sum(heights) + 40.0 * count
        while high - low > 4:
            middle = (low + high) / 2
            low, high = (low, middle) if len(self._fill(blocks, middle)) <= count else (middle, high)
        columns = []
        for index, rows in enumerate(self._fill(blocks, high)):
            column = Column(MARGIN + index * (self._column_room + GAP), rows)
            y = top
            for row in rows:
                row.x, row.y = column.x + self._left(row.level), y
                y += row.height
            columns.append(column)
        return columns

    def _fill(self, blocks: list[list[Row]], most: float) -> list[list[Row]]:
        columns: list[list[Row]] = [[]]
        used = 0.0
        groups: dict[int, Row] = {}
        for block in blocks:
            groups.update((row.spine, row) for row in block if row.kind == "heading")
            tall = sum(row.height for row in block)
            if columns[-1] and used + tall > most:
                columns.append([])
                used = 0.0
                first = block[0]
                if first.kind == "unit" and first.spine in groups:
                    group = groups[first.spine].item
                    assert isinstance(group, Group)
                    again = self._heading(group, first.level, first.spine, "continued")
                    columns[-1].append(again)
                    used += again.height
            columns[-1] += block
            used += tall
        return columns


def heading_text(chart: Chart, group: Group, options: Options, kind: RowKind = "heading") -> str:
    """The name of a kind of tie and how many bodies have it: ``regional unit · 31``."""
    text = kind_text(chart, group.kind, options)
    told = word("continued", options.words) if kind == "continued" else str(len(group.units))
    return f"{text[:1].upper()}{text[1:]} · {told}"


def kind_text(chart: Chart, kind: str, options: Options) -> str:
    """The name of a kind of tie; a plain property has one of ours."""
    if kind in BOND_OF:
        return word(f"plain_{BOND_OF[kind]}", options.words)
    name = chart.names.name(kind, options.words)
    return f"{name.text} {name.other}" if options.lang == "both" and name.other else name.text


def tie_text(chart: Chart, tie: Tie, unit: Unit, options: Options) -> str:
    """A tie that is no line of the tree, in words, as seen from one of its ends."""
    names, lang = chart.names, options.words
    kind = kind_text(chart, tie.kind, options)
    if tie.unit == unit.iri:
        return word("also", lang, kind=kind, over=names.text(tie.over, lang))
    name = names.text(tie.unit, lang)
    if tie.drawn:
        below = next((each.tie.over for each in chart.every() if each.iri == tie.unit and each.tie), "")
        place = word("elsewhere", lang, kind=kind, over=names.text(below, lang)) if below else kind
    else:
        place = word(f"claim_{tie.bond}", lang) if tie.claim else kind
        state = names.text(tie.claim, lang) if ":" in tie.claim else ""
        place = f"{place} · {state or word('claimed' if tie.claim else 'deprecated', lang)}"
    return f"{name} ({place})" if lang == "en" else f"{name}（{place}）"


def _foot(box: Box) -> float:
    return max([box.y + box.height] + [row.y + row.height for row in (*box.plates, *box.notes)])


def _end(section: Section) -> float:
    return max([section.bus] + [row.y + row.height for column in section.columns for row in column.rows])
