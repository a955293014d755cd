"""The ties between bodies and their nameplates, as a dataset states them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from miit_graph.export.picture.reading import (
    Names,
    Stated,
    claims_of,
    disputes_of,
    times_of,
    value,
)
from miit_graph.export.picture.terms import (
    BOND_OF,
    BONDS,
    ORGANISATIONS,
    PLAIN,
    PLAIN_DOWN,
    Bond,
    is_adopted,
    is_deprecated,
)
from miit_graph.publish.ask import Asker, Row
from miit_graph.publish.sparql_text import iri, iris
from miit_graph.vocabulary import ORG, RDF, M

MOST = 5_000
"""So many ties, plates and organisations are read; a larger picture could not be looked at."""


@dataclass(frozen=True, slots=True)
class Span:
    """Since when and until when something holds, as far as is stated."""

    start: Stated | None = None
    end: Stated | None = None

    def excludes(self, day: int) -> bool:
        """Whether it certainly did not hold on a `day_number`."""
        first = self.start.bounds.first if self.start else None
        last = self.end.bounds.last if self.end else None
        return (first is not None and first > day) or (last is not None and last < day)

    def includes(self, day: int) -> bool:
        """Whether it certainly held; what has no end that is stated is taken to last."""
        last = self.start.bounds.last if self.start else None
        first = self.end.bounds.first if self.end else None
        return last is not None and last <= day and (self.end is None or (first is not None and first >= day))


@dataclass(frozen=True, slots=True)
class Tie:
    """One body below another. ``fact`` is the fact that says so, or nothing if a plain triple does."""

    unit: str
    over: str
    kind: str
    bond: Bond
    fact: str = ""
    position: int | None = None
    claim: str = ""
    """For what is only claimed: the claim's status."""
    deprecated: bool = False
    preferred: bool = False
    span: Span = field(default_factory=Span)
    disputes: tuple[str, ...] = ()

    @property
    def drawn(self) -> bool:
        """Whether it is a line of the tree: neither a mere claim nor deprecated."""
        return not self.claim and not self.deprecated

    @property
    def closeness(self) -> tuple[int, bool, bool, int, str, str]:
        """Sorts ties, the closest first."""
        return (
            BONDS.index(self.bond),
            not self.preferred,
            self.position is None,
            self.position or 0,
            self.over,
            self.fact,
        )


@dataclass(frozen=True, slots=True)
class Plate:
    """A nameplate, the body that bears it, and whose branch name it is, if of another's."""

    iri: str
    bearer: str
    kind: str = ""
    issuer: str = ""
    disputes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Structure:
    """Everything that an organisation chart can be made of."""

    ties: tuple[Tie, ...]
    plates: tuple[Plate, ...]
    organisations: frozenset[str]
    lives: Mapping[str, Span]
    """When bodies came and went, from the changes that made and ended them."""
    names: Names

    def may_hold(self, tie: Tie, day: int) -> bool:
        """Whether a tie, and both its ends, may have been there on a `day_number`."""
        ends = (self.lives.get(end) for end in (tie.unit, tie.over))
        return not any(span.excludes(day) for span in (tie.span, *ends) if span)

    def certain(self, tie: Tie, day: int) -> bool:
        """Whether nothing that is dated leaves open if the tie held on that day."""
        ends = (self.lives.get(end) for end in (tie.unit, tie.over))
        return all(span.includes(day) for span in (tie.span, *ends) if span and (span.start or span.end))

    @classmethod
    def read(cls, asker: Asker) -> Structure:
        """Ask for all ties and plates."""
        disputes = disputes_of(asker)
        facts = _affiliations(asker, disputes)
        stated = {(tie.unit, tie.over) for tie in facts}
        plain = [tie for tie in _plain(asker) if (tie.unit, tie.over) not in stated]
        claimed = [
            Tie(
                claim.subject,
                claim.object.value,
                claim.predicate,
                BOND_OF[claim.predicate],
                claim.iri,
                claim=claim.status or "claim",
                disputes=disputes.get(claim.iri, ()),
            )
            for claim in claims_of(asker)
            if claim.predicate in BOND_OF and not is_adopted(claim.status) and hasattr(claim.object, "value")
        ]
        ties = (*facts, *_without_shortcuts(plain, facts), *claimed)
        plates = _plates(asker, disputes)
        rows = asker.rows(
            f"SELECT DISTINCT ?body {{ VALUES ?class {{ {iris(ORGANISATIONS)} }} ?body {iri(RDF.type)} ?class"
            f" FILTER(isIRI(?body)) }} ORDER BY ?body LIMIT {MOST}"
        )
        organisations = frozenset(value(row, "body") for row in rows)
        names = Names(asker)
        names.learn(end for tie in ties for end in (tie.unit, tie.over, tie.kind, tie.claim, *tie.disputes))
        names.learn(part for plate in plates for part in (plate.iri, plate.kind, plate.issuer, *plate.disputes))
        names.learn(organisations)
        return cls(ties, plates, organisations, lives_of(asker), names)


