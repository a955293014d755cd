"""Requests as traces of OpenTelemetry, sent by OTLP over HTTP. Loaded only where they are wanted (the extra ``otel``).

A request is one span, taking over the trace that ``traceparent`` names (W3C Trace Context); below it are a span for the
time that its queries have waited for a place, and one for the time that the engine has worked for them. Both are made
when the request is over and laid before its end: the times of several queries are one sum. Only where an engine
elsewhere is asked they are begun by that, because it is told which span it works for. Where to send them, and how many,
say the variables that OpenTelemetry has for that (``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_TRACES_SAMPLER`` …).
"""

from __future__ import annotations

import hashlib
import time

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from miit_graph import __version__
from miit_graph.engine.carried import Headers
from miit_graph.web.front.record import Record

_NS = 1_000_000_000
_TEXT = 10_000
_PROPAGATED = ("traceparent", "tracestate")


class Traces:
    """Makes spans of requests; ``queries`` says whether they have the text of the query, ``system`` what answers it."""

    def __init__(self, *, queries: bool, system: str) -> None:
        named = Resource.create({SERVICE_VERSION: __version__})
        if str(named.attributes.get(SERVICE_NAME)).startswith("unknown_service"):  # nobody has given it a name
            named = named.merge(Resource({SERVICE_NAME: "miit-graph"}))
        provider = TracerProvider(resource=named)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._provider = provider
        self._tracer = provider.get_tracer("miit_graph", __version__)
        self._propagator = TraceContextTextMapPropagator()
        self._queries = queries
        self._system = system

    def __call__(self, record: Record) -> None:
        """Make the spans of a request that is over."""
        end = time.time_ns()
        span, engine = record.spans or (self._begin(record, end - int(record.total * _NS)), None)
        record.trace = f"{span.get_span_context().trace_id:032x}"
        if span.is_recording():
            self._describe(span, record)
            within = set_span_in_context(span, Context())
            begun = end - int(record.engine * _NS)
            if record.queue:
                waited = begun - int(record.queue * _NS)
                self._tracer.start_span("queue", within, start_time=waited).end(begun)
            if engine is None and record.engine:
                engine = self._tracer.start_span("engine", within, start_time=begun)
            if engine is not None and record.form:
                engine.set_attributes({"db.system.name": self._system, "db.operation.name": record.form})
        if engine is not None:
            engine.end(end)
        span.end(end)

    def carry(self, record: Record) -> Headers:
        """The headers by which an engine elsewhere continues the trace of a request that is not over."""
        if record.spans is None:
            span = self._begin(record, time.time_ns() - int((time.monotonic() - record.began) * _NS))
            within = set_span_in_context(span, Context())
            record.spans = span, self._tracer.start_span("engine", within, SpanKind.CLIENT)
        told: dict[str, str] = {}
        self._propagator.inject(told, set_span_in_context(record.spans[1], Context()))
        return tuple(told.items())

    def _begin(self, record: Record, began: int) -> Span:
        headers = record.scope.headers
        carried = {name: value for name in _PROPAGATED if (value := headers.get(name))}
        within = self._propagator.extract(carried) if carried else Context()
        return self._tracer.start_span(_name(record), within, SpanKind.SERVER, start_time=began)

    def finish(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()

    def _describe(self, span: Span, record: Record) -> None:
        """Attributes by OpenTelemetry's semantic conventions for HTTP; what those lack begins with miit_graph."""
        scope = record.scope
        span.update_name(_name(record))
        told: dict[str, str | int] = {
            "http.request.method": scope.method,
            "url.scheme": scope.scheme,
            "url.path": scope.path,
            "http.route": record.route,
            "http.response.status_code": record.status,
            "http.response.body.size": record.sent,
            "miit_graph.cache": record.cache,
            "miit_graph.outcome": record.outcome,
            "miit_graph.query.form": record.form,
        }
        if record.text:
            digest = hashlib.sha256(record.text.encode("utf-8", "surrogatepass"))
            told["miit_graph.query.hash"] = digest.hexdigest()[:16]
            if self._queries:
                told["db.query.text"] = record.text[:_TEXT]
        span.set_attributes({name: value for name, value in told.items() if value != ""})
        if record.status >= 500:
            span.set_status(Status(StatusCode.ERROR, record.outcome))


def _name(record: Record) -> str:
    method = record.scope.method
    return f"{method} {record.route}" if record.route else str(method)
