"""An engine in this process, over a `pyoxigraph.Store`.

Each query is evaluated and serialised on a thread of a small pool, in Oxigraph's own code with Python's lock
released; its bytes come through a bounded pipe, so a slow reader slows the query down and costs no memory.

What it cannot protect from, because pyoxigraph can't stop a query between two pieces of output: a query that
sorts, groups or joins a lot keeps its thread (and its memory) after its time is up and the client has got
its error. Such runaways are bounded by the number of threads; when all have run away, every query gets
`EngineBusy` until one ends. A cross join can use all memory of the process. An engine with processes of its
own, behind the same seam, can end both.
"""

from __future__ import annotations

import logging
import queue
import re
import threading
import time
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.api import Answer, Form, Limits, Query
from miit_graph.engine.diagnosis import diagnose
from miit_graph.engine.errors import (
    BadGraphName,
    EngineBusy,
    EngineFailure,
    QueryError,
    ResultTooLarge,
    TimeLimitExceeded,
    UnknownFunction,
)
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import STACK_BYTES, Allow, Refuse, examine
from miit_graph.engine.stream import Abandoned, NothingYet, Pipe

_log = logging.getLogger(__name__)
_CHUNK = 64 * 1024
_PIPE_CHUNKS = 8
_EAGER_SECONDS = 0.5
_UNKNOWN_FUNCTION = re.compile(r"The custom function <(.*)> is not supported")
_stack_size = threading.Lock()

_NamedGraph = ox.NamedNode | ox.BlankNode
_Graph = _NamedGraph | ox.DefaultGraph
_OXIGRAPH: dict[Format, ox.QueryResultsFormat | ox.RdfFormat] = {
    formats.JSON: ox.QueryResultsFormat.JSON,
    formats.XML: ox.QueryResultsFormat.XML,
    formats.CSV: ox.QueryResultsFormat.CSV,
    formats.TSV: ox.QueryResultsFormat.TSV,
    formats.TURTLE: ox.RdfFormat.TURTLE,
    formats.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    formats.RDF_XML: ox.RdfFormat.RDF_XML,
    formats.JSON_LD: ox.RdfFormat.JSON_LD,
    formats.TRIG: ox.RdfFormat.TRIG,
    formats.N_QUADS: ox.RdfFormat.N_QUADS,
}


class LocalEngine:
    """Answers queries over ``store``, which must not be changed while it is served.

    ``version`` names the state of the data. With ``union`` the default graph is the merge of all graphs
    unless a query or request chooses its own. ``prefixes`` need no declaration in a query (one that declares
    them itself gets what it declares). ``workers`` is how many queries run at a time; a query waits at most
    ``queue_seconds`` for its turn, and its answer at most ``stall_seconds`` for a reader that takes nothing.
    """

    def __init__(
        self,
        store: ox.Store,
        version: str,
        *,
        union: bool = False,
        prefixes: Mapping[str, str] | None = None,
        workers: int = 4,
        queue_seconds: float = 2.0,
        stall_seconds: float = 60.0,
    ) -> None:
        self.version = version
        self._store = store
        self._union = union
        self._prefixes = dict(prefixes or {})
        self._workers = workers
        self._queue_seconds = queue_seconds
        self._stall_seconds = stall_seconds
        self._free = threading.BoundedSemaphore(workers)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._started = False

    def run(self, query: Query, format: Format, limits: Limits) -> Answer:
        """Start a query and wait for its first bytes; see `miit_graph.engine.api.Engine.run`."""
        decision = examine(query.text, limits)
        if isinstance(decision, Refuse):
            raise decision.error.with_traceback(None)
        if format not in formats.formats_for(decision.form):
            raise ValueError(f"{decision.form.value} has no {format.label} form")
        job = _Job(self._store, self._prefixes, query, decision, format, limits, self._union, self._stall_seconds)
        self._start()
        if not self._free.acquire(timeout=min(self._queue_seconds, limits.seconds)):
            raise EngineBusy
        self._jobs.put(job)
        return _LocalAnswer(job)

    def close(self) -> None:
        """Let idle threads end; those still busy end after their query."""
        for _ in range(self._workers):
            self._jobs.put(None)

    def _start(self) -> None:
        # At the first query, not before: threads don't survive a fork.
        with self._starting:
            if self._started:
                return
            with _stack_size:  # the setting is the process's, and only read when a thread starts
                previous = threading.stack_size(STACK_BYTES)
                try:
                    for number in range(self._workers):
                        threading.Thread(target=self._work, name=f"query-{number}", daemon=True).start()
                finally:
                    threading.stack_size(previous)
            self._started = True

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job.perform()
            finally:
                self._free.release()


