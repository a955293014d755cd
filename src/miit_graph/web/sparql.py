"""The query endpoint, `/sparql` (SPARQL 1.1 Protocol)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, request, url_for

from miit_graph.engine import formats
from miit_graph.engine.api import Answer, Engine, Form, Limits, Query
from miit_graph.engine.errors import QueryError, TimeLimitExceeded
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Allow, Refuse
from miit_graph.web.assets import PINNED
from miit_graph.web.cache import Kept, Key
from miit_graph.web.changes import requested_update
from miit_graph.web.choice import REVALIDATE, choose, etag_of
from miit_graph.web.compression import choose_coding
from miit_graph.web.context import context
from miit_graph.web.description import service_description
from miit_graph.web.front.record import RECORD, Record
from miit_graph.web.front.shortcuts import ANSWERED, FAILED, GONE
from miit_graph.web.how import HIT, miss, timing
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import asker, published
from miit_graph.web.linked_data.names import link_to
from miit_graph.web.linked_data.terms import Known, Value
from miit_graph.web.metrics import Watched
from miit_graph.web.negotiation import HTML
from miit_graph.web.of_version import left_out, pinned
from miit_graph.web.page import page
from miit_graph.web.protocol import Operation, read_operation
from miit_graph.web.tables import Table, column_widths, read_table
from miit_graph.web.versions.past import pin, told_of
from miit_graph.web.versions.recorded import named, version_header
from miit_graph.web.whole import Collected, must_collect

blueprint = Blueprint("sparql", __name__)
_PLAIN = "text/plain; charset=utf-8"


@blueprint.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query; without one, describe the service, or show a form to a browser."""
    if (failed := request.environ.get(FAILED)) is not None:
        raise failed.with_traceback(None)
    g.began = time.monotonic()
    if (changed := requested_update(context().writing)) is not None:
        return changed
    operation = read_operation(request)
    if operation.query is None:
        return _description(operation.format)
    version = named(operation.version) if operation.version else None
    if version is not None:
        g.version = operation.version
        pin(version)
    response = _answer(operation, operation.query)
    if version is not None:
        told_of(version, response)
    return response


def _engine() -> Engine:
    """The engine at the version that the request names, else as it is at each moment."""
    return pinned() if PINNED in g else context().engine


def _answer(operation: Operation, query: Query) -> Response:
    limits = context().settings.limits(operation.seconds)
    decision = _engine().examine(query.text, limits)
    if (record := _record()) is not None:
        record.asked(query.text, "" if isinstance(decision, Refuse) else decision.form.value)
    if isinstance(decision, Refuse):
        raise decision.error.with_traceback(None)
    choice = choose(operation.format, _accept(), formats.formats_for(decision.form), decision.form.value)
    if choice is HTML and not decision.form.is_graph:
        return _page(query, decision.form, limits)
    # A browser that asks for a graph gets it as text it can show.
    kind, shown_as = (formats.TURTLE, _PLAIN) if isinstance(choice, str) else (choice, choice.content_type)
    return _run(query, decision, kind, shown_as, limits)


# Clients that are given the address with a slash at its end mean the same (a redirect would lose a POST).
blueprint.add_url_rule("/sparql/", "slashed", sparql, methods=["GET", "POST"])


def _record() -> Record | None:
    """What is noted of this request, behind the front."""
    return request.environ.get(RECORD)


def _accept() -> str:
    return request.headers.get("Accept", "")


def _run(query: Query, decision: Allow, format: Format, content_type: str, limits: Limits) -> Response:
    metrics, cache = context().metrics, context().cache
    version = _engine().version
    key = (version, query, content_type)
    etag = etag_of(key) if decision.stable and request.method != "POST" else None
    if etag and request.if_none_match.contains(etag.strip('"')):
        return _cacheable(Response(status=304, headers=[HIT]), etag, version)
    body: bytes | Iterable[bytes]
    if decision.stable and (stored := cache.get(key)):
        metrics.queries.labels(decision.form.value, "cached").inc()
        request.environ[ANSWERED] = key, decision.form
        if coding := choose_coding(request.headers.get("Accept-Encoding", "")).fits(len(stored.body)):
            stored.packed(coding)  # here, on a thread of its own; the next time it is there
        body = stored.body
        length: int | None = len(body)
        told = [HIT]
    else:
        body, length, version = _ask(query, decision, format, limits, content_type)
        etag = etag_of((version, query, content_type)) if etag else None
        told = [miss(stable=decision.stable), timing(g.began)]
    response = Response(body, content_type=content_type, headers=told)
    if length is not None:
        response.content_length = length
    return _cacheable(response, etag, version)


