"""Complete answers kept in memory, so that a query that was asked before costs the engine nothing.

One per web process, bounded in bytes; what was not used for the longest time goes first. The key names everything the
answer depends on (version of the data, query, dataset, format), so an entry is never wrong, only unused.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field

from miit_graph.engine.api import Answer, Form, Query
from miit_graph.engine.formats import Format
from miit_graph.web.compression import pack
from miit_graph.web.how import Header

Key = tuple[str, Query, str]
"""Version of the data, the query with its dataset, and the Content-Type it is answered in."""

_OVERHEAD = 1_000
"""Bytes that an entry takes besides its body, its compressed forms and its query, roughly."""


@dataclass(slots=True)
class Stored:
    """A complete answer, and its compressed forms once somebody has asked for them."""

    body: bytes
    headers: tuple[Header, ...] = ()
    """Those that can't be told without making the answer."""
    _packed: dict[str, bytes] = field(default_factory=dict)

    def known(self, coding: str) -> bytes | None:
        """The body in a content coding, if that is here."""
        return self._packed.get(coding) if coding else self.body

    def packed(self, coding: str) -> bytes:
        """The body in a content coding: compressed once, as long as all forms have room in what is counted for them."""
        found = self._packed.get(coding)
        if found is None:
            found = pack(self.body, coding)
            if len(found) + sum(map(len, self._packed.values())) <= len(self.body) // 2:
                self._packed[coding] = found
        return found


class AnswerCache:
    """At most ``most`` bytes of answers; one answer may take a quarter of that."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.most_each = most // 4
        self._entries: OrderedDict[Key, Stored] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0

    def get(self, key: Key) -> Stored | None:
        """The answer, if it is here."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None:
                self._entries.move_to_end(key)
            return found

    def put(self, key: Key, body: bytes, headers: tuple[Header, ...] = ()) -> None:
        """Keep an answer, unless it is too large; see `Stored` for ``headers``."""
        if len(body) > self.most_each:
            return
        with self._lock:
            self._forget(key)
            self._entries[key] = Stored(body, headers)
            self.bytes += _size(key, body)
            while self.bytes > self._most:
                self._forget(next(iter(self._entries)))

    def _forget(self, key: Key) -> None:
        known = self._entries.pop(key, None)
        if known is not None:
            self.bytes -= _size(key, known.body)


def _size(key: Key, body: bytes) -> int:
    # Half as much again for the compressed forms, whether they are there yet or not.
    return len(body) * 3 // 2 + len(key[1].text) + _OVERHEAD


class Kept:
    """Passes an answer on, and keeps it in the cache if it comes to its good end and is not too large."""

    def __init__(self, answer: Answer, cache: AnswerCache, key: Key) -> None:
        self._answer = answer
        self._cache = cache
        self._key = key
        self._parts: list[bytes] | None = []
        self._size = 0
        self.form: Form = answer.form
        self.format: Format = answer.format
        self.length = answer.length
        self.version = answer.version

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            part = next(self._answer)
        except StopIteration:
            if self._parts is not None:
                self._cache.put(self._key, b"".join(self._parts))
                self._parts = None
            raise
        if self._parts is not None:
            self._parts.append(part)
            self._size += len(part)
            if self._size > self._cache.most_each:
                self._parts = None
        return part

    def close(self) -> None:
        """Stop the work."""
        self._parts = None
        self._answer.close()
