"""The engine in processes of its own: it answers like the one in this process, and nothing a query does hurts it."""

import contextlib
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pyoxigraph as ox
import pytest

from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.errors import (
    ClientGone,
    EngineBusy,
    EngineFailure,
    EngineUnavailable,
    MemoryLimitExceeded,
    QueryError,
    QueryTooComplex,
    ResultTooLarge,
    TimeLimitExceeded,
)
from miit_graph.engine.local import LocalEngine
from miit_graph.engine.process import AVAILABLE, client, quick
from miit_graph.engine.process.calls import Call
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.engine.process.confinement import MemoryMeter
from miit_graph.engine.process.host import EngineHost, EngineStartError
from miit_graph.vocabulary import STANDARD_PREFIXES
from tests.conftest import wait_until

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="needs Linux")

MIB = 1024 * 1024
DATA = "".join(f'<http://d/{i}> <http://p/{i % 3}> "名 {i}"@zh .\n' for i in range(3000))
DATA += "<http://a> <http://p/0> 1 <http://g1> .\n".replace(" 1 ", ' "1" ')
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(CONCAT(?c, ?f) != ?i) }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
SORT = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?a LIMIT 1"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    file = tmp_path_factory.mktemp("engine") / "data.nq"
    file.write_text(DATA, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def host(data):
    with EngineHost({"MIIT_GRAPH_DATA": str(data)}) as host:
        yield host


@pytest.fixture
def engine(host):
    engine = ProcessEngine(host.path, workers=4)
    yield engine
    engine.close()
    assert engine.places.taken == 0


def answer(engine, text, format=formats.JSON, limits=None, **dataset):
    return b"".join(engine.run(Query(text, **dataset), format, limits or Limits()))


def children(*parents):
    """The process ids of the children of processes."""
    found = set()
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) in parents:
                    found.add(int(folder.name))
            except (OSError, ProcessLookupError):
                pass
    return found


def workers(host):
    """The process ids of the workers: children of what serves the graph that the engine process holds."""
    return children(*children(host.pid))


QUERIES = [
    ("ASK {}", formats.TRUTHS, {}),
    ("SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 1500", formats.TABLES, {}),
    ("SELECT ?s { ?s <http://none> ?o }", formats.TABLES, {}),
    ("SELECT ?label { ?s skos:prefLabel ?label }", formats.TABLES, {}),
    ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", (formats.CSV,), {"default_graphs": ("http://g1",)}),
    ("SELECT (COUNT(*) AS ?n) FROM <http://g1> { ?s ?p ?o }", (formats.CSV,), {}),
    ("SELECT ?s { GRAPH ?g { ?s ?p ?o } }", (formats.CSV,), {"named_graphs": ("http://g1",)}),
    ("CONSTRUCT { ?s a ?o } { SELECT * { ?s ?p ?o } ORDER BY ?s LIMIT 50 }", formats.GRAPHS, {}),
    ("DESCRIBE <http://d/1>", formats.GRAPHS, {}),
    ("SELECT * { ?s ?p }", (formats.JSON,), {}),
    ("SELECT * { ?s foo:p ?o }", (formats.JSON,), {}),
    ("SELECT (<http://f>(1) AS ?x) {}", (formats.JSON,), {}),
    ("ASK {}", (formats.JSON,), {"default_graphs": ("relative",)}),
    ("ASK { SERVICE <http://x/> {} }", (formats.JSON,), {}),
    ("SELECT * { VALUES ?x { %s } }" % ("'工' " * 20_000), (formats.JSON,), {}),
    ("SELECT * { VALUES ?x { %s }" % ("'x' " * 20_000), (formats.JSON,), {}),
    ("SELECT * { " + "(" * 100, (formats.JSON,), {}),
    ("ASK { %s }" % ("{" * 80 + "}" * 80), (formats.JSON,), {}),
]


