"""What clients get for the Accept headers that they send, for each kind of thing that can be asked for."""

import pytest

from tests.web.linked_helpers import BASE, TYPES, follow, get
from tests.web.test_negotiation import (
    CHROME,
    COMUNICA_GRAPH,
    COMUNICA_TABLE,
    JENA_GRAPH,
    PROTEGE,
    RDFLIB_XML,
    SPARQLWRAPPER_JSON,
    YASGUI_GRAPH,
    YASGUI_TABLE,
)

pytest_plugins = ("tests.web.linked_fixtures",)
HTML, TURTLE, RDF_XML = "text/html", TYPES["ttl"], TYPES["rdf"]
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
FIREFOX = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.8"
)
SAFARI = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
RDFLIB = "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1"
JENA_TABLE = (
    "application/sparql-results+json, application/json;q=0.95, application/sparql-results+xml;q=0.9,"
    "application/xml;q=0.8, text/tab-separated-values;q=0.7"
)
RDF4J_TABLE = (
    "text/csv;q=0.8, application/sparql-results+json;q=0.8, application/json;q=0.8, application/sparql-results+xml,"
    " application/xml, text/tab-separated-values;q=0.8, application/x-binary-rdf-results-table;q=0.8"
)
RDF4J_GRAPH = (
    "text/turtle, application/rdf+xml;q=0.8, application/n-triples;q=0.8, application/n-quads;q=0.8,"
    " text/x-nquads;q=0.8, application/trig;q=0.8, text/n3;q=0.8, application/ld+json;q=0.8,"
    " application/x-binary-rdf;q=0.8, text/plain;q=0.7"
)
BROWSERS = {"Chromium": CHROME, "Firefox": FIREFOX, "Safari": SAFARI}
GRAPHS = {
    "curl": ("*/*", TURTLE),
    "without": ("", TURTLE),
    "rdflib": (RDFLIB, RDF_XML),
    "Comunica": (COMUNICA_GRAPH, TYPES["nq"]),
    "Protégé": (PROTEGE, RDF_XML),
    "Jena": (JENA_GRAPH, TURTLE),
    "RDF4J": (RDF4J_GRAPH, TURTLE),
    "YASGUI": (YASGUI_GRAPH, TURTLE),
    "SPARQLWrapper": ("application/rdf+xml", RDF_XML),
}
TABLES = {
    "curl": ("*/*", JSON),
    "without": ("", JSON),
    "rdflib": (RDFLIB_XML, XML),
    "SPARQLWrapper": (SPARQLWRAPPER_JSON, JSON),
    "Comunica": (COMUNICA_TABLE, JSON),
    "Jena": (JENA_TABLE, JSON),
    "RDF4J": (RDF4J_TABLE, XML),
    "YASGUI": (YASGUI_TABLE, JSON),
}


def kind(reply):
    assert reply.status == 200, reply.text
    return reply.headers.get_content_type()


@pytest.mark.parametrize(
    "path", ["/id/new", "/doc/new", "/code/rank-normal", "/ont/core", f"/describe?iri={BASE}id/new"]
)
@pytest.mark.parametrize("client", BROWSERS)
def test_browsers_get_pages(small, client, path):
    assert kind(follow(small, path, BROWSERS[client])) == HTML


@pytest.mark.parametrize("path", ["/id/new", "/doc/new", "/code/rank-normal", "/ont", "/graph/data/one", "/void"])
@pytest.mark.parametrize("client", GRAPHS)
def test_programs_get_rdf(small, client, path):
    accept, expected = GRAPHS[client]
    assert kind(follow(small, path, accept)) == expected


@pytest.mark.parametrize("client", GRAPHS)
def test_construct(small, client):
    accept, expected = GRAPHS[client]
    assert kind(small.get(f"CONSTRUCT WHERE {{ <{BASE}id/new> ?p ?o }}", accept)) == expected


@pytest.mark.parametrize("query", ["SELECT * { ?s ?p ?o } LIMIT 1", "ASK {}"])
@pytest.mark.parametrize("client", TABLES)
def test_tables(small, client, query):
    accept, expected = TABLES[client]
    assert kind(small.get(query, accept)) == expected


@pytest.mark.parametrize("client", BROWSERS)
def test_browsers_see_answers(small, client):
    assert kind(small.get("SELECT * { ?s ?p ?o } LIMIT 1", BROWSERS[client])) == HTML
    assert kind(small.get("ASK {}", BROWSERS[client])) == HTML
    assert kind(small.get("CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1", BROWSERS[client])) == "text/plain"
    editor = get(small, "/sparql", BROWSERS[client])
    assert (editor.status, editor.headers["Location"]) == (303, "/query")
    assert kind(get(small, "/query", BROWSERS[client])) == HTML


@pytest.mark.parametrize("accept", [*BROWSERS.values(), *(accept for accept, _ in GRAPHS.values())])
def test_a_dump_is_what_its_name_says(small, accept):
    assert kind(get(small, "/dump/dataset.nt", accept, method="HEAD")) == TYPES["nt"]
    assert kind(get(small, "/dump/dataset.ttl.gz", accept, method="HEAD")) == "application/gzip"
