"""Tools that know nothing of us configure themselves from the endpoint: what they ask is asked here.

The queries have the shape of those that the tools send, in our words: sib-swiss/sparql-editor asks for prefixes,
examples and VoID (its README; packages/sparql-editor/src/metadata.ts), aws/graph-explorer for classes, predicates,
links, matches and neighbours (packages/graph-explorer/src/connector/sparql).
"""

import pyoxigraph as ox
import pytest

from miit_graph.engine import formats
from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from tests.web.linked_helpers import BASE, TYPES, get, small_store, triples

pytest_plugins = ("tests.web.linked_fixtures",)
SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
TYPES_JSON = formats.JSON.media_type
DESCRIPTION = BASE + "graph/description"
PREFIXES = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX void: <http://rdfs.org/ns/void#> PREFIX void-ext: <http://ldf.fi/void-ext#>
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> PREFIX dcat: <http://www.w3.org/ns/dcat#>
"""


@pytest.fixture(params=["default graph", "named graph"])
def ask(request, shipped):
    """Ask the endpoint as the tools do: all in the default graph; and in the graph of the description alone."""

    def rows(pattern, variables="*", graph=request.param, **parameters):
        where = pattern if graph == "default graph" else f"GRAPH ?g {{ {pattern} }}"
        reply = shipped.get(f"{PREFIXES} SELECT DISTINCT {variables} {{ {where} }}", TYPES_JSON, **parameters)
        assert reply.status == 200, reply.text
        return [{name: value["value"] for name, value in row.items()} for row in reply.json["results"]["bindings"]]

    return rows


@pytest.fixture(scope="module")
def rows(shipped):
    def rows(query):
        reply = shipped.get(query, TYPES_JSON)
        assert reply.status == 200, reply.text
        return reply.json["results"]["bindings"]

    return rows


@pytest.fixture(scope="module")
def told(shipped):
    store = ox.Store()
    store.load(get(shipped, "/sparql", TYPES["ttl"]).body, format=ox.RdfFormat.TURTLE)
    return store


class TestSparqlEditor:
    def test_prefixes(self, ask):
        rows = ask("[] sh:namespace ?namespace ; sh:prefix ?prefix", ac="1")
        found = {row["prefix"]: row["namespace"] for row in rows}
        assert found["m"] == BASE + "ont#"
        assert {"d", "c", "org", "skos", "prov", "void"} <= set(found)

    def test_examples_run_as_they_are(self, ask, shipped):
        rows = ask("?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query")
        queries = {row["sq"]: row["query"] for row in rows}
        assert len(queries) >= 40 and len(rows) == 2 * len(queries)  # a comment in English, one in Chinese
        for query in sorted(queries.values())[::10]:
            assert shipped.get(query, TYPES_JSON).status == 200

    def test_classes_with_their_properties(self, ask):
        rows = ask(
            "?part void:class ?class ; void:propertyPartition ?uses . ?uses void:property ?property"
            " OPTIONAL { { ?uses void:classPartition [ void:class ?kind ] }"
            " UNION { ?uses void-ext:datatypePartition [ void-ext:datatype ?datatype ] } }",
            "?class ?property ?kind ?datatype",
        )
        found = {(row["class"], row["property"], row.get("kind") or row.get("datatype")) for row in rows}
        assert (BASE + "ont#Affiliation", BASE + "ont#principal", BASE + "ont#StateOrgan") in found
        assert (BASE + "ont#Citation", BASE + "ont#lineStart", "http://www.w3.org/2001/XMLSchema#integer") in found

    def test_the_parts_are_not_bound_to_a_graph_that_lacks_them(self, ask):
        """The editor's present query first looks for graphs with partitions of their own."""
        rows = ask(
            "OPTIONAL { ?named sd:graph ?content . ?content void:classPartition ?part }"
            " ?part void:class ?class ; void:propertyPartition ?uses . ?uses void:property ?property",
            "?class ?property",
        )
        assert len(rows) > 500

    def test_unknown_parameters_do_no_harm(self, shipped):
        assert shipped.get("ASK {}", TYPES_JSON, ac="1").json["boolean"] is True

    def test_a_graph_without_description_tells_it_at_the_endpoint(self, serve):
        """Where the data say nothing of themselves, the editor reads the service description instead."""
        store = small_store()
        client = serve(Settings(), LocalEngine(store, "t1"), {"triples": len(store)})
        found = {t.predicate.value for t in triples(get(client, "/sparql", TYPES["ttl"]))}
        assert {VOID + "propertyPartition", VOID + "classPartition", "http://www.w3.org/ns/shacl#namespace"} <= found


