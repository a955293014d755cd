"""Waiting on the event loop, without losing sight of the client."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

WATCH_AFTER = 0.1
"""Seconds after which it is worth the trouble to see whether the client is still there."""


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
