"""A graph on the disk: the same answers as from memory, chosen by size, made once."""

import csv
import io
import os
import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from miit_graph.build.errors import BuildError
from miit_graph.dataset import Selection, choose_storage, open_on_disk
from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.errors import EngineFailure, TimeLimitExceeded
from miit_graph.engine.process import AVAILABLE
from miit_graph.engine.process.calls import Call
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.engine.process.host import EngineHost
from miit_graph.settings import Settings
from tests.queries.answers import QUERIES, expected

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="needs Linux")
REWRITE = """
import sys
import pyoxigraph as ox
store = ox.Store(sys.argv[1])
quads = list(store)
for number in range(3):  # each part is files of its own, of which few are opened at the start
    for change in (store.remove, store.add):
        for quad in quads[number::3]:
            change(quad)
    store.flush()
print(len(quads))
"""
FILES_OPENED_AT_THE_START = 16
"""By RocksDB, where the number of files is limited."""
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def engine(snapshot, tmp_path_factory):
    stores = tmp_path_factory.mktemp("stores")
    settings = {"MIIT_GRAPH_SNAPSHOT": str(snapshot.path), "MIIT_GRAPH_STORE": "disk", "MIIT_GRAPH_STORES": str(stores)}
    with EngineHost(settings) as host:
        engine = ProcessEngine(host.path)
        yield engine
        engine.close()


def rows(engine, text, **limits):
    answer = engine.run(Query(text), formats.CSV, replace(Limits(), **limits))
    columns, *rows = csv.reader(io.StringIO(b"".join(answer).decode(), newline=""))
    return tuple(columns), tuple(map(tuple, rows))


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_every_question_has_the_answer_that_it_has_in_memory(engine, query):
    wanted = expected(query)
    assert rows(engine, query.read_text(encoding="utf-8")) == (wanted.columns, wanted.rows)


def test_it_has_the_version_of_the_snapshot_and_says_where_it_is(engine, snapshot):
    assert engine.version == snapshot.version
    assert engine.about()["store"] == "disk"


def test_the_limits_hold(engine):
    with pytest.raises(TimeLimitExceeded):
        rows(engine, ENDLESS, seconds=0.3)
    assert rows(engine, "SELECT (1 AS ?x) {}")[1] == (("1",),)


def test_a_worker_opens_the_files_of_a_large_store_and_no_socket(snapshot, tmp_path):
    settings = replace(Settings(), stores=tmp_path, store="disk")
    made = open_on_disk(Selection(snapshot=snapshot.path), settings)
    done = subprocess.run([sys.executable, "-c", REWRITE, made.path], check=True, capture_output=True, text=True)
    count = int(done.stdout)
    assert len(list(made.path.glob("*.sst"))) > FILES_OPENED_AT_THE_START
    chosen = {"MIIT_GRAPH_SNAPSHOT": str(snapshot.path), "MIIT_GRAPH_STORE": "disk", "MIIT_GRAPH_STORES": str(tmp_path)}
    with EngineHost(chosen) as host, socket.socket() as listener:
        engine = ProcessEngine(host.path)
        for order in ("?s ?p ?o", "?s <urn:p> ?o", "?o ?s <urn:p>", "<urn:p> ?o ?s"):
            rows(engine, f"SELECT * {{ GRAPH ?g {{ {order} }} }}")
        assert rows(engine, "SELECT (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }")[1] == (
            (str(count),),
        )
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        text = f"SELECT * {{ SERVICE <http://127.0.0.1:{listener.getsockname()[1]}/> {{ ?s ?p ?o }} }}"
        call = Call(engine, ["query", 5, 1 << 29, text, [], [], False, False, "json", 1000], 5)  # past the gate
        with pytest.raises(EngineFailure):
            call.next()
        with pytest.raises(BlockingIOError):
            listener.accept()
        engine.close()


@pytest.fixture
def settings(tmp_path):
    return replace(Settings(), stores=tmp_path / "stores", store="disk")


def selection(file, content="<urn:a> <urn:b> <urn:c> .\n"):
    file.write_text(content)
    return Selection(data=(file,))


def test_a_store_of_files_is_made_again_only_when_they_change(tmp_path, settings):
    file = tmp_path / "data.nt"
    first = open_on_disk(selection(file), settings)
    (left := first.path.parent / ".new-killed").mkdir()
    assert open_on_disk(Selection(data=(file,)), settings) == first
    second = open_on_disk(selection(file, "<urn:a> <urn:b> <urn:d> .\n"), settings)
    assert second.version != first.version and second.path != first.path
    assert not left.exists()
    for number in range(2):
        os.utime(file, (number, number))
        open_on_disk(Selection(data=(file,)), settings)
    assert not first.path.exists()  # the oldest go


def test_with_the_named_graphs_merged(tmp_path, settings):
    file = tmp_path / "data.nq"
    chosen = selection(file, "<urn:a> <urn:b> <urn:c> <urn:g> .\n")
    assert open_on_disk(chosen, settings).quads == 1
    assert open_on_disk(replace(chosen, union=True), settings).quads == 2


@pytest.mark.parametrize("content", ["<urn:a> <urn:b> .\n", None])
def test_what_cannot_be_read_is_told(tmp_path, settings, content):
    file = tmp_path / "data.nt"
    if content:
        file.write_text(content)
    with pytest.raises(BuildError, match=r"data\.nt"):
        open_on_disk(Selection(data=(file,)), settings)


def test_a_folder_that_cannot_be_written_is_told(tmp_path, settings):
    (tmp_path / "stores").write_text("a file")
    with pytest.raises(BuildError, match="MIIT_GRAPH_STORES"):
        open_on_disk(selection(tmp_path / "data.nt"), settings)


def test_the_size_chooses(tmp_path, snapshot):
    small, large = tmp_path / "small.nt", tmp_path / "large.nt.gz"
    small.write_text("<urn:a> <urn:b> <urn:c> .\n")
    with large.open("wb") as file:
        file.truncate(1 << 42)  # nothing but a size
    assert not choose_storage(Selection(data=(small,)), Settings()).on_disk
    chosen = choose_storage(Selection(data=(large,)), Settings())
    assert chosen.on_disk and "GB are free" in chosen.why
    assert not choose_storage(Selection(data=(large,)), replace(Settings(), store="memory")).on_disk
    assert not choose_storage(Selection(snapshot=snapshot.path), Settings()).on_disk
    assert choose_storage(Selection(snapshot=snapshot.path), replace(Settings(), store="disk")).on_disk
