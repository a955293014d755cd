"""One request to a worker, and the answer that comes back."""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from miit_graph.engine.api import Form, Gone
from miit_graph.engine.errors import (
    ClientGone,
    EngineFailure,
    EngineUnavailable,
    MemoryLimitExceeded,
    QueryError,
    QueryTooComplex,
    TimeLimitExceeded,
)
from miit_graph.engine.formats import Format
from miit_graph.engine.process import packets
from miit_graph.engine.process.connection import Connection
from miit_graph.engine.spent import SPENT

_log = logging.getLogger(__name__)
_GRACE_SECONDS = 0.5
"""A worker ends itself when its time is up; this much later it is taken for lost."""


_PIECE = 256 * 1024
"""Parts that are here already are handed on together, up to this many bytes: a piece costs the same at any size."""


class Connections(Protocol):
    """Where a call gets its connection from, and gives it back to."""

    connect_seconds: float

    def borrow(self, until: float, *, quick: bool = False) -> Connection:
        """A connection whose worker waits for a request; ``quick`` if it is known to take only a moment.

        Raises EngineUnavailable, EngineBusy.
        """
        ...

    def give_back(self, connection: Connection) -> None:
        """The worker of this connection waits for a request again."""
        ...


class _Lost(Exception):
    """The connection ended before the worker said anything about the request: it can be made again."""


class Call:
    """One request to a worker: made at once, then iterated for the parts of the answer.

    ``seconds`` count from now, ``most`` seconds from when a worker has got the request. ``ended`` is called once,
    however it ends, with whether its worker is still good. ``quick`` requests are known to take only a moment.
    """

    def __init__(
        self,
        pool: Connections,
        request: list[Any],
        seconds: float,
        gone: Gone | None = None,
        ended: Callable[[bool], None] = lambda _: None,
        most: float = math.inf,
        *,
        quick: bool = False,
    ) -> None:
        self._pool = pool
        self._request = request
        self._seconds = seconds
        self._gone = gone
        self._ended = ended
        self._most = most
        self._quick = quick
        self._heard = False
        self._deadline = time.monotonic() + seconds
        self._until = time.monotonic() + pool.connect_seconds
        self.version = ""
        """The version of the data that the worker answers from."""
        self._connection: Connection | None = self._send()

    def __enter__(self) -> Call:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[bytes]:
        while (part := self.next()) is not None:
            yield part

    def fileno(self) -> int:
        """The descriptor that becomes readable when the worker has something to say."""
        return -1 if self._connection is None else self._connection.fileno()

    def speaks(self) -> bool:
        """Whether the next packet is here, and from the worker: not the news of its death."""
        if self._connection is None:
            return False
        try:
            letter = self._connection.recv(1, packets.PEEK)
        except OSError:
            return False
        return letter not in (b"", packets.DEATH)

    @property
    def over(self) -> bool:
        """Whether everything has come, or it was given up."""
        return self._connection is None

    def next(self) -> bytes | None:
        """The next part, or None at the good end. Raises the `QueryError` that ended it."""
        began = time.monotonic()
        try:
            return self._next()
        finally:
            SPENT.engine += time.monotonic() - began

    def _next(self) -> bytes | None:
        while self._connection is not None:
            try:
                letter, content = self._receive(self._connection)
                self._heard = self._heard or letter not in (b"", packets.DEATH)
                if letter == packets.DATA:
                    return content
                if letter in (packets.LAST, packets.FAREWELL):
                    self._end(keep=letter == packets.LAST)
                    return content or None
                if letter == packets.ERROR:
                    self._end(keep=True)
                    raise packets.unpack_error(content)
                raise self._death(content)
            except _Lost:
                self._connection.close()
                self._until = min(self._deadline, time.monotonic() + self._pool.connect_seconds)
                self._connection = self._send()
            except BaseException:
                self.close()
                raise
        return None

    def close(self) -> None:
        """Give the request up if it is not over; its worker is ended."""
        self._end(keep=False)

    def _end(self, *, keep: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        if keep:
            self._pool.give_back(connection)
        else:
            connection.close()
        self._ended(keep)

    def _send(self) -> Connection:
        """Send the request over a connection that takes it. Raises EngineUnavailable, EngineBusy."""
        while True:
            connection = self._pool.borrow(self._until, quick=self._quick)
            self._request[1] = max(0.05, min(self._most, self._deadline - time.monotonic()))
            try:
                packets.send_request(connection, self._request)
            except OSError:
                connection.close()
                if time.monotonic() >= self._until:
                    raise EngineUnavailable from None
            except BaseException:
                connection.close()
                raise
            else:
                self.version = connection.version
                return connection

    def _receive(self, connection: Connection) -> tuple[bytes, bytes]:
        until = 0.0
        while True:
            try:
                letter, content = packets.receive(connection)
            except TimeoutError:
                now = time.monotonic()
                until = until or (now + self._seconds if self._heard else self._deadline) + _GRACE_SECONDS
                if self._gone is not None and self._gone():
                    raise ClientGone from None
                if now > until:
                    _log.error("a worker did not keep to its time")
                    raise TimeLimitExceeded(self._seconds) from None
                continue
            if not letter and not self._heard and time.monotonic() < self._until:
                raise _Lost
            return letter, content

    def _death(self, content: bytes) -> QueryError:
        """What the engine process says about the end of the worker (nothing, if it has ended itself)."""
        if not content:
            return EngineUnavailable()
        told = json.loads(content)
        if not told["busy"] and not self._heard:
            raise _Lost
        if told["reason"] == "time":
            return TimeLimitExceeded(self._seconds)
        if told["reason"] == "memory":
            return MemoryLimitExceeded(self._request[2])
        if told["reason"] == "stack":
            return QueryTooComplex("The query is nested too deep for the engine. Flatten it, or split it into several.")
        return EngineUnavailable() if told["reason"] == "killed" else EngineFailure()


class ProcessAnswer:
    """The answer to a query; made only once its first part is there."""

    form: Form
    format: Format
    length: int | None
    version: str

    def __init__(self, call: Call, form: Form, format: Format) -> None:
        self.form = form
        self.format = format
        self._call = call
        self._first = call.next()
        self.version = call.version
        self.length = len(self._first or b"") if call.over else None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        part = self._call.next()
        if part is None:
            raise StopIteration
        if not self._call.speaks():
            return part
        parts, size = [part], len(part)
        while size < _PIECE and self._call.speaks():
            part = self._call.next() or b""
            parts.append(part)
            size += len(part)
        return b"".join(parts)

    def close(self) -> None:
        """Stop the work: its worker is ended if it is not done."""
        self._first = None
        self._call.close()

    def __del__(self) -> None:
        self._call.close()
