"""The ways from the top of an organisation, a classification or a collection down to a thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pyoxigraph as ox

from miit_graph.publish.ask import Asker
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.vocabulary import DCT, ORG, RDFS, SCHEMA, SKOS

_UP = "|".join(
    f"<{name}>"
    for name in (
        ORG.subOrganizationOf,
        ORG.unitOf,
        ORG.postIn,
        SCHEMA.parentOrganization,
        DCT.isPartOf,
        SKOS.broader,
        RDFS.subClassOf,
    )
)
"""What leads from a part to its whole, in the vocabularies that pages know."""
_TRAILS, _LONGEST, _ANCESTORS = 3, 8, 100


def trails_to(ask: Asker, iri: str) -> list[list[str]]:
    """The ways from the top down to ``iri``, which is the last of each; none if nothing is above it."""
    return _trails(iri, _parents(ask, iri))


def _parents(ask: Asker, iri: str) -> dict[str, list[str]]:
    """Each whole above ``iri``, and what it is directly part of."""
    rows = ask.rows(
        f"SELECT DISTINCT ?part ?whole {{ {text_of(iri)} ({_UP})* ?part . ?part {_UP} ?whole"
        f" FILTER(isIRI(?part) && isIRI(?whole)) }} ORDER BY ?part ?whole LIMIT {_ANCESTORS}"
    )
    parents: dict[str, list[str]] = {}
    for row in rows:
        parents.setdefault(cast(ox.NamedNode, row["part"]).value, []).append(cast(ox.NamedNode, row["whole"]).value)
    return parents


def _trails(iri: str, parents: Mapping[str, list[str]]) -> list[list[str]]:
    """The ways from the top down to ``iri``; where a way is only a shortcut of another it is left out."""
    found: list[list[str]] = []
    waiting = [[iri]]
    while waiting and len(found) < _TRAILS:
        trail = waiting.pop(0)
        above = [whole for whole in parents.get(trail[0], ()) if whole not in trail]
        above = [
            whole for whole in above if not any(whole in parents.get(other, ()) for other in above if other != whole)
        ]
        if not above or len(trail) == _LONGEST:
            found.append(trail)
        else:
            waiting += [[whole, *trail] for whole in above]
    return [trail for trail in found if len(trail) > 1]
