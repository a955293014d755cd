"""A really started HTTP server over a small graph, and a client that shows exactly what went over the wire."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from miit_graph.engine.local import LocalEngine
from miit_graph.engine.process.host import EngineHost
from miit_graph.settings import Settings
from miit_graph.web import create_app
from tests.conftest import ROOT, wait_until

EX = "http://example.org/"
DATA = """
@prefix ex: <http://example.org/> .
ex:miit ex:label "MIIT"@en , "工业和信息化部"@zh ; ex:founded 2008 .
GRAPH ex:g1 { ex:a ex:p 1 }
GRAPH ex:g2 { ex:a ex:p 2 . ex:b ex:p 3 }
GRAPH ex:many { %s }
""" % " ".join(f"ex:s{i} ex:n {i} ." for i in range(3000))  # noqa: UP031

ABOUT = {
    "title": {"en": "A test graph", "zh": "测试图谱"},
    "version": "2026.1",
    "triples": 3006,
    "built": "2026-11-21T10:00:00Z",
    "base": "https://w3id.org/miit-graph/",
    "graphs": [{"iri": EX + "g1", "triples": 1}],
    "classes": [{"iri": EX + "Body", "label": {"en": "Body", "zh": "机构"}, "count": 1}],
    "examples": [{"slug": "labels", "title": {"en": "Labels", "zh": "名称"}, "query": "SELECT * { ?s ?p ?o }"}],
}
SETTINGS = Settings(html_rows=20, body_bytes=200_000, query_bytes=100_000, result_bytes=100_000_000)


@dataclass
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def type(self):
        return self.headers.get_content_type()


@dataclass
class Client:
    port: int
    path: str = "/sparql"
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}{self.path}"

    def at(self, path):
        return replace(self, path=path)

    def request(self, method, target=None, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, target or self.path, body, {**self.headers, **(headers or {})})
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, query=None, accept=None, headers=None, method="GET", **parameters):
        fields = ({} if query is None else {"query": query}) | {
            name.replace("_", "-"): value for name, value in parameters.items()
        }
        target = self.path + ("?" + urlencode(fields, doseq=True) if fields else "")
        return self.request(method, target, headers=({"Accept": accept} if accept else {}) | (headers or {}))

    def post(self, body, kind, target=None, headers=None):
        data = body.encode() if isinstance(body, str) else body
        return self.request("POST", target, data, {"Content-Type": kind} | (headers or {}))


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_):
        pass


@pytest.fixture(scope="session")
def store():
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TRIG)
    return store


@pytest.fixture(scope="session")
def store_of():
    """Make a store of Turtle."""

    def make(turtle):
        made = ox.Store()
        made.load(turtle.encode(), format=ox.RdfFormat.TURTLE)
        return made

    return make


@pytest.fixture(scope="session")
def serve():
    """Start an application on a free port; returns a client of it."""
    servers = []

    def start(settings, engine, about):
        server = make_server(
            "127.0.0.1", 0, create_app(settings, engine, about), threaded=True, request_handler=Handler
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return Client(server.server_port)

    yield start
    with ThreadPoolExecutor(max(1, len(servers))) as pool:  # each waits until its loop looks again, half a second
        list(pool.map(lambda server: server.shutdown(), servers))


@pytest.fixture(scope="session")
def front(tmp_path_factory):
    """The same application as `miit-graph serve` runs it: engine process, granian, the front."""
    data = tmp_path_factory.mktemp("front") / "data.trig"
    data.write_text(DATA, encoding="utf-8")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with EngineHost({"MIIT_GRAPH_DATA": str(data)}) as host:
        command = [sys.executable, "-m", "granian", "--interface", "rsgi", "--factory", "--http", "1"]
        command += ["--log-level", "error", "--host", "127.0.0.1", "--port", str(port), "tests.web.front_app:front"]
        environment = {**os.environ, "MIIT_GRAPH_ENGINE_SOCKET": host.path}
        with subprocess.Popen(command, env=environment, cwd=ROOT) as process:
            wait_until_it_listens(port, process)
            yield Client(port)
            process.terminate()


def wait_until_it_listens(port, process):
    def listens():
        assert process.poll() is None, "granian did not start"
        try:
            return Client(port, "/health/live").get().status == 200
        except OSError:
            return False

    wait_until(listens)


@pytest.fixture(scope="session", params=["flask", "front"])
def client(request, store, serve):
    """Every test of the protocol runs against Flask alone and against what is served."""
    if request.param == "front":
        return request.getfixturevalue("front")
    return serve(SETTINGS, LocalEngine(store, "v1", workers=4), ABOUT)
