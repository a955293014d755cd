"""Writers and readers at the same time: does anybody see half a change, is any lost, how long do readers wait?

    .venv/bin/python benchmarks/writers.py --seconds 60

Serves a copy of a project (the one around, or ``--project DIR``) on a free port of this machine. Four writers each
change two triples that always say the same; sixteen readers ask for them, and put other queries. Phases without and
with writers take turns (``--phases``), so that both see the same machine. Before that, ten changes alone show how long
it takes from a request to its answer, and to the first reader who sees it. Ends with 1 if something was mixed or lost.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import multiprocessing as mp
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from miit_graph.build.sources import Project
from miit_graph.writing.tokens import make

WRITERS, READERS, READER_PROCESSES = 4, 16, 4
OTHERS = (
    "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n) LIMIT 5",
    "SELECT ?s ?o { ?s skos:prefLabel ?o FILTER(LANG(?o) = 'zh') } LIMIT 20",
    "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY DESC(?n) LIMIT 5",
    "ASK { ?s ?p 'no such text' }",
)
PREFIXES = "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
# Nobody's shapes forbid these, and nothing follows from them.
LEFT = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#value>"
RIGHT = "<http://www.w3.org/2000/01/rdf-schema#comment>"


def pairs(base: str) -> str:
    """Asks for what all writers have written."""
    return f"SELECT ?s ?a ?b {{ ?s {LEFT} ?a ; {RIGHT} ?b FILTER(STRSTARTS(STR(?s), '{base}id/bench-')) }}"


def change(base: str, writer: int, value: int) -> str:
    """Takes the pair of a writer from whatever it was to a value."""
    subject = f"<{base}id/bench-{writer}>"
    graph, old = f"GRAPH <{base}graph/data/bench>", f"{subject} {LEFT} ?a ; {RIGHT} ?b"
    return (
        f"DELETE {{ {graph} {{ {old} }} }} INSERT {{ {graph} {{ {subject} {LEFT} {value} ; {RIGHT} {value} }} }} "
        f"WHERE {{ OPTIONAL {{ {graph} {{ {old} }} }} }}"
    )


class Client:
    """A kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, query: str) -> list[dict[str, str]] | bool:
        """Rows of an answer, or what an ASK says."""
        self._connection.request("GET", "/sparql?" + urlencode({"query": PREFIXES + query, "format": "json"}))
        reply = self._connection.getresponse()
        content = reply.read()
        if reply.status != 200:
            raise RuntimeError(f"{reply.status}: {content[:300]!r}")
        told = json.loads(content)
        if "boolean" in told:
            return bool(told["boolean"])
        return [{name: value["value"] for name, value in row.items()} for row in told["results"]["bindings"]]

    def update(self, text: str, token: str) -> int:
        """Make a change; the number of its version."""
        headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {token}"}
        self._connection.request("POST", "/sparql", text.encode(), headers)
        reply = self._connection.getresponse()
        told = json.loads(reply.read())
        if reply.status != 200:
            raise RuntimeError(f"{reply.status}: {told}")
        return int(told["version"])


