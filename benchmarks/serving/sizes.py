"""What a graph of some size takes in memory and on the disk: time to load, time to be ready again, memory, speed.

    .venv/bin/python -m benchmarks.serving.sizes --triples 1000000 10000000 [--stores disk] [--seconds 1] [--rounds 3]

For each size: generates a graph in our own model (or takes ``--file``), serves it from memory and from the disk (the
first start makes the store, the second finds it), and asks both in turns. The ratios are milliseconds of processor time
for an answer, disk to memory, with one client and texts that were never asked: other work on the machine matters less
for them than for rates. What is told per million triples is what `docs/sizes.md` reckons with.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

from benchmarks.serving.client import load
from benchmarks.serving.compare import OURS, Server, server
from benchmarks.serving.load import peak

MIB = 1024 * 1024
QUERIES = {"point": "point", "two-hop join": "join", "subtree path": "path", "group": "aggregate"}
STORES = ("memory", "disk")


def started(store: str, file: Path, folder: Path, stack: contextlib.ExitStack) -> Server:
    """A server that queries this store, ready and at rest."""
    os.environ["MIIT_GRAPH_STORE"] = store
    os.environ["MIIT_GRAPH_STORES"] = str(folder / "stores")
    one = stack.enter_context(server(OURS, file, folder))
    one.settle()
    return one


def measure(triples: int, file: Path, folder: Path, seconds: float, rounds: int, stores: Collection[str]) -> None:
    """Print the row of one size; what was not to be measured is a dash."""
    with contextlib.ExitStack() as first:
        made = started("disk", file, folder, first)
        making, most = made.ready_after, peak(made.pid)
    size = sum(part.stat().st_size for part in (folder / "stores").rglob("*") if part.is_file()) / MIB
    with contextlib.ExitStack() as stack:
        servers = {store: started(store, file, folder, stack) for store in stores}
        spent: dict[tuple[str, str], float] = defaultdict(float)
        answers: dict[tuple[str, str], int] = defaultdict(int)
        serial = time.time_ns() // 1_000_000 % 1_000_000 * 1_000_000
        for _ in range(rounds):
            for name in QUERIES:
                for store, one in servers.items():
                    serial += 1_000_000
                    before = one.cpu()
                    took = load(one.port, one.path, name, 1, seconds, lambda _, asked, start=serial: start + asked)
                    spent[name, store] += one.cpu() - before
                    answers[name, store] += len(took)
        cost = {key: spent[key] / answers[key] * 1000 for key in spent}
        both = "memory" in servers
        ratios = " | ".join(
            (f"{cost[name, 'disk'] / max(cost[name, 'memory'], 1e-9):.1f}" if both else "–")
            + f" ({cost[name, 'disk']:.1f} ms)"
            for name in QUERIES
        )
        in_memory = "– | – | –"
        if both:
            one = servers["memory"]
            in_memory = f"{one.ready_after:.1f} s | {one.memory():,.0f} | {peak(one.pid):,.0f}"
        on_disk = servers["disk"]
        print(
            f"| {triples:,} | {in_memory} | {making:.1f} s | {most:,.0f} | {size:,.0f} "
            f"| {on_disk.ready_after:.1f} s | {on_disk.memory():,.0f} | {ratios} |",
            flush=True,
        )


def main() -> int:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--triples", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--stores", choices=("both", "disk"), default="both", help="disk: where memory is too small")
    parser.add_argument("--file", type=Path, help="N-Triples with so many triples instead of generated ones")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are ended on the way out
    print(
        "| triples | memory: ready | held, MiB | most, MiB | disk: first start | most, MiB | store, MiB | ready again "
        f"| held, MiB | {' | '.join(f'{name}: disk/memory' for name in QUERIES.values())} |"
    )
    print("|---" * (9 + len(QUERIES)) + "|", flush=True)
    for triples in options.triples:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            file = options.file or folder / "graph.nt"
            if options.file is None:
                generator = Path(__file__).parent.parent / "generate.py"
                subprocess.run([sys.executable, str(generator), str(triples), "--out", str(file)], check=True)
            stores = STORES if options.stores == "both" else STORES[1:]
            measure(triples, file, folder, options.seconds, options.rounds, stores)
    return 0


if __name__ == "__main__":
    sys.exit(main())
