"""What SPARQL says about the nodes and edges of the shipped graph, and whether a file says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from tests.export.graph.graph_readers import Read

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


def assert_same(
    reader: str,
    read: Read,
    nodes: Mapping[str, tuple[str, str]],
    edges: Counter[tuple[str, ...]],
) -> None:
    """The file has exactly these nodes, with both their names, and exactly these edges with their facts."""
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
