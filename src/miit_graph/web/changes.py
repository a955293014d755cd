"""Changes of the data by HTTP: who may make them, how they are asked for, what is answered.

The endpoints are those for reading: updates go to ``/sparql`` (SPARQL 1.1 Protocol, section 2.2), graphs to
``/graph-store`` and ``/graph/…`` (Graph Store HTTP Protocol, section 5; the routes of this blueprint, which exists only
where writing is on). Both take the same parameters and headers:

``Authorization: Bearer TOKEN``
    who asks (RFC 6750); nothing else counts, above all no cookie
``If-Match: "VERSION"``
    only if the data are at this version (its number, or the hash in ``ETag``), else 412
``Idempotency-Key: KEY``
    a repeated request with the same key changes nothing, and gets the first one's version
``?message=``, ``?dry-run=true``
    why; and: say what would happen, but change nothing
"""

from __future__ import annotations

import re
import time
from dataclasses import replace
from typing import NoReturn

from flask import Blueprint, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from miit_graph.engine import formats
from miit_graph.web.change_answers import answer
from miit_graph.web.context import Writing, context
from miit_graph.web.linked_data.names import iri_of
from miit_graph.web.negotiation import by_name
from miit_graph.web.problems import Problem
from miit_graph.web.protocol import Update, read_body, read_update
from miit_graph.writing.client import OutcomeUnknown, Request, WriterBusy, WriterUnavailable, send
from miit_graph.writing.operations import DELETE, POST, PUT, UPDATE, Operation

blueprint = Blueprint("changes", __name__)
_KEY = re.compile(r'"?([!#-~]{1,200})"?', re.ASCII)
_GRAPHS = tuple(format for format in formats.GRAPHS if format not in (formats.TRIG, formats.N_QUADS))
_LONGEST_MESSAGE = 2_000
_TRUTHS = {"true": True, "1": True, "false": False, "0": False, "": False}


def requested_update(writing: Writing | None) -> Response | None:
    """What comes of an update, if writing is on and this request for ``/sparql`` is one."""
    if writing is None or request.method != "POST":
        return None
    update = read_update(request)
    if update is None:
        return None
    author = _author(writing)
    operation = Operation(
        UPDATE,
        update.text,
        using=update.using,
        using_named=update.using_named,
        nesting=context().settings.nesting,
    )
    return _change(writing, author, operation, update)


@blueprint.route("/graph-store", methods=["PUT", "POST", "DELETE"])
def graph_store() -> Response:
    """Write the graph that ``?default`` or ``?graph=`` names."""
    writing = _on()
    author = _author(writing)
    default, named = "default" in request.args, request.args.getlist("graph")
    if default == bool(named) or len(named) > 1:
        detail = "Name one graph: /graph-store?default, or /graph-store?graph= with its IRI (percent-encoded)."
        raise Problem(400, "request", "The request is not understood", detail)
    return _write_graph(writing, author, named[0] if named else "")


@blueprint.route("/graph/<path:name>", methods=["PUT", "POST", "DELETE"])
def direct(name: str) -> Response:
    """Write the graph whose own IRI this is."""
    writing = _on()
    return _write_graph(writing, _author(writing), iri_of(f"graph/{name}"))


def _write_graph(writing: Writing, author: str, graph: str) -> Response:
    base = context().about.base
    if graph and not graph.startswith((f"{base}graph/data/", f"{base}graph/codes/")):
        detail = (
            f"<{graph[:200]}> can't be changed: only the graphs below {base}graph/data/ and {base}graph/codes/ can."
            " What is derived follows from them; ontology, rules and shapes are changed in the project's files."
        )
        raise Problem(403, "graph-fixed", "This graph can't be changed", detail)
    kind = {"PUT": PUT, "POST": POST, "DELETE": DELETE}[request.method]
    content, media_type = ("", "") if kind == DELETE else _payload()
    return _change(writing, author, Operation(kind, content, graph, media_type), None)


