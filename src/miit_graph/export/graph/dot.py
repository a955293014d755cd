r"""DOT for Graphviz: boxes coloured by kind with names in two languages, and a legend.

In DOT ``"`` ends a string and ``\`` begins an escape, so in every attribute a quote is written ``\"``, a backslash
``\\`` and a line feed ``\n``. Graphviz reads ``&…;`` in what it draws as an HTML entity, so there ``&`` is ``&amp;``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import IO
from xml.sax.saxutils import escape

from miit_graph.export.graph.dot_layout import plan
from miit_graph.export.graph.model import Edge, Kind, Node, PropertyGraph
from miit_graph.export.graph.palette import tint
from miit_graph.export.graph.text import cell

_FONTS = (
    "Noto Sans CJK SC,Noto Sans SC,Source Han Sans SC,PingFang SC,Microsoft YaHei,SimHei,WenQuanYi Zen Hei,sans-serif"
)
"""The first that the machine has is taken; all but the last have Chinese characters."""
_GAP, _GAP_WITH_BOXES = "0.08", "0.04"
"""Inches between nodes. Graphviz leaves such a gap for every invisible line past a box, too, so boxes ask for less."""
_LABELLED_EDGES = 60
"""Up to so many lines have their names drawn, if there are no boxes; else names only clutter, and are tooltips."""


def write_dot(graph: PropertyGraph, stream: IO[bytes]) -> None:
    """Write `graph` to `stream`.

    All nodes and edges are in the file, but not every edge is a line in the picture: one fact often gives several
    edges between two nodes (``org:holds`` and ``org:heldBy``), of which one is drawn; and where six or more things
    of one kind hang on the same node, they stand in a box with one line to it. The others have ``style=invis``.
    """
    for line in _lines(graph):
        stream.write(line.encode("utf-8"))
        stream.write(b"\n")


def _lines(graph: PropertyGraph) -> Iterator[str]:
    layout = plan(graph)
    drawn_kinds = {edge.kind for edge in graph.edges if edge.id in layout.drawn}
    legend = _legend(graph.node_kinds, [kind for kind in graph.edge_kinds if kind in drawn_kinds])
    labelled = not layout.boxes and len(layout.drawn) <= _LABELLED_EDGES
    yield f"digraph {_quoted(graph.title)} {{"
    # Most edges go from the part to the whole, which so comes to stand on the left.
    yield (
        f'graph [charset="UTF-8", rankdir="RL", compound="true", newrank="true", bgcolor="white", '
        f'fontname={_quoted(_FONTS)}, fontsize="12", labelloc="t", labeljust="l", '
        f'ranksep="0.5", nodesep="{_GAP_WITH_BOXES if layout.boxes else _GAP}", splines="true", '
        'outputorder="edgesfirst", '
        f"label=<{legend}>];"
    )
    yield (
        f'node [shape="box", style="filled,rounded", fontname={_quoted(_FONTS)}, fontsize="11", margin="0.12,0.05", '
        'height="0.3", penwidth="1.2"];'
    )
    yield f'edge [fontname={_quoted(_FONTS)}, fontsize="9", arrowsize="0.6", penwidth="1"];'
    for node in graph.nodes:
        yield f"{_quoted(node.id)} [{_attributes(_node(node, graph.lang))}];"
    for edge in graph.edges:
        ends = f"{_quoted(edge.source)} -> {_quoted(edge.target)}"
        attributes = _edge(edge, graph.lang, edge.id in layout.drawn, labelled) | {
            **layout.edge_attributes.get(edge.id, {})
        }
        yield f"{ends} [{_attributes(attributes)}];"
    for box in layout.boxes:
        title = _entities(f"{box.kind.label} ({len(box.nodes)})")
        yield f"subgraph {_quoted(box.name)} {{"
        yield (
            f'graph [label={_quoted(title)}, labeljust="l", style="rounded,filled", fillcolor="#f7f7f7", '
            f"color={_quoted(box.kind.color)}, fontcolor={_quoted('#333333')}];"
        )
        yield "; ".join(map(_quoted, box.nodes)) + "; }"
    yield "}"


def _node(node: Node, lang: str) -> dict[str, str]:
    names = [node.label]
    other = node.values.get("label_en" if lang == "zh" else "label_zh")
    if isinstance(other, str) and other != node.label:
        names.append(other)
    values = {name: cell(value) for name, value in node.values.items()}
    values.pop("color", None)
    return {
        "label": _entities("\n".join(_wrapped(name) for name in names)),
        "URL": node.id,
        "tooltip": _entities(f"{node.label} ({node.kind.label})"),
        "fillcolor": tint(node.kind.color),
        "color": node.kind.color,
        **values,
    }


def _edge(edge: Edge, lang: str, drawn: bool, labelled: bool) -> dict[str, str]:
    values = {name: cell(value) for name, value in edge.values.items()}
    style = "dashed" if edge.claimed else "dotted" if edge.inferred else "solid"
    told = edge.told(lang)
    attributes = {
        "id": edge.id,
        "kind": edge.kind.name,
        "tooltip": _entities(f"{edge.label}: {told}" if told != edge.label else edge.label),
        "style": style if drawn else "invis",
        "fontcolor": edge.kind.color,
        **values,
    }
    if not drawn:
        attributes["constraint"] = "false"
    elif labelled:
        attributes["label"] = _entities(edge.label)
    return attributes


def _legend(nodes: Iterable[Kind], edges: Iterable[Kind]) -> str:
    """A table of colours and names, in Graphviz's HTML-like notation; no nodes, as those would be part of the graph."""
    cells = [f'<TD BGCOLOR="{kind.color}" WIDTH="18"> </TD><TD ALIGN="LEFT">{_html(kind.label)}</TD>' for kind in nodes]
    cells += [
        f'<TD><FONT COLOR="{kind.color}">→</FONT></TD><TD ALIGN="LEFT">'
        f'<FONT COLOR="{kind.color}">{_html(kind.label)}</FONT></TD>'
        for kind in edges
    ]
    rows = [cells[start : start + 6] for start in range(0, len(cells), 6)] or [["<TD> </TD>"]]
    body = "".join(f"<TR>{''.join(row)}</TR>" for row in rows)
    return f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="4" CELLPADDING="1">{body}</TABLE>'


def _html(text: str) -> str:
    return escape(text.replace("\n", " ")) or " "


def _wrapped(text: str, width: int = 34) -> str:
    """`text` in lines of about `width` letters; Chinese characters count double and may be parted anywhere."""
    lines: list[str] = []
    for part in text.split("\n"):
        if " " in part:
            lines += textwrap.wrap(part, width, break_long_words=False, break_on_hyphens=False) or [""]
        else:
            lines += textwrap.wrap(part, width // 2 if not part.isascii() else width) or [""]
    return "\n".join(lines)


def _entities(text: str) -> str:
    return text.replace("&", "&amp;")


def _attributes(values: Mapping[str, str]) -> str:
    return ", ".join(f"{_quoted(name)}={_quoted(value)}" for name, value in values.items())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
