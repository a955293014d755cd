"""A server over the small project that takes changes from two people."""

import http.client
import json
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from miit_graph.engine.process import AVAILABLE
from miit_graph.writing.tokens import make
from tests.server import Running, started
from tests.writing.small import BASE, built

ANN, ANN_LINE = make("ann")
BOB, BOB_LINE = make("bob")
TOKENS = f"{ANN_LINE} {BOB_LINE}"
UPDATE = "application/sparql-update"


@dataclass
class Told:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()


@dataclass
class Writing:
    """A client of a server, with a token or without."""

    running: Running
    token: str | None = ANN
    root: Path | None = None
    server: object = None

    def request(self, method, target, body=None, headers=None, token=...):
        token = self.token if token is ... else token
        headers = ({"Authorization": f"Bearer {token}"} if token else {}) | (headers or {})
        connection = self.running.connect()
        try:
            connection.request(method, target, body.encode() if isinstance(body, str) else body, headers)
            response = connection.getresponse()
            return Told(response.status, response.headers, response.read())
        finally:
            connection.close()

    def update(self, text, headers=None, token=..., **parameters):
        named = {name.replace("_", "-"): value for name, value in parameters.items()}
        target = "/sparql?" + urlencode(named, doseq=True) if named else "/sparql"
        return self.request("POST", target, text, {"Content-Type": UPDATE} | (headers or {}), token)

    def graph(self, method, name, content=None, headers=None, **parameters):
        target = "/graph-store?" + urlencode({"graph": BASE + "graph/" + name} | parameters)
        kind = {"Content-Type": "text/turtle"} if content is not None else {}
        return self.request(method, target, content, kind | (headers or {}))

    def values(self, query):
        """The values of ``?x`` in a query's answer, and the version that it is of."""
        reply = self.request("GET", "/sparql?" + urlencode({"query": query, "format": "json"}), token=None)
        assert reply.status == 200, reply.text
        return [row["x"]["value"] for row in reply.json["results"]["bindings"]]

    @property
    def version(self):
        return self.request("GET", "/health/ready", token=None).json["version"]


def environment(tokens=TOKENS):
    return {**os.environ, "MIIT_GRAPH_TOKENS": tokens}


@pytest.fixture(scope="session")
def writing(tmp_path_factory):
    if not AVAILABLE:
        pytest.skip("needs Linux")
    root = tmp_path_factory.mktemp("scales")
    built(root)
    settings = {"MIIT_GRAPH_TOKENS": TOKENS, "MIIT_GRAPH_WEB_PROCESSES": "2", "MIIT_GRAPH_UPDATE_TIMEOUT": "40"}
    settings["MIIT_GRAPH_UPDATE_MEMORY"] = str(512 * 1024 * 1024)
    with started("--project", root, **settings) as server:
        yield Writing(server, root=root)
