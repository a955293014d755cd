"""What was asked and how it ended, what went wrong when, and the figures that follow from it."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

RIGHT, WRONG = "right", "WRONG"
_WAIT_SECONDS = 1.0
"""A right answer that took longer counts as a wait: whoever asked had to sit out the fault."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: what kind it was, from when to when, and how it ended (`RIGHT`, `WRONG` or the kind of error)."""

    kind: str
    began: float
    ended: float
    outcome: str
    counts: bool
    """Whether a failure means that the server was not there; false for what is meant to be refused."""


@dataclass(slots=True)
class Fault:
    """Something that was broken at ``at`` and left alone (a kill) or put right again at ``until``."""

    name: str
    at: float
    until: float = 0.0


@dataclass
class Ledger:
    """All requests and faults of one phase; threads may write to it."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    """Moments and MiB."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, entry: Entry, detail: str = "") -> None:
        """Note a request; ``detail`` says what was wrong with an answer."""
        with self.lock:
            self.entries.append(entry)
            if entry.outcome == WRONG:
                self.wrong.append(detail)

    @contextmanager
    def fault(self, name: str) -> Iterator[None]:
        """Break something within, and put it right before the end."""
        fault = Fault(name, time.monotonic())
        self.faults.append(fault)
        try:
            yield
        finally:
            fault.until = time.monotonic()

    def outcomes(self) -> Counter[tuple[str, str]]:
        """How many requests of each kind ended how."""
        return Counter((entry.kind, entry.outcome) for entry in self.entries)

    def recoveries(self) -> list[tuple[Fault, float, float]]:
        """For each fault: seconds from its end until the last request that failed, and until the last that had to wait.

        Requests that were under way when it began are broken by it, not by a slow recovery, and don't count.
        """
        found = []
        ends = [fault.at for fault in self.faults[1:]] + [float("inf")]
        for fault, end in zip(self.faults, ends, strict=True):
            since = [e for e in self.entries if e.counts and fault.at <= e.began < end and e.ended > fault.until]
            failed = [e.ended for e in since if e.outcome != RIGHT]
            waited = [e.ended for e in since if e.ended - e.began > _WAIT_SECONDS]
            found.append((fault, _after(failed, fault.until), _after(waited, fault.until)))
        return found

    def growth(self) -> float | None:
        """How much larger the middle of the last third of the memory figures is than that of the first third.

        The first fifth of the time is for warming up. None if there are too few figures.
        """
        if len(self.memory) < 2:
            return None
        start = self.memory[0][0] + (self.memory[-1][0] - self.memory[0][0]) / 5
        values = [value for moment, value in self.memory if moment >= start]
        third = len(values) // 3
        if third < 1:
            return None
        return _middle(values[-third:]) / _middle(values[:third]) - 1


def _after(moments: Iterable[float], start: float) -> float:
    return max((moment - start for moment in moments), default=0.0)


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