def read(port: int, base: str, rate: float, phase: mp.Value, pipe) -> None:  # type: ignore[no-untyped-def, valid-type]
    """One process of readers: until the phase is -1. Sends latencies by phase, and what was wrong."""
    waits: list[list[float]] = [[], []]
    wrong: list[str] = []
    lock = threading.Lock()

    def one(seed: int) -> None:
        chance, client, seen = random.Random(seed), Client(port), Counter[str]()
        begins = time.monotonic() + chance.random()
        while (now := phase.value) >= 0:  # type: ignore[attr-defined]
            if rate:
                begins += 1 / rate
                time.sleep(max(0.0, begins - time.monotonic()))
            mixed = chance.random() < 0.5
            query = f"{pairs(base)} # {chance.random()}" if mixed else chance.choice(OTHERS)
            began = time.monotonic()
            try:
                rows = client.ask(query)
            except Exception as error:
                client = Client(port)
                with lock:
                    wrong.append(f"no answer: {error}")
                continue
            took = time.monotonic() - began
            with lock:
                if phase.value == now:  # type: ignore[attr-defined]
                    waits[now].append(took)
                if mixed and isinstance(rows, list):
                    subjects = {row["s"] for row in rows}
                    for row in rows:
                        if row["a"] != row["b"] or len(subjects) != len(rows):
                            wrong.append(f"mixed: {rows}")
                        if int(row["a"]) < seen[row["s"]]:
                            wrong.append(f"went back from {seen[row['s']]}: {row}")
                        seen[row["s"]] = max(seen[row["s"]], int(row["a"]))

    threads = [threading.Thread(target=one, args=(os.getpid() * 100 + n,)) for n in range(READERS // READER_PROCESSES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pipe.send((waits, wrong))


@contextlib.contextmanager
def server(project: Path, token_line: str) -> Iterator[int]:
    """A server over a project; its port."""
    command = [sys.executable, "-m", "miit_graph.cli", "serve", "--port", "0", "--project", str(project)]
    environment = {**os.environ, "MIIT_GRAPH_TOKENS": token_line}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
            assert found is not None
            for _ in range(200):
                with contextlib.suppress(OSError, RuntimeError, http.client.HTTPException):
                    Client(int(found[1])).ask("ASK {}")
                    break
                time.sleep(0.1)
            yield int(found[1])
        finally:
            process.send_signal(signal.SIGINT)


def alone(port: int, base: str, token: str, changes: int = 10) -> None:
    """Changes with nobody else there: how long until the answer, and until a reader sees it."""
    client, answered, seen = Client(port), [], []
    for value in range(1, changes + 1):
        began, ends = time.monotonic(), [0.0]

        def watch(value: int = value, ends: list[float] = ends) -> None:
            reader = Client(port)
            for turn in count():
                rows = reader.ask(f"{pairs(base)} # {value} {turn}")
                if isinstance(rows, list) and any(row["a"] == str(value) for row in rows):
                    ends[0] = time.monotonic()
                    return

        watcher = threading.Thread(target=watch)
        watcher.start()
        client.update(change(base, 0, value), token)
        answered.append(time.monotonic() - began)
        watcher.join()
        seen.append(ends[0] - began)
    print(f"{changes} changes alone, seconds: answered {_figures(answered)}, read {_figures(seen)}")


def together(port: int, base: str, token: str, seconds: float, phases: int, rate: float) -> bool:
    """Phases without and with writers in turn; whether nothing was mixed or lost."""
    phase = mp.Value("i", 0)
    pipes, processes = [], []
    for _ in range(READER_PROCESSES):
        ours, theirs = mp.Pipe()
        processes.append(mp.Process(target=read, args=(port, base, rate, phase, theirs)))
        pipes.append(ours)
    for process in processes:
        process.start()
    writing, stop = threading.Event(), threading.Event()
    took: list[float] = []
    wrong: list[str] = []
    versions: list[int] = []
    last = {}

    def write(writer: int) -> None:
        client = Client(port)
        for value in count(1000):
            while not writing.wait(0.1):
                if stop.is_set():
                    return
            if stop.is_set():
                return
            began = time.monotonic()
            try:
                versions.append(client.update(change(base, writer, value), token))
            except Exception as error:
                wrong.append(f"writer {writer}: {error}")
                return
            took.append(time.monotonic() - began)
            last[writer] = value
            rows = Client(port).ask(pairs(base))
            assert isinstance(rows, list)
            if {(row["a"], row["b"]) for row in rows if row["s"].endswith(f"bench-{writer}")} != {(str(value),) * 2}:
                wrong.append(f"writer {writer} was told {value}, but reads {rows}")

    writers = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in writers:
        thread.start()
    for number in range(2 * phases):
        phase.value = number % 2  # type: ignore[attr-defined]
        (writing.set if number % 2 else writing.clear)()
        time.sleep(seconds / phases)
    stop.set()
    for thread in writers:
        thread.join()
    phase.value = -1  # type: ignore[attr-defined]
    waits: list[list[float]] = [[], []]
    for pipe, process in zip(pipes, processes, strict=True):
        found, troubles = pipe.recv()
        process.join()
        wrong += troubles
        for all_waits, more in zip(waits, found, strict=True):
            all_waits += more
    rows = Client(port).ask(pairs(base))
    assert isinstance(rows, list)
    for writer, value in last.items():
        if {(row["a"], row["b"]) for row in rows if row["s"].endswith(f"bench-{writer}")} != {(str(value),) * 2}:
            wrong.append(f"lost: {value} of writer {writer}")
    if len(set(versions)) != len(versions) or (versions and max(versions) - min(versions) + 1 != len(versions)):
        wrong.append(f"{len(versions)} changes were accepted as {len(set(versions))} versions")
    p99 = []
    for name, values in zip(("without writers", "with writers"), waits, strict=True):
        values.sort()
        p99.append(values[int(0.99 * len(values))])
        half, most = values[len(values) // 2], values[-1]
        print(
            f"readers {name}: {len(values) / seconds:.0f} answers/s, median {1000 * half:.1f} ms, "
            f"p99 {1000 * p99[-1]:.1f} ms, longest {1000 * most:.0f} ms"
        )
    print(f"p99 with writers is {p99[1] / p99[0]:.2f} times that without")
    print(f"writers: {len(took)} changes in {seconds:g} s, each served after {_figures(took)} s")
    print(f"mixed, lost, or unanswered: {len(wrong)}", *wrong[:5], sep="\n  ")
    return not wrong


def _figures(values: list[float]) -> str:
    return f"{median(values):.2f} (median), {max(values):.2f} (longest)" if values else "never"


def main() -> int:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", type=Path, default=Path(), help="folder of the project to copy")
    parser.add_argument("--seconds", type=float, default=60, help="of each of the two kinds of phase together")
    parser.add_argument("--phases", type=int, default=6, help="how many of each kind")
    parser.add_argument("--rate", type=float, default=0, help="questions of a reader in a second; 0: as fast as it can")
    arguments = parser.parse_args()
    project = Project.open(arguments.project)
    token, line = make("bench")
    with tempfile.TemporaryDirectory(prefix="miit-graph-bench-") as folder:
        copy = Path(folder) / "project"
        names = {"graph.toml", "ontology", "codes", "data", "shapes", "rules", "queries"}
        shutil.copytree(
            project.root, copy, ignore=lambda at, found: set(found) - names if Path(at) == project.root else set()
        )
        with server(copy, line) as port:
            alone(port, project.base, token)
            good = together(port, project.base, token, arguments.seconds, arguments.phases, arguments.rate)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
