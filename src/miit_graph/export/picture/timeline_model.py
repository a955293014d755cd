"""Which entries a timeline shows, in lanes, and over which time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from miit_graph.export.graph.errors import OptionError
from miit_graph.export.picture.days import number_of
from miit_graph.export.picture.options import Options
from miit_graph.export.picture.reading import Names, resolve
from miit_graph.export.picture.terms import LANE_ORDER, Lane
from miit_graph.export.picture.timeline_entries import Entry
from miit_graph.export.picture.timeline_records import Records

_LONGEST = 300
"""A lane has at most so many rows; a part of time, or a kind of its own, shows the others."""
_SINGLY = 14
"""A lane with more entries without a date than this counts them instead of drawing each."""


@dataclass(frozen=True, slots=True)
class LaneRows:
    """A lane: entries with a date, those without that are drawn, and how many more there are."""

    lane: Lane
    entries: tuple[Entry, ...]
    undated: tuple[Entry, ...]
    hidden: tuple[Entry, ...]
    """Without a date, and too many to draw."""
    cut: int = 0
    """How many more have a date in this part of time."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is drawn, between `first` and `last` (as `day_number`)."""

    lanes: tuple[LaneRows, ...]
    names: Names
    first: int
    last: int
    known: bool
    """Whether the dataset has any date at all, whatever the options."""
    available: tuple[Lane, ...] = ()
    """The lanes there are before any filter."""

    @property
    def dated(self) -> int:
        """How many entries with a date there are."""
        return sum(len(lane.entries) for lane in self.lanes)


def build_timeline(records: Records, options: Options, prefixes: Mapping[str, str]) -> Timeline:
    """Choose the entries to draw. Raises OptionError if `root` or `kind` names nothing that is there."""
    entries = list(records.entries)
    if options.root:
        known = {thing for things in records.links.values() for thing in things} | set(records.links)
        root = resolve("root", options.root, known, prefixes, "something that a dated entry is about")
        entries = [entry for entry in entries if entry.iri == root or root in records.links.get(entry.iri, ())]
    dated = [entry for entry in entries if entry.shape != "undated"]
    available = tuple(lane for lane in LANE_ORDER if any(entry.lane == lane for entry in dated))
    for kind in options.kind:
        if kind not in LANE_ORDER:
            raise OptionError("kind", kind, "the name of a lane", LANE_ORDER)
    days = [day for entry in dated for day in (entry.first, entry.last) if day is not None]
    first = options.start.first if options.start else min(days, default=None)
    last = (
        options.end.last
        if options.end
        else max([*days, *([number_of(options.as_of)] if options.as_of else [])], default=None)
    )
    begin, end = first if first is not None else (last or 0) - 365, last if last is not None else (first or 0) + 365
    if end <= begin:  # what was asked for lies before or after everything
        begin, end = (end - 3650, end) if options.end and not options.start else (begin, begin + 3650)
    margin = max(1, (end - begin) // 40)
    begin -= 0 if options.start else margin
    end += 0 if options.end else 2 * margin
    lanes = []
    for lane in LANE_ORDER:
        if options.kind and lane not in options.kind:
            continue
        mine = [entry for entry in entries if entry.lane == lane]
        shown = tuple(entry for entry in mine if entry.shape != "undated" and _within(entry, begin, end))
        without = tuple(entry for entry in mine if entry.shape == "undated")
        singly = without if len(without) <= _SINGLY else ()
        if shown or without:
            rest = len(shown) - _LONGEST
            lanes.append(LaneRows(lane, shown[:_LONGEST], singly, () if singly else without, max(0, rest)))
    kept = tuple(lanes) if any(lane.entries for lane in lanes) else ()
    return Timeline(kept, records.names, begin, end, any(e.shape != "undated" for e in records.entries), available)


def _within(entry: Entry, begin: int, end: int) -> bool:
    start, until = entry.start or entry.at, entry.end or entry.at
    after = start is not None and start.bounds.first is not None and start.bounds.first > end
    return not after and not (until is not None and until.bounds.last is not None and until.bounds.last < begin)
