"""What a graph says of one thing, each statement with its receipts: document, lines, quote.

In a graph of this project's model the facts that lead to a thing come with the citations they rest on, and plain
triples with those of the facts they were derived from. In any other graph each triple names the graph it stands in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import pyoxigraph as ox

from miit_graph.export.picture.reading import Names, portions, value
from miit_graph.publish.ask import Asker
from miit_graph.publish.sparql_text import iri, iris, is_iri
from miit_graph.vocabulary import DCT, PROV, RDF, RDFS, SKOS, M

_TITLE = DCT["title"]
MOST = 2_000
"""Facts, and triples, of one thing that are looked at."""
_TIMES = {M.validFrom: "from", M.validUntil: "until", M.at: "at", M.refTime: "at", M.claimedAt: "claimed"}
_NAMES = (SKOS.prefLabel, SKOS.altLabel, RDFS.label, M.formalName)
_APART = frozenset((RDF.type, PROV.wasDerivedFrom, PROV.wasAttributedTo, M.rank, M.status, *_NAMES, *_TIMES))


@dataclass(frozen=True, slots=True)
class Source:
    """A receipt: the document (its file name or title), its lines, the words, and the citation's IRI.

    For what curators answer for, the document is their name; outside the model it is a named graph.
    """

    document: str
    lines: str = ""
    quote: str = ""
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing said: a fact node in words, or a triple with ``property`` and ``value``."""

    text: str
    property: str = ""
    value: str = ""
    fact: str = ""
    """The fact node that says so, if there is one."""
    inverse: bool = False
    """The triple leads from ``value`` to the thing."""
    when: tuple[tuple[str, str], ...] = ()
    """``from``, ``until``, ``at`` or ``claimed``, each with the time in words."""
    rank: str = ""
    status: str = ""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A thing with its names, kinds and statements: facts first, then plain triples, then what leads to it."""

    iri: str
    label: str
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    statements: tuple[Statement, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain dicts and lists, without what is empty."""
        return {**asdict(self), "statements": [said(statement) for statement in self.statements]}

    def __str__(self) -> str:
        lines = [f"{self.label} ({', '.join(self.kinds)}) <{self.iri}>"]
        for statement in self.statements:
            when = ", ".join(f"{key} {text}" for key, text in statement.when)
            lines.append(f"- {statement.text}" + (f" ({when})" if when else ""))
            lines += [f"    {s.document} {s.lines} “{s.quote}”" for s in statement.sources[:2] if s.quote]
        return "\n".join(lines)


def said(statement: Statement) -> dict[str, Any]:
    """A statement as a dict without what is empty."""
    found: dict[str, Any] = {**asdict(statement), "when": dict(statement.when)}
    found["sources"] = [{key: text for key, text in asdict(s).items() if text} for s in statement.sources]
    return {key: part for key, part in found.items() if part or key == "text"}