def _payload() -> tuple[str, str]:
    """The graph that was sent, and its media type."""
    given = request.mimetype
    format = by_name(given, _GRAPHS) if given else None
    if format is None or request.headers.get("Content-Encoding", "identity").lower() != "identity":
        types = ", ".join(offer.media_type for offer in _GRAPHS)
        detail = f"Send the graph as it is, as one of: {types}."
        raise Problem(415, "media-type", "The body has an unknown type", detail, {"Accept": types})
    try:
        return read_body(request).decode(request.mimetype_params.get("charset", "utf-8")), format.media_type
    except (UnicodeDecodeError, LookupError):
        raise Problem(400, "request", "The request is not understood", "The body is not UTF-8.") from None


def _change(writing: Writing, author: str, operation: Operation, update: Update | None) -> Response:
    settings = context().settings
    options = update.options if update is not None else request.args.to_dict()
    message = options.get("message", "").strip()
    if len(message) > _LONGEST_MESSAGE:
        _malformed(f"The message may have at most {_LONGEST_MESSAGE:,} characters.")
    if len(operation.content.encode()) > settings.body_bytes:
        raise RequestEntityTooLarge
    dry = options.get("dry-run", "").lower()
    if dry not in _TRUTHS:
        _malformed(f"dry-run={dry[:40]} is not understood. Write dry-run=true, or leave it out.")
    wanted = Request(operation, author, message, _idempotency_key(), _if_match(), _TRUTHS[dry])
    began, metrics, outcome = time.monotonic(), context().metrics, "failed"
    try:
        told = send(writing.socket, wanted, writing.seconds)
        outcome = str(told["outcome"])
    except WriterBusy:
        outcome = "busy"
        detail = "Too many changes are waiting; this one was not begun. Try again in a few seconds."
        raise Problem(503, "busy", "The server is busy", detail, {"Retry-After": "5"}) from None
    except WriterUnavailable:
        outcome = "writer-unavailable"
        detail = "The writer is being started; the change was not begun. Try again in a few seconds."
        raise Problem(503, "writer-unavailable", "The writer is starting", detail, {"Retry-After": "2"}) from None
    except OutcomeUnknown:
        outcome = "outcome-unknown"
        detail = (
            "The writer ended before it could say what came of the change. Look at the versions, or repeat the request:"
            " with the same Idempotency-Key it is done once at most."
        )
        raise Problem(503, "outcome-unknown", "It is not known what came of it", detail) from None
    finally:
        metrics.changes.labels(outcome).inc()
        metrics.change_seconds.observe(time.monotonic() - began)
    return answer(replace(wanted, operation=replace(operation, content="")), told)


def _on() -> Writing:
    writing = context().writing
    assert writing is not None  # else these routes don't exist
    return writing


def _author(writing: Writing) -> str:
    """The name that goes with the token of this request. Raises Problem (401)."""
    given = request.headers.get_all("Authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    name = writing.tokens.name(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if name is None:
        fault = ', error="invalid_token"' if given else ""
        challenge = f'Bearer realm="changes of the data"{fault}'
        detail = "Changes need a token: Authorization: Bearer TOKEN. " + (
            "The one that was sent is not known here." if given else "Whoever runs the server gives them out."
        )
        raise Problem(401, "token", "A token is needed", detail, {"WWW-Authenticate": challenge})
    return name


def _idempotency_key() -> str:
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return ""
    found = _KEY.fullmatch(given.strip())
    if found is None:
        _malformed("The Idempotency-Key has 1 to 200 visible ASCII characters without quotes and spaces.")
    return found[1]


def _if_match() -> tuple[str, ...] | None:
    """The versions that the change may be applied to; None if the request doesn't say."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    return tuple(sorted(request.if_match.as_set()))


def _malformed(detail: str) -> NoReturn:
    raise Problem(400, "request", "The request is not understood", detail)
