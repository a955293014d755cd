"""Two readers behind nginx under load: versions come, one reader is killed, one is stopped; nobody is to notice.

    python -m tests.deploy.readers --rounds 3 --pause 3

An origin serves a project, two servers follow it, and nginx with the shipped file stands before them. Clients ask all
the time; every answer has to be whole, of one version, and of the version that it names.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from miit_graph.build.pipeline import build
from miit_graph.build.sources import Project
from miit_graph.reload import tell_servers
from miit_graph.versions.writer import Told, Writer
from tests.conftest import wait_until
from tests.deploy.nginx import free_ports, nginx
from tests.server import Running
from tests.versions.conftest import BASE, PREFIXES, update, write_project

MARKS = 30
_GRAPH = f"{BASE}graph/data/marks"
_QUERY = "SELECT ?k (COUNT(*) AS ?n) { ?s skos:note ?k } GROUP BY ?k"
_FEW = {
    "MIIT_GRAPH_WEB_PROCESSES": "1",
    "MIIT_GRAPH_FOLLOW_SECONDS": "0.3",
    "MIIT_GRAPH_PROXIES": "1",
    "MIIT_GRAPH_DRAIN": "6",
}
_SECONDS = 120


@dataclass
class Reader:
    """A server that follows the origin, whatever becomes of it."""

    origin: int
    port: int
    folder: Path
    settings: dict[str, str]
    server: Running = field(init=False)

    def start(self) -> None:
        """Start it, without waiting."""
        command = [sys.executable, "-m", "miit_graph.cli", "serve", "--follow", f"http://127.0.0.1:{self.origin}"]
        environment = {**os.environ, **_FEW, **self.settings, "MIIT_GRAPH_SNAPSHOTS": str(self.folder)}
        environment |= {"HOST": "127.0.0.1", "PORT": str(self.port)}
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, text=True, env=environment)
        self.server = Running(f"http://127.0.0.1:{self.port}", process)

    @property
    def number(self) -> int | None:
        """The version that it says it is ready to serve."""
        try:
            reply = self.server.get("/health/ready")
            return int(json.loads(reply.body)["number"]) if reply.status == 200 else None
        except (OSError, http.client.HTTPException):
            return None

    def kill(self) -> None:
        """End all its processes at once, the hard way."""
        for pid in [self.server.process.pid, *self.server.children()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.process.wait()

    def leave(self) -> int:
        """SIGTERM; the exit code."""
        self.server.process.terminate()
        return self.server.process.wait(_SECONDS)


class Origin:
    """A project of which every mark says the same number, one less than that of the version."""

    def __init__(self, root: Path) -> None:
        write_project(root)
        marks = "\n".join(f'd:mark-{n} skos:note "0" .' for n in range(MARKS))
        (root / "data" / "marks.ttl").write_text(f"{PREFIXES}\n{marks}\n", encoding="utf-8")
        self.project = Project.open(root)
        self.snapshots = root / "build" / "snapshots"
        build(self.project, self.snapshots)
        self.number = 0
        self.publish()

    def publish(self) -> int:
        """Make another version, and have the server over it, if any, serve it."""
        with Writer.open(self.project, self.snapshots) as writer:
            text = f"""DELETE {{ GRAPH <{_GRAPH}> {{ ?s skos:note ?k }} }} INSERT {{ GRAPH <{_GRAPH}>
                {{ ?s skos:note "{writer.latest.number}" }} }} WHERE {{ GRAPH <{_GRAPH}> {{ ?s skos:note ?k }} }}"""
            proposal = writer.propose(update(text))
            assert proposal.snapshot is not None, proposal.report
            self.number = writer.accept(proposal, Told("curator", "Other marks")).number
        tell_servers(self.snapshots)
        return self.number


class Load:
    """Clients that ask without a pause, each over a connection that it keeps."""

    def __init__(self, port: int, clients: int) -> None:
        self._port = port
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(clients)]
        self.counts: Counter[str] = Counter()
        self.versions: Counter[int] = Counter()
        self.troubles: list[str] = []
        self.lost: list[str] = []
        self.mixed: list[str] = []
        self.slowest = 0.0

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, client: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)
        count = 0
        while not self._stop.is_set():
            count += 1
            kind, path = (
                ("post", "/sparql"),
                ("query", f"/sparql?format=csv&query={quote(_QUERY)}"),
                ("new query", f"/sparql?format=csv&query={quote(f'{_QUERY} # {client} {count}')}"),
                ("document", f"/doc/mark-{count % MARKS}.nt"),
            )[count % 4]
            began = time.monotonic()
            try:
                if kind == "post":
                    headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
                    connection.request("POST", path, f"{_QUERY} # {client} {count}", headers)
                else:
                    connection.request("GET", path)
                response = connection.getresponse()
                body = response.read().decode()
                if response.status != 200:
                    raise http.client.HTTPException(f"{time.strftime('%X')} {response.status} {body[:90]}")
            except (OSError, http.client.HTTPException) as error:
                # What was posted may have been begun when its reader died, so nginx doesn't send it to another.
                (self.lost if kind == "post" else self.troubles).append(f"{kind}: {error!r}")
                connection.close()
                continue
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.counts[kind] += 1
            self._check(kind, body, response.headers["Dataset-Version"])

    def _check(self, kind: str, body: str, named: str) -> None:
        number = int(named.partition(";")[0])
        self.versions[number] += 1
        right = f'note> "{number - 1}" .' in body if kind == "document" else body == f"k,n\r\n{number - 1},{MARKS}\r\n"
        if not right:
            self.mixed.append(f"{kind}, {named}: {body[:200]}")


@contextlib.contextmanager
def standing(folder: Path, **settings: str) -> Iterator[tuple[Origin, list[Reader], int]]:
    """The origin, two readers that are ready, and the port of nginx."""
    origin = Origin(folder / "project")
    ports = free_ports(3)
    command = [sys.executable, "-m", "miit_graph.cli", "serve", "--snapshot", str(origin.snapshots)]
    environment = {**os.environ, **_FEW, "MIIT_GRAPH_DRAIN": "0", "HOST": "127.0.0.1", "PORT": str(ports[0])}
    readers = [Reader(ports[0], port, folder / f"reader-{port}", settings) for port in ports[1:]]
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment))
        stack.callback(server.terminate)
        for reader in readers:
            reader.start()
            stack.callback(reader.kill)
        wait_until(lambda: all(reader.number == origin.number for reader in readers), _SECONDS)
        yield origin, readers, stack.enter_context(nginx(folder / "nginx", ports[1:]))


def drive(folder: Path, rounds: int, pause: float, clients: int, **settings: str) -> tuple[Load, dict[str, float]]:
    """Let everything happen ``rounds`` times under load; what the clients saw, and how long things took at most.

    With 0 rounds only what needs no server to start again: two new versions, and a kill between them.
    """
    took: dict[str, float] = {}

    def until(what: str, condition: object) -> None:
        began = time.monotonic()
        wait_until(condition, _SECONDS)  # type: ignore[arg-type]
        took[what] = max(took.get(what, 0.0), time.monotonic() - began)
        time.sleep(pause)

    with standing(folder, **settings) as (origin, readers, port), Load(port, clients) as load:
        time.sleep(pause)
        for turn in range(max(1, rounds)):
            one, other = readers if turn % 2 == 0 else readers[::-1]
            new = origin.publish()
            until("both readers serve a new version", lambda new=new: all(r.number == new for r in readers))
            one.kill()
            new = origin.publish()
            until("the other one serves a new version", lambda new=new, other=other: other.number == new)
            if not rounds:
                break
            one.start()
            until("the killed one is back, with the new version", lambda new=new, one=one: one.number == new)
            began = time.monotonic()
            assert other.leave() == 0
            took["a reader leaves at SIGTERM"] = time.monotonic() - began
            time.sleep(pause)
            other.start()
            until("and is back", lambda new=new, other=other: other.number == new)
    return load, took


def main() -> int:
    """Run it and print what was seen; 0 if no request failed and no answer was mixed."""
    parser = argparse.ArgumentParser(description="Two readers behind nginx under load, killed, stopped and switched.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pause", type=float, default=3.0, help="seconds between two events")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--shared", default="0", help="seconds that nginx may keep answers")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder) / "nginx" / "errors"
        began = time.monotonic()
        load, took = drive(
            Path(folder), arguments.rounds, arguments.pause, arguments.clients, MIIT_GRAPH_SHARED_CACHE=arguments.shared
        )
        said = Counter(re.sub(r".*?\*\d+ |,? while .*", "", line) for line in errors.read_text().splitlines())
    print(f"nginx: {dict(said)}")
    print(f"{time.monotonic() - began:.0f} s, {sum(load.counts.values()):,} requests: {dict(load.counts)}")
    print(f"failed: {len(load.troubles)}, lost by POST: {len(load.lost)}, mixed: {len(load.mixed)}")
    print(f"slowest answer: {load.slowest:.2f} s")
    print(f"answers by version: {dict(sorted(load.versions.items()))}")
    for what, seconds in took.items():
        print(f"{what}: at most {seconds:.1f} s")
    for trouble in (load.troubles + load.mixed)[:20]:
        print(trouble)
    return 1 if load.troubles or load.mixed else 0


if __name__ == "__main__":
    sys.exit(main())
