"""What yEd draws: its own elements beside the data of GraphML."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from unicodedata import east_asian_width

from miit_graph.export.graph.model import Edge, Node, PropertyGraph
from miit_graph.export.graph.palette import text_color
from miit_graph.export.graph.xml import attribute, content

YED_NAMESPACE = 'xmlns:y="http://www.yworks.com/xml/graphml" '
YED_KEYS = (
    '<key id="node.graphics" for="node" yfiles.type="nodegraphics"/>',
    '<key id="node.url" for="node" attr.name="url" attr.type="string"/>',
    '<key id="node.description" for="node" attr.name="description" attr.type="string"/>',
    '<key id="edge.graphics" for="edge" yfiles.type="edgegraphics"/>',
    '<key id="edge.description" for="edge" attr.name="description" attr.type="string"/>',
)
_ROW, _GAP, _ROWS = 44.0, 40.0, 30
_Box = tuple[float, float, float, float]
"""x, y, width, height."""


def places(graph: PropertyGraph) -> dict[str, _Box]:
    """A box for each node, in columns by kind, so that nothing lies upon anything before the first layout."""
    boxes: dict[str, _Box] = {}
    left = 0.0
    ordered = sorted(graph.nodes, key=lambda node: (node.kind.label, node.kind.iri, node.label, node.id))
    for _, group in groupby(ordered, key=lambda node: node.kind.iri):
        members = list(group)
        for first in range(0, len(members), _ROWS):
            column = members[first : first + _ROWS]
            width = max(_width(node.label) for node in column)
            for row, node in enumerate(column):
                boxes[node.id] = (left, row * _ROW, _width(node.label), _height(node.label))
            left += width + _GAP
    return boxes


def _width(label: str) -> float:
    """Enough for the longest line at 12 points; yEd doesn't fit boxes to labels by itself."""
    longest = max(sum(13 if east_asian_width(ch) in "WF" else 7 for ch in line) for line in label.split("\n"))
    return float(longest + 20)


def _height(label: str) -> float:
    return 16.0 * (label.count("\n") + 1) + 14


def node_graphics(node: Node, box: _Box) -> Iterator[str]:
    """The drawing of a node: a rounded box in the colour of its kind, with its name."""
    x, y, width, height = box
    yield f'<data key="node.url">{content(node.id)}</data>'
    yield f'<data key="node.description">{content(node.kind.label)}</data>'
    yield (
        '<data key="node.graphics"><y:ShapeNode>'
        f'<y:Geometry height="{height}" width="{width}" x="{x}" y="{y}"/>'
        f'<y:Fill color="{node.kind.color}" transparent="false"/>'
        '<y:BorderStyle color="#444444" type="line" width="1.0"/>'
        f'<y:NodeLabel alignment="center" autoSizePolicy="content" fontSize="12" modelName="internal" '
        f'modelPosition="c" textColor={attribute(text_color(node.kind.color))} xml:space="preserve">'
        f"{content(node.label)}</y:NodeLabel>"
        '<y:Shape type="roundrectangle"/></y:ShapeNode></data>'
    )


def edge_graphics(edge: Edge, lang: str) -> Iterator[str]:
    """The drawing of an edge: a line in the colour of its kind, dashed if only claimed, dotted if inferred."""
    style = "dashed" if edge.claimed else "dotted" if edge.inferred else "line"
    yield f'<data key="edge.description">{content(edge.told(lang))}</data>'
    yield (
        '<data key="edge.graphics"><y:PolyLineEdge>'
        f'<y:LineStyle color="{edge.kind.color}" type="{style}" width="1.0"/>'
        '<y:Arrows source="none" target="standard"/>'
        f'<y:EdgeLabel fontSize="10" textColor="{edge.kind.color}" xml:space="preserve">'
        f"{content(edge.label)}</y:EdgeLabel>"
        '<y:BendStyle smoothed="false"/></y:PolyLineEdge></data>'
    )
