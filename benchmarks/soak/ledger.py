"""What was asked and how it ended, what went wrong when, and the figures that follow from it."""

from __future__ import annotations

import csv
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

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
    path: str = ""
    """The beginning of what was asked for."""


@dataclass(slots=True)
class Fault:
    """Something that was broken at ``at`` and left alone (a kill) or put right again at ``until``."""

    name: str
    at: float
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Recovery:
    """What came after a fault; all in seconds since it ended."""

    fault: Fault
    back: float
    """Until there had been a right answer to every kind of request again; infinite if there was none."""
    last: str
    """The kind of request that was answered last of all."""
    failed: float
    """Until the last request that failed."""
    waited: float
    """Until the last that took longer than a second, which a busy machine brings about, too."""


@dataclass
class Ledger:
    """All requests and faults of one phase; threads may write to it. Wrong answers are kept in ``folder``."""

    folder: Path
    entries: list[Entry] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    memory: list[Counter[str]] = field(default_factory=list)
    """MiB by role, every few seconds."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, entry: Entry, detail: str = "", told: str = "", body: bytes = b"", expected: bytes = b"") -> None:
        """Note a request; ``detail`` says what was wrong with an answer, ``told`` all else about it."""
        with self.lock:
            self.entries.append(entry)
            if entry.outcome != WRONG:
                return
            self.wrong.append(detail)
            name = self.folder / f"wrong-{len(self.wrong):03}"
            self.folder.mkdir(parents=True, exist_ok=True)
            fault = self.faults[-1] if self.faults else None
            since = f"{entry.ended - fault.at:.2f} s after this began: {fault.name}" if fault else "no fault yet"
            name.with_suffix(".txt").write_text(
                f"{detail}\nbegan {entry.ended - entry.began:.2f} s before it ended, {since}\n\n{told}\n", "utf-8"
            )
            name.with_suffix(".body").write_bytes(body)
            if expected:
                name.with_suffix(".expected").write_bytes(expected)

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

    def recoveries(self) -> list[Recovery]:
        """For each fault how soon all was well.

        Requests that were under way when it began are broken by it, not by a slow recovery, and don't count as failed;
        nor do those that were under way when the next one began count as failed for this one.
        """
        found = []
        kinds = {entry.kind for entry in self.entries if entry.counts}
        ends = [fault.at for fault in self.faults[1:]] + [float("inf")]
        for fault, end in zip(self.faults, ends, strict=True):
            after = [e for e in self.entries if e.counts and e.ended > fault.until]
            since = [e for e in after if fault.at <= e.began and e.ended <= end]
            back, last = max(
                (min((e.ended for e in after if e.kind == kind and e.outcome == RIGHT), default=float("inf")), kind)
                for kind in kinds
            )
            failed = [e.ended for e in since if e.outcome != RIGHT]
            waited = [e.ended for e in since if e.ended - e.began > _WAIT_SECONDS]
            found.append(
                Recovery(fault, back - fault.until, last, _after(failed, fault.until), _after(waited, fault.until))
            )
        return found

    def write(self, file: Path) -> None:
        """All requests and faults as a table (CSV), in seconds since the first request; to see who waited for what."""
        start = min((entry.began for entry in self.entries), default=0.0)
        rows = [(e.began, e.ended, e.kind, e.outcome, e.path) for e in self.entries]
        rows += [(fault.at, fault.until, "FAULT", fault.name, "") for fault in self.faults]
        with file.open("w", encoding="utf-8", newline="") as opened:
            table = csv.writer(opened, lineterminator="\n")
            table.writerow(("began", "ended", "kind", "outcome", "path"))
            for began, ended, *rest in sorted(rows):
                table.writerow((f"{began - start:.3f}", f"{ended - start:.3f}", *rest))

    def growth(self) -> float | None:
        """How much larger the middle of the last third of the memory figures is than that of the first third.

        They begin when what is kept in memory is filled up. None if there are too few.
        """
        first, last = self.thirds()
        return last.total() / first.total() - 1 if first and last else None

    def thirds(self) -> tuple[Counter[str], Counter[str]]:
        """The middle of the first third of the memory figures by role, and that of the last; empty if too few."""
        third = len(self.memory) // 3
        return _middle(self.memory[:third]), _middle(self.memory[-third:] if third else [])


def _after(moments: Iterable[float], start: float) -> float:
    return max((moment - start for moment in moments), default=0.0)


def _middle(figures: list[Counter[str]]) -> Counter[str]:
    """The median of each role; what is there for a moment only counts for nothing."""
    roles = {role for figure in figures for role in figure}
    return Counter({role: sorted(figure[role] for figure in figures)[len(figures) // 2] for role in roles})
