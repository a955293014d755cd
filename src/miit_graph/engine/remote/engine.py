"""The engine over a remote endpoint: what is refused, sent, and passed on.

Each query has a thread that reads its answer; whoever waits for it can go at any moment, which ends the connection, by
which most engines notice that they may stop.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pyoxigraph as ox
import urllib3

from miit_graph.engine import formats
from miit_graph.engine.api import Answer, Form, Gone, Limits, Query
from miit_graph.engine.errors import (
    BadGraphName,
    ClientGone,
    EndpointCannot,
    EndpointFailed,
    EndpointRefused,
    EndpointUnavailable,
    EngineBusy,
    EngineFailure,
    QueryError,
    QuerySyntaxError,
    TimeLimitExceeded,
    UnknownFunction,
)
from miit_graph.engine.federation.inline import splice
from miit_graph.engine.federation.plan import federate
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import STACK_BYTES, Allow, Refuse, examine
from miit_graph.engine.lexer import LexicalError, tokenize
from miit_graph.engine.local import run_on_large_stack
from miit_graph.engine.oxigraph import Source
from miit_graph.engine.remote.about import ask_about, table
from miit_graph.engine.remote.body import Body, check_headers
from miit_graph.engine.remote.client import Client, Line, Request, refuse_redirect, small
from miit_graph.engine.remote.endpoint import Endpoint
from miit_graph.engine.remote.kinds import OTHER, Kind, kind_named, kind_of
from miit_graph.engine.remote.state import NOTHING, QUERY, Mark, State, read_mark
from miit_graph.engine.remote.transcode import transcode
from miit_graph.engine.stream import Abandoned, NothingYet, Pipe
from miit_graph.matching.functions import FUNCTIONS
from miit_graph.vocabulary import STANDARD_PREFIXES

_CHUNK = 64 * 1024
_EAGER_SECONDS = 0.5
_PIPE_CHUNKS = 8
_LOOK_SECONDS = 0.1
_SMALL = Limits(seconds=10.0, result_bytes=16 * 1024 * 1024)
_MARK = Limits(seconds=5.0, result_bytes=16 * 1024 * 1024)
_MARK_AWAITED = replace(_MARK, seconds=2.0)
"""While it is read every request waits for it."""
_ABOUT_SECONDS, _MINUTE = 3600.0, 60.0
_SAID = 400
_LOCAL_NAMES = re.compile(r"\b(matches|matchScore|searchKey|urn:x-service-to-blank-node)\b")
_LATE = re.compile(r"time.?out|timed out|deadline|time limit|exceeds the limit|cancel|S1T00", re.IGNORECASE)
_DECLARED = re.compile(r"\bPREFIX\s+([A-Za-z][\w.-]*)?:", re.IGNORECASE)


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
        if isinstance(decision, Allow) and (found := _LOCAL_NAMES.search(text)) and _calls(text, self.prefixes):
            return Refuse(UnknownFunction.elsewhere(f"m:{found.group(1)}"))
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
        dataset = _dataset(query, decision, mark)
        text = splice(query.text, query.inlined) if query.inlined else query.text
        if query.inlined and "urn:x-service-to-blank-node" in text:
            raise EndpointRefused("blank nodes that another endpoint answers with cannot be handed to it.")
        text = _with_prefixes(text, self.prefixes)
        try:
            return self._start(text, decision, format, limits, dataset, version, gone)
        except EndpointRefused as error:
            raise self._explained(query.text, error) from None

    def _start(
        self,
        text: str,
        decision: Allow,
        format: Format,
        limits: Limits,
        dataset: tuple[tuple[str, str], ...],
        version: str,
        gone: Gone | None,
    ) -> _RemoteAnswer:
        if not self._free.acquire(blocking=False):
            raise EngineBusy
        return self._perform(text, decision, format, limits, dataset, version, gone, self._free.release)

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
    ) -> _RemoteAnswer:
        """Begin a job and wait for the first bytes; ``done`` is called when it has ended."""
        try:
            job = _Job(self, text, decision, format, limits, dataset, self._stall_seconds)
            threading.Thread(target=job.perform, args=(done,), name="remote", daemon=True).start()
        except BaseException:
            done()
            raise
        return _RemoteAnswer(job, version, gone)

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


def _calls(text: str, prefixes: Mapping[str, str]) -> bool:
    """Whether one of the functions of the embedded engine is named in a query outside strings and comments."""
    try:
        tokens = tokenize(text)
    except LexicalError:
        return False
    known = {prefix: f"<{iri}>" for prefix, iri in prefixes.items()}
    wanted = {f"<{function.value}>" for function in FUNCTIONS} | {"<urn:x-service-to-blank-node>"}
    for before, token in pairwise(tokens):
        if before.kind == "name" and token.kind == "iri":
            known[before.text.rstrip(":")] = token.text
    for token in tokens:
        prefix, _, local = token.text.partition(":")
        full = token.text if token.kind == "iri" else f"{known.get(prefix, '<>')[:-1]}{local}>"
        if token.kind in ("iri", "name") and full in wanted:
            return True
    return False


def _with_prefixes(text: str, prefixes: Mapping[str, str]) -> str:
    """The query with declarations of the known prefixes that it may use, on its first line."""
    declared = {found.group(1) or "" for found in _DECLARED.finditer(text)}
    missing = [(name, iri) for name, iri in prefixes.items() if name not in declared and f"{name}:" in text]
    return "".join(f"PREFIX {name}: <{iri}> " for name, iri in missing) + text


def _dataset(query: Query, decision: Allow, mark: Mark | None) -> tuple[tuple[str, str], ...]:
    """The parameters of the Protocol for the dataset (section 2.1.4)."""
    if query.default_graphs or query.named_graphs:
        default, named = query.default_graphs or (NOTHING,), query.named_graphs or (NOTHING,)
    elif mark is not None and mark.default and not decision.has_dataset:
        default, named = (mark.default,), mark.graphs or (NOTHING,)
    else:
        return ()
    for name in (*default, *named):
        try:
            ox.NamedNode(name)
        except ValueError:
            raise BadGraphName(name) from None
    return (*(("default-graph-uri", name) for name in default), *(("named-graph-uri", name) for name in named))


class _Job:
    """One query on its way to the endpoint and back."""

    def __init__(
        self,
        engine: RemoteEngine,
        text: str,
        decision: Allow,
        format: Format,
        limits: Limits,
        dataset: tuple[tuple[str, str], ...],
        stall_seconds: float,
    ) -> None:
        self.form, self.format, self.limits = decision.form, format, limits
        self.pipe = Pipe(_PIPE_CHUNKS, stall_seconds)
        self.line = Line()
        self.began = time.monotonic()
        self._engine = engine
        self._fields = (("query", text), *dataset)
        self._buffer = bytearray()
        self._total = 0
        self._flushed = self.began

    def seconds_left(self) -> float:
        """What is left of the time limit; waiting for a slow reader doesn't count."""
        return self.limits.seconds + self.pipe.waited - (time.monotonic() - self.began)

    def perform(self, done: Any) -> None:
        """Ask, pass the answer on, and end the pipe with an error if there was one."""
        try:
            self._ask()
            self.pipe.put(bytes(self._buffer), last=True)
        except Abandoned:
            pass
        except QueryError as error:
            error.__traceback__ = error.__context__ = None
            self.pipe.end(error)
        except BaseException:
            self.pipe.end(EngineFailure())
            raise
        finally:
            done()

    def _ask(self) -> None:
        kind = self._engine.kind
        for _ in range(2):
            source = self._source(kind)
            fields = (*self._fields, *kind.time_limit(self.limits.seconds).items())
            response = self._engine.client.send(
                Request(f"{source.media_type}", fields), max(0.05, self.seconds_left()), self.line
            )
            learned = self._engine.learn(response.headers.get("Server", ""))
            if learned is kind or self._source(learned) is source:
                break
            response.close()  # what answers writes this format in its own way: ask for one that can be read
            kind = learned
        refuse_redirect(response)
        if not 200 <= response.status < 300:
            raise _error(response, self.limits.seconds)
        check_headers(response, source)
        body = Body(response, source, self.line, seconds=max(0.05, self.seconds_left()), most=self.limits.result_bytes)
        try:
            if source is self.format and not (self.form is Form.ASK and kind.name == "virtuoso"):
                for piece in body:
                    body.until = time.monotonic() + self.seconds_left()
                    self._take(piece)
            else:
                transcode(body, self.form, source, self.format, self._take)
        except BaseException:
            self.line.leave()
            raise
        finally:
            body.close()

    def _source(self, kind: Kind) -> Format:
        """The format to ask for."""
        if self.format in kind.writes:
            return self.format
        if self.form.is_graph:
            return formats.N_TRIPLES
        return kind.tables

    def _take(self, piece: bytes) -> None:
        self._total += len(piece)
        if self.pipe.closed:
            raise Abandoned
        self._buffer += piece
        if len(self._buffer) >= _CHUNK or time.monotonic() - self._flushed > _EAGER_SECONDS:
            self.pipe.put(bytes(self._buffer))
            self._buffer.clear()
            self._flushed = time.monotonic()


