"""How many queries may run at a time, and who waits."""

from __future__ import annotations

import threading
import time

from miit_graph.engine.errors import EngineBusy


class Places:
    """A bounded number of places, and a bounded queue for them.

    Besides the ``regular`` places there are a few ``express`` ones, taken when all others are: a query there has
    only a moment. So when long queries have filled the server, short ones are still answered at once.
    """

    def __init__(self, regular: int, express: int, queue: int, seconds: float) -> None:
        self.regular = regular
        self._all = regular + express
        self._queue = queue
        self._seconds = seconds
        self._changed = threading.Condition()
        self.taken = 0
        self.waiting = 0

    def enter(self, seconds: float) -> bool:
        """Take a place, waiting for at most ``seconds``; true if it is an express one.

        Raises EngineBusy if the queue is full or the wait was in vain.
        """
        with self._changed:
            if self.taken >= self._all:
                self._wait(min(seconds, self._seconds))
            self.taken += 1
            return self.taken > self.regular

    def enter_now(self) -> bool | None:
        """The same without waiting; None if all places are taken."""
        with self._changed:
            if self.taken >= self._all:
                return None
            self.taken += 1
            return self.taken > self.regular

    @property
    def full(self) -> bool:
        """Whether all places are taken."""
        return self.taken >= self._all

    def _wait(self, seconds: float) -> None:
        if self.waiting >= self._queue:
            raise EngineBusy
        self.waiting += 1
        try:
            until = time.monotonic() + seconds
            if not self._changed.wait_for(lambda: self.taken < self._all, until - time.monotonic()):
                raise EngineBusy
        finally:
            self.waiting -= 1

    def leave(self) -> None:
        """Give a place back."""
        with self._changed:
            self.taken -= 1
            self._changed.notify()
