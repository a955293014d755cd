"""The shipped graph, indexed once, and the readers of graph files."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pyoxigraph as ox
import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.export.graph import Options, PropertyGraph, Source, build_graph, file_format, write_graph
from tests.export.graph.graph_readers import (
    Read,
    csv_zip,
    graphviz,
    igraph_graphml,
    networkx_gexf,
    networkx_graphml,
    node_reader,
)

READERS: dict[str, tuple[str, Literal["plain", "yed"]]] = {
    "gexf by networkx": ("gexf", "plain"),
    "gexf by graphology": ("gexf", "plain"),
    "graphml by networkx": ("graphml", "plain"),
    "graphml by igraph": ("graphml", "plain"),
    "graphml by graphology": ("graphml", "plain"),
    "graphml for yEd by networkx": ("graphml", "yed"),
    "graphml for yEd by igraph": ("graphml", "yed"),
    "dot by graphviz": ("dot", "plain"),
    "cyjs by cytoscape.js": ("cyjs", "plain"),
    "graphology json by graphology": ("graphology", "plain"),
    "csv": ("csv", "plain"),
}
"""Names of the readers, with format and dialect of the file that each gets."""

ReadBack = Callable[[str, "ox.Store | Source", Options], Read]
"""Writes a graph for the reader of that name, and reads it back."""


@pytest.fixture(scope="session")
def graph_store(snapshot: Snapshot) -> ox.Store:
    return snapshot.load()


@pytest.fixture(scope="session")
def source(graph_store: ox.Store) -> Source:
    return Source.read(graph_store)


@pytest.fixture
def read_back(
    tmp_path: Path, request: pytest.FixtureRequest, known_readings: dict[object, tuple[object, Read]]
) -> ReadBack:
    def read(reader: str, store: ox.Store | Source, options: Options) -> Read:
        key = (reader, id(store), options)
        if key not in known_readings:
            name, dialect = READERS[reader]
            path = tmp_path / f"graph.{name}"
            path.write_bytes(bytes_of(store, name, replace(options, dialect=dialect)))
            # The store is kept, so that its id is not given to another.
            known_readings[key] = (store, reader_named(reader, request)(path))
        return known_readings[key][1]

    return read


@pytest.fixture(scope="session")
def known_readings() -> dict[object, tuple[object, Read]]:
    """What was read before: many tests look at the same file."""
    return {}


def reader_named(reader: str, request: pytest.FixtureRequest) -> Callable[[Path], Read]:
    """Somebody else's reader, by its name in `READERS`."""
    name, _ = READERS[reader]
    if "graphology" in reader or "cytoscape" in reader:
        return node_reader(name, request.getfixturevalue("node"))
    if "igraph" in reader:
        return igraph_graphml
    return {"gexf": networkx_gexf, "graphml": networkx_graphml, "dot": graphviz, "csv": csv_zip}[name]


@lru_cache(maxsize=16)
def graph_of(source: Source, options: Options) -> PropertyGraph:
    """The property graph, made once for the files and tests that are about the same one."""
    return build_graph(source, options)


def bytes_of(store: ox.Store | Source, name: str, options: Options) -> bytes:
    """The bytes of a graph file; of a source as `write_graph` writes them, but out of a graph that is made once."""
    stream = io.BytesIO()
    if isinstance(store, Source):
        of_graph = replace(options, dialect="plain", table="both")  # these two are for the writers
        file_format(name, options).write(graph_of(store, of_graph), stream)
    else:
        write_graph(store, name, stream, options)
    return stream.getvalue()


def written(store: ox.Store | Source, name: str, **options: str) -> bytes:
    """The same, with options as users write them."""
    return bytes_of(store, name, Options.from_strings(options))
