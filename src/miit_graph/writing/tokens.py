"""Who may write: tokens with names, of which only hashes are kept.

A line reads ``name:sha256:HEX``. A token has 256 random bits, so a single round of SHA-256 keeps it safe: there is
nothing to guess (a slow hash is for what people make up themselves). `make` gives a new one.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from miit_graph.access import mode_of, others_may_write
from miit_graph.versions.journal import BUILD

_LINE = re.compile(r"([A-Za-z0-9][A-Za-z0-9._@-]{0,63}):sha256:([0-9a-f]{64})", re.ASCII)
_BYTES = 32


class TokensError(ValueError):
    """What should name tokens doesn't; the text says where and what is expected."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a server: hash by name."""

    hashes: Mapping[str, bytes]

    @classmethod
    def read(cls, given: str) -> Self:
        """Tokens as lines (or separated by spaces), or from the file of this name. Raises TokensError."""
        where = "MIIT_GRAPH_TOKENS"
        text = given
        if given.strip() and ":sha256:" not in given:
            where = given.strip()
            try:
                text = Path(where).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                raise TokensError(
                    f"{where}: the file with the tokens cannot be read ({error.__class__.__name__})."
                    " If a token was meant: an entry reads name:sha256:HEX. Make one with: miit-graph token NAME"
                ) from None
            if others_may_write(Path(where)):
                raise TokensError(
                    f"{where}: others could add a token of their own (mode {mode_of(Path(where)):04o})."
                    f" Keep the file to its owner: chmod 600 {where}"
                )
        hashes: dict[str, bytes] = {}
        for number, line in enumerate(text.splitlines(), 1):
            for entry in line.partition("#")[0].split():
                found = _LINE.fullmatch(entry)
                if found is None:
                    raise TokensError(
                        f"{where}, line {number}: an entry reads name:sha256:HEX (64 hexadecimal digits)."
                        " Make one with: miit-graph token NAME"
                    )
                if found[1] == BUILD:
                    raise TokensError(f"{where}, line {number}: the name {BUILD} stands for builds from files.")
                if found[1] in hashes:
                    raise TokensError(f"{where}, line {number}: the name {found[1]} is given twice.")
                hashes[found[1]] = bytes.fromhex(found[2])
        if text.strip() and not hashes:
            raise TokensError(f"{where} names no token. Make one with: miit-graph token NAME")
        return cls(hashes)

    def __bool__(self) -> bool:
        return bool(self.hashes)

    def name(self, token: str) -> str | None:
        """The name that goes with a token; every comparison takes the same time, whatever the token is."""
        given = hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
        found = None
        for name, known in self.hashes.items():
            if hmac.compare_digest(given, known):
                found = name
        return found


def make(name: str) -> tuple[str, str]:
    """A new token, and the line that names it. Raises TokensError for a name that can't be one."""
    token = secrets.token_urlsafe(_BYTES)
    if name == BUILD:
        raise TokensError(f"{BUILD} is the author of what is built from files; take another name.")
    line = f"{name}:sha256:{hashlib.sha256(token.encode()).hexdigest()}"
    if not _LINE.fullmatch(line):
        raise TokensError(f"{name!r} can't be a name. Take letters, digits and . _ @ - (at most 64).")
    return token, line
