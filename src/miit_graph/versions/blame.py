"""Who said it: the versions behind what is said of a thing now, and all that versions ever did to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

import pyoxigraph as ox

from miit_graph.publish.ask import Asker
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.publish.sparql_text import iris, is_iri
from miit_graph.versions.history import Event, History, split
from miit_graph.versions.journal import Version
from miit_graph.versions.patch import Patch
from miit_graph.vocabulary import M

_FACTS = 2_000
_AT_ONCE = 500


class BadTriple(ValueError):
    """A text is neither an IRI nor a triple; the message says what it should be."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know the history of: a thing, or one triple about it."""

    iri: str
    triple: ox.Triple | None = None

    def __str__(self) -> str:
        return str(self.triple) if self.triple is not None else f"<{self.iri}>"


@dataclass(frozen=True, slots=True)
class Blame:
    """What is said now with the version that said it first, and what happened, oldest first."""

    lines: Mapping[ox.Quad, Version]
    events: list[Event]


def read_asked(text: str, prefixes: Mapping[str, str]) -> Asked:
    """Read an IRI, a prefixed name, or a triple in Turtle on one line. Raises BadTriple."""
    text = text.strip()
    if is_iri(text) and text.partition(":")[0] not in prefixes:
        return Asked(text)
    head = "".join(f"@prefix {name}: <{space}> .\n" for name, space in prefixes.items())
    plain = text.removesuffix(".").rstrip()
    for content in (f"{plain} .", f"<urn:x> <urn:x> {plain} ."):
        try:
            found = [quad.triple for quad in ox.parse((head + content).encode(), format=ox.RdfFormat.TURTLE)]
        except (SyntaxError, UnicodeEncodeError):
            continue
        if len(found) == 1 and isinstance(found[0].subject, ox.NamedNode):
            triple = found[0]
            if content.startswith("<urn:x> ") and isinstance(triple.object, ox.NamedNode):
                return Asked(triple.object.value)
            if not content.startswith("<urn:x> "):
                return Asked(triple.subject.value, triple)
    raise BadTriple(
        f"{text[:200]!r} is neither an IRI nor one triple. "
        'Write for example http://example.org/a, or <http://example.org/a> <http://example.org/p> "value"@en'
    )


def read_blame(history: History, asker: Asker, asked: Asked, base: str) -> Blame:
    """The history of a thing with the facts about it, or of a triple; what is made from other triples is left out.

    Raises the `QueryError` that the engine answers with, asked for what is said now.
    """
    if asked.triple is not None:
        subjects = {asked.iri}
        now = [quad for quad in _now(asker, subjects) if quad.triple == asked.triple]
    else:
        subjects = {asked.iri, *_facts(asker, asked.iri)}
        now = _now(asker, subjects)
    past = history.events([asked.iri])
    subjects |= {  # facts about it that are gone by now
        quad.subject.value
        for event in past
        for quad in event.removed
        if isinstance(quad.subject, ox.NamedNode) and asked.triple is None
    }
    events = []
    for event in history.events(subjects):
        patch, _ = split(Patch(frozenset(event.added), frozenset(event.removed)), base)
        added, removed = (_about(asked, subjects, quads) for quads in (patch.added, patch.removed))
        if added or removed:
            events.append(Event(event.version, added, removed))
    written = split(Patch(frozenset(now)), base)[0].added
    lines = history.blame(written)
    return Blame({quad: lines[quad] for quad in sorted(lines, key=str)}, events)


def _about(asked: Asked, subjects: set[str], quads: frozenset[ox.Quad]) -> tuple[ox.Quad, ...]:
    def counts(quad: ox.Quad) -> bool:
        if asked.triple is not None:
            return quad.triple == asked.triple
        return isinstance(quad.subject, ox.NamedNode) and quad.subject.value in subjects

    return tuple(sorted((quad for quad in quads if counts(quad)), key=str))


def _facts(asker: Asker, iri: str) -> list[str]:
    rows = asker.rows(
        f"SELECT DISTINCT ?f {{ ?f ?p {text_of(iri)} . ?f a <{M.Fact}> FILTER(isIRI(?f)) }} ORDER BY ?f LIMIT {_FACTS}"
    )
    return [cast(ox.NamedNode, row["f"]).value for row in rows]


def _now(asker: Asker, nodes: Iterable[str]) -> list[ox.Quad]:
    """What the named graphs say now with these subjects; blank nodes, whose names don't last, left out."""
    wanted, found = sorted(nodes), []
    for some in (wanted[n : n + _AT_ONCE] for n in range(0, len(wanted), _AT_ONCE)):
        rows = asker.rows(f"SELECT * {{ VALUES ?s {{ {iris(some)} }} GRAPH ?g {{ ?s ?p ?o }} }}")
        for row in rows:
            subject, predicate, graph = (cast(ox.NamedNode, row[name]) for name in "spg")
            if not isinstance(row["o"], ox.BlankNode):
                found.append(ox.Quad(subject, predicate, row["o"], graph))
    return found
