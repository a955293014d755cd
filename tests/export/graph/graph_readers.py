"""Other people's readers of graph files, all with answers of the same form: nodes and edges with their values."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import networkx as nx

from tests.conftest import RunNode, missing

HERE = Path(__file__).parent


@dataclass
class Read:
    """A graph as somebody else understood it. Nodes are by IRI, edges by their ids."""

    nodes: dict[str, dict[str, Any]]
    edges: dict[str, tuple[str, str, dict[str, Any]]]


def networkx_gexf(path: Path) -> Read:
    return _from_networkx(nx.read_gexf(path, version="1.3"))


def networkx_graphml(path: Path) -> Read:
    return _from_networkx(nx.read_graphml(path, force_multigraph=True))


def _from_networkx(graph: nx.MultiDiGraph) -> Read:
    assert graph.is_directed()
    graph = nx.MultiDiGraph(graph)
    iris = {node: values["iri"] for node, values in graph.nodes(data=True)}
    nodes = {iris[node]: values for node, values in graph.nodes(data=True)}
    assert len(nodes) == len(graph)
    edges = {}
    for source, target, key, values in graph.edges(keys=True, data=True):
        name = values.get("id", key)
        assert name not in edges
        edges[name] = (iris[source], iris[target], values)
    return Read(nodes, edges)


def igraph_graphml(path: Path) -> Read:
    import igraph  # brings matplotlib, which would be loaded by every worker when it collects

    graph = igraph.Graph.Read_GraphML(str(path))
    assert graph.is_directed()
    nodes = {vertex["iri"]: _given(vertex.attributes()) for vertex in graph.vs}
    # igraph (1.0) gives edges the ids of nodes, so they go by their positions.
    edges = {
        str(edge.index): (graph.vs[edge.source]["iri"], graph.vs[edge.target]["iri"], _given(edge.attributes()))
        for edge in graph.es
    }
    assert (len(nodes), len(edges)) == (graph.vcount(), graph.ecount())
    return Read(nodes, edges)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """igraph fills up what is missing: with empty text, or with not-a-number."""
    return {name: value for name, value in values.items() if value not in ("", None) and value == value}


def graphviz(path: Path) -> Read:
    if shutil.which("dot") is None:
        missing("Graphviz is not installed")
    ran = subprocess.run(["dot", "-Tdot_json", str(path)], capture_output=True, check=True, timeout=120)
    assert b"Error" not in ran.stderr and b"syntax" not in ran.stderr, ran.stderr
    graph = json.loads(ran.stdout)
    names = {item["_gvid"]: item["name"] for item in graph["objects"]}
    nodes = {i["name"]: _undotted(i) for i in graph["objects"] if "nodes" not in i and "subgraphs" not in i}
    edges = {edge["id"]: (names[edge["tail"]], names[edge["head"]], _undotted(edge)) for edge in graph.get("edges", ())}
    assert len(edges) == len(graph.get("edges", ()))
    return Read(nodes, edges)


def _undotted(values: dict[str, Any]) -> dict[str, Any]:
    r"""Attributes without the escapes that the convention of our DOT files puts in: ``\\`` and ``\n``."""
    plain = {}
    for name, value in values.items():
        parts = str(value).split("\\\\")
        plain[name] = "\\".join(part.replace("\\n", "\n") for part in parts)
    return plain


def csv_zip(path: Path) -> Read:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        tables = {name: _table(archive.read(name)) for name in archive.namelist()}
    assert list(tables) == ["nodes.csv", "edges.csv"]
    nodes = {row["Id"]: row for row in tables["nodes.csv"]}
    edges = {row["Id"]: (row["Source"], row["Target"], row) for row in tables["edges.csv"]}
    assert (len(nodes), len(edges)) == (len(tables["nodes.csv"]), len(tables["edges.csv"]))
    return Read(nodes, edges)


def _table(content: bytes) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""), strict=True)
    return [{("label" if key == "Label" else key): value for key, value in row.items() if value} for row in rows]


def node_reader(reader: str, node: RunNode) -> Callable[[Path], Read]:
    """A reader in JavaScript: gexf, graphml and graphology by graphology, cyjs by Cytoscape.js."""

    def read(path: Path) -> Read:
        ran = node(HERE / "js" / "read.js", reader, path)
        assert ran.returncode == 0, ran.stderr
        graph = json.loads(ran.stdout)
        iris = {node["id"]: node["values"]["iri"] for node in graph["nodes"]}
        nodes = {node["values"]["iri"]: node["values"] for node in graph["nodes"]}
        edges = {e["id"]: (iris[e["source"]], iris[e["target"]], e["values"]) for e in graph["edges"]}
        assert (len(nodes), len(edges)) == (len(graph["nodes"]), len(graph["edges"]))
        return Read(nodes, edges)

    return read
