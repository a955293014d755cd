"""Remembers which kinds of query are quick, so that workers can be kept for them.

Under a crowd of heavy queries most of the engine process's time goes into new workers for those that were ended, and
who needs one waits for all before him. Who asks what was quick the last time need not stand in that line.
"""

from __future__ import annotations

import re

QUICK_SECONDS = 0.1
_MOST = 8_192
_PARTICULARS = re.compile(r"""<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*|\d+""")
_LONGEST = 2_000


def kind_of(text: str) -> int:
    """The same number for queries that differ only in IRIs, strings, numbers and comments; 0 for long ones.

    It need not be right, as nothing but the order of service depends on it.
    """
    return hash(_PARTICULARS.sub("", text)) if len(text) <= _LONGEST else 0


class Quick:
    """The kinds of query that were quick the last time."""

    def __init__(self) -> None:
        self._known: dict[int, None] = {}

    def __contains__(self, kind: int) -> bool:
        return kind in self._known

    def note(self, kind: int, seconds: float, *, well: bool) -> None:
        """A query of this kind took so long, and ended ``well`` or not."""
        if not kind:
            return
        if not well or seconds > QUICK_SECONDS:
            self._known.pop(kind, None)
        elif kind not in self._known:
            self._known[kind] = None
            if len(self._known) > _MOST:
                self._known.pop(next(iter(self._known)), None)
