"""`miit-graph serve` as a process: the contract's address, clients that people use, start and stop."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, SPARQLWrapper

from miit_graph.build.snapshot import Snapshot
from tests.conftest import RunCli

UNITS = """
    PREFIX org: <http://www.w3.org/ns/org#>
    PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?unit ?en ?zh {
      ?unit org:subOrganizationOf+ <https://w3id.org/miit-graph/id/miit> ; skos:prefLabel ?en, ?zh
      FILTER(LANG(?en) = "en" && LANG(?zh) = "zh")
    }"""


@contextmanager
def running(*arguments: object) -> Iterator[str]:
    """A server process on a free port; gives its address once it is ready."""
    command = [sys.executable, "-m", "miit_graph.cli", "serve", "--port", "0", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, line + (process.stderr.read() if process.stderr else "")
            wait_until_ready(found[0])
            yield found[0]
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 0


def wait_until_ready(address: str) -> None:
    """Poll until the server says that it is ready; a refused connection is a `not yet`."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=5) as response:
                assert response.status == 200
                return
        except OSError:
            # Waits on the socket rather than asleep: a connection attempt to a closed port fails at once.
            with socket.socket() as idle:
                idle.settimeout(0.05)
                try:
                    idle.bind(("127.0.0.1", 0))
                    idle.listen()
                    idle.accept()
                except TimeoutError:
                    pass
    raise AssertionError("the server did not get ready")


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
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> '中' .")
    with running("--data", tmp_path / "a.ttl") as address:
        rows = list(SPARQLStore(f"{address}/sparql").query("SELECT ?o { ?s ?p ?o }"))
        assert [str(row[0]) for row in rows] == ["中"]


def test_a_taken_port_is_said_so(snapshot: Snapshot, cli: RunCli) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = cli("serve", "--snapshot", snapshot.path, "--port", taken.getsockname()[1])
    assert result.returncode == 1 and "cannot listen" in result.stderr and "--port" in result.stderr
