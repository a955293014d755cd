"""The file of an index: a few long rows of bytes and numbers, mapped into memory and shared by all who read them.

``MAGIC``, the length of the head (8 bytes), the head (JSON: what the index is of, and where each section lies), then
the sections, each at a multiple of 8 bytes.
"""

from __future__ import annotations

import json
import mmap
import os
import tempfile
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LAYOUT = 1
"""Number of the layout; a file of another one is made again."""
MAGIC = b"mgsearch"
_ALIGN = 8


class StorageError(Exception):
    """A file is no index of this layout, or an index can't be written."""


def write(path: Path, head: Mapping[str, Any], sections: Mapping[str, bytes | array[Any]]) -> None:
    """Write an index; it appears at ``path`` complete or not at all.

    Raises StorageError if the disk is full, or cannot be written to.
    """
    places: dict[str, tuple[int, int]] = {}
    offset = 0
    contents = {name: part if isinstance(part, bytes) else part.tobytes() for name, part in sections.items()}
    for name, content in contents.items():
        places[name] = (offset, len(content))
        offset += -(-len(content) // _ALIGN) * _ALIGN
    top = json.dumps({**head, "layout": LAYOUT, "sections": places}, ensure_ascii=False).encode()
    top += b" " * (-len(top) % _ALIGN)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".index-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(MAGIC + len(top).to_bytes(8, "little") + top)
                for content in contents.values():
                    file.write(content + b"\0" * (-len(content) % _ALIGN))
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except FileNotFoundError:
        raise  # the folder goes with the server
    except OSError as error:
        size = offset + 16 + len(top)
        raise StorageError(f"{path.parent} takes no {size:,} bytes: {error.strerror or error}") from None


class Mapped:
    """An index file in memory. ``head`` is its account; sections are views, valid as long as this object."""

    def __init__(self, path: Path) -> None:
        """Raises StorageError, OSError."""
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        view = memoryview(self._map)
        if bytes(view[:8]) != MAGIC:
            raise StorageError(f"{path} is no search index")
        self._start = 16 + int.from_bytes(view[8:16], "little")
        self.head: dict[str, Any] = json.loads(bytes(view[16 : self._start]))
        if self.head.get("layout") != LAYOUT:
            raise StorageError(f"{path} has layout {self.head.get('layout')}, not {LAYOUT}")
        self._view = view

    def bytes(self, name: str) -> bytes:
        """A copy of a section."""
        return bytes(self.view(name))

    def view(self, name: str) -> memoryview:
        """A section."""
        offset, size = self.head["sections"][name]
        return self._view[self._start + offset : self._start + offset + size]

    def numbers(self, name: str, code: str) -> memoryview:
        """A section as numbers of one type (`array` type codes)."""
        return self.view(name).cast(code)  # type: ignore[call-overload,no-any-return]
