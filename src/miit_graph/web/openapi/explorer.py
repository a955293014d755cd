"""The network explorer."""

from __future__ import annotations

from typing import Any

from miit_graph.web.openapi.parts import GRAPH_FILE_TYPES, LANG, STRING, get, parameter, query


def explorer() -> dict[str, Any]:
    """The network explorer: nodes and edges as in graph files, as Cytoscape.js reads them."""
    thing = "An IRI, a prefixed name, or a path such as id/x."
    state = ["application/json"]
    groups = query("groups", "Groups of things that count as neighbours, as in graph files; default: entities.")
    edges = query("edges", "Only ties by these properties: IRIs or prefixed names.")
    files = ["gexf", "graphml", "dot", "cyjs", "json", "csv"]
    listed = {"type": "array", "items": STRING}
    shown = get(
        "Some things and all edges between them, as JSON or as a graph file",
        [*state, *GRAPH_FILE_TYPES],
        parameter("query", "nodes", thing, listed, required=True),
        query("beside", "Things that are known already: only their edges to the others are told.", listed),
        query("format", "A graph file instead of JSON.", {"type": "string", "enum": files}),
        query("dialect", "For graphml: plain or yed.", {"type": "string", "enum": ["plain", "yed"]}),
        LANG,
        _400="",
    )
    body = {"type": "object", "properties": {"nodes": listed, "beside": listed}, "required": ["nodes"]}
    content = {"application/json": {"schema": body}, "application/x-www-form-urlencoded": {"schema": body}}
    posted = {
        **shown,
        "parameters": shown["parameters"][2:],
        "requestBody": {"required": True, "content": content},
    }
    gets = {
        "/explore": get(
            "The network explorer",
            ["text/html"],
            query("root", f"Where to begin. {thing}"),
            query("q", "A part of a name, to find where to begin."),
            query("offset", "The first neighbour in the table, from 0.", {"type": "integer", "minimum": 0}),
            groups,
            LANG,
            _400="",
            _404="",
        ),
        "/explore/neighbours": get(
            "What is tied to a thing, page by page, and the edges among it",
            state,
            parameter("query", "node", thing, required=True),
            groups,
            query("kinds", "Only neighbours whose kind is one of these classes."),
            edges,
            query("offset", "The first neighbour, from 0.", {"type": "integer", "minimum": 0}),
            query("limit", "How many; default 50.", {"type": "integer", "minimum": 0, "maximum": 200}),
            query("elements", "no: only the IRIs of the neighbours.", {"type": "string", "enum": ["yes", "no"]}),
            LANG,
            _400="",
            _404="",
        ),
        "/explore/path": get(
            "A shortest path between two things, ties taken in either direction",
            state,
            parameter("query", "from", thing, required=True),
            parameter("query", "to", thing, required=True),
            groups,
            edges,
            query("claims", "no: not over ties that are only claimed.", {"type": "string", "enum": ["yes", "no"]}),
            LANG,
            _400="",
            _404="",
        ),
    }
    return {
        "/explore/graph": {"get": shown, "post": posted},
        **{path: {"get": operation} for path, operation in gets.items()},
    }