class TestGraphExplorer:
    def test_classes_and_their_sizes(self, rows, published):
        found = rows("SELECT ?class (COUNT(?s) AS ?instances) { ?s a ?class } GROUP BY ?class")
        sizes = {row["class"]["value"]: int(row["instances"]["value"]) for row in found}
        expected = {entry["iri"]: entry["count"] for entry in published.manifest["classes"]}
        assert sizes[BASE + "ont#Citation"] == expected[BASE + "ont#Citation"] > 300

    def test_every_class_shows_its_attributes(self, rows):
        """The schema: of one member of each class its predicates with literals; a name must be among them."""
        for kind in ("Citation", "Affiliation", "Tenure", "ConstituentDepartment"):
            found = rows(
                f"SELECT ?p (SAMPLE(?o) AS ?value) {{ {{ SELECT ?s {{ ?s a <{BASE}ont#{kind}> }} LIMIT 1 }}"
                " ?s ?p ?o FILTER(!isBlank(?o) && isLiteral(?o)) } GROUP BY ?p"
            )
            named = {row["p"]["value"] for row in found}
            assert named & {
                "http://www.w3.org/2000/01/rdf-schema#label",
                "http://www.w3.org/2004/02/skos/core#prefLabel",
            }, kind

    def test_predicates_between_things(self, rows):
        found = rows("SELECT ?p (COUNT(?p) AS ?n) { [] ?p ?o FILTER(!isLiteral(?o)) } GROUP BY ?p")
        assert all(int(row["n"]["value"]) > 0 for row in found) and len(found) > 50

    def test_which_classes_are_linked(self, rows):
        found = rows(
            "SELECT ?from ?p ?to (COUNT(*) AS ?n) { ?s a ?from ; ?p ?o . ?o a ?to"
            " FILTER(?p != <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>) } GROUP BY ?from ?p ?to"
        )
        ont = BASE + "ont#"
        triple = (ont + "Affiliation", ont + "principal", ont + "StateOrgan")
        assert triple in {tuple(row[name]["value"] for name in ("from", "p", "to")) for row in found}

    @pytest.mark.parametrize("word", ["cybersecurity", "网络安全"])
    def test_keywords(self, rows, word):
        found = rows(
            "SELECT DISTINCT ?s ?p ?o { { SELECT DISTINCT ?s { ?s a ?kind ; ?q ?value"
            f' FILTER(REGEX(STR(?value), "{word}", "i")) }} LIMIT 500 }}'
            " { ?s ?p ?o FILTER(isLiteral(?o) || ?p = <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>) } }"
        )
        assert BASE + "id/office-cybersecurity" in {row["s"]["value"] for row in found}

    def test_neighbours(self, rows):
        this = f"<{BASE}id/miit>"
        (count,) = rows(
            f"SELECT ?x (COUNT(DISTINCT ?n) AS ?total) {{ VALUES ?x {{ {this} }}"
            " { ?x ?p ?n . ?n a [] } UNION { ?n ?p ?x . ?n a [] } } GROUP BY ?x"
        )
        found = rows(
            f"SELECT DISTINCT ?n {{ BIND({this} AS ?x) {{ ?n ?p ?x . OPTIONAL {{ ?n a ?k }} }}"
            " UNION { ?x ?p ?n . OPTIONAL { ?n a ?k } FILTER(!isLiteral(?n)) } }"
        )
        assert 100 < int(count["total"]["value"]) <= len(found)


class TestServiceDescription:
    """SPARQL 1.1 Service Description; each test names the section."""

    @staticmethod
    def objects(store, predicate, subject="?s"):
        return {row["o"].value for row in store.query(f"SELECT ?o {{ {subject} <{SD}{predicate}> ?o }}")}

    def test_3_2_1_endpoint(self, told, shipped):
        assert self.objects(told, "endpoint") == {shipped.address}

    def test_3_2_2_features_are_those_that_the_server_has(self, told, small, shipped):
        assert SD + "UnionDefaultGraph" in self.objects(told, "feature")
        union = "ASK { ?s ?p ?o FILTER(!isBlank(?s) && !isBlank(?o)) FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }"
        assert shipped.get(union, TYPES_JSON).json["boolean"] is False
        assert SD + "UnionDefaultGraph" not in get(small, "/sparql", TYPES["nt"]).text

    def test_3_2_3_entailment_regime(self, told):
        assert self.objects(told, "defaultEntailmentRegime") == {"http://www.w3.org/ns/entailment/Simple"}

    def test_3_2_10_languages(self, told):
        assert self.objects(told, "supportedLanguage") == {SD + "SPARQL11Query"}

    def test_3_2_14_result_formats(self, told, shipped):
        offered = {f.iri: f for f in (*formats.TABLES, *formats.GRAPHS)}
        assert self.objects(told, "resultFormat") == set(offered)
        for format in offered.values():
            query = "SELECT * {} LIMIT 1" if format in formats.TABLES else "CONSTRUCT { <urn:a> <urn:b> 1 } {}"
            assert shipped.get(query, format.media_type).type == format.media_type

    def test_3_2_12_and_13_default_dataset_and_available_graphs(self, told, shipped, published):
        (dataset,) = self.objects(told, "defaultDataset")
        assert self.objects(told, "availableGraphs") == {dataset} == {BASE + "void#dataset"}
        graphs = {graph["iri"]: graph["triples"] for graph in published.manifest["graphs"]}
        found = told.query(
            f"SELECT ?name ?n {{ <{dataset}> <{SD}namedGraph> ?named . ?named <{SD}name> ?name ;"
            f" <{SD}graph> [ <{VOID}triples> ?n ] }}"
        )
        assert {row["name"].value: int(row["n"].value) for row in found} == graphs and DESCRIPTION in graphs
        (whole,) = told.query(f"SELECT ?n {{ <{dataset}> <{SD}defaultGraph> [ <{VOID}triples> ?n ] }}")
        assert int(whole["n"].value) == published.manifest["triples"]

    def test_3_3_types_of_the_parts(self, told):
        rdf_type = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        for name in ("Service", "Dataset", "GraphCollection", "Graph", "NamedGraph"):
            assert told.query(f"ASK {{ ?x {rdf_type} <{SD}{name}> }}"), name

    def test_2_content_negotiation(self, shipped):
        told = [triples(get(shipped, "/sparql", kind)) for kind in TYPES.values()]
        assert all(found == told[0] for found in told)

    def test_it_is_short(self, shipped):
        """Comunica reads it before every query, so it leaves the properties of each class to /void."""
        assert len(get(shipped, "/sparql", TYPES["ttl"]).body) < 200_000 < len(get(shipped, "/void.ttl").body)


def test_union_of_files_is_told(serve):
    client = serve(Settings(), LocalEngine(small_store(), "u1", union=True), {"union": True})
    assert SD + "UnionDefaultGraph" in get(client, "/sparql", TYPES["nt"]).text
