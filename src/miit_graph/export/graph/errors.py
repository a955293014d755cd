"""What can be wrong with a request for a graph file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

_LISTED = 40
_NEAR = 8


class OptionError(ValueError):
    """An option has a value that can't be used; the message says which one and what is possible.

    ``option`` is the option's name as users write it, ``value`` what they wrote, ``expected`` what it should be,
    ``near`` the possible values if they are few, else those that are like ``value``; ``total`` how many there are.
    """

    def __init__(
        self, option: str, value: str, expected: str, possible: Iterable[str] = (), total: int | None = None
    ) -> None:
        """``possible`` are the values there are; only a part of ``total``, if that is given."""
        self.option, self.value, self.expected = option, value, expected
        found = tuple(possible)
        self.total = len(found) if total is None else total
        self.near = found if len(found) <= _LISTED else _like(value, found)
        super().__init__(f"{option}={value!r}: expected {expected}.{self._hint()}")

    def __reduce__(self) -> tuple[type[OptionError], tuple[object, ...]]:
        return type(self), (self.option, self.value, self.expected, self.near, self.total)

    def _hint(self) -> str:
        if not self.total:
            return ""
        if self.total <= _LISTED:
            return f" Possible: {', '.join(self.near)}."
        return f" Near to it: {', '.join(self.near)}." if self.near else f" There are {self.total} to choose from."


class UnknownName(OptionError):
    """An option names something that the dataset doesn't have."""


class GraphTooLarge(ValueError):
    """The graph asked for has more nodes and edges than allowed."""

    def __init__(self, nodes: int, edges: int, most: int) -> None:
        self.nodes, self.edges, self.most = nodes, edges, most
        super().__init__(f"{nodes:,} nodes and {edges:,} edges are more than {most:,} together.")

    def __reduce__(self) -> tuple[type[GraphTooLarge], tuple[object, ...]]:
        return type(self), (self.nodes, self.edges, self.most)


def _like(value: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names most like `value`, whatever their prefixes and capitals; prefixed names if there are any."""
    by_end: dict[str, list[str]] = {}
    short = [name for name in names if "/" not in name]
    for name in short or names:
        by_end.setdefault(_end(name), []).append(name)
    found = get_close_matches(_end(value), by_end, n=_NEAR, cutoff=0.5)
    return tuple(name for end in found for name in by_end[end])[:_NEAR]


def _end(name: str) -> str:
    """The local part of a prefixed name or IRI."""
    return re.split("[#/:]", name.rstrip("#/:"))[-1].casefold()
