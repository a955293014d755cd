"""Keeps from asking an endpoint that has failed again and again, so that nobody waits for what will not come."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_FAILURES = 3


class Breaker:
    """Closed while all is well; open for ``seconds`` after three failures in a row; then one request may try."""

    def __init__(self, seconds: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0

    def may_ask(self) -> bool:
        """Whether a request may go out; once the time is up the first that asks so tries for all."""
        with self._lock:
            if self._failures < _FAILURES:
                return True
            if self._clock() < self._until:
                return False
            self._until = self._clock() + self._seconds
            return True

    def worked(self) -> None:
        """The endpoint has answered."""
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        """The endpoint could not be asked."""
        with self._lock:
            self._failures += 1
            self._until = self._clock() + self._seconds
