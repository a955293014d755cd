"""A change for reading: grouped by what it is about and by graph, with names; what was written before what is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from miit_graph.publish.ask import Term
from miit_graph.versions.history import split
from miit_graph.versions.patch import Patch
from miit_graph.web.context import context
from miit_graph.web.linked_data.terms import Known, Value

AT_ONCE = 100
"""How many things a page tells of."""
MOST_MADE = 400
"""How many of the triples that are made from the others a page shows."""


@dataclass(frozen=True, slots=True)
class Row:
    """One triple that was added or else removed."""

    added: bool
    property: Value
    value: Value


@dataclass(slots=True)
class Group:
    """What a change does to one thing in one graph."""

    thing: Value
    graph: Value | None
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Diff:
    """A page of a change. The numbers are those of the whole change."""

    groups: list[Group]
    made: list[Group]
    things: int
    added: int
    removed: int
    made_added: int
    made_removed: int

    @property
    def pages(self) -> int:
        """How many pages the things take."""
        return max(1, -(-self.things // AT_ONCE))

    @property
    def made_left(self) -> int:
        """How many triples that are made are not shown."""
        return self.made_added + self.made_removed - sum(len(group.rows) for group in self.made)


def read_diff(patch: Patch, number: int) -> Diff:
    """The page ``number`` (from 1) of a change; what is made from it is on the first."""
    written, made = split(patch, context().about.base)
    signed = _sorted(written)
    keys = list(dict.fromkeys(_key(quad) for _, quad in signed))
    wanted = set(keys[(number - 1) * AT_ONCE : number * AT_ONCE])
    shown = [item for item in signed if _key(item[1]) in wanted]
    following = _sorted(made)[:MOST_MADE] if number == 1 else []
    known = Known.here()
    quads = [quad for _, quad in (*shown, *following)]
    known.read_names(iris_in(quads))
    known.add(quad.triple for quad in quads if isinstance(quad.object, ox.Literal))  # names that are gone by now
    counts = (len(written.added), len(written.removed), len(made.added), len(made.removed))
    return Diff(_groups(known, shown), _groups(known, following), len(keys), *counts)


def groups_of(known: Known, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> list[Group]:
    """Quads grouped for reading; their names must have been read."""
    return _groups(known, _sorted(Patch(frozenset(added), frozenset(removed))))


def quad_json(quad: ox.Quad) -> dict[str, Any]:
    """A quad in JSON: terms as in the SPARQL results format (SPARQL 1.1 Query Results JSON Format, section 3.2.2)."""
    told = {"subject": quad.subject, "predicate": quad.predicate, "object": quad.object, "graph": quad.graph_name}
    return {name: _term(term) for name, term in told.items() if not isinstance(term, ox.DefaultGraph)}


def _term(term: Term) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.Literal):
        more = {"xml:lang": term.language} if term.language else {"datatype": term.datatype.value}
        return {"type": "literal", "value": term.value, **more}
    return {"type": "bnode", "value": str(term).removeprefix("_:")}


def iris_in(quads: Iterable[ox.Quad]) -> set[str]:
    """All IRIs that quads mention."""
    terms = (term for quad in quads for term in (quad.subject, quad.predicate, quad.object, quad.graph_name))
    return {term.value for term in terms if isinstance(term, ox.NamedNode)}


def _key(quad: ox.Quad) -> tuple[str, str]:
    return str(quad.subject), str(quad.graph_name)


def _sorted(patch: Patch) -> list[tuple[bool, ox.Quad]]:
    """By thing, graph and property; what was removed before what came in its place."""
    signed = [(False, quad) for quad in patch.removed] + [(True, quad) for quad in patch.added]
    return sorted(signed, key=lambda item: (*_key(item[1]), str(item[1].predicate), item[0], str(item[1].object)))


def _groups(known: Known, signed: Iterable[tuple[bool, ox.Quad]]) -> list[Group]:
    found: dict[tuple[str, str], Group] = {}
    for added, quad in signed:
        group = found.get(_key(quad))
        if group is None:
            named = quad.graph_name
            graph = None
            if isinstance(named, ox.NamedNode):
                name = named.value.removeprefix(f"{known.base}graph/") if known.base else named.value
                graph = Value(name, known.named(named.value).link)
            group = found[_key(quad)] = Group(known.value(quad.subject), graph)
        group.rows.append(Row(added, known.named(quad.predicate.value), known.value(quad.object)))
    return list(found.values())
