"""What the server's main process and its web processes tell each other about the end: pages of memory that they share.

The main process says that the server is about to leave; each web process counts the requests that it is answering. So
the server can wait for just these before it ends.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_PAGE = 4096
_COUNT = struct.Struct("=q")
_LEAVING = "leaving"


def _page(path: Path) -> mmap.mmap:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(descriptor, _PAGE)
        return mmap.mmap(descriptor, _PAGE)
    finally:
        os.close(descriptor)


class InFlight:
    """One web process's part, in the folder of the server; used by one thread only, but for `leaving`."""

    def __init__(self, folder: Path) -> None:
        self._leaving = _page(folder / _LEAVING)
        self._own = _page(folder / str(os.getpid()))
        self._count = 0

    @property
    def leaving(self) -> bool:
        """Whether the server is about to leave: who asks now should ask another one next time."""
        return self._leaving[0] != 0

    def begin(self) -> None:
        """A request has come."""
        self._count += 1
        _COUNT.pack_into(self._own, 0, self._count)

    def end(self) -> None:
        """A request has been answered, or given up."""
        self._count -= 1
        _COUNT.pack_into(self._own, 0, self._count)


class Departure:
    """The main process's part."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._leaving = _page(folder / _LEAVING)

    def announce(self) -> None:
        """Let all web processes know that the server is about to leave."""
        self._leaving[0] = 1

    def count(self, processes: Iterable[int]) -> int:
        """How many requests these web processes are answering."""
        total = 0
        for pid in processes:
            path = self._folder / str(pid)
            if path.exists():
                total += _COUNT.unpack(path.read_bytes()[: _COUNT.size])[0]
        return total
