"""Pages of data that somebody serves without an ontology, and with all of it in named graphs."""

import urllib.error
import urllib.request
from urllib.parse import quote

import pytest

DATA = """
@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
GRAPH ex:people { ex:anna a ex:Person ; rdfs:label "Anna" ; ex:knows ex:bert . ex:bert rdfs:label "Bert" }
"""


@pytest.fixture(scope="module")
def ask(serve_graph, tmp_path_factory):
    """What a browser gets at a path."""
    data = tmp_path_factory.mktemp("other") / "people.trig"
    data.write_text(DATA, encoding="utf-8")
    address = serve_graph("--data", data)

    def get(path, accept="text/html"):
        wanted = urllib.request.Request(address + path, headers={"Accept": accept, "Accept-Language": "en"})
        with urllib.request.urlopen(wanted, timeout=60) as reply:
            return reply.read().decode()

    return get


def test_what_only_a_named_graph_tells_is_described(ask):
    path = "/describe?iri=" + quote("http://example.org/anna", safe="")
    page = ask(path)
    assert ">Anna</h1>" in page and "Bert" in page
    assert "<http://example.org/knows> <http://example.org/bert>" in ask(path, "application/n-triples")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        ask("/describe?iri=" + quote("http://example.org/none", safe=""))
