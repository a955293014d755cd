"""Leaving in peace: at SIGTERM the server is no longer ready, answers what it has begun, then takes nothing new.

And going over to another snapshot while many ask: nobody is turned away, and no answer is of two versions.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from miit_graph.engine.process import AVAILABLE
from tests.conftest import wait_until
from tests.server import LARGE, LONG, Running, started

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="needs Linux")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("stop") / "numbers.nt"
    file.write_text("".join(f'<http://e/{i}> <http://e/p> "{i}" .\n' for i in range(1500)), encoding="utf-8")
    return file


def begun(server: Running, query: str, **parameters: str) -> http.client.HTTPConnection:
    """A request whose query runs."""
    connection = server.connect()
    more = "".join(f"&{name}={value}" for name, value in parameters.items())
    connection.request("GET", f"/sparql?query={quote(query)}{more}")
    return connection


def running_queries(server: Running) -> float:
    return server.figures()["miit_graph_queries_running"]


def refused(server: Running) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", int(server.address.rpartition(":")[2])), timeout=5):
            return False
    except OSError:
        return True


def test_what_has_begun_is_answered_and_nothing_new_is_taken(data: Path) -> None:
    settings = {"MIIT_GRAPH_WEB_PROCESSES": "2", "MIIT_GRAPH_DRAIN": "4", "MIIT_GRAPH_STOP": "300"}
    with started("--data", data, **settings) as server:
        idle = [server.connect() for _ in range(5)]  # they hold nobody up
        for connection in idle:
            connection.request("GET", "/health/live")
            connection.getresponse().read()
        kept = server.connect()
        kept.request("GET", "/health/ready")
        ready = kept.getresponse()
        assert ready.status == 200 and not ready.will_close and ready.read()
        large = begun(server, LARGE + " LIMIT 400000", format="csv", timeout="60").getresponse()
        first = large.read(1000)
        slow = begun(server, LONG, timeout="5")
        wait_until(lambda: running_queries(server) >= 1)
        server.process.terminate()

        def not_ready() -> bool:
            return server.get("/health/ready").status == 503

        wait_until(not_ready)
        told = server.get("/health/ready")
        assert (
            json.loads(told.body) == {"status": "unavailable", "reason": "leaving"}
            and told.headers["Connection"] == "close"
        )
        kept.request("GET", "/sparql?query=ASK%7B%7D")  # over a connection that was kept, and while it drains
        last = kept.getresponse()
        assert last.status == 200 and last.headers["Connection"] == "close" and last.read()
        wait_until(lambda: refused(server))
        rest = large.read()  # the client takes its time
        assert (first + rest).count(b"\n") == 400_001
        answer = slow.getresponse()
        assert answer.status == 503 and json.loads(answer.read())["type"] == "/problems#time-limit"
        assert server.process.wait(60) == 0


@pytest.mark.parametrize("how", ["limit", "twice"])
def test_there_is_an_end_to_waiting(data: Path, how: str) -> None:
    limit = "0.5" if how == "limit" else "600"
    settings = {"MIIT_GRAPH_WEB_PROCESSES": "1", "MIIT_GRAPH_STOP": limit, "MIIT_GRAPH_MAX_TIMEOUT": "600"}
    with started("--data", data, **settings) as server:
        slow = begun(server, LONG, timeout="600")
        wait_until(lambda: running_queries(server) == 1)
        children = server.children()
        server.process.terminate()
        if how == "twice":
            wait_until(lambda: refused(server))
            server.process.terminate()
        assert server.process.wait(60) == 0
        with pytest.raises((http.client.HTTPException, OSError)):
            slow.getresponse()
        wait_until(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in children))


def _write(file: Path, number: int) -> None:
    new = file.with_suffix(".new")
    rows = "".join(f'<http://e/{i}> <http://e/p> "{number}" .\n' for i in range(200))
    new.write_text(rows, encoding="utf-8")
    new.replace(file)


def test_other_data_are_served_without_dropping_a_request(tmp_path: Path) -> None:
    """While three clients ask, over kept and new connections, the file changes and SIGHUP comes, again and again."""
    file = tmp_path / "data.nt"
    _write(file, 0)
    query = "SELECT ?o (COUNT(*) AS ?n) { ?s <http://e/p> ?o } GROUP BY ?o"
    with started("--data", file, MIIT_GRAPH_WEB_PROCESSES="2") as server:
        seen: set[tuple[str, bytes]] = set()
        troubles: list[object] = []
        stop = threading.Event()

        def ask(number: int) -> None:
            connection = server.connect()
            count = 0
            while not stop.is_set():
                count += 1
                try:
                    # Every other time a query that nobody has asked before.
                    text = query + (f" # {number} {count}" if count % 2 else "")
                    if number:
                        connection.request("GET", f"/sparql?format=csv&query={quote(text)}")
                    else:
                        headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
                        connection.request("POST", "/sparql", text.encode(), headers)
                    response = connection.getresponse()
                    body = response.read()
                    if response.status != 200:
                        troubles.append((response.status, body))
                    seen.add((response.headers["Dataset-Version"], body))
                except Exception as error:
                    troubles.append(error)
                    connection = server.connect()

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        versions = {server.get("/health/ready").body}
        for number in (1, 2):
            _write(file, number)
            before = len(versions)
            os.kill(server.process.pid, signal.SIGHUP)
            until = time.monotonic() + 60
            while len(versions) == before and time.monotonic() < until:
                versions.add(server.get("/health/ready").body)
        stop.set()
        for thread in threads:
            thread.join()
    assert not troubles
    assert len(versions) == 3 and len({version for version, _ in seen}) == len(seen) >= 2
    assert {body for _, body in seen} <= {f"o,n\r\n{number},200\r\n".encode() for number in range(3)}
