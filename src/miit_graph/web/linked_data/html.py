"""The page of a thing: asks for what it shows, a fixed number of times however much there is, and renders it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pyoxigraph as ox
from flask import Response, request

from miit_graph.engine import formats
from miit_graph.export.graph.evidence import State
from miit_graph.publish.ask import Asker
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.vocabulary import DCT, M
from miit_graph.web.context import context
from miit_graph.web.linked_data.answers import asker
from miit_graph.web.linked_data.as_of import OPTION, asked_day, states_of
from miit_graph.web.linked_data.descriptions import OWN, Description, own_triples
from miit_graph.web.linked_data.entity_page import EntityPage, Origins
from miit_graph.web.linked_data.facts import QUIET, place_of, read_facts
from miit_graph.web.linked_data.names import address, document_of
from miit_graph.web.linked_data.neighbourhood import Cluster, draw
from miit_graph.web.linked_data.sections import LINKS_SHOWN, PAGE, Part, arrange, fill, in_language, index
from miit_graph.web.linked_data.terms import Known, Property, Value
from miit_graph.web.linked_data.texts import TEXTS, text
from miit_graph.web.linked_data.trail import trails_to
from miit_graph.web.linked_data.views import views
from miit_graph.web.page import page, way
from miit_graph.web.problems import Problem
from miit_graph.web.versions.past_of import past_of

_LINKS = 2_000
_SECTION_LINKS = "links"


def entity_page(iri: str, path: str, *, section: str = "", number: int = 1) -> Response:
    """The page about ``iri``; ``path`` is the local address of its document.

    ``section`` asks for one section at length, ``number`` for a page of it. Raises Problem (404) where there is none.
    """
    ask = asker()
    known, arrangement = Known.here(), views(ask)
    own, origins = _own(ask, iri)
    known.add(own)
    entries = index(known, arrangement, iri)
    past = None if section else past_of(iri, [entry.iri for entry in entries])
    day, dated = asked_day(), any(entry.day for entry in entries)
    states: Mapping[str, State] = {}
    if day is not None:
        states, all_entries = states_of(ask, iri, day), entries
        entries = [entry for entry in entries if entry.iri in states]
    read_facts(known, [iri])
    trails = trails_to(ask, iri) if day is None else []  # made of triples that have no dates
    parts = arrange(known, arrangement, entries, section, number)
    linking = _linking(ask, iri)
    known.read_names(
        {step for trail in trails for step in trail} | _mentioned(own) | linking.keys() | _sample(linking, section)
    )
    fill(known, arrangement, parts, iri)
    for found in (found for part in parts for found in part.lists if states):
        found.facts = [replace(fact, state=states[fact.iri]) for fact in found.facts]
    shown = EntityPage(iri, known, arrangement, own, origins, parts, _links(known, linking, section, number), section)
    _add_properties(shown)
    if section and not _has(shown, section, number):
        raise Problem(404, "not-found", "There is nothing here", f"The page of <{iri}> has no such section or page.")
    ruled_out = len({entry.iri for entry in all_entries} - states.keys()) if day is not None else 0
    about_time = {"past": past, "day": day, "ruled_out": ruled_out, "dated": dated}
    return _render(shown, path, [[known.named(step) for step in trail] for trail in trails], number, **about_time)


def graph_page(found: Description, path: str) -> Response:
    """The page about a named graph: what it speaks of."""
    ask = asker()
    known = Known.here()
    known.add((*found.own, *found.labels))
    shown = EntityPage(found.iri, known, views(ask), found.own)
    _add_properties(shown)
    content = [(f.label, address("graph-store", graph=found.iri, format=f.name)) for f in formats.GRAPHS]
    return _render(shown, path, [], found.page, pages=found.pages, content=content)


def _render(shown: EntityPage, path: str, trails: list[list[Value]], number: int, **more: Any) -> Response:
    here = {"iri": shown.iri} if path == "describe" else {}
    if more.get("day") is not None:
        here[OPTION] = more["day"].isoformat()
    pages = more.pop("pages", 0) or (_pages(shown) if shown.only else 1)
    section = {"section": shown.only} if shown.only else {}

    def turn(to: int) -> str:
        return address(path, **here, **section, page=to) if 1 <= to <= pages and to != number else ""

    parts = [part for part in shown.parts if part.properties or part.lists]
    above = list({trail[-2].link: trail[-2] for trail in trails}.values())
    return page(
        "entity.html",
        texts=TEXTS,
        entity=shown,
        parts=parts,
        trails=trails,
        picture=None if shown.only else draw(above, _clusters(shown, parts, {v.link for v in above})),
        section_address=lambda slug: address(path, **here, section=slug),
        whole=address(path, **here) if shown.only else "",
        downloads=_downloads(shown.iri, path, number if "content" in more else 1, more.get("day")),
        query=_editor(_query(shown.iri)),
        card=shown.structured_data(request.base_url),
        number=number,
        pages=pages,
        previous=turn(number - 1),
        next=turn(number + 1),
        source_page=_source_page(shown),
        today=address(path, **{name: value for name, value in here.items() if name != OPTION}),
        **({"content": [], "past": None, "day": None, "ruled_out": 0, "dated": False} | more),
    )


def _source_page(shown: EntityPage) -> str:
    """For a source document or a citation: where it stands line by line."""
    known = shown.known
    for term in known.terms(shown.iri, DCT.source):
        if isinstance(term, ox.NamedNode) and known.first(shown.iri, M.lineStart):
            return place_of(term.value, known.first(shown.iri, M.lineStart))
    return place_of(shown.iri) if known.first(shown.iri, M.lineCount) and document_of(shown.iri) else ""


def _downloads(iri: str, path: str, number: int, day: date | None) -> list[tuple[str, str, str]]:
    more: dict[str, Any] = {"page": number} if number > 1 else {}
    if day is not None:
        more[OPTION] = day.isoformat()
    if path == "describe":
        return [(f.label, f.media_type, address(path, iri=iri, format=f.name, **more)) for f in formats.GRAPHS]
    return [(f.label, f.media_type, address(f"{path}.{f.extension}", **more)) for f in formats.GRAPHS]


def _query(iri: str) -> str:
    """A query for what the page shows: the thing, the facts about it, and what they rest on."""
    x = text_of(iri)
    return (
        f"# Everything that is said of one thing, the facts that lead to it, and the citations they rest on\n"
        f"PREFIX m: <{M}>\nPREFIX prov: <http://www.w3.org/ns/prov#>\n"
        f"CONSTRUCT {{\n  {x} ?property ?value .\n  ?fact ?says ?what .\n  ?citation ?tells ?detail .\n}}\nWHERE {{\n"
        f"  {{ {x} ?property ?value }}\n"
        f"  UNION {{ ?fact ?role {x} ; a m:Fact ; ?says ?what }}\n"
        f"  UNION {{ ?fact ?role {x} ; a m:Fact ; prov:wasDerivedFrom ?citation . ?citation ?tells ?detail }}\n"
        f"  UNION {{ {x} prov:wasDerivedFrom ?citation . ?citation ?tells ?detail }}\n}}\n"
    )


def _editor(query: str) -> str:
    """Where a query opens to be changed: the editor, else the endpoint's page."""
    return way("query.query", query=query) or address("sparql", query=query, format="html")


