"""The same front calling Oxigraph in its own process, for nothing but to see what the engine process costs.

    python -m benchmarks.serving.unprotected FILE PORT

Queries run on the event loop, so a long one stops everything, and nothing can stop it. Only short queries that go the
short way are answered as by the real server; each web process holds the graph for itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, cast

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from miit_graph.dataset import Selection, engine_for, open_dataset
from miit_graph.engine.api import Answer, Form, Limits, Query
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Allow, Refuse, examine
from miit_graph.engine.oxigraph import Source
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.settings import Settings
from miit_graph.vocabulary import STANDARD_PREFIXES
from miit_graph.web import create_app
from miit_graph.web.context import Context
from miit_graph.web.front.direct import Direct
from miit_graph.web.front.rsgi import Front
from miit_graph.web.wsgi import behind_front


class _Whole:
    """An answer that is here. Stands where the front expects a query that a worker has got."""

    over = True

    def __init__(self, body: bytes, form: Form, format: Format, version: str, ready: int) -> None:
        self.form, self.format, self.length, self.version = form, format, len(body), version
        self._body: bytes | None = body
        self._ready = ready

    def fileno(self) -> int:
        return self._ready

    def speaks(self) -> bool:
        return True

    def answer(self) -> Answer:
        return self

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> bytes:
        body, self._body = self._body, None
        if body is None:
            raise StopIteration
        return body

    def close(self) -> None:
        self._body = None


class _Here:
    """The part of the engine's client that the short way uses, without a process behind it."""

    def __init__(self, source: Source, version: str) -> None:
        self.version = version
        self._source = source
        self._ready, end = os.pipe()
        os.write(end, b".")

    def wants_worker(self) -> bool:
        return False

    def prepare(self) -> None: ...

    def examine(self, text: str, limits: Limits) -> Allow | Refuse:
        return examine(text, limits)

    def begin(self, query: Query, decision: Allow, format: Format, limits: Limits) -> Any:
        written = _Collected()
        self._source.evaluate(query, format, written, has_dataset=decision.has_dataset)
        return _Whole(bytes(written.body), decision.form, format, self.version, self._ready)


class _Collected:
    def __init__(self) -> None:
        self.body = bytearray()

    def write(self, data: bytes) -> int:
        self.body += data
        return len(data)

    def flush(self) -> None: ...


def front() -> Front:
    """What granian serves."""
    settings = Settings.from_environment()
    opened = open_dataset(Selection.from_settings(settings), settings)
    app = create_app(settings, engine_for(opened, settings), opened.about)
    context: Context = app.extensions["miit_graph"]
    here = _Here(Source(opened.store, STANDARD_PREFIXES), opened.version)
    front = behind_front(app, settings)
    front._direct = Direct(context, cast(ProcessEngine, here), lambda version: f'1; hash="{version}"')
    return front


if __name__ == "__main__":
    os.environ.update(Selection(data=(Path(sys.argv[1]),)).environment())
    Server(
        "benchmarks.serving.unprotected:front",
        address="127.0.0.1",
        port=int(sys.argv[2]),
        interface=Interfaces.RSGI,
        factory=True,
        workers=Settings.from_environment().processes(),
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()
