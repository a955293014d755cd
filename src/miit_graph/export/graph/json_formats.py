"""JSON for Cytoscape and Cytoscape.js, and for graphology."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import IO, Any

from miit_graph.export.graph.model import Edge, Node, PropertyGraph
from miit_graph.export.graph.palette import spiral


def write_cytoscape(graph: PropertyGraph, stream: IO[bytes]) -> None:
    """Write `graph` to `stream` as a ``.cyjs`` file: an id on every node and edge, all values in ``data``."""
    head = {
        "format_version": "1.0",
        "generated_by": "miit-graph",
        "target_cytoscapejs_version": "~3",
        "data": {"name": graph.title, "shared_name": graph.title},
    }
    nodes = ({"data": cytoscape_node(node), "classes": node.values.get("category", "")} for node in graph.nodes)
    edges = ({"data": cytoscape_edge(edge), "classes": edge.values.get("origin", "")} for edge in graph.edges)
    stream.write(_dump(head)[:-1] + b',\n"elements":{"nodes":[')
    _write_items(nodes, stream)
    stream.write(b'],\n"edges":[')
    _write_items(edges, stream)
    stream.write(b"]}}\n")


def cytoscape_node(node: Node) -> dict[str, Any]:
    """The ``data`` of a node for Cytoscape and Cytoscape.js."""
    fixed = {"id": node.id, "name": node.label, "shared_name": node.label, "label": node.label}
    return {**fixed, **_plain(node.values)}


def cytoscape_edge(edge: Edge) -> dict[str, Any]:
    """The ``data`` of an edge."""
    fixed = {
        "id": edge.id,
        "source": edge.source,
        "target": edge.target,
        "name": edge.label,
        "label": edge.label,
        "kind": edge.kind.name,
        "interaction": edge.kind.name,
    }
    return {**fixed, **_plain(edge.values)}


def write_graphology(graph: PropertyGraph, stream: IO[bytes]) -> None:
    """Write `graph` to `stream` as ``Graph.import`` reads it, with places and sizes, which sigma.js needs."""
    head = {
        "options": {"type": "directed", "multi": True, "allowSelfLoops": True},
        "attributes": {"name": graph.title, "lang": graph.lang},
    }
    degrees = Counter(end for edge in graph.edges for end in (edge.source, edge.target))
    ordered = sorted(graph.nodes, key=lambda node: (node.kind.label, node.kind.iri, node.id))
    places = dict(zip((node.id for node in ordered), spiral(ordered), strict=True))
    nodes = (
        {
            "key": node.id,
            "attributes": {
                "label": node.label,
                "x": places[node.id][0],
                "y": places[node.id][1],
                "size": round(4 + 1.5 * math.sqrt(degrees[node.id]), 2),
                **_plain(node.values),
            },
        }
        for node in graph.nodes
    )
    edges = (
        {
            "key": edge.id,
            "source": edge.source,
            "target": edge.target,
            "attributes": {"label": edge.label, "kind": edge.kind.name, **_plain(edge.values)},
        }
        for edge in graph.edges
    )
    stream.write(_dump(head)[:-1] + b',\n"nodes":[')
    _write_items(nodes, stream)
    stream.write(b'],\n"edges":[')
    _write_items(edges, stream)
    stream.write(b"]}\n")


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def _write_items(items: Iterable[Any], stream: IO[bytes]) -> None:
    """One line per item, so that the file can be looked at and compared."""
    for position, item in enumerate(items):
        stream.write((b",\n" if position else b"\n") + _dump(item))


def _dump(item: Any) -> bytes:
    return json.dumps(item, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