class Teller:
    """Tells of things in one language. Methods raise the `QueryError` of the engine."""

    def __init__(self, ask: Asker, base: str, lang: str) -> None:
        self.ask, self.lang = ask, lang
        self.names = Names(ask)
        self._made = {f"{base}graph/{name}" for name in ("derived", "inferred", "derivations")} if base else set()
        self._inferred = f"{base}graph/inferred" if base else "urn:x-none:inferred"
        self._base = base

    def describe(self, thing: str) -> Description | None:
        """All that is said of a thing; None if nothing is."""
        about = self._triples(thing)
        facts = self._facts_about(thing) if self._base else []
        leading = self._leading(thing, set(facts))
        if not (about or facts or leading):
            return None
        told = self.facts((thing, *facts))
        behind = self._behind(thing) if self._base else {}
        receipts = self.sources({fact for found in behind.values() for fact in found} | {thing})
        self.names.learn(
            [thing, *(part for p, o, _ in about for part in (p, _iri(o))), *(part for pair in leading for part in pair)]
        )
        stated = [_iri(o) for p, o, graph in about if p == RDF.type and graph != self._inferred]
        kinds = stated or [_iri(o) for p, o, _ in about if p == RDF.type]
        known = [told[fact] for fact in facts]
        if thing in told and (told[thing].when or told[thing].rank):
            known.insert(0, told[thing])
        triples = [
            self._triple(p, o, graph, behind.get((p, str(o)), ()), receipts, thing)
            for p, o, graph in about
            if p not in _APART and graph != self._inferred and _iri(o) not in facts
        ]
        inverse = [
            Statement(
                f"{self.names.text(subject, self.lang)} – {self.names.text(p, self.lang)} – (this)",
                p,
                subject,
                inverse=True,
            )
            for subject, p in leading
        ]
        texts = [o.value for p, o, _ in about if p in _NAMES and isinstance(o, ox.Literal)]
        return Description(
            thing,
            self.names.text(thing, self.lang),
            tuple(dict.fromkeys(self.names.text(kind, self.lang) for kind in kinds)),
            tuple(dict.fromkeys(texts)),
            (*known, *dict.fromkeys(triples), *inverse),
        )

    def facts(self, nodes: Iterable[str]) -> dict[str, Statement]:
        """Fact nodes in words, with their times, rank, status and receipts."""
        wanted = list(dict.fromkeys(nodes))
        parts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        keys = iris([*_TIMES, M.rank, M.status])
        for some in portions(wanted):
            text = f"SELECT DISTINCT ?f ?p ?o {{ VALUES ?f {{ {iris(some)} }} VALUES ?p {{ {keys} }} ?f ?p ?o }}"
            for row in self.ask.rows(text):
                parts[value(row, "f")][value(row, "p")].append(value(row, "o"))
        self.names.learn([*wanted, *(o for told in parts.values() for found in told.values() for o in found)])
        receipts = self.sources(wanted)
        return {fact: self._fact(fact, parts[fact], receipts.get(fact, ())) for fact in wanted}

    def _fact(self, fact: str, told: dict[str, list[str]], sources: tuple[Source, ...]) -> Statement:
        def words(predicate: str) -> str:
            return ", ".join(dict.fromkeys(self.names.text(o, self.lang) for o in sorted(told.get(predicate, ()))))

        when = tuple((key, text) for predicate, key in _TIMES.items() if (text := words(predicate)))
        return Statement(
            self.names.text(fact, self.lang),
            fact=fact,
            when=when,
            rank=words(M.rank),
            status=words(M.status),
            sources=sources,
        )

    def sources(self, things: Iterable[str]) -> dict[str, tuple[Source, ...]]:
        """The receipts of fact nodes (and of whatever else cites): citations in order, then curators."""
        found: dict[str, dict[tuple[str, int, str], Source]] = defaultdict(dict)
        for some in portions(sorted(filter(is_iri, set(things)))):
            query = f"""SELECT DISTINCT ?t ?c ?source ?file ?title ?first ?last ?quote {{ VALUES ?t {{ {iris(some)} }}
                {{ ?t {iri(PROV.wasDerivedFrom)} ?c . ?c {iri(DCT.source)} ?source
                  OPTIONAL {{ ?source {iri(DCT.identifier)} ?file }} OPTIONAL {{ ?source {iri(_TITLE)} ?title }}
                  OPTIONAL {{ ?c {iri(M.lineStart)} ?first }} OPTIONAL {{ ?c {iri(M.lineEnd)} ?last }}
                  OPTIONAL {{ ?c {iri(M.quote)} ?quote }} }}
                UNION {{ ?t {iri(PROV.wasAttributedTo)} ?source
                  OPTIONAL {{ ?source {iri(SKOS.prefLabel)} ?title }} }} }}
                ORDER BY ?t ?source ?c ?title"""
            for row in self.ask.rows(query):
                first, last, cited = value(row, "first"), value(row, "last"), value(row, "c")
                document = value(row, "file") or value(row, "title") or value(row, "source")
                lines = first if last in ("", first) else f"{first}–{last}"
                place = int(first) if first.isdecimal() else 1 << 30
                key = (value(row, "source"), place, cited)
                found[value(row, "t")].setdefault(key, Source(document, lines, value(row, "quote"), cited))
        return {thing: tuple(told for _, told in sorted(entries.items())) for thing, entries in found.items()}

    def _triples(self, thing: str) -> list[tuple[str, ox.NamedNode | ox.Literal, str]]:
        x = iri(thing)
        rows = self.ask.rows(
            f"SELECT ?g ?p ?o {{ {{ GRAPH ?g {{ {x} ?p ?o }} }} UNION {{ {x} ?p ?o"
            f" FILTER NOT EXISTS {{ GRAPH ?h {{ {x} ?p ?o }} }} }} }} ORDER BY ?p ?o ?g LIMIT {MOST}"
        )
        found = [
            (value(row, "p"), row["o"], value(row, "g"))
            for row in rows
            if isinstance(row["o"], ox.NamedNode | ox.Literal)
        ]
        found.sort(key=lambda one: one[2] in self._made)  # stated before derived, in the order of the query
        return list({(p, o): (p, o, g) for p, o, g in reversed(found)}.values())[::-1]

    def _facts_about(self, thing: str) -> list[str]:
        rows = self.ask.rows(
            f"SELECT DISTINCT ?f {{ ?f ?role {iri(thing)} . ?f a <{M.Fact}> FILTER(isIRI(?f))"
            f" FILTER(?role NOT IN (<{M.side}>, <{PROV.used}>, <{PROV.generated}>)) }} ORDER BY ?f LIMIT {MOST}"
        )
        return [value(row, "f") for row in rows]

    def _leading(self, thing: str, facts: set[str]) -> list[tuple[str, str]]:
        """What leads to the thing, but for its facts, records of derivations and what only follows."""
        apart = f"FILTER(?g NOT IN ({', '.join(f'<{graph}>' for graph in sorted(self._made))}))" if self._made else ""
        inside = f"GRAPH ?g {{ ?s ?p {iri(thing)} }} {apart}"
        whole = inside if self._base else f"{{ {inside} }} UNION {{ ?s ?p {iri(thing)} }}"
        rows = self.ask.rows(f"SELECT DISTINCT ?s ?p {{ {whole} FILTER(isIRI(?s)) }} ORDER BY ?p ?s LIMIT {MOST}")
        return [(value(row, "s"), value(row, "p")) for row in rows if value(row, "s") not in facts]

    def _behind(self, thing: str) -> dict[tuple[str, str], tuple[str, ...]]:
        """For derived triples that begin with the thing, the facts behind them."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in self.ask.rows(
            f"SELECT ?p ?o ?f {{ ?d <{RDF.subject}> {iri(thing)} ; <{RDF.predicate}> ?p ; <{RDF.object}> ?o ;"
            f" a <{M.Derivation}> ; <{PROV.wasDerivedFrom}> ?f }} ORDER BY ?f LIMIT {MOST}"
        ):
            found[value(row, "p"), str(row["o"])].append(value(row, "f"))
        return {key: tuple(facts) for key, facts in found.items()}

    def _triple(
        self,
        p: str,
        o: ox.NamedNode | ox.Literal,
        graph: str,
        facts: tuple[str, ...],
        receipts: dict[str, tuple[Source, ...]],
        thing: str,
    ) -> Statement:
        target = _iri(o)
        text = self.names.text(target, self.lang) if target else o.value
        sources = tuple(dict.fromkeys(source for fact in facts for source in receipts.get(fact, ())))
        if not sources and graph not in self._made:
            sources = receipts.get(thing, ()) or ((Source(graph.removeprefix(f"{self._base}graph/")),) if graph else ())
        return Statement(
            f"{self.names.text(p, self.lang)}: {text}", p, o.value, fact=facts[0] if facts else "", sources=sources
        )


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""