@pytest.mark.parametrize(("text", "kinds", "dataset"), QUERIES, ids=[text[:40] for text, _, _ in QUERIES])
def test_it_answers_and_refuses_like_the_engine_in_this_process(engine, data, text, kinds, dataset):
    store = ox.Store()
    store.bulk_load(path=str(data), format=ox.RdfFormat.N_QUADS)
    local = LocalEngine(store, "v", prefixes=STANDARD_PREFIXES, workers=1)

    def outcome(engine, format):
        try:
            return answer(engine, text, format, **dataset)
        except QueryError as error:
            return type(error), error.detail, error.line, error.column, error.excerpt

    for format in kinds:
        assert outcome(engine, format) == outcome(local, format)
    local.close()


def test_it_knows_what_it_serves(engine, data):
    assert engine.about()["triples"] == 3001
    assert engine.version == engine.about()["version"]


def test_it_uses_the_fast_allocator(host):
    assert "libmimalloc" in Path(f"/proc/{host.pid}/maps").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only who may raise priorities gets the old one back")
def test_a_worker_goes_on_after_a_long_query_with_its_old_priority(engine, host):
    answer(engine, "ASK {}")
    usual = {os.getpriority(os.PRIO_PROCESS, pid) for pid in workers(host)}

    def goes_on():
        some = "{ SELECT * { ?a ?b ?c } LIMIT 100 }"  # more, and the worker grows so much that it is replaced
        answer(engine, f"SELECT (COUNT(*) AS ?n) {{ {some} ?d ?e ?f FILTER(CONCAT(?c, ?f) != ?a) }}", formats.CSV)
        answer(engine, "ASK {}")
        busy = [pid for pid in workers(host) if _seconds(pid) > 0.2]
        return {os.getpriority(os.PRIO_PROCESS, pid) for pid in busy} == usual

    wait_until(goes_on)  # the engine process may look at the worker just when it is done


