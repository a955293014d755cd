"""Comunica and fetch-sparql-endpoint, as they come from the npm registry, against a started server."""

import json

import pytest

from tests.web.linked_helpers import BASE

pytest_plugins = ("tests.web.linked_fixtures",)
LABELS = f"SELECT ?o {{ <{BASE}id/new> <http://www.w3.org/2004/02/skos/core#prefLabel> ?o }}"
NAMES = {'"New bureau"@en', '"新司局"@zh'}
PREFIXES = (
    "SELECT ?prefix ?namespace {"
    " [] <http://www.w3.org/ns/shacl#namespace> ?namespace ; <http://www.w3.org/ns/shacl#prefix> ?prefix }"
)


@pytest.fixture
def comunica(node):
    def ask(query, *sources, **options):
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        ran = node("comunica-sparql", *sources, "-q", query, *flags)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return ask


class TestComunica:
    def test_it_finds_out_that_it_is_an_endpoint(self, comunica, small):
        assert {row["o"] for row in json.loads(comunica(LABELS, small.address))} == NAMES

    def test_ask_and_construct(self, comunica, small):
        assert comunica(f"ASK {{ <{BASE}id/new> ?p ?o }}", f"sparql@{small.address}").strip() == "true"
        built = comunica("CONSTRUCT WHERE { ?s <http://www.w3.org/ns/org#linkedTo> ?o }", small.address)
        assert f"<{BASE}id/nameless> <http://www.w3.org/ns/org#linkedTo> <{BASE}id/new>" in built

    def test_a_thing_as_a_source(self, comunica, small):
        """It follows 303, and takes the format that it likes best."""
        assert {row["o"] for row in json.loads(comunica(LABELS, small.at("/id/new").address))} == NAMES

    def test_an_endpoint_and_a_document_together(self, comunica, small):
        query = (
            f"SELECT ?o {{ <{BASE}id/fact> <{BASE}ont#affiliate> ?x ."
            " ?x <http://www.w3.org/2004/02/skos/core#prefLabel> ?o }"
        )
        rows = json.loads(comunica(query, small.address, small.at("/doc/new.ttl").address))
        assert {row["o"] for row in rows} == NAMES

    def test_the_prefixes_are_in_the_service_description(self, comunica, small):
        """So do query editors ask where the data themselves say nothing of it."""
        rows = json.loads(comunica(PREFIXES, f"file@{small.address}"))
        assert BASE + "id/" in {row["namespace"].split('"')[1] for row in rows}

    def test_a_dump_as_a_source(self, comunica, shipped):
        query = f"SELECT ?o {{ <{BASE}id/miit> <http://www.w3.org/2004/02/skos/core#prefLabel> ?o }}"
        rows = json.loads(comunica(query, shipped.at("/dump/miit-graph.nt").address))
        assert '"工业和信息化部"@zh' in {row["o"] for row in rows}


def test_fetch_sparql_endpoint(node, small):
    ran = node("fetch-sparql-endpoint", "--endpoint", small.address, "--query", LABELS)
    assert ran.returncode == 0, ran.stderr
    assert "新司局" in ran.stdout and "New bureau" in ran.stdout
