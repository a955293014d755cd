"""Who said it: for a thing or a triple, which version brought each line, and all that ever happened to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, request

from miit_graph.versions.blame import Asked, BadTriple, Blame, read_asked, read_blame
from miit_graph.versions.journal import Version
from miit_graph.web.choice import choose
from miit_graph.web.context import context
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import asker, link_header, published, tag, unchanged, validated
from miit_graph.web.linked_data.names import address
from miit_graph.web.linked_data.terms import Known, Value
from miit_graph.web.page import page
from miit_graph.web.problems import Problem
from miit_graph.web.versions.diff import Group, groups_of, iris_in, quad_json
from miit_graph.web.versions.recorded import history, told
from miit_graph.web.versions.routes import JSON
from miit_graph.web.versions.texts import TEXTS

blueprint = Blueprint("blame", __name__)
_MOST = 300


@dataclass(frozen=True, slots=True)
class _Line:
    """A triple that is said now, and the version it is of."""

    thing: Value
    property: Value
    value: Value
    version: Version


@dataclass(frozen=True, slots=True)
class _Event:
    """What a version did."""

    version: Version
    groups: list[Group]


@blueprint.get("/blame")
def blame() -> Response:
    """For ``?iri=`` (a thing with the facts about it) or ``?triple=`` (in N-Triples), as a page or as JSON."""
    try:
        asked = read_asked(request.args.get("triple") or request.args.get("iri", ""), published().prefixes)
    except BadTriple as error:
        raise Problem(400, "request", "The request is not understood", str(error)) from None
    choice = choose(request.args.get("format"), request.headers.get("Accept", ""), (JSON,), "a history")
    html = isinstance(choice, str)
    etag = tag("blame", len(history().versions), html, page_language() if html else "", request.query_string)
    if same := unchanged(etag):
        return same
    found = read_blame(history(), asker(), asked, context().about.base)
    if not found.lines and not found.events:
        raise Problem(404, "not-found", "There is nothing here", f"No version says anything of {asked}.")
    if html:
        response = _page(asked, found)
    else:
        document: dict[str, Any] = {
            "asked": str(asked),
            "now": [{**quad_json(quad), "since": told(version)} for quad, version in found.lines.items()],
            "events": [
                {
                    "version": told(event.version),
                    "added": [quad_json(quad) for quad in event.added],
                    "removed": [quad_json(quad) for quad in event.removed],
                }
                for event in reversed(found.events)
            ],
        }
        response = Response(json.dumps(document, ensure_ascii=False) + "\n", content_type="application/json")
    response.headers["Link"] = link_header(((asked.iri, "describes", {}), (address("versions"), "version-history", {})))
    return validated(response, etag)


def _page(asked: Asked, found: Blame) -> Response:
    known = Known.here()
    lines = list(found.lines.items())[:_MOST]
    quads = [quad for quad, _ in lines]
    quads += [quad for event in found.events for quad in (*event.added, *event.removed)]
    known.read_names({asked.iri} | iris_in(quads))
    known.add(quad.triple for quad in quads if isinstance(quad.object, ox.Literal))
    return page(
        "blame.html",
        texts=TEXTS,
        thing=known.named(asked.iri),
        triple=known.value(asked.triple.object) if asked.triple is not None else None,
        predicate=known.named(asked.triple.predicate.value) if asked.triple is not None else None,
        iri=asked.iri,
        lines=[
            _Line(known.value(quad.subject), known.named(quad.predicate.value), known.value(quad.object), version)
            for quad, version in lines
        ],
        cut=len(found.lines) > _MOST,
        most=_MOST,
        events=[_Event(e.version, groups_of(known, e.added, e.removed)) for e in reversed(found.events)],
        recorded=history().recorded,
        version_address=lambda version: address(f"versions/{version.number}"),
        json=address("blame", **request.args.to_dict() | {"format": "json"}),
    )
