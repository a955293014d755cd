"""What a fact, or any thing, says of its source, its time, its rank and its status."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

from miit_graph.export.graph.naming import Naming
from miit_graph.export.graph.source import Source
from miit_graph.export.graph.text import clean
from miit_graph.vocabulary import DCT, ORG, PROV, M

State = Literal["certain", "undecided", "undated"]
"""As in the competency question about a day: dates settle it; dates allow it but don't settle it; no dates at all."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time as stated (EDTF), with the first and the last day that it can mean."""

    stated: str
    earliest: str | None
    latest: str | None


@dataclass(frozen=True, slots=True)
class Period:
    """Since when and until when something holds, or at what time it happened, as far as is known."""

    start: Time | None = None
    end: Time | None = None
    at: Time | None = None

    def state_on(self, day: date) -> State | None:
        """Whether it held on `day`; None if it certainly did not. What happened once holds ever after."""
        start, end = self.start or self.at, self.end
        if start is None and end is None:
            return "undated"
        if start and start.earliest and _after(start.earliest, day):
            return None
        if end and end.latest and _before(end.latest, day):
            return None
        begun = start is not None and start.latest is not None and not _after(start.latest, day)
        lasting = end is None or (end.earliest is not None and not _before(end.earliest, day))
        return "certain" if begun and lasting else "undecided"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something is written: files, places in them as ``file:75`` or ``file:75-80``, and quotes."""

    files: tuple[str, ...]
    lines: tuple[str, ...]
    quotes: tuple[str, ...]


class Records:
    """Answers about facts and things, each worked out once."""

    def __init__(self, source: Source, naming: Naming) -> None:
        self._source, self._naming = source, naming
        self._evidence: dict[str, Evidence] = {}
        self._english = Naming(source, "en")

    def evidence(self, thing: str) -> Evidence:
        """The citations of `thing`."""
        if thing not in self._evidence:
            found = {
                (clean(file), first, last, clean(quote))
                for citation in self._source.objects(thing, PROV.wasDerivedFrom)
                for document in self._source.objects(citation, DCT.source)
                for file in self._source.texts(document, DCT.identifier)
                for first in self._source.texts(citation, M.lineStart)
                for last in self._source.texts(citation, M.lineEnd)[:1] or [first]
                for quote in self._source.texts(citation, M.quote)[:1] or [""]
            }
            ordered = sorted(found, key=lambda item: (item[0], _number(item[1]), _number(item[2]), item[3]))
            self._evidence[thing] = Evidence(
                tuple(dict.fromkeys(file for file, *_ in ordered)),
                tuple(
                    dict.fromkeys(
                        f"{file}:{first}" if first == last else f"{file}:{first}-{last}"
                        for file, first, last, _ in ordered
                    )
                ),
                tuple(dict.fromkeys(quote for *_, quote in ordered if quote)),
            )
        return self._evidence[thing]

    def code(self, thing: str, predicate: str) -> str:
        """The English name of the code that `thing` has for `predicate`, or nothing: ``contested``."""
        codes = self._source.objects(thing, predicate)
        return self._english.label(codes[0]) if codes else ""

    def period(self, thing: str) -> Period:
        """What the dataset says about the time of `thing` itself."""
        return Period(self._time(thing, M.validFrom), self._time(thing, M.validUntil), self._time(thing, M.at))

    def lifetime(self, thing: str) -> Period:
        """The period of a thing that is a node: its own, or from the changes that began and ended it."""
        own = self.period(thing)
        if own.start or own.end or own.at:
            # An event is there when it happens, and not any more afterwards.
            return own if own.at is None else Period(own.start or own.at, own.end or own.at, own.at)
        begun, ended = self._changes["begun"].get(thing), self._changes["ended"].get(thing)
        return Period(begun, ended)

    @cached_property
    def _changes(self) -> dict[str, dict[str, Time]]:
        """For each body that a change began or ended, the time of the change."""
        times: dict[str, dict[str, Time]] = defaultdict(dict)
        for change in sorted(self._source.links):
            results = self._source.objects(change, ORG.resultingOrganization)
            originals = self._source.objects(change, ORG.originalOrganization)
            when = self._time(change, M.at) if results or originals else None
            if when is None or self.code(change, M.rank) == "deprecated":
                continue
            for body in results:
                if body not in originals:
                    times["begun"].setdefault(body, when)
            for body in originals:
                if body not in results:
                    times["ended"].setdefault(body, when)
        return times

    def _time(self, thing: str, predicate: str) -> Time | None:
        found = []
        for time in self._source.objects(thing, predicate):
            stated = self._source.texts(time, M.edtf)
            earliest, latest = self._source.texts(time, M.earliest), self._source.texts(time, M.latest)
            name = clean(stated[0]) if stated else self._naming.label(time)
            found.append(Time(name, earliest[0] if earliest else None, latest[-1] if latest else None))
        return found[0] if found else None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _key(text: str) -> tuple[int, int, int]:
    """A date that can be compared, also of years before 1 and after 9999."""
    parts = re.match(r"(-?\d{4,})-(\d\d)-(\d\d)", text)
    return (int(parts[1]), int(parts[2]), int(parts[3])) if parts else (0, 0, 0)


def _after(text: str, day: date) -> bool:
    return _key(text) > (day.year, day.month, day.day)


def _before(text: str, day: date) -> bool:
    return _key(text) < (day.year, day.month, day.day)
