"""The property graph between an RDF dataset and the files: nodes, edges, and typed, declared columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

ColumnType = Literal["string", "boolean", "integer", "double", "list"]
"""``list`` is a list of strings; integers are those that JavaScript can hold exactly."""
Value = str | bool | int | float | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A declared attribute of nodes or edges; `meaning` is a property's IRI or a short text."""

    name: str
    type: ColumnType
    meaning: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of nodes or a property of edges, as a legend shows it."""

    iri: str
    name: str
    """Prefixed name, or the IRI where no prefix fits."""
    label: str
    color: str
    """As ``#rrggbb``."""


@dataclass(frozen=True, slots=True)
class Node:
    """A thing. `id` is its IRI; `values` holds what it has of the node columns."""

    id: str
    label: str
    kind: Kind
    values: Mapping[str, Value]
    start: str | None = None
    """First and last day of the interval in which it may have been there, as ISO dates; None is open."""
    end: str | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation from one node to another; `id` is unique in the graph and the same in every export."""

    id: str
    source: str
    target: str
    label: str
    kind: Kind
    values: Mapping[str, Value]
    start: str | None = None
    end: str | None = None

    def told(self, lang: str) -> str:
        """What the fact behind it is called in `lang`, in Chinese or else in English; without a fact, its own name."""
        found = self.values.get("fact_label_zh" if lang == "zh" else "fact_label_en")
        return str(found or self.values.get("fact_label_en") or self.label)

    @property
    def claimed(self) -> bool:
        """Somebody claims it; the graph does not adopt it."""
        return self.values.get("origin") == "claimed"

    @property
    def inferred(self) -> bool:
        """It follows from the ontology and was said by nobody."""
        return self.values.get("origin") == "inferred"


@dataclass(frozen=True, slots=True)
class PropertyGraph:
    """A directed multigraph. Nodes are sorted by id, edges by source, target, property and fact."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    node_columns: tuple[Column, ...]
    edge_columns: tuple[Column, ...]
    lang: str
    title: str
    tokens: Mapping[str, str] = field(default_factory=dict)
    """For each node's IRI, an XML NMTOKEN that is as unique and lasting."""
    above: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each property of an edge, the properties it specialises."""

    @property
    def node_kinds(self) -> list[Kind]:
        """Kinds of node that occur, by label."""
        return sorted({node.kind for node in self.nodes}, key=lambda kind: (kind.label, kind.iri))

    @property
    def edge_kinds(self) -> list[Kind]:
        """Kinds of edge that occur, by label."""
        return sorted({edge.kind for edge in self.edges}, key=lambda kind: (kind.label, kind.iri))

    @property
    def dated(self) -> bool:
        """Some node or edge has an interval."""
        return any(node.start or node.end for node in self.nodes) or any(edge.start or edge.end for edge in self.edges)
