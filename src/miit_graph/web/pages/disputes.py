"""What is disputed: conflicts with their sides and how they were settled, attributed claims, contested links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import pyoxigraph as ox
from flask import Blueprint, Response, request

from miit_graph.vocabulary import RDF, M
from miit_graph.web.kept import rendered
from miit_graph.web.linked_data.facts import Fact, read_facts, tell
from miit_graph.web.linked_data.names import address
from miit_graph.web.linked_data.terms import Known, Property, Value
from miit_graph.web.linked_data.views import Views, views
from miit_graph.web.page import page, way
from miit_graph.web.pages.disputes_texts import TEXTS
from miit_graph.web.problems import Problem
from miit_graph.web.versions.asked import any_version

blueprint = Blueprint("disputes", __name__)
_AT_ONCE, _MOST = 20, 5_000
_SETTLED = ("status-accepted", "status-rejected")
_QUERY = f"""# All conflicts with their sides and how each was settled
PREFIX m: <{M}>
SELECT ?conflict ?kind ?side ?resolution
WHERE {{
  ?conflict a m:Conflict ; m:side ?side .
  OPTIONAL {{ ?conflict m:conflictKind ?kind }}
  OPTIONAL {{ ?conflict m:resolution ?resolution }}
}}
ORDER BY ?conflict ?side
"""


@dataclass(frozen=True, slots=True)
class Side:
    """A side of a conflict: its details in words, and those by which it differs from sides of the same name."""

    fact: Fact
    heads: tuple[Value, ...]
    details: tuple[Property, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A conflict: what it is about, what each side says, what was decided and by whom."""

    fact: Fact
    slug: str
    kinds: tuple[Value, ...]
    about: tuple[Value, ...]
    sides: tuple[Side, ...]
    resolution: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim: who says it, with what stance, about what; ``link`` is the triple it would be."""

    fact: Fact
    by: tuple[Value, ...]
    stance: tuple[Value, ...]
    about: tuple[Value, ...]
    link: tuple[Value, ...]


@blueprint.get("/disputes")
@any_version
@rendered
def disputes() -> Response:
    """All that is disputed; ``?kind=`` one kind of conflict, ``?page=`` further ones. Raises Problem (404, 400)."""
    known = Known.here()
    arrangement = views(known.asker)
    rows = known.asker.rows(
        f"SELECT DISTINCT ?x ?type ?kind {{ VALUES ?type {{ <{M.Conflict}> <{M.Claim}> }} ?x a ?type FILTER(isIRI(?x))"
        f" OPTIONAL {{ ?x <{M.conflictKind}> ?kind }} }} ORDER BY ?x LIMIT {_MOST}"
    )
    kinds: dict[str, str] = {}
    claims: list[str] = []
    for row in rows:
        iri = cast(ox.NamedNode, row["x"]).value
        if cast(ox.NamedNode, row["type"]).value == M.Claim:
            claims.append(iri)
        else:
            kinds[iri] = str(getattr(row.get("kind"), "value", ""))
    counts = Counter(kinds.values())
    wanted = request.args.get("kind", "")
    chosen = [iri for iri, kind in kinds.items() if not wanted or _slug(kind) == wanted]
    number, pages = _number(), max(1, -(-len(chosen) // _AT_ONCE))
    if (wanted and not chosen) or number > pages:
        raise Problem(404, "not-found", "There is nothing here", "No conflict is of this kind, or no such page.")
    shown = chosen[(number - 1) * _AT_ONCE : number * _AT_ONCE]
    read_facts(known, shown)
    sides = {t.value for iri in shown for t in known.terms(iri, M.side) if isinstance(t, ox.NamedNode)}
    first = number == 1 and not wanted
    read_facts(known, sides | ({*claims} if first else set()))
    known.read_names(counts)
    told = [_claim(known, arrangement, iri) for iri in claims] if first else []
    return page(
        "disputes.html",
        texts=TEXTS,
        conflicts=[_conflict(known, arrangement, iri) for iri in shown],
        total=len(kinds),
        chips=[(_slug(kind), known.named(kind).text, n) for kind, n in counts.most_common() if kind],
        chosen=wanted,
        by_stance=_by_stance(known, [claim for claim in told if claim.by]),
        contested=[claim for claim in told if claim.link],
        opinions=len(claims),
        number=number,
        pages=pages,
        kind_address=lambda slug: address("disputes", **({"kind": slug} if slug else {})),
        page_address=lambda to: address("disputes", **({"kind": wanted} if wanted else {}), page=to),
        query=way("query.query", query=_QUERY) or address("sparql", query=_QUERY, format="html"),
        json=address("sparql", query=_QUERY, format="json"),
    )


def _number() -> int:
    value = request.args.get("page", "1")
    if not (value.isascii() and value.isdecimal() and int(value[:9]) > 0):
        raise Problem(400, "request", "The request is not understood", f"page={value[:40]} is not a page number.")
    return int(value[:9])


def _slug(kind: str) -> str:
    return kind.replace("#", "/").rpartition("/")[2].removeprefix("conflict-")


def _iris(known: Known, iri: str, predicate: str) -> list[str]:
    return [t.value for t in known.terms(iri, predicate) if isinstance(t, ox.NamedNode)]


def _conflict(known: Known, arrangement: Views, iri: str) -> Conflict:
    sides = sorted(_iris(known, iri, M.side), key=lambda side: (known.first(side, M.rank).endswith("deprecated"), side))
    fact = tell(known, arrangement, iri)
    return Conflict(
        fact,
        fact.anchor.removeprefix("fact-"),
        known.values(known.terms(iri, M.conflictKind)),
        known.values(known.terms(iri, M.about)),
        _sides([tell(known, arrangement, side) for side in sides]),
        known.values(known.terms(iri, M.resolution)),
    )


def _sides(facts: list[Fact]) -> tuple[Side, ...]:
    found = []
    for fact in facts:
        alike = [other for other in facts if other.name.text == fact.name.text]
        found.append(
            Side(
                fact,
                fact.heads if any(other.heads != fact.heads for other in alike) else (),
                tuple(
                    detail
                    for detail in fact.details
                    if (detail.values[0].text and not detail.values[0].link)
                    or any(detail not in other.details for other in alike)
                ),
            )
        )
    return tuple(found)


def _claim(known: Known, arrangement: Views, iri: str) -> Claim:
    statement = (RDF.subject, RDF.predicate, RDF.object)
    link = tuple(value for p in statement for value in known.values(known.terms(iri, p))[:1])
    settled = known.first(iri, M.status).endswith(_SETTLED)
    return Claim(
        tell(known, arrangement, iri),
        known.values(known.terms(iri, M.claimedBy)),
        known.values(known.terms(iri, M.stance)),
        known.values(known.terms(iri, M.about)),
        link if len(link) == len(statement) and not settled else (),
    )


def _by_stance(known: Known, claims: Iterable[Claim]) -> list[tuple[str, list[Claim]]]:
    """The attributed claims by their stance, the most frequent first."""
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        stance = ", ".join(value.text for value in claim.stance) or TEXTS["no_stance"][known.language]
        found.setdefault(stance, []).append(claim)
    return sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
