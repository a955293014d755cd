"""Figures of a dataset, asked of the engine once per version: how often classes and properties occur, and together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import cast

import pyoxigraph as ox

from miit_graph.publish.ask import Asker, Row
from miit_graph.publish.sparql_text import literal
from miit_graph.vocabulary import OWL, RDFS, SKOS

_LINKS = (
    OWL.sameAs,
    OWL.equivalentClass,
    OWL.equivalentProperty,
    SKOS.exactMatch,
    SKOS.closeMatch,
    SKOS.broadMatch,
    SKOS.narrowMatch,
    SKOS.relatedMatch,
    RDFS.seeAlso,
)
_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Uses:
    """A property of the members of a class: its triples, and of what class or datatype its values are."""

    subject_class: str
    property: str
    triples: int
    classes: tuple[tuple[str, int], ...] = ()
    datatypes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Linkset:
    """How many links of one kind lead to the IRIs that begin with ``target``."""

    predicate: str
    target: str
    triples: int


@dataclass(slots=True)
class Profile:
    """The figures; what the engine could not count within its limits is missing, and the profile not ``whole``."""

    triples: int | None = None
    subjects: int | None = None
    objects: int | None = None
    classes: list[tuple[str, int]] = field(default_factory=list)
    properties: list[tuple[str, int, int, int]] = field(default_factory=list)
    """Property, triples, distinct subjects, distinct objects."""
    uses: list[Uses] = field(default_factory=list)
    linksets: list[Linkset] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    whole: bool = True

    @property
    def vocabularies(self) -> list[str]:
        """The namespaces of the classes and properties."""
        terms = [name for name, _ in self.classes] + [name for name, *_ in self.properties]
        return sorted({namespace(term) for term in terms})


def namespace(iri: str) -> str:
    """Everything up to the last # or /."""
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def profile(asker: Asker, base: str) -> Profile:
    """Ask for all figures. ``base`` is where the dataset's own IRIs begin (empty if nothing is known of that).

    Raises the QueryError of an engine that is in trouble.
    """
    found = Profile()

    for step in (_size, _classes, _properties, _uses, _linksets, _examples):
        if not asker.manages(partial(step, asker, base, found)):
            found.whole = False
    return found


def _size(asker: Asker, _base: str, found: Profile) -> None:
    query = "SELECT (COUNT(*) AS ?t) (COUNT(DISTINCT ?s) AS ?a) (COUNT(DISTINCT ?o) AS ?b) { ?s ?p ?o }"
    row = asker.rows(query)[0]
    found.triples, found.subjects, found.objects = _int(row, "t"), _int(row, "a"), _int(row, "b")


def _classes(asker: Asker, _base: str, found: Profile) -> None:
    rows = asker.rows("SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(isIRI(?c)) } GROUP BY ?c ORDER BY ?c")
    found.classes = [(_iri(row, "c"), _int(row, "n")) for row in rows]


def _properties(asker: Asker, _base: str, found: Profile) -> None:
    rows = asker.rows(
        "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?a) (COUNT(DISTINCT ?o) AS ?b) { ?s ?p ?o }"
        " GROUP BY ?p ORDER BY ?p"
    )
    found.properties = [(_iri(row, "p"), _int(row, "n"), _int(row, "a"), _int(row, "b")) for row in rows]


def _uses(asker: Asker, base: str, found: Profile) -> None:
    """Classes by the types that were stated; those that reasoning adds would repeat every line for each of them."""
    typed = asker.truth(f"ASK {{ GRAPH ?g {{ ?s a ?c }} {_stated(base)} }}")

    def member(thing: str, kind: str, graph: str) -> str:
        if not typed:
            return f"{thing} a {kind} FILTER(isIRI({kind}))"
        inside = f"GRAPH ?{graph} {{ {thing} a {kind} }} FILTER(isIRI({kind})) {_stated(base, graph)}"
        return f"{{ SELECT DISTINCT {thing} {kind} {{ {inside} }} }}"

    keys = "SELECT ?c ?p"
    totals = asker.rows(
        f"{keys} (COUNT(*) AS ?n) {{ {member('?s', '?c', 'g')} ?s ?p ?o }} GROUP BY ?c ?p ORDER BY ?c ?p"
    )
    things = _grouped(
        asker.rows(
            f"{keys} ?k (COUNT(*) AS ?n) {{ {member('?s', '?c', 'g')} ?s ?p ?o . {member('?o', '?k', 'h')} }}"
            " GROUP BY ?c ?p ?k ORDER BY ?c ?p ?k"
        )
    )
    values = _grouped(
        asker.rows(
            f"{keys} ?k (COUNT(*) AS ?n) {{ {member('?s', '?c', 'g')} ?s ?p ?o FILTER(isLiteral(?o))"
            " BIND(DATATYPE(?o) AS ?k) } GROUP BY ?c ?p ?k ORDER BY ?c ?p ?k"
        )
    )
    for row in totals:
        key = (_iri(row, "c"), _iri(row, "p"))
        uses = Uses(*key, _int(row, "n"), tuple(things.get(key, ())), tuple(values.get(key, ())))
        found.uses.append(uses)


def _stated(base: str, graph: str = "g") -> str:
    return f"FILTER(STR(?{graph}) != {literal(base + 'graph/inferred')})"


def _linksets(asker: Asker, base: str, found: Profile) -> None:
    predicates = ", ".join(f"<{name}>" for name in _LINKS)
    rows = asker.rows(f"SELECT ?p ?o {{ ?s ?p ?o FILTER(?p IN ({predicates}) && isIRI(?o)) }}")
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        target = _iri(row, "o")
        if not base or not target.startswith(base):
            key = (_iri(row, "p"), namespace(target))
            counts[key] = counts.get(key, 0) + 1
    found.linksets = [Linkset(*key, count) for key, count in sorted(counts.items())]


def _examples(asker: Asker, base: str, found: Profile) -> None:
    """The things that most links lead to."""
    own = f"&& STRSTARTS(STR(?o), {literal(base + 'id/')})" if base else ""
    rows = asker.rows(
        f"SELECT ?o (COUNT(*) AS ?n) {{ ?s ?p ?o . ?o <{SKOS.prefLabel}>|<{RDFS.label}> ?label"
        f" FILTER(isIRI(?o) {own}) }}"
        f" GROUP BY ?o ORDER BY DESC(?n) ?o LIMIT {_EXAMPLES}"
    )
    found.examples = [_iri(row, "o") for row in rows]


def _grouped(rows: list[Row]) -> dict[tuple[str, str], list[tuple[str, int]]]:
    found: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for row in rows:
        found.setdefault((_iri(row, "c"), _iri(row, "p")), []).append((_iri(row, "k"), _int(row, "n")))
    return found


def _iri(row: Row, name: str) -> str:
    return cast(ox.NamedNode, row[name]).value


def _int(row: Row, name: str) -> int:
    return int(cast(ox.Literal, row[name]).value)
