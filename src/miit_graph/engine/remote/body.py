"""The bytes of an answer as they come, and whether they are all: a part must never be taken for the whole.

Seen with the engines that were tried: Oxigraph 0.5 ends an answer that ran out of time with status 200, a proper end of
the HTTP message, and a sentence where the next row would be; Virtuoso 7 tells of answers that it cut off in headers of
its own.
"""

from __future__ import annotations

import codecs
import io
import time
from collections.abc import Iterator
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError

from miit_graph.engine import formats
from miit_graph.engine.errors import EndpointFailed, QueryError, ResultTooLarge, TimeLimitExceeded
from miit_graph.engine.formats import Format
from miit_graph.engine.remote.client import Line

_PIECE = 64 * 1024
_TAIL = 256
_CANCELLED = b"The SPARQL operation has been cancelled"
_ENDS: dict[Format, tuple[bytes, ...]] = {
    formats.JSON: (b"}",),
    formats.XML: (b"</sparql>",),
    formats.RDF_XML: (b">",),
    formats.JSON_LD: (b"}", b"]"),
    formats.TURTLE: (b".", b"}"),
    formats.TRIG: (b".", b"}"),
    formats.N_TRIPLES: (b".",),
    formats.N_QUADS: (b".",),
}
_BEGINNINGS: dict[Format, tuple[bytes, ...]] = {
    formats.JSON: (b"{",),
    formats.XML: (b"<",),
    formats.RDF_XML: (b"<",),
    formats.JSON_LD: (b"{", b"["),
}
_CLOSED = (formats.JSON, formats.XML, formats.RDF_XML, formats.JSON_LD)
"""Formats whose text shows that it has come to its end."""


def check_headers(response: urllib3.BaseHTTPResponse, format: Format) -> None:
    """Raise a QueryError if the headers of a good answer tell that it is not all, or not what was asked for."""
    headers = response.headers
    if headers.get("X-SQL-State") or headers.get("X-SPARQL-MaxRows") or response.status == 206:
        raise TimeLimitExceeded.remote()
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in format.media_types:
        raise EndpointFailed(f"asked for {format.media_type} it answers with {kind[:80] or 'no media type'}")
    framed = "Content-Length" in headers or "chunked" in headers.get("Transfer-Encoding", "").lower()
    if not framed and format not in _CLOSED:
        raise EndpointFailed("it does not say where its answer ends, so that a part could be taken for the whole")


class Body(io.RawIOBase):
    """The answer in ``response``, within limits of time (``until``, on the monotonic clock) and of bytes.

    Iterate over it, or read it as a file. Raises a QueryError if it breaks off, also if that only shows at its end.
    """

    def __init__(
        self, response: urllib3.BaseHTTPResponse, format: Format, line: Line, *, seconds: float, most: int
    ) -> None:
        self._response = response
        self._format = format
        self._line = line
        self._seconds = seconds
        self.until = time.monotonic() + seconds
        self._most = most
        self._left_over = b""
        self._pieces = self._read_pieces()
        self.trouble: QueryError | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, buffer: Any) -> int:
        """The next bytes, as a file gives them."""
        view = memoryview(buffer).cast("B")
        if not self._left_over:
            try:
                self._left_over = next(self._pieces, b"")
            except QueryError as error:
                self.trouble = error
                raise
        taken = self._left_over[: len(view)]
        view[: len(taken)] = taken
        self._left_over = self._left_over[len(taken) :]
        return len(taken)

    def _read_pieces(self) -> Iterator[bytes]:
        total, held = 0, b""
        text = codecs.getincrementaldecoder("utf-8")()
        while piece := self._piece():
            self._check_text(text, piece, first=total == 0)
            total += len(piece)
            if total > self._most:
                raise ResultTooLarge(self._most)
            held += piece
            if len(held) > _TAIL:
                yield held[:-_TAIL]
                held = held[-_TAIL:]
        self._line.end()
        self._check_end(held, total)
        if held:
            yield held

    def _piece(self) -> bytes:
        if time.monotonic() > self.until:
            raise TimeLimitExceeded(self._seconds)
        try:
            return self._response.read1(_PIECE)
        except urllib3.exceptions.ReadTimeoutError:
            raise TimeLimitExceeded(self._seconds) from None
        except (HTTPError, OSError, ValueError):
            raise EndpointFailed("it broke off in the middle of its answer") from None

    def _check_text(self, decoder: codecs.IncrementalDecoder, piece: bytes, *, first: bool) -> None:
        """Raise EndpointFailed for what is no text at all, or doesn't begin as its format must."""
        begins = _BEGINNINGS.get(self._format)
        begun = piece.removeprefix(codecs.BOM_UTF8).lstrip()
        try:
            decoder.decode(piece)
            good = b"\0" not in piece and (not first or not begins or not begun or begun.startswith(begins))
        except UnicodeDecodeError:
            good = False
        if not good:
            raise EndpointFailed(f"what it answers is not {self._format.label}")

    def _check_end(self, tail: bytes, total: int) -> None:
        end = tail.rstrip()
        if end.endswith(_CANCELLED):
            raise TimeLimitExceeded.remote()
        if self._format in (formats.CSV, formats.TSV):
            whole = tail.endswith(b"\n")
        elif total == 0 or not end:
            whole = self._format not in _CLOSED
        else:
            last = end[end.rfind(b"\n") + 1 :]
            whole = end.endswith(_ENDS[self._format]) or last.startswith((b"#", b"@", b"PREFIX"))
        if not whole:
            raise EndpointFailed(f"its answer ends where {self._format.label} cannot end")

    def close(self) -> None:
        """Give the connection up (its rest is not wanted), or back if all was read."""
        if not self.closed:
            self._response.close()
        super().close()
