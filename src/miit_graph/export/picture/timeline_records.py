"""Reads everything that has a date from an engine, by SPARQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from miit_graph.export.picture.reading import (
    Names,
    Stated,
    claims_of,
    disputes_of,
    portions,
    receipts_of,
    times_of,
    value,
)
from miit_graph.export.picture.structure import MOST, lives_of
from miit_graph.export.picture.terms import (
    ABOUT,
    ENDS,
    INTERVALS,
    LABEL_PARTS,
    LANES,
    POINTS,
    STARTS,
    Lane,
    is_adopted,
    is_deprecated,
)
from miit_graph.export.picture.timeline_entries import Entry
from miit_graph.publish.ask import Asker, Term
from miit_graph.publish.sparql_text import iri, iris, is_iri
from miit_graph.vocabulary import OWL, RDF, RDFS, M


@dataclass(frozen=True, slots=True)
class Records:
    """All entries of a dataset, before anything is left out."""

    entries: tuple[Entry, ...]
    links: Mapping[str, frozenset[str]]
    """For each entry the things it is about."""
    names: Names

    @classmethod
    def read(cls, asker: Asker) -> Records:
        """Ask for everything with a date, and what is attested without one."""
        drafts = _dated(asker)
        drafts |= {body: Entry(body, "organisations", span.start, span.end) for body, span in lives_of(asker).items()}
        drafts |= {thing: entry for thing, entry in _undated(asker).items() if thing not in drafts}
        claimed = _claimed(asker, drafts)
        found, links = _described(asker, {**drafts, **claimed})
        names = Names(asker)
        names.learn(links)
        names.learn(
            part.value for entry in found for part in (*entry.label, *entry.more) if isinstance(part, ox.NamedNode)
        )
        names.learn(thing for entry in found for thing in (entry.status, *entry.disputes, *entry.attested, entry.iri))
        names.learn(thing for entry in found for doubt in entry.doubts for thing in doubt)
        names.learn(receipt.source for entry in found for receipt in entry.receipts)
        return cls(tuple(sorted(found, key=lambda entry: entry.order)), links, names)


def _dated(asker: Asker) -> dict[str, Entry]:
    """What has a date of its own, or (W3C ORG) an interval with a beginning and an end."""
    roles = {**dict.fromkeys(STARTS, "start"), **dict.fromkeys(ENDS, "end"), **dict.fromkeys(POINTS, "at")}
    query = f"""SELECT DISTINCT ?x ?p ?t {{ VALUES ?p {{ {iris(roles)} }}
        {{ ?x ?p ?t }} UNION {{ VALUES ?through {{ {iris(INTERVALS)} }} ?x ?through ?interval . ?interval ?p ?t }}
        FILTER(isIRI(?x)) FILTER NOT EXISTS {{ ?x {iri(RDF.type)} {iri(OWL.Ontology)} }}
        }} ORDER BY ?x ?p ?t LIMIT {MOST}"""
    rows = asker.rows(query)
    times = times_of(asker, (row["t"] for row in rows))
    parts: dict[str, dict[str, Stated]] = defaultdict(dict)
    for row in rows:
        if row["t"] in times:
            parts[value(row, "x")].setdefault(roles[value(row, "p")], times[row["t"]])
    for told in parts.values():
        if "start" in told or "end" in told:
            told.pop("at", None)
    return {
        thing: Entry(thing, "other", told.get("start"), told.get("end"), told.get("at"))
        for thing, told in parts.items()
    }


def _undated(asker: Asker) -> dict[str, Entry]:
    """What belongs to a lane and is attested in a source without a date (`m:attestedIn`, `m:intervalKnown` false)."""
    classes = [name for lane, names in LANES for name in names if lane in ("people", "mandates", "programmes")]
    query = f"""SELECT DISTINCT ?x {{ VALUES ?class {{ {iris(classes)} }} ?x {iri(M.attestedIn)} ?source ;
        {iri(RDF.type)} ?class FILTER(isIRI(?x)) }} ORDER BY ?x LIMIT {MOST}"""
    return {value(row, "x"): Entry(value(row, "x"), "other") for row in asker.rows(query)}


def _claimed(asker: Asker, known: Mapping[str, Entry]) -> dict[str, Entry]:
    """Dates that are claimed and not adopted, by the claim."""
    dates = {*STARTS, *ENDS, *POINTS}
    claims = [claim for claim in claims_of(asker) if claim.predicate in dates and not is_adopted(claim.status)]
    times = times_of(asker, (claim.object for claim in claims))
    found = {}
    for claim in claims:
        if claim.object in times:
            role = "start" if claim.predicate in STARTS else "end" if claim.predicate in ENDS else "at"
            time = {role: times[claim.object]}
            found[claim.iri] = Entry(
                claim.subject,
                "other",
                time.get("start"),
                time.get("end"),
                time.get("at"),
                claim=claim.iri,
                status=claim.status or "claim",
            )
    return found


@dataclass(slots=True)
class _Facts:
    """What a thing says of itself."""

    classes: set[str] = field(default_factory=set)
    parts: dict[str, list[Term]] = field(default_factory=lambda: defaultdict(list))
    about: set[str] = field(default_factory=set)


def _described(asker: Asker, drafts: Mapping[str, Entry]) -> tuple[list[Entry], dict[str, frozenset[str]]]:
    """The entries with lane, label parts, rank, disputes and receipts; and what each is about."""
    things = sorted({entry.iri for entry in drafts.values() if is_iri(entry.iri)})
    facts: dict[str, _Facts] = defaultdict(_Facts)
    for some in portions(things):
        for row in asker.rows(f"SELECT ?x ?p ?o {{ VALUES ?x {{ {iris(some)} }} ?x ?p ?o }} ORDER BY ?x ?p ?o"):
            told, predicate, obj = facts[value(row, "x")], value(row, "p"), row["o"]
            if predicate == RDF.type:
                told.classes.add(value(row, "o"))
            else:
                told.parts[predicate].append(obj)
                if isinstance(obj, ox.NamedNode) and predicate not in (M.attestedIn, M.rank):
                    told.about.add(obj.value)
    upper = _superclasses(asker, {name for told in facts.values() for name in told.classes})
    disputes = disputes_of(asker)
    doubts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for claim in claims_of(asker):
        if not is_adopted(claim.status):
            doubts[claim.subject].add((claim.iri, claim.status))
    receipts = receipts_of(asker, [*things, *(key for key, entry in drafts.items() if entry.claim)])
    entries = []
    for key, entry in drafts.items():
        told = facts[entry.iri]
        label, more = _label_parts(told.parts)
        rank = next((obj.value for obj in told.parts.get(M.rank, ()) if isinstance(obj, ox.NamedNode)), "")
        classes = told.classes.union(*(upper.get(name, set()) for name in told.classes))
        entries.append(
            replace(
                entry,
                lane=entry.lane if entry.lane != "other" else _lane(classes),
                label=label,
                more=more,
                deprecated=is_deprecated(rank),
                doubts=() if entry.claim else tuple(sorted(doubts.get(entry.iri, ()))),
                disputes=disputes.get(key, ()),
                attested=tuple(t.value for t in told.parts.get(M.attestedIn, ()) if isinstance(t, ox.NamedNode)),
                receipts=tuple(receipts.get(key, ())),
            )
        )
    return entries, {thing: frozenset(told.about) for thing, told in facts.items()}


def _label_parts(parts: Mapping[str, list[Term]]) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    for names, more in LABEL_PARTS:
        if any(name in parts for name in names):
            found = (tuple(term for name in some for term in parts.get(name, ())[:3]) for some in (names, more))
            return next(found), next(found)
    return (), tuple(term for name in ABOUT for term in parts.get(name, ())[:1])


def _lane(classes: set[str]) -> Lane:
    return next((lane for lane, names in LANES if not classes.isdisjoint(names)), "other")


def _superclasses(asker: Asker, classes: set[str]) -> dict[str, set[str]]:
    """What stands above classes in the ontology, if there is one; asked step by step, as not all engines take paths."""
    above: dict[str, set[str]] = {}
    new = {name for name in classes if is_iri(name)}
    while new:
        above |= {name: set() for name in new}
        for some in portions(sorted(new)):
            text = f"SELECT ?c ?up {{ VALUES ?c {{ {iris(some)} }} ?c {iri(RDFS.subClassOf)} ?up FILTER(isIRI(?up)) }}"
            for row in asker.rows(text):
                above[value(row, "c")].add(value(row, "up"))
        new = {up for ups in above.values() for up in ups} - above.keys()
    found: dict[str, set[str]] = {}
    for name in filter(above.get, classes):
        found[name], rest = set(), list(above[name])
        while rest:
            if (up := rest.pop()) not in found[name]:
                found[name].add(up)
                rest += above[up]
    return found
