"""What becomes known of one request on its way, for those who want to hear of it when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from miit_graph.engine.errors import ClientGone

RECORD = "miit_graph.record"
"""In the WSGI environment: the `Record` of the request, if anybody wants one."""

Headers = list[tuple[str, str]]
_CACHE = "cache-status"
_LINES = ("text/tab-separated-values", "application/n-triples", "application/n-quads")


class Record:
    """Stands between the front and granian's protocol, and notes what is sent; others note the rest.

    Times are in seconds. What stays empty or negative is not known.
    """

    __slots__ = (
        "_protocol",
        "began",
        "cache",
        "engine",
        "extra",
        "form",
        "outcome",
        "queue",
        "route",
        "rows",
        "scope",
        "sent",
        "spans",
        "status",
        "text",
        "total",
        "trace",
    )

    def __init__(self, scope: Any, protocol: Any) -> None:
        self._protocol = protocol
        self.scope = scope
        self.began = time.monotonic()
        self.total = 0.0
        self.queue = 0.0
        self.engine = 0.0
        self.status = 0
        self.sent = 0
        """Bytes of the body that were handed over to be sent."""
        self.rows = -1
        self.route = ""
        """The rule that the path was matched by."""
        self.form = ""
        self.text = ""
        """The query."""
        self.cache = ""
        """What `Cache-Status` says: hit, miss or bypass."""
        self.outcome = ""
        """The kind of problem; empty if there was none."""
        self.trace = ""
        """The trace that the request belongs to, 32 hexadecimal digits."""
        self.spans: Any = None
        """What has been begun of its trace before its end, see `miit_graph.web.front.traces`."""
        self.extra: Headers = []
        """Headers to add, whatever the answer."""

    def __aiter__(self) -> Any:
        return self._protocol.__aiter__()

    def client_disconnect(self) -> Any:
        """granian's."""
        return self._protocol.client_disconnect()

    def response_empty(self, status: int, headers: Headers) -> None:
        """granian's."""
        self.status = status
        self._protocol.response_empty(status, headers + self.extra if self.extra else headers)

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """granian's."""
        self.status = status
        self.sent = len(body)
        self._protocol.response_bytes(status, headers + self.extra if self.extra else headers, body)

    def response_stream(self, status: int, headers: Headers) -> Transport:
        """granian's."""
        self.status = status
        headers = headers + self.extra if self.extra else headers
        return Transport(self._protocol.response_stream(status, headers), self)

    def asked(self, text: str, form: str) -> None:
        """Note the query."""
        self.text, self.form = text, form

    def answered_with(self, headers: Headers) -> None:
        """Note what the headers say of the cache."""
        told = next((value for name, value in headers if name == _CACHE), "")
        if told:
            self.cache = "hit" if told.endswith("hit") else told.rpartition("fwd=")[2].removeprefix("uri-")

    def count_rows(self, content_type: str, body: bytes) -> None:
        """Note how many rows or triples a whole body has, where that can be seen without reading it."""
        kind = content_type.partition(";")[0]
        if kind in _LINES:
            self.rows = body.count(b"\n") - (kind == _LINES[0])
        elif kind == "application/sparql-results+xml" and self.form == "SELECT":
            self.rows = body.count(b"<result>")

    def broken(self, error: BaseException | None) -> None:
        """Note that the answer was broken off: a ``slug`` of the error tells why, else the client has gone."""
        self.outcome = getattr(error, "slug", ClientGone.slug)


class Transport:
    """granian's transport of a stream, counting."""

    __slots__ = ("_record", "_transport")

    def __init__(self, transport: Any, record: Record) -> None:
        self._transport = transport
        self._record = record

    def send_bytes(self, part: bytes) -> Any:
        """granian's: to be awaited."""
        self._record.sent += len(part)
        return self._transport.send_bytes(part)


Observer = Callable[[Record], None]
"""Hears of each request when it is over."""