def _own(ask: Asker, iri: str) -> tuple[list[ox.Triple], Origins]:
    """The triples about a thing, those of the blank nodes below it, and which named graphs hold them."""
    x = text_of(iri)
    rows = ask.rows(f"SELECT ?p ?o ?g {{ {x} ?p ?o OPTIONAL {{ GRAPH ?g {{ {x} ?p ?o }} }} }} LIMIT {8 * OWN}")
    origins: Origins = {}
    triples: dict[ox.Triple, None] = {}
    for row in rows:
        predicate, term = cast(ox.NamedNode, row["p"]), row["o"]
        triples.setdefault(ox.Triple(ox.NamedNode(iri), predicate, term))
        graph = row.get("g")
        where = {graph.value} if isinstance(graph, ox.NamedNode) else set()
        origins[predicate.value, term] = origins.get((predicate.value, term), frozenset()) | where
    if any(isinstance(triple.object, ox.BlankNode) for triple in triples):
        return own_triples(ask, iri, min(len(triples), OWN), 1), origins
    return list(triples), origins


def _mentioned(triples: list[ox.Triple]) -> set[str]:
    terms = {term for t in triples for term in (t.predicate, t.object) if isinstance(term, ox.NamedNode)}
    return {term.value for term in terms}


def _add_properties(shown: EntityPage) -> None:
    """Put the properties of the thing into the sections where the graph wants them, else into one of their own."""
    parts = {part.slug: part for part in shown.parts}
    for predicate, found in shown.properties:
        block = shown.views.properties.get(predicate)
        section = block.section if block else shown.views.first
        slug = section.slug if section else "properties"
        if slug not in parts:
            title = in_language(section.title, shown.language) if section else text("own", shown.language)
            parts[slug] = Part(slug, title, section.place if section else 0)
        parts[slug].properties.append(found)
    shown.parts = sorted(parts.values(), key=lambda part: (part.place, part.slug))
    if shown.only:
        shown.parts = [part for part in shown.parts if part.slug == shown.only]


