"""Remembers which kinds of query are quick, so that workers can be kept for them.

Under a crowd of heavy queries most of the engine process's time goes into new workers for those that were ended, and
who needs one waits for all before him. Who asks what was quick the last time need not stand in that line.
"""

from __future__ import annotations

import re
from functools import lru_cache

QUICK_SECONDS = 0.1
_SLOW_SECONDS = 1.0
"""What has been quick stays so until it takes so long: when the server is busy everything takes longer."""
_MOST = 8_192
_PARTICULARS = re.compile(r"""<[^<>\s]*>|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?|#.*|\d+""")
_LONGEST = 2_000
_EACH = 8
"""In calm times it is enough to look at one query in so many."""


@lru_cache(maxsize=64)
def _kind_of(text: str) -> int:
    """The same number for queries that differ only in IRIs, strings, numbers and comments; 0 for long ones.

    It need not be right, as nothing but the order of service depends on it.
    """
    return hash(_PARTICULARS.sub("", text)) if len(text) <= _LONGEST else 0


class Quick:
    """The kinds of query that were quick the last time."""

    def __init__(self) -> None:
        self._known: dict[int, None] = {}
        self._count = 0

    def __contains__(self, text: str) -> bool:
        return _kind_of(text) in self._known

    def note(self, text: str, seconds: float, *, well: bool, crowded: bool) -> None:
        """A query took so long, and ended ``well`` or not."""
        if not well or seconds > QUICK_SECONDS:
            if not well or seconds > _SLOW_SECONDS:
                self._known.pop(_kind_of(text), None)
            return
        self._count += 1
        if not crowded and self._count % _EACH:
            return
        kind = _kind_of(text)
        if kind and kind not in self._known:
            self._known[kind] = None
            if len(self._known) > _MOST:
                self._known.pop(next(iter(self._known)), None)
