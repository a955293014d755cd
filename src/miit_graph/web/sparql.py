"""The query endpoint, `/sparql` (SPARQL 1.1 Protocol)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, request, url_for

from miit_graph.engine import formats
from miit_graph.engine.api import Answer, Form, Limits, Query
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Allow, Refuse, examine
from miit_graph.web.context import context
from miit_graph.web.description import describe
from miit_graph.web.negotiation import HTML, by_name, negotiate
from miit_graph.web.page import page
from miit_graph.web.problems import Problem
from miit_graph.web.protocol import read_operation
from miit_graph.web.tables import read_table
from miit_graph.web.whole import Collected, must_collect

blueprint = Blueprint("sparql", __name__)
_REVALIDATE = "public, no-cache"
_PLAIN = "text/plain; charset=utf-8"


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query; without one, describe the service, or show a form to a browser."""
    operation = read_operation(request)
    if operation.query is None:
        return _description(operation.format)
    limits = context().settings.limits(operation.seconds)
    decision = examine(operation.query.text, limits)
    if isinstance(decision, Refuse):
        raise decision.error.with_traceback(None)
    choice = _choose(operation.format, formats.formats_for(decision.form), decision.form.value)
    if choice is HTML and not decision.form.is_graph:
        return _page(operation.query, decision.form, limits)
    # A browser that asks for a graph gets it as text it can show.
    kind, shown_as = (formats.TURTLE, _PLAIN) if isinstance(choice, str) else (choice, choice.content_type)
    return _run(operation.query, decision, kind, shown_as, limits)


# Clients that are given the address with a slash at its end mean the same (a redirect would lose a POST).
blueprint.add_url_rule("/sparql/", "slashed", sparql, methods=["GET", "POST"])


def _choose(name: str | None, offers: Sequence[Format], what: str) -> Format | str:
    """The format asked for with `?format=`, else by the Accept header. Raises Problem (400, 406)."""
    types = [offer.media_type for offer in offers]
    names = [offer.name for offer in offers]
    if name == "html":
        return HTML
    if name is not None:
        found = by_name(name, offers)
        if found is not None:
            return found
        detail = f"format={name[:80]} is not a format for {what}. Use one of: {', '.join(names)}."
        if by_name(name, (*formats.TABLES, *formats.GRAPHS)) is None:
            raise Problem(400, "request", "The request is not understood", detail, offered=types, formats=names)
    else:
        choice = negotiate(request.headers.get("Accept", ""), offers, html=True)
        if choice is not None:
            return choice
        detail = f"For {what} the server offers {', '.join(types)}; the Accept header allows none of them."
    raise Problem(406, "not-acceptable", "No format fits", detail, offered=types, formats=names)


def _run(query: Query, decision: Allow, format: Format, content_type: str, limits: Limits) -> Response:
    etag = _etag(query, content_type) if decision.stable and request.method != "POST" else None
    if etag and request.if_none_match.contains(etag):
        return _cacheable(Response(status=304), etag)
    answer = context().engine.run(query, format, limits)
    body: Answer | Collected = answer
    if answer.length is None and request.method != "HEAD" and must_collect(request.environ):
        body = Collected(answer)
    response = Response(body, content_type=content_type)
    if body.length is not None:
        response.content_length = body.length
    return _cacheable(response, etag)


def _etag(query: Query, content_type: str) -> str:
    """A strong validator: the same data, query, dataset and format give the same bytes."""
    key = json.dumps((context().engine.version, query.text, query.default_graphs, query.named_graphs, content_type))
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _cacheable(response: Response, etag: str | None) -> Response:
    response.headers["Cache-Control"] = _REVALIDATE if etag else "no-store"
    if etag:
        response.set_etag(etag)
    response.vary.add("Accept")
    return response


def _description(name: str | None) -> Response:
    choice = _choose(name, formats.GRAPHS, "the service description")
    if isinstance(choice, str):
        return page("query.html", query="", examples=context().about.examples)
    endpoint = url_for("sparql.sparql", _external=True)
    content = describe(context().about, endpoint, choice)
    response = Response(content, content_type=choice.content_type)
    response.add_etag()
    response.headers["Cache-Control"] = _REVALIDATE
    response.vary.add("Accept")
    response.make_conditional(request)
    return response


def _page(query: Query, form: Form, limits: Limits) -> Response:
    """A result for people: the first rows of a table, or yes or no."""
    links = [(offer.label, _address(query, offer)) for offer in formats.formats_for(form)]
    if form is Form.ASK:
        truth = json.loads(b"".join(_whole(context().engine.run(query, formats.JSON, limits))))["boolean"]
        response = page("truth.html", query=query.text, truth=truth, links=links)
    else:
        rows = context().settings.html_rows
        answer = context().engine.run(query, formats.TSV, limits)
        try:
            table = read_table(answer, rows)
        finally:
            answer.close()  # what is not shown need not be found
        response = page("table.html", query=query.text, table=table, limit=rows, links=links)
    response.headers["Cache-Control"] = "no-store"
    return response


def _whole(answer: Answer) -> list[bytes]:
    try:
        return list(answer)
    finally:
        answer.close()


def _address(query: Query, format: Format) -> str:
    dataset: dict[str, Any] = {
        "default-graph-uri": query.default_graphs,
        "named-graph-uri": query.named_graphs,
    }
    return url_for("sparql.sparql", query=query.text, format=format.name, **dataset)
