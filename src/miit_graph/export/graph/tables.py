"""Node and edge tables as CSV (RFC 4180, UTF-8), with the column names that Gephi knows."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO

from miit_graph.export.graph.model import Column, Edge, Node, PropertyGraph
from miit_graph.export.graph.text import cell


def write_nodes(graph: PropertyGraph, stream: IO[bytes]) -> None:
    """Write the table of nodes to `stream`: ``Id, Label`` and all node columns."""
    _write(_node_rows(graph), stream)


def write_edges(graph: PropertyGraph, stream: IO[bytes]) -> None:
    """Write the table of edges to `stream`: ``Id, Source, Target, Type, Kind, Label`` and all edge columns."""
    _write(_edge_rows(graph), stream)


def write_tables(graph: PropertyGraph, stream: IO[bytes]) -> None:
    """Write both tables to `stream` as a zip file of ``nodes.csv`` and ``edges.csv``.

    They are stored without compression, so that the same graph gives the same bytes with every version of zlib.
    """
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, write in (("nodes.csv", write_nodes), ("edges.csv", write_edges)):
            table = io.BytesIO()
            write(graph, table)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, table.getvalue())


def _node_rows(graph: PropertyGraph) -> Iterator[Sequence[str]]:
    yield ["Id", "Label", *(column.name for column in graph.node_columns)]
    for node in graph.nodes:
        yield [node.id, node.label, *_cells(node, graph.node_columns)]


def _edge_rows(graph: PropertyGraph) -> Iterator[Sequence[str]]:
    yield ["Id", "Source", "Target", "Type", "Kind", "Label", *(column.name for column in graph.edge_columns)]
    for edge in graph.edges:
        fixed = (edge.id, edge.source, edge.target, "Directed", edge.kind.name, edge.label)
        yield [*fixed, *_cells(edge, graph.edge_columns)]


def _cells(part: Node | Edge, columns: Sequence[Column]) -> Iterator[str]:
    return (cell(part.values.get(column.name, "")) for column in columns)


def _write(rows: Iterator[Sequence[str]], stream: IO[bytes]) -> None:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    text.detach()
