"""One line in the log for each request."""

from __future__ import annotations

import hashlib
import random
import re
import time
from typing import Any

from miit_graph.logs import LogHandler
from miit_graph.web.front.record import Record
from miit_graph.web.front.trace_context import trace_of

_PATH = 300
_TEXT = 1_500
_CLIENT = 64
_REQUEST_ID = re.compile(r"[\w.:/+=-]{1,64}", re.ASCII)


class RequestLog:
    """Says of each request what it asked for, how long it took and what came of it.

    Of a query there is a hash (the first 16 hexadecimal digits of the SHA-256 of its text), with ``queries`` also its
    beginning; with ``clients`` the address of the client, seen through ``proxies`` trusted proxies.
    """

    def __init__(self, handler: LogHandler, *, queries: bool, clients: bool, proxies: int) -> None:
        self._handler = handler
        self._queries = queries
        self._clients = clients
        self._proxies = proxies

    def __call__(self, record: Record) -> None:
        """Write the line of a request that is over."""
        scope = record.scope
        headers = scope.headers
        told: dict[str, Any] = {
            "event": "request",
            "trace": record.trace or trace_of(headers.get("traceparent")) or f"{random.getrandbits(128):032x}",
            "method": scope.method[:16],
            "path": scope.path[:_PATH],
            "status": record.status,
            "outcome": record.outcome or ("ok" if record.status < 400 else "error"),
        }
        given = headers.get("x-request-id")
        if given and _REQUEST_ID.fullmatch(given):
            told["request"] = given
        if record.text:
            told["query"] = hashlib.sha256(record.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        if record.form:
            told["form"] = record.form
        told["queue_ms"] = round(record.queue * 1000, 2)
        told["engine_ms"] = round(record.engine * 1000, 2)
        told["total_ms"] = round(record.total * 1000, 2)
        if record.rows >= 0:
            told["rows"] = record.rows
        told["bytes"] = record.sent
        if record.cache:
            told["cache"] = record.cache
        if self._clients:
            told["client"] = client_of(scope, self._proxies)[:_CLIENT]
        if self._queries and record.text:
            told["text"] = record.text[:_TEXT]
        self._handler.write(told, time.time())


def client_of(scope: Any, proxies: int) -> str:
    """The address of the client, without its port.

    With trusted proxies it is what the outermost of them has seen (`X-Forwarded-For`, counted from its end).
    """
    if proxies:
        hops = [hop.strip() for value in scope.headers.get_all("x-forwarded-for") for hop in value.split(",")]
        if len(hops) >= proxies:
            return str(hops[-proxies])
    return str(scope.client).rpartition(":")[0].strip("[]")
