"""The network explorer at ``/explore``: a page that shows a neighbourhood by itself, and more with its script."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for

from miit_graph.export.graph.model import Edge, Node, PropertyGraph
from miit_graph.export.network import Page, UnknownThing
from miit_graph.matching.match import LONGEST_QUESTION
from miit_graph.web.kept import rendered
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.names import link_to
from miit_graph.web.of_version import left_out
from miit_graph.web.page import page
from miit_graph.web.pages.explore_api import blueprint, groups, named, network, places_of, thing_of
from miit_graph.web.pages.explore_picture import Picture, draw
from miit_graph.web.pages.explore_places import Cited, Places
from miit_graph.web.pages.explore_texts import SCRIPT_TEXTS, TEXTS
from miit_graph.web.pages.search import ready_finder
from miit_graph.web.problems import Problem

__all__ = ["blueprint"]
_SHOWN = 40
_STARTS = 8
_MATCHES = 30


@dataclass(frozen=True, slots=True)
class _Row:
    """A neighbour and the edges that tie it to the thing in the middle."""

    node: Node
    page: str
    center: str
    edges: list[tuple[Edge, bool]]
    """With whether the edge leads away from the middle."""
    cited: list[Cited]
    """Where the edges are written."""


@blueprint.get("/explore")
@rendered
def explore() -> Response:
    """The explorer, around ``root`` if it is given, else around the thing with most ties."""
    text = request.args.get("root", "")
    root = thing_of(text)
    if text and not root:
        raise Problem(400, "request", "The request is not understood", f"root={text[:80]} names nothing.")
    question = request.args.get("q", "").strip()
    matches = named(_found(question)) if question else []
    starts = named(network().in_order(network().busiest, groups())[:_STARTS])
    if not root and not question and starts:
        root = starts[0]["id"]
    offset = int(found) if (found := request.args.get("offset", "")).isdecimal() and len(found) < 7 else 0
    if not network().whole:
        left_out()
    language = page_language()
    rows: list[_Row] = []
    picture: Picture | None = None
    around: Page | None = None
    middle: Node | None = None
    if root:
        try:
            around = network().neighbours(root, language, groups=groups(), offset=offset, limit=_SHOWN)
        except UnknownThing:
            raise Problem(
                404, "not-found", "There is nothing here", f"root: nothing is said of {root[:200]} here."
            ) from None
        graph = network().graph((root, *around.nodes), language)
        middle = next((node for node in graph.nodes if node.id == root), None)
        rows = _rows(graph, root, around.nodes)
        if middle:
            picture = draw(middle, [(row.node, row.center, [edge for edge, _ in row.edges]) for row in rows])
    return page(
        "explore.html",
        texts=TEXTS,
        root=root,
        middle=middle,
        middle_page=link_to(root) if root else "",
        rows=rows,
        picture=picture,
        around=around,
        around_first=offset + 1,
        question=question,
        matches=matches,
        starts=starts,
        earlier=_turn(root, max(0, offset - _SHOWN)) if offset else "",
        later=_turn(root, offset + _SHOWN) if around and offset + _SHOWN < around.total else "",
        data=_data(root, language),
    )


def _found(question: str) -> list[str]:
    """Things that are called so, the best first."""
    finder = ready_finder()
    return [finder.index.iri(hit.thing) for hit in finder.find(question[:LONGEST_QUESTION]).hits[:_MATCHES]]


def _turn(root: str, offset: int) -> str:
    return url_for("explore.explore", root=root, offset=offset)


def _rows(graph: PropertyGraph, root: str, order: tuple[str, ...]) -> list[_Row]:
    ties: dict[str, list[tuple[Edge, bool]]] = defaultdict(list)
    for edge in graph.edges:
        if edge.source == root:
            ties[edge.target].append((edge, True))
        elif edge.target == root:
            ties[edge.source].append((edge, False))
    nodes = {node.id: node for node in graph.nodes}
    places = Places(place for edge in graph.edges for place in places_of(edge))

    def cited(thing: str) -> list[Cited]:
        return places.cited(place for edge, _ in ties[thing] for place in places_of(edge))

    return [
        _Row(nodes[thing], link_to(thing), url_for("explore.explore", root=thing), ties[thing], cited(thing))
        for thing in order
        if thing in nodes
    ]


def _data(root: str, language: str) -> dict[str, Any]:
    """What the script needs to know."""
    return {
        "root": root,
        "language": language,
        "base": request.script_root,
        "neighbours": url_for("explore.neighbours"),
        "path": url_for("explore.path"),
        "graph": url_for("explore.graph"),
        "find": url_for("search.search"),
        "prefixes": network().slices.prefixes,
        "texts": {key: texts[language] for key, texts in SCRIPT_TEXTS.items()},
    }
