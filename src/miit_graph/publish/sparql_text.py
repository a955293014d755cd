"""Puts values into the text of SPARQL queries: the only place where text and values meet.

IRIs that SPARQL cannot write are refused, never repaired (an IRI that was changed names something else); literals are
escaped (SPARQL 1.1 Query, section 19.7).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f-\x9f]*")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})


class NotAnIri(ValueError):
    """A text that can't stand between < and > as an absolute IRI."""


def iri(value: str) -> str:
    """``<value>``. Raises NotAnIri unless ``value`` is an absolute IRI (RFC 3987) that SPARQL can write as it is."""
    if not _IRI.fullmatch(value):
        raise NotAnIri(value)
    try:
        ox.NamedNode(value)
    except ValueError:
        raise NotAnIri(value) from None
    return f"<{value}>"


def is_iri(value: str) -> bool:
    """Whether `iri` takes ``value``."""
    try:
        iri(value)
    except NotAnIri:
        return False
    return True


def iris(values: Iterable[str]) -> str:
    """IRIs as the members of a VALUES block or an IN list without commas; raises NotAnIri."""
    return " ".join(map(iri, values))


def literal(value: str, language: str = "") -> str:
    """``"value"`` or ``"value"@language``. Raises ValueError for half a surrogate pair or a malformed language tag."""
    value.encode()
    if language and not _LANGUAGE.fullmatch(language):
        raise ValueError(f"{language!r} is not a language tag")
    text = "".join(f"\\u{ord(ch):04X}" if ord(ch) < 0x20 or ord(ch) == 0x7F else ch for ch in value.translate(_ESCAPES))
    return f'"{text}"' + (f"@{language}" if language else "")
