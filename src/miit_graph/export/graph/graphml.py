"""GraphML (http://graphml.graphdrawing.org), plain, and in the dialect that yEd draws.

The ids of nodes are XML NMTOKENs, as the format's schema wants: prefixed names where there is one. The IRI is in the
attribute ``iri``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO

from miit_graph.export.graph.model import Column, ColumnType, Edge, Node, PropertyGraph
from miit_graph.export.graph.text import cell
from miit_graph.export.graph.xml import attribute, content
from miit_graph.export.graph.yed import YED_KEYS, YED_NAMESPACE, edge_graphics, node_graphics, places

_TYPES: dict[ColumnType, str] = {
    "string": "string",
    "boolean": "boolean",
    "integer": "long",
    "double": "double",
    "list": "string",
}
_NODE_LABEL = Column("label", "string", "name in the chosen language")
_EDGE_LABEL = Column("label", "string", "name of the property in the chosen language")
_EDGE_KIND = Column("kind", "string", "prefixed name of the property")


def write_graphml(graph: PropertyGraph, stream: IO[bytes]) -> None:
    """Write `graph` to `stream` as plain GraphML."""
    _write(_lines(graph, yed=False), stream)


def write_yed(graph: PropertyGraph, stream: IO[bytes]) -> None:
    """Write `graph` to `stream` as GraphML with drawn labels, colours and places for yEd; the data is the same."""
    _write(_lines(graph, yed=True), stream)


def _write(lines: Iterator[str], stream: IO[bytes]) -> None:
    for line in lines:
        stream.write(line.encode("utf-8"))
        stream.write(b"\n")


def _lines(graph: PropertyGraph, yed: bool) -> Iterator[str]:
    schema = "www.yworks.com/xml/schema/graphml/1.1/ygraphml" if yed else "graphml.graphdrawing.org/xmlns/1.1/graphml"
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns" '
        f"{YED_NAMESPACE if yed else ''}"
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns '
        f'http://{schema}.xsd">'
    )
    yield f"<desc>{content(graph.title)}</desc>"
    node_columns = (_NODE_LABEL, *graph.node_columns)
    edge_columns = (_EDGE_LABEL, _EDGE_KIND, *graph.edge_columns)
    opened: dict[str, dict[str, str]] = {}
    for name, columns in (("node", node_columns), ("edge", edge_columns)):
        opened[name] = {column.name: f"<data key={attribute(f'{name}.{column.name}')}>" for column in columns}
        for column in columns:
            yield (
                f'<key id={attribute(f"{name}.{column.name}")} for="{name}" attr.name={attribute(column.name)} '
                f'attr.type="{_TYPES[column.type]}"><desc>{content(column.meaning)}</desc></key>'
            )
    if yed:
        yield from YED_KEYS
    yield '<graph id="graph" edgedefault="directed">'
    where = places(graph) if yed else {}
    for node in graph.nodes:
        yield f"<node id={attribute(graph.tokens[node.id])}>"
        yield f'<data key="node.label">{content(node.label)}</data>'
        yield from _values(node, opened["node"])
        if yed:
            yield from node_graphics(node, where[node.id])
        yield "</node>"
    for edge in graph.edges:
        source, target = attribute(graph.tokens[edge.source]), attribute(graph.tokens[edge.target])
        yield f"<edge id={attribute(edge.id)} source={source} target={target}>"
        yield f'<data key="edge.label">{content(edge.label)}</data>'
        yield f'<data key="edge.kind">{content(edge.kind.name)}</data>'
        yield from _values(edge, opened["edge"])
        if yed:
            yield from edge_graphics(edge, graph.lang)
        yield "</edge>"
    yield "</graph></graphml>"


def _values(part: Node | Edge, opened: Mapping[str, str]) -> Iterator[str]:
    """The values in the order of the columns; ``opened`` is how an element for each of them begins."""
    values = part.values
    for name, start in opened.items():
        if name in values:
            yield f"{start}{content(cell(values[name]))}</data>"
