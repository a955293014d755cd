"""From an indexed dataset and options to a property graph."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from miit_graph.export.graph.columns import EDGE_COLUMNS, NODE_COLUMNS, Properties
from miit_graph.export.graph.errors import GraphTooLarge
from miit_graph.export.graph.evidence import Period, Records, State, Time
from miit_graph.export.graph.model import Column, Edge, Node, PropertyGraph, Value
from miit_graph.export.graph.naming import Census, Naming
from miit_graph.export.graph.options import Options
from miit_graph.export.graph.selection import Relation, Selection, Selector, period_of
from miit_graph.export.graph.source import Source, above
from miit_graph.export.graph.text import digest
from miit_graph.vocabulary import M


def build_graph(
    source: Source, options: Options, title: str = "graph", most: int | None = None, *, census: Census | None = None
) -> PropertyGraph:
    """The property graph of `source` that `options` describe; `census` if `source` is a part of a larger dataset.

    Raises OptionError if they name a thing, class or property that is not in the dataset, and GraphTooLarge if there
    are more than `most` nodes and edges.
    """
    naming = Naming(source, options.lang, census)
    records = Records(source, naming)
    selection = Selector(source, naming, records, options).select()
    nodes, edges = len(selection.nodes), len(selection.relations)
    if most is not None and nodes + edges > most:
        raise GraphTooLarge(nodes, edges, most)
    return _Builder(source, options, naming, records, selection).graph(title)


class _Builder:
    def __init__(
        self, source: Source, options: Options, naming: Naming, records: Records, selection: Selection
    ) -> None:
        self._source, self._options, self._naming = source, options, naming
        self._records, self._selection = records, selection
        self._nodes = set(selection.nodes)

    def graph(self, title: str) -> PropertyGraph:
        node_properties = Properties(self._source, NODE_COLUMNS)
        edge_properties = Properties(self._source, EDGE_COLUMNS)
        nodes = [self._node(thing) for thing in self._selection.nodes]
        edges = [self._edge(relation) for relation in self._selection.relations]
        if self._options.properties:
            for node in nodes:
                told = (node.label, *(str(node.values.get(name, "")) for name in ("label_en", "label_zh")))
                node_properties.collect(node.id, node.id, self._nodes, told)
            for edge in edges:
                if fact := edge.values.get("fact"):
                    told = tuple(str(edge.values.get(name, "")) for name in ("fact_label_en", "fact_label_zh"))
                    edge_properties.collect(edge.id, str(fact), (edge.source, edge.target), told)
        node_columns, node_values = node_properties.columns()
        edge_columns, edge_values = edge_properties.columns()
        return PropertyGraph(
            nodes=tuple(
                replace(node, values={**node.values, **more}) if (more := node_values.get(node.id)) else node
                for node in nodes
            ),
            edges=tuple(
                replace(edge, values={**edge.values, **more}) if (more := edge_values.get(edge.id)) else edge
                for edge in edges
            ),
            node_columns=(*self._of_use(NODE_COLUMNS), *node_columns),
            edge_columns=(*self._of_use(EDGE_COLUMNS), *edge_columns),
            lang=self._options.lang,
            title=title,
            tokens={thing: self._source.names.token(thing) for thing in self._selection.nodes},
            above={
                name: frozenset(above(self._source.super_properties, name))
                for name in {relation.predicate for relation in self._selection.relations}
            },
        )

    def _of_use(self, columns: tuple[Column, ...]) -> list[Column]:
        """The fixed columns without those that only some options fill."""
        filled = {"state": self._options.as_of is not None, "distance": bool(self._options.root)}
        return [column for column in columns if filled.get(column.name, True)]

    def _node(self, thing: str) -> Node:
        naming, source = self._naming, self._source
        kind = naming.kind(thing)
        period = self._records.lifetime(thing)
        types = source.types.get(thing, set()) | source.inferred_types.get(thing, set())
        values: dict[str, Value] = {
            "label_en": naming.label_in(thing, "en"),
            "label_zh": naming.label_in(thing, "zh"),
            "iri": thing,
            "kind": kind.name,
            "kind_label": kind.label,
            "kind_en": naming.label_in(kind.iri, "en"),
            "kind_zh": naming.label_in(kind.iri, "zh"),
            "types": tuple(sorted(types)),
            "category": naming.category(thing),
            "color": kind.color,
            **self._evidence(thing, thing),
            **_times(period, self._selection.node_states.get(thing)),
        }
        values = _filled(values)
        if (distance := self._selection.distances.get(thing)) is not None:
            values["distance"] = distance
        return Node(thing, naming.label(thing), kind, values, *_interval(period))

    def _edge(self, relation: Relation) -> Edge:
        naming, fact = self._naming, relation.fact
        kind = naming.edge_kind(relation.predicate)
        period = period_of(relation, self._records, naming.category(relation.source))
        values: dict[str, Value] = {
            "label_en": naming.label_in(relation.predicate, "en"),
            "label_zh": naming.label_in(relation.predicate, "zh"),
            "predicate": relation.predicate,
            "origin": relation.origin,
            "color": kind.color,
            **_times(period, self._selection.edge_states.get(relation)),
        }
        if fact:
            values |= {
                "fact": fact,
                "fact_kind": self._source.names.short(naming.main_class(fact)),
                "fact_label_en": naming.label_in(fact, "en"),
                "fact_label_zh": naming.label_in(fact, "zh"),
            }
        if relation.origin != "inferred":
            # What is said of an entity without a fact rests on the citations of that entity.
            values |= self._evidence(fact, fact or relation.source)
        values = _filled(values) | {"asserted": relation.origin != "claimed"}
        name = digest(relation.source, relation.predicate, relation.target, fact)
        interval = _interval(period)
        return Edge(f"e-{name}", relation.source, relation.target, kind.label, kind, values, *interval)

    def _evidence(self, ranked: str, cited: str) -> dict[str, Value]:
        evidence = self._records.evidence(cited)
        found: dict[str, Value] = {
            "cited_files": evidence.files,
            "cited_lines": evidence.lines,
            "quotes": evidence.quotes,
        }
        if ranked:
            found |= {"rank": self._records.code(ranked, M.rank), "status": self._records.code(ranked, M.status)}
        return found


def _filled(values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in values.items() if value not in ("", ())}


def _times(period: Period, state: State | None) -> dict[str, Value]:
    values: dict[str, Value] = {"state": state or ""}
    for name, time in (("valid_from", period.start), ("valid_to", period.end), ("at", period.at)):
        # The period of an event is filled up for display; its one time is stated once.
        if time is not None and (name == "at" or time is not period.at):
            values |= {
                name: time.stated,
                f"{name}_earliest": time.earliest or "",
                f"{name}_latest": time.latest or "",
            }
    return values


def _interval(period: Period) -> tuple[str | None, str | None]:
    """First and last day for a timeline; nothing if the data has them the wrong way round."""
    begin: Time | None = period.start or period.at
    start = begin.earliest if begin else None
    end = period.end.latest if period.end else None
    days = [day for day in (start, end) if day]
    if not all(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) for day in days) or days != sorted(days):
        return None, None
    return start, end
