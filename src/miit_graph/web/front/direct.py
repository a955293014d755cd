"""The short way of a plain query by GET or POST: a format that is not a page, and an engine with a worker to spare.

It reads requests with the same functions as the Flask view (`protocol`, `choice`, the gate) and does nothing that is
out of the ordinary: what is not plain, or goes wrong, is left to the view. It runs on the event loop, so nothing here
waits.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from miit_graph.engine import formats
from miit_graph.engine.api import Answer, Form
from miit_graph.engine.errors import QueryError
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Refuse
from miit_graph.engine.process.client import Pending, ProcessEngine
from miit_graph.web.cache import Kept, Key
from miit_graph.web.choice import NOT_KEPT, choose, etag_of, kept_by_others
from miit_graph.web.compression import choose_coding
from miit_graph.web.context import Context
from miit_graph.web.front.shortcuts import Headers, Posted, Raw
from miit_graph.web.how import miss, timing
from miit_graph.web.metrics import Watched
from miit_graph.web.problems import Problem
from miit_graph.web.protocol import read_post, read_query_string
from miit_graph.web.security import headers

_LONGEST = 8_000
_LONGEST_QUERY = 2_000
_LONGEST_HEADERS = 2_000


@lru_cache(maxsize=64)
def _headers(
    content_type: str, kept: str, version: str, always: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    """The headers of an answer, without those that depend on its length and encoding; ``kept`` is Cache-Control."""
    of = ("dataset-version", version)
    return (("content-type", content_type), ("cache-control", kept), ("vary", "Accept, Accept-Encoding"), of, *always)


@dataclass(frozen=True, slots=True)
class Found:
    """The answer is in the cache; ``kept`` says whether clients may keep it too (Cache-Control)."""

    key: Key
    kept: str
    version: str
    """What `Dataset-Version` says."""
    form: Form
    always: tuple[tuple[str, str], ...]
    """The headers that every answer has."""

    @property
    def headers(self) -> Headers:
        """The headers of the answer, without those that depend on its encoding."""
        return list(_headers(self.key[2], self.kept, self.version, self.always))

    @property
    def etag(self) -> str:
        """The validator of the answer; empty if clients may not keep it."""
        return etag_of(self.key) if self.kept != NOT_KEPT else ""


@dataclass(slots=True)
class Started:
    """A query that runs in the engine; ``kept`` says whether clients may keep its answer (Cache-Control)."""

    pending: Pending
    form: Form
    key: Key
    stable: bool
    kept: str
    seconds: float
    began: float
    named: Callable[[str], str]
    """What `Dataset-Version` says of a version of the data."""
    always: tuple[tuple[str, str], ...]
    """The headers that every answer has."""

    def came_from(self, version: str) -> None:
        """The answer comes from this version of the data, which may be a newer one than when it was begun."""
        if version != self.key[0]:
            self.key = (version, *self.key[1:])

    def headers(self) -> Headers:
        """The headers of its answer, without those that depend on its length and encoding."""
        return list(_headers(self.key[2], self.kept, self.named(self.key[0]), self.always))

    def told(self) -> Headers:
        """How the answer comes about, which is true of this one time."""
        return [miss(stable=self.stable), timing(self.began)]

    @property
    def etag(self) -> str:
        """The validator of the answer; empty if clients may not keep it."""
        return etag_of(self.key) if self.kept != NOT_KEPT else ""


class Direct:
    """Starts plain queries; ``named`` gives what `Dataset-Version` says of a version of the data."""

    def __init__(self, context: Context, engine: ProcessEngine, named: Callable[[str], str]) -> None:
        self._context = context
        self._engine = engine
        self._named = named
        self._limits = context.settings.limits()
        self._kept = kept_by_others(context.settings)
        self._always = tuple((name.lower(), value) for name, value in headers(context.settings).items())

    def wants_worker(self) -> bool:
        """Whether a query could be started if one more worker were waiting: see `prepare`."""
        return self._engine.wants_worker()

    def prepare(self) -> None:
        """Have a worker wait for a query; if that fails, the long way will tell why."""
        with contextlib.suppress(QueryError):
            self._engine.prepare()

    def begin(self, raw: Raw, posted: Posted | None = None) -> Started | Found | None:
        """Start the query of a request, or find its answer; None if it has to go the long way."""
        if len(raw.accept) + len(raw.encoding) > _LONGEST_HEADERS:
            return None
        if raw.if_none_match or len(raw.query_string) > _LONGEST or choose_coding(raw.encoding).impossible:
            return None
        settings = self._context.settings
        try:
            if posted is None:
                operation = read_query_string(raw.query_string)
            else:
                kind, coding, body = posted
                operation = read_post(raw.query_string, kind, coding, lambda: body)
            if operation.query is None or operation.format == "html" or operation.version:
                return None
            limits = self._limits if operation.seconds is None else settings.limits(operation.seconds)
            if len(operation.query.text) > _LONGEST_QUERY:
                return None
            decision = self._engine.examine(operation.query.text, limits)
            if isinstance(decision, Refuse) or decision.federated:
                return None
            offers = formats.formats_for(decision.form)
            choice = choose(operation.format, raw.accept, offers, decision.form.value)
            if not isinstance(choice, Format):
                return None
            key = (self._engine.version, operation.query, choice.content_type)
            kept = self._kept if decision.stable and posted is None else NOT_KEPT
            if decision.stable and self._context.cache.get(key) is not None:
                return Found(
                    key,
                    kept,
                    self._named(key[0]),
                    decision.form,
                    self._always,
                )
            pending = self._engine.begin(operation.query, decision, choice, limits)
        except (Problem, QueryError):
            return None
        if pending is None:
            return None
        began = time.monotonic()
        stable, seconds = decision.stable, limits.seconds
        return Started(pending, decision.form, key, stable, kept, seconds, began, self._named, self._always)

    def complete(self, started: Started, answer: Answer) -> bytes:
        """The body of a short answer, kept for the next one who asks."""
        context = self._context
        body = next(answer, b"")
        context.metrics.ended(started.form.value, "ok", time.monotonic() - started.began)
        if started.stable:
            context.cache.put(started.key, body)
        return body

    def parts(self, started: Started, answer: Answer) -> Answer:
        """A long answer, counted and kept when it comes to its end."""
        watched = Watched(answer, self._context.metrics, started.began)
        return Kept(watched, self._context.cache, started.key) if started.stable else watched

    def failed(self, started: Started, error: QueryError) -> None:
        """Count a query that came to nothing."""
        self._context.metrics.ended(started.form.value, error.slug, time.monotonic() - started.began)
