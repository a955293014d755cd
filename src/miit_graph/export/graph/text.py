"""Text that every format can carry, and short names."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters but tab and line feed, and what XML 1.0 (section 2.2) forbids."""
_NOT_NAME = re.compile(
    "[^A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u3005-\u3007\u3021-\ud7ff]+"
)
"""What is no letter or digit that an XML name may have."""


def clean(text: str) -> str:
    """`text` without control characters, and with line feeds only for line ends; all else stays, byte for byte."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def digest(*parts: str) -> str:
    """16 hexadecimal digits that stand for `parts`, always the same."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def joined(values: Iterable[str]) -> str:
    r"""Several values in one cell: ``a | b``, with ``\|`` and ``\\`` for a bar and a backslash inside a value."""
    return " | ".join(value.replace("\\", "\\\\").replace("|", "\\|") for value in values)


def cell(value: str | bool | int | float | tuple[str, ...]) -> str:
    """A value as text, for formats whose cells are text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return joined(value)
    return value if isinstance(value, str) else repr(value)


def split_iri(iri: str) -> tuple[str, str]:
    """Namespace and local name of an IRI, cut behind the last ``#``, ``/`` or ``:``."""
    cut = max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":")) + 1
    return iri[:cut], iri[cut:]


def local_name(iri: str) -> str:
    """The readable end of an IRI, or all of it where there is none."""
    return clean(unquote(split_iri(iri)[1])) or iri


class Shortener:
    """Short names of IRIs by a table of prefixes."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        # The longest namespace first: an IRI gets the prefix that leaves the least of it.
        self._prefixes = sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))

    def short(self, iri: str) -> str:
        """The prefixed name where a prefix leaves a plain ASCII local name, else the IRI itself."""
        found = self._parts(iri)
        return f"{found[0]}:{found[1]}" if found else iri

    def identifier(self, iri: str) -> str:
        """A name of letters, digits and underscores for a property's column: ``skos_altLabel``."""
        found = self._parts(iri)
        if found is None:
            namespace, local = split_iri(iri)
            found = split_iri(namespace.rstrip("#/:"))[1] or "x", local
        return _NOT_NAME.sub("_", f"{found[0]}_{unquote(found[1])}").strip("_") or "property"

    def token(self, iri: str) -> str:
        """An XML NMTOKEN that stands for this IRI only: its prefixed name, or a digest."""
        found = self._parts(iri)
        return f"{found[0]}:{found[1]}" if found else f"n-{digest(iri)}"

    def _parts(self, iri: str) -> tuple[str, str] | None:
        for prefix, namespace in self._prefixes:
            if iri.startswith(namespace) and re.fullmatch(r"[A-Za-z0-9_.-]+", local := iri[len(namespace) :]):
                return prefix, local
        return None
