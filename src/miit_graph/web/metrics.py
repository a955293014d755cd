"""What the server counts, in Prometheus' text format. The figures of all web processes are added up.

For that each process writes its own into files of the folder `PROMETHEUS_MULTIPROC_DIR`, which `miit_graph.serve`
makes; without it (under another WSGI server, in a test) a process tells its own figures.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from miit_graph.engine.api import Answer
from miit_graph.engine.errors import QueryError

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_MODE: Final = "livesum"


class Metrics:
    """The figures of this process, kept in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._children: dict[tuple[str, str], tuple[Counter, Histogram]] = {}
        registry = self._registry
        self.queries = Counter(
            "miit_graph_queries",
            "Queries by form and outcome: ok, cached, abandoned (the client went away), or the kind of problem."
            " time-limit, memory-limit and query-too-complex mean that a worker was ended.",
            ("form", "outcome"),
            registry=registry,
        )
        self.seconds = Histogram(
            "miit_graph_query_seconds",
            "Seconds from a query's start to the last byte of its answer, without those from the cache.",
            ("form",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self.shortcuts = Counter(
            "miit_graph_shortcuts", "Requests answered from the cache without reading them again.", registry=registry
        )
        self.cache_bytes = Gauge(
            "miit_graph_cache_bytes", "Bytes of answers in the cache.", registry=registry, multiprocess_mode=_MODE
        )
        self.running = Gauge(
            "miit_graph_queries_running", "Queries that run now.", registry=registry, multiprocess_mode=_MODE
        )
        self.waiting = Gauge(
            "miit_graph_queries_waiting", "Queries that wait for a place.", registry=registry, multiprocess_mode=_MODE
        )

    def ended(self, form: str, outcome: str, seconds: float) -> None:
        """Count a query that was not answered from the cache."""
        known = self._children.get((form, outcome))
        if known is None:  # looking them up by name each time takes longer than counting
            known = self.queries.labels(form, outcome), self.seconds.labels(form)
            self._children[form, outcome] = known
        known[0].inc()
        known[1].observe(seconds)

    def page(self) -> bytes:
        """Everything that was counted, by all web processes of this server."""
        if not os.environ.get(_FOLDER):
            return generate_latest(self._registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)


class Watched:
    """Passes an answer on, and counts how it ended and how long it took."""

    def __init__(self, answer: Answer, metrics: Metrics, began: float) -> None:
        self._answer = answer
        self._metrics = metrics
        self._began = began
        self._outcome = ""
        self.form, self.format, self.length = answer.form, answer.format, answer.length
        self.version = answer.version

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._answer)
        except StopIteration:
            self._end("ok")
            raise
        except QueryError as error:
            self._end(error.slug)
            raise

    def close(self) -> None:
        """Stop the work."""
        self._end("abandoned")
        self._answer.close()

    def _end(self, outcome: str) -> None:
        if not self._outcome:
            self._outcome = outcome
            self._metrics.ended(self.form.value, outcome, time.monotonic() - self._began)
