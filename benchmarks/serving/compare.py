"""Our server beside the peers, on the same graph, with the same queries, at the same time.

    .venv/bin/pip install oxigraph "rdflib-endpoint[cli]" uvicorn
    .venv/bin/python -m benchmarks.serving.compare --triples 1000000 [--clients 1 8 32] [--seconds 0.4] [--rounds 2]

Generates a graph in our own model, starts every server on it, checks that all give the same answers (as sets of rows or
triples), then lets them answer in turns. For each class of queries and number of clients: answers per second of ours,
its median and 99th percentile, its milliseconds of processor time for an answer, and for each peer how many times
as many answers per second ours gives, and in brackets the peer's milliseconds of processor time: on a machine that is
busy with other things they say more than the rates. First-time queries have a text that was never asked; of the
repeated ones four in five were asked before. "unprotected" is our front without the engine process (`unprotected`),
asked for short answers only. rdflib-endpoint takes part up to 200,000 triples: with more it takes minutes to answer.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.serving.attack import family
from benchmarks.serving.client import Connection, load, percentile
from benchmarks.serving.queries import ACCEPT, CLASSES, text_of

TICKS = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 3_600
_IDLE = 0.05
"""Seconds of processor time in half a second."""
OURS, UNPROTECTED, SLOW = "ours", "unprotected", "rdflib-endpoint"
SLOW_TRIPLES = 200_000
"""The slow peer is asked with one client only, in one round: it answers one query at a time."""
SHORT = {"ask", "point", "two-hop join", "optional", "union", "minus"}
LONG = {"order", "100k rows, JSON", "100k rows, CSV", "100k rows, TSV"}
LONG_CLIENTS = 8
"""More clients than that would measure nothing but the queue, for minutes."""


@dataclass
class Server:
    """A server that runs."""

    name: str
    port: int
    path: str
    pid: int
    ready_after: float

    def cpu(self) -> float:
        """Seconds of processor time that it and its processes have used."""
        total = 0.0
        for pid in [self.pid, *family(self.pid)]:
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += sum(int(field) for field in fields[11:15]) / TICKS
        return total

    def settle(self) -> None:
        """Wait until it has nothing to do: ours makes its search index beside serving."""
        used = -1.0
        while (now := self.cpu()) - used > _IDLE:
            used = now
            time.sleep(0.5)

    def memory(self) -> float:
        """MiB held, shared memory counted once."""
        total = 0
        for pid in [self.pid, *family(self.pid)]:
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def server(name: str, file: Path, folder: Path) -> Iterator[Server]:
    """Start a server over a file of N-Triples."""
    port = free_port()
    bind = f"127.0.0.1:{port}"
    began = time.monotonic()
    path = "/query"
    environment = dict(os.environ)
    if name == OURS:
        command = [sys.executable, "-m", "miit_graph.cli", "serve", "--port", str(port), "--data", str(file)]
        path = "/sparql"
    elif name == "oxigraph, disk":
        location = folder / "oxigraph"
        subprocess.run(
            ["oxigraph", "load", "--location", str(location), "--file", str(file)], check=True, capture_output=True
        )
        command = ["oxigraph", "serve-read-only", "--location", str(location), "--bind", bind]
    elif name == "oxigraph, memory":
        command = ["oxigraph", "serve", "--bind", bind]
    elif name == UNPROTECTED:
        command = [sys.executable, "-m", "benchmarks.serving.unprotected", str(file), str(port)]
        environment["MIIT_GRAPH_ENGINE"] = "local"
        path = "/sparql"
    else:
        command = ["rdflib-endpoint", "serve", "--host", "127.0.0.1", "--port", str(port), str(file)]
        path = "/"
    log = (folder / f"{name}.log").open("w")
    with log, subprocess.Popen(command, stdout=log, stderr=log, env=environment) as process:
        try:
            _wait(port, process)
            if name == "oxigraph, memory":
                _post(port, file)
            Connection(port, path).ask("ASK {}", ACCEPT["json"])
            yield Server(name, port, path, process.pid, time.monotonic() - began)
        finally:
            process.terminate()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("a server did not start")


def _post(port: int, file: Path) -> None:
    with file.open("rb") as stream:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/store?default",
            data=stream,
            headers={"Content-Type": "application/n-triples", "Content-Length": str(file.stat().st_size)},
            method="POST",
        )
        urllib.request.urlopen(request).close()


def check(servers: list[Server], names: Collection[str]) -> None:
    """Stop if the servers don't agree about these classes (large results have no order: only sizes are compared)."""
    for name in names:
        kind = CLASSES[name][0]
        answers = {}
        for one in servers:
            if one.name == UNPROTECTED and name not in SHORT:
                continue
            status, body = Connection(one.port, one.path).ask(text_of(name, 3), ACCEPT[kind])
            if status != 200:
                raise SystemExit(f"{one.name}: {name}: status {status}: {body[:300]!r}")
            answers[one.name] = _content(body, kind, name)
        if len(set(map(repr, answers.values()))) > 1:
            sizes = {name: len(str(content)) for name, content in answers.items()}
            raise SystemExit(f"{name}: the servers do not agree: {sizes}")


