"""A bounded pipe of byte chunks between the thread that evaluates a query and the one that sends the
answer."""

from __future__ import annotations

import threading
import time
from collections import deque

from miit_graph.engine.errors import QueryError
from miit_graph.engine.spent import SPENT


class Abandoned(Exception):
    """Raised in the evaluating thread: nobody wants the rest of the answer."""


class NothingYet(Exception):
    """Raised in the reading thread: nothing arrived in the time it was given."""


class Pipe:
    """Holds at most ``capacity`` chunks; the writer waits when it is full, the reader when it is empty."""

    def __init__(self, capacity: int, stall_seconds: float) -> None:
        self._chunks: deque[bytes] = deque()
        self._capacity = capacity
        self._stall_seconds = stall_seconds
        self._changed = threading.Condition()
        self._ended = False
        self._closed = False
        self._error: QueryError | None = None
        self.waited = 0.0
        """Seconds the writer has waited for the reader: not the query's fault."""

    @property
    def complete(self) -> bool:
        """Whether the writer has ended well and the reader has taken everything."""
        with self._changed:
            return self._ended and not self._chunks and self._error is None

    @property
    def closed(self) -> bool:
        """Whether the reader has gone."""
        return self._closed

    def put(self, chunk: bytes, *, last: bool = False) -> None:
        """Add a chunk, and end well if it is the last.

        Raises Abandoned if the reader has gone, or takes nothing for too long.
        """
        with self._changed:
            if len(self._chunks) >= self._capacity and not self._closed:
                began = time.monotonic()
                self._changed.wait_for(lambda: self._closed or len(self._chunks) < self._capacity, self._stall_seconds)
                self.waited += time.monotonic() - began
            if self._closed or len(self._chunks) >= self._capacity:
                raise Abandoned
            self._chunks.append(chunk)
            self._ended = last
            self._changed.notify_all()

    def end(self, error: QueryError | None = None) -> None:
        """Say that no more will come, and whether that is because something went wrong."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def get(self, seconds: float) -> bytes | None:
        """The next chunk, or None at the good end.

        Raises the writer's error, or NothingYet after ``seconds``.
        """
        began = time.monotonic()
        try:
            return self._get(seconds)
        finally:
            SPENT.engine += time.monotonic() - began

    def _get(self, seconds: float) -> bytes | None:
        with self._changed:
            ready = self._changed.wait_for(lambda: self._chunks or self._ended or self._closed, max(0.0, seconds))
            if not ready:
                raise NothingYet
            if self._chunks:
                chunk = self._chunks.popleft()
                self._changed.notify_all()
                return chunk
            if self._error is not None:
                raise self._error
            return None

    def close(self) -> None:
        """The reader goes: forget what was not read and let the writer know."""
        with self._changed:
            self._closed = True
            self._chunks.clear()
            self._changed.notify_all()
