"""Facts as rows of a list: what is said, when, how sure, and the receipt for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from miit_graph.vocabulary import DCT, FOAF, OWL, PROV, RDF, RDFS, SCHEMA, SKOS, TIME, M
from miit_graph.web.linked_data import when
from miit_graph.web.linked_data.names import document_of, link_to
from miit_graph.web.linked_data.terms import Known, Property, Value, cited
from miit_graph.web.linked_data.texts import text
from miit_graph.web.linked_data.views import Views
from miit_graph.web.page import way

_TIMES = (M.validFrom, M.validUntil, M["at"], M.refTime, M.claimedAt)
QUIET = frozenset(
    (
        *_TIMES,
        RDF.type,
        RDF.subject,
        RDF.predicate,
        RDF.object,
        PROV.wasDerivedFrom,
        PROV.wasAttributedTo,
        SKOS.prefLabel,
        SKOS.editorialNote,
        RDFS.label,
        TIME.hasTime,
        M.rank,
        M.rankReason,
        M.status,
        M.intervalKnown,
        M.attestedIn,
        M.listPosition,
        M.ordinal,
        M.about,
        OWL.sameAs,
    )
)
"""What a row says in its own way, or not at all."""
_REPEATED = (str(SCHEMA.name), str(FOAF.name), SCHEMA.alternateName, PROV.wasAssociatedWith, PROV.generated, PROV.used)
"""Other vocabularies' words for what a row says already."""
_STATEMENT = (RDF.subject, RDF.predicate, RDF.object)
_MOST = 8


