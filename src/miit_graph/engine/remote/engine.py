"""The engine over a remote endpoint: what is refused, sent, and passed on.

Each query has a thread that reads its answer; whoever waits for it can go at any moment, which ends the connection, by
which most engines notice that they may stop.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.api import Answer, Form, Gone, Limits, Query
from miit_graph.engine.errors import (
    EndpointFailed,
    EndpointRefused,
    EngineBusy,
    QueryError,
    QuerySyntaxError,
    UnknownFunction,
)
from miit_graph.engine.federation.inline import splice
from miit_graph.engine.federation.plan import federate
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import STACK_BYTES, Allow, Refuse, examine
from miit_graph.engine.local import run_on_large_stack
from miit_graph.engine.oxigraph import Source
from miit_graph.engine.piped import PipedAnswer
from miit_graph.engine.remote.about import ask_about, table
from miit_graph.engine.remote.client import Client
from miit_graph.engine.remote.endpoint import Endpoint
from miit_graph.engine.remote.job import Job
from miit_graph.engine.remote.kinds import OTHER, Kind, kind_named, kind_of
from miit_graph.engine.remote.rewriting import dataset_fields, local_function, with_prefixes
from miit_graph.engine.remote.state import QUERY, Mark, State, read_mark
from miit_graph.vocabulary import STANDARD_PREFIXES

_SMALL = Limits(seconds=10.0, result_bytes=16 * 1024 * 1024)
_MARK = Limits(seconds=5.0, result_bytes=16 * 1024 * 1024)
_MARK_AWAITED = replace(_MARK, seconds=2.0)
"""While it is read every request waits for it."""
_ABOUT_SECONDS, _MINUTE = 3600.0, 60.0


class RemoteEngine:
    """Answers queries by asking ``endpoint``; at most ``places`` at a time."""

    index_seconds = 3600.0
    """An index of the data need not be made more often than that while nothing tells that they have changed."""

    def __init__(self, endpoint: Endpoint, *, places: int = 16, stall_seconds: float = 60.0) -> None:
        self.endpoint = endpoint
        self.client = Client(endpoint, places)
        self._kind = kind_named(endpoint.kind) if endpoint.kind != "auto" else None
        self._free = threading.BoundedSemaphore(places)
        self._stall_seconds = stall_seconds
        self._state = State(endpoint.address, endpoint.ttl, partial(self.read_mark, _MARK_AWAITED), self.read_mark)
        self._about: tuple[float, Mapping[str, Any]] | None = None

    @property
    def version(self) -> str:
        """Names the state of the data, see `miit_graph.engine.remote.state`. Raises QueryError if nobody knows it."""
        return self._state.now()[1]

    @property
    def known_version(self) -> str:
        """The same without asking anybody; empty if it isn't known at this moment."""
        return self._state.known

    @property
    def mark(self) -> Mark | None:
        """What `miit-graph push` has noted beside the data, as it was read last."""
        return self._state.mark

    @property
    def kind(self) -> Kind:
        """The program that answers, as far as it is known."""
        return self._kind or OTHER

    @property
    def prefixes(self) -> Mapping[str, str]:
        """Those that need no declaration in a query."""
        mark = self.mark
        return (mark.manifest.get("prefixes") if mark else None) or STANDARD_PREFIXES

    def read_mark(self, limits: Limits = _MARK) -> Mark | None:
        """The mark, asked for now, however many queries there are. Raises QueryError."""
        answer = self._perform(QUERY, Allow(Form.SELECT, False, True), formats.JSON, limits, (), "", None, lambda: None)
        try:
            return read_mark(b"".join(answer).decode())
        except ValueError:
            raise EndpointFailed("what it answers is no result of a query; is its address right?") from None

    def about(self) -> Mapping[str, Any]:
        """What is known of the dataset: from its mark, else from a few bounded queries, not oftener than hourly.

        Raises QueryError if the endpoint can't be asked and nothing is known from before.
        """
        mark, now = self._state.now()[0], time.monotonic()
        if mark is not None:
            return {**mark.manifest, "union": mark.manifest.get("union", False)}
        known = self._about
        if known is None or known[0] < now:
            try:
                found = ask_about(self._rows, urlsplit(self.endpoint.address).netloc)
            except QueryError:
                if known is None:
                    raise
                return known[1]
            known = self._about = (now + (_ABOUT_SECONDS if found["whole"] else _MINUTE), found)
        return known[1]

    def _rows(self, query: str) -> list[dict[str, str]]:
        return table(b"".join(self.run(Query(query), formats.JSON, _SMALL)))

    def examine(self, text: str, limits: Limits) -> Allow | Refuse:
        """Whether a query may be sent; see `miit_graph.engine.api.Engine.examine`."""
        decision = examine(text, limits)
        if isinstance(decision, Allow) and (name := local_function(text, self.prefixes)):
            return Refuse(UnknownFunction.elsewhere(f"m:{name}"))
        return decision

    def run(self, query: Query, format: Format, limits: Limits, gone: Gone | None = None) -> Answer:
        """Send a query and wait for the first bytes of its answer; see `miit_graph.engine.api.Engine.run`."""
        decision = self.examine(query.text, limits)
        if isinstance(decision, Refuse):
            raise decision.error.with_traceback(None)
        if format not in formats.formats_for(decision.form):
            raise ValueError(f"{decision.form.value} has no {format.label} form")
        if decision.federated and not query.inlined:
            began = time.monotonic()
            query = federate(self.run, query, decision.form, limits, self.prefixes, gone)
            limits = replace(limits, seconds=max(0.1, limits.seconds - (time.monotonic() - began)))
        mark, version = self._state.now()
        dataset = dataset_fields(query, decision, mark)
        text = splice(query.text, query.inlined) if query.inlined else query.text
        if query.inlined and "urn:x-service-to-blank-node" in text:
            raise EndpointRefused("blank nodes that another endpoint answers with cannot be handed to it.")
        text = with_prefixes(text, self.prefixes)
        if not self._free.acquire(blocking=False):
            raise EngineBusy
        try:
            return self._perform(text, decision, format, limits, dataset, version, gone, self._free.release)
        except EndpointRefused as error:
            raise self._explained(query.text, error) from None

    def _perform(
        self,
        text: str,
        decision: Allow,
        format: Format,
        limits: Limits,
        dataset: tuple[tuple[str, str], ...],
        version: str,
        gone: Gone | None,
        done: Callable[[], None],
    ) -> PipedAnswer:
        """Begin a job and wait for the first bytes; ``done`` is called when it has ended."""
        try:
            job = Job(self, text, decision, format, limits, dataset, self._stall_seconds)
            threading.Thread(target=job.perform, args=(done,), name="remote", daemon=True).start()
        except BaseException:
            done()
            raise
        return PipedAnswer(job, version, gone)

    def learn(self, server: str) -> Kind:
        """The kind of program, told by its Server header when it first answers."""
        if self._kind is None and server:
            self._kind = kind_of(server)
        return self.kind

    def _explained(self, text: str, error: EndpointRefused) -> QueryError:
        """A syntax error as the embedded engine tells it, if it is one; else what the endpoint says."""

        def parse() -> QueryError | None:
            source = Source(ox.Store(), self.prefixes)
            try:
                message = source.parse(text)
            except BaseException:  # a panic of the Rust code is not an Exception
                return None
            return source.explain(SyntaxError(message), text) if message else None

        found = run_on_large_stack(parse, STACK_BYTES)
        return found if isinstance(found, QuerySyntaxError) else error

    def close(self) -> None:
        """Close the kept connections."""
        self.client.close()
