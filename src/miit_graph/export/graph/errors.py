"""What can be wrong with a request for a graph file."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class OptionError(ValueError):
    """An option has a value that can't be used; the message says which one and what is possible.

    ``option`` is the option's name as users write it, ``value`` what they wrote, ``possible`` the values there are,
    as far as they can be listed.
    """

    def __init__(self, option: str, value: str, expected: str, possible: Iterable[str] = ()) -> None:
        self.option, self.value, self.possible = option, value, tuple(possible)
        super().__init__(f"{option}={value!r}: expected {expected}.{self._hint()}")

    def _hint(self) -> str:
        """The possible values, or the nearest ones where there are many."""
        if not self.possible:
            return ""
        if len(self.possible) <= 40:
            return f" Possible: {', '.join(self.possible)}."
        near = get_close_matches(self.value, self.possible, n=8, cutoff=0.4)
        return f" Near to it: {', '.join(near)}." if near else f" There are {len(self.possible)} to choose from."