def _ask(
    query: Query, decision: Allow, format: Format, limits: Limits, content_type: str
) -> tuple[Iterable[bytes], int | None, str]:
    """Put the query to the engine: the body, whole if it is short, its length if that is known, and its version."""
    cache = context().cache
    answer = _start(query, decision.form, format, limits)
    key: Key = (answer.version, query, content_type)
    if answer.length is not None:
        body = b"".join(_whole(answer))
        if decision.stable:
            cache.put(key, body)
            context().metrics.cache_bytes.set(cache.bytes)
            request.environ[ANSWERED] = key, decision.form
        if (record := _record()) is not None:
            record.count_rows(content_type, body)
        return [body], len(body), answer.version
    kept = Kept(answer, cache, key) if decision.stable and request.method != "HEAD" else answer
    if request.method != "HEAD" and must_collect(request.environ):
        collected = Collected(kept)
        return collected, collected.length, answer.version
    return kept, None, answer.version


def _start(query: Query, form: Form, format: Format, limits: Limits) -> Watched:
    """Start the query in the engine, counting how it ends. What reading it has taken is part of its time."""
    began = g.began
    left = replace(limits, seconds=max(0.1, limits.seconds - (time.monotonic() - began)))
    try:
        try:
            answer = _engine().run(query, format, left, request.environ.get(GONE))
        except TimeLimitExceeded:
            raise TimeLimitExceeded(limits.seconds) from None
    except QueryError as error:
        context().metrics.ended(form.value, error.slug, time.monotonic() - began)
        raise
    return Watched(answer, context().metrics, began)


def _cacheable(response: Response, etag: str | None, version: str) -> Response:
    response.headers["Dataset-Version"] = version_header(version)
    response.headers["Cache-Control"] = REVALIDATE if etag else "no-store"
    if etag:
        response.headers["ETag"] = etag
    response.vary.add("Accept")
    return response


def _description(name: str | None) -> Response:
    choice = choose(name, _accept(), formats.GRAPHS, "the service description")
    if isinstance(choice, str):
        return Response(status=303, headers={"Location": url_for("query.query"), "Vary": "Accept"})
    response = Response(service_description(choice), content_type=choice.content_type)
    response.add_etag()
    response.headers["Cache-Control"] = REVALIDATE
    response.vary.add("Accept")
    response.make_conditional(request)
    return response


def _page(query: Query, form: Form, limits: Limits) -> Response:
    """A result for people: the first rows of a table, or yes or no."""
    links = [(offer.label, _address(query, offer)) for offer in formats.formats_for(form)]
    if form is Form.ASK:
        truth = json.loads(b"".join(_whole(_start(query, form, formats.JSON, limits))))["boolean"]
        response = page("truth.html", query=query.text, truth=truth, links=links)
    else:
        rows = context().settings.html_rows
        answer = _start(query, form, formats.TSV, limits)
        try:
            table = read_table(answer, rows)
        finally:
            answer.close()  # what is not shown need not be found
        named = _named(table)
        widths = column_widths(_columns(table, named))
        response = page(
            "table.html", query=query.text, table=table, limit=rows, links=links, named=named, widths=widths
        )
    response.headers["Cache-Control"] = "no-store"
    return response


_Named = dict[str, tuple[str, str, Value | None]]


def _named(table: Table) -> _Named:
    """The IRIs of a table: where each leads, its short form, and its name if it has one."""
    used = {cell.text for row in table.rows for cell in row if cell.kind == "iri"}
    known = Known(asker(), page_language(), context().about.base, published().prefixes)
    if not known.asker.manages(lambda: known.read_names(used)):  # they are a help, not the answer
        left_out()
    return {iri: (link_to(iri), known.short(iri), known.named(iri) if known.names(iri) else None) for iri in used}


def _columns(table: Table, named: _Named) -> Iterator[list[str]]:
    """Each column's name and what the page shows in its cells."""
    for number, variable in enumerate(table.variables):
        texts = [variable]
        for row in table.rows:
            _, short, name = named.get(row[number].text, ("", row[number].text, None))
            texts += [short, name.text] if name else [short]
        yield texts


def _whole(answer: Answer) -> list[bytes]:
    try:
        return list(answer)
    finally:
        answer.close()


def _address(query: Query, format: Format) -> str:
    dataset: dict[str, Any] = {
        "default-graph-uri": query.default_graphs,
        "named-graph-uri": query.named_graphs,
        "version": g.get("version"),
    }
    return url_for("sparql.sparql", query=query.text, format=format.name, **dataset)
