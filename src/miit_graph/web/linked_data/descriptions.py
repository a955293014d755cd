"""What is told about one IRI: its own triples, facts about it with their citations, who links to it, and labels.

Everything is asked of the engine, bounded, paged and in a fixed order, so that the same version of the data gives the
same description. A page goes on in all parts that are not told yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

import pyoxigraph as ox

from miit_graph.publish.ask import Asker, Term
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.publish.sparql_text import iris, is_iri, literal
from miit_graph.vocabulary import DCT, FOAF, OWL, PROV, RDFS, SCHEMA, SKOS, M

OWN, FACTS, LINKS = 600, 400, 1_000
"""How many own triples, facts and links a page tells at most."""
RECEIPTS = 2_000
LABELS = (SKOS.prefLabel, RDFS.label, DCT["title"], SCHEMA.name, FOAF.name)
"""Properties that name a thing, best first."""
_AT_ONCE = 300
_NAMING = ", ".join(map(text_of, LABELS))


@dataclass(frozen=True, slots=True)
class Status:
    """What the dataset knows of an IRI: whether it occurs, was retired, and what has taken its place."""

    known: bool
    retired: bool
    successor: str


@dataclass(slots=True)
class Description:
    """One page of what is told about ``iri``; ``totals`` counts own triples, facts and links on all pages."""

    iri: str
    page: int
    totals: tuple[int, int, int]
    own: list[ox.Triple]
    facts: dict[str, list[ox.Triple]] = field(default_factory=dict)
    citations: dict[str, list[ox.Triple]] = field(default_factory=dict)
    links: list[ox.Triple] = field(default_factory=list)
    labels: list[ox.Triple] = field(default_factory=list)

    @property
    def pages(self) -> int:
        """The number of pages."""
        sizes = zip(self.totals, (OWN, FACTS, LINKS), strict=True)
        return max(1, *(-(-total // size) for total, size in sizes))

    @property
    def triples(self) -> list[ox.Triple]:
        """All that this page tells, each triple once."""
        parts = (self.own, *self.facts.values(), *self.citations.values(), self.links, self.labels)
        return list(dict.fromkeys(triple for part in parts for triple in part))


def status(asker: Asker, iri: str) -> Status:
    """Look an IRI up in the default graph. ``iri`` may be any text; what is no IRI is not known."""
    if not is_iri(iri):
        return Status(False, False, "")
    x = text_of(iri)
    # Two plain questions: Virtuoso answers EXISTS in the SELECT clause, and a UNION with a LIMIT inside, wrongly.
    if not asker.rows(f"SELECT ?p {{ {{ {x} ?p ?o }} UNION {{ ?s ?p {x} }} }} LIMIT 1"):
        return Status(False, False, "")
    fate = asker.rows(f"SELECT ?p ?o {{ {x} ?p ?o FILTER(?p IN (<{OWL.deprecated}>, <{DCT.isReplacedBy}>)) }}")
    said = [(str(getattr(row["p"], "value", "")), row["o"]) for row in fate]
    successors = [t.value for name, t in said if name == DCT.isReplacedBy and isinstance(t, ox.NamedNode)]
    retired = any(name == OWL.deprecated and _true(term) for name, term in said)
    return Status(known=True, retired=retired, successor=min(successors, default=""))


def _true(term: Term | None) -> bool:
    return isinstance(term, ox.Literal) and term.value in ("true", "1")


def describe(asker: Asker, iri: str, page: int = 1) -> Description | None:
    """The page ``page`` (from 1) of the description of ``iri``; None if nothing is known or there is no such page."""
    if not is_iri(iri) or page < 1:
        return None
    x = text_of(iri)
    linking = f"?s ?p {x} FILTER(isIRI(?s)) FILTER NOT EXISTS {{ ?s a <{M.Fact}> }}"
    row = asker.rows(
        f"SELECT * {{ {{ SELECT (COUNT(*) AS ?own) {{ {x} ?p ?o }} }}"
        f" {{ SELECT (COUNT(DISTINCT ?f) AS ?facts) {{ ?f ?p {x} . ?f a <{M.Fact}> }} }}"
        f" {{ SELECT (COUNT(*) AS ?links) {{ {linking} }} }} }}"
    )[0]
    own, facts, links = (int(cast(ox.Literal, row[name]).value) for name in ("own", "facts", "links"))
    found = Description(iri, page, (own, facts, links), [])
    if page > found.pages or own + facts + links == 0:
        return None
    found.own = own_triples(asker, iri, own, page)
    if facts > (page - 1) * FACTS:
        _add_facts(asker, found, x)
    _add_citations(asker, found)
    if links > (page - 1) * LINKS:
        found.links = asker.triples(
            f"CONSTRUCT {{ ?s ?p {x} }} {{ SELECT ?s ?p {{ {linking} }}"
            f" ORDER BY ?p ?s LIMIT {LINKS} OFFSET {(page - 1) * LINKS} }}"
        )
    add_labels(asker, found)
    return found


def own_triples(asker: Asker, iri: str, total: int, page: int) -> list[ox.Triple]:
    """The triples with the subject ``iri`` on a page; blank nodes are followed if everything fits on one."""
    x = text_of(iri)
    if total <= OWN:
        return _reachable(iri, asker.triples(f"DESCRIBE {x}")) if page == 1 else []
    return asker.triples(
        f"CONSTRUCT {{ {x} ?p ?o }} {{ SELECT ?p ?o {{ {x} ?p ?o }}"
        f" ORDER BY ?p ?o LIMIT {OWN} OFFSET {(page - 1) * OWN} }}"
    )


def _reachable(iri: str, triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples about ``iri`` and the blank nodes below it: engines differ in what DESCRIBE tells besides."""
    by_subject: dict[Term, list[ox.Triple]] = {}
    for triple in triples:
        by_subject.setdefault(triple.subject, []).append(triple)
    found: list[ox.Triple] = []
    waiting: list[Term] = [ox.NamedNode(iri)]
    while waiting:
        told = by_subject.pop(waiting.pop(), [])
        found += told
        waiting += [triple.object for triple in told if isinstance(triple.object, ox.BlankNode)]
    return found


