"""A server as a process of its own, as tests start it and ask it."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from tests.conftest import PATIENCE, wait_until, wait_until_ready

LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(?c, ?f) != ?i) }"
"""Queries that take longer than any limit: one answers from the start on, the other at its end."""


@dataclass
class Running:
    """A server process and its address."""

    address: str
    process: subprocess.Popen[str]

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: str) -> Reply:
        """Ask by GET over a connection of its own; errors have a status like everything else."""
        connection = self.connect()
        try:
            connection.request("GET", f"{path}?{urlencode(parameters)}" if parameters else path, headers=headers or {})
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def ask(self, query: str, headers: dict[str, str] | None = None, **parameters: str) -> Reply:
        """Put a query."""
        return self.get("/sparql", headers, query=query, **parameters)

    def figures(self) -> dict[str, float]:
        """What `/metrics` tells now; each process adds what it has counted within a second."""
        lines = self.get("/metrics").body.decode().splitlines()
        parts = (line.rpartition(" ") for line in lines if not line.startswith("#"))
        return {name: float(figure) for name, _, figure in parts}

    def connect(self) -> http.client.HTTPConnection:
        """A new connection."""
        return http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=PATIENCE)

    def children(self) -> set[int]:
        """The processes that the server has started, and those that they have."""
        parents = {int(entry.name): _parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
        found, new = set[int](), {self.process.pid}
        while new:
            new = {pid for pid, parent in parents.items() if parent in new}
            found |= new
        return found

    @staticmethod
    def private_memory(pid: int) -> int:
        """Bytes that a process shares with no other; 0 if it has ended."""
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (OSError, ProcessLookupError):
            return 0
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))

    @staticmethod
    def parent(pid: int) -> int:
        """The process that has started this one; 0 if it has ended."""
        return _parent(Path(f"/proc/{pid}"))


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def _parent(entry: Path) -> int:
    try:
        state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
        return 0 if state == "Z" else int(parent)
    except (OSError, ProcessLookupError):
        return 0


@contextmanager
def started(*arguments: object, **settings: str) -> Iterator[Running]:
    """A server process on a free port, once it is ready; nothing of it may be left at the end."""
    command = [sys.executable, "-m", "miit_graph.cli", "serve", "--port", "0", *map(str, arguments)]
    environment = {**os.environ, **settings}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        children = set[int]()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, line + (process.stderr.read() if process.stderr else "")
            wait_until_ready(found[0], process)
            server = Running(found[0], process)
            yield server
            children = server.children()
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=PATIENCE) == 0
            wait_until(lambda: not any(map(Running.parent, children)))
