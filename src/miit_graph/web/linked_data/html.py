"""The page of an entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pyoxigraph as ox
from flask import Response, request

from miit_graph.engine import formats
from miit_graph.publish.ask import Asker, Term
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.vocabulary import ORG
from miit_graph.web.context import context
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import asker, published
from miit_graph.web.linked_data.descriptions import FACTS, LINKS, OWN, Description, add_labels
from miit_graph.web.linked_data.entity_page import EntityPage, Origins
from miit_graph.web.linked_data.names import address
from miit_graph.web.linked_data.texts import TEXTS
from miit_graph.web.page import page

_UP = f"<{ORG.subOrganizationOf}>|<{ORG.unitOf}>|<{ORG.postIn}>"
_TRAILS, _LONGEST = 3, 8
_ANCESTORS = 100


def entity_page(found: Description, path: str, *, graph: bool = False) -> Response:
    """The page for a description; ``path`` is the local address of its document. The names on the trail are added."""
    ask = asker()
    parents = {} if graph else _parents(ask, found.iri)
    shown = EntityPage(
        _with_names(ask, found, parents),
        page_language(),
        context().about.base,
        published().prefixes,
        {} if graph else _origins(ask, found),
    )
    parts = (OWN, FACTS, LINKS)
    return page(
        "entity.html",
        entity=shown,
        texts=TEXTS,
        trails=[[shown.named(iri) for iri in trail] for trail in _trails(found.iri, parents)],
        spans=[_span(total, size, found.page) for total, size in zip(found.totals, parts, strict=True)],
        downloads=_downloads(found, path),
        content=_content(found.iri) if graph else [],
        card=shown.structured_data(request.base_url),
        previous=_turn(path, found.page - 1) if found.page > 1 else "",
        next=_turn(path, found.page + 1) if found.page < found.pages else "",
    )


def _span(total: int, size: int, page: int) -> dict[str, int]:
    return {"first": (page - 1) * size + 1, "last": min(total, page * size), "total": total}


def _turn(path: str, number: int) -> str:
    more: dict[str, Any] = {"iri": request.args.get("iri", "")} if path == "describe" else {}
    return address(path, **more, page=number)


def _downloads(found: Description, path: str) -> list[tuple[str, str]]:
    more: dict[str, Any] = {"page": found.page} if found.page > 1 else {}
    if path == "describe":
        return [(f.label, address(path, iri=found.iri, format=f.name, **more)) for f in formats.GRAPHS]
    return [(f.label, address(f"{path}.{f.extension}", **more)) for f in formats.GRAPHS]


def _content(iri: str) -> list[tuple[str, str]]:
    """Where a graph's own triples are (SPARQL 1.1 Graph Store HTTP Protocol)."""
    return [(f.label, address("graph-store", graph=iri, format=f.name)) for f in formats.GRAPHS]


def _origins(ask: Asker, found: Description) -> Origins:
    """For each own triple the named graphs that hold it."""
    if found.totals[0] > OWN:
        return {}
    rows = ask.rows(f"SELECT ?p ?o ?g {{ GRAPH ?g {{ {text_of(found.iri)} ?p ?o }} }} LIMIT {8 * OWN}")
    graphs: dict[tuple[str, Term], frozenset[str]] = {}
    for row in rows:
        key = (cast(ox.NamedNode, row["p"]).value, row["o"])
        graphs[key] = graphs.get(key, frozenset()) | {cast(ox.NamedNode, row["g"]).value}
    return graphs


def _parents(ask: Asker, iri: str) -> dict[str, list[str]]:
    """Each body above ``iri`` in the organisation, and what it is directly part of."""
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
        way = waiting.pop(0)
        above = [whole for whole in parents.get(way[0], ()) if whole not in way]
        above = [
            whole for whole in above if not any(whole in parents.get(other, ()) for other in above if other != whole)
        ]
        if not above or len(way) == _LONGEST:
            found.append(way)
        else:
            waiting += [[whole, *way] for whole in above]
    return [way for way in found if len(way) > 1]


def _with_names(ask: Asker, found: Description, parents: Mapping[str, list[str]]) -> Description:
    """The description with the names of the bodies above: the page shows them, the data need not."""
    above = sorted({whole for wholes in parents.values() for whole in wholes})
    extra = Description(found.iri, found.page, found.totals, [])
    this = ox.NamedNode(found.iri)
    extra.own = [ox.Triple(this, ox.NamedNode(ORG.subOrganizationOf), ox.NamedNode(iri)) for iri in above]
    add_labels(ask, extra)
    found.labels += [triple for triple in extra.labels if triple not in found.labels]
    return found
