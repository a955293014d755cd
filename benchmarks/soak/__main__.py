"""A mixed load while things break: no wrong answer may come, everything must be back soon, and memory must not grow.

    .venv/bin/python -m benchmarks.soak [--minutes 15] [--phases reading writing remote] [--gap 8] [--keep build/soak]

Starts real servers on free ports of the loopback, one after the other, asks them questions with known answers, pages,
exports, searches, changes, and queries that must be refused; meanwhile it kills processes, fills the disk, sets the
clock, and spoils the connection to another engine. Prints requests, wrong answers, errors by kind, the longest recovery
of each fault, and how memory grew. Exit code 1 if a promise was not kept. Ends all that it has started. What was
answered wrongly and what was expected is kept, with the servers' messages and a table of all requests, in build/soak/.

Linux. A full disk needs root (a tmpfs), clock jumps need a C compiler, the remote engine needs
``pip install oxigraph``; what is missing is left out and said.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.soak.ledger import Ledger
from benchmarks.soak.phases import PHASES, Plan
from miit_graph.build.pipeline import build
from miit_graph.build.sources import Project

_ROOT = Path(__file__).resolve().parents[2]
RECOVERY_SECONDS, GROWTH = 3.0, 0.05
_SHARES = {"reading": 2, "writing": 1, "remote": 2}
_SHOWN = 10


def report(name: str, plan: Plan, log: Path) -> list[str]:
    """Print what came of a phase; the promises that were not kept."""
    ledger, broken = plan.ledger, []
    asked = sum(entry.kind != "fill" for entry in ledger.entries)
    print(f"\n## {name}: {asked:,} requests, {len(ledger.faults)} faults, {len(ledger.wrong)} wrong answers")
    errors = defaultdict(list)
    for (kind, outcome), number in sorted(ledger.outcomes().items()):
        errors[kind].append(f"{outcome} {number:,}")
    for kind, told in errors.items():
        print(f"- {kind}: {', '.join(told)}")
    for one in ledger.wrong[:_SHOWN]:
        print(f"  WRONG: {one}")
    if ledger.wrong:
        print(f"  The answers and what was expected: {ledger.folder}/wrong-*")
        broken.append(f"{name}: {len(ledger.wrong)} wrong answers")
    broken += [*_recoveries(name, ledger), *_memory(name, ledger)]
    for one in plan.left_out:
        print(f"- left out: {one}")
    if plan.left_running:
        broken.append(f"{name}: {len(plan.left_running)} processes were left running")
    if log.exists() and "Traceback" in (said := log.read_text(errors="replace")):
        broken.append(f"{name}: the server's log has {said.count('Traceback')} tracebacks")
    return broken


def _recoveries(name: str, ledger: Ledger) -> list[str]:
    print(
        "\n| fault | times | longest, in seconds: until all kinds were answered again | until the last failure"
        " | until the last that took over a second |\n|---|---|---|---|---|"
    )
    found, broken = defaultdict(list), []
    for one in ledger.recoveries():
        found[one.fault.name].append(((one.back, one.last), one.failed, one.waited))
    for fault, times in found.items():
        (back, last), failed, waited = (max(column) for column in zip(*times, strict=True))
        print(f"| {fault} | {len(times)} | {back:.2f} ({last}) | {failed:.2f} | {waited:.2f} |")
        if max(back, failed) > RECOVERY_SECONDS:
            broken.append(f"{name}: {fault}: recovery took {max(back, failed):.2f} s")
    return broken


def _memory(name: str, ledger: Ledger) -> list[str]:
    growth = ledger.growth()
    if growth is None:
        return []
    first, last = ledger.thirds()
    roles = ", ".join(f"{role} {first[role]:.0f} → {last[role]:.0f}" for role in sorted(first | last))
    print(
        f"\n- memory, from when all that is kept was full: {first.total():,.0f} MiB in the first"
        f" third, {last.total():,.0f} in the last ({growth:+.1%}): {roles}"
    )
    return [f"{name}: memory grew by {growth:.1%}"] if growth > GROWTH else []


def main() -> int:
    """Run the phases one after the other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=15.0, help="all phases together (at most 240)")
    parser.add_argument("--phases", nargs="+", choices=list(PHASES), default=list(PHASES))
    parser.add_argument("--gap", type=float, default=8.0, help="seconds between two faults")
    parser.add_argument("--broken", type=float, default=4.0, help="seconds that what isn't a kill lasts")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--snapshot", type=Path, help="of the shipped graph (default: it is built)")
    parser.add_argument(
        "--keep",
        type=Path,
        default=_ROOT / "build" / "soak",
        help="folder for wrong answers and messages (%(default)s)",
    )
    options = parser.parse_args()
    if not sys.platform.startswith("linux"):
        parser.error("only on Linux")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended on the way out
    broken: list[str] = []
    whole = sum(_SHARES[name] for name in options.phases)
    for name in PHASES:
        shutil.rmtree(options.keep / name, ignore_errors=True)  # of the last run
    options.keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="miit-graph-soak-") as place:
        folder = Path(place)
        snapshot = options.snapshot or build(Project.open(_ROOT), folder / "snapshots")[0].path
        for name in options.phases:
            seconds = min(options.minutes, 240) * 60 * _SHARES[name] / whole
            ledger = Ledger(options.keep / name)
            plan = Plan(folder, snapshot, seconds, options.gap, options.broken, options.clients, ledger)
            try:
                PHASES[name](plan)
            finally:
                for log in folder.glob("*.log"):
                    shutil.copy(log, options.keep)
                ledger.write(options.keep / f"{name}.csv")
            broken += report(name, plan, folder / f"{name}.log")
            sys.stdout.flush()
    print("\n" + ("All promises were kept." if not broken else "Not kept:\n- " + "\n- ".join(broken)))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
