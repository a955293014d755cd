"""Every format, read back by somebody else's program, says what SPARQL says: node by node, edge by edge."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyoxigraph as ox
import pytest

from miit_graph.export.graph import Options, Source
from tests.export.graph.conftest import READERS, ReadBack

PREFIXES = """
PREFIX m: <https://w3id.org/miit-graph/ont#>
PREFIX c: <https://w3id.org/miit-graph/code/>
PREFIX d: <https://w3id.org/miit-graph/id/>
PREFIX g: <https://w3id.org/miit-graph/graph/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX time: <http://www.w3.org/2006/time#>
"""
ENTITY = """
  GRAPH ?{0}Graph {{ ?{0} a ?{0}Class }}
  FILTER(STRSTARTS(STR(?{0}Graph), CONCAT(STR(g:), "data/")))
  FILTER NOT EXISTS {{ ?{0} a ?{0}Other
    VALUES ?{0}Other {{ m:Fact m:Citation m:SourceDocument time:TemporalEntity
                        skos:Concept skos:ConceptScheme skos:Collection }} }}
"""
"""Something in the data that has a class and is neither a fact nor what a fact is made of."""
NODES = (
    PREFIXES
    + "SELECT DISTINCT ?node ?en ?zh {"
    + ENTITY.format("node")
    + """
  OPTIONAL { ?node skos:prefLabel ?en FILTER(LANG(?en) = "en") }
  OPTIONAL { ?node skos:prefLabel ?zh FILTER(LANG(?zh) = "zh") }
}"""
)
EDGES = (
    PREFIXES
    + "SELECT DISTINCT ?node ?predicate ?other ?fact ?claim {"
    + ENTITY.format("node")
    + ENTITY.format("other")
    + """
  {
    GRAPH ?g { ?node ?predicate ?other }
    FILTER(?predicate != rdf:type && ?g != g:inferred)
    OPTIONAL { ?record a m:Derivation ; rdf:subject ?node ; rdf:predicate ?predicate ; rdf:object ?other ;
                 prov:wasDerivedFrom ?fact . ?fact a m:Fact }
    BIND(false AS ?claim)
  } UNION {
    ?fact a m:Claim ; rdf:subject ?node ; rdf:predicate ?predicate ; rdf:object ?other .
    FILTER NOT EXISTS { ?record a m:Derivation ; rdf:subject ?node ; rdf:predicate ?predicate ; rdf:object ?other ;
                          prov:wasDerivedFrom ?fact }
    BIND(true AS ?claim)
  }
}"""
)


def answer(store: ox.Store, query: str) -> list[tuple[str, ...]]:
    solutions = store.query(query)
    assert isinstance(solutions, ox.QuerySolutions)
    return [tuple("" if term is None else term.value for term in row) for row in solutions]  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def nodes(graph_store: ox.Store) -> dict[str, tuple[str, str]]:
    rows = answer(graph_store, NODES)
    found = {node: (en, zh) for node, en, zh in rows}
    assert len(found) == len(rows) > 150
    return found


@pytest.fixture(scope="module")
def edges(graph_store: ox.Store) -> Counter[tuple[str, ...]]:
    found = Counter(answer(graph_store, EDGES))
    assert found.total() > 200 and set(found.values()) == {1}
    return found


@pytest.mark.parametrize("reader", READERS)
def test_nodes_edges_and_labels(
    reader: str,
    source: Source,
    read_back: ReadBack,
    nodes: dict[str, tuple[str, str]],
    edges: Counter[tuple[str, ...]],
) -> None:
    read = read_back(reader, source, Options())
    assert {iri: (values["label_en"], values["label_zh"]) for iri, values in read.nodes.items()} == nodes
    if "dot" not in reader:  # there it is broken into lines
        assert {iri: values["label"] for iri, values in read.nodes.items()} == {n: en for n, (en, _) in nodes.items()}
    got = Counter(
        (start, values["predicate"], end, values.get("fact", ""), _claimed(values))
        for start, end, values in read.edges.values()
    )
    assert got == edges


def _claimed(values: dict[str, Any]) -> str:
    assert str(values["asserted"]).lower() == ("false" if values["origin"] == "claimed" else "true")
    return "true" if values["origin"] == "claimed" else "false"


@pytest.mark.parametrize("reader", READERS)
def test_labels_of_edges(reader: str, source: Source, graph_store: ox.Store, read_back: ReadBack) -> None:
    labels = {
        row[0]: row[1:]
        for row in answer(
            graph_store,
            PREFIXES
            + """SELECT ?p ?en ?zh { ?p skos:prefLabel ?en , ?zh FILTER(LANG(?en) = "en" && LANG(?zh) = "zh") }""",
        )
    }
    for _, _, values in read_back(reader, source, Options(lang="zh")).edges.values():
        assert (values["label_en"], values["label_zh"]) == labels[values["predicate"]]
        if "label" in values:  # Graphviz gets it where there is room to draw it
            assert values["label"] == values["label_zh"]


@pytest.mark.parametrize("reader", READERS)
def test_evidence_and_time_of_an_edge(reader: str, source: Source, graph_store: ox.Store, read_back: ReadBack) -> None:
    """Rank, places in the sources, and dates as stated with their bounds, for every edge with a fact."""
    facts: dict[str, dict[str, set[str]]] = {}
    query = """SELECT ?fact ?rank ?file ?first ?last ?from ?fromE ?fromL ?to ?toE ?toL ?at {
      ?fact a m:Fact ; m:rank/skos:prefLabel ?rank FILTER(LANG(?rank) = "en")
      OPTIONAL { ?fact prov:wasDerivedFrom ?citation . ?citation dct:source/dct:identifier ?file ;
                   m:lineStart ?first ; m:lineEnd ?last }
      OPTIONAL { ?fact m:validFrom ?start . ?start m:edtf ?from ; m:earliest ?fromE ; m:latest ?fromL }
      OPTIONAL { ?fact m:validUntil ?end . ?end m:edtf ?to ; m:earliest ?toE ; m:latest ?toL }
      OPTIONAL { ?fact m:at/m:edtf ?at }
    }"""
    names = "rank lines valid_from valid_from_earliest valid_from_latest valid_to valid_to_earliest valid_to_latest at"
    for fact, rank, file, first, last, *times in answer(graph_store, PREFIXES + query):
        lines = "" if not file else f"{file}:{first}" if first == last else f"{file}:{first}-{last}"
        values = dict(zip(names.split(), (rank, lines, *times), strict=True))
        for name, value in values.items():
            facts.setdefault(fact, {}).setdefault(name, set()).update({value} - {""})
    dated = 0
    for _, _, values in read_back(reader, source, Options()).edges.values():
        if "fact" not in values:
            continue
        got = {name: {str(values[name])} if name in values else set() for name in names.split()}
        lines = values.get("cited_lines", ())
        got["lines"] = set(lines.split(" | ") if isinstance(lines, str) else lines)
        assert got == facts[values["fact"]]
        dated += bool(got["valid_from"])
    assert dated > 5


@pytest.mark.parametrize("reader", READERS)
def test_typed_values(reader: str, source: Source, read_back: ReadBack) -> None:
    """Numbers and truth values come back as such, where the format has types."""
    read = read_back(reader, source, Options())
    post = read.nodes["https://w3id.org/miit-graph/id/post-minister"]
    ordinals = [values["m_ordinal"] for _, _, values in read.edges.values() if "m_ordinal" in values]
    known = [values["m_intervalKnown"] for _, _, values in read.edges.values() if "m_intervalKnown" in values]
    if reader in ("csv", "dot by graphviz"):
        assert post["m_holderLimit"] == "1" and {"1", "5"} <= set(ordinals) and set(known) == {"false"}
    else:
        assert post["m_holderLimit"] == 1 and {1, 5} <= set(ordinals) and set(known) == {False}
        assert not any(isinstance(value, str) for value in (*ordinals, *known))


@pytest.mark.parametrize("reader", READERS)
def test_fact_nodes_kept(reader: str, source: Source, graph_store: ox.Store, read_back: ReadBack) -> None:
    read = read_back(reader, source, Options(facts="keep"))
    kept = {iri for iri, values in read.nodes.items() if values["category"] == "facts"}
    facts = {fact for (fact,) in answer(graph_store, PREFIXES + "SELECT DISTINCT ?f { ?f a m:Fact }")}
    assert kept == facts
    rows = answer(graph_store, PREFIXES + "SELECT ?fact ?body { ?fact a m:Affiliation ; m:affiliate ?body }")
    affiliate = "https://w3id.org/miit-graph/ont#affiliate"
    affiliates = {(start, end) for start, end, values in read.edges.values() if values["predicate"] == affiliate}
    assert affiliates == set(rows)
    assert not [e for e in read.edges.values() if e[2]["predicate"] == "http://www.w3.org/ns/org#unitOf"]
