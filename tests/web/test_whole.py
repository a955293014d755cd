"""A part of an answer is never taken for the whole, on a server that can't break an answer off."""

import pytest

from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from miit_graph.web import create_app

QUERY = "SELECT * { GRAPH ?g { ?a ?b ?c } }"


@pytest.fixture
def ask(store):
    app = create_app(Settings(result_bytes=500_000), LocalEngine(store, "v1", workers=1), {})

    def ask(format, software):
        return app.test_client().get(
            "/sparql", query_string={"query": QUERY, "format": format}, environ_overrides={"SERVER_SOFTWARE": software}
        )

    return ask


def test_what_fails_late_has_a_status(ask):
    reply = ask("json", "Granian")
    assert reply.status_code == 422
    assert reply.json["type"] == "/problems#result-too-large"


def test_what_does_not_fail_has_a_length(ask):
    reply = ask("csv", "Granian")
    assert (reply.status_code, reply.content_length) == (200, len(reply.data))
    assert reply.data.count(b"\r\n") == 3004


def test_other_servers_are_streamed_to(ask):
    assert ask("csv", "waitress").content_length is None
