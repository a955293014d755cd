"""Compresses answers on their way out (gzip), piece by piece, for clients that ask for it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SMALLEST = 1_000
_GZIP = 16 + zlib.MAX_WBITS
_LEVEL = 4  # nearly as small as 6 on results, and twice as fast
_COMPRESSIBLE = ("text/", "application/sparql-results", "application/json", "application/xml", "application/n-")
_ALSO = (
    *("application/rdf+xml", "application/ld+json", "application/trig", "application/problem+json", "image/svg+xml"),
    *("application/gexf+xml", "application/graphml+xml"),
)
_TAG = '-gzip"'
"""A strong validator must tell the compressed answer from the other: its tag gets this ending."""


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether gzip is among the encodings that a client takes (RFC 9110 section 12.5.3)."""
    if "gzip" not in accept_encoding and "*" not in accept_encoding:
        return False
    taken: dict[str, bool] = {}
    for item in accept_encoding.lower().split(","):
        name, _, quality = item.partition(";")
        try:
            taken[name.strip()] = float(quality.partition("=")[2] or 1) > 0
        except ValueError:
            taken[name.strip()] = False
    return taken.get("gzip", taken.get("*", False))


def is_compressible(content_type: str) -> bool:
    """Whether a body of this type gets smaller."""
    return content_type.startswith(_COMPRESSIBLE) or content_type.startswith(_ALSO)


def tag_of_gzip(etag: str) -> str:
    """The entity tag of the compressed form."""
    return etag[:-1] + _TAG if etag.endswith('"') else etag


def pack(body: bytes) -> bytes:
    """A whole body compressed."""
    return gzip.compress(body, _LEVEL, mtime=0)


class Compression:
    """WSGI middleware that compresses what is worth it."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        wanted = accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if _TAG in environ.get("HTTP_IF_NONE_MATCH", ""):
            environ["HTTP_IF_NONE_MATCH"] = environ["HTTP_IF_NONE_MATCH"].replace(_TAG, '"')
        compressing = False

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            nonlocal compressing
            fields = {name.lower(): value for name, value in headers}
            if is_compressible(fields.get("content-type", "")) or status.startswith("304"):
                compressing = (
                    wanted
                    and environ["REQUEST_METHOD"] != "HEAD"
                    and "content-encoding" not in fields
                    and "accept-ranges" not in fields  # ranges count the bytes of the file as it is
                    and int(fields.get("content-length", SMALLEST)) >= SMALLEST
                )
                headers = _changed(headers, compressing and not status.startswith("304"), wanted)
                compressing = compressing and not status.startswith("304")
            return start_response(status, headers, exc_info)

        body = self._application(environ, start)
        return Compressed(body) if compressing else body


def _changed(headers: list[tuple[str, str]], compressing: bool, wanted: bool) -> list[tuple[str, str]]:
    changed = []
    varies = False
    for name, value in headers:
        key = name.lower()
        if key == "vary":
            varies = True
            value = value if "accept-encoding" in value.lower() else f"{value}, Accept-Encoding"
        elif compressing and key == "content-length":
            continue
        elif compressing and key == "etag":
            value = tag_of_gzip(value)
        changed.append((name, value))
    if not varies:
        changed.append(("Vary", "Accept-Encoding"))
    if compressing:
        changed.append(("Content-Encoding", "gzip"))
    return changed


class Compressed:
    """A body as gzip; the first pieces leave at once, later ones when there is enough to be worth a piece."""

    def __init__(self, body: Iterable[bytes]) -> None:
        self._body = body
        self._compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)

    def __iter__(self) -> Iterator[bytes]:
        first = True
        for part in self._body:
            packed = self._compressor.compress(part)
            if first:
                packed += self._compressor.flush(zlib.Z_SYNC_FLUSH)
                first = False
            if packed:
                yield packed
        yield self._compressor.flush()

    def close(self) -> None:
        """Close the body."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
