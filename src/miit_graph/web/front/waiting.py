"""Waiting on the event loop, without losing sight of the client."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from typing import Any

_MOMENT = 1
"""Milliseconds."""
_MOST_FAILURES = 5
GRACE_SECONDS = 0.5
"""A worker keeps to its time by itself; so much longer its word is waited for."""
WATCH_AFTER = 0.1
"""Seconds after which it is worth the trouble to see whether the client is still there."""


class Patience:
    """Decides whether to wait for a descriptor at once, holding up the event loop for a moment.

    Most queries take less time than the loop needs to turn to something else and come back. After each wait that was
    in vain the next ones are left out, more and more of them, so long queries don't hold up anybody.
    """

    def __init__(self) -> None:
        self._failures = 0
        self._leave_out = 0

    def wait(self, descriptor: int) -> bool:
        """Whether the descriptor can be read, now or within a moment."""
        if self._leave_out:
            self._leave_out -= 1
            return False
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        if poll.poll(_MOMENT):
            self._failures = 0
            return True
        self._failures = min(self._failures + 1, _MOST_FAILURES)
        self._leave_out = (1 << self._failures) - 1
        return False


async def watch(protocol: Any, gone: Callable[[], None]) -> None:
    """Call ``gone`` when the client goes away."""
    await protocol.client_disconnect()
    gone()


async def readable(descriptor: int, seconds: float, protocol: Any) -> bool:
    """Wait until a descriptor can be read; false if the client goes away before. Raises TimeoutError."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[bool] = loop.create_future()
    tasks: list[asyncio.Task[None]] = []

    def become(result: bool) -> None:
        if not ready.done():
            ready.set_result(result)

    def late() -> None:
        if not ready.done():
            ready.set_exception(TimeoutError())

    loop.add_reader(descriptor, become, True)
    # Looking after the client costs a task; most queries are done before.
    timers = [
        loop.call_later(WATCH_AFTER, lambda: tasks.append(loop.create_task(watch(protocol, lambda: become(False))))),
        loop.call_later(seconds, late),
    ]
    try:
        return await ready
    finally:
        loop.remove_reader(descriptor)
        for timer in timers:
            timer.cancel()
        for task in tasks:
            task.cancel()
