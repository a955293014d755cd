"""Errors as RFC 9457 problem details, or as a page for a browser: one handler, one shape."""

from __future__ import annotations

import json
import logging
from typing import Any, cast

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from miit_graph.engine import errors
from miit_graph.engine.errors import QueryError
from miit_graph.web.context import context
from miit_graph.web.front.record import RECORD, Record
from miit_graph.web.language import LANGUAGES
from miit_graph.web.linked_data.names import link_to
from miit_graph.web.negotiation import prefers_html
from miit_graph.web.page import page
from miit_graph.web.problem_details import in_chinese
from miit_graph.web.problem_texts import CHINESE

_log = logging.getLogger(__name__)


class Problem(Exception):
    """An error of the request, not of its query.

    ``members`` are added to the problem document; ``chinese`` is title and detail for the page in Chinese.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        headers: dict[str, str] | None = None,
        chinese: tuple[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
        self.headers = headers or {}
        self.chinese = chinese
        self.members = members


class Refused(Problem):
    """A change touches what can't be changed; ``detail`` says what, and what to do instead."""

    def __init__(self, detail: str) -> None:
        super().__init__(422, "change-refused", "This can't be changed so", detail)


_KINDS: tuple[type[QueryError], ...] = (
    errors.QuerySyntaxError,
    errors.UnknownFunction,
    errors.BadGraphName,
    errors.ServiceRefused,
    errors.ServiceFailed,
    errors.UpdateRefused,
    errors.LoadRefused,
    errors.QueryTooLong,
    errors.QueryTooNested,
    errors.QueryTooComplex,
    errors.TimeLimitExceeded,
    errors.MemoryLimitExceeded,
    errors.ResultTooLarge,
    errors.EngineBusy,
    errors.EngineUnavailable,
    errors.EngineFailure,
)
_REQUEST_KINDS = (
    (
        "request",
        400,
        "The request is not understood",
        "A parameter or the body is missing, given twice or malformed.",
    ),
    ("not-found", 404, "There is nothing here", "No resource has this address."),
    ("method", 405, "This method is not allowed here", "The Allow header lists the methods that are."),
    ("not-acceptable", 406, "No format fits", "No format on offer is among those the request accepts."),
    ("slow-body", 408, "The body took too long", "The request's body did not come in time."),
    ("gone", 410, "This is no longer in force", "The IRI was retired and nothing took its place."),
    ("too-large", 413, "The request is too large", "The body has more bytes than the server takes."),
    ("misdirected", 421, "This is another server", "The server does not answer to the name in the Host header."),
    ("headers-too-large", 431, "The headers are too large", "The request's headers have more bytes than are read."),
    (
        "media-type",
        415,
        "The body has an unknown type",
        "A query is posted as a form or as application/sparql-query.",
    ),
    (
        "export-limit",
        503,
        "The graph file was given up",
        "Making it took more time or memory than the server allows.",
    ),
    (
        "search-not-ready",
        503,
        "The search is not ready",
        "The names of the graph are still being read; ask again in a few seconds.",
    ),
    ("token", 401, "A token is needed", "Only who has a token may change the data."),
    ("graph-fixed", 403, "This graph can't be changed", "It is derived from others, or part of the project's files."),
    (
        "rate-limit",
        429,
        "Too many requests",
        "This client has sent more requests than it may; Retry-After says how long to wait.",
    ),
    ("version", 412, "The data have changed meanwhile", "They are at another version than If-Match names."),
    ("change-refused", 422, "This can't be changed so", "The change touches what is derived, or has blank nodes."),
    ("invalid", 422, "The change breaks rules of the graph", "The report says which, and how to mend it."),
    ("key-reused", 422, "The key was used before", "An Idempotency-Key belongs to one change."),
    ("writer-unavailable", 503, "The writer is starting", "The change was not begun; send it again."),
    (
        "outcome-unknown",
        503,
        "It is not known what came of it",
        "The writer ended before it could say; look at the versions.",
    ),
    ("disk-full", 507, "The disk is full", "There is no room left to record a change, or to make a file."),
    ("server", 500, "The server has failed", "Something broke that is not the request's fault."),
)
_SLUGS = {status: slug for slug, status, _, _ in _REQUEST_KINDS}


