"""Versions, changes and mementos."""

from __future__ import annotations

from typing import Any

from miit_graph.web.openapi.parts import DOCUMENT, FORMAT, GRAPH_TYPES, LANG, NAME, PAGE, get, path, query


def versions() -> dict[str, Any]:
    """Versions, what they changed, and who said what."""
    number = "A version: its number, its hash, or the beginning of that."
    part = query("part", "For RDF: what was added, or what was removed.", {"enum": ["added", "removed"]})
    change = ["application/json", "text/x-rdf-patch", *GRAPH_TYPES, "text/html"]
    told = {"_304": "Unchanged.", "_400": "", "_404": "", "_406": ""}
    return {
        "/versions": get("All versions, newest first", ["application/json", "text/html"], PAGE, LANG, **told),
        "/versions.atom": get("The newest versions as a feed", ["application/atom+xml"], LANG),
        "/versions/{name}": get(
            "What a version changed", change, path("name", number), FORMAT, part, PAGE, LANG, **told
        ),
        "/versions/{number}/doc/{name}": get(
            "A document as it stood in a version (Memento, RFC 7089)",
            DOCUMENT,
            path("number", number),
            NAME,
            FORMAT,
            LANG,
            _404="",
            _406="",
            _410="",
        ),
        "/timemap/doc/{name}": get(
            "All earlier states of a document (TimeMap, RFC 7089)",
            ["application/link-format", "application/json"],
            NAME,
            FORMAT,
            _404="",
        ),
        "/changes": get(
            "What happened between two versions",
            change,
            query("from", f"{number} By default the one before."),
            query("to", f"{number} By default the newest."),
            FORMAT,
            part,
            PAGE,
            LANG,
            **told,
        ),
        "/blame": get(
            "Which version said what of a thing, who, and why",
            ["application/json", "text/html"],
            query("iri", "A thing; the facts about it are told too."),
            query("triple", "One triple in N-Triples or Turtle."),
            LANG,
            **told,
        ),
    }
