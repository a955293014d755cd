"""Where everything on a timeline goes: a row for each entry, in lanes, beside or below its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from miit_graph.export.picture.days import Bounds, civil, day_number
from miit_graph.export.picture.measure import wrap
from miit_graph.export.picture.options import Options
from miit_graph.export.picture.reading import Names
from miit_graph.export.picture.timeline_entries import Entry
from miit_graph.export.picture.timeline_model import LaneRows, Timeline
from miit_graph.export.picture.words import Lang, bounds_in_words, in_words, word

SIZE: Final = 13.0
SMALL: Final = 11.5
LINE: Final = 17.0
SMALL_LINE: Final = 15.0
_STEPS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)


@dataclass(frozen=True, slots=True)
class Frame:
    """The measures of an arrangement: where the words and where the bars stand."""

    width: float
    margin: float
    label_room: float
    when_x: float
    when_room: float
    left: float
    right: float
    stacked: bool
    """Whether bars stand below their words."""


WIDE: Final = Frame(1200, 28, 380, 424, 204, 642, 1166, False)
NARROW: Final = Frame(360, 12, 330, 12, 330, 18, 342, True)


@dataclass(frozen=True, slots=True)
class Scale:
    """Days to pixels: linear, so that equal times are equally long."""

    first: int
    last: int
    left: float
    right: float

    def x(self, day: float) -> float:
        """Where a `day_number` is, not cut off at the ends."""
        return self.left + (day - self.first) / (self.last - self.first) * (self.right - self.left)

    def within(self, day: float) -> float:
        """The same, cut off at the ends."""
        return min(self.right, max(self.left, self.x(day)))

    def ticks(self) -> list[tuple[float, str]]:
        """Where the axis has lines, and what stands at them: years, or months where few years are shown."""
        room = max(2, int((self.right - self.left) / 62))
        first_year, last_year = civil(self.first)[0], civil(self.last)[0]
        if (self.last - self.first) < 365 * 3:
            months = (last_year - first_year + 1) * 12
            step = next((step for step in (1, 2, 3, 6) if months / step <= room * 2), 12)
            days = [
                (day_number(year, month, 1), f"{year}-{month:02}")
                for year in range(first_year, last_year + 1)
                for month in range(1, 13, step)
            ]
        else:
            step = next((step for step in _STEPS if (last_year - first_year) / step <= room), _STEPS[-1])
            start = -(-first_year // step) * step
            days = [(day_number(year, 1, 1), str(year)) for year in range(start, last_year + 1, step)]
        inside = [(self.x(day), text) for day, text in days if self.first <= day <= self.last]
        kept: list[tuple[float, str]] = []
        for x, text in inside:
            if (not kept or x - kept[-1][0] >= 50) and self.left + 14 <= x <= self.right - 14:
                kept.append((x, text))
        return kept


@dataclass(slots=True)
class EntryRow:
    """An entry and its words in lines."""

    entry: Entry
    label: list[str]
    more: list[str]
    second: list[str]
    when: list[str]
    y: float
    height: float
    bar: float
    """The height of the middle of its bar."""


@dataclass(slots=True)
class LaneBox:
    """A lane: its heading, its rows, and the sentence on those that are not drawn."""

    lane: LaneRows
    y: float
    rows: list[EntryRow]
    rest: list[str]
    rest_y: float
    end: float


def when_told(entry: Entry, names: Names, lang: Lang, *, exactly: bool = False) -> str:
    """When something held or happened, in words; with `exactly` as the days that this can mean."""
    tell = bounds_in_words if exactly else in_words
    if entry.at:
        return tell(entry.at, lang)
    start, end = (tell(time, lang) if time else "" for time in (entry.start, entry.end))
    if exactly:
        told = ((word("begins", lang, start),) if start else ()) + ((word("ends", lang, end),) if end else ())
        if told:
            return word("sep", lang).join(told)
    if start and end:
        return word("from_until", lang, start, end)
    if start or end:
        return word("from" if start else "until", lang, start or end)
    sources = word("comma", lang).join(
        names.text(source, lang).partition(":" if lang == "en" else "：")[0] for source in entry.attested
    )
    return word("undated_in", lang, sources) if sources else word("undated", lang)


def label_of(entry: Entry, names: Names, lang: Lang) -> str:
    """What an entry is called, with what must be said of it: claimed, deprecated."""
    text = entry.told(names, lang)[0]
    told = []
    if entry.claim:
        told.append(names.text(entry.status, lang) if ":" in entry.status else word("claimed", lang))
    if entry.deprecated:
        told.append(word("deprecated", lang))
    if not told:
        return text
    inside = word("sep", lang).join(told)
    return f"{text} ({inside})" if lang == "en" else f"{text}（{inside}）"


def arrange(timeline: Timeline, options: Options, top: float) -> tuple[list[LaneBox], float]:
    """The lanes in their places from the height `top` downwards, and where they end."""
    frame = NARROW if options.narrow else WIDE
    boxes = []
    y = top
    for lane in timeline.lanes:
        start = y
        y += 34
        rows = []
        for entry in (*lane.entries, *lane.undated):
            row = _row(entry, timeline.names, options, frame, y)
            rows.append(row)
            y += row.height
        rest: list[str] = []
        rest_y = y
        if lane.hidden or lane.cut:
            room = frame.width - 2 * frame.margin
            told = [word("undated_more", options.words, n=len(lane.hidden))] if lane.hidden else []
            told += [word("dated_more", options.words, n=lane.cut)] if lane.cut else []
            rest = [line for text in told for line in wrap(text, SMALL, room)]
            y += len(rest) * SMALL_LINE + 6
        boxes.append(LaneBox(lane, start, rows, rest, rest_y, y))
        y += 10
    return boxes, y


def _row(entry: Entry, names: Names, options: Options, frame: Frame, y: float) -> EntryRow:
    lang = options.words
    sign = 18
    label = wrap(label_of(entry, names, lang), SIZE, frame.label_room - sign)
    own, more_text = entry.told(names, lang)
    more = wrap(more_text, SMALL, frame.label_room) if more_text else []
    second = []
    if options.lang == "both":
        other = " · ".join(part for part in entry.told(names, "zh") if part)
        second = wrap(other, SMALL, frame.label_room) if other and other != own else []
    when = wrap(when_told(entry, names, lang), SMALL, frame.when_room)
    words = len(label) * LINE + (len(more) + len(second)) * SMALL_LINE
    if frame.stacked:
        tall = words + len(when) * SMALL_LINE
        return EntryRow(entry, label, more, second, when, y, tall + 28, y + tall + 10)
    return EntryRow(entry, label, more, second, when, y, max(words, len(when) * SMALL_LINE, 18) + 8, y + 10)


def certain_part(start: Bounds | None, end: Bounds | None) -> tuple[int, int] | None:
    """First and last day of what lies between two bounds for certain, if there are such days."""
    if start is None or end is None or start.last is None or end.first is None or start.last > end.first:
        return None
    return start.last, end.first


def lanes_in(boxes: Sequence[LaneBox]) -> list[Entry]:
    """All entries that are drawn."""
    return [row.entry for box in boxes for row in box.rows]
