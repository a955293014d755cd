"""Something with a date: what it is, when it began, ended or happened as far as is stated, and who says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pyoxigraph as ox

from miit_graph.export.picture.days import Bounds
from miit_graph.export.picture.reading import Names, Receipt, Stated
from miit_graph.export.picture.svg import one_line
from miit_graph.export.picture.terms import Lane
from miit_graph.publish.ask import Term

Shape = Literal["span", "point", "undated"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing with a date. Label parts are IRIs, or texts where the data has texts."""

    iri: str
    lane: Lane
    start: Stated | None = None
    end: Stated | None = None
    at: Stated | None = None
    label: tuple[Term, ...] = ()
    more: tuple[Term, ...] = ()
    claim: str = ""
    """For a date that is only claimed: the claim; `status` then says how it stands."""
    status: str = ""
    deprecated: bool = False
    doubts: tuple[tuple[str, str], ...] = ()
    """Claims about it that are not adopted, each with its status."""
    disputes: tuple[str, ...] = ()
    attested: tuple[str, ...] = ()
    receipts: tuple[Receipt, ...] = ()

    @property
    def shape(self) -> Shape:
        """Whether it lasts, happens, or has no date."""
        return "point" if self.at else "span" if self.start or self.end else "undated"

    @property
    def first(self) -> int | None:
        """The first `day_number` that anything about it can mean."""
        return self._ends(0)

    @property
    def last(self) -> int | None:
        """The last `day_number` that anything stated about it can mean."""
        return self._ends(1)

    def _ends(self, which: int) -> int | None:
        times = [time.bounds for time in (self.start, self.end, self.at) if time]
        days = [day for bounds in times for day in (bounds.first, bounds.last) if day is not None]
        return (max if which else min)(days, default=None)

    @property
    def order(self) -> tuple[bool, int, int, str]:
        """Sorts entries by time; those without a date last."""
        begin = self.start or self.at or self.end
        bounds = begin.bounds if begin else Bounds(None, None)
        first = bounds.first if bounds.first is not None else bounds.last
        return self.shape == "undated", first or 0, self.last or 0, self.iri

    def told(self, names: Names, lang: str) -> tuple[str, str]:
        """What it is called, and what says more of it."""
        own = names.name(self.iri, lang)
        if own.lang or not self.label:
            return own.text, ""
        return _joined(self.label, names, lang), _joined(self.more, names, lang)

    def holds_on(self, day: int) -> bool:
        """Whether it may have held, or happened, on a day; what has no date may always."""
        start, end = self.start or self.at, self.end or self.at
        before = start is not None and start.bounds.first is not None and start.bounds.first > day
        return not before and not (end is not None and end.bounds.last is not None and end.bounds.last < day)


def _joined(parts: Iterable[Term], names: Names, lang: str) -> str:
    texts = [part for part in parts if isinstance(part, ox.Literal)]
    own = [text.value for text in texts if (text.language or "")[:2] == lang] or [text.value for text in texts[:1]]
    named = [names.text(part.value, lang) for part in parts if isinstance(part, ox.NamedNode)]
    return one_line(" · ".join([*named, *own]))
