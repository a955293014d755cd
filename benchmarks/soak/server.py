"""The server under test as a tree of processes: started, looked at, and ended with all that belongs to it."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_START_SECONDS = 120.0
_STOP_SECONDS = 60.0
_KIB = re.compile(r"^(\w+):\s+(\d+) kB", re.MULTILINE)
_PASSING = ("worker", "attempt", "search", "other")


class Server:
    """`miit-graph serve` with ``arguments``, ready once made. Use it as a context manager."""

    def __init__(self, arguments: list[str], settings: dict[str, str], log: Path) -> None:
        self._log = log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "miit_graph.cli", "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=self._log,
            env={**os.environ, **settings},
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            self.stop()
            raise SystemExit(f"the server did not start: {line}{log.read_text(errors='replace')}")
        self.port = int(found[1])
        self._wait()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _wait(self) -> None:
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=5).close()
                return
            select.select([], [], [], 0.05)
        self.stop()
        raise SystemExit("the server did not get ready")

    def tree(self) -> dict[int, str]:
        """All its processes: their ids and roles (main, web, engine, serving, worker, writer, …)."""
        parents = dict(_parents())
        roles = {self.process.pid: "main"}
        new = [self.process.pid]
        while new:
            children = [pid for pid, parent in parents.items() if parent in new]
            for pid in children:
                roles[pid] = _role(pid, roles[parents[pid]])
            new = children
        return roles

    def pids(self, role: str) -> list[int]:
        """The processes of one role."""
        return [pid for pid, its in self.tree().items() if its == role]

    def kill(self, role: str, which: int = 0) -> bool:
        """End one process of a role with SIGKILL; false if there is none."""
        pids = self.pids(role)
        if not pids:
            return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(pids[which % len(pids)], signal.SIGKILL)
        return True

    def memory(self) -> Counter[str]:
        """MiB that its processes hold, by role; what they share counted once (proportional set size).

        Of what lives for one query, change or file only the part of what it shares counts.
        """
        total: Counter[str] = Counter()
        for pid, role in self.tree().items():
            with contextlib.suppress(OSError, ValueError):
                found = dict(_KIB.findall(Path(f"/proc/{pid}/smaps_rollup").read_text()))
                own = int(found["Private_Clean"]) + int(found["Private_Dirty"]) if role in _PASSING else 0
                total[role] += (int(found["Pss"]) - own) / 1024
        return total

    def stop(self) -> list[int]:
        """End it as Ctrl+C does; then nothing of it may be left. The processes that were left are killed and told."""
        tree = list(self.tree())
        self.process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(_STOP_SECONDS)
        self.process.kill()
        self.process.wait()
        until = time.monotonic() + _STOP_SECONDS
        alive = set(dict(_parents()))
        while (left := [pid for pid in tree if pid in alive]) and time.monotonic() < until:
            select.select([], [], [], 0.1)
            alive = set(dict(_parents()))
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._log.close()
        return left


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError):
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    yield int(entry.name), int(parent)


def _role(pid: int, parent: str) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "other"
    if "miit_graph.engine.process" in command:
        return {"main": "engine", "engine": "serving"}.get(parent, "worker")
    if "miit_graph.search" in command:
        return "search"
    if "miit_graph.writing" in command:
        return "attempt" if parent == "writer" else "writer"
    if parent == "main" and "resource_tracker" not in command:
        return "web"
    return "other"
