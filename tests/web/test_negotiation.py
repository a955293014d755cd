"""Content negotiation, with the Accept headers that real clients send."""

import pytest

from miit_graph.engine import formats
from miit_graph.web.negotiation import HTML, by_name, negotiate, prefers_html

CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
COMUNICA_TABLE = (
    "application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7,text/csv;q=0.4,application/json;q=0.2"
)
COMUNICA_GRAPH = (
    "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
    "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,application/xml;q=0.3,image/svg+xml;q=0.3,"
    "text/xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18"
)
PROTEGE = "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
JENA_GRAPH = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
SPARQLWRAPPER_JSON = "application/sparql-results+json,application/json,text/javascript,application/javascript"
SPARQLWRAPPER_RDF = "application/rdf+xml"
RDFLIB_XML = "application/sparql-results+xml, application/rdf+xml"
YASGUI_TABLE = "application/sparql-results+json,*/*;q=0.9"
YASGUI_GRAPH = "text/turtle,*/*;q=0.9"


@pytest.mark.parametrize(
    ("accept", "table", "graph"),
    [
        (CHROME, HTML, HTML),
        (FIREFOX, HTML, HTML),
        ("*/*", formats.JSON, formats.TURTLE),  # curl, Python's requests
        ("", formats.JSON, formats.TURTLE),
        (COMUNICA_TABLE, formats.JSON, formats.JSON_LD),
        (COMUNICA_GRAPH, formats.XML, formats.N_QUADS),
        (PROTEGE, formats.XML, formats.RDF_XML),
        (JAVA, HTML, HTML),
        (JENA_GRAPH, formats.JSON, formats.TURTLE),
        (SPARQLWRAPPER_JSON, formats.JSON, formats.JSON_LD),
        (SPARQLWRAPPER_RDF, None, formats.RDF_XML),
        (RDFLIB_XML, formats.XML, formats.RDF_XML),
        (YASGUI_TABLE, formats.JSON, formats.TURTLE),
        (YASGUI_GRAPH, formats.JSON, formats.TURTLE),
        ("application/sparql-results+xml, */*", formats.XML, formats.TURTLE),
        ("text/csv;q=0.5, text/tab-separated-values;q=0.6", formats.TSV, None),
        ("text/*", formats.CSV, formats.TURTLE),
        ("application/*;q=0.5, text/csv", formats.CSV, formats.N_TRIPLES),
        ("application/sparql-results+json;q=0, */*;q=0.1", formats.XML, formats.TURTLE),
        ("application/json;q=0, application/sparql-results+json;q=0", None, None),
        ("image/png", None, None),
        ("TEXT/Turtle; charset=UTF-8", None, formats.TURTLE),
        ("text/csv;q=high", None, None),
        (";;,,/,text", formats.JSON, formats.TURTLE),
    ],
)
def test_the_best_format_for_an_accept_header(accept, table, graph):
    assert negotiate(accept, formats.TABLES, html=True) == table
    assert negotiate(accept, formats.GRAPHS, html=True) == graph


@pytest.mark.parametrize("accept", [CHROME, FIREFOX])
def test_browsers_get_pages_for_errors(accept):
    assert prefers_html(accept)


@pytest.mark.parametrize("accept", ["", "*/*", "application/json", "text/turtle, text/html;q=0.1, */*;q=0.5"])
def test_programs_get_problem_documents(accept):
    assert not prefers_html(accept)


@pytest.mark.parametrize(
    ("name", "table", "graph"),
    [
        ("json", formats.JSON, formats.JSON_LD),
        ("xml", formats.XML, formats.RDF_XML),
        ("ttl", None, formats.TURTLE),
        ("turtle", None, formats.TURTLE),
        ("rdf+xml", None, formats.RDF_XML),
        ("application/sparql-results+json", formats.JSON, None),
        ("application/sparql-results json", formats.JSON, None),
        ("TSV", formats.TSV, None),
        ("nonsense", None, None),
    ],
)
def test_formats_by_name(name, table, graph):
    assert by_name(name, formats.TABLES) is table
    assert by_name(name, formats.GRAPHS) is graph


def test_no_two_formats_of_a_kind_share_a_name():
    for offers in (formats.TABLES, formats.GRAPHS):
        names = [name for offer in offers for name in offer.names]
        assert len(names) == len(set(names))


class TestOverHttp:
    def test_format_overrides_accept(self, client):
        assert client.get("ASK {}", "application/sparql-results+json", format="xml").type == (
            "application/sparql-results+xml"
        )

    def test_406_lists_what_is_offered(self, client):
        reply = client.get("SELECT * {}", "image/png")
        assert (reply.status, reply.type) == (406, "application/problem+json")
        assert reply.json["offered"] == [format.media_type for format in formats.TABLES]
        assert client.get("CONSTRUCT WHERE {}", format="csv").status == 406
        assert client.get("ASK {}", "text/csv").status == 406

    def test_an_unknown_format_is_a_bad_request(self, client):
        reply = client.get("ASK {}", format="docx")
        assert (reply.status, reply.json["formats"]) == (400, ["json", "xml"])

    def test_answers_vary_by_accept(self, client):
        for reply in (client.get("ASK {}"), client.get(), client.get("nonsense"), client.get("ASK {}", CHROME)):
            assert "Accept" in reply.headers["Vary"]
