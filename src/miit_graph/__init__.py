"""A knowledge graph that says who says so: build, validate, query and serve it.

import miit_graph

with miit_graph.open() as graph:
    for row in graph.query("SELECT ?name { ?body a org:Organization ; skos:prefLabel ?name }"):
        print(row["name"])
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from miit_graph.library.graph import Graph

__version__ = "0.1.0"
__all__ = ["__version__", "open"]


def open(  # named as a reader expects it: miit_graph.open
    *sources: str | Path, timeout: float = 30.0, isolated: bool = False, union: bool = False
) -> Graph:
    """Open a graph; with nothing named, the project around the working folder, else the graph shipped with the program.

    ``sources`` is one endpoint (``http://…``; the address of a server of this program will do), one snapshot, one
    project (a folder with a graph.toml, built first if its files have changed), or any RDF files and folders.
    ``timeout`` is in seconds per query. ``isolated`` runs queries in processes of their own, which can be stopped
    (Linux). ``union`` merges the named graphs of RDF files into their default graph.

    Raises `miit_graph.build.errors.BuildError` if a source can't be read or does not conform.
    """
    from miit_graph.library.opening import open_graph

    return open_graph(sources, timeout=timeout, isolated=isolated, union=union)
