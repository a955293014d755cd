"""Any version answers queries: in the web process, and in engine processes that are started when somebody asks."""

import os
import shutil
import threading

import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.errors import EngineBusy, EngineUnavailable, QuerySyntaxError
from miit_graph.engine.local import LocalEngine
from miit_graph.engine.process import AVAILABLE
from miit_graph.engine.process.nursery import Nursery
from miit_graph.engine.process.past import PastHosts
from miit_graph.engine.process.past_client import PastEngines
from miit_graph.settings import Settings
from tests.versions.conftest import ID

NAMES = f'SELECT ?name {{ <{ID}bureau> skos:prefLabel ?name FILTER(lang(?name) = "en") }}'
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a org:Organization }"


@pytest.fixture
def sparql(offices):
    return offices.at("/sparql")


def test_each_version_gives_its_own_answer(sparql, history):
    for name, expected in [("1", "Bureau"), ("2", "Bureau of Posts"), ("4", "Bureau of Posts")]:
        reply = sparql.get(NAMES, "text/csv", version=name)
        assert reply.text.split("\r\n")[1] == expected
        number = history.find(name)
        assert reply.headers["Dataset-Version"] == f'{name}; hash="{number.snapshot}"'
    by_hash = sparql.get(NAMES, "text/csv", version=history.versions[0].snapshot)
    assert "Bureau of Posts" not in by_hash.text
    assert [sparql.get(COUNT, "text/csv", version=n).text.split()[1] for n in (3, 4)] == ["2", "3"]


def test_headers_name_the_version(sparql, history):
    reply = sparql.get(NAMES, version=2)
    assert reply.headers["Memento-Datetime"] == "Sun, 01 Feb 2026 12:00:00 GMT"
    assert 'rel="version-history"' in reply.headers["Link"] and "</versions/2>" in reply.headers["Link"]
    newest = history.versions[-1]
    assert sparql.get(NAMES).headers["Dataset-Version"] == f'{newest.number}; hash="{newest.snapshot}"'
    assert "Dataset-Version" in sparql.get(NAMES).headers["Access-Control-Expose-Headers"]


def test_validators_and_remembered_answers_are_of_one_version(sparql):
    tags = [sparql.get(NAMES, version=n).headers["ETag"] for n in (1, 2, 4)]
    assert len(set(tags)) == 3
    assert sparql.get(NAMES).headers["ETag"] == tags[2]
    again = sparql.get(NAMES, version=1, headers={"If-None-Match": tags[0]})
    assert again.status == 304 and again.headers["Dataset-Version"].startswith("1;")
    assert sparql.get(NAMES, version=2, headers={"If-None-Match": tags[0]}).status == 200
    assert "HIT" in sparql.get(NAMES, version=1).headers["Cache-Status"].upper()


def test_a_form_and_a_page_name_the_version_too(sparql):
    form = sparql.post("version=1&query=" + NAMES.replace(" ", "+").replace("?", "%3F"), FORM)
    assert form.headers["Dataset-Version"].startswith("1;")
    page = sparql.get(NAMES, "text/html", version=1).text
    assert "Bureau" in page and "Bureau of Posts" not in page and "version=1" in page


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("name", ["0", "5", "-1", "x", "99999999999999999999", "1 OR 1"])
def test_an_unknown_version_is_not_found(sparql, name):
    reply = sparql.get(NAMES, version=name)
    assert reply.status == 404 and reply.json["versions"] == {"first": 1, "last": 4}


def test_data_without_a_journal_answer_as_what_they_are(without_journal):
    sparql = without_journal.at("/sparql")
    assert sparql.get("ASK {}", version=1).headers["Dataset-Version"].startswith("1;")
    assert sparql.get("ASK {}", version=2).status == 404


def test_a_version_that_is_not_kept_answers_all_the_same(serve, snapshots, history, tmp_path):
    shutil.copytree(snapshots, tmp_path / "all", symlinks=True)
    for version in history.versions[:-1]:
        shutil.rmtree(tmp_path / "all" / version.snapshot)
    found = Snapshot.open(tmp_path / "all")
    engine = LocalEngine(found.load(), found.version, prefixes=found.manifest["prefixes"])
    client = serve(Settings(snapshot=found.path, past_engines=1), engine, found.manifest)
    for n, names in [(1, "Bureau"), (2, "Bureau of Posts"), (1, "Bureau")]:
        assert client.get(NAMES, "text/csv", version=n).text.split("\r\n")[1] == names
    assert not (tmp_path / "all" / history.versions[0].snapshot).exists()


@pytest.fixture(scope="module")
def nursery():
    if not AVAILABLE:
        pytest.skip("needs Linux")
    with Nursery(os.environ) as nursery:
        yield nursery


@pytest.fixture
def hosts(snapshots, nursery):
    environment = {"MIIT_GRAPH_SNAPSHOT": str(Snapshot.open(snapshots).path)}
    with PastHosts(environment, 2, 1 << 30, nursery) as hosts:
        yield hosts


def ask(engines, number, query=NAMES):
    answer = engines.engine(number, "").run(Query(query), formats.CSV, Limits())
    return b"".join(answer).decode().split("\r\n")[1]


def test_engine_processes_come_and_go_with_those_who_ask(hosts):
    engines = PastEngines(hosts.path, 2)
    assert hosts.running == []
    assert [ask(engines, n) for n in (1, 2, 1)] == ["Bureau", "Bureau of Posts", "Bureau"]
    assert hosts.running == ["2", "1"]
    assert ask(engines, 3, COUNT) == "2"
    assert hosts.running == ["1", "3"]  # the one that was not asked for the longest time made room
    with pytest.raises(QuerySyntaxError):
        ask(engines, 1, "SELECT")


def test_an_engine_in_use_is_not_taken_away(hosts):
    engines = PastEngines(hosts.path, 2)
    leases = [engines.lease(n, 20)[0] for n in (1, 2)]
    with pytest.raises(EngineBusy):
        ask(engines, 3)
    assert ask(engines, 1) == "Bureau"
    leases[1].close()
    for _ in range(200):
        try:
            assert ask(engines, 3, COUNT) == "2"
            break
        except EngineBusy:  # the other side hears of the closing a moment later
            continue
    assert hosts.running == ["1", "3"]
    leases[0].close()


def test_many_who_ask_at_once_share_one_engine(hosts):
    engines = PastEngines(hosts.path, 2)
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(ask(engines, 1))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["Bureau"] * 6 and hosts.running == ["1"]


def test_a_version_that_is_not_there_has_no_engine(hosts):
    with pytest.raises(EngineUnavailable):
        ask(PastEngines(hosts.path, 2), 99)
    assert hosts.running == []
    with pytest.raises(EngineUnavailable):
        ask(PastEngines("/nowhere/socket", 2), 1)
