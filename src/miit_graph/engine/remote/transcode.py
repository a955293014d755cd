"""Writes an answer in a format that the other side lacks or writes badly, as it comes, by Oxigraph's own code."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any, cast

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.errors import EndpointFailed, QueryError
from miit_graph.engine.formats import Format
from miit_graph.engine.nesting import Brackets, TripleTerms
from miit_graph.engine.oxigraph import FORMATS
from miit_graph.engine.remote.body import Body
from miit_graph.engine.terms import Form

_TRUTH = {
    formats.JSON: '{{"head":{{}},"boolean":{}}}',
    formats.XML: '<?xml version="1.0"?><sparql xmlns="http://www.w3.org/2005/sparql-results#"><head></head>'
    "<boolean>{}</boolean></sparql>",
}
_BUFFER = 64 * 1024


class _Out(io.RawIOBase):
    """The file that Oxigraph writes to."""

    def __init__(self, put: Callable[[bytes], None]) -> None:
        self._put = put

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._put(bytes(data))
        return len(data)


class _Looked(io.RawIOBase):
    """A body that is looked at before anybody reads it."""

    def __init__(self, body: Body, looker: Brackets | TripleTerms) -> None:
        self._body = body
        self._looker = looker

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._body.readinto(buffer)
        self._looker.look(bytes(memoryview(buffer).cast("B")[:count]))
        return count


class _NodeNames(io.RawIOBase):
    """A table in XML, with the names that Virtuoso gives to blank nodes (``nodeID://b1``) made ones that may be."""

    _BEFORE, _AFTER = b"<bnode>nodeID://", b"<bnode>"

    def __init__(self, body: Body) -> None:
        self._body = body
        self._ready = b""
        self._held = b""
        self._over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._ready and not self._over:
            piece = self._body.read(_BUFFER) or b""
            self._over = not piece
            known = (self._held + piece).replace(self._BEFORE, self._AFTER)
            keep = 0 if self._over else len(self._BEFORE) - 1  # what may be the beginning of such a name
            cut = max(0, len(known) - keep)
            self._ready, self._held = known[:cut], known[cut:]
        view = memoryview(buffer).cast("B")
        taken, self._ready = self._ready[: len(view)], self._ready[len(view) :]
        view[: len(taken)] = taken
        return len(taken)


def transcode(body: Body, form: Form, source: Format, target: Format, put: Callable[[bytes], None]) -> None:
    """Give what ``body`` says in ``source`` to ``put``, in ``target``.

    Raises a QueryError if the body fails or isn't what it should be, and whatever ``put`` raises.
    """
    trouble: list[BaseException] = []

    def watched(data: bytes) -> None:
        try:
            put(data)
        except BaseException as error:
            trouble.append(error)
            raise

    out: io.BufferedWriter[Any] = io.BufferedWriter(_Out(watched), _BUFFER)
    try:
        lines: io.BufferedReader[Any] = io.BufferedReader(_readable(body, source), _BUFFER)
        if form.is_graph:
            _graph(lines, source, target, out)
        else:
            _table(lines, form, source, target, out)
        out.flush()
    except QueryError:
        raise
    except (SyntaxError, ValueError, OSError) as error:
        if trouble:
            raise trouble[0] from None
        if body.trouble is not None:
            raise body.trouble.with_traceback(None) from None
        raise EndpointFailed(f"what it answers is not {source.label} as it should be") from error


def _readable(body: Body, source: Format) -> io.RawIOBase:
    """The body as Oxigraph's readers can take it."""
    if source is formats.XML:
        return _NodeNames(body)
    return _Looked(body, TripleTerms() if source is formats.N_TRIPLES else Brackets())


def _graph(lines: io.BufferedReader[Any], source: Format, target: Format, out: io.BufferedWriter[Any]) -> None:
    quads = cast("Iterator[ox.Quad]", ox.parse(lines, format=cast("ox.RdfFormat", FORMATS[source])))
    try:
        ox.serialize(quads, cast("io.BytesIO", out), format=cast("ox.RdfFormat", FORMATS[target]))
    finally:
        del quads  # pyoxigraph's objects must end in their thread, and an exception keeps the frame


def _table(
    lines: io.BufferedReader[Any], form: Form, source: Format, target: Format, out: io.BufferedWriter[Any]
) -> None:
    results = ox.parse_query_results(lines, format=cast("ox.QueryResultsFormat", FORMATS[source]))
    try:
        if form is Form.ASK:
            # Virtuoso 7 says it as a table with one cell, 1 or 0, or without rows.
            if isinstance(results, ox.QueryBoolean):
                truth = bool(results)
            else:
                row = next(results, None)
                truth = row is not None and getattr(row[0], "value", "") in ("1", "true")
            out.write(_TRUTH[target].format("true" if truth else "false").encode())
        elif isinstance(results, ox.QueryBoolean):
            raise EndpointFailed("it answers a SELECT with yes or no")
        else:
            results.serialize(cast("io.BytesIO", out), format=cast("ox.QueryResultsFormat", FORMATS[target]))
    finally:
        del results  # as above
    while lines.read(_BUFFER):  # what follows the end of the document, so that the end of the message is seen
        pass
