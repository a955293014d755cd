"""Many clients send the worst queries there are, all at once; does everybody get a right answer in time?

    .venv/bin/python benchmarks/serving/attack.py [--clients 64] [--seconds 60] [--triples 20000] [--limit 2]

Starts `miit-graph serve` with a time limit and 512 MiB of memory per query, attacks it, and tells: how every query
ended, how late the latest was, how long `ASK {}` from another client took, the most memory that all processes together
held, and what was left running afterwards. Exit code 1 if one of the promises was not kept.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

MIB = 1024 * 1024
_PROCESSES = 4
RIGHT = {200, 400, 403, 413, 422, 503}
EX = "http://example.org/"


def _growing(times: int) -> str:
    start = f"BIND('{'x' * 500}' AS ?s0)"
    return start + "".join(f" BIND(CONCAT({', '.join([f'?s{i}'] * 10)}) AS ?s{i + 1})" for i in range(times))


ATTACKS = {
    "cross join": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "cross join, streamed": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "filtered cross join": "SELECT ?a { ?a ?b ?c . ?d ?e ?f FILTER(STRLEN(CONCAT(STR(?c), STR(?f))) = 0) }",
    "exponential path": f"SELECT (COUNT(*) AS ?n) {{ ?a ((<{EX}next>|^<{EX}next>)*/(<{EX}next>|^<{EX}next>)*)* ?b }}",
    "nested paths": f"ASK {{ ?a {'(' * 12}<{EX}next>{')+' * 12} <{EX}nowhere> }}",
    "sort of a cross product": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c ?a ?d LIMIT 1",
    "distinct of a cross product": "SELECT (COUNT(DISTINCT CONCAT(STR(?a), STR(?f))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "group of a cross product": "SELECT ?a ?d (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f } GROUP BY ?a ?d",
    "growing strings": f"SELECT (STRLEN(?s9) AS ?n) {{ {_growing(9)} }}",
    "GROUP_CONCAT": "SELECT (STRLEN(GROUP_CONCAT(CONCAT(STR(?a), STR(?f)))) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "nested brackets": "ASK { FILTER(" + "(" * 5_000 + "1" + ")" * 5_000 + ") }",
    "nested groups": "ASK " + "{" * 5_000 + "}" * 5_000,
    "nested groups, allowed": "ASK " + "{" * 60 + "}" * 60,
    "nested NOTs": "ASK { FILTER(" + "!" * 7_000 + "1) }",
    "NOT EXISTS in NOT EXISTS": "ASK " + "{ ?a ?b ?c FILTER NOT EXISTS " * 60 + "{}" + "}" * 60,
    "unions": "SELECT * { {}" + " UNION {?a ?b ?c}" * 1_500 + " }",
    "joins of unions": "SELECT (COUNT(*) AS ?n) {" + "{?a ?b ?c} UNION {?d ?e ?f} " * 30 + "}",
    "variables": "SELECT * {" + " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(900)) + "}",
    "optionals": "SELECT * {" + " ".join(f"OPTIONAL {{ ?a ?p{i} ?o{i} }}" for i in range(300)) + "}",
    "VALUES, 2 MB": "SELECT * { VALUES ?x { " + "'abcdefg' " * 200_000 + "} }",
    "VALUES, 250 kB": "SELECT (COUNT(*) AS ?n) { VALUES ?x { " + "'abc' " * 40_000 + "} ?a ?b ?c }",
    "regular expressions": "ASK { ?a ?b ?c . ?d ?e ?f FILTER REGEX(CONCAT(STR(?c), STR(?f)), '(a+)+(b+)+(c*)*$') }",
    "regular expression, huge": "SELECT * { ?a ?b ?c FILTER REGEX(STR(?c), '((x{0,100}){0,100}){0,100}') }",
    "REPLACE": "SELECT (STRLEN(REPLACE(GROUP_CONCAT(STR(?a)), '(.)', '$1$1$1$1')) AS ?n) { ?a ?b ?c . ?d ?e ?f }",
    "SERVICE": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?a ?b ?c } }",
    "describe everything": "DESCRIBE * { ?a ?b ?c . ?d ?e ?f }",
    "construct a cross product": "CONSTRUCT { ?a ?b ?f } { ?a ?b ?c . ?d ?e ?f }",
}


@dataclass
class Report:
    """What came of an attack. Times in seconds, memory in bytes."""

    ends: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    latest: float = 0.0
    asks: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    most_memory: int = 0
    left: list[str] = field(default_factory=list)

    def add(self, other: Report) -> None:
        """Add what others saw."""
        self.ends += other.ends
        self.wrong += other.wrong
        self.latest = max(self.latest, other.latest)


def attack(address: tuple[str, int], pid: int, clients: int, seconds: float, limit: float, slack: float = 1) -> Report:
    """Attack the server at ``address`` (first process ``pid``); all must end by ``limit`` and ``slack``."""
    report = Report()
    until = time.monotonic() + seconds
    # In processes of their own, so that the one who watches doesn't wait for them; the clock is the machine's.
    context = multiprocessing.get_context("fork")
    results: multiprocessing.SimpleQueue[Report] = context.SimpleQueue()
    parts = [
        context.Process(
            target=_attackers, args=(results, address, until, limit + slack, range(start, clients, _PROCESSES))
        )
        for start in range(min(_PROCESSES, clients))
    ]
    for part in parts:
        part.start()
    watching = [
        threading.Thread(target=_bystander, args=(address, report, until)),
        threading.Thread(target=_observer, args=(pid, report, until)),
    ]
    for thread in watching:
        thread.start()
    for _ in parts:
        report.add(results.get())
    for thread in watching:
        thread.join()
    until = time.monotonic() + 1
    while (busy := busy_workers(pid)) and time.monotonic() < until:
        select.select([], [], [], 0.05)
    report.left = busy
    for part in parts:
        part.join()
    return report


def _attackers(results: Any, address: tuple[str, int], until: float, limit: float, numbers: range) -> None:
    report = Report()
    threads = [threading.Thread(target=_attacker, args=(address, report, until, limit, n)) for n in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    results.put(report)


def _attacker(address: tuple[str, int], report: Report, until: float, limit: float, number: int) -> None:
    chance = random.Random(number)
    names = list(ATTACKS)
    chance.shuffle(names)
    while time.monotonic() < until:
        for name in names:
            if time.monotonic() >= until:
                return
            began = time.monotonic()
            end = _ask(address, ATTACKS[name] + f" # {chance.random()}", "text/csv, */*;q=0.5", limit + 30)
            took = time.monotonic() - began
            report.ends[name, end] += 1
            report.latest = max(report.latest, took)
            if took > limit or not (end == "broken off" or (end.isdigit() and int(end) in RIGHT)):
                report.wrong.append(f"{name}: {end} after {took:.2f} s")


def _ask(address: tuple[str, int], query: str, accept: str, timeout: float) -> str:
    """Put a query; its status, or how it ended otherwise."""
    connection = http.client.HTTPConnection(*address, timeout=timeout)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept}
        if len(query) < 6_000:
            connection.request("GET", "/sparql?" + urlencode({"query": query}), headers={"Accept": accept})
        else:
            connection.request("POST", "/sparql", urlencode({"query": query}), headers)
        response = connection.getresponse()
        while response.read(1 << 16):
            pass
        return str(response.status)
    except http.client.IncompleteRead:
        return "broken off"
    except ConnectionError:
        return "broken off"
    except TimeoutError:
        return "no answer"
    finally:
        connection.close()


def _bystander(address: tuple[str, int], report: Report, until: float) -> None:
    number = 0
    while time.monotonic() < until:
        began = time.monotonic()
        number += 1
        status = _ask(address, f"ASK {{}} # {number}", "*/*", 30)
        report.asks.append(time.monotonic() - began)
        if status != "200":
            report.refused.append(f"{status} after {report.asks[-1]:.2f} s")
        select.select([], [], [], 0.05)


def _observer(pid: int, report: Report, until: float) -> None:
    while time.monotonic() < until:
        report.most_memory = max(report.most_memory, sum(map(_proportional, [pid, *family(pid)])))
        select.select([], [], [], 0.25)


def family(pid: int) -> list[int]:
    """All descendants of a process."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ProcessLookupError):
                continue
    found: list[int] = []
    new = {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new}
        found += new
    return found


