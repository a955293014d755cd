"""Every IRI of the dataset answers, and by following what comes back one reaches the rest."""

import json
import random
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import Graph, URIRef
from rdflib.namespace import FOAF, OWL, RDF, SKOS

from miit_graph.engine.local import LocalEngine
from miit_graph.publish.sparql_text import NotAnIri, iri, is_iri, literal
from miit_graph.settings import Settings
from miit_graph.web.linked_data import descriptions
from tests.web.linked_helpers import BASE, BROWSER, TYPES, follow, get, links, triples

pytest_plugins = ("tests.web.linked_fixtures",)
NEW = ox.NamedNode(BASE + "id/new")
LABEL = ox.NamedNode(str(SKOS.prefLabel))


def local(path):
    return "/" + path.removeprefix(BASE)


class TestDereferencing:
    @pytest.mark.parametrize(
        ("path", "document"), [("/id/new", "/doc/new"), ("/code/rank-normal", "/doc/code/rank-normal")]
    )
    def test_a_thing_is_not_a_document(self, small, path, document):
        reply = get(small, path)
        assert (reply.status, reply.headers["Location"]) == (303, document)
        assert get(small, path + "?path=a&self=b&name=c&kind=d").status == 303
        assert get(small, path + "?lang=zh").headers["Location"] == document + "?lang=zh"

    @pytest.mark.parametrize("ending", TYPES)
    def test_every_format_by_type_and_by_ending(self, small, ending):
        by_type, by_ending = get(small, "/doc/new", TYPES[ending]), get(small, f"/doc/new.{ending}", "text/html")
        by_name = get(small, f"/doc/new?format={ending}")
        assert by_type.headers.get_content_type() == by_ending.headers.get_content_type() == TYPES[ending]
        assert triples(by_type) == triples(by_ending) == triples(by_name) == triples(get(small, "/doc/new"))
        assert "Accept" in by_type.headers["Vary"]
        assert by_type.headers["Content-Location"] == f"/doc/new.{ending}"

    @pytest.mark.parametrize(
        ("client", "accept", "expected"),
        [
            ("curl", "*/*", "text/turtle"),
            ("Firefox and Chrome", BROWSER, "text/html"),
            (
                "rdflib",
                "application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1",
                "application/rdf+xml",
            ),
            (
                "Comunica",
                "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
                "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/html;q=0.2",
                "application/n-quads",
            ),
            (
                "Protégé (OWL API)",
                "application/rdf+xml, application/xml; q=0.7, text/xml; q=0.6, text/plain; q=0.1, */*; q=0.09",
                "application/rdf+xml",
            ),
            (
                "Jena",
                "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3",
                "text/turtle",
            ),
            ("YASGUI", "application/n-triples,text/turtle;q=0.9", "application/n-triples"),
            ("none", "", "text/turtle"),
        ],
    )
    def test_clients_get_what_they_expect(self, small, client, accept, expected):
        assert get(small, "/doc/new", accept).headers.get_content_type() == expected, client

    def test_406(self, small):
        reply = get(small, "/doc/new", "image/png")
        assert (reply.status, reply.type) == (406, "application/problem+json")
        assert "text/turtle" in reply.json["offered"]

    def test_head_and_options(self, small):
        head, full = get(small, "/doc/new", method="HEAD"), get(small, "/doc/new")
        assert (head.status, head.body) == (200, b"")
        assert head.headers["Content-Length"] == full.headers["Content-Length"]
        assert head.headers["ETag"] == full.headers["ETag"]
        options = get(small, "/doc/new", method="OPTIONS", Origin="http://a.example")
        assert options.status == 204 and options.headers["Access-Control-Allow-Origin"] == "*"
        assert get(small, "/doc/new", method="PUT").status == 405

    def test_validators(self, small):
        replies = [get(small, "/doc/new", TYPES["ttl"]), get(small, "/doc/new", TYPES["nt"]), get(small, "/doc/top")]
        tags = [reply.headers["ETag"] for reply in replies]
        assert len(set(tags)) == 3 and all(tag.startswith('"') for tag in tags)
        assert get(small, "/doc/new", TYPES["ttl"], If_None_Match=tags[0]).status == 304
        assert get(small, "/doc/new", TYPES["nt"], If_None_Match=tags[0]).status == 200

    def test_the_same_bytes_every_time_blank_nodes_too(self, small):
        assert get(small, "/doc/boxed.nt").body == get(small, "/doc/boxed.nt").body
        texts = {t.object.value for t in triples(get(small, "/doc/boxed")) if isinstance(t.object, ox.Literal)}
        assert {"inner", "innermost"} <= texts


