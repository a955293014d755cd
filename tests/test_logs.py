"""What a server says about itself on standard error."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from miit_graph.logs import Lines, LogHandler
from tests.conftest import wait_until
from tests.server import LONG, Running, started

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


@pytest.fixture(scope="module")
def numbers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("numbers") / "numbers.nt"
    file.write_text("".join(f'<http://e/{i}> <http://e/p> "名 {i}" .\n' for i in range(3000)), encoding="utf-8")
    return file


def lines(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


def drain(server: Running) -> str:
    """All that the server says until it has stopped."""
    server.process.send_signal(signal.SIGINT)
    assert server.process.stderr is not None
    return server.process.stderr.read()


def test_each_request_and_event_is_one_line_of_json(numbers: Path) -> None:
    query = "SELECT ?s { ?s ?p '名 7' }"
    settings = {"MIIT_GRAPH_WEB_PROCESSES": "1", "MIIT_GRAPH_LOG": "requests"}
    with started("--data", numbers, **settings) as server:
        server.ask(query, PARENT, format="tsv")
        server.ask(query, {"x-request-id": "abc-1"}, format="tsv")
        server.ask(LONG, timeout="0.3")
        server.get("/nothing%0A{}?secret=1")
        server.ask("SELEC")
        connection = server.connect()
        connection.request("POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-query"})
        connection.getresponse().read()
        engine = next(pid for pid in server.children() if _is_engine(pid, server.process.pid))
        os.kill(engine, signal.SIGKILL)
        again = b'engine_events_total{event="engine-restarted"} 1.0'
        wait_until(lambda: again in server.get("/metrics").body)
        told = lines(drain(server))
    events = [line["event"] for line in told if line["process"] == "server"]
    assert [e for e in events if e not in ("worker-ended", "cut")] == [
        "engine-ready", "serving", "engine-ended", "engine-ready", "engine-restarted", "stopping", "stopped",
    ]  # fmt: skip
    assert next(line["reason"] for line in told if line["event"] == "worker-ended") == "time"
    requests = [line for line in told if line["event"] == "request" and not line["path"].startswith("/health")]
    first, cached, late, nothing, wrong, posted = requests[:6]
    assert first["trace"] == TRACE and cached["trace"] != TRACE and cached["request"] == "abc-1"
    assert (first["form"], first["rows"], first["cache"]) == ("SELECT", 1, "miss")
    assert first["query"] == cached["query"] == hashlib.sha256(query.encode()).hexdigest()[:16]
    assert 0 < first["engine_ms"] <= first["total_ms"] and first["bytes"] == cached["bytes"] == len(
        "?s\n<http://e/7>\n"
    )
    assert cached["cache"] == "hit" and cached["outcome"] == "ok" and posted["form"] == "SELECT"
    assert (late["status"], late["outcome"]) == (503, "time-limit") and late["engine_ms"] > 200
    assert (nothing["status"], nothing["outcome"], nothing["path"]) == (404, "not-found", "/nothing\n{}")
    assert (wrong["status"], wrong["outcome"]) == (400, "syntax")
    assert not any({"client", "text"} & line.keys() for line in told)
    assert "名 7" not in json.dumps(told, ensure_ascii=False) and "secret" not in json.dumps(told)


def _is_engine(pid: int, parent: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return int(stat[1]) == parent and "engine.process" in Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return False


def test_text_for_people_with_what_was_asked_for(numbers: Path) -> None:
    settings = {"MIIT_GRAPH_WEB_PROCESSES": "1", "MIIT_GRAPH_LOG_FORMAT": "text", "MIIT_GRAPH_PROXIES": "1"}
    settings |= {"MIIT_GRAPH_LOG_QUERIES": "yes", "MIIT_GRAPH_LOG_CLIENTS": "yes"}
    with started("--data", numbers, "--log", "requests", **settings) as server:
        server.ask("ASK { ?s ?p '\x1b[31m\n' }", {"X-Forwarded-For": "192.0.2.1, 2001:db8::7"})
        said = drain(server)
    line = next(line for line in said.splitlines() if " /sparql " in line)
    assert "GET /sparql 400" in line and "client 2001:db8::7" in line and r"\x1b[31m\x0a" in line
    assert "the server has stopped" in said.splitlines()[-1]


def test_off_says_nothing(numbers: Path) -> None:
    with started("--data", numbers, MIIT_GRAPH_WEB_PROCESSES="1", MIIT_GRAPH_LOG="off") as server:
        server.ask("ASK {}")
        assert drain(server) == ""


def test_who_reads_too_slowly_loses_lines_and_holds_up_nobody() -> None:
    reading, writing = os.pipe()
    try:
        said = Lines(writing, most=100)
        handler = LogHandler(said, "test", as_json=True)
        for number in range(5_000):
            handler.write({"event": "x", "number": number, "filler": "x" * 200}, time.time())
        wait_until(lambda: said.dropped > 0)
        received = os.read(reading, 1 << 20).splitlines(keepends=True)
        assert all(json.loads(line)["event"] == "x" for line in received if line.endswith(b"\n"))
    finally:
        os.close(writing)
        os.close(reading)
