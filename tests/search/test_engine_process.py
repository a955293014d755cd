"""The search as `miit-graph serve` runs it: functions in the workers, the index made by a process of its own."""

import contextlib
import json
import os
import resource
import time

import pyoxigraph as ox
import pytest

from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.local import LocalEngine
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.engine.process.host import EngineHost
from miit_graph.search.keeper import Keeper, NotReady
from miit_graph.settings import Settings


@pytest.fixture(scope="module")
def engine(snapshot):
    with EngineHost({"MIIT_GRAPH_SNAPSHOT": str(snapshot.path)}) as host:
        engine = ProcessEngine(host.path, workers=2)
        yield engine, host.path
        engine.close()


def test_the_functions_work_in_a_confined_worker(engine):
    query = Query('SELECT ?s { ?s skos:altLabel ?name FILTER(m:matches(?name, "gongxinbu")) }')
    answer = json.loads(b"".join(engine[0].run(query, formats.JSON, Limits())))
    assert [row["s"]["value"].rsplit("/", 1)[-1] for row in answer["results"]["bindings"]] == ["miit"]


def test_the_index_is_made_in_a_process_of_its_own_once_and_again_if_damaged(engine, tmp_path, monkeypatch):
    monkeypatch.setitem(os.environ, "MIIT_GRAPH_ENGINE_SOCKET", engine[1])
    settings = Settings(engine_socket=engine[1], search_folder=tmp_path)
    keepers = [Keeper(engine[0], settings, base="https://w3id.org/miit-graph/", merged=True) for _ in range(2)]
    keepers[0].prepare()
    finders = [keeper.finder(60) for keeper in keepers]
    for finder in finders:
        assert finder.index.iri(finder.find("苗圩").hits[0].thing).endswith("/miao-wei")
    (made,) = tmp_path.glob("*.index")
    made.write_bytes(b"mgsearch and then nonsense")
    again = Keeper(engine[0], settings, base="https://w3id.org/miit-graph/", merged=True)
    assert again.finder(60).find("MIIT").hits


def test_a_disk_that_takes_no_more_is_told_in_a_line_and_tried_again(tmp_path, caplog):
    store = ox.Store()
    store.load(b"<urn:a> <http://www.w3.org/2000/01/rdf-schema#label> 'a' .", format=ox.RdfFormat.TURTLE)
    keeper = Keeper(LocalEngine(store, "v1"), Settings(search_folder=tmp_path), base="", merged=True)
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, most[1]))  # files take as little as on a full disk
    try:
        with pytest.raises(NotReady):
            keeper.finder(60)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    (line,) = caplog.records
    assert f"{tmp_path} takes no " in line.getMessage() and not line.exc_info
    until = time.monotonic() + 60
    while not list(tmp_path.glob("*.index")) and time.monotonic() < until:
        with contextlib.suppress(NotReady):
            assert keeper.finder(60).find("a").hits
        time.sleep(0.05)
    assert list(tmp_path.glob("*.index"))
