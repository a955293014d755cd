"""SPARQL 1.1 Graph Store HTTP Protocol, reading; each test names the section it proves."""

from urllib.parse import quote

import pytest
from rdflib import Graph

from tests.web.linked_helpers import BASE, BROWSER, TYPES, get, links, triples

pytest_plugins = ("tests.web.linked_fixtures",)
ONE = BASE + "graph/data/one"


def indirect(iri):
    return "/graph-store?graph=" + quote(iri, safe="")


class TestSection_4_Identification:
    def test_4_1_direct(self, small):
        reply = get(small, "/graph/data/one")
        assert reply.status == 200 and len(triples(reply)) == 1

    def test_4_1_a_browser_sees_what_the_graph_is(self, small):
        reply = get(small, "/graph/data/one", BROWSER)
        assert (reply.status, reply.headers["Location"]) == (303, "/doc/graph/data/one")
        assert "Accept" in reply.headers["Vary"]

    def test_4_2_indirect(self, small):
        assert triples(get(small, indirect(ONE))) == triples(get(small, "/graph/data/one"))

    def test_4_2_default(self, small):
        assert len(triples(get(small, "/graph-store?default"))) > 400
        assert len(triples(get(small, "/graph-store?default="))) > 400

    def test_4_2_the_graph_must_be_an_absolute_iri(self, small):
        for name in ("data/one", "", "a b", "http://e/>"):
            assert get(small, indirect(name)).status == 400, name

    @pytest.mark.parametrize("query", ["", "?default&graph=urn:a", "?graph=urn:a&graph=urn:b", "?other"])
    def test_4_exactly_one_graph(self, small, query):
        assert get(small, "/graph-store" + query).status == 400


class TestSection_5_2_Get:
    @pytest.mark.parametrize("ending", TYPES)
    def test_5_2_the_format_is_negotiated(self, small, ending):
        reply = get(small, indirect(ONE), TYPES[ending])
        assert reply.headers.get_content_type() == TYPES[ending]
        assert triples(reply) == triples(get(small, indirect(ONE) + f"&format={ending}"))

    def test_5_2_not_acceptable(self, small):
        assert get(small, indirect(ONE), "image/png").status == 406

    def test_5_2_404_for_an_unknown_graph(self, small):
        assert get(small, indirect("urn:none")).status == 404
        assert get(small, "/graph/none").status == 404

    def test_5_2_same_as_the_construct_query(self, shipped):
        iri = BASE + "graph/data/ministry"
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{iri}> {{ ?s ?p ?o }} }}"
        assert triples(shipped.get(query, TYPES["nt"])) == triples(get(shipped, indirect(iri), TYPES["nt"]))

    def test_5_without_accept_turtle(self, small):
        assert get(small, indirect(ONE)).headers.get_content_type() == TYPES["ttl"]

    def test_5_2_cacheable(self, small):
        tag = get(small, indirect(ONE)).headers["ETag"]
        assert get(small, indirect(ONE), If_None_Match=tag).status == 304
        assert get(small, "/graph-store?default").headers["ETag"] != tag

    def test_links_to_its_description(self, small):
        assert ("/doc/graph/data/one", "describedby") in links(get(small, "/graph/data/one"))

    def test_rdflib_reads_a_graph(self, small):
        assert len(Graph().parse(small.at("/graph/data/one").address)) == 1


class TestSection_5_6_Head:
    def test_5_6_head_is_get_without_the_body(self, small):
        for path in (indirect(ONE), "/graph/data/one", "/graph-store?default"):
            head, full = get(small, path, method="HEAD"), get(small, path)
            assert (head.status, head.body) == (200, b"")
            for name in ("Content-Type", "Content-Length", "ETag"):
                assert head.headers[name] == full.headers[name]


class TestSection_5_WritesAreOff:
    @pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
    @pytest.mark.parametrize("path", [indirect(ONE), "/graph-store?default", "/graph-store", "/graph/data/one"])
    def test_5_writing_is_refused_and_changes_nothing(self, small, method, path):
        before = triples(get(small, indirect(ONE)))
        reply = small.request(method, path, b"<urn:a> <urn:b> <urn:c> .", {"Content-Type": TYPES["nt"]})
        assert reply.status == 405
        assert set(reply.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert triples(get(small, indirect(ONE))) == before
        assert get(small, indirect("urn:a")).status == 404