def _error(response: urllib3.BaseHTTPResponse, seconds: float) -> QueryError:
    """What a status that isn't good means."""
    status, said = response.status, small(response)
    if status in (401, 403, 407):
        return EndpointFailed("it does not let this server in; its credentials are missing or wrong")
    if status in (408, 504) or (status >= 500 and _LATE.search(said)):
        return TimeLimitExceeded.remote()
    if status in (404, 405, 406, 410):
        return EndpointFailed(f"it answers with status {status}; is its address right?")
    if status in (429, 502, 503):
        return EndpointUnavailable(f"it says that it cannot answer now (status {status})")
    reason = " ".join(said.split("SPARQL query:")[0].split())[:_SAID] or f"status {status}"
    if status < 500 or re.match(r"Virtuoso \w{5} Error|.*not supported", reason):
        return EndpointRefused(reason)
    return EndpointCannot(f"it answers with status {status}: {reason}")


class _RemoteAnswer:
    """The answer of a job; made only once its first chunk is there."""

    form: Form
    format: Format
    length: int | None

    def __init__(self, job: _Job, version: str, gone: Gone | None) -> None:
        self.version = version
        self.form, self.format = job.form, job.format
        self._job = job
        self._gone = gone
        self._done = False
        self._first: bytes | None = None
        self._first = self._next()
        self._gone = None
        self.length = len(self._first or b"") if job.pipe.complete else None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        chunk = None if self._done else self._next()
        if chunk is None:
            raise StopIteration
        return chunk

    def _next(self) -> bytes | None:
        while True:
            left = self._job.seconds_left()
            try:
                chunk = self._job.pipe.get(min(left, _LOOK_SECONDS) if self._gone else left)
            except NothingYet:
                if self._job.seconds_left() <= 0:
                    self.close()
                    raise TimeLimitExceeded(self._job.limits.seconds) from None
                if self._gone is not None and self._gone():
                    self.close()
                    raise ClientGone from None
                continue
            except QueryError:
                self._done = True
                raise
            self._done = chunk is None
            return chunk

    def close(self) -> None:
        """Stop the work and end the connection, unless all was read."""
        self._first = None
        if not self._done:
            self._done = True
            if not self._job.pipe.complete:
                self._job.pipe.close()
                self._job.line.leave()

    def __del__(self) -> None:
        self.close()
