"""Compresses answers on their way out, piece by piece, for clients that ask for it: zstd, brotli, gzip."""

from __future__ import annotations

import json
import sys
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import brotli  # type: ignore[import-untyped]

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SMALLEST = 1_000
"""Bytes below which compressing isn't worth it."""
_COMPRESSIBLE = ("text/", "application/sparql-results", "application/json", "application/xml", "application/n-")
_ALSO = (
    *("application/rdf+xml", "application/ld+json", "application/trig", "application/problem+json", "image/svg+xml"),
    *("application/gexf+xml", "application/graphml+xml"),
)
_FLUSH_SECONDS = 0.25
# 5 MB of JSON results, processor time and what is left of the size: zstd 10 ms, 5.7 %; gzip 35 ms, 5.9 %; brotli 65 ms,
# 5.3 %. The next levels take 5, 1.3 and 2 times as long for at most 0.7 points.
_GZIP_LEVEL, _ZSTD_LEVEL, _BROTLI_QUALITY = 4, 3, 4
_NOT_ACCEPTABLE = {
    "type": "/problems#not-acceptable",
    "title": "No format fits",
    "status": 406,
    "detail": "The Accept-Encoding header allows none of zstd, br, gzip and identity. Allow one of them.",
}


class _Compressor(Protocol):
    def add(self, data: bytes, *, flush: bool) -> bytes: ...

    def end(self) -> bytes: ...


class _Gzip:
    def __init__(self) -> None:
        self._state = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)

    def add(self, data: bytes, *, flush: bool) -> bytes:
        packed = self._state.compress(data)
        return packed + self._state.flush(zlib.Z_SYNC_FLUSH) if flush else packed

    def end(self) -> bytes:
        return self._state.flush()


class _Zstd:
    def __init__(self) -> None:
        self._state = zstd.ZstdCompressor(_ZSTD_LEVEL)

    def add(self, data: bytes, *, flush: bool) -> bytes:
        state = self._state
        return state.compress(data, state.FLUSH_BLOCK if flush else state.CONTINUE)

    def end(self) -> bytes:
        return self._state.flush()


class _Brotli:
    def __init__(self) -> None:
        self._state = brotli.Compressor(quality=_BROTLI_QUALITY)

    def add(self, data: bytes, *, flush: bool) -> bytes:
        packed: bytes = self._state.process(data)
        return packed + self._state.flush() if flush else packed

    def end(self) -> bytes:
        packed: bytes = self._state.finish()
        return packed


_COMPRESSORS: dict[str, Callable[[], _Compressor]] = {"zstd": _Zstd, "br": _Brotli, "gzip": _Gzip}
CODINGS = tuple(_COMPRESSORS)
"""The content codings on offer: among those a client likes equally, the first is taken (fastest, smallest, oldest)."""


class Choice(NamedTuple):
    """The coding a client likes best, or empty if that is none (identity); ``forced`` if it takes nothing else."""

    coding: str
    forced: bool = False

    def fits(self, size: int) -> str:
        """The coding for a body of ``size`` bytes; empty if it is to be sent as it is."""
        return self.coding if self.forced or size >= SMALLEST else ""

    @property
    def impossible(self) -> bool:
        """Whether the client takes nothing that is on offer."""
        return self.forced and not self.coding


@lru_cache(maxsize=256)
def choose_coding(accept_encoding: str) -> Choice:
    """What to send to a client with this Accept-Encoding header (RFC 9110 section 12.5.3)."""
    taken: dict[str, float] = {}
    for item in accept_encoding.lower().split(","):
        name, _, weight = item.partition(";")
        key, _, value = weight.partition("=")
        try:
            quality = float(value) if key.strip() == "q" else 1.0
        except ValueError:
            quality = 0.0
        if name.strip():
            taken[{"x-gzip": "gzip"}.get(name.strip(), name.strip())] = quality if 0 <= quality <= 1 else 0.0
    others = taken.get("*", 0.0)
    identity = taken.get("identity", taken.get("*", 1.0))
    best = max(CODINGS, key=lambda coding: taken.get(coding, others))
    liked = taken.get(best, others)
    if liked <= 0 or liked < taken.get("identity", 0.0):  # identity counts as a wish only if it is named
        return Choice("", forced=identity <= 0)
    return Choice(best, forced=identity <= 0)


