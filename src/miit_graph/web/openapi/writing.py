"""Changes of the data: SPARQL Update, and the writing half of the Graph Store Protocol."""

from __future__ import annotations

from typing import Any

from miit_graph.engine import formats
from miit_graph.web.openapi.parts import NAME, PROBLEM, STRING, content, parameter, query

SECURITY_SCHEMES = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `miit-graph token NAME`, which whoever runs the server gives out (RFC 6750).",
    }
}
_GRAPHS = [format.media_type for format in formats.GRAPHS if format not in (formats.TRIG, formats.N_QUADS)]
_OPTIONS = [
    query("message", "Why, for those who read the versions.", {"type": "string", "maxLength": 2000}),
    query("dry-run", "true: say what would happen, but change nothing.", {"type": "boolean", "default": False}),
]
_HEADERS = [
    parameter(
        "header",
        "If-Match",
        'Only if the data are at this version: `"hash"`, as ETag and `/health/ready` say it, or `"number"`.',
    ),
    parameter(
        "header",
        "Idempotency-Key",
        "A repeated request with the same key changes nothing and gets the version that the first one made.",
        {"type": "string", "pattern": r"^\"?[!#-~]{1,200}\"?$"},
    ),
]
_VERSION_HEADERS = {
    "ETag": {"description": "The hash of the data, for If-Match.", "schema": STRING},
    "Data-Version": {"description": "The number of the version.", "schema": {"type": "integer"}},
}
_REFUSED = {
    "400": "A syntax error, with line and column; or a parameter or header that is not understood.",
    "401": "No token, or one that is not known here.",
    "403": "This graph is not written to; LOAD and SERVICE.",
    "412": "The data are at another version than If-Match names.",
    "413": "The body is too large.",
    "415": "The body has another type than those listed.",
    "503": "It took too long or too much memory, too many changes are waiting, or the writer is starting.",
    "507": "The disk is full.",
}


def with_writing(paths: dict[str, Any]) -> dict[str, Any]:
    """The addresses of a server that takes changes: those of every server, and what can be written there."""
    asked = paths["/sparql"]["post"]
    dataset = [
        query("using-graph-uri", "Graphs of the default graph of WHERE.", {"type": "array", "items": STRING}),
        query("using-named-graph-uri", "Its named graphs.", {"type": "array", "items": STRING}),
    ]
    bodies = asked["requestBody"]["content"]
    form = bodies["application/x-www-form-urlencoded"]["schema"]
    either = {
        "type": "object",
        "properties": {**form["properties"], "update": STRING},
        "oneOf": [{"required": ["query"]}, {"required": ["update"]}],
    }
    update = _operation("SPARQL 1.1 query, or an update with a token", dataset, {"404": ""})
    changed = dict(paths["/sparql"])
    changed["post"] = {
        **update,
        "security": [{}, *update["security"]],
        "parameters": [*asked["parameters"], *update["parameters"]],
        "requestBody": {
            "required": True,
            "content": {
                **bodies,
                "application/x-www-form-urlencoded": {"schema": either},
                "application/sparql-update": {"schema": STRING},
            },
        },
        "responses": {**asked["responses"], **update["responses"], "200": _either(asked["responses"]["200"])},
    }
    which = [
        {**query("default", "The default graph: only POST, which adds to it."), "allowEmptyValue": True},
        query("graph", "IRI of a graph below `graph/data/` or `graph/codes/`."),
    ]
    return {
        **paths,
        "/sparql": changed,
        "/graph-store": {**paths["/graph-store"], **_graph(which)},
        "/graph/{name}": {**paths["/graph/{name}"], **_graph([NAME])},
    }


def _either(answered: dict[str, Any]) -> dict[str, Any]:
    """The answer to a query, or to an update."""
    account = {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}}
    return {
        "description": "The result of the query, or what was changed",
        "headers": _VERSION_HEADERS,
        "content": answered["content"] | account,
    }


def _graph(which: list[dict[str, Any]]) -> dict[str, Any]:
    """The three methods that write a graph."""
    body = {"required": True, "content": content(_GRAPHS)}
    made = {"201": _account("The graph was not there; it is now")}
    gone = {"404": PROBLEM}
    return {
        "put": {**_operation("Put a graph in the place of what is there", which, made), "requestBody": body},
        "post": {**_operation("Add to a graph", which, made), "requestBody": body},
        "delete": _operation("Delete a graph", which, gone),
    }


def _operation(summary: str, parameters: list[dict[str, Any]], more: dict[str, Any]) -> dict[str, Any]:
    refused = {status: {**_problem(), "description": text} for status, text in _REFUSED.items()}
    refused["401"]["headers"] = {"WWW-Authenticate": {"description": "Bearer (RFC 6750).", "schema": STRING}}
    refused["412"]["headers"] = _VERSION_HEADERS
    invalid = {
        "description": "The graph would not conform to its shapes: the validation report; or this can't be changed so.",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Invalid"}},
            **content([*(kind for kind in _GRAPHS if kind != "text/n3"), "text/html"]),
        },
    }
    return {
        "summary": summary,
        "security": [{"token": []}],
        "parameters": [*parameters, *_OPTIONS, *_HEADERS],
        "responses": {
            "200": _account("Accepted, or there was nothing to change, or what a dry run found"),
            "202": _account("Accepted and on the disk, but not served yet"),
            **{status: answer for status, answer in more.items() if answer},
            **refused,
            "422": invalid,
            "default": PROBLEM,
        },
    }


def _problem() -> dict[str, Any]:
    return {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _account(text: str) -> dict[str, Any]:
    schema = {"schema": {"$ref": "#/components/schemas/Change"}}
    return {"description": text, "headers": _VERSION_HEADERS, "content": {"application/json": schema}}
