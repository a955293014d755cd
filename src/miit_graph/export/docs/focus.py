"""Counts the focus nodes of a shape (SHACL section 2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox

from miit_graph.export.docs.graph import Part
from miit_graph.vocabulary import RDF, RDFS

_QUERIES = {
    "class": f"SELECT DISTINCT ?this {{ ?this <{RDF.type}>/<{RDFS.subClassOf}>* <%s> }}",
    "subjects": "SELECT DISTINCT ?this { ?this <%s> ?o }",
    "objects": "SELECT DISTINCT ?this { ?s <%s> ?this }",
}


class Focus:
    """The nodes of `data` that targets select."""

    def __init__(self, data: Part) -> None:
        self._data = data
        self._nodes = cache(self._select)

    def count(self, targets: Iterable[tuple[str, str]]) -> int:
        """How many nodes the targets select together."""
        return len(frozenset().union(*(self._nodes(kind, value) for kind, value in targets)))

    def _select(self, kind: str, value: str) -> frozenset[str]:
        if kind == "node":
            return frozenset((str(ox.NamedNode(value)),))
        query = value if kind == "query" else _QUERIES[kind] % value
        return frozenset(str(row["this"]) for row in self._data.rows(query))
