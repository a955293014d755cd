"""The three servers that are tried: one that only reads, one that takes changes, one before another engine."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from benchmarks.soak import asks
from benchmarks.soak.asks import Reply
from benchmarks.soak.faults import Clock, Disk, Faults
from benchmarks.soak.ledger import Ledger
from benchmarks.soak.load import Client, Crowd, one_of
from benchmarks.soak.proxy import Proxy
from benchmarks.soak.server import Server
from miit_graph.writing.tokens import make
from tests.writing import small

_SETTINGS = {
    "MIIT_GRAPH_WEB_PROCESSES": "2",
    "MIIT_GRAPH_CACHE": str(8 << 20),
    "MIIT_GRAPH_QUERY_MEMORY": str(256 << 20),
}
_DISK_MIB = 192
_MEMORY_EVERY = 2.0
_FILLERS, _FILLING = 8, 1_000
_READING = ("query", "query", "query", "page", "page", "export", "search", "attack")
_BEFORE_ANOTHER = tuple(kind for kind in _READING if kind != "attack")
"""How another engine bears hostile queries is its own affair; Oxigraph's server goes on with those we have given up."""
"""What one client after the other asks."""


@dataclass
class Plan:
    """How long, how hard, and with what seed."""

    folder: Path
    snapshot: Path
    seconds: float
    gap: float
    broken: float
    clients: int
    ledger: Ledger
    fill: int = 12_000
    """How many queries fill what the web processes keep in memory, before that is measured."""
    left_out: list[str] = field(default_factory=list)
    left_running: list[int] = field(default_factory=list)


def reading(plan: Plan) -> None:
    """A server over the shipped graph."""
    with _machine(plan) as (disk, clock):
        settings = {**_SETTINGS, **clock.settings(), "TMPDIR": str(disk.path)}
        server = Server(["--snapshot", str(plan.snapshot)], settings, plan.folder / "reading.log")
        with _served(plan, server):
            faults = Faults(plan.ledger, plan.broken)
            faults.kills(server, "worker", "serving", "engine", "web")
            faults.disk(disk)
            faults.clock(clock)
            _under_load(plan, server, faults, _readers(plan, server))