def _content(body: bytes, kind: str, name: str) -> object:
    if kind == "json":
        document = json.loads(body)
        if "boolean" in document:
            return document["boolean"]
        rows = document["results"]["bindings"]
        if "rows" in name:
            return len(rows)
        return sorted(str(sorted((key, term["value"]) for key, term in row.items())) for row in rows)
    lines = body.decode().split()
    return len(body.splitlines()) if "rows" in name else sorted(lines)


def measure(
    servers: list[Server], classes: list[str], clients: list[int], seconds: float, rounds: int, repeated: bool
) -> None:
    """Print the table of one kind of queries: first-time or repeated."""
    peers = [one.name for one in servers if one.name != OURS]
    print(f"\n{'Repeated' if repeated else 'First-time'} queries\n")
    print(
        "| query class | clients | ours/s | median ms | p99 ms | CPU ms | "
        + " | ".join(f"x {p} (CPU ms)" for p in peers)
        + " |"
    )
    print("|---|---|---|---|---|---|" + "---|" * len(peers))
    ratios: dict[str, list[float]] = defaultdict(list)
    serial = time.time_ns() // 1_000_000 % 1_000_000 * 1_000_000
    for name in classes:
        for count in clients:
            if name in LONG and count > LONG_CLIENTS:
                continue
            took: dict[str, list[float]] = defaultdict(list)
            rates: dict[str, list[float]] = defaultdict(list)
            cpu: dict[str, float] = defaultdict(float)
            for turn in range(rounds):
                for one in servers:
                    if one.name == SLOW and (count > 1 or turn or repeated):
                        continue
                    if one.name == UNPROTECTED and name not in SHORT:
                        continue
                    serial += 10_000_000
                    start = serial

                    def number(client: int, asked: int, start: int = start) -> int:
                        fresh = start + client * 100_000 + asked
                        return fresh if not repeated or asked % 5 == 4 else asked % 20

                    before, began = one.cpu(), time.monotonic()
                    times = load(one.port, one.path, name, count, seconds, number)
                    rates[one.name].append(len(times) / (time.monotonic() - began))
                    cpu[one.name] += one.cpu() - before
                    took[one.name] += times
            ours = statistics.median(rates[OURS])
            each = {server: used / len(took[server]) * 1000 for server, used in cpu.items()}
            cells = []
            for peer in peers:
                if not rates[peer]:
                    cells.append("")
                    continue
                ratio = ours / statistics.median(rates[peer])
                ratios[f"{peer}, {count} clients"].append(ratio)
                cells.append(f"{ratio:.2f} ({each[peer]:.2f})")
            print(
                f"| {name} | {count} | {ours:,.0f} | {statistics.median(took[OURS]) * 1000:.2f} "
                f"| {percentile(took[OURS], 0.99) * 1000:.2f} | {each[OURS]:.2f} | {' | '.join(cells)} |",
                flush=True,
            )
    print("\nGeometric means:", flush=True)
    for key, values in ratios.items():
        print(f"- x {key}: {math.exp(statistics.fmean(map(math.log, values))):.2f}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=0.4)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--classes", nargs="+", choices=list(CLASSES), default=list(CLASSES))
    parser.add_argument("--only", nargs="+", choices=["first", "repeated"], default=["first", "repeated"])
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the servers are ended on the way out
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as place, contextlib.ExitStack() as stack:
        folder = Path(place)
        file = folder / "graph.nt"
        generator = Path(__file__).parent.parent / "generate.py"
        subprocess.run([sys.executable, str(generator), str(options.triples), "--out", str(file)], check=True)
        names = [OURS, UNPROTECTED]
        if shutil.which("oxigraph"):
            names += ["oxigraph, disk", "oxigraph, memory"]
        if shutil.which(SLOW) and options.triples <= SLOW_TRIPLES:
            names.append(SLOW)
        servers = [stack.enter_context(server(name, file, folder)) for name in names]
        for one in servers:
            print(f"- {one.name}: ready after {one.ready_after:.1f} s, {one.memory():,.0f} MiB")
        for one in servers:
            one.settle()
        check(servers, options.classes)
        for kind in options.only:
            measure(servers, options.classes, options.clients, options.seconds, options.rounds, kind == "repeated")
        for one in servers:
            print(f"- {one.name}: {one.memory():,.0f} MiB at the end")
    return 0


if __name__ == "__main__":
    sys.exit(main())
