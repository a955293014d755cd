"""Reads what pictures need from an engine: names, times, disputes and receipts of things, by SPARQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from miit_graph.export.graph.errors import UnknownName
from miit_graph.export.graph.naming import LABELS
from miit_graph.export.graph.text import local_name
from miit_graph.export.picture.days import Bounds, bounds_of
from miit_graph.export.picture.svg import one_line
from miit_graph.export.picture.terms import TIME_VALUES
from miit_graph.publish.ask import Asker, Row, Term
from miit_graph.publish.sparql_text import iri, iris, is_iri
from miit_graph.vocabulary import DCT, PROV, RDF, SKOS, M

_AT_ONCE = 400
_LABELS = ", ".join(map(iri, LABELS))


def value(row: Row, name: str) -> str:
    """The IRI or text of a variable, a blank node's identifier, or nothing."""
    term = row.get(name)
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    return term.value if isinstance(term, (ox.NamedNode, ox.Literal)) else ""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in one language, and the name in the other, if there is another."""

    text: str
    lang: str
    other: str = ""
    other_lang: str = ""


@dataclass(slots=True)
class Names:
    """What things are called, asked for in portions and remembered."""

    asker: Asker
    _known: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)

    def learn(self, things: Iterable[str]) -> None:
        """Read the names of these IRIs; others (blank nodes, texts) are passed over."""
        for some in portions(sorted({thing for thing in things if thing not in self._known and is_iri(thing)})):
            self._known.update((thing, {}) for thing in some)
            text = f"SELECT ?t ?p ?name {{ VALUES ?t {{ {iris(some)} }} ?t ?p ?name FILTER(?p IN ({_LABELS})) }}"
            for row in self.asker.rows(text):
                name = row["name"]
                if not isinstance(name, ox.Literal) or not (words := one_line(name.value)):
                    continue
                found = self._known[value(row, "t")]
                place, tag = LABELS.index(value(row, "p")), (name.language or "").lower()
                found[tag] = min(found.get(tag, (place, words)), (place, words))

    def name(self, thing: str, lang: str) -> Name:
        """The name in `lang` (or a variant of it), else without a language, in English, Chinese, any; else the IRI."""
        names = {tag: text for tag, (_, text) in sorted(self._known.get(thing, {}).items())}
        tags = [*names]
        wanted = [tag for want in (lang, "", "en", "zh") for tag in tags if tag == want or tag.startswith(f"{want}-")]
        order = list(dict.fromkeys([*wanted, *tags]))
        if not order:
            return Name(one_line(local_name(thing)) or thing, "")
        best = order[0]
        other = next((tag for tag in order[1:] if tag[:2] in ("en", "zh") and tag[:2] != best[:2]), "")
        return Name(names[best], best, names.get(other, "") if other else "", other)

    def text(self, thing: str, lang: str) -> str:
        """The name as text alone."""
        return self.name(thing, lang).text


def portions(values: list[str]) -> Iterator[list[str]]:
    """Parts of a list that fit into one query."""
    return (values[start : start + _AT_ONCE] for start in range(0, len(values), _AT_ONCE))


@dataclass(frozen=True, slots=True)
class Stated:
    """A time as a source states it: EDTF or a plain date, what it can mean, and a name that it may have."""

    written: str
    bounds: Bounds
    names: Mapping[str, str] = field(default_factory=dict)


def times_of(asker: Asker, things: Iterable[Term]) -> dict[Term, Stated]:
    """Read times: nodes with `m:edtf`, bounds or OWL-Time's values, or literals that are dates; others are left out."""
    found: dict[Term, Stated] = {}
    nodes = []
    for thing in set(things):
        if isinstance(thing, ox.Literal):
            if bounds := bounds_of(thing.value):
                found[thing] = Stated(thing.value, bounds)
        elif isinstance(thing, ox.NamedNode):
            nodes.append(thing.value)
    values = " ".join(map(iri, TIME_VALUES))
    for some in portions(sorted(nodes)):
        parts: dict[str, dict[str, str]] = defaultdict(dict)
        names: dict[str, dict[str, str]] = defaultdict(dict)
        query = f"""SELECT ?t ?edtf ?earliest ?latest ?name ?value {{ VALUES ?t {{ {iris(some)} }}
            OPTIONAL {{ ?t {iri(M.edtf)} ?edtf }} OPTIONAL {{ ?t {iri(M.earliest)} ?earliest }}
            OPTIONAL {{ ?t {iri(M.latest)} ?latest }} OPTIONAL {{ ?t {iri(SKOS.prefLabel)} ?name }}
            OPTIONAL {{ VALUES ?p {{ {values} }} ?t ?p ?value }} }}"""
        for row in asker.rows(query):
            node = value(row, "t")
            for key in ("edtf", "earliest", "latest", "value"):
                if written := value(row, key):
                    parts[node][key] = min(written, parts[node].get(key, written))
            if isinstance(name := row.get("name"), ox.Literal):
                names[node][(name.language or "").lower()] = one_line(name.value)
        for node, told in parts.items():
            if stated := _stated(told, names[node]):
                found[ox.NamedNode(node)] = stated
    return found


