"""What it costs to log each request, or to limit clients: processor time of the web process for one request.

    python -m benchmarks.serving.observing

Servers with and without run side by side and are asked in turns, so that whatever else the machine does touches all
alike. Two kinds of request: one answered from the cache, one that the engine has not seen before.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

ROUNDS, REQUESTS = 5, 1000
KINDS: dict[str, dict[str, str]] = {
    "plain": {"MIIT_GRAPH_LOG": "off"},
    "log": {"MIIT_GRAPH_LOG": "requests", "MIIT_GRAPH_LOG_FORMAT": "json"},
    "rate": {"MIIT_GRAPH_LOG": "off", "MIIT_GRAPH_RATE": "100000", "MIIT_GRAPH_RATE_BURST": "100000"},
}
_TICKS = os.sysconf("SC_CLK_TCK")


class Running:
    """A server with one web process."""

    def __init__(self, data: Path, settings: dict[str, str]) -> None:
        command = [sys.executable, "-m", "miit_graph.cli", "serve", "--data", str(data), "--port", "0"]
        environment = {**os.environ, "MIIT_GRAPH_WEB_PROCESSES": "1", **settings}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        )
        assert self.process.stdout is not None
        found = re.search(r"127\.0\.0\.1:(\d+)", self.process.stdout.readline())
        assert found is not None
        self.port = int(found[1])
        self.number = 0
        while True:
            with contextlib.suppress(OSError):
                self.ask(["/health/ready"])
                break
        self.web = self._web()

    def _web(self) -> int:
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                command = (entry / "cmdline").read_bytes()
                if parent == self.process.pid and not re.search(rb"engine\.process|resource_tracker", command):
                    return int(entry.name)
        raise RuntimeError("no web process")

    def ask(self, paths: list[str]) -> None:
        """Over one connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for path in paths:
            connection.request("GET", path)
            assert connection.getresponse().read() is not None
        connection.close()

    def cost(self, kind: str) -> float:
        """Microseconds of processor time for one request."""
        paths = []
        for _ in range(REQUESTS):
            self.number += kind == "new"
            paths.append(f"/sparql?query={quote(f'ASK {{ <http://e/{self.number}> ?p ?o }}')}")
        self.ask(paths[:1])
        before = self._spent()
        self.ask(paths)
        return (self._spent() - before) / REQUESTS * 1e6

    def _spent(self) -> float:
        fields = Path(f"/proc/{self.web}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "numbers.nt"
        data.write_text("".join(f"<http://e/{n}> <http://e/p> <http://e/{n + 1}> .\n" for n in range(1000)))
        servers: dict[str, Running] = {}
        try:
            for name, settings in KINDS.items():
                servers[name] = Running(data, settings)
            for kind in ("cached", "new"):
                costs: dict[str, list[float]] = {name: [] for name in servers}
                for _ in range(ROUNDS):
                    for name, server in servers.items():
                        costs[name].append(server.cost(kind))
                plain = costs["plain"]
                for name, values in costs.items():
                    more = statistics.median(a - b for a, b in zip(values, plain, strict=True))
                    print(f"{kind:7} {name:6} {statistics.median(values):7.1f} µs a request, {more:+6.1f} to plain")
        finally:
            for server in servers.values():
                server.stop()


if __name__ == "__main__":
    main()
