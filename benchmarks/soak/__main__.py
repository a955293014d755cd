"""A mixed load while things break: no wrong answer may come, everything must be back soon, and memory must not grow.

    .venv/bin/python -m benchmarks.soak [--minutes 15] [--phases reading writing remote] [--gap 8]

Starts real servers on free ports of the loopback, one after the other, asks them questions with known answers, pages,
exports, searches, changes, and queries that must be refused; meanwhile it kills processes, fills the disk, sets the
clock, and spoils the connection to another engine. Prints requests, wrong answers, errors by kind, the longest recovery
of each fault, and how memory grew. Exit code 1 if a promise was not kept. Ends all that it has started.

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

RECOVERY_SECONDS, GROWTH = 3.0, 0.05
_SHARES = {"reading": 2, "writing": 1, "remote": 2}
_SHOWN = 10


def report(name: str, plan: Plan, log: Path) -> list[str]:
    """Print what came of a phase; the promises that were not kept."""
    ledger, broken = plan.ledger, []
    outcomes = ledger.outcomes()
    print(
        f"\n## {name}: {len(ledger.entries):,} requests, {len(ledger.faults)} faults, {len(ledger.wrong)} wrong answers"
    )
    errors = defaultdict(list)
    for (kind, outcome), number in sorted(outcomes.items()):
        errors[kind].append(f"{outcome} {number:,}")
    for kind, told in errors.items():
        print(f"- {kind}: {', '.join(told)}")
    for one in ledger.wrong[:_SHOWN]:
        print(f"  WRONG: {one}")
    if ledger.wrong:
        broken.append(f"{name}: {len(ledger.wrong)} wrong answers")
    print("\n| fault | times | seconds until the last failure (longest) | until the last wait |\n|---|---|---|---|")
    found = defaultdict(list)
    for fault, failed, waited in ledger.recoveries():
        found[fault.name].append((failed, waited))
    for fault_name, times in found.items():
        failed, waited = (max(column) for column in zip(*times, strict=True))
        print(f"| {fault_name} | {len(times)} | {failed:.2f} | {waited:.2f} |")
        if max(failed, waited) > RECOVERY_SECONDS:
            broken.append(f"{name}: {fault_name}: recovery took {max(failed, waited):.2f} s")
    broken += _memory(name, ledger)
    for one in plan.left_out:
        print(f"- left out: {one}")
    if plan.left_running:
        broken.append(f"{name}: {len(plan.left_running)} processes were left running")
    if log.exists() and "Traceback" in (said := log.read_text(errors="replace")):
        print(f"- the server's log has {said.count('Traceback')} tracebacks")
    return broken


def _memory(name: str, ledger: Ledger) -> list[str]:
    growth = ledger.growth()
    if growth is None:
        return []
    print(f"\n- memory: {ledger.memory[0][1]:,.0f} MiB at first, {ledger.memory[-1][1]:,.0f} MiB at the end; "
          f"after warming up it grew by {growth:+.1%}")  # fmt: skip
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
    parser.add_argument("--logs", type=Path, help="folder for the servers' messages")
    options = parser.parse_args()
    if not sys.platform.startswith("linux"):
        parser.error("only on Linux")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended on the way out
    broken: list[str] = []
    whole = sum(_SHARES[name] for name in options.phases)
    with tempfile.TemporaryDirectory(prefix="miit-graph-soak-") as place:
        folder = Path(place)
        snapshot = options.snapshot or build(Project.open(Path(__file__).parents[2]), folder / "snapshots")[0].path
        for name in options.phases:
            seconds = min(options.minutes, 240) * 60 * _SHARES[name] / whole
            plan = Plan(folder, snapshot, seconds, options.gap, options.broken, options.clients)
            PHASES[name](plan)
            broken += report(name, plan, folder / f"{name}.log")
            if options.logs:
                options.logs.mkdir(exist_ok=True)
                for log in folder.glob("*.log"):
                    shutil.copy(log, options.logs)
            sys.stdout.flush()
    print("\n" + ("All promises were kept." if not broken else "Not kept:\n- " + "\n- ".join(broken)))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
