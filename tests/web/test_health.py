"""Live and ready say the truth whatever has failed. What happens at SIGTERM is tested where stopping is."""

import json
import os
import signal
from pathlib import Path

import pytest

from miit_graph.engine.process import AVAILABLE
from tests.conftest import wait_until
from tests.engine.endpoints import endpoint
from tests.server import started
from tests.writing.conftest import TOKENS
from tests.writing.small import built

ONE = {"MIIT_GRAPH_WEB_PROCESSES": "1"}
pytestmark = pytest.mark.skipif(not AVAILABLE, reason="needs Linux")


def state(server, path="/health/ready"):
    reply = server.get(path)
    assert reply.headers["Cache-Control"] == "no-store"
    told = json.loads(reply.body)
    return reply.status, told.get("reason") or told.get("changes") or told["status"]


def running(server, name):
    """The processes of a server whose command has this in it; what is forked keeps the command."""
    found = []
    for pid in server.children() - {server.process.pid}:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            continue
        if name in command:
            found.append(pid)
    return found


def test_the_engine_does_not_answer_and_comes_back(tmp_path):
    (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> 1 .")
    with started("--data", tmp_path / "a.ttl", **ONE) as server:
        engine = [pid for pid in running(server, "engine.process") if server.parent(pid) == server.process.pid]
        workers = set(running(server, "engine.process")) - set(engine)
        os.kill(engine[0], signal.SIGSTOP)
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        assert state(server)[0] == 503
        assert state(server, "/health/live") == (200, "ok")
        os.kill(engine[0], signal.SIGCONT)
        wait_until(lambda: state(server) == (200, "ok"))
        os.kill(engine[0], signal.SIGKILL)
        wait_until(lambda: state(server) == (200, "ok") and engine[0] not in running(server, "engine.process"))


def test_the_remote_engine_has_gone():
    with endpoint("<http://e/a> <http://e/p> 1 .") as remote:
        server = started("--endpoint", remote.address, **ONE)
        found = server.__enter__()
        ready = state(found)
    try:
        assert ready == (200, "ok")
        wait_until(lambda: state(found) == (503, "endpoint-unavailable"))
        assert state(found, "/health/live") == (200, "ok")
    finally:
        server.__exit__(None, None, None)


def test_changes_could_not_be_taken(tmp_path):
    built(tmp_path)
    with started("--project", tmp_path, MIIT_GRAPH_TOKENS=TOKENS, **ONE) as server:
        assert state(server) == state(server, "/health/ready?for=changes") == (200, "ok")
        (writer,) = [pid for pid in running(server, "miit_graph.writing") if server.parent(pid) == server.process.pid]
        os.kill(writer, signal.SIGKILL)
        wait_until(lambda: state(server, "/health/ready?for=changes") == (503, "writer-unavailable"))
        assert state(server)[0] == 200
        wait_until(lambda: state(server, "/health/ready?for=changes") == (200, "ok"))


def test_the_disk_is_full_for_changes(tmp_path):
    built(tmp_path)
    full = {"MIIT_GRAPH_TOKENS": TOKENS, "MIIT_GRAPH_DISK_RESERVE": str(1 << 60)}
    with started("--project", tmp_path, **full, **ONE) as server:
        assert state(server) == (200, "disk-full")
        assert state(server, "/health/ready?for=changes") == (503, "disk-full")
        assert server.ask("ASK {}").status == 200


def test_a_server_that_takes_no_changes_says_so(client):
    health = client.at("/health/ready")
    assert health.request("GET", "/health/ready?for=changes").json["reason"] == "update-refused"
    assert "changes" not in health.get().json
