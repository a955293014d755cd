"""A dataset walked through: what comes in parts is what the whole holds."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import networkx as nx
import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miit_graph.build.snapshot import Snapshot
from miit_graph.engine.api import Limits
from miit_graph.engine.local import LocalEngine
from miit_graph.export.graph import Options, PropertyGraph, Source, build_graph
from miit_graph.export.network import MOST_NODES, Network, UnknownThing, find_path
from miit_graph.export.network.network import read_groups
from miit_graph.publish.ask import Asker
from miit_graph.vocabulary import STANDARD_PREFIXES, prefixes_for

BASE = "https://w3id.org/miit-graph/"
MIIT = f"{BASE}id/miit"
EX = "http://example.org/"


def network_of(store: ox.Store, prefixes: dict[str, str] = STANDARD_PREFIXES) -> Network:
    return Network(Asker(LocalEngine(store, "1", workers=2), Limits()), prefixes)


@pytest.fixture(scope="module")
def store(snapshot: Snapshot) -> ox.Store:
    return snapshot.load()


@pytest.fixture(scope="module")
def network(store: ox.Store) -> Network:
    return network_of(store, prefixes_for(BASE))


@pytest.fixture(scope="module")
def whole(store: ox.Store) -> PropertyGraph:
    return build_graph(Source.read(store, prefixes_for(BASE)), Options(lang="zh"))


def told(graph: PropertyGraph) -> tuple[dict[str, object], dict[str, object]]:
    """Nodes and edges by id, with all that is said of them; distances are counted from what was asked for."""
    nodes = {
        node.id: (
            node.label,
            node.kind,
            {k: v for k, v in node.values.items() if k != "distance"},
            node.start,
            node.end,
        )
        for node in graph.nodes
    }
    return nodes, {edge.id: edge for edge in graph.edges}


def test_all_things_together_are_the_whole_graph_file(network: Network, whole: PropertyGraph) -> None:
    part = network.graph([node.id for node in whole.nodes], "zh", properties=True)
    assert told(part) == told(whole)


def test_parts_added_to_one_another_have_the_same_nodes_and_edges(network: Network, whole: PropertyGraph) -> None:
    names = [node.id for node in whole.nodes]
    nodes: dict[str, object] = {}
    edges: dict[str, object] = {}
    for start in range(0, len(names), 60):
        part = network.graph(names[start : start + 60], "zh", beside=names[:start], properties=True)
        more = told(part)
        assert not nodes.keys() & more[0].keys()
        nodes |= more[0]
        edges |= more[1]
    assert nodes.keys() == told(whole)[0].keys()
    assert edges.keys() == told(whole)[1].keys()


def test_pages_of_neighbours_are_all_that_edges_lead_to(network: Network, whole: PropertyGraph) -> None:
    near = {end for edge in whole.edges if MIIT in (edge.source, edge.target) for end in (edge.source, edge.target)}
    pages = [network.neighbours(MIIT, "en", offset=offset, limit=50) for offset in (0, 50, 100)]
    found = [node for page in pages for node in page.nodes]
    assert len(found) == len(set(found)) == pages[0].total == sum(pages[0].kinds.values())
    assert set(found) == near - {MIIT}
    one = max(pages[0].kinds, key=lambda kind: pages[0].kinds[kind])
    assert network.neighbours(MIIT, "en", kinds=frozenset((one.iri,))).total == pages[0].kinds[one]


def test_concepts_are_neighbours_when_asked_for(network: Network) -> None:
    more = network.neighbours(MIIT, "en", groups=read_groups("entities,concepts"), limit=200)
    assert any(node.startswith(f"{BASE}code/") for node in more.nodes)
    with pytest.raises(ValueError, match="bodies is no group; there are: entities"):
        read_groups("bodies")


def test_one_begins_with_what_has_most_ties(network: Network) -> None:
    assert network.in_order(network.busiest, read_groups(""))[0] == MIIT


def test_paths_are_as_short_as_they_can_be(network: Network, whole: PropertyGraph) -> None:
    graph = nx.Graph((edge.source, edge.target) for edge in whole.edges)
    ends = sorted(graph)[::17]
    for start, end in pairwise(ends):
        found = find_path(network, start, end)
        if nx.has_path(graph, start, end):
            assert found.nodes[0] == start and found.nodes[-1] == end
            assert all(graph.has_edge(*step) for step in pairwise(found.nodes))
            assert len(found.nodes) == nx.shortest_path_length(graph, start, end) + 1
        else:
            assert found.nodes == () and not found.exhausted


def test_nothing_is_said_of_the_unknown(network: Network) -> None:
    nowhere = f"{BASE}id/nowhere"
    with pytest.raises(UnknownThing, match="nowhere"):
        network.neighbours(nowhere, "en")
    with pytest.raises(UnknownThing, match="nowhere"):
        find_path(network, MIIT, nowhere)
    assert network.graph([nowhere, "not an IRI"], "en").nodes == ()
    assert [node.id for node in network.graph([nowhere, MIIT], "en").nodes] == [MIIT]


def stored(pairs: Iterable[tuple[int, int]], named: bool) -> ox.Store:
    graph = ox.NamedNode(f"{EX}g") if named else ox.DefaultGraph()
    store = ox.Store()
    store.extend(
        ox.Quad(ox.NamedNode(f"{EX}{a}"), ox.NamedNode(f"{EX}knows"), ox.NamedNode(f"{EX}{b}"), graph) for a, b in pairs
    )
    return store


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=18), st.booleans())
def test_any_vocabulary_can_be_walked_through(pairs: set[tuple[int, int]], named: bool) -> None:
    network = network_of(stored(pairs, named))
    graph = nx.Graph(pairs)
    start, end = f"{EX}{min(graph)}", f"{EX}{max(graph)}"
    near = {f"{EX}{other}" for other in graph[min(graph)]} - {start}
    assert set(network.neighbours(start, "en").nodes) == near
    assert len(network.graph([f"{EX}{node}" for node in graph], "en").edges) == len(pairs)
    found = find_path(network, start, end).nodes
    if nx.has_path(graph, min(graph), max(graph)):
        assert len(found) == nx.shortest_path_length(graph, min(graph), max(graph)) + 1
    else:
        assert found == ()


def test_a_hub_is_told_within_limits() -> None:
    network = network_of(stored(((0, other) for other in range(1, MOST_NODES + 500)), named=False))
    page = network.neighbours(f"{EX}0", "en", limit=20)
    assert page.capped and page.total == MOST_NODES and len(page.nodes) == 20