def _add_facts(asker: Asker, found: Description, x: str) -> None:
    rows = asker.rows(
        f"SELECT DISTINCT ?f ?later {{ ?f ?p {x} . ?f a <{M.Fact}> FILTER(isIRI(?f))"
        f" BIND(EXISTS {{ ?f a ?kind FILTER(?kind IN (<{M.Conflict}>, <{M.NameUse}>)) }} AS ?later) }}"
        f" ORDER BY ?later ?f LIMIT {FACTS} OFFSET {(found.page - 1) * FACTS}"
    )
    nodes = [cast(ox.NamedNode, row["f"]).value for row in rows]
    found.facts = {node: [] for node in nodes}
    if nodes:
        text = f"CONSTRUCT {{ ?f ?p ?o }} {{ VALUES ?f {{ {iris(nodes)} }} ?f ?p ?o }}"
        for triple in asker.triples(text):
            found.facts[cast(ox.NamedNode, triple.subject).value].append(triple)


def _add_citations(asker: Asker, found: Description) -> None:
    """What the facts and the thing itself were taken from."""
    told = [*found.own, *(triple for fact in found.facts.values() for triple in fact)]
    cited = {
        triple.object.value
        for triple in told
        if triple.predicate.value == PROV.wasDerivedFrom and isinstance(triple.object, ox.NamedNode)
    }
    for some in _portions(sorted(filter(is_iri, cited))[:RECEIPTS]):
        text = f"CONSTRUCT {{ ?c ?p ?o }} {{ VALUES ?c {{ {iris(some)} }} ?c a <{M.Citation}> ; ?p ?o }}"
        for triple in asker.triples(text):
            found.citations.setdefault(cast(ox.NamedNode, triple.subject).value, []).append(triple)


def add_labels(asker: Asker, found: Description) -> None:
    """Add the names of everything that is mentioned: of each thing the best naming property it has."""
    mentioned = {
        term.value
        for triple in found.triples
        for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode)
    }
    for some in _portions(sorted(filter(is_iri, mentioned))):
        text = f"CONSTRUCT {{ ?t ?p ?o }} {{ VALUES ?t {{ {iris(some)} }} ?t ?p ?o FILTER(?p IN ({_NAMING})) }}"
        best: dict[Term, int] = {}
        named = [triple for triple in asker.triples(text) if isinstance(triple.object, ox.Literal)]
        for triple in named:
            place = LABELS.index(triple.predicate.value)
            best[triple.subject] = min(place, best.get(triple.subject, place))
        found.labels += [t for t in named if LABELS.index(t.predicate.value) == best[t.subject]]


def _portions(values: list[str]) -> Iterable[list[str]]:
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


def similar(asker: Asker, iri: str, base: str, language: str) -> list[tuple[str, str]]:
    """Up to five IRIs below ``base`` whose names share most words with that of ``iri``, with a label each.

    The label is in ``language`` if there is one.
    """
    name = iri.removeprefix(base).rpartition("/")[2].lower()
    words = sorted({word for word in name.split("-") if len(word) > 2 and word.isascii() and word.isalnum()})[:6]
    if not words:
        return []
    shared = " + ".join(f"IF(CONTAINS(STR(?s), {literal(word)}), {len(word)}, 0)" for word in words)
    rows = asker.rows(
        f"SELECT ?s ?shared (MIN(?ranked) AS ?name) {{ ?s <{SKOS.prefLabel}>|<{RDFS.label}> ?label"
        f" FILTER(STRSTARTS(STR(?s), {literal(base)})) BIND({shared} AS ?shared) FILTER(?shared > 0)"
        f" BIND(CONCAT(IF(LANG(?label) = {literal(language)}, '0', '1'), STR(?label)) AS ?ranked) }}"
        " GROUP BY ?s ?shared ORDER BY DESC(?shared) STRLEN(STR(?s)) ?s LIMIT 5"
    )
    return [
        (row["s"].value, str(getattr(row["name"], "value", ""))[1:])
        for row in rows
        if isinstance(row["s"], ox.NamedNode)
    ]
