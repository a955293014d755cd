"""The shipped graph behind the application, and what its search answers."""

import pytest

from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from miit_graph.web import create_app


@pytest.fixture(scope="session")
def app(snapshot):
    engine = LocalEngine(snapshot.load(), snapshot.version, prefixes=snapshot.manifest["prefixes"])
    return create_app(Settings(), engine, snapshot.manifest)


@pytest.fixture(scope="session")
def ask(app):
    """The JSON answer to a question."""

    def get(question, status=200, **parameters):
        reply = app.test_client().get("/search", query_string={"q": question, "format": "json", **parameters})
        assert reply.status_code == status, reply.text
        return reply.json

    return get


@pytest.fixture(scope="session")
def first(ask):
    """The end of the IRI of the best hit."""

    def get(question):
        hits = ask(question, limit=1)["hits"]
        return hits[0]["iri"].rsplit("/", 1)[-1] if hits else None

    return get
