"""The query editor's page without its script, what its completion is fed with, and how an answer says it came about."""

import re

import pytest

from miit_graph.engine.local import LocalEngine
from tests.web.conftest import ABOUT, EX, SETTINGS
from tests.web.test_pages import BROWSER, Page

MILLISECONDS = re.compile(r"engine;dur=\d+\.\d")


def test_a_browser_at_the_endpoint_is_led_to_the_editor(client):
    reply = client.get(accept=BROWSER)
    assert (reply.status, reply.headers["Location"]) == (303, "/query")
    assert "Accept" in reply.headers["Vary"]
    assert client.get(accept="text/turtle").status == 200


def test_the_editor_holds_the_query_of_its_address(client):
    query = 'SELECT ?x { ?x ?y "</textarea><script>1</script>" }'
    assert query in Page(client.at("/query").get(query, BROWSER)).text
    assert Page(client.at("/query").get(accept=BROWSER)).tags.count("textarea") == 1


def test_examples_lead_to_the_editor(client):
    page = Page(client.at("/query").get(accept=BROWSER))
    link = next(link for link in page.links if link.startswith("/query?query="))
    assert "SELECT * { ?s ?p ?o }" in Page(client.request("GET", link, headers={"Accept": BROWSER})).text


def test_terms_have_counts_texts_and_uses(serve, store_of):
    data = """@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    ex:a a ex:Body ; ex:size 1 . ex:b a ex:Body ; ex:size 2, 3 . ex:c a ex:Place ; rdfs:label "C" .
    ex:Body rdfs:label "body"@en, "机构"@zh ; rdfs:comment "A body."@en . ex:size rdfs:label "size" ."""
    terms = serve(SETTINGS, LocalEngine(store_of(data), "v7", workers=1), ABOUT).at("/query/terms.json").get()
    assert terms.type == "application/json" and terms.json["version"] == "v7"
    body, place = terms.json["classes"]
    assert (body["iri"], body["count"], place["count"]) == (EX + "Body", 2, 1)
    assert body["label"] == {"en": "body", "zh": "机构"} and body["comment"] == {"en": "A body."}
    size = next(term for term in terms.json["properties"] if term["iri"] == EX + "size")
    assert (size["count"], size["label"], size["on"]) == (3, {"und": "size"}, [0])


def test_terms_are_asked_for_again_by_their_tag(client):
    first = client.at("/query/terms.json").get()
    again = client.at("/query/terms.json").get(headers={"If-None-Match": first.headers["ETag"]})
    assert (first.status, again.status, again.body) == (200, 304, b"")


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_says_whether_it_was_in_the_cache(client, method):
    query = f"SELECT ?{method} {{ ?s ?p ?{method} }}"

    def ask(text):
        if method == "GET":
            return client.get(text, "application/sparql-results+json")
        return client.post(text, "application/sparql-query", headers={"Accept": "application/sparql-results+json"})

    made, kept, again = ask(query), ask(query), ask(query)
    assert made.headers["Cache-Status"] == "miit-graph; fwd=uri-miss"
    assert MILLISECONDS.fullmatch(made.headers["Server-Timing"])
    assert {reply.headers["Cache-Status"] for reply in (kept, again)} == {"miit-graph; hit"}
    assert {reply.headers["Server-Timing"] for reply in (kept, again)} == {None}
    assert kept.body == made.body
    assert "Cache-Status" in made.headers["Access-Control-Expose-Headers"]


def test_an_answer_that_differs_each_time_passes_the_cache(client):
    for _ in range(2):
        reply = client.get("SELECT (RAND() AS ?r) {}", "text/csv")
        assert reply.headers["Cache-Status"] == "miit-graph; fwd=bypass"


def test_a_table_shows_short_iris_with_names(serve, store_of):
    data = """@prefix ex: <http://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    <https://w3id.org/miit-graph/id/x> ex:p rdfs:label ; rdfs:label "Ex"@en, "例"@zh ."""
    client = serve(SETTINGS, LocalEngine(store_of(data), "v8", workers=1), ABOUT)
    page = Page(client.get("SELECT ?s { ?s ?p ?o } LIMIT 1", BROWSER, lang="zh"))
    assert "d:x" in page.text and "例" in page.text
    assert any(link.startswith("/doc/x") for link in page.links)
