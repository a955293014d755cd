"""Traces, as a real receiver of OTLP over HTTP gets them."""

import gzip
import http.server
import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from miit_graph.engine.remote.state import QUERY as MARK
from tests.conftest import wait_until
from tests.engine.endpoints import endpoint, table
from tests.server import LONG, started

QUESTION = "?asked ?x"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def receiver():
    """The address of a receiver, and the spans that have come."""
    spans = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
            assert self.path == "/v1/traces"
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                names = {a.key: a.value.string_value for a in resource.resource.attributes}
                for scope in resource.scope_spans:
                    spans.extend((names["service.name"], span) for span in scope.spans)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", spans
    server.shutdown()
    server.server_close()


def attributes(span):
    return {a.key: a.value.string_value or a.value.int_value for a in span.attributes}


def test_a_request_is_a_span_with_queue_and_engine_below_it(tmp_path, receiver):
    address, spans = receiver
    (tmp_path / "n.nt").write_text("".join(f"<http://e/{n}> <http://e/p> <http://e/{n}> .\n" for n in range(2000)))
    traced = {"MIIT_GRAPH_TRACES": "yes", "OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with started("--data", tmp_path / "n.nt", MIIT_GRAPH_WEB_PROCESSES="1", **traced) as server:
        query = "SELECT (SHA1('secret') AS ?x) {}"
        carried = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "a=b"}
        server.ask(query, carried | {"authorization": "Bearer secret", "cookie": "secret=1"}, token="secret")
        server.ask(query, {"traceparent": f"00-{TRACE}-{PARENT}-00"})  # the caller has decided against recording
        server.ask(query, {"traceparent": f"00-{'0' * 32}-{PARENT}-01"})  # no trace at all
        server.ask(LONG, {"traceparent": f"00-{TRACE}-{PARENT}-01"}, timeout="0.3")
        wait_until(lambda: len([s for _, s in spans if s.name == "GET /sparql"]) >= 3)
    assert {name for name, _ in spans} == {"miit-graph"}
    first, other, late = [span for _, span in spans if span.name == "GET /sparql"]
    assert (first.trace_id.hex(), first.parent_span_id.hex(), first.trace_state) == (TRACE, PARENT, "a=b")
    assert other.trace_id.hex() not in (TRACE, "0" * 32) and not other.parent_span_id
    told = attributes(first)
    assert (told["http.request.method"], told["http.route"], told["http.response.status_code"]) == (
        "GET", "/sparql", 200,
    )  # fmt: skip
    assert told["miit_graph.query.form"] == "SELECT" and "secret" not in str(spans)
    assert late.status.code == 2 and attributes(late)["miit_graph.outcome"] == "time-limit"
    (engine,) = [s for _, s in spans if s.name == "engine" and s.parent_span_id == late.span_id]
    assert late.start_time_unix_nano <= engine.start_time_unix_nano < engine.end_time_unix_nano
    assert engine.end_time_unix_nano <= late.end_time_unix_nano
    assert engine.end_time_unix_nano - engine.start_time_unix_nano > 200_000_000


@contextmanager
def elsewhere():
    """An engine elsewhere, and the headers of the queries that have come there."""
    asked = []

    def answer(handler, query):
        if QUESTION in query:  # and not what the server asks of its own accord
            asked.append(handler.headers)
        handler.reply(200, table(names=("name", "value") if query.endswith(MARK) else ("x",)))

    with endpoint(answer=answer) as found:
        yield found, asked


def test_an_engine_elsewhere_continues_the_trace(receiver):
    address, spans = receiver
    traced = {"MIIT_GRAPH_TRACES": "yes", "OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with (
        elsewhere() as (found, asked),
        started("--endpoint", found.address, MIIT_GRAPH_WEB_PROCESSES="1", **traced) as server,
    ):
        server.ask(f"SELECT ?x {{ 1 {QUESTION} }}", {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "a=b"})
        server.ask(f"SELECT ?x {{ 2 {QUESTION} }}")
        server.ask(f"SELECT ?x {{ 3 {QUESTION} }}", {"traceparent": f"00-{TRACE}-{PARENT}-00"})
        wait_until(lambda: len([s for _, s in spans if s.name == "GET /sparql"]) >= 2)
    told = [headers["traceparent"].split("-") for headers in asked]
    assert [trace == TRACE for _, trace, _, _ in told] == [True, False, True] and asked[0]["tracestate"] == "a=b"
    assert [int(flags, 16) & 1 for _, _, _, flags in told] == [1, 1, 0]
    for _, trace, parent, _ in told[:2]:  # of the third nobody wants to know anything
        (engine,) = [span for _, span in spans if span.span_id.hex() == parent]
        (request,) = [span for _, span in spans if span.span_id == engine.parent_span_id]
        assert (engine.name, request.name, engine.trace_id.hex()) == ("engine", "GET /sparql", trace)
        assert request.start_time_unix_nano <= engine.start_time_unix_nano <= engine.end_time_unix_nano
        assert attributes(engine)["db.operation.name"] == "SELECT"


def test_what_makes_no_traces_passes_them_on():
    """As they came; what is no trace is left out and spoils nothing."""
    with elsewhere() as (found, asked), started("--endpoint", found.address, MIIT_GRAPH_WEB_PROCESSES="1") as server:
        good = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "a=b"}
        for number, sent in enumerate(
            (good, {}, {**good, "tracestate": "工=部".encode()}, {**good, "traceparent": f"ff-{TRACE}-{PARENT}-01"})
        ):
            assert server.ask(f"SELECT ?x {{ {number} {QUESTION} }}", sent).status == 200
    told = [(headers["traceparent"], headers["tracestate"]) for headers in asked]
    assert told == [tuple(good.values()), (None, None), (good["traceparent"], None), (None, None)]


def test_nothing_of_it_is_loaded_when_it_is_off():
    code = "import sys, miit_graph.web.wsgi; print([m for m in sys.modules if m.startswith('opentelemetry')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert done.stdout == "[]\n"


def test_what_is_missing_is_named(tmp_path, cli):
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util as u\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name.startswith('opentelemetry') else find(name, *a)\n"
    )
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    (tmp_path / "a.ttl").write_text("")
    environment = {**os.environ, "PYTHONPATH": path, "MIIT_GRAPH_TRACES": "yes"}
    done = cli("serve", "--data", tmp_path / "a.ttl", env=environment)
    assert done.returncode == 1 and "miit-graph[otel]" in done.stderr
