"""The TCP connection of one request, taken hold of beside the web server.

granian ends a body that fails on the way as if it were complete, and takes any number of bytes without waiting for the
client. Both would be wrong for long answers: half a table must never look like a whole one, and a slow client must not
fill the memory. So for long answers we find the socket among this process's own by the client's address and port
(there is only one), and can then wait until it takes more, or break it off.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import socket
import struct
import sys
import time
from pathlib import Path

_OWN_FILES = Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd")


SLOWEST = 4 * 1024
"""Bytes a second that a client has to take in the long run: who reads more slowly holds a worker for nothing."""


class Allowance:
    """How long one client may still be waited for: ``seconds`` at most at a time, and what it takes earns it more."""

    def __init__(self, seconds: float) -> None:
        self._most = seconds
        self.left = seconds

    def spend(self, seconds: float, taken: int) -> None:
        """Note how long was waited, and how many bytes could be sent then."""
        self.left = min(self._most, max(0.0, self.left - seconds) + taken / SLOWEST)


class ClientConnection:
    """A second descriptor of a client's connection. Close it, or the connection stays open."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    @classmethod
    def find(cls, client: str) -> ClientConnection | None:
        """The connection from ``client`` (address:port), if this process has it."""
        address, _, port = client.rpartition(":")
        wanted = (address.strip("[]"), port)
        try:
            names = [file.name for file in _OWN_FILES.iterdir()]
        except OSError:
            return None
        for name in names:
            # Copied first, looked at then: the copy can't become another connection in between.
            try:
                copy = os.dup(int(name))
            except OSError:
                continue
            try:
                candidate = socket.socket(fileno=copy)
            except OSError:
                os.close(copy)
                continue
            try:
                peer = candidate.getpeername()
                if candidate.family in (socket.AF_INET, socket.AF_INET6) and (peer[0], str(peer[1])) == wanted:
                    candidate.setblocking(False)
                    return cls(candidate)
            except OSError:
                pass
            candidate.close()
        return None

    def break_off(self) -> None:
        """End the connection at once, so that the client sees that something is missing."""
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    async def room(self, size: int, allowance: Allowance) -> bool:
        """Wait until the client can be sent ``size`` bytes more, as long as is allowed; false if that was in vain."""
        began = time.monotonic()
        if not await self._writable(allowance.left):
            return False
        allowance.spend(time.monotonic() - began, size)
        return True

    async def _writable(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._socket, select.POLLOUT)
        if poll.poll(0):
            return True
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        loop.add_writer(self._socket, ready.set)
        try:
            async with asyncio.timeout(seconds):
                await ready.wait()
            return True
        except TimeoutError:
            return False
        finally:
            loop.remove_writer(self._socket)

    def close(self) -> None:
        """Let go of the connection; the web server still has it."""
        self._socket.close()
