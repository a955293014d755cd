"""GEXF 1.3 (https://gexf.net), for Gephi, Gephi Lite and sigma.js.

Days are inclusive at both ends, and an open end is left out. Every attribute is declared, as strict readers want it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import IO

from miit_graph.export.graph.model import ColumnType, Edge, Node, PropertyGraph
from miit_graph.export.graph.palette import rgb, spiral
from miit_graph.export.graph.text import cell
from miit_graph.export.graph.xml import attribute, content

_TYPES: dict[ColumnType, str] = {
    "string": "string",
    "boolean": "boolean",
    "integer": "long",
    "double": "double",
    "list": "string",  # Gephi's list types split at bars and commas, which texts have
}


def write_gexf(graph: PropertyGraph, stream: IO[bytes]) -> None:
    """Write `graph` to `stream`."""
    for line in _lines(graph):
        stream.write(line.encode("utf-8"))
        stream.write(b"\n")


def _lines(graph: PropertyGraph) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">'
    yield f"<meta><creator>miit-graph</creator><description>{content(graph.title)}</description></meta>"
    mode = 'mode="dynamic" timeformat="date" timerepresentation="interval"' if graph.dated else 'mode="static"'
    yield f'<graph defaultedgetype="directed" idtype="string" {mode}>'
    opened: dict[str, dict[str, str]] = {}
    for name, columns in (("node", graph.node_columns), ("edge", graph.edge_columns)):
        opened[name] = {column.name: f"<attvalue for={attribute(column.name)} value=" for column in columns}
        yield f'<attributes class="{name}" mode="static">'
        for column in columns:
            # Readers differ in whether they go by id or title: both are the name.
            name_of = attribute(column.name)
            yield f'<attribute id={name_of} title={name_of} type="{_TYPES[column.type]}"/>'
        yield "</attributes>"
    degrees = Counter(end for edge in graph.edges for end in (edge.source, edge.target))
    yield f'<nodes count="{len(graph.nodes)}">'
    ordered = sorted(graph.nodes, key=lambda node: (node.kind.label, node.kind.iri, node.id))
    places = dict(zip((node.id for node in ordered), spiral(ordered), strict=True))
    for node in graph.nodes:
        red, green, blue = rgb(node.kind.color)
        x, y = places[node.id]
        yield f"<node id={attribute(node.id)} label={attribute(node.label)}{_interval(node)}>"
        yield from _values(node, opened["node"])
        yield f'<viz:color r="{red}" g="{green}" b="{blue}" a="1"/>'
        yield f'<viz:position x="{x}" y="{y}" z="0"/>'
        yield f'<viz:size value="{round(8 + 3 * math.sqrt(degrees[node.id]), 2)}"/>'
        yield "</node>"
    yield "</nodes>"
    yield f'<edges count="{len(graph.edges)}">'
    for edge in graph.edges:
        red, green, blue = rgb(edge.kind.color)
        yield (
            f"<edge id={attribute(edge.id)} source={attribute(edge.source)} target={attribute(edge.target)} "
            f'type="directed" kind={attribute(edge.kind.name)} label={attribute(edge.label)}{_interval(edge)}>'
        )
        yield from _values(edge, opened["edge"])
        yield f'<viz:color r="{red}" g="{green}" b="{blue}" a="1"/>'
        yield f'<viz:shape value="{"dashed" if edge.claimed else "dotted" if edge.inferred else "solid"}"/>'
        yield "</edge>"
    yield "</edges></graph></gexf>"


def _interval(part: Node | Edge) -> str:
    start = f' start="{part.start}"' if part.start else ""
    return start + (f' end="{part.end}"' if part.end else "")


def _values(part: Node | Edge, opened: Mapping[str, str]) -> Iterator[str]:
    """The values in the order of the columns; ``opened`` is how an element for each of them begins."""
    values = part.values
    yield "<attvalues>"
    for name, start in opened.items():
        if name in values:
            yield f"{start}{attribute(cell(values[name]))}/>"
    yield "</attvalues>"
