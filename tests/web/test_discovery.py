"""Existing tools can configure themselves: their own discovery questions are asked here."""

import re
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from openapi_spec_validator import validate
from rdflib import Graph

from miit_graph.engine.local import LocalEngine
from miit_graph.publish.dumps import ENDINGS
from miit_graph.settings import Settings
from miit_graph.web.app import create_app
from tests.web.linked_helpers import BASE, BROWSER, TYPES, get, small_store, triples

pytest_plugins = ("tests.web.linked_fixtures",)
DESCRIPTION = BASE + "graph/description"
PREFIXES = """PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#>
PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX dct: <http://purl.org/dc/terms/>
PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX spdx: <http://spdx.org/rdf/terms#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


@pytest.fixture(scope="module")
def described(shipped):
    get(shipped, "/dump/")
    store = ox.Store()
    store.load(get(shipped, "/.well-known/void", TYPES["ttl"]).body, format=ox.RdfFormat.TURTLE)
    return store


def ask(store, query):
    return list(store.query(PREFIXES + query))


def without_description(store):
    """The data alone: what is said in the graph of the description is not in the default graph."""
    left = ox.Store()
    own = [quad for quad in store if quad.graph_name not in (ox.DefaultGraph(), ox.NamedNode(DESCRIPTION))]
    left.bulk_extend([*own, *(ox.Quad(q.subject, q.predicate, q.object) for q in own)])
    return left


class TestVoid:
    @pytest.mark.parametrize("path", ["/.well-known/void", "/void"])
    @pytest.mark.parametrize("ending", TYPES)
    def test_every_format(self, small, path, ending):
        reply = get(small, path, TYPES[ending])
        assert reply.headers.get_content_type() == TYPES[ending]
        assert triples(reply) == triples(get(small, f"/void.{ending}"))
        assert get(small, path, TYPES[ending], If_None_Match=reply.headers["ETag"]).status == 304

    def test_a_browser_gets_text(self, small):
        assert get(small, "/void", BROWSER).headers["Content-Type"] == "text/plain; charset=utf-8"

    def test_the_figures_are_true(self, described, published):
        store = without_description(published.load())
        (row,) = ask(described, f"SELECT ?n {{ <{BASE}void#dataset> void:triples ?n }}")
        (count,) = store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
        assert row["n"].value == count["n"].value
        for name, variable in (("class", "entities"), ("property", "triples")):
            rows = ask(
                described,
                f"SELECT ?x ?n {{ ?part void:{name} ?x ; void:{variable} ?n . ?d void:{name}Partition ?part"
                " . FILTER(STRENDS(STR(?d), '#dataset')) }",
            )
            assert len(rows) > 50
            for row in rows[::10]:
                pattern = f"?s a {row['x']}" if name == "class" else f"?s {row['x']} ?o"
                (count,) = store.query(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
                assert count["n"].value == row["n"].value

    def test_title_licence_dumps_and_examples(self, described):
        (row,) = ask(
            described,
            "SELECT ?en ?zh ?license ?endpoint { ?d a void:Dataset , dcat:Dataset ; dct:license ?license ;"
            " void:sparqlEndpoint ?endpoint ; dct:title ?en , ?zh FILTER(LANG(?en)='en' && LANG(?zh)='zh') }",
        )
        assert row["license"].value.startswith("https://creativecommons.org/")
        assert len(ask(described, "SELECT ?f { ?d void:dataDump ?f }")) == len(ENDINGS)
        assert len(ask(described, "SELECT ?x { ?d void:exampleResource ?x }")) == 5
        assert ask(described, "SELECT ?p { ?l a void:Linkset ; void:linkPredicate ?p ; void:triples ?n }")

    def test_rdflib_parses_it(self, small):
        assert len(Graph().parse(small.at("/.well-known/void").address)) > 50


class TestDcat:
    def test_distributions_are_what_is_downloaded(self, shipped, described):
        rows = ask(
            described,
            "SELECT ?url ?size ?sum { ?d dcat:distribution [ dcat:downloadURL ?url ; dcat:byteSize ?size ;"
            " spdx:checksum [ spdx:checksumValue ?sum ] ] }",
        )
        assert len(rows) == len(ENDINGS)
        sums = get(shipped, "/dump/SHA256SUMS").text
        for row in rows:
            assert f"{row['sum'].value}  {row['url'].value.rpartition('/')[2]}" in sums

    def test_classes_are_called_in_chinese(self, described):
        query = (
            "SELECT ?kind ?name { ?kind rdfs:label ?name"
            " FILTER(LANG(?name) = 'zh' && STRSTARTS(STR(?kind), STR(dcat:))) }"
        )
        names = {row["kind"].value.rpartition("#")[2]: row["name"].value for row in ask(described, query)}
        assert names == {
            "Catalog": "目录",
            "Dataset": "数据集",
            "DataService": "数据服务",
            "Distribution": "数据集发行版",
        }

    def test_the_service(self, shipped, described):
        (row,) = ask(described, "SELECT ?url { ?s a dcat:DataService ; dcat:endpointURL ?url ; dcat:servesDataset ?d }")
        assert row["url"].value == shipped.address


class TestCrawlers:
    def test_robots(self, small):
        text = get(small, "/robots.txt").text
        assert f"Sitemap: {small.at('/sitemap.xml').address}" in text.splitlines()

    def test_sitemap_lists_pages_that_exist(self, small):
        root = ET.fromstring(get(small, "/sitemap.xml").body)
        places = [item.text for item in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
        assert small.at("/doc/new").address in places and len(places) > 400
        assert get(small, "/sitemap-2.xml").status == 404
        assert get(small, "/sitemap-1.xml").status == 200

    def test_a_large_dataset_has_several_maps(self, small, monkeypatch, serve):
        monkeypatch.setattr("miit_graph.web.discovery._PER_MAP", 100)
        other = serve(Settings(), LocalEngine(small_store(), "s2"), {"base": BASE})
        root = ET.fromstring(get(other, "/sitemap.xml").body)
        assert root.tag.endswith("sitemapindex") and len(root) == 5
        assert len(ET.fromstring(get(other, "/sitemap-2.xml").body)) == 101


class TestOpenApi:
    def test_it_is_valid(self, small, shipped):
        for client in (small, shipped):
            reply = get(client, "/openapi.json")
            assert reply.json["openapi"] == "3.1.0"
            validate(reply.json)

    def test_no_route_is_missing(self, small):
        app = create_app(Settings(), LocalEngine(small_store(), "s3"), {})
        written = set(get(small, "/openapi.json").json["paths"])
        routes = {rule.rule for rule in app.url_map.iter_rules()}
        routes = {re.sub("<(path:)?(\\w+)>", r"{\2}", rule) for rule in routes if not rule.startswith("/static")}
        variants = {"/sparql/", "/code/", "/shape/", "/ontology/", "/doc/ont", "/doc/ont.{ending}", "/doc/ont/{name}"}
        variants |= {"/void.{ending}", "/sitemap-<int:number>.xml"}
        assert routes - variants - written == set()

    def test_a_server_that_takes_no_changes_describes_none(self, small):
        described = get(small, "/openapi.json").json
        assert {method for methods in described["paths"].values() for method in methods} == {"get", "post"}
        assert "securitySchemes" not in described["components"] and "sparql-update" not in str(described)
        versions = {
            place
            for place, methods in described["paths"].items()
            if any((p["in"], p["name"]) == ("query", "version") for p in methods["get"]["parameters"])
        }
        assert get(small, "/").status == 200 and set(get(small, "/?version=1").json["places"]) == {
            re.sub(r"\{(\w+)\}", lambda m: {"name": "<path:name>"}.get(m[1], f"<{m[1]}>"), place)
            for place in versions - {"/sparql"}
        }


def test_llms_txt_tells_where_everything_is(client):
    reply = client.request("GET", "/llms.txt")
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert reply.text.startswith("# ")
    places = re.findall(r"\]\((http://[^)\s]+)\)", reply.text)
    assert len(places) > 8
    for place in places:
        target = place.split("/", 3)[3]
        if "=" not in target and not target.startswith("dump/"):
            assert client.request("GET", f"/{target}").status in (200, 303), place
    assert "/llms.txt" in client.request("GET", "/openapi.json").json["paths"]
