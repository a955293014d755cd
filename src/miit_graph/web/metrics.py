"""What the server counts, in Prometheus' text format. The figures of all its processes are added up.

For that each process writes its own into files of the folder `PROMETHEUS_MULTIPROC_DIR`, which `miit_graph.serve`
makes; without it (under another WSGI server, in a test) a process tells its own figures. What is true of the whole
server is found out when it is asked for (`miit_graph.web.metrics_now`).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from miit_graph.engine.api import Answer
from miit_graph.engine.errors import QueryError
from miit_graph.web.front.record import Record
from miit_graph.web.tally import Tally, observe

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_MODE: Final = "livesum"
_MOST_KEPT = 1_000
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"))
OTHER = "other"


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
            "miit_graph_query_duration_seconds",
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
        self.places = Gauge(
            "miit_graph_query_places",
            "Queries that may run at a time, without those that have only a moment.",
            registry=registry,
            multiprocess_mode=_MODE,
        )
        self.idle = Gauge(
            "miit_graph_workers_idle", "Workers that wait for a query.", registry=registry, multiprocess_mode=_MODE
        )
        self.requests = Counter(
            "miit_graph_http_requests",
            "Requests by method, the rule that the path was matched by, and status; 0 if the client left before one.",
            ("method", "route", "status"),
            registry=registry,
        )
        self.request_seconds = Histogram(
            "miit_graph_http_request_duration_seconds",
            "Seconds from the head of a request to the end of its answer.",
            ("route",),
            buckets=_BUCKETS,
            registry=registry,
        )
        self.sent = Counter(
            "miit_graph_http_response_bytes", "Bytes of answers, as compressed, without headers.", registry=registry
        )
        self.cached = Counter(
            "miit_graph_cache_answers",
            "Answers to queries by what the cache had to do with them: hit, miss, bypass.",
            ("result",),
            registry=registry,
        )
        self.queued = Counter(
            "miit_graph_queue_seconds", "Seconds that queries have waited for a place, all together.", registry=registry
        )
        self.changes = Counter(
            "miit_graph_changes", "Changes that were asked for, by what came of them.", ("outcome",), registry=registry
        )
        self.change_seconds = Histogram(
            "miit_graph_change_duration_seconds",
            "Seconds from a change's request to its answer.",
            buckets=(*_BUCKETS, 120.0),
            registry=registry,
        )
        self.unsaid = Counter(
            "miit_graph_log_lines_dropped", "Lines of the log that nobody took in time.", registry=registry
        )
        # Named now, so that the first one is an increase.
        self._results = {result: self.cached.labels(result) for result in ("hit", "miss", "bypass")}
        for outcome in ("accepted", "invalid", "failed", "disk-full", "outcome-unknown", "writer-unavailable"):
            self.changes.labels(outcome)
        self._requests: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._ended = Tally(self._count_ended)
        self._answered = Tally(self._count_requests)
        self._amounts: Tally[Counter] = Tally(lambda counter, amounts: counter.inc(sum(amounts)))

    def ended(self, form: str, outcome: str, seconds: float) -> None:
        """Count a query that was not answered from the cache."""
        self._ended.add((form, outcome), seconds)

    def _count_ended(self, kind: tuple[str, str], seconds: list[float]) -> None:
        known = self._children.get(kind)
        if known is None:  # looking them up by name each time takes longer than counting
            known = self._children[kind] = self.queries.labels(*kind), self.seconds.labels(kind[0])
        known[0].inc(len(seconds))
        observe(known[1], seconds)

    def shortcut(self) -> None:
        """Count a request that was answered from the cache without reading it again."""
        self._amounts.add(self.shortcuts, 1)

    def request(self, record: Record) -> None:
        """Count a request that is over."""
        self._answered.add((record.scope.method, record.route, record.status), record.total)
        self._amounts.add(self.sent, record.sent)
        if result := self._results.get(record.cache):
            self._amounts.add(result, 1)
        if record.queue:
            self._amounts.add(self.queued, record.queue)

    def _count_requests(self, kind: tuple[str, str, int], seconds: list[float]) -> None:
        known = self._requests.get(kind)
        if known is None:
            method = kind[0] if kind[0] in _METHODS else OTHER
            route = kind[1] or OTHER
            known = self.requests.labels(method, route, str(kind[2])), self.request_seconds.labels(route)
            if len(self._requests) < _MOST_KEPT:  # methods are the client's to invent
                self._requests[kind] = known
        known[0].inc(len(seconds))
        observe(known[1], seconds)

    def settle(self) -> None:
        """Count what has come since the last time. Called every second, and before the figures are told."""
        for tally in (self._ended, self._answered, self._amounts):
            tally.settle()

    def page(self, now: Any = None) -> bytes:
        """Everything that was counted, by all processes of this server, and what the collector ``now`` adds."""
        self.settle()
        folder = os.environ.get(_FOLDER)
        if folder:
            _forget_the_dead(Path(folder))
            together = CollectorRegistry()
            multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
            told = generate_latest(together)
        else:
            told = generate_latest(self._registry)
        if now is None:
            return told
        more = CollectorRegistry()
        more.register(now)
        return told + generate_latest(more)


class HostMetrics:
    """What only the process knows that has started all others."""

    def __init__(self) -> None:
        registry = CollectorRegistry()
        self._events = Counter(
            "miit_graph_engine_events",
            "What happened to engine processes: engine-ended, engine-restarted, engine-failed, engine-switched.",
            ("event",),
            registry=registry,
        )
        self._ended = Counter(
            "miit_graph_workers_ended",
            "Workers that were ended: time, memory, stack (nesting), gone (the client left), crash.",
            ("reason",),
            registry=registry,
        )
        for event in ("engine-ended", "engine-restarted", "engine-failed", "engine-switched"):
            self._events.labels(event)  # so that the first one is an increase
        for reason in ("time", "memory", "stack", "gone", "crash"):
            self._ended.labels(reason)

    def heard(self, told: Mapping[str, Any]) -> None:
        """Count an event, see `miit_graph.engine.process.host.EngineHost`."""
        if told["event"] == "worker-ended":
            self._ended.labels(told["reason"]).inc()
        else:
            self._events.labels(told["event"]).inc()


def _forget_the_dead(folder: Path) -> None:
    """Leave out what processes have left that live no more and hold of the present moment only."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            multiprocess.mark_process_dead(int(pid))  # type: ignore[no-untyped-call]
        except (OSError, ValueError):
            continue


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