class TestUnknownAndRetired:
    @pytest.mark.parametrize("path", ["/id/none", "/doc/none", "/doc/none.ttl", "/code/none", "/describe?iri=urn:none"])
    def test_404(self, small, path):
        reply = get(small, path)
        assert (reply.status, reply.type) == (404, "application/problem+json")

    def test_404_names_what_is_near(self, small):
        reply = get(small, "/code/rank-ordinary-normal")
        assert reply.json["similar"][0] == {"iri": BASE + "code/rank-normal", "label": "normal"}
        assert "normal" in reply.json["detail"]

    @pytest.mark.parametrize(
        "name", ["%3E", "a%20b", "%22%7D", "x%0Ay", "%5C", "%00", "%7Ba%7D", "%C3%28", "工信", "a`b"]
    )
    def test_names_that_are_no_iris_are_unknown(self, small, name):
        assert get(small, "/id/" + quote(name, safe="%")).status == 404
        assert get(small, "/describe?iri=" + quote(name, safe="%")).status == 404

    def test_410_without_a_successor(self, small):
        assert get(small, "/id/gone").status == 410
        assert get(small, "/doc/gone").status == 410

    def test_a_retired_iri_leads_to_its_successor(self, small):
        reply = get(small, "/id/old")
        assert (reply.status, reply.headers["Location"]) == (301, "/doc/new")
        assert get(small, "/doc/old").status == 301

    def test_what_has_a_successor_in_the_world_is_not_retired(self, small):
        assert get(small, "/id/past").status == 303

    @pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "٣"])
    def test_400_for_a_page_that_is_none(self, small, page):
        assert get(small, "/doc/new?page=" + quote(page)).status == 400

    def test_404_for_a_page_too_many(self, small):
        assert get(small, "/doc/new?page=7").status == 404


class TestAnything:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.sampled_from(
            ["id/", "doc/", "code/", "shape/", "graph/", "ont/", "doc/ont/", "dump/", "describe?iri=", "void."]
        ),
        st.text(max_size=12),
        st.sampled_from(["", "?page=2", "?format=rdf", "?lang=zh", "?format=html", ".html", ".rdf", "/", "%00", "//"]),
        st.sampled_from([BROWSER, "*/*", "text/turtle", "image/png", ",;q="]),
    )
    def test_no_request_breaks_the_server(self, small, start, name, rest, accept):
        text = name.encode("utf-8", "ignore").decode()
        reply = get(small, f"/{start}{quote(text, safe='')}{rest}", accept)
        assert reply.status in (200, 301, 303, 308, 400, 404, 406, 410), reply.text


class TestContent:
    def test_own_triples_facts_citations_links_and_labels(self, small):
        found = triples(get(small, "/doc/new"))
        text = "\n".join(map(str, found))
        assert f"{NEW} <http://www.w3.org/ns/org#subOrganizationOf> <{BASE}id/top>" in text
        assert f"<{BASE}id/fact> <{BASE}ont#affiliate> {NEW}" in text
        assert "the words themselves" in text and f"<{BASE}id/cite>" in text
        assert f"<{BASE}id/nameless> <http://www.w3.org/ns/org#linkedTo> {NEW}" in text
        for name in ("最高机关", "normal", "Source S"):
            assert name in text

    def test_it_says_what_it_is_about_and_where_it_belongs(self, small):
        graph = Graph().parse(data=get(small, "/doc/new.ttl").body, format="turtle")
        assert graph.value(URIRef(BASE + "doc/new"), FOAF.primaryTopic) == URIRef(BASE + "id/new")

    def test_link_header(self, small):
        found = links(get(small, "/doc/new"))
        assert {t for t, relation in found if relation == "alternate"} == {
            f"/doc/new.{ending}" for ending in (*TYPES, "html")
        }
        relations = {relation: target for target, relation in found}
        assert relations["canonical"] == BASE + "doc/new"
        assert relations["describes"] == BASE + "id/new"
        assert get(small, relations["describedby"]).status == 200
        assert get(small, relations["http://www.w3.org/ns/prov#has_provenance"]).status == 200

    def test_paging_tells_everything_once(self, small, monkeypatch):
        monkeypatch.setattr(descriptions, "LINKS", 150)
        path, seen = "/doc/top.nt", []
        while path:
            reply = get(small, path)
            seen.append({t for t in triples(reply) if t.predicate.value == "http://www.w3.org/ns/org#memberOf"})
            assert len(seen[-1]) <= 150
            path = next((t.replace("/doc/top?", "/doc/top.nt?") for t, r in links(reply) if r == "next"), None)
        assert sum(map(len, seen)) == len(set().union(*seen)) == 400

    def test_any_iri_can_be_described(self, small):
        reply = get(small, "/describe?iri=http://example.org/elsewhere")
        assert reply.status == 200 and NEW in {triple.subject for triple in triples(reply)}

    def test_a_graph_is_described(self, small):
        text = str(triples(get(small, "/doc/graph/data/one")))
        assert "sparql-service-description#Graph" in text and f"{BASE}void#dataset" in text

    def test_rdflib_parses_an_address(self, small):
        graph = Graph().parse(small.at("/id/new").address)
        assert (URIRef(BASE + "id/new"), SKOS.prefLabel, None) in graph


