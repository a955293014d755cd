"""What Graphviz is to draw of a graph so that people can read it: one line per relation, and boxes of like leaves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from miit_graph.export.graph.model import Edge, Kind, Node, PropertyGraph

_SMALLEST_BOX = 6


@dataclass(frozen=True, slots=True)
class Box:
    """Nodes of one kind that hang on the same node by the same kind of edge and on nothing else."""

    name: str
    kind: Kind
    nodes: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """Which edges are drawn, which nodes stand together in a box, and what that means for their edges."""

    drawn: frozenset[str]
    boxes: tuple[Box, ...]
    edge_attributes: Mapping[str, Mapping[str, str]]
    """Further attributes by edge id: the first of a box is drawn up to its border, the others are not drawn."""


def plan(graph: PropertyGraph) -> Plan:
    """Lay out `graph`: no node, edge or name of it is left out, but not every edge gets a line of its own."""
    lines = _lines(graph)
    boxes: list[Box] = []
    attributes: dict[str, dict[str, str]] = {}
    hidden: set[str] = set()
    for members in _alike(graph, lines):
        name = f"cluster_{len(boxes)}"
        boxes.append(Box(name, members[0][0].kind, tuple(node.id for node, _ in members)))
        columns = max(2, min(4, round((len(members) / 1.5) ** 0.5)))
        for position, (node, edge) in enumerate(members):
            # The longer edge puts the node into the next column; invisible, it takes no room of its own.
            attributes[edge.id] = {"constraint": "true", "minlen": str(1 + position % columns)}
            if position == 0:
                attributes[edge.id] |= {"weight": "5", "ltail" if edge.source == node.id else "lhead": name}
            else:
                hidden.add(edge.id)
    return Plan(frozenset(edge.id for edge in lines) - hidden, tuple(boxes), attributes)


def _lines(graph: PropertyGraph) -> list[Edge]:
    """Of the edges that one fact gives between two nodes, the one that says most."""
    same: dict[object, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        fact = edge.values.get("fact")
        same[(fact, frozenset((edge.source, edge.target))) if fact else edge.id].append(edge)
    return [max(edges, key=lambda edge: _meaning(edge, edges, graph.above)) for edges in same.values()]


def _meaning(edge: Edge, among: Iterable[Edge], above: Mapping[str, frozenset[str]]) -> tuple[int, str, str]:
    """A property below another says more than it; ``holds`` stands for ``heldBy``, ``replaces`` for its inverse."""
    others = {other.kind.iri for other in among}
    return len(above.get(edge.kind.iri, frozenset()) & others), edge.kind.iri, edge.id


def _alike(graph: PropertyGraph, lines: Iterable[Edge]) -> list[list[tuple[Node, Edge]]]:
    """Leaves with their only line, grouped by the node they hang on, their kind and the kind of the line."""
    touching: dict[str, list[Edge]] = defaultdict(list)
    for edge in lines:
        for end in {edge.source, edge.target}:
            touching[end].append(edge)
    groups: dict[tuple[object, ...], list[tuple[Node, Edge]]] = defaultdict(list)
    for node in graph.nodes:
        if len(touching[node.id]) == 1:
            (edge,) = touching[node.id]
            outwards = edge.source == node.id
            other = edge.target if outwards else edge.source
            if other != node.id:
                key = (other, node.kind.iri, edge.kind.iri, outwards, edge.claimed, edge.inferred)
                groups[key].append((node, edge))
    ordered = sorted(groups.items(), key=lambda item: tuple(map(str, item[0])))
    return [
        sorted(members, key=lambda member: (member[0].label, member[0].id))
        for _, members in ordered
        if len(members) >= _SMALLEST_BOX
    ]