def kinds() -> list[dict[str, Any]]:
    """Every kind of problem: slug, status, title, what it means in one sentence, and both of these in Chinese."""
    listed: list[dict[str, Any]] = [
        {
            "slug": kind.slug,
            "status": kind.status,
            "title": kind.title,
            "meaning": (kind.__doc__ or "").strip(),
        }
        for kind in _KINDS
    ]
    listed += [
        {"slug": slug, "status": status, "title": title, "meaning": meaning}
        for slug, status, title, meaning in _REQUEST_KINDS
    ]
    for kind in listed:
        kind["zh"] = CHINESE.get(kind["slug"])
    return sorted(listed, key=lambda kind: (kind["status"], kind["slug"]))


def register(app: Flask) -> None:
    """Make the application answer every error in this shape."""
    app.register_error_handler(QueryError, _query_error)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unforeseen)


def _query_error(error: QueryError) -> Response:
    members = {"line": error.line, "column": error.column, "excerpt": error.excerpt}
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    known = {name: value for name, value in members.items() if value is not None}
    return _answer(error.status, error.slug, error.title, error.detail, headers, known)


def _problem(error: Problem) -> Response:
    return _answer(error.status, error.slug, error.title, error.detail, error.headers, error.members, error.chinese)


def _http_error(error: HTTPException) -> Response:
    """What Flask and Werkzeug raise themselves: 404, 405, 413 and the like."""
    status = error.code or 500
    if status < 400:
        return cast(Response, error.get_response())  # a redirect is not a problem
    slug = _SLUGS.get(status, "request" if status < 500 else "server")
    title = next((title for known, _, title, _ in _REQUEST_KINDS if known == slug), error.name)
    detail = {
        404: "Nothing here has this address. The query endpoint is /sparql.",
        405: f"{request.method} is not possible here.",
        413: f"The body may have at most {context().settings.body_bytes:,} bytes.",
        500: "The server has noted the reason in its log.",
    }.get(status, error.description or error.name)
    headers = {}
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return _answer(status, slug, title, detail, headers, {})


def _unforeseen(error: Exception) -> Response:
    _log.exception("a request failed: %s %s", request.method, request.path, exc_info=error)
    return _answer(500, "server", "The server has failed", "The server has noted the reason in its log.", {}, {})


def _answer(
    status: int,
    slug: str,
    title: str,
    detail: str,
    headers: dict[str, str],
    members: dict[str, Any],
    chinese: tuple[str, str] | None = None,
) -> Response:
    record: Record | None = request.environ.get(RECORD)
    if record is not None:
        record.outcome = slug
    kind = f"{context().about_or_last.base or '/'}problems#{slug}"
    problem = {"type": kind, "title": title, "status": status, "detail": detail, **members}
    told = in_chinese(detail)
    if prefers_html(request.headers.get("Accept", "")):
        known = chinese or CHINESE.get(slug)
        if known and told and not chinese:
            known = chinese = (known[0], told)
        response = page(
            "problem.html",
            status,
            problem=problem,
            slug=slug,
            chinese=known,
            exact=bool(chinese),
            link_to=link_to,
        )
    else:
        if told and request.accept_languages.best_match(LANGUAGES) == "zh":
            problem["detail"], headers = told, {**headers, "Content-Language": "zh"}
        response = Response(json.dumps(problem, ensure_ascii=False), status, content_type="application/problem+json")
        response.vary.add("Accept-Language")
    response.headers["Cache-Control"] = "no-store"
    response.vary.add("Accept")
    response.headers.update(headers)
    return response