class TestPage:
    def test_both_names_types_facts_and_receipts(self, small):
        text = get(small, "/doc/new", BROWSER).text
        for part in ("New bureau", "新司局", "the words themselves", "lines 3–4", "Source S", "/doc/new.jsonld"):
            assert part in text
        assert text.index("最高机关") < text.index("<h1")  # the place in the organisation; the circle does no harm

    def test_chinese(self, small):
        reply = get(small, "/doc/new?lang=zh", BROWSER)
        assert reply.headers["Content-Language"] == "zh"
        assert ">新司局</h1>" in reply.text and "第 3–4 行" in reply.text and "/doc/top?lang=zh" in reply.text
        assert get(small, "/doc/new.html", Accept_Language="zh-CN").headers["Content-Language"] == "zh"

    def test_a_name_in_another_language_says_so(self, small):
        assert "There is no English name; this one is in Chinese." in get(small, "/doc/top", BROWSER).text
        assert "no name" in get(small, "/doc/nameless", BROWSER).text

    def test_nothing_of_the_data_runs(self, small):
        text = get(small, "/doc/evil", BROWSER).text
        assert "<script>" not in text and "<b>" not in text
        assert text.count("</script>") == text.count("<script ")  # none that the data ended
        assert 'href="javascript' not in get(small, "/doc/new", BROWSER).text

    def test_structured_data_is_json(self, small):
        text = get(small, "/doc/evil", BROWSER).text
        card = json.loads(text.split('<script type="application/ld+json">')[1].split("</script>")[0])
        assert {"@language": "en", "@value": "</script><script>alert(1)</script>"} in card["name"]

    def test_the_page_has_the_same_headers_as_the_data(self, small):
        reply = get(small, "/doc/new", BROWSER)
        assert ("/doc/new.ttl", "alternate") in links(reply)
        assert get(small, "/doc/new", BROWSER, If_None_Match=reply.headers["ETag"]).status == 304
        other = get(small, "/doc/new", BROWSER, If_None_Match=reply.headers["ETag"], Accept_Language="zh")
        assert other.status == 200

    def test_below_another_root_behind_a_proxy(self, small):
        forwarded = {"X_Forwarded_Prefix": "/kg", "X_Forwarded_Host": "data.example", "X_Forwarded_Proto": "https"}
        assert get(small, "/id/new", **forwarded).headers["Location"] == "/kg/doc/new"
        text = get(small, "/doc/new", BROWSER, **forwarded).text
        assert 'href="/kg/doc/top"' in text and 'href="/doc/' not in text

    def test_the_host_is_never_part_of_the_data(self, small):
        assert b"evil.example" not in get(small, "/doc/new.ttl", Host="evil.example").body


