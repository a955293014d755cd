"""The graph as files for visualisation tools: GEXF, GraphML, DOT, Cytoscape and graphology JSON, CSV.

`write_graph` does everything. Who writes many files from one dataset reads it once with `Source.read`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

import pyoxigraph as ox

from miit_graph.export.graph.build import build_graph
from miit_graph.export.graph.dot import write_dot
from miit_graph.export.graph.errors import GraphTooLarge, OptionError, UnknownName
from miit_graph.export.graph.gexf import write_gexf
from miit_graph.export.graph.graphml import write_graphml, write_yed
from miit_graph.export.graph.json_formats import write_cytoscape, write_graphology
from miit_graph.export.graph.model import PropertyGraph
from miit_graph.export.graph.options import HELP, Options
from miit_graph.export.graph.source import NO_COLORS, Source
from miit_graph.export.graph.tables import write_edges, write_nodes, write_tables
from miit_graph.vocabulary import PREFIXES

__all__ = [
    "ENDINGS",
    "FORMATS",
    "HELP",
    "FileFormat",
    "GraphTooLarge",
    "OptionError",
    "Options",
    "PropertyGraph",
    "Source",
    "UnknownName",
    "build_graph",
    "file_format",
    "write_graph",
]

_Writer = Callable[[PropertyGraph, IO[bytes]], None]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """A kind of file: what it is called, its media type, and who writes it."""

    extension: str
    media_type: str
    title: str
    write: _Writer


FORMATS: dict[str, FileFormat] = {
    "gexf": FileFormat("gexf", "application/gexf+xml", "GEXF 1.3", write_gexf),
    "graphml": FileFormat("graphml", "application/graphml+xml", "GraphML", write_graphml),
    "dot": FileFormat("dot", "text/vnd.graphviz; charset=utf-8", "DOT", write_dot),
    "cyjs": FileFormat("cyjs", "application/json", "Cytoscape JSON", write_cytoscape),
    "graphology": FileFormat("json", "application/json", "graphology JSON", write_graphology),
    "csv": FileFormat("zip", "application/zip", "CSV of nodes and of edges", write_tables),
}
"""Formats by the names that `write_graph` takes. `file_format` also heeds the options."""
ENDINGS = {"gexf": "gexf", "graphml": "graphml", "dot": "dot", "cyjs": "cyjs", "json": "graphology", "csv": "csv"}
"""Names of formats by what stands for them at the end of an address, whatever their variants."""

_VARIANTS: dict[tuple[str, str], FileFormat] = {
    ("graphml", "yed"): FileFormat("graphml", "application/graphml+xml", "GraphML for yEd", write_yed),
    ("csv", "nodes"): FileFormat("csv", "text/csv; charset=utf-8; header=present", "CSV of nodes", write_nodes),
    ("csv", "edges"): FileFormat("csv", "text/csv; charset=utf-8; header=present", "CSV of edges", write_edges),
}


def file_format(name: str, options: Options) -> FileFormat:
    """The format called `name`, in the variant that `options` ask for.

    Raises OptionError for an unknown name, or an option that belongs to another format.
    """
    if name not in FORMATS:
        raise OptionError("format", name, "one of these", FORMATS)
    if options.dialect != "plain" and name != "graphml":
        raise OptionError("dialect", options.dialect, "plain, as only graphml has dialects")
    if options.table != "both" and name != "csv":
        raise OptionError("table", options.table, "both, as only csv has tables")
    return _VARIANTS.get((name, options.dialect if name == "graphml" else options.table), FORMATS[name])


def write_graph(
    store: ox.Store | Source,
    name: str,
    stream: IO[bytes],
    options: Options | None = None,
    *,
    prefixes: Mapping[str, str] = PREFIXES,
    title: str = "graph",
    most: int | None = None,
    colors: Mapping[str, str] = NO_COLORS,
) -> None:
    """Write the property graph of `store` to `stream` in the format `name`; equal input gives equal bytes.

    `prefixes` are for reading names in `options` and for short names in the file, `colors` those that are chosen for
    classes, by IRI; a `Source` has its own of both.

    Raises, before anything is written: OptionError if an option doesn't fit the format or names something that isn't
    in the dataset, GraphTooLarge if there are more than `most` nodes and edges.
    """
    options = options or Options()
    chosen = file_format(name, options)
    source = store if isinstance(store, Source) else Source.read(store, prefixes, colors)
    chosen.write(build_graph(source, options, title, most), stream)