def writing(plan: Plan) -> None:
    """A server over a small project, whose scales must be in balance in every answer, and never go back."""
    token, line = make("soak")
    with _machine(plan) as (disk, clock):
        small.built(disk.path / "project")
        settings = {**_SETTINGS, **clock.settings(), "TMPDIR": str(disk.path), "MIIT_GRAPH_TOKENS": line}
        settings["MIIT_GRAPH_KEEP_VERSIONS"] = "3"
        server = Server(["--project", str(disk.path / "project")], settings, plan.folder / "writing.log")
        with _served(plan, server):
            faults = Faults(plan.ledger, plan.broken)
            faults.kills(server, "writer", "serving", "engine", "web", "worker")
            faults.disk(disk)
            faults.clock(clock)
            scales = [Scale(number, token) for number in range(2)]
            looks = [one.look for one in scales for _ in range(max(1, plan.clients // 2))]
            _under_load(plan, server, faults, [*(one.change for one in scales), *looks])


def remote(plan: Plan) -> None:
    """A server before Oxigraph's server, with a proxy between them."""
    program = shutil.which("oxigraph", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")
    if program is None:
        plan.left_out.append("remote engine (pip install oxigraph)")
        return
    with (
        _machine(plan) as (disk, clock),
        Behind(program, disk.path / "oxigraph") as behind,
        Proxy(behind.port) as proxy,
    ):
        endpoint = f"http://127.0.0.1:{proxy.port}/query"
        push = ["push", "--snapshot", str(plan.snapshot), "--endpoint", endpoint, "--verify", "counts"]
        push += ["--graph-store", f"http://127.0.0.1:{proxy.port}/store"]
        subprocess.run([sys.executable, "-m", "miit_graph.cli", *push], check=True, stdout=subprocess.DEVNULL)
        settings = {**_SETTINGS, **clock.settings(), "TMPDIR": str(disk.path), "MIIT_GRAPH_ENDPOINT_TTL": "2"}
        settings |= {"MIIT_GRAPH_TIMEOUT": "20"}
        server = Server(["--endpoint", endpoint], settings, plan.folder / "remote.log")
        with _served(plan, server):
            faults = Faults(plan.ledger, plan.broken)
            faults.way(proxy)
            faults.other("kill -9: the other engine", behind.kill_and_restart)
            faults.kills(server, "web")
            faults.clock(clock)
            _under_load(plan, server, faults, _readers(plan, server, _BEFORE_ANOTHER))


PHASES: dict[str, Callable[[Plan], None]] = {"reading": reading, "writing": writing, "remote": remote}


def _readers(plan: Plan, server: Server, mixed: Sequence[str] = _READING) -> list[Callable[[Client], None]]:
    """One client's work for each of the crowd. Ends the run if an answer is wrong before anything is broken."""
    questions = asks.questions()
    for ask in questions:
        reply = asks.get(server.port, ask.path(random.Random(0)), ask.accept)
        if trouble := reply.trouble if reply.status != 200 else ask.judge(reply):
            raise SystemExit(f"before anything was broken: {trouble}")
    kinds = {"query": questions, "attack": asks.attacks()}
    for ask in asks.looked_up(server.port):
        kinds.setdefault(ask.kind, []).append(ask)
    return [one_of(kinds[mixed[number % len(mixed)]]) for number in range(max(plan.clients, len(mixed)))]


class Scale:
    """One scale of the small project: it is changed by one client, and others look at it."""

    def __init__(self, number: int, token: str) -> None:
        self._number = number
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/sparql-update"}
        self._lock = threading.Lock()
        self._tried = 0
        self._accepted = 0

    def change(self, client: Client) -> None:
        """Put the next weight on both pans; every fifth time on one only, which must be refused."""
        with self._lock:
            self._tried += 1
            weight = self._tried
        good = weight % 5 != 0
        text = small.setting(self._number, weight, weight if good else -1)

        def judge(reply: Reply) -> str:
            return "" if good else "an unbalanced scale was accepted"

        reply = client.request(
            "write" if good else "bad write", "/sparql", self._headers, judge, body=text, counts=good
        )
        if good and reply is not None and reply.status == 200:
            with self._lock:
                self._accepted = weight

    def look(self, client: Client) -> None:
        """Both pans: the same, not less than what was accepted before, not more than what was tried by now."""
        least = self._accepted
        name = f"<{small.ID}scale-{self._number}>"
        text = f"PREFIX : <{small.BASE}ont#> SELECT ?l ?r {{ {name} :left ?l ; :right ?r }} # {client.random.random()}"

        def judge(reply: Reply) -> str:
            rows = reply.body.decode("utf-8", "replace").split()[1:]
            pans = rows[0].split(",") if len(rows) == 1 else []
            if len(pans) != 2 or pans[0] != pans[1] or not pans[0].isdigit():
                return f"scale {self._number} is out of balance: {rows}"
            if not least <= int(pans[0]) <= self._tried or (int(pans[0]) % 5 == 0 and int(pans[0])):
                return f"scale {self._number} weighs {pans[0]}, accepted before: {least}, tried: {self._tried}"
            return ""

        client.request("read", f"/sparql?query={quote(text)}", {"Accept": "text/csv"}, judge)


class Behind:
    """Oxigraph's own server over a store on the disk. Use it as a context manager."""

    def __init__(self, program: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._command = [program, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{self.port}"]
        self._command += ["--timeout-s", "15"]
        self._process = self._start()

    def __enter__(self) -> Behind:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while time.monotonic() < until and process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/query?query=ASK%7B%7D", timeout=5).close()
                return process
            time.sleep(0.05)
        process.kill()
        raise SystemExit("Oxigraph's server did not start")

    def kill_and_restart(self) -> None:
        """End it hard; when this returns another one answers from the same data."""
        self._process.kill()
        self._process.wait()
        self._process = self._start()


@contextlib.contextmanager
def _machine(plan: Plan) -> Iterator[tuple[Disk, Clock]]:
    with Disk(plan.folder / f"disk-{len(list(plan.folder.iterdir()))}", _DISK_MIB) as disk:
        yield disk, Clock(plan.folder)


@contextlib.contextmanager
def _served(plan: Plan, server: Server) -> Iterator[None]:
    try:
        yield
    finally:
        plan.left_running = server.stop()


def _under_load(plan: Plan, server: Server, faults: Faults, work: list[Callable[[Client], None]]) -> None:
    plan.left_out += faults.left_out
    ended = threading.Event()
    end = time.monotonic() + plan.seconds

    def measure() -> None:
        while not ended.wait(_MEMORY_EVERY):
            plan.ledger.memory.append(server.memory())

    meter = threading.Thread(target=measure, daemon=True)
    with Crowd(server.port, plan.ledger, work) as crowd:
        try:
            _fill(plan, server)
            meter.start()
            faults.until(end, plan.gap)
        finally:
            ended.set()
    if meter.ident is not None:
        meter.join()
    if crowd.crashes:
        raise crowd.crashes[0]


def _fill(plan: Plan, server: Server) -> None:
    """Ask so many different queries that the web processes keep as many answers and requests as they may.

    What grows until then is what the settings allow, and no leak. Takes at most a third of the time.
    """
    numbers, end = itertools.count(), time.monotonic() + plan.seconds / 3
    padding = "-" * _FILLING

    def work(client: Client) -> None:
        if (number := next(numbers)) < plan.fill and time.monotonic() < end:
            query = quote(f"SELECT (1 AS ?one) {{}} #{number}{padding}")
            client.request("fill", f"/sparql?query={query}", {"Accept": asks.CSV}, lambda _: "", counts=False)
        else:
            full.set()

    full = threading.Event()
    with Crowd(server.port, plan.ledger, [work] * _FILLERS, pause=0.0):
        full.wait(plan.seconds)
    time.sleep(min(plan.gap, plan.seconds / 20))
