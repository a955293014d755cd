"""`miit-graph serve` as a process: the contract's address, clients that people use, start and stop."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, SPARQLWrapper

from miit_graph.build.snapshot import Snapshot
from tests.conftest import PATIENCE, RunCli, wait_until
from tests.engine.endpoints import endpoint, table
from tests.server import LARGE, LONG, Running, started

UNITS = """
    PREFIX org: <http://www.w3.org/ns/org#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?unit ?en ?zh {
      ?unit org:subOrganizationOf+ <https://w3id.org/miit-graph/id/miit> ; skos:prefLabel ?en, ?zh
      FILTER(LANG(?en) = "en" && LANG(?zh) = "zh")
    }"""


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
        asked = 'miit_graph_http_requests_total{method="GET",route="/sparql",status="200"}'
        wait_until(lambda: server.figures().get(asked, 0) >= 3)  # a request is counted once its answer has gone out
        told = server.figures()
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
        engine = [
            pid for pid in before if "engine.process" in commands[pid] and Running.parent(pid) == server.process.pid
        ]
        return {
            "worker": [pid for pid in before if Running.parent(pid) in engine],
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
    wait_until(lambda: not any(Running.parent(pid) for pid in killed) and answers())


def test_sigterm_ends_it_too(numbers: Path) -> None:
    with started("--data", numbers, **FEW) as server:
        children = server.children()
        server.process.terminate()
        server.process.wait(timeout=PATIENCE)
        wait_until(lambda: not any(map(server.parent, children)))


def test_without_processes_it_warns(numbers: Path) -> None:
    with started("--data", numbers, MIIT_GRAPH_ENGINE="local") as server:
        assert server.ask("ASK {}").status == 200
        assert server.process.stderr is not None
        assert "cannot be stopped" in server.process.stderr.readline()


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
