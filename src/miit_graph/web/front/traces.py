"""Requests as traces of OpenTelemetry, sent by OTLP over HTTP. Loaded only where they are wanted (the extra ``otel``).

A request is one span, taking over the trace that ``traceparent`` names (W3C Trace Context); below it are a span for the
time that its queries have waited for a place, and one for the time that the engine has worked for them. Both are made
when the request is over and laid before its end: the times of several queries are one sum. Where to send them, and how
many, say the variables that OpenTelemetry has for that (``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_TRACES_SAMPLER`` …).
"""

from __future__ import annotations

import hashlib
import time

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import Span, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from miit_graph import __version__
from miit_graph.web.front.record import Record

_NS = 1_000_000_000
_TEXT = 10_000
_PROPAGATED = ("traceparent", "tracestate")


class Traces:
    """Makes spans of requests that are over; ``queries`` says whether they have the text of the query."""

    def __init__(self, *, queries: bool) -> None:
        named = Resource.create({SERVICE_VERSION: __version__})
        if str(named.attributes.get(SERVICE_NAME)).startswith("unknown_service"):  # nobody has given it a name
            named = named.merge(Resource({SERVICE_NAME: "miit-graph"}))
        provider = TracerProvider(resource=named)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._provider = provider
        self._tracer = provider.get_tracer("miit_graph", __version__)
        self._propagator = TraceContextTextMapPropagator()
        self._queries = queries

    def __call__(self, record: Record) -> None:
        """Make the spans of a request."""
        end = time.time_ns()
        scope = record.scope
        carried = {name: value for name in _PROPAGATED if (value := scope.headers.get(name))}
        span = self._tracer.start_span(
            f"{scope.method} {record.route}" if record.route else scope.method,
            self._propagator.extract(carried) if carried else Context(),
            SpanKind.SERVER,
            start_time=end - int(record.total * _NS),
        )
        record.trace = f"{span.get_span_context().trace_id:032x}"
        if span.is_recording():
            assert isinstance(span, Span)
            self._describe(span, record)
            within = set_span_in_context(span, Context())
            begun = end - int(record.engine * _NS)
            if record.queue:
                waited = begun - int(record.queue * _NS)
                self._tracer.start_span("queue", within, start_time=waited).end(begun)
            if record.engine:
                attributes = {"db.system.name": "oxigraph", "db.operation.name": record.form} if record.form else {}
                self._tracer.start_span("engine", within, attributes=attributes, start_time=begun).end(end)
        span.end(end)

    def finish(self) -> None:
        """Send what was not sent yet."""
        self._provider.shutdown()

    def _describe(self, span: Span, record: Record) -> None:
        """Attributes by OpenTelemetry's semantic conventions for HTTP; what those lack begins with miit_graph."""
        scope = record.scope
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