class _Job:
    """One query on its way through a thread."""

    def __init__(
        self,
        store: ox.Store,
        prefixes: dict[str, str],
        query: Query,
        decision: Allow,
        format: Format,
        limits: Limits,
        union: bool,
        stall_seconds: float,
    ) -> None:
        self.form = decision.form
        self.format = format
        self.limits = limits
        self.pipe = Pipe(_PIPE_CHUNKS, stall_seconds)
        self.began = time.monotonic()
        self._store = store
        self._prefixes = prefixes
        self._text = query.text
        chosen = bool(query.default_graphs or query.named_graphs)
        self._union = union and not chosen and not decision.has_dataset
        # An empty list is not None: it takes away every graph, as a dataset given in part must (Protocol
        # 2.1.4).
        self._default_graphs: list[_Graph] | None = None
        self._named_graphs: list[_NamedGraph] | None = None
        if chosen:
            self._default_graphs = [_graph(name) for name in query.default_graphs]
            self._named_graphs = [_graph(name) for name in query.named_graphs]

    def seconds_left(self) -> float:
        """What is left of the time limit; waiting for a slow reader doesn't count."""
        return self.limits.seconds + self.pipe.waited - (time.monotonic() - self.began)

    def perform(self) -> None:
        """Evaluate, serialise, and close the pipe with an error if there was one."""
        if self.pipe.closed:
            return
        writer = _Writer(self)
        try:
            self._evaluate(writer)
            writer.finish()
        except Abandoned:
            pass
        except QueryError as error:
            self.pipe.end(_bare(error))
        except SyntaxError as error:
            self.pipe.end(_bare(diagnose(self._text, str(error), self._parse, self._prefixes)))
        except BaseException as error:  # a panic of the Rust code is not an Exception
            unknown = _UNKNOWN_FUNCTION.match(str(error))
            if unknown is None:
                _log.exception("a query failed in the engine: %s", self._text[:2000])
            self.pipe.end(UnknownFunction(unknown.group(1)) if unknown else EngineFailure())
            # The traceback keeps the results alive, and pyoxigraph aborts if another thread drops them.
            error.__traceback__ = None

    def _evaluate(self, writer: _Writer) -> None:
        results = self._store.query(
            self._text,
            prefixes=self._prefixes,
            use_default_graph_as_union=self._union,
            default_graph=self._default_graphs,
            named_graphs=self._named_graphs,
        )
        results.serialize(writer, format=_OXIGRAPH[self.format])  # type: ignore[arg-type]

    def _parse(self, text: str) -> str | None:
        try:
            self._store.query(text, prefixes=self._prefixes, default_graph=[], named_graphs=[])
        except SyntaxError as error:
            return str(error)
        return None


def _graph(name: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(name)
    except ValueError:
        raise BadGraphName(name) from None


def _bare(error: QueryError) -> QueryError:
    """The error without the frames it went through, which hold objects that must stay in their thread."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


class _Writer:
    """The file Oxigraph writes to, 8 KiB at a time: collects chunks, and stops a query that goes too far."""

    def __init__(self, job: _Job) -> None:
        self._job = job
        self._buffer = bytearray()
        self._total = 0
        self._flushed = time.monotonic()

    def write(self, data: bytes) -> int:
        """Take some output. What it raises ends the evaluation."""
        job = self._job
        if job.pipe.closed:
            raise Abandoned
        if job.seconds_left() < 0:
            raise TimeLimitExceeded(job.limits.seconds)
        self._total += len(data)
        if self._total > job.limits.result_bytes:
            raise ResultTooLarge(job.limits.result_bytes)
        self._buffer += data
        # Holding back small answers lets a late error still have a status; a slow answer must not look dead.
        if len(self._buffer) >= _CHUNK or time.monotonic() - self._flushed > _EAGER_SECONDS:
            self._send()
        return len(data)

    def flush(self) -> None:
        """Nothing: chunks are sent by size and at the end."""

    def finish(self) -> None:
        """Send what is left and end, in one step: so the first chunk of a small answer tells its length."""
        self._send(last=True)

    def _send(self, *, last: bool = False) -> None:
        self._job.pipe.put(bytes(self._buffer), last=last)
        self._buffer.clear()
        self._flushed = time.monotonic()


class _LocalAnswer:
    """The answer of a job; made only once its first chunk is there."""

    form: Form
    format: Format
    length: int | None

    def __init__(self, job: _Job) -> None:
        self.form = job.form
        self.format = job.format
        self._job = job
        self._done = False
        self._first: bytes | None = None
        self._first = self._next()
        self.length = len(self._first or b"") if self._job.pipe.complete else None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        if self._done:
            raise StopIteration
        chunk = self._next()
        if chunk is None:
            raise StopIteration
        return chunk

    def _next(self) -> bytes | None:
        try:
            chunk = self._job.pipe.get(self._job.seconds_left())
        except NothingYet:
            self.close()
            raise TimeLimitExceeded(self._job.limits.seconds) from None
        except QueryError:
            self._done = True
            raise
        self._done = chunk is None
        return chunk

    def close(self) -> None:
        """Stop the work; the thread notices at its next piece of output."""
        self._done = True
        self._first = None
        self._job.pipe.close()

    def __del__(self) -> None:
        self._job.pipe.close()