def _stated(told: Mapping[str, str], names: Mapping[str, str]) -> Stated | None:
    written = told.get("edtf") or told.get("value") or ""
    meant = bounds_of(written)
    first, last = bounds_of(told.get("earliest", "")), bounds_of(told.get("latest", ""))
    if not (meant or first or last):
        return None
    bounds = Bounds(
        first.first if first else (meant.first if meant else None),
        last.last if last else (meant.last if meant else None),
    )
    return Stated(one_line(written), bounds, dict(names))


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where something is written: the citation, its source and the lines."""

    citation: str
    source: str
    short: str
    """The source's notation (``B``), or nothing."""
    lines: str


def receipts_of(asker: Asker, things: Iterable[str]) -> dict[str, list[Receipt]]:
    """The citations of facts and things, in the order of source and line."""
    found: dict[str, set[tuple[str, int, Receipt]]] = defaultdict(set)
    for some in portions(sorted(filter(is_iri, set(things)))):
        query = f"""SELECT ?t ?c ?source ?short ?first ?last {{ VALUES ?t {{ {iris(some)} }}
            ?t {iri(PROV.wasDerivedFrom)} ?c . ?c {iri(DCT.source)} ?source OPTIONAL {{ ?c {iri(M.lineStart)} ?first }}
            OPTIONAL {{ ?c {iri(M.lineEnd)} ?last }} OPTIONAL {{ ?source {iri(SKOS.notation)} ?short }} }}"""
        for row in asker.rows(query):
            first, last = value(row, "first"), value(row, "last")
            lines = first if last in ("", first) else f"{first}–{last}"
            receipt = Receipt(value(row, "c"), value(row, "source"), one_line(value(row, "short")), lines)
            found[value(row, "t")].add((receipt.source, int(first) if first.isdecimal() else 0, receipt))
    return {
        thing: [receipt for *_, receipt in sorted(entries, key=lambda entry: (entry[0], entry[1], entry[2].citation))]
        for thing, entries in found.items()
    }


def disputes_of(asker: Asker) -> dict[str, tuple[str, ...]]:
    """For each fact or claim that is a side of a conflict: the conflicts."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in asker.rows(f"SELECT ?side ?conflict {{ ?conflict {iri(M.side)} ?side FILTER(isIRI(?conflict)) }}"):
        found[value(row, "side")].add(value(row, "conflict"))
    return {side: tuple(sorted(conflicts)) for side, conflicts in found.items()}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed triple that is not adopted, and its status."""

    iri: str
    subject: str
    predicate: str
    object: Term
    status: str


def claims_of(asker: Asker) -> list[Claim]:
    """What claims say as triples (`rdf:subject` and so on), with the code of their status."""
    query = f"""SELECT ?c ?s ?p ?o ?status {{ ?c a {iri(M.Claim)} ; {iri(RDF.subject)} ?s ; {iri(RDF.predicate)} ?p ;
        {iri(RDF.object)} ?o OPTIONAL {{ ?c {iri(M.status)} ?status }} FILTER(isIRI(?c) && isIRI(?s)) }} ORDER BY ?c"""
    return [
        Claim(value(row, "c"), value(row, "s"), value(row, "p"), row["o"], value(row, "status"))
        for row in asker.rows(query)
    ]


def resolve(option: str, wanted: str, known: Iterable[str], prefixes: Mapping[str, str], expected: str) -> str:
    """The IRI among `known` that `wanted` names: an IRI, a prefixed name or a local name.

    Raises UnknownName, with what is near to it, if there is none.
    """
    names = {iri_: local_name(iri_) for iri_ in sorted(known)}
    prefix, colon, local = wanted.partition(":")
    full = prefixes.get(prefix, "") + local if colon and prefix in prefixes else wanted
    if full in names:
        return full
    if not colon:
        for iri_, name in names.items():
            if name == wanted:
                return iri_
    raise UnknownName(option, wanted, expected, sorted(names.values()))
