"""Counts many events at once: one by one it would take longer than answering from the cache."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter as Amounts
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Generic, TypeVar

from prometheus_client import Histogram

Kind = TypeVar("Kind")
_MOST = 256
"""So many events are counted together at most, so that it takes no time that anybody would notice."""


class Tally(Generic[Kind]):
    """Collects events by their kind, each with an amount (such as seconds), and hands them to ``count`` together.

    Events may be added by any thread; `settle` says that now is the time to count what has come.
    """

    def __init__(self, count: Callable[[Kind, list[float]], None]) -> None:
        self._count = count
        self._events: deque[tuple[Kind, float]] = deque()

    def add(self, kind: Kind, amount: float) -> None:
        """Something of this kind has happened."""
        self._events.append((kind, amount))
        if len(self._events) >= _MOST:
            self.settle()

    def settle(self) -> None:
        """Count what has come."""
        by_kind: defaultdict[Kind, list[float]] = defaultdict(list)
        try:
            while True:
                kind, amount = self._events.popleft()
                by_kind[kind].append(amount)
        except IndexError:  # another thread may take the last one
            pass
        for kind, amounts in by_kind.items():
            self._count(kind, amounts)


def observe(histogram: Histogram, values: list[float]) -> None:
    """Observe all values; the library has a door for one at a time only, which takes the locks for each."""
    buckets = Amounts(bisect_left(histogram._upper_bounds, value) for value in values)
    for index, amount in buckets.items():
        histogram._buckets[index].inc(amount)
    histogram._sum.inc(sum(values))
