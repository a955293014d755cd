"""How deep an answer is nested, told as it comes: Oxigraph's readers take quadratic time, and at last the whole stack.

A table in JSON has six levels; each triple term in a triple term (RDF 1.2) adds two. What another engine answers, or
what a file held, may be nested as deep as it is long: ten thousand levels would end the process that reads them.
"""

from __future__ import annotations

import re

DEEPEST = 128
"""Levels that are read."""
_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class TooDeep(ValueError):
    """The document is nested deeper than `DEEPEST`."""

    def __init__(self) -> None:
        super().__init__(f"nested deeper than {DEEPEST} levels")


class Brackets:
    """Looks at a JSON document in pieces."""

    def __init__(self) -> None:
        self._open = b""
        self._in_text = False
        self._held = b""

    def look(self, piece: bytes) -> None:
        """Take the next bytes. Raises TooDeep."""
        piece = _ESCAPED.sub(b"", self._held + piece)
        self._held = piece[-1:] if piece.endswith(b"\\") else b""
        outside = piece.split(b'"')
        start = int(self._in_text)
        self._in_text = (len(outside) - 1 + start) % 2 == 1
        brackets = self._open + b"".join(outside[start::2]).translate(None, _NO_BRACKETS)
        for _ in range(DEEPEST):  # each round takes the innermost pairs away
            shorter = brackets.replace(b"{}", b"").replace(b"[]", b"")
            if len(shorter) == len(brackets):
                break
            brackets = shorter
        if len(brackets) > DEEPEST:
            raise TooDeep
        self._open = brackets


class TripleTerms:
    """Looks at N-Triples in pieces; the sign of a triple term counts in a text too."""

    _SIGN = b"<<("

    def __init__(self) -> None:
        self._count = 0
        self._held = b""

    def look(self, piece: bytes) -> None:
        """Take the next bytes. Raises TooDeep."""
        piece = self._held + piece
        self._held = piece[1 - len(self._SIGN) :]  # shorter than the sign, so nothing is counted twice
        if not self._count and self._SIGN not in piece:
            return
        for number, line in enumerate(piece.split(b"\n")):
            self._count = line.count(self._SIGN) + (0 if number else self._count)
            if self._count > DEEPEST:
                raise TooDeep


def checked(document: bytes, looker: Brackets | TripleTerms) -> bytes:
    """The whole document, after a look at it. Raises TooDeep."""
    looker.look(document)
    return document