class TestOntology:
    def test_a_program_gets_the_terms(self, small):
        assert get(small, "/ont", TYPES["ttl"]).headers["Location"] == "/doc/ont"
        for path in ("/ont", "/ont/core"):
            assert BASE + "ont#Fact" in str(triples(follow(small, path, TYPES["rdf"])))

    def test_a_browser_without_documentation_gets_a_description(self, small):
        assert follow(small, "/ont/core", BROWSER).status == 200

    def test_unknown_modules(self, small):
        assert get(small, "/ont/none").status == 404
        assert get(small, "/ontology/en/none.html").status == 404

    def test_the_shipped_ontology_has_documentation_in_both_languages(self, shipped):
        for language in ("en", "zh"):
            reply = get(shipped, "/ont", BROWSER, Accept_Language=language)
            assert reply.headers["Location"] == f"/ontology/{language}/index.html"
            page = follow(shipped, "/ont", BROWSER, Accept_Language=language)
            assert page.status == 200 and 'id="Citation"' in page.text
            assert get(shipped, "/ontology/docs.css").headers.get_content_type() == "text/css"
        assert get(shipped, "/ont/core", BROWSER).headers["Location"].endswith("/index.html#module-core")

    def test_the_terms_are_all_there(self, shipped, published):
        told = {t.subject for t in triples(follow(shipped, "/ont", TYPES["nt"]))}
        used = {quad.predicate for quad in published.load() if quad.predicate.value.startswith(BASE + "ont#")}
        assert used <= told


class TestEverythingMinted:
    def test_a_sample_of_all_iris_dereferences(self, shipped, published):
        """Subjects and objects below our base: things, facts, citations, codes, shapes, modules, graphs."""
        terms = set()
        for quad in published.load():
            terms |= {t.value for t in (quad.subject, quad.object, quad.graph_name) if isinstance(t, ox.NamedNode)}
        own = sorted(t for t in terms if t.startswith(BASE) and "#" not in t)
        assert len(own) > 2000
        failed = [i for i in random.Random(6).sample(own, 120) if follow(shipped, local(i), TYPES["nt"]).status != 200]
        assert not failed

    def test_a_developer_reaches_everything_from_one_iri(self, shipped):
        start = follow(shipped, "/id/miit", TYPES["nt"])
        linked = sorted({t.object.value for t in triples(start) if str(t.object).startswith(f"<{BASE}")})
        for iri_ in linked[:25]:
            assert follow(shipped, local(iri_), TYPES["nt"]).status == 200, iri_
        void = next(target for target, relation in links(start) if relation == "describedby")
        assert "sparqlEndpoint" in get(shipped, void, TYPES["nt"]).text

    @pytest.mark.parametrize("path", ["/doc/miit", "/doc/caict?lang=zh", "/doc/shape/citation-last-line", "/doc/src-b"])
    def test_pages_of_the_shipped_graph_are_well_formed(self, shipped, path):
        import html5lib

        parser = html5lib.HTMLParser(strict=True)
        parser.parse(get(shipped, path, BROWSER).body.decode())


class TestSparqlText:
    @given(st.text())
    def test_a_literal_comes_back_as_it_was(self, text):
        try:
            written = literal(text)
        except UnicodeEncodeError:
            return
        (row,) = ox.Store().query(f"SELECT ({written} AS ?x) {{}}")
        assert row["x"] == ox.Literal(text)

    @given(st.one_of(st.text(), st.text().map(lambda rest: "http://e/" + rest)))
    def test_an_iri_is_refused_or_comes_back_as_it_was(self, text):
        try:
            written = iri(text)
        except NotAnIri:
            assert not is_iri(text)
            return
        (row,) = ox.Store().query(f"SELECT ({written} AS ?x) {{}}")
        assert row["x"] == ox.NamedNode(text)

    @pytest.mark.parametrize("text", ["", "a", "/a", "a b:c", "http://e/>", "http://e/\n", "x:{", "x:\\u0041", "_:b"])
    def test_these_are_no_iris(self, text):
        assert not is_iri(text)

    @pytest.mark.parametrize("language", ["e n", "en}", '"', "-", "toolonglanguage"])
    def test_these_are_no_languages(self, language):
        with pytest.raises(ValueError, match="language tag"):
            literal("x", language)


def test_the_ontology_of_data_without_a_project(serve):
    """`/ont` leads to what there is, and says where terms are told if there is nothing."""
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o")))
    reply = get(serve(Settings(), LocalEngine(store, "bare"), {}), "/ont")
    assert reply.status == 404 and "/query/terms.json" in reply.json["detail"]
    store.add(ox.Quad(ox.NamedNode("http://e/ont"), ox.NamedNode(RDF.type), ox.NamedNode(OWL.Ontology)))
    reply = get(serve(Settings(), LocalEngine(store, "with"), {}), "/ont")
    assert (reply.status, reply.headers["Location"]) == (303, "/describe?iri=http%3A%2F%2Fe%2Font")
