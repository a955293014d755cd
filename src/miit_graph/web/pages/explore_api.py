"""The network explorer's answers as JSON, and graph files of what is shown. The page itself is `explore`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, request

from miit_graph.export.graph import Options, PropertyGraph, file_format
from miit_graph.export.graph.errors import OptionError
from miit_graph.export.graph.json_formats import cytoscape_edge, cytoscape_node
from miit_graph.export.graph.model import Edge, Kind, Node
from miit_graph.export.graph.naming import Naming
from miit_graph.export.graph.options import Category
from miit_graph.export.network import MOST_NODES, Network, UnknownThing, find_path
from miit_graph.export.network.network import read_groups
from miit_graph.publish.sparql_text import is_iri
from miit_graph.vocabulary import M
from miit_graph.web.about import pick
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import asker, published, tag, unchanged, validated
from miit_graph.web.linked_data.names import iri_of, iri_of_document, link_to
from miit_graph.web.of_version import left_out, of_version
from miit_graph.web.pages.explore_places import Places
from miit_graph.web.problems import Problem

blueprint = Blueprint("explore", __name__)
_KEY = "miit_graph.network"
_MOST_NEIGHBOURS = 200
_ENDINGS = {"gexf": "gexf", "graphml": "graphml", "dot": "dot", "cyjs": "cyjs", "json": "graphology", "csv": "csv"}
"""Names of formats in the library, by the ending that a reader knows them by."""


def network() -> Network:
    """The present version of the dataset as a network."""
    return of_version(
        _KEY,
        lambda: Network(asker(), published().prefixes, published().colours.kinds),
        whole=lambda found: found.whole,
    )


@blueprint.get("/explore/neighbours")
def neighbours() -> Response:
    """What is tied to a thing, page by page, and the edges among it."""
    node = read_thing("node")
    etag = tag("explore", request.full_path, page_language())
    if (same := unchanged(etag)) is not None:
        return same
    offset, limit = _number("offset", 0, 1_000_000), _number("limit", 50, _MOST_NEIGHBOURS)
    lang = page_language()
    try:
        found = network().neighbours(
            node,
            lang,
            groups=groups(),
            kinds=_names("kinds"),
            properties=_names("edges"),
            offset=offset,
            limit=limit,
        )
    except UnknownThing as error:
        raise _unknown("node", error) from None
    kinds = [{**_kind(kind), "count": number} for kind, number in found.kinds.items()]
    answer: dict[str, Any] = {
        "node": node,
        "total": found.total,
        "capped": found.capped,
        "offset": offset,
        "nodes": found.nodes,
        "kinds": sorted(kinds, key=lambda kind: (-kind["count"], kind["label"])),
    }
    if request.args.get("elements") != "no":
        answer["elements"] = elements(network().graph((node, *found.nodes), lang))
    return _validated(_json(answer), etag)


@blueprint.get("/explore/path")
def path() -> Response:
    """A shortest path between two things."""
    start, end = read_thing("from"), read_thing("to")
    etag = tag("explore", request.full_path, page_language())
    if (same := unchanged(etag)) is not None:
        return same
    claims = request.args.get("claims", "yes") != "no"
    try:
        found = find_path(network(), start, end, groups=groups(), properties=_names("edges"), claims=claims)
    except UnknownThing as error:
        raise _unknown("from" if str(error) == start else "to", error) from None
    graph = network().graph(found.nodes, page_language())
    answer = {"nodes": found.nodes, "exhausted": found.exhausted, "elements": elements(graph)}
    return _validated(_json(answer), etag)


@blueprint.route("/explore/graph", methods=["GET", "POST"])
def graph() -> Response:
    """These things with the edges between them, as JSON or, with ``format``, as a graph file."""
    wanted, beside = _listed("nodes"), _listed("beside")
    if not wanted:
        raise _refused('nodes is missing: one IRI in each nodes=, or a JSON object {"nodes": ["…"]}.', "nodes")
    if len(wanted) + len(beside) > 2 * MOST_NODES or len(wanted) > MOST_NODES:
        raise _refused(f"nodes has {len(wanted):,} things; {MOST_NODES:,} are possible.", "nodes")
    ending = request.args.get("format") or request.form.get("format") or ""
    etag = tag("explore", request.full_path, page_language())
    if request.method == "GET" and (same := unchanged(etag)) is not None:
        return same
    response = (
        _file(ending, wanted) if ending else _json(elements(network().graph(wanted, page_language(), beside=beside)))
    )
    return _validated(response, etag) if request.method == "GET" else response


def _validated(response: Response, etag: str) -> Response:
    """The same for an answer of the network: without its counts kinds lack names and colours."""
    if not network().whole:
        left_out()
    return validated(response, etag)


def named(things: Iterable[str]) -> list[dict[str, Any]]:
    """Things with their names and kinds, in this order."""
    ordered = list(things)
    lang = page_language()
    source = network().slices.of(ordered)
    naming = Naming(source, lang, network().census)
    return [
        {
            "id": thing,
            "label": naming.label(thing),
            "label_en": naming.label_in(thing, "en"),
            "label_zh": naming.label_in(thing, "zh"),
            **{f"kind_{name}": value for name, value in _kind(naming.kind(thing)).items()},
        }
        for thing in ordered
    ]


def elements(graph: PropertyGraph) -> dict[str, Any]:
    """A graph as Cytoscape.js reads it; with the page of each thing and fact, and of the conflicts about an edge.

    In the language of the page besides: what a status is called, as ``status_label``, and what is cited, as ``cited``.
    """
    facts = {str(fact) for edge in graph.edges if (fact := edge.values.get("fact"))}
    conflicts = network().slices.conflicts(facts)
    statuses = _statuses(graph)
    items: list[Node | Edge] = [*graph.nodes, *graph.edges]
    places = Places(place for item in items for place in places_of(item))
    return {
        "nodes": [
            {
                "data": {
                    **cytoscape_node(node),
                    "page": link_to(node.id),
                    **statuses.get(node.id, {}),
                    **_cited(places, node),
                }
            }
            for node in graph.nodes
        ],
        "edges": [
            {
                "data": {
                    **cytoscape_edge(edge),
                    **_links(fact, conflicts),
                    **statuses.get(fact, {}),
                    **_cited(places, edge),
                }
            }
            for edge in graph.edges
            for fact in (str(edge.values.get("fact") or ""),)
        ],
    }


def places_of(item: Node | Edge) -> tuple[str, ...]:
    """Where a node or an edge is written: ``file:75`` or ``file:75-80``."""
    found = item.values.get("cited_lines", ())
    return tuple(map(str, found)) if isinstance(found, tuple) else ()


def _cited(places: Places, item: Node | Edge) -> dict[str, Any]:
    found = places.cited(places_of(item))
    return {"cited": [source.as_json() for source in found]} if found else {}


def _statuses(graph: PropertyGraph) -> dict[str, dict[str, str]]:
    """What the statuses of things and facts are called; nothing in English, as graph files name them so already."""
    if page_language() == "en":
        return {}
    ranked = {node.id for node in graph.nodes if node.values.get("status")}
    ranked |= {str(edge.values["fact"]) for edge in graph.edges if edge.values.get("status")}
    if not ranked:
        return {}
    source = network().slices.of(ranked)
    naming = Naming(source, page_language(), network().census)
    codes = {thing: source.objects(thing, M.status) for thing in ranked}
    return {thing: {"status_label": naming.label(found[0])} for thing, found in codes.items() if found}


def _links(fact: str, conflicts: dict[str, list[str]]) -> dict[str, Any]:
    if not fact:
        return {}
    found: dict[str, Any] = {"fact_page": link_to(fact)}
    if fact in conflicts:
        found["disputes"] = [link_to(conflict) for conflict in conflicts[fact]]
    return found


def _kind(kind: Kind) -> dict[str, Any]:
    return {"iri": kind.iri, "name": kind.name, "label": kind.label, "color": kind.color}


def _file(ending: str, nodes: list[str]) -> Response:
    if ending not in _ENDINGS:
        raise _refused(f"format={ending[:40]} is not a graph file. Use one of: {', '.join(_ENDINGS)}.", "format")
    dialect = request.args.get("dialect") or request.form.get("dialect") or ""
    try:
        chosen = file_format(_ENDINGS[ending], Options.from_strings({"dialect": dialect}))
    except OptionError as error:
        raise _refused(str(error), error.option) from None
    lang = page_language()
    found = network().graph(nodes, lang, pick(published().title, lang), properties=True)
    content = io.BytesIO()
    chosen.write(found, content)
    response = Response(content.getvalue(), content_type=chosen.media_type)
    name = f"{published().name}-part.{chosen.extension}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _json(answer: dict[str, Any]) -> Response:
    response = Response(json.dumps(answer, ensure_ascii=False, separators=(",", ":")), content_type="application/json")
    response.headers["Content-Language"] = page_language()
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def thing_of(text: str) -> str:
    """The IRI that a text names: an IRI, a prefixed name, or an address or name here; empty if it names none."""
    text = text.strip().strip("<>")
    prefix, colon, local = text.partition(":")
    if colon and prefix in published().prefixes and not local.startswith("//"):
        text = published().prefixes[prefix] + local
    if is_iri(text):
        return text
    parts = text.removeprefix("/")
    if parts.startswith("doc/"):
        return iri_of_document(parts.removeprefix("doc/"))
    if parts.startswith(("id/", "code/", "graph/", "shape/", "ont")):
        return iri_of(parts)
    found = iri_of(f"id/{parts}") if parts else ""
    return found if is_iri(found) else ""


def read_thing(name: str) -> str:
    """The thing that a parameter names. Raises Problem."""
    text = request.args.get(name, "")
    found = thing_of(text)
    if not found:
        said = f"{name}={text[:80]} names nothing" if text else f"{name} is missing"
        raise _refused(f"{said}. Give an IRI, a prefixed name such as org:Post, or a path such as id/x.", name)
    return found


def groups() -> frozenset[Category]:
    """The groups of things that the request wants to see. Raises Problem."""
    try:
        return read_groups(request.args.get("groups", ""))
    except ValueError as error:
        raise _refused(f"groups: {error}.", "groups") from None


def _names(name: str) -> frozenset[str]:
    given = " ".join(request.args.getlist(name)).replace(",", " ").split()
    found = {text: thing_of(text) for text in given}
    for text, iri in found.items():
        if not iri:
            raise _refused(f"{name}={text[:80]} is no IRI or prefixed name.", name)
    return frozenset(found.values())


def _listed(name: str) -> list[str]:
    """Things from a JSON body, a form or the address, each once."""
    given: Any = [*request.args.getlist(name), *request.form.getlist(name)]
    if request.is_json:
        body = request.get_json(silent=True)
        given = body.get(name, []) if isinstance(body, dict) else None
        if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
            raise _refused(f"The body must be a JSON object with a list of texts in {name}.", name)
    texts = [text for value in given for text in value.split()]
    return list(dict.fromkeys(filter(None, map(thing_of, texts))))


def _number(name: str, default: int, most: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) <= most):
        raise _refused(f"{name}={text[:40]} should be a whole number from 0 to {most:,}.", name)
    return int(text)


def _refused(detail: str, parameter: str) -> Problem:
    return Problem(400, "request", "The request is not understood", detail, parameter=parameter)


def _unknown(parameter: str, error: UnknownThing) -> Problem:
    detail = f"{parameter}: nothing is said of {str(error)[:200]} here."
    return Problem(404, "not-found", "There is nothing here", detail, parameter=parameter)
