"""Another engine process takes the place of the one that serves, and nobody who asks notices more than the new data."""

import os
import threading
import time
from pathlib import Path

import pytest

from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.pinned import Pinned, VersionMoved
from miit_graph.engine.process import AVAILABLE
from miit_graph.engine.process.board import Board
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.engine.process.host import EngineHost, EngineStartError
from miit_graph.engine.process.nursery import Nursery
from tests.conftest import wait_until
from tests.engine.test_process import workers

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="needs Linux")
VALUE = Query("SELECT ?o { <http://e/a> <http://e/p> ?o }")
LONG = Query("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")


@pytest.fixture
def files(tmp_path):
    found = []
    for number in range(3):
        file = tmp_path / f"{number}.nt"
        rows = "".join(f'<http://e/{i}> <http://e/q> "{i}" .\n' for i in range(150))
        file.write_text(f'<http://e/a> <http://e/p> "{number}" .\n{rows}', encoding="utf-8")
        found.append({"MIIT_GRAPH_DATA": str(file)})
    return found


@pytest.fixture(scope="module")
def nursery():
    with Nursery(os.environ) as nursery:
        yield nursery


@pytest.fixture
def host(files, nursery):
    with EngineHost(files[0], nursery) as host:
        yield host


def value(engine):
    answer = engine.run(VALUE, formats.CSV, Limits())
    return b"".join(answer).split()[1].decode(), answer.version


def test_what_is_asked_after_a_switch_is_answered_from_the_new_data(host, files):
    engines = [ProcessEngine(host.path) for _ in range(2)]
    try:
        versions = {value(engine)[1] for engine in engines}
        for number in (1, 2, 0):
            version = host.switch(files[number])
            versions.add(version)
            for engine in engines:
                assert engine.version == version  # before any new connection
                assert value(engine) == (str(number), version)
                assert engine.about()["version"] == version
        assert len(versions) == 3
    finally:
        for engine in engines:
            engine.close()


def test_nobody_is_turned_away_and_every_answer_says_which_data_it_is_of(host, files):
    engine = ProcessEngine(host.path, workers=4)
    seen, troubles, stop = set(), [], threading.Event()

    def ask():
        while not stop.is_set():
            try:
                seen.add(value(engine))
            except Exception as error:
                troubles.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    told = {str(number): host.switch(files[number]) for number in (1, 2, 0, 1)}
    stop.set()
    for thread in threads:
        thread.join()
    engine.close()
    assert not troubles
    assert seen <= set(told.items())


def test_a_long_answer_is_finished_by_the_process_that_began_it(host, files):
    engine = ProcessEngine(host.path)
    before = host.pid
    answer = engine.run(LONG, formats.CSV, Limits())
    size = len(next(answer))
    host.switch(files[1])
    assert value(engine)[0] == "1"
    for part in answer:
        size += len(part)
        if size > 5_000_000:
            break
    else:
        pytest.fail("the answer was cut off")
    assert running(before)
    answer.close()
    wait_until(lambda: not running(before))
    engine.close()


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_cannot_be_loaded_is_not_switched_to(host, files, tmp_path):
    bad = tmp_path / "bad.nt"
    bad.write_text("nonsense", encoding="utf-8")
    engine = ProcessEngine(host.path)
    with pytest.raises(EngineStartError, match=r"bad\.nt"):
        host.switch({"MIIT_GRAPH_DATA": str(bad)})
    assert value(engine)[0] == "0"
    host.switch(files[1])
    assert value(engine)[0] == "1"
    engine.close()


def test_one_that_dies_after_a_switch_comes_back_with_the_same_data(host, files):
    engine = ProcessEngine(host.path, connect_seconds=20)
    host.switch(files[2])
    dead = host.pid
    os.kill(dead, 9)
    wait_until(lambda: host.pid not in (None, dead))
    assert value(engine)[0] == "2"
    engine.close()


def test_work_with_several_questions_learns_that_the_data_have_moved(host, files):
    engine = ProcessEngine(host.path)
    pinned = Pinned(engine)
    b"".join(pinned.run(VALUE, formats.CSV, Limits()))
    host.switch(files[1])
    with pytest.raises(VersionMoved):
        pinned.run(VALUE, formats.CSV, Limits())
    assert b"".join(Pinned(engine).run(VALUE, formats.CSV, Limits())).split()[1] == b"1"
    engine.close()


def test_a_nursery_that_dies_takes_no_engine_with_it_and_is_replaced(files):
    with Nursery(os.environ) as nursery, EngineHost(files[0], nursery) as host:
        engine = ProcessEngine(host.path)
        first, dead = host.pid, nursery.pid
        os.kill(dead, 9)
        wait_until(lambda: nursery.pid is None)
        assert value(engine)[0] == "0" and running(first)
        for number in (1, 2):
            host.switch(files[number])
            assert value(engine)[0] == str(number)
        assert nursery.pid not in (None, dead)
        engine.close()
        pids = [nursery.pid, host.pid]
    wait_until(lambda: not any(map(running, pids)))


@pytest.mark.parametrize("forked", [True, False])
def test_nothing_is_left_when_the_host_goes(files, nursery, forked):
    with EngineHost(files[0], nursery if forked else None) as host:
        pids = [host.pid]
        engine = ProcessEngine(host.path)
        answer = engine.run(LONG, formats.CSV, Limits())
        next(answer)
        host.switch(files[1])
        value(engine)
        pids += [host.pid, *workers(host)]
    wait_until(lambda: not any(map(running, pids)))
    answer.close()
    engine.close()


def test_readers_of_the_board_never_see_half_a_text(tmp_path):
    writer = Board(tmp_path / "board", writing=True)
    reader = Board(tmp_path / "board")
    assert reader.read() == (0, "")
    texts = {"short", "x" * 64}
    stop = threading.Event()

    def post():
        while not stop.is_set():
            for text in sorted(texts):
                writer.post(text)

    thread = threading.Thread(target=post)
    thread.start()
    until = time.monotonic() + 0.2
    seen = set()
    while time.monotonic() < until:
        seen.add(reader.read()[1])
    stop.set()
    thread.join()
    assert seen <= {*texts, ""}
    assert reader.read() == (writer.count, "x" * 64)