def is_compressible(content_type: str) -> bool:
    """Whether a body of this type gets smaller."""
    return content_type.startswith(_COMPRESSIBLE) or content_type.startswith(_ALSO)


def tag_of(etag: str, coding: str) -> str:
    """The entity tag of a compressed form: a strong one must tell it from the others."""
    return f'{etag[:-1]}-{coding}"' if coding and etag.endswith('"') else etag


def plain_tags(tags: str) -> str:
    """Entity tags without what `tag_of` has added to them."""
    for coding in CODINGS:
        tags = tags.replace(f'-{coding}"', '"')
    return tags


def pack(body: bytes, coding: str) -> bytes:
    """A whole body compressed."""
    compressor = _COMPRESSORS[coding]()
    return compressor.add(body, flush=False) + compressor.end()


class Compression:
    """WSGI middleware that compresses what is worth it."""

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        choice = choose_coding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if choice.impossible:
            headers = [("Content-Type", "application/problem+json"), ("Vary", "Accept-Encoding")]
            start_response("406 NOT ACCEPTABLE", [*headers, ("Accept-Encoding", ", ".join(CODINGS))])
            return [json.dumps(_NOT_ACCEPTABLE).encode()]
        if "HTTP_IF_NONE_MATCH" in environ:
            environ["HTTP_IF_NONE_MATCH"] = plain_tags(environ["HTTP_IF_NONE_MATCH"])
        coding = ""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            nonlocal coding
            fields = {name.lower(): value for name, value in headers}
            unchanged = status.startswith("304")
            if is_compressible(fields.get("content-type", "")) or unchanged:
                if (
                    environ["REQUEST_METHOD"] != "HEAD"
                    and "content-encoding" not in fields
                    # Ranges count the bytes of the file as it is, so such a body is always sent so.
                    and "accept-ranges" not in fields
                    and "content-range" not in fields
                ):
                    coding = choice.fits(int(fields.get("content-length", SMALLEST)))
                headers = _changed(headers, coding, unchanged=unchanged)
                coding = "" if unchanged else coding
            return start_response(status, headers, exc_info)

        body = self._application(environ, start)
        return Compressed(body, coding) if coding else body


def _changed(headers: list[tuple[str, str]], coding: str, *, unchanged: bool) -> list[tuple[str, str]]:
    changed = []
    varies = False
    for name, value in headers:
        key = name.lower()
        if key == "vary":
            varies = True
            value = value if "accept-encoding" in value.lower() else f"{value}, Accept-Encoding"
        elif coding and key == "content-length" and not unchanged:
            continue
        elif coding and key == "etag":
            value = tag_of(value, coding)
        changed.append((name, value))
    if not varies:
        changed.append(("Vary", "Accept-Encoding"))
    if coding and not unchanged:
        changed.append(("Content-Encoding", coding))
    return changed


class Compressed:
    """A body in a content coding. The first piece leaves at once, and so does one that was long in coming; the others
    when there is enough to be worth a piece."""

    def __init__(self, body: Iterable[bytes], coding: str) -> None:
        self._body = body
        self._compressor = _COMPRESSORS[coding]()

    def __iter__(self) -> Iterator[bytes]:
        flushed = 0.0
        for part in self._body:
            late = time.monotonic() - flushed > _FLUSH_SECONDS
            packed = self._compressor.add(part, flush=late)
            flushed = time.monotonic() if late else flushed
            if packed:
                yield packed
        yield self._compressor.end()

    def close(self) -> None:
        """Close the body."""
        close = getattr(self._body, "close", None)
        if close is not None:
            close()
