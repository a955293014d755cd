"""Sends bodies of answers: piece by piece as the client takes them, and visibly broken off if they fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from typing import Any

from miit_graph.engine.errors import ClientGone
from miit_graph.web.front.client_connection import Allowance, ClientConnection
from miit_graph.web.front.direct import Started
from miit_graph.web.front.exchange import Exchange
from miit_graph.web.front.record import Record
from miit_graph.web.front.waiting import GRACE_SECONDS, readable

_log = logging.getLogger(__name__)
_GATHER_SECONDS = 0.003
_LONG = 256 * 1024
_PIECE = 64 * 1024


class Sender:
    """Sends bodies; what makes them runs in ``pool``. ``sends`` is entered while a client is being waited for.

    A client may take nothing for ``stall_seconds``, and no less than its `Allowance` asks.
    """

    def __init__(self, pool: Executor, stall_seconds: float, sends: Callable[[], AbstractContextManager[None]]) -> None:
        self._pool = pool
        self._stall_seconds = stall_seconds
        self._sends = sends

    async def stream(self, scope: Any, protocol: Record, exchange: Exchange, started: Started | None = None) -> None:
        """Send a body piece by piece; ``started`` is the query that it comes from as it is."""
        connection = ClientConnection.find(scope.client)
        if connection is None:
            await self._collect(protocol, exchange)
            return
        ended = False
        allowance = Allowance(self._stall_seconds)
        failed: Exception | None = None
        try:
            with self._sends():
                transport = protocol.response_stream(exchange.status, exchange.headers)
                while True:
                    part = await self._next_part(protocol, exchange, started)
                    if part is None:
                        ended = True
                        break
                    if not part:
                        continue
                    if not await connection.room(len(part), allowance):
                        break
                    await transport.send_bytes(part)
        except Exception as error:
            # The query's own errors were told to the metrics; a client that has gone is nobody's fault.
            failed = error
            _log.debug("an answer was broken off: %r", error)
        finally:
            if not ended:
                protocol.broken(failed)
                connection.break_off()
            connection.close()

    async def whole(self, scope: Any, protocol: Record, exchange: Exchange, body: bytes) -> None:
        """Send a body that is here; a long one as the client takes it, so that it is held only once."""
        connection = ClientConnection.find(scope.client) if len(body) > _LONG and scope.method != "HEAD" else None
        if connection is None:
            protocol.response_bytes(exchange.status, exchange.headers, body)
            return
        sent, allowance = 0, Allowance(self._stall_seconds)
        try:
            with self._sends():
                transport = protocol.response_stream(exchange.status, exchange.headers)
                while sent < len(body) and await connection.room(_PIECE, allowance):
                    await transport.send_bytes(body[sent : sent + _PIECE])
                    sent += _PIECE
        except Exception as error:
            _log.debug("a client went away: %r", error)
        finally:
            if sent < len(body):
                protocol.broken(None)
                connection.break_off()
            connection.close()

    async def _next_part(self, protocol: Record, exchange: Exchange, started: Started | None) -> bytes | None:
        """The next piece of a body: from a thread, or from the worker itself, where nobody else has to touch it."""
        loop = asyncio.get_running_loop()
        if started is None:
            return await loop.run_in_executor(self._pool, exchange.next_part)
        pending = started.pending
        if not pending.over and not pending.speaks():
            # A moment more, so that there is more to take at once: the first piece has left already.
            if not await readable(pending.fileno(), started.seconds + GRACE_SECONDS, protocol):
                raise ClientGone
            await asyncio.sleep(_GATHER_SECONDS)
        if pending.over or pending.speaks():
            return exchange.next_part()
        return await loop.run_in_executor(self._pool, exchange.next_part)

    async def _collect(self, protocol: Record, exchange: Exchange) -> None:
        """Without hold of the connection an answer that could fail on the way is collected first."""
        loop = asyncio.get_running_loop()
        parts = []
        while (part := await loop.run_in_executor(self._pool, exchange.next_part)) is not None:
            parts.append(part)
        protocol.response_bytes(exchange.status, exchange.headers, b"".join(parts))