def busy_workers(pid: int) -> list[str]:
    """The descendants that are running."""
    busy = []
    for child in family(pid):
        try:
            if (Path("/proc") / str(child) / "stat").read_text().rpartition(")")[2].split()[0] == "R":
                busy.append(str(child))
        except (OSError, ProcessLookupError):
            continue
    return busy


def _proportional(pid: int) -> int:
    """Memory of a process, shared memory divided among those who share it."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, ProcessLookupError):
        pass
    return 0


def write_graph(file: Path, triples: int) -> None:
    """A graph in which paths are long and everything joins with everything."""
    with file.open("w", encoding="utf-8") as stream:
        for i in range(triples // 2):
            stream.write(f"<{EX}{i}> <{EX}next> <{EX}{(i * 7 + 1) % (triples // 2)}> .\n")
            stream.write(f'<{EX}{i}> <{EX}label> "aaaaaaaaaaaaaaaaaaaaaaaa 名称 {i}" .\n')


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--triples", type=int, default=20_000)
    parser.add_argument("--limit", type=float, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "graph.nt"
        write_graph(file, options.triples)
        settings = {"MIIT_GRAPH_TIMEOUT": str(options.limit), "MIIT_GRAPH_QUERY_MEMORY": str(512 * MIB)}
        command = [sys.executable, "-m", "miit_graph.cli", "serve", "--port", "0", "--data", str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **settings}) as server:
            assert server.stdout is not None
            address = server.stdout.readline().split("/")[2].split(":")
            port = int(address[1])
            while _ask((address[0], port), "ASK {}", "*/*", 10) != "200":
                select.select([], [], [], 0.05)
            report = attack((address[0], port), server.pid, options.clients, options.seconds, options.limit)
            server.send_signal(signal.SIGINT)
    _print(report)
    return 1 if report.wrong or report.refused or report.left or max(report.asks) > 1 else 0


def _print(report: Report) -> None:
    for name in ATTACKS:
        ends = ", ".join(f"{n} x {end}" for (other, end), n in sorted(report.ends.items()) if other == name)
        print(f"{name:<30} {ends}")
    asks = sorted(report.asks)
    print(f"\n{sum(report.ends.values())} queries, the latest after {report.latest:.2f} s")
    print(f"ASK {{}}: median {asks[len(asks) // 2] * 1000:.0f} ms, worst {asks[-1] * 1000:.0f} ms, {len(asks)} times")
    print(f"memory of all processes together: at most {report.most_memory / MIB:,.0f} MiB")
    print(f"still running one second later: {len(report.left)}")
    for line in report.refused:
        print("WRONG ASK {}:", line)
    for line in report.wrong[:20]:
        print("WRONG", line)


if __name__ == "__main__":
    sys.exit(main())