@dataclass(frozen=True, slots=True)
class Receipt:
    """A citation: source, lines, and the words themselves; ``short`` is source and lines in few letters."""

    citation: Value
    source: Value | None
    lines: str
    quotes: tuple[Value, ...]
    place: str
    short: str


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact node as a row."""

    iri: str
    anchor: str
    name: Value
    heads: tuple[Value, ...]
    lead: str
    tail: str
    details: tuple[Property, ...]
    period: str
    undated: str
    dated: bool
    rank: str
    rank_name: str
    reasons: tuple[Value, ...]
    status: tuple[Value, ...]
    notes: tuple[Value, ...]
    attributed: tuple[Value, ...]
    receipts: tuple[Receipt, ...]
    kinds: tuple[Value, ...]
    state: str = ""
    """How sure it is that it held on the day that the page is about: certain, undecided or undated."""

    @property
    def deprecated(self) -> bool:
        """Whether the fact is kept, but known to be wrong."""
        return self.rank == "deprecated"

    @property
    def shorts(self) -> str:
        """The evidence in few letters: source and lines, or who answers for it."""
        by_source: dict[str, list[str]] = {}
        for receipt in self.receipts[:4]:
            source, _, lines = receipt.short.rpartition(" ")
            if lines not in by_source.setdefault(source, []):
                by_source[source].append(lines)
        texts = [f"{source} {', '.join(lines)}" for source, lines in by_source.items()]
        more = ["…"] if len(self.receipts) > 4 else []
        return " · ".join([*texts, *more]) or ", ".join(value.text for value in self.attributed)


def read_facts(known: Known, nodes: Collection[str]) -> None:
    """Read fact nodes with the citations they rest on; the names of all that they mention are still to be read."""
    known.construct(
        nodes,
        "?x ?p ?o . ?c ?q ?v",
        "?x ?p ?o",
        f"?x <{PROV.wasDerivedFrom}> ?c . ?c a <{M.Citation}> ; ?q ?v",
    )


def tell(known: Known, views: Views, iri: str, about: str = "", heading: str = "") -> Fact:
    """A fact as a row of the page about the thing ``about``, below ``heading``: the row repeats neither."""
    told = known.about.get(iri, {})
    rank = next((t.value for t in told.get(M.rank, ()) if isinstance(t, ox.NamedNode)), "")
    rank = re.split(r"[/#]", rank)[-1].removeprefix("rank-")
    lead, heads, tail, used = _head(known, views, iri, about)
    order = {predicate: place for place, predicate in enumerate((*views.dividing, *views.naming))}
    shown = [p for p in told if p not in QUIET and p not in _REPEATED and p not in used]
    details = []
    for predicate in sorted(shown, key=lambda p: (order.get(p, len(order)), p)):
        values = known.values(t for t in told[predicate] if not (_is(t, about) or _is(t, iri)))
        if values and [value.text for value in values] != [heading]:
            details.append(Property(known.named(predicate), values[:_MOST], total=len(values)))
    return Fact(
        iri=iri,
        anchor="fact-" + re.sub(r"[^\w.-]+", "-", (document_of(iri) or iri)),
        name=known.named(iri),
        heads=heads,
        lead=lead,
        tail=tail,
        details=tuple(details),
        period=_period(known, iri),
        undated=text("undated", known.language) if known.first(iri, M.intervalKnown) == "false" else "",
        dated=any(p in told for p in (M.validFrom, M.validUntil, M["at"])),
        rank=rank,
        rank_name="".join(value.text for value in known.values(told.get(M.rank, ()))),
        reasons=known.values(told.get(M.rankReason, ())),
        status=known.values(told.get(M.status, ())),
        notes=known.values(told.get(SKOS.editorialNote, ())),
        attributed=known.values(told.get(PROV.wasAttributedTo, ())),
        receipts=receipts(known, cited(known, iri)),
        kinds=known.values(
            t
            for t in told.get(RDF.type, ())
            if isinstance(t, ox.NamedNode) and t.value.startswith(M) and t.value != M.Fact
        ),
    )


def _head(known: Known, views: Views, iri: str, about: str) -> tuple[str, tuple[Value, ...], str, set[str]]:
    """What the row begins with: a lead-in, its values, what follows them, and the predicates they are of."""
    told = known.about.get(iri, {})
    if all(predicate in told for predicate in _STATEMENT) and M.claimText not in told:
        forward = any(_is(t, about) for t in told[RDF.subject]) or not about
        name = "".join(value.text for value in known.values(told[RDF.predicate]))
        if _is(told[RDF.predicate][0], RDF.type):
            name = text("kind", known.language)
        if forward and about:
            return name, known.values(told[RDF.object]), "", set(_STATEMENT)
        if about and any(_is(t, about) for t in told[RDF.object]):
            return "", known.values(told[RDF.subject]), f"– {name}", set(_STATEMENT)
        return "", (known.named(iri),), "", set(_STATEMENT)
    for predicate in views.naming:
        others = [t for t in told.get(predicate, ()) if not _is(t, about)]
        if others:
            return "", known.values(others), "", {predicate}
    return "", (known.named(iri),), "", set()


def _is_kind(term: object) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(M) and term.value != M.Fact


def _is(term: object, iri: str) -> bool:
    return isinstance(term, ox.NamedNode) and term.value == iri


def _period(known: Known, iri: str) -> str:
    def moments(predicate: str) -> str:
        return ", ".join(value.text for value in known.values(known.terms(iri, predicate)))

    begin, end = moments(M.validFrom), moments(M.validUntil)
    stated = when.period(begin, end, known.language) or next(
        (moment for p in (M["at"], M.refTime, M.claimedAt) if (moment := moments(p))), ""
    )
    attested = begin and not end and known.terms(iri, M.attestedIn)
    return stated + text("as_attested", known.language) if attested else stated


def receipts(known: Known, citations: Iterable[str]) -> tuple[Receipt, ...]:
    """The citations as receipts, by source and line; what is cited without a citation node is a receipt too."""
    found = [_receipt(known, iri) for iri in citations]
    return tuple(sorted(found, key=lambda r: (r.short.rpartition(" ")[0], _number(r.short), r.short)))


def _number(short: str) -> int:
    digits = re.match(r"\d+", short.rpartition(" ")[2])
    return int(digits[0]) if digits else 0


def _receipt(known: Known, iri: str) -> Receipt:
    sources = [t.value for t in known.terms(iri, DCT.source) if isinstance(t, ox.NamedNode)]
    first, last = known.first(iri, M.lineStart), known.first(iri, M.lineEnd)
    if not (sources and first):
        named = known.named(iri)
        return Receipt(named, named, "", (), named.link, named.text)
    same = last in ("", first)
    lines = text("line" if same else "lines", known.language, first=first, last=last)
    source = known.named(sources[0])
    short = f"{known.first(sources[0], SKOS.notation) or source.text} {first if same else f'{first}–{last}'}"
    quotes = tuple(known.value(t) for t in known.terms(iri, M.quote))
    return Receipt(known.named(iri), source, lines, quotes, place_of(sources[0], first), short)


def place_of(source: str, line: str = "") -> str:
    """Where the page of a source shows a line; the description of the source if there is no such page."""
    name = document_of(source)
    address = way("sources.source", name=name) if name else ""
    return f"{address}#L{line}" if address and line else address or link_to(source)
