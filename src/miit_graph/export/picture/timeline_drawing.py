"""Draws a timeline as SVG: what is certain is solid, what is only possible fades or stands between brackets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from xml.etree import ElementTree as ET

from miit_graph.export.picture.days import Bounds, number_of
from miit_graph.export.picture.measure import wrap
from miit_graph.export.picture.options import Options
from miit_graph.export.picture.svg import Pen, one_line, write
from miit_graph.export.picture.terms import Lane
from miit_graph.export.picture.timeline_entries import Entry
from miit_graph.export.picture.timeline_layout import (
    LINE,
    NARROW,
    SIZE,
    SMALL,
    SMALL_LINE,
    WIDE,
    EntryRow,
    LaneBox,
    Scale,
    arrange,
    certain_part,
    label_of,
    when_told,
)
from miit_graph.export.picture.timeline_model import Timeline
from miit_graph.export.picture.words import day_in_words, word

_COLORS: Final[dict[Lane, str]] = {
    "organisations": "ink",
    "people": "accent",
    "mandates": "derived",
    "programmes": "accent",
    "events": "ink",
    "figures": "soft",
    "other": "soft",
}
_BAR: Final = 11.0
_FADE: Final = 80.0
"""How far an end fades that is not stated, in pixels."""
_LEGEND: Final = ("certain", "possible", "point", "open", "undated", "claimed", "disputed")


class TimelineDrawing:
    """A timeline in the making. `link` gives the address of a thing."""

    def __init__(self, timeline: Timeline, options: Options, link: Callable[[str], str]) -> None:
        self._timeline, self._options, self._link = timeline, options, link
        self._pen, self._lang = Pen(options.theme, options.colours.tokens), options.words
        self._frame = NARROW if options.narrow else WIDE
        self._name = "timeline-narrow" if options.narrow else "timeline"
        self._scale = Scale(timeline.first, timeline.last, self._frame.left, self._frame.right)

    def svg(self) -> str:
        """The picture."""
        frame, lang = self._frame, self._lang
        title = word("timeline", lang)
        heading = 0.0 if self._options.theme == "page" else 34.0
        if not self._timeline.lanes:
            return self._empty(title)
        boxes, end = arrange(self._timeline, self._options, heading + 40)
        legend = ET.Element("g")
        height = self._legend(legend, end + 8, boxes) + 20
        span = (day_in_words(day, lang) for day in (self._timeline.first, self._timeline.last))
        described = word("timeline_desc", lang, n=self._timeline.dated, first=next(span), last=next(span))
        root = self._pen.document(frame.width, height, title, described, lang, self._name)
        self._gradients(root)
        if heading:
            self._pen.text(root, frame.margin, 40, title, font_size=20, font_weight=650)
        self._axis(root, heading + 26, end - 6)
        for box in boxes:
            self._lane(root, box)
        root.append(legend)
        return write(root)

    def _empty(self, title: str) -> str:
        key = "no_timeline_part" if self._timeline.known else "no_timeline"
        root = self._pen.document(self._frame.width, 150, title, word(key, self._lang), self._lang, self._name)
        self._pen.text(root, self._frame.margin, 42, title, font_size=20, font_weight=650)
        room = self._frame.width - 2 * self._frame.margin
        for index, line in enumerate(wrap(word(key, self._lang), 14, room)):
            self._pen.text(root, self._frame.margin, 84 + index * 20, line, font_size=14, fill="soft")
        return write(root)

    def _gradients(self, root: ET.Element) -> None:
        defs = self._pen.add(root, "defs")
        for color in sorted({*_COLORS.values(), "trouble"}):
            for way, (start, end) in (("in", (0.08, 0.8)), ("out", (0.8, 0.08))):
                gradient = self._pen.add(defs, "linearGradient", id=self._gradient(way, color))
                self._pen.add(gradient, "stop", offset=0, stop_color=color, stop_opacity=f"{start}")
                self._pen.add(gradient, "stop", offset=1, stop_color=color, stop_opacity=f"{end}")

    def _gradient(self, way: str, color: str) -> str:
        return f"{self._name}-{way}-{color}"

    def _axis(self, root: ET.Element, top: float, bottom: float) -> None:
        pen = self._pen
        for x, text in self._scale.ticks():
            pen.add(root, "path", d=f"M{x:.1f} {top + 4:.1f}V{bottom:.1f}", stroke="line", stroke_width=1)
            pen.text(root, x, top - 2, text, font_size=SMALL, fill="soft", text_anchor="middle")
        if self._options.as_of:
            day = number_of(self._options.as_of)
            if self._timeline.first <= day <= self._timeline.last:
                x = self._scale.x(day)
                pen.add(root, "path", d=f"M{x:.1f} {top + 4:.1f}V{bottom:.1f}", stroke="trouble", stroke_width=1.5)
                pen.add(root, "path", d=f"M{x - 5:.1f} {top + 2:.1f}h10l-5 7z", fill="trouble")

    def _lane(self, root: ET.Element, box: LaneBox) -> None:
        pen, frame = self._pen, self._frame
        pen.add(
            root, "path", d=f"M{frame.margin} {box.y + 2}H{frame.width - frame.margin}", stroke="line", stroke_width=1
        )
        told = f"{word(box.lane.lane, self._lang)} · {len(box.lane.entries)}"
        # On its own ground, as lines of the axis pass behind it where bars stand below their words.
        pen.text(root, frame.margin, box.y + 22, told, font_size=14, font_weight=650, fill=_COLORS[box.lane.lane])
        for row in box.rows:
            self._row(root, row)
        for index, line in enumerate(box.rest):
            y = box.rest_y + 12 + index * SMALL_LINE
            pen.text(
                root,
                frame.margin,
                y,
                line,
                font_size=SMALL,
                fill="soft",
                font_style="italic" if self._lang == "en" else None,
            )

    def _row(self, root: ET.Element, row: EntryRow) -> None:
        pen, frame, entry, lang = self._pen, self._frame, row.entry, self._lang
        names = self._timeline.names
        day = number_of(self._options.as_of) if self._options.as_of else None
        faint = day is not None and not entry.holds_on(day)
        group = pen.add(root, "g", class_="entry faint" if faint else "entry")
        more = entry.told(names, lang)[1]
        exactly = when_told(entry, names, lang, exactly=True)
        tip = " · ".join(part for part in (label_of(entry, names, lang), more, when_told(entry, names, lang)) if part)
        if exactly not in tip:
            tip += f" ({exactly})" if lang == "en" else f"（{exactly}）"
        link = pen.link(
            group, self._link(entry.claim or entry.iri), tip, class_="fact", data_iri=entry.claim or entry.iri
        )
        y = row.y + 13
        signs = self._signs(entry)
        strike = "line-through" if entry.deprecated else None
        for index, line in enumerate(row.label):
            last = index == len(row.label) - 1
            look: dict[str, object] = {"font_size": SIZE, "text_decoration": strike, "fill": "soft" if faint else "ink"}
            if last and signs:
                text = pen.text(group, frame.margin, y, "", **look)
                pen.link(text, self._link(entry.claim or entry.iri)).text = one_line(line)
                for address, told in signs:
                    pen.sign(text, address, "≠", told)
            else:
                pen.text(link, frame.margin, y, line, **look)
            y += LINE
        for line in (*row.more, *row.second):
            pen.text(link, frame.margin, y - 2, line, font_size=SMALL, fill="soft")
            y += SMALL_LINE
        when_y = y - 2 if frame.stacked else row.y + 13
        for index, line in enumerate(row.when):
            pen.text(link, frame.when_x, when_y + index * SMALL_LINE, line, font_size=SMALL, fill="soft")
        # Words stay legible; the bar alone fades.
        self._bar(pen.add(link, "g", opacity="0.35") if faint else link, entry, row.bar)

    def _signs(self, entry: Entry) -> list[tuple[str, str]]:
        """Where marks behind the name lead, and what they say: conflicts, and claims that are not adopted."""
        names, lang = self._timeline.names, self._lang
        colon = ": " if lang == "en" else "："
        signs = []
        if entry.disputes:
            told = word("sep", lang).join(names.text(conflict, lang) for conflict in entry.disputes)
            signs.append((self._link(entry.disputes[0]), word("disputed", lang) + colon + told))
        for claim, status in entry.doubts[:1]:
            state = names.text(status, lang) if status else word("claimed", lang)
            signs.append((self._link(claim), word("claimed", lang) + colon + state))
        return signs

    # bars

    def _bar(self, parent: ET.Element, entry: Entry, y: float) -> None:
        color = "trouble" if entry.claim or entry.deprecated else _COLORS[entry.lane]
        dash = "4 3" if entry.claim or entry.deprecated else None
        if entry.at:
            self._point(parent, entry.at.bounds, y, color, dash)
        elif entry.shape == "span":
            self._span(parent, entry, y, color, dash)
        else:
            d = f"M{self._scale.left} {y:.1f}H{self._scale.right}"
            look: dict[str, object] = {"stroke_dasharray": "1 7", "stroke_linecap": "round", "stroke_width": 2.2}
            self._pen.add(parent, "path", d=d, fill="none", stroke=color, class_="undated", opacity="0.6", **look)

    def _span(self, parent: ET.Element, entry: Entry, y: float, color: str, dash: str | None) -> None:
        start = entry.start.bounds if entry.start else None
        end = entry.end.bounds if entry.end else None
        sure = certain_part(start, end)
        if sure:
            self._rect(parent, sure[0], sure[1], y, color, "certain", dash)
        if start and start.first is not None and start.last is not None:
            till = min(start.last, end.last) if end and end.last is not None else start.last
            self._unsure(parent, start.first, till, y, color, "in")
        if end and end.first is not None and end.last is not None:
            since = max(end.first, start.first) if start and start.first is not None else end.first
            self._unsure(parent, since, end.last, y, color, "out")
        if end is None or end.last is None:
            begin = start.last if start and start.last is not None else start.first if start else None
            if begin is not None:
                self._open(parent, begin, y, color, 1)
        if start is None or start.first is None:
            until = end.first if end and end.first is not None else end.last if end else None
            if until is not None:
                self._open(parent, until, y, color, -1)

    def _rect(
        self, parent: ET.Element, first: int, last: int, y: float, color: str, class_: str, dash: str | None
    ) -> None:
        scale = self._scale
        left, right = scale.within(first), scale.within(last + 1)
        if right <= scale.left or left >= scale.right:
            return
        look: dict[str, object] = {"fill": color, "fill_opacity": "0.8", "rx": 1}
        if dash:
            look = {"fill": "none", "stroke": color, "stroke_width": 1.4, "stroke_dasharray": dash}
        box = {"x": left, "y": y - _BAR / 2, "width": max(2.0, right - left), "height": _BAR}
        self._pen.add(parent, "rect", class_=class_, data_first=first, data_last=last, **box, **look)

    def _unsure(self, parent: ET.Element, first: int, last: int, y: float, color: str, way: str) -> None:
        """A fading part with a whisker to the outermost day that is possible."""
        scale = self._scale
        left, right = scale.within(first), scale.within(last + 1)
        if right <= scale.left or left >= scale.right:
            return
        box = {"x": left, "y": y - _BAR / 2, "width": max(1.5, right - left), "height": _BAR}
        fill = f"url(#{self._gradient(way, color)})"
        self._pen.add(parent, "rect", class_="possible", data_first=first, data_last=last, fill=fill, **box)
        outer, day = (left, first) if way == "in" else (right, last)
        if self._timeline.first <= day <= self._timeline.last:
            d = f"M{outer:.1f} {y - _BAR / 2 - 2:.1f}v{_BAR + 4:.1f}"
            self._pen.add(parent, "path", d=d, stroke=color, stroke_width=1.3, fill="none")

    def _open(self, parent: ET.Element, day: int, y: float, color: str, way: int) -> None:
        """An end that is not stated: it fades, then dots lead to an arrow at the edge."""
        scale = self._scale
        edge = scale.right if way > 0 else scale.left
        start = scale.x(day)
        if (edge - start) * way < 2:
            return
        # The part that fades may lie outside of the time that is drawn, in part or all of it.
        far = min(scale.right, max(scale.left, start + way * _FADE))
        left, right = sorted((scale.within(day), far))
        if right - left >= 1:
            fill = f"url(#{self._gradient('out' if way > 0 else 'in', color)})"
            box = {"x": left, "y": y - _BAR / 2, "width": right - left, "height": _BAR}
            self._pen.add(parent, "rect", class_="open", fill=fill, **box)
        dots = f"M{far:.1f} {y:.1f}H{edge - way * 7:.1f}" if abs(edge - far) > 12 else ""
        if dots:
            look: dict[str, object] = {"stroke_dasharray": "1.5 5", "stroke_linecap": "round", "stroke_width": 1.8}
            self._pen.add(parent, "path", d=dots, fill="none", stroke=color, **look)
        self._pen.add(parent, "path", d=f"M{edge:.1f} {y:.1f}l{-way * 7} -4.5v9z", fill=color)

    def _point(self, parent: ET.Element, bounds: Bounds, y: float, color: str, dash: str | None) -> None:
        scale, pen = self._scale, self._pen
        known = [day for day in (bounds.first, bounds.last) if day is not None]
        if not known:
            return
        first, last = known[0], known[-1]
        left, right = scale.within(first), scale.within(last + 1)
        if right <= scale.left or left >= scale.right:
            return
        data = {"class_": "point", "data_first": bounds.first, "data_last": bounds.last}
        if bounds.first is None or bounds.last is None:
            self._open(parent, first, y, color, -1 if bounds.first is None else 1)
        if right - left < 13:
            middle = (left + right) / 2
            inside = color if first == last else "paper"
            look: dict[str, object] = {"fill": inside, "stroke": color, "stroke_width": 1.8, "stroke_dasharray": dash}
            pen.add(parent, "path", d=f"M{middle:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z", **data, **look)
            return
        box = {"x": left, "y": y - _BAR / 2, "width": right - left, "height": _BAR, "rx": _BAR / 2}
        hollow: dict[str, object] = {"fill": color, "fill_opacity": "0.12", "stroke": color, "stroke_width": 1.5}
        pen.add(parent, "rect", **data, **box, **hollow, stroke_dasharray=dash)

    def _legend(self, root: ET.Element, top: float, boxes: list[LaneBox]) -> float:
        """What the shapes mean; returns where it ends."""
        pen, frame = self._pen, self._frame
        entries = [row.entry for box in boxes for row in box.rows]
        needed = {
            "undated": any(entry.shape == "undated" for entry in entries),
            "claimed": any(entry.claim for entry in entries),
            "disputed": any(self._signs(entry) for entry in entries),
        }
        keys = [key for key in _LEGEND if needed.get(key, True)]
        pen.add(
            root, "path", d=f"M{frame.margin} {top:.1f}H{frame.width - frame.margin}", stroke="line", stroke_width=1
        )
        columns = 1 if frame.stacked else 3
        room = (frame.width - 2 * frame.margin) / columns
        rows = -(-len(keys) // columns)
        lines = [wrap(word(key, self._lang), SMALL, room - 76) for key in keys]
        tall = [max(len(lines[i]) for i in range(row, len(keys), rows)) * SMALL_LINE + 7 for row in range(rows)]
        for index, key in enumerate(keys):
            column, row = divmod(index, rows)
            x, y = frame.margin + column * room, top + 22 + sum(tall[:row])
            self._sample(root, key, x, y)
            for number, line in enumerate(lines[index]):
                pen.text(root, x + 62, y + 4 + number * SMALL_LINE, line, font_size=SMALL, fill="soft")
        return top + 22 + sum(tall)

    def _sample(self, root: ET.Element, key: str, x: float, y: float) -> None:
        pen = self._pen
        bar = {"y": y - _BAR / 2, "height": _BAR}
        if key == "certain":
            pen.add(root, "rect", x=x, width=50, fill="accent", fill_opacity="0.8", rx=1, **bar)
        elif key == "possible":
            pen.add(root, "rect", x=x, width=25, fill=f"url(#{self._gradient('in', 'accent')})", **bar)
            pen.add(root, "rect", x=x + 25, width=25, fill="accent", fill_opacity="0.8", **bar)
            pen.add(root, "path", d=f"M{x} {y - _BAR / 2 - 2}v{_BAR + 4}", stroke="accent", stroke_width=1.3)
        elif key == "point":
            look: dict[str, object] = {"stroke": "ink", "stroke_width": 1.5}
            pen.add(root, "rect", x=x, width=30, rx=_BAR / 2, fill="ink", fill_opacity="0.12", **bar, **look)
            pen.add(root, "path", d=f"M{x + 44} {y - 6}l6 6l-6 6l-6 -6z", fill="paper", **look)
        elif key == "open":
            pen.add(root, "rect", x=x, width=30, fill=f"url(#{self._gradient('out', 'accent')})", **bar)
            dots: dict[str, object] = {"stroke_dasharray": "1.5 5", "stroke_linecap": "round", "stroke_width": 1.8}
            pen.add(root, "path", d=f"M{x + 30} {y}h12", stroke="accent", **dots)
            pen.add(root, "path", d=f"M{x + 50} {y}l-7 -4.5v9z", fill="accent")
        elif key == "undated":
            far: dict[str, object] = {"stroke_dasharray": "1 7", "stroke_linecap": "round", "stroke_width": 2.2}
            pen.add(root, "path", d=f"M{x} {y}h50", stroke="accent", opacity="0.6", **far)
        elif key == "claimed":
            box = {"stroke": "trouble", "stroke_width": 1.4, "stroke_dasharray": "4 3", "rx": _BAR / 2}
            pen.add(root, "rect", x=x, width=50, fill="none", **bar, **box)
        else:
            pen.text(root, x + 25, y + 4, "≠", font_size=13, font_weight=700, fill="trouble", text_anchor="middle")


def draw_timeline(timeline: Timeline, options: Options, link: Callable[[str], str]) -> str:
    """The timeline as SVG; `link` gives the address of a thing, or nothing."""
    return TimelineDrawing(timeline, options, link).svg()
