"""An engine in this process, over a `pyoxigraph.Store`.

Each query is evaluated and serialised on a thread of a small pool, in Oxigraph's own code with Python's lock
released; its bytes come through a bounded pipe, so a slow reader slows the query down and costs no memory.

What it cannot protect from, because pyoxigraph can't stop a query between two pieces of output: a query that
sorts, groups or joins a lot keeps its thread (and its memory) after its time is up and the client has got
its error. Such runaways are bounded by the number of threads; when all have run away, every query gets
`EngineBusy` until one ends. A cross join can use all memory of the process. The engine of `miit_graph.engine.process`,
behind the same seam, can end both.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.api import Answer, Gone, Limits, Query
from miit_graph.engine.errors import EngineBusy, QueryError, ResultTooLarge, TimeLimitExceeded
from miit_graph.engine.federation.plan import federate
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import STACK_BYTES, Allow, Refuse, examine
from miit_graph.engine.oxigraph import Source
from miit_graph.engine.piped import Outlet, PipedAnswer, PipedJob
from miit_graph.engine.stream import Abandoned

T = TypeVar("T")
_stack_size = threading.Lock()


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
        self._source = Source(store, prefixes or {}, union=union)
        self._workers = workers
        self._queue_seconds = queue_seconds
        self._stall_seconds = stall_seconds
        self._free = threading.BoundedSemaphore(workers)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._starting = threading.Lock()
        self._started = False

    def examine(self, text: str, limits: Limits) -> Allow | Refuse:
        """Whether a query may run; see `miit_graph.engine.api.Engine.examine`."""
        return examine(text, limits)

    def run(self, query: Query, format: Format, limits: Limits, gone: Gone | None = None) -> Answer:
        """Start a query and wait for its first bytes; see `miit_graph.engine.api.Engine.run`.

        A client that goes away before them is only noticed when they are sent.
        """
        decision = examine(query.text, limits)
        if isinstance(decision, Refuse):
            raise decision.error.with_traceback(None)
        if format not in formats.formats_for(decision.form):
            raise ValueError(f"{decision.form.value} has no {format.label} form")
        if decision.federated and not query.inlined:
            began = time.monotonic()
            query = federate(self.run, query, decision.form, limits, self._source.prefixes, gone)
            limits = replace(limits, seconds=max(0.1, limits.seconds - (time.monotonic() - began)))
        job = _Job(self._source, query, decision, format, limits, self._stall_seconds)
        self._start()
        if not self._free.acquire(timeout=min(self._queue_seconds, limits.seconds)):
            raise EngineBusy
        self._jobs.put(job)
        return PipedAnswer(job, self.version)

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


def run_on_large_stack(work: Callable[[], T], size: int) -> T:
    """What ``work`` gives, on a thread with ``size`` bytes of stack: for what parses by recursion."""
    results: list[T] = []
    with _stack_size:
        previous = threading.stack_size(size)
        try:
            thread = threading.Thread(target=lambda: results.append(work()), name="parse")
            thread.start()
        finally:
            threading.stack_size(previous)
    thread.join()
    return results[0]


class _Job(PipedJob):
    """One query on its way through a thread."""

    def __init__(
        self, source: Source, query: Query, decision: Allow, format: Format, limits: Limits, stall_seconds: float
    ) -> None:
        super().__init__(decision.form, format, limits, stall_seconds)
        self._source = source
        self._query = query
        self._has_dataset = decision.has_dataset

    def perform(self) -> None:
        """Evaluate, serialise, and close the pipe with an error if there was one."""
        if self.pipe.closed:
            return
        writer = _Writer(self)
        try:
            self._source.evaluate(self._query, self.format, writer, has_dataset=self._has_dataset)
            writer.finish()
        except Abandoned:
            pass
        except BaseException as error:  # a panic of the Rust code is not an Exception
            self.pipe.end(_bare(self._source.explain(error, self._query.text)))
            # The traceback keeps the results alive, and pyoxigraph aborts if another thread drops them.
            error.__traceback__ = None


def _bare(error: QueryError) -> QueryError:
    """The error without the frames it went through, which hold objects that must stay in their thread."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    return error


class _Writer:
    """The file Oxigraph writes to, 8 KiB at a time; stops a query that goes too far."""

    def __init__(self, job: _Job) -> None:
        self._job = job
        self._outlet = Outlet(job)
        self._total = 0

    def write(self, data: bytes) -> int:
        """Take some output. What it raises ends the evaluation."""
        job = self._job
        if job.seconds_left() < 0 and not job.pipe.closed:
            raise TimeLimitExceeded(job.limits.seconds)
        self._total += len(data)
        if self._total > job.limits.result_bytes:
            raise ResultTooLarge(job.limits.result_bytes)
        self._outlet.take(data)
        return len(data)

    def flush(self) -> None:
        """Nothing: chunks are sent by size and at the end."""

    def finish(self) -> None:
        """Send what is left and end."""
        self._outlet.finish()
