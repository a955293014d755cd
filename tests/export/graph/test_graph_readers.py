"""Every format, read back by somebody else's program, says what SPARQL says: node by node, edge by edge."""

from __future__ import annotations

from collections import Counter

import pyoxigraph as ox
import pytest

from miit_graph.export.graph import Options, Source
from tests.export.graph.conftest import READERS, ReadBack
from tests.export.graph.sparql_says import EDGES, NODES, PREFIXES, answer, assert_same


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
    assert_same(reader, read_back(reader, source, Options()), nodes, edges)


@pytest.fixture(scope="module")
def labels(graph_store: ox.Store) -> dict[str, tuple[str, ...]]:
    """The names of everything in English and Chinese."""
    query = """SELECT ?p ?en ?zh { ?p skos:prefLabel ?en , ?zh FILTER(LANG(?en) = "en" && LANG(?zh) = "zh") }"""
    return {row[0]: row[1:] for row in answer(graph_store, PREFIXES + query)}


@pytest.mark.parametrize("reader", READERS)
def test_labels_of_edges(reader: str, source: Source, labels: dict[str, tuple[str, ...]], read_back: ReadBack) -> None:
    for _, _, values in read_back(reader, source, Options(lang="zh")).edges.values():
        assert (values["label_en"], values["label_zh"]) == labels[values["predicate"]]
        if "label" in values:  # Graphviz gets it where there is room to draw it
            assert values["label"] == values["label_zh"]


EVIDENCE = "rank lines valid_from valid_from_earliest valid_from_latest valid_to valid_to_earliest valid_to_latest at"


@pytest.fixture(scope="module")
def facts(graph_store: ox.Store) -> dict[str, dict[str, set[str]]]:
    """Rank, places in the sources, and dates as stated with their bounds, of every fact."""
    facts: dict[str, dict[str, set[str]]] = {}
    query = """SELECT ?fact ?rank ?file ?first ?last ?from ?fromE ?fromL ?to ?toE ?toL ?at {
      ?fact a m:Fact ; m:rank/skos:prefLabel ?rank FILTER(LANG(?rank) = "en")
      OPTIONAL { ?fact prov:wasDerivedFrom ?citation . ?citation dct:source/dct:identifier ?file ;
                   m:lineStart ?first ; m:lineEnd ?last }
      OPTIONAL { ?fact m:validFrom ?start . ?start m:edtf ?from ; m:earliest ?fromE ; m:latest ?fromL }
      OPTIONAL { ?fact m:validUntil ?end . ?end m:edtf ?to ; m:earliest ?toE ; m:latest ?toL }
      OPTIONAL { ?fact m:at/m:edtf ?at }
    }"""
    for fact, rank, file, first, last, *times in answer(graph_store, PREFIXES + query):
        lines = "" if not file else f"{file}:{first}" if first == last else f"{file}:{first}-{last}"
        values = dict(zip(EVIDENCE.split(), (rank, lines, *times), strict=True))
        for name, value in values.items():
            facts.setdefault(fact, {}).setdefault(name, set()).update({value} - {""})
    return facts


@pytest.mark.parametrize("reader", READERS)
def test_evidence_and_time_of_an_edge(
    reader: str, source: Source, facts: dict[str, dict[str, set[str]]], read_back: ReadBack
) -> None:
    dated = 0
    for _, _, values in read_back(reader, source, Options()).edges.values():
        if "fact" not in values:
            continue
        got = {name: {str(values[name])} if name in values else set() for name in EVIDENCE.split()}
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
