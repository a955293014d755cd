"""Streams of files that may be from anybody: what would fill the memory is refused before a parser reads on.

Oxigraph's parser of RDF/XML fetches nothing, but puts in the entities that a document declares, and entities of
entities: a few hundred bytes become gigabytes. A gzip file can hold a thousand times its size.
"""

from __future__ import annotations

import io
import re
from typing import IO

_DECLARES = b"<!ENTITY"
_ENTITY = re.compile(rb'<!ENTITY\s{1,8}[^\s"&<>%]{1,64}\s{1,8}"[^"&]{0,256}"\s{0,8}>')
_ENOUGH = 512
"""Bytes in which a declaration that is allowed ends."""
MOST_TIMES = 200
"""RDF is packed to a tenth, at best to a fiftieth, of its size."""
_ALWAYS_ALLOWED = 256 * 1024 * 1024
_READ = 64 * 1024


class Untrusted(OSError):
    """The file holds more than it seems to; the text says what, and what to do."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class _Checked(io.RawIOBase):
    """A stream that looks at what is read from another."""

    def __init__(self, inner: IO[bytes]) -> None:
        self._inner = inner

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        some = self._inner.read(min(len(target), _READ))
        self.look(some)
        target[: len(some)] = some
        return len(some)

    def look(self, some: bytes) -> None:
        """Raise Untrusted if it must not go on; ``some`` is empty at the end."""


class PlainEntities(_Checked):
    """RDF/XML, in which entities stand for short texts without entities, as in what ontology editors write."""

    def __init__(self, inner: IO[bytes]) -> None:
        super().__init__(inner)
        self._open = b""

    def look(self, some: bytes) -> None:
        """See `_Checked.look`."""
        seen = self._open + some
        place = seen.find(_DECLARES)
        while place >= 0:
            if len(seen) - place < _ENOUGH and some:
                break
            if _ENTITY.match(seen, place) is None:
                raise Untrusted(
                    "an <!ENTITY …> that is external, long, or made of other entities is not read."
                    " Write what it stands for in its place"
                )
            place = seen.find(_DECLARES, place + 1)
        self._open = seen[place:] if place >= 0 else seen[1 - len(_DECLARES) :]


class Unpacked(_Checked):
    """What a packed file of ``size`` bytes holds, as long as that is believable."""

    def __init__(self, inner: IO[bytes], size: int) -> None:
        super().__init__(inner)
        self._most = max(_ALWAYS_ALLOWED, MOST_TIMES * size)
        self._read = 0

    def look(self, some: bytes) -> None:
        """See `_Checked.look`."""
        self._read += len(some)
        if self._read > self._most:
            raise Untrusted(
                f"it unpacks to more than {MOST_TIMES} times its size, which RDF hardly does."
                " If it is what it should be, unpack it first"
            )


def check_entities(text: str) -> None:
    """The same as `PlainEntities` for a text. Raises Untrusted."""
    checked = PlainEntities(io.BytesIO(text.encode("utf-8", "replace")))
    while checked.read(_READ):
        pass