def _affiliations(asker: Asker, disputes: Mapping[str, tuple[str, ...]]) -> list[Tie]:
    query = f"""SELECT ?fact ?unit ?over ?kind ?shortcut ?position ?rank ?from ?until {{
        ?fact {iri(M.affiliate)} ?unit ; {iri(M.principal)} ?over FILTER(isIRI(?unit) && isIRI(?over))
        OPTIONAL {{ ?fact {iri(M.affiliationKind)} ?kind OPTIONAL {{ ?kind {iri(M.shortcut)} ?shortcut }} }}
        OPTIONAL {{ ?fact {iri(M.listPosition)} ?position }} OPTIONAL {{ ?fact {iri(M.rank)} ?rank }}
        OPTIONAL {{ ?fact {iri(M.validFrom)} ?from }} OPTIONAL {{ ?fact {iri(M.validUntil)} ?until }}
        }} LIMIT {8 * MOST}"""
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(asker.rows(query), key=lambda row: value(row, "fact")):  # some engines sort few rows only
        rows[value(row, "fact")].append(row)
    times = times_of(
        asker, (row[name] for some in rows.values() for row in some for name in ("from", "until") if name in row)
    )
    ties = []
    for fact, some in list(rows.items())[:MOST]:
        row = some[0]
        bonds = {BOND_OF[shortcut] for each in some if (shortcut := value(each, "shortcut")) in BOND_OF}
        bond = next((bond for bond in BONDS if bond in bonds), BONDS[-1])
        kind = value(row, "kind") or next(term for term, named in BOND_OF.items() if named == bond)
        position, rank = value(row, "position"), value(row, "rank")
        ties.append(
            Tie(
                value(row, "unit"),
                value(row, "over"),
                kind,
                bond,
                fact,
                int(position) if position.isdecimal() else None,
                deprecated=is_deprecated(rank),
                preferred=rank.endswith("preferred"),
                span=Span(*(times.get(row[name]) if name in row else None for name in ("from", "until"))),
                disputes=disputes.get(fact, ()),
            )
        )
    return ties


def _plain(asker: Asker) -> list[Tie]:
    query = f"""SELECT DISTINCT ?unit ?p ?over {{
        {{ VALUES ?p {{ {iris(PLAIN)} }} ?unit ?p ?over }} UNION {{ VALUES ?p {{ {iris(PLAIN_DOWN)} }} ?over ?p ?unit }}
        FILTER(isIRI(?unit) && isIRI(?over) && ?unit != ?over) }} ORDER BY ?unit ?over ?p LIMIT {MOST}"""
    closest: dict[tuple[str, str], Tie] = {}
    for row in asker.rows(query):
        unit, over, term = (value(row, name) for name in ("unit", "over", "p"))
        bond = PLAIN_DOWN.get(term) or BOND_OF[term]
        kind = next(up for up, named in BOND_OF.items() if named == bond)
        known = closest.get((unit, over))
        if known is None or BONDS.index(bond) < BONDS.index(known.bond):
            closest[unit, over] = Tie(unit, over, kind, bond)
    return list(closest.values())


def _without_shortcuts(plain: list[Tie], facts: list[Tie]) -> list[Tie]:
    """Leave out what only follows: a part of a part is a part (`org:subOrganizationOf` is transitive)."""
    above: dict[str, set[str]] = defaultdict(set)
    for tie in (*plain, *facts):
        if tie.drawn and tie.bond in ("unit", "part"):
            above[tie.unit].add(tie.over)
    return [
        tie
        for tie in plain
        if tie.bond not in ("unit", "part")
        or not any(
            tie.over in above[between] and tie.unit not in above[between] for between in above[tie.unit] - {tie.over}
        )
    ]


def _plates(asker: Asker, disputes: Mapping[str, tuple[str, ...]]) -> tuple[Plate, ...]:
    query = f"""SELECT ?plate ?bearer ?kind ?issuer {{ ?plate {iri(M.plateOf)} ?bearer FILTER(isIRI(?plate))
        OPTIONAL {{ ?plate {iri(M.plateKind)} ?kind }} OPTIONAL {{ ?plate {iri(M.plateIssuer)} ?issuer }}
        OPTIONAL {{ ?plate {iri(M.rank)} ?rank }} FILTER(!BOUND(?rank) || !STRENDS(STR(?rank), "deprecated"))
        }} ORDER BY ?plate LIMIT {MOST}"""
    found: dict[str, Plate] = {}
    for row in asker.rows(query):
        plate, bearer, kind, issuer = (value(row, name) for name in ("plate", "bearer", "kind", "issuer"))
        found.setdefault(plate, Plate(plate, bearer, kind, issuer, disputes.get(plate, ())))
    return tuple(found.values())


def lives_of(asker: Asker) -> dict[str, Span]:
    """When bodies came and went, from change events (W3C ORG, section 7)."""
    query = f"""SELECT ?body ?way ?at {{ VALUES (?p ?way) {{ ({iri(ORG.resultingOrganization)} "began")
        ({iri(ORG.originalOrganization)} "ended") }} ?change ?p ?body ; {iri(M.at)} ?at FILTER(isIRI(?body))
        OPTIONAL {{ ?change {iri(M.rank)} ?rank }} FILTER(!BOUND(?rank) || !STRENDS(STR(?rank), "deprecated"))
        FILTER NOT EXISTS {{ ?change {iri(ORG.resultingOrganization)} ?body ; {iri(ORG.originalOrganization)} ?body }}
        }} ORDER BY ?body ?way ?change LIMIT {MOST}"""
    rows = asker.rows(query)
    times = times_of(asker, (row["at"] for row in rows))
    spans: dict[str, Span] = {}
    for row in rows:
        body, time = value(row, "body"), times.get(row["at"])
        span = spans.get(body, Span())
        if time and value(row, "way") == "began" and span.start is None:
            spans[body] = replace(span, start=time)
        elif time and value(row, "way") == "ended" and span.end is None:
            spans[body] = replace(span, end=time)
    return spans
