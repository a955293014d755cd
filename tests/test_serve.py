"""`miit-graph serve` as a process: the contract's address, clients that people use, start and stop."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

import pytest
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, SPARQLWrapper

from miit_graph.build.snapshot import Snapshot
from tests.conftest import PATIENCE, RunCli, wait_until, wait_until_ready
from tests.engine.endpoints import endpoint, table

UNITS = """
    PREFIX org: <http://www.w3.org/ns/org#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?unit ?en ?zh {
      ?unit org:subOrganizationOf+ <https://w3id.org/miit-graph/id/miit> ; skos:prefLabel ?en, ?zh
      FILTER(LANG(?en) = "en" && LANG(?zh) = "zh")
    }"""


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

    def parent(self, pid: int) -> int:
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
            wait_until(lambda: not any(_parent(Path(f"/proc/{pid}")) for pid in children))


@contextmanager
def running(*arguments: object) -> Iterator[str]:
    """The address of a server that is ready."""
    with started(*arguments) as server:
        yield server.address


@pytest.fixture(scope="module")
def address(snapshot: Snapshot) -> Iterator[str]:
    with running("--snapshot", snapshot.path) as address:
        yield address


def test_rdflib_as_client_gets_every_unit_with_both_names(address: str) -> None:
    rows = list(SPARQLStore(f"{address}/sparql").query(UNITS))
    names = {str(row[0]).rsplit("/", 1)[-1]: (str(row[1]), str(row[2])) for row in rows}
    # 26 offices, 31 regional administrations, 23 direct units, 7 universities, 1 enterprise
    assert len(rows) == len(names) == 88
    assert names["caict"] == ("China Academy of Information and Communications Technology", "中国信息通信研究院")


def test_sparqlwrapper_as_client_by_post(address: str) -> None:
    client = SPARQLWrapper(f"{address}/sparql")
    client.setMethod(POST)
    client.setReturnFormat(JSON)
    client.setQuery("SELECT ?zh { <https://w3id.org/miit-graph/id/miit> skos:prefLabel ?zh FILTER(LANG(?zh) = 'zh') }")
    bindings = client.queryAndConvert()["results"]["bindings"]
    assert [binding["zh"]["value"] for binding in bindings] == ["工业和信息化部"]


def test_health_names_the_version(address: str, snapshot: Snapshot) -> None:
    with urllib.request.urlopen(f"{address}/health/ready") as response:
        assert json.load(response)["version"] == snapshot.version
    with urllib.request.urlopen(f"{address}/health/live") as response:
        assert response.status == 200


def test_any_rdf_file_can_be_served(tmp_path: Path) -> None:
    """Also where the folder for temporary files has a name that is too long for sockets."""
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> '中' .")
    far = tmp_path / ("far" * 40)
    far.mkdir()
    with started("--data", tmp_path / "a.ttl", **FEW, TMPDIR=str(far)) as server:
        rows = list(SPARQLStore(f"{server.address}/sparql").query("SELECT ?o { ?s ?p ?o }"))
        assert [str(row[0]) for row in rows] == ["中"]


def test_a_taken_port_is_said_so(snapshot: Snapshot, cli: RunCli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = cli("serve", "--snapshot", snapshot.path, "--port", taken.getsockname()[1])
    assert result.returncode == 1 and "cannot listen" in result.stderr and "--port" in result.stderr


LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(?c, ?f) != ?i) }"
FEW = {"MIIT_GRAPH_WEB_PROCESSES": "1"}


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("numbers") / "numbers.nt"
    lines = (f'<http://e/{i}> <http://e/p> "名 {i}" .\n' for i in range(3000))
    file.write_text("".join(lines), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def server(numbers: Path) -> Iterator[Running]:
    with started("--data", numbers, **FEW, MIIT_GRAPH_MAX_TIMEOUT="600") as server:
        yield server


class TestAnswersThatAreKept:
    def test_the_second_time_is_like_the_first(self, server: Running) -> None:
        query = "SELECT ?s { ?s ?p '名 7' }"
        first, *others = (server.ask(query) for _ in range(3))
        for other in others:
            assert (other.status, other.body) == (200, first.body)
            made_now = {"server-timing"}  # what only an answer has for which the engine was asked
            assert {name.lower() for name in first.headers} - made_now == {
                name.lower() for name in other.headers
            } - made_now
            assert other.headers["ETag"] == first.headers["ETag"]

    def test_a_validator_saves_the_answer(self, server: Running) -> None:
        query = "SELECT ?s { ?s ?p '名 8' }"
        tag = server.ask(query).headers["ETag"]
        for headers in ({"If-None-Match": tag}, {"If-None-Match": f'"x", {tag}'}):
            reply = server.ask(query, headers)
            assert (reply.status, reply.body, reply.headers["ETag"]) == (304, b"", tag)
        assert server.ask(query, {"If-None-Match": '"other"'}).status == 200

    def test_what_differs_each_time_is_not_kept(self, server: Running) -> None:
        first, second = (server.ask("SELECT (STRUUID() AS ?x) {}") for _ in range(2))
        assert first.body != second.body
        assert first.headers["ETag"] is None

    @pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o } LIMIT 100", "SELECT * { ?s ?p ?o }"])
    def test_compression_gives_the_same_answer_under_another_tag(self, server: Running, query: str) -> None:
        plain = server.ask(query, format="csv")
        for _ in range(3):  # made, then from the cache, then without being read again
            packed = server.ask(query, {"Accept-Encoding": "gzip, br;q=0.5"}, format="csv")
            assert packed.headers["Content-Encoding"] == "gzip"
            assert sorted(gzip.decompress(packed.body).splitlines()) == sorted(plain.body.splitlines())
            assert packed.headers["ETag"] not in (None, plain.headers["ETag"])
            assert "Accept-Encoding" in packed.headers["Vary"]
            again = server.ask(
                query, {"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}, format="csv"
            )
            assert again.status == 304
        assert server.ask(query, {"Accept-Encoding": "gzip;q=0"}, format="csv").headers["Content-Encoding"] is None

    def test_they_are_counted(self, server: Running) -> None:
        query = "ASK { ?s ?p '名 9' }"
        for _ in range(3):
            server.ask(query)

        def figures() -> dict[str, float]:
            lines = server.get("/metrics").body.decode().splitlines()
            parts = (line.rpartition(" ") for line in lines if not line.startswith("#"))
            return {name: float(figure) for name, _, figure in parts}

        asked = 'miit_graph_http_requests_total{method="GET",route="/sparql",status="200"}'
        wait_until(lambda: figures().get(asked, 0) >= 3)  # a request is counted once its answer has gone out
        told = figures()
        assert told['miit_graph_queries_total{form="ASK",outcome="ok"}'] >= 1
        assert told["miit_graph_shortcuts_total"] >= 1
        assert told["miit_graph_cache_bytes"] > 0
        assert told['miit_graph_cache_answers_total{result="hit"}'] >= 1
        assert told['miit_graph_processes{role="web"}'] == 1
        assert told['miit_graph_process_resident_memory_bytes{role="engine"}'] > 1e7


class TestHonestEnds:
    def test_time_before_the_first_byte(self, server: Running) -> None:
        reply = server.ask(LONG, timeout="0.3")
        assert (reply.status, json.loads(reply.body)["type"]) == (503, "/problems#time-limit")

    @pytest.mark.parametrize("headers", [{}, *({"Accept-Encoding": coding} for coding in ("gzip", "br", "zstd"))])
    def test_time_on_the_way_is_seen(self, server: Running, headers: dict[str, str]) -> None:
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            server.ask(LARGE, headers, format="csv", timeout="0.5")

    def test_a_large_answer_begins_at_once(self, server: Running) -> None:
        connection = server.connect()
        connection.request("GET", f"/sparql?format=csv&timeout=60&query={quote(LARGE)}")
        response = connection.getresponse()
        assert response.status == 200 and response.read(1000)
        connection.close()

    def test_a_reader_that_takes_nothing_fills_no_memory(self, server: Running) -> None:
        """Counted is what each process that was there has for itself; others that begin meanwhile say nothing."""
        connection = server.connect()
        connection.request("GET", f"/sparql?format=csv&timeout=60&query={quote(LARGE)}")
        response = connection.getresponse()
        assert response.read(1000)
        before = {pid: server.private_memory(pid) for pid in server.children()}
        server.ask(LONG, timeout="3")  # takes as long, doing something else
        for pid in before.keys() & server.children():
            assert server.private_memory(pid) - before[pid] < 25_000_000
        connection.close()

    def test_a_client_that_goes_away_frees_its_worker(self, server: Running) -> None:
        """Long before its time is over: the query has ten times as much as this waits."""
        connection = server.connect()
        connection.request("GET", f"/sparql?timeout=600&query={quote(LONG)}")
        wait_until(lambda: b"queries_running 1.0" in server.get("/metrics").body)
        connection.close()
        wait_until(lambda: b"queries_running 0.0" in server.get("/metrics").body)

    def test_bodies_that_are_too_large_are_refused(self, server: Running) -> None:
        connection = server.connect()
        connection.request("POST", "/sparql", b"x" * 3_000_000, {"Content-Type": "application/sparql-query"})
        assert connection.getresponse().status == 413
        connection.close()

    def test_paths_are_decoded_once(self, server: Running) -> None:
        assert server.get("/st%61tic/css/base.css").status == 200
        assert server.get("/st%2561tic/css/base.css").status == 404

    def test_half_sent_paths_and_odd_methods(self, server: Running) -> None:
        assert server.get("/%E4%B8%AD%2525").status == 404
        connection = server.connect()
        connection.request("PROPFIND", "/sparql")
        assert connection.getresponse().status == 405
        connection.close()


@pytest.fixture(scope="module")
def mended(numbers: Path) -> Iterator[Running]:
    """A server whose processes are killed."""
    with started("--data", numbers, **FEW) as server:
        yield server


@pytest.mark.parametrize("which", ["worker", "engine process", "web process"])
def test_whatever_dies_is_mended(mended: Running, which: str) -> None:
    server = mended

    def victims() -> list[int]:
        before = server.children()
        commands = {pid: _command_of(pid) for pid in before}
        engine = [pid for pid in before if "engine.process" in commands[pid] and _parent_of(pid) == server.process.pid]
        return {
            "worker": [pid for pid in before if _parent_of(pid) in engine],
            "engine process": engine,
            "web process": [
                pid for pid in before if "engine.process" not in commands[pid] and "serve" in commands[pid]
            ],
        }[which]

    def answers() -> bool:
        try:
            return server.ask(f"ASK {{}} # {time.monotonic()}").status == 200
        except OSError:
            return False

    wait_until(lambda: answers() and bool(victims()))
    killed = victims()
    for pid in killed:
        with contextlib.suppress(ProcessLookupError):  # a worker that has just ended
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(_parent_of(pid) for pid in killed) and answers())


def test_sigterm_ends_it_too(numbers: Path) -> None:
    with started("--data", numbers, **FEW) as server:
        children = server.children()
        server.process.terminate()
        server.process.wait(timeout=PATIENCE)
        wait_until(lambda: not any(_parent(Path(f"/proc/{pid}")) for pid in children))


def test_without_processes_it_warns(numbers: Path) -> None:
    with started("--data", numbers, MIIT_GRAPH_ENGINE="local") as server:
        assert server.ask("ASK {}").status == 200
        assert server.process.stderr is not None
        assert "cannot be stopped" in server.process.stderr.readline()


def _parent_of(pid: int) -> int:
    return _parent(Path(f"/proc/{pid}"))


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""  # it has just ended


def test_federation_over_http(numbers: Path) -> None:
    """SERVICE to the endpoint that was named, by GET and POST; nothing of it is kept, and failures have a status."""
    rows = table({"x": {"type": "literal", "value": "remote"}})
    with endpoint(answer=lambda handler, _: handler.reply(200, rows)) as found, endpoint() as other:
        query = f"SELECT ?x {{ SERVICE <{found.address}> {{ ?s <http://d/label> ?x }} }}"
        with started("--data", numbers, "--allow-service", found.address, **FEW) as server:
            for count in (1, 2):
                reply = server.ask(query, format="csv")
                assert (reply.status, reply.body) == (200, b"x\r\nremote\r\n")
                assert (reply.headers["Cache-Control"], reply.headers["ETag"]) == ("no-store", None)
                assert len(found.queries) == count
            wrapper = SPARQLWrapper(f"{server.address}/sparql")
            wrapper.setQuery(query)
            wrapper.setMethod(POST)
            wrapper.setReturnFormat(JSON)
            assert wrapper.queryAndConvert()["results"]["bindings"][0]["x"]["value"] == "remote"
            refused = server.ask(query.replace(found.address, other.address))
            told = json.loads(refused.body)
            assert (refused.status, told["line"], told["column"]) == (403, 1, 21)
            assert found.address in told["detail"] and other.connections == 0
            rows = b"<html>"
            failed = server.ask(query)
            assert (failed.status, json.loads(failed.body)["type"]) == (502, "/problems#service-failed")
            assert found.address in json.loads(failed.body)["detail"]
            assert server.ask(query.replace("SERVICE", "SERVICE SILENT"), format="csv").body == b"x\r\n\r\n"