def _linking(ask: Asker, iri: str) -> dict[str, list[str]]:
    """Who links to the thing, by predicate; facts, the records of derivations and the counts of the dataset aside."""
    rows = ask.rows(
        f"SELECT ?p ?s {{ ?s ?p {text_of(iri)} FILTER(isIRI(?s))"
        f" FILTER NOT EXISTS {{ ?s a ?kind FILTER(?kind IN (<{M.Fact}>, <{M.Derivation}>)) }} }}"
        f" ORDER BY ?p ?s LIMIT {_LINKS}"
    )
    found: dict[str, list[str]] = {}
    description = f"{context().about.base}void#"
    for row in rows:
        linking = cast(ox.NamedNode, row["s"]).value
        if iri.startswith(description) or not linking.startswith(description):
            found.setdefault(cast(ox.NamedNode, row["p"]).value, []).append(linking)
    return found


def _sample(linking: Mapping[str, list[str]], section: str) -> set[str]:
    if section == _SECTION_LINKS:
        return {iri for iris in linking.values() for iri in iris}
    return {iri for iris in linking.values() for iri in iris[: LINKS_SHOWN + 2]}


def _links(known: Known, linking: Mapping[str, list[str]], section: str, number: int) -> list[Property]:
    if section and section != _SECTION_LINKS:
        return []
    skip, room = ((number - 1) * PAGE, PAGE) if section else (0, 0)
    found = []
    for predicate, iris in linking.items():
        some = iris if len(iris) <= LINKS_SHOWN + 2 else iris[:LINKS_SHOWN]
        if section:
            some = iris[skip : skip + room]
            skip, room = max(0, skip - len(iris)), room - len(some)
        values = tuple(sorted((known.named(iri) for iri in some), key=lambda value: value.text.casefold()))
        if values:
            found.append(Property(known.named(predicate), values, total=len(iris)))
    return found


def _has(shown: EntityPage, section: str, number: int) -> bool:
    if section == _SECTION_LINKS:
        return bool(shown.links)
    return any(part.shown or (part.properties and number == 1) for part in shown.parts)


def _pages(shown: EntityPage) -> int:
    total = sum(p.total for p in shown.links) if shown.only == _SECTION_LINKS else sum(p.total for p in shown.parts)
    return max(1, -(-total // PAGE))


def _clusters(shown: EntityPage, parts: list[Part], above: set[str]) -> list[Cluster]:
    """A few neighbours from each section, else from each property and each way in."""
    found = []
    for part in parts:
        heads = [v for facts in part.lists for f in facts.facts if not f.deprecated for v in f.heads[:1]]
        linked = list({v.link: v for v in heads if v.link and v.link not in above}.values())
        if linked:
            found.append(Cluster(part.title, f"#{part.slug}", tuple(linked), max(part.total, len(linked))))
    if len(found) > 2:
        return found
    told = {shown.known.named(predicate) for predicate in QUIET}
    for property_ in (*(p for part in parts for p in part.properties if p.name not in told), *shown.links):
        incoming = property_ in shown.links
        linked = [v for v in property_.values if v.link and v.link not in above]
        told_already = {value.link for cluster in found for value in cluster.values}
        if not linked or (incoming and all(v.link in told_already for v in linked)):
            continue
        slug = "links" if incoming else next(p.slug for p in parts if property_ in p.properties)
        caption = f"← {property_.name.text}" if incoming else property_.name.text
        found.append(Cluster(caption, f"#{slug}", tuple(linked), property_.total))
    return found
