"""Which endpoints a SERVICE clause may name.

An entry is the IRI of an endpoint, or, if it ends in ``/``, stands for every IRI that begins with it. IRIs are compared
character by character, as RDF compares them: another case, a default port, an escape make another IRI, which is not
allowed until it is named too. So there is nothing to normalise and no way around by spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_IRI = re.compile(r"https?://[^\x00-\x20<>\"{}|^`\\#]+\Z")
_DOTS = re.compile(r"(?:^|/)(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


def read_entry(text: str) -> str:
    """An entry as it was written. Raises ValueError if it is none."""
    if not _is_clear(text):
        raise ValueError(text)
    return text


def is_allowed(iri: str, entries: Iterable[str]) -> bool:
    """Whether one of the entries stands for this IRI."""
    return _is_clear(iri) and any(iri.startswith(entry) if entry.endswith("/") else iri == entry for entry in entries)


def _is_clear(iri: str) -> bool:
    """Whether an HTTP(S) IRI says without any doubt to whom a request goes, and where it goes there."""
    if not _IRI.match(iri):
        return False
    try:
        parts = urlsplit(iri)
        port = parts.port
    except ValueError:
        return False
    return bool(parts.hostname) and port != 0 and "@" not in parts.netloc and not _DOTS.search(parts.path)
