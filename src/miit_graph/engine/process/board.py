"""What the engine process serves now, on a page of memory that all processes of a server share.

Looking there costs less than any call of the system, so every request can make sure that it is answered from the
present version. One process writes (`post`); the count is odd while it does, so readers never take half a text.
"""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path

_SIZE = 4096
_COUNT = struct.Struct("=Q")
_LENGTH = struct.Struct("=H")
_TRIES = 10_000
"""Should the writer sleep or die while it writes, its readers must not wait for it."""
_TEXT = _COUNT.size + _LENGTH.size
NAME = "board"
"""The file's name beside the socket of the engine process."""


class Board:
    """The page in the file ``path``; made if ``writing``. Raises OSError if it can't be had."""

    def __init__(self, path: Path, *, writing: bool = False) -> None:
        flags = os.O_RDWR | os.O_CREAT if writing else os.O_RDONLY
        descriptor = os.open(path, flags | os.O_CLOEXEC, 0o600)
        try:
            if writing:
                os.write(descriptor, bytes(_SIZE))  # so that they are there should the disk be full later
            access = mmap.ACCESS_WRITE if writing else mmap.ACCESS_READ
            self._page = mmap.mmap(descriptor, _SIZE, access=access)
        finally:
            os.close(descriptor)
        self._counts = memoryview(self._page).cast("B")[: _COUNT.size].cast("Q")

    @property
    def count(self) -> int:
        """Changes whenever something is posted; 0 as long as nothing was."""
        return self._counts[0]

    def post(self, version: str) -> None:
        """Say that ``version`` is served from now on."""
        text = version.encode()[: _SIZE - _TEXT]
        _COUNT.pack_into(self._page, 0, self.count + 1)
        _LENGTH.pack_into(self._page, _COUNT.size, len(text))
        self._page[_TEXT : _TEXT + len(text)] = text
        _COUNT.pack_into(self._page, 0, self.count + 1)

    def read(self) -> tuple[int, str]:
        """The count, and the version that was posted with it; nothing yet if one is just being posted."""
        count = 0
        for _ in range(_TRIES):
            count = self.count
            length = _LENGTH.unpack_from(self._page, _COUNT.size)[0]
            text = self._page[_TEXT : _TEXT + length]
            if count % 2 == 0 and count == self.count:
                return count, text.decode()
        return count, ""
