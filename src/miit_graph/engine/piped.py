"""Answers that a thread of this process puts into a pipe, and another takes out: what every such engine shares."""

from __future__ import annotations

import time
from collections.abc import Iterator

from miit_graph.engine.api import Gone
from miit_graph.engine.errors import ClientGone, QueryError, TimeLimitExceeded
from miit_graph.engine.formats import Format
from miit_graph.engine.stream import Abandoned, NothingYet, Pipe
from miit_graph.engine.terms import Form, Limits

_CHUNK = 64 * 1024
_EAGER_SECONDS = 0.5
_PIPE_CHUNKS = 8
_LOOK_SECONDS = 0.1


class PipedJob:
    """One query on its way through a thread, and the pipe that its answer comes by."""

    def __init__(self, form: Form, format: Format, limits: Limits, stall_seconds: float) -> None:
        self.form = form
        self.format = format
        self.limits = limits
        self.pipe = Pipe(_PIPE_CHUNKS, stall_seconds)
        self.began = time.monotonic()

    def seconds_left(self) -> float:
        """What is left of the time limit; waiting for a slow reader doesn't count."""
        return self.limits.seconds + self.pipe.waited - (time.monotonic() - self.began)

    def abandon(self) -> None:
        """Nobody reads any more: the thread notices at its next piece of output."""
        self.pipe.close()


class Outlet:
    """Collects pieces of an answer and puts them into the pipe of ``job``, 64 KiB at a time."""

    def __init__(self, job: PipedJob) -> None:
        self._job = job
        self._buffer = bytearray()
        self._flushed = time.monotonic()

    def take(self, piece: bytes) -> None:
        """Add a piece. Raises Abandoned if nobody reads any more."""
        if self._job.pipe.closed:
            raise Abandoned
        self._buffer += piece
        # Holding back small answers lets a late error still have a status; a slow answer must not look dead.
        if len(self._buffer) >= _CHUNK or time.monotonic() - self._flushed > _EAGER_SECONDS:
            self._send()

    def finish(self) -> None:
        """Send what is left and end, in one step: so the first chunk of a small answer tells its length."""
        self._send(last=True)

    def _send(self, *, last: bool = False) -> None:
        self._job.pipe.put(bytes(self._buffer), last=last)
        self._buffer.clear()
        self._flushed = time.monotonic()


class PipedAnswer:
    """The answer of a job, see `miit_graph.engine.api.Answer`; made only once its first chunk is there.

    Raises a QueryError if the job fails before that, TimeLimitExceeded if it says nothing in its time, and ClientGone
    as soon as ``gone`` says so.
    """

    form: Form
    format: Format
    length: int | None

    def __init__(self, job: PipedJob, version: str, gone: Gone | None = None) -> None:
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
        """Stop the work, unless all was read."""
        self._first = None
        if not self._done:
            self._done = True
            if not self._job.pipe.complete:
                self._job.abandon()

    def __del__(self) -> None:
        self.close()