class TestLimits:
    def test_time_before_the_first_byte(self, engine):
        with pytest.raises(TimeLimitExceeded, match=r"0\.3 seconds"):
            answer(engine, LONG, limits=Limits(seconds=0.3))

    def test_time_on_the_way(self, engine):
        running = engine.run(Query(LARGE), formats.CSV, Limits(seconds=0.3))
        assert running.length is None
        with pytest.raises(TimeLimitExceeded):
            list(running)

    def test_memory(self, engine):
        with pytest.raises(MemoryLimitExceeded, match="67,108,864"):
            answer(engine, SORT, limits=Limits(memory_bytes=64 * MIB))

    def test_what_was_there_before_is_not_charged(self, engine):
        """Buffers that loading has freed, stacks of threads that have ended: no query has made them."""
        some = "SELECT DISTINCT ?a ?d { ?a ?b ?c . ?d ?e ?f } LIMIT 200000"  # takes 40 MiB
        counted = answer(
            engine, f"SELECT (COUNT(*) AS ?n) {{ {{ {some} }} }}", formats.CSV, Limits(memory_bytes=96 * MIB)
        )
        assert counted == b"n\r\n200000\r\n"

    def test_pages_of_files_are_not_charged(self, tmp_path):
        with (tmp_path / "store").open("w+b") as file:
            file.truncate(64 * MIB)
            meter = MemoryMeter()
            before = meter.own()
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as pages:
                assert not any(pages[:: mmap.PAGESIZE])
                assert meter.own() - before < 32 * MIB
            meter.close()

    def test_memory_of_all_queries_together(self, data):
        with EngineHost({"MIIT_GRAPH_DATA": str(data), "MIIT_GRAPH_MEMORY": str(100 * MIB)}) as host:
            engine = ProcessEngine(host.path)
            with pytest.raises(MemoryLimitExceeded):
                answer(engine, SORT, limits=Limits(memory_bytes=8192 * MIB))
            assert answer(engine, "ASK {}")

    def test_bytes_of_the_answer(self, engine):
        running = engine.run(Query(LARGE), formats.CSV, Limits(result_bytes=200_000))
        with pytest.raises(ResultTooLarge):
            list(running)

    def test_the_stack(self, engine):
        text = "ASK " + "{" * 500_000 + "}" * 500_000
        call = Call(engine, ["query", 10, 512 * MIB, text, [], [], False, False, "json", 1000], 10)
        with pytest.raises(QueryTooComplex):
            call.next()

    def test_time_spent_waiting_for_the_reader_does_not_count(self, engine):
        slow = engine.run(Query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 20000"), formats.CSV, Limits(seconds=1))
        with pytest.raises(TimeLimitExceeded):
            answer(engine, LONG, limits=Limits(seconds=1.5))  # meanwhile
        assert b"".join(slow).count(b"\n") == 20_001


class TestPlaces:
    def test_when_all_places_are_taken_short_queries_are_still_answered(self, host):
        engine = ProcessEngine(host.path, workers=1, express=1, queue=1, queue_seconds=0.1)
        running = engine.run(Query(LARGE), formats.CSV, Limits())
        assert answer(engine, "ASK {}")
        with pytest.raises(EngineBusy):  # a long one does not get far in an express place
            answer(engine, LONG)
        also = engine.run(Query(LARGE), formats.CSV, Limits())
        with pytest.raises(EngineBusy):  # nothing is free within the time a query may wait
            answer(engine, "ASK {}")
        also.close()
        assert answer(engine, "ASK {}")
        running.close()
        assert engine.places.taken == 0

    def test_what_was_quick_before_needs_no_new_worker(self, data, monkeypatch):
        monkeypatch.setattr(quick, "QUICK_SECONDS", 10)  # on a busy machine nothing is
        with EngineHost({"MIIT_GRAPH_DATA": str(data)}) as host:
            engine = ProcessEngine(host.path, connect_seconds=0.2)
            assert answer(engine, "SELECT * { <http://d/1> ?p ?o } # first")
            serving = children(host.pid)
            for pid in serving:  # as if they had a long line of workers to make
                os.kill(pid, signal.SIGSTOP)
            try:
                assert answer(engine, "SELECT * { <http://d/2> ?p ?o } # second")
                with monkeypatch.context() as impatient, pytest.raises(EngineUnavailable):
                    impatient.setattr(client, "_HELLO_SECONDS", 0.2)
                    answer(engine, "SELECT * { ?s <http://p/0> ?o } LIMIT 1")
            finally:
                for pid in serving:
                    os.kill(pid, signal.SIGCONT)
            assert answer(engine, "SELECT * { ?s <http://p/0> ?o } LIMIT 1")
            engine.close()

    def test_a_long_text_is_read_once_whatever_time_is_left(self, host, monkeypatch):
        asked = []

        class Counted(Call):
            def __init__(self, engine, arguments, *more, **named):
                asked.append(arguments[0])
                super().__init__(engine, arguments, *more, **named)

        monkeypatch.setattr(client, "Call", Counted)
        engine = ProcessEngine(host.path)
        text = "ASK {} #" + "-" * 4096
        for seconds in (10, 9.5, 3):
            assert b"true" in b"".join(engine.run(Query(text), formats.JSON, Limits(seconds=seconds)))
        assert asked == ["examine", "query", "query", "query"]
        engine.run(Query(text), formats.JSON, Limits(nesting=5)).close()
        assert asked[4:] == ["examine", "query"]
        engine.close()

    def test_an_answer_that_nobody_wants_ends_its_worker(self, engine, host):
        answer(engine, "ASK {}")
        before = workers(host)
        running = engine.run(Query(LARGE), formats.CSV, Limits())
        busy = workers(host)
        running.close()
        running.close()
        wait_until(lambda: workers(host) < busy or workers(host) < before)
        assert list(running) == []

    def test_a_client_that_goes_away_ends_its_query(self, engine):
        with pytest.raises(ClientGone):  # and not the limit, which is far
            engine.run(Query(LONG), formats.CSV, Limits(seconds=600), lambda: True)


class TestDeaths:
    def test_of_an_idle_worker_nobody_notices(self, engine, host):
        answer(engine, "ASK {}")
        for pid in workers(host):
            with contextlib.suppress(ProcessLookupError):  # one of an earlier test that was ending
                os.kill(pid, signal.SIGKILL)
        assert answer(engine, "ASK {}")

    def test_of_a_busy_worker_only_its_query_notices(self, engine, host):
        answer(engine, "ASK {}")
        errors = []

        def ask():
            try:
                answer(engine, LONG)
            except QueryError as error:
                errors.append(error)

        thread = threading.Thread(target=ask)
        thread.start()
        wait_until(lambda: engine.places.taken == 1 and _is_at_work(workers(host)))
        for pid in workers(host):
            os.kill(pid, signal.SIGKILL)
        thread.join(60)
        assert [type(error) for error in errors] == [EngineUnavailable]  # it may be asked again
        assert answer(engine, "ASK {}")

    def test_of_what_serves_the_graph_another_takes_its_place_without_loading_it_again(self, data):
        with EngineHost({"MIIT_GRAPH_DATA": str(data)}) as host:
            engine = ProcessEngine(host.path)
            answer(engine, "ASK {}")
            running = engine.run(Query(LARGE), formats.CSV, Limits())
            keeper, serving, before = host.pid, children(host.pid), workers(host)
            data.rename(data.with_suffix(".away"))  # so that it could not be loaded again
            for pid in serving:
                os.kill(pid, signal.SIGKILL)
            with pytest.raises(QueryError):
                list(running)
            wait_until(lambda: not any(_alive(pid) for pid in before))  # workers don't outlive it
            assert answer(engine, "ASK {}")
            assert host.pid == keeper and children(keeper).isdisjoint(serving)
            data.with_suffix(".away").rename(data)

    def test_of_what_holds_the_graph_nobody_notices(self, data):
        with EngineHost({"MIIT_GRAPH_DATA": str(data)}) as host:
            engine = ProcessEngine(host.path, connect_seconds=20)
            running = engine.run(Query(f"{LARGE} LIMIT 100000"), formats.CSV, Limits())
            keeper, serving = host.pid, children(host.pid)
            os.kill(keeper, signal.SIGKILL)
            assert answer(engine, "ASK {}")
            wait_until(lambda: host.pid not in (None, keeper))
            assert answer(engine, "ASK {}")
            whole = b"".join(running)  # goes on where it began, though another engine process has taken over
            assert whole == answer(engine, f"{LARGE} LIMIT 100000", formats.CSV)
            wait_until(lambda: not any(_alive(pid) for pid in serving))

    def test_at_the_end_nothing_is_left(self, data):
        with EngineHost({"MIIT_GRAPH_DATA": str(data)}) as host:
            engine = ProcessEngine(host.path)
            running = engine.run(Query(LARGE), formats.CSV, Limits())
            processes = {host.pid, *children(host.pid), *workers(host)}
            assert len(processes) >= 3
        wait_until(lambda: not any(_alive(pid) for pid in processes))
        assert not Path(host.path).parent.exists()
        running.close()

    def test_it_ends_with_the_process_that_started_it(self, data):
        program = f"""
import os
from miit_graph.engine.process.host import EngineHost
host = EngineHost({{"MIIT_GRAPH_DATA": {str(data)!r}}}).__enter__()
print(host.pid, os.path.dirname(host.path), flush=True)
os.kill(os.getpid(), 9)
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
        pid, folder = done.stdout.split()
        wait_until(lambda: not _alive(int(pid)))
        assert not Path(folder).exists()


def _seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, ProcessLookupError):
        return False


def _is_at_work(pids):
    """Whether one of them has done more than come into being."""
    return any(_alive(pid) and _seconds(pid) > 0.1 for pid in pids)


def test_a_worker_cannot_open_a_connection(engine):
    """Even for a query that the gate would never let through."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        text = f"SELECT * {{ SERVICE <http://127.0.0.1:{listener.getsockname()[1]}/> {{ ?s ?p ?o }} }}"
        call = Call(engine, ["query", 5, 512 * MIB, text, [], [], False, False, "json", 1000], 5)
        with pytest.raises(EngineFailure):
            call.next()
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_a_graph_that_cannot_be_loaded_is_told(tmp_path):
    file = tmp_path / "broken.ttl"
    file.write_text("<a> <b>")
    with pytest.raises(EngineStartError, match=r"broken\.ttl"), EngineHost({"MIIT_GRAPH_DATA": str(file)}):
        pass


def test_many_askers_at_once(engine):
    results = []

    def ask(number):
        text = f"SELECT (COUNT(*) AS ?n) {{ ?s <http://p/{number % 3}> ?o }}"
        for _ in range(20):
            rows = json.loads(answer(engine, text))["results"]["bindings"]
            results.append(int(rows[0]["n"]["value"]))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [1000] * 240
