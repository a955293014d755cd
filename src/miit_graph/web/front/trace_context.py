"""What a client says of the trace that its request belongs to (W3C Trace Context)."""

from __future__ import annotations

import re

from miit_graph.engine.carried import Headers
from miit_graph.web.front.record import Record

_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?", re.ASCII)
_TRACESTATE = re.compile(r"[\t -~]{1,512}", re.ASCII)


def trace_of(traceparent: str | None) -> str:
    """The trace that a request belongs to (section 3.2); empty if it says none."""
    found = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
    return found[1] if found and found[1].strip("0") else ""


def passed_on(record: Record) -> Headers:
    """The headers that tell the trace, as they came, for whoever is asked on behalf of the request.

    Nothing that isn't well-formed: it comes from outside, and must not spoil a request of our own.
    """
    headers = record.scope.headers
    parent = headers.get("traceparent")
    if not trace_of(parent):
        return ()
    state = ",".join(headers.get_all("tracestate"))
    return (("traceparent", parent), *((("tracestate", state),) if _TRACESTATE.fullmatch(state) else ()))
