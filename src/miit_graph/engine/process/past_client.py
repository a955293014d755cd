"""Engines of earlier versions as a web process sees them; see `miit_graph.engine.process.past`."""

from __future__ import annotations

import json
import logging
import socket
import threading
from collections import OrderedDict
from collections.abc import Iterator

from miit_graph.engine.api import Answer, Engine, Gone, Limits, Query
from miit_graph.engine.errors import EngineBusy, EngineUnavailable
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Allow, Refuse, examine
from miit_graph.engine.process.client import ProcessEngine

_log = logging.getLogger(__name__)
_SHORT = 2 * 1024
_WORKERS, _EXPRESS, _QUEUE = 8, 4, 16


class PastEngines:
    """Gives engines of earlier versions, each as long as a query needs it. ``most`` are remembered."""

    def __init__(self, path: str, most: int) -> None:
        self._path = path
        self._most = most
        self._known: OrderedDict[str, ProcessEngine] = OrderedDict()
        self._lock = threading.Lock()

    def engine(self, number: int, version: str) -> Engine:
        """The engine of the version with a number, whose data have the name ``version``."""
        return _PastEngine(self, number, version)

    def lease(self, number: int, seconds: float) -> tuple[socket.socket, ProcessEngine]:
        """An engine that is kept until the socket is closed. Raises EngineBusy, EngineUnavailable."""
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            connection.settimeout(seconds)
            connection.connect(self._path)
            connection.sendall(f"{number}\n".encode())
            with connection.makefile("rb") as lines:
                told = json.loads(lines.readline() or b"{}")
            if told.get("busy"):
                raise EngineBusy
            if "path" not in told:
                _log.error("the engine of version %s could not be started: %s", number, told.get("error", "no answer"))
                raise EngineUnavailable
            return connection, self._engine(told["path"])
        except OSError:
            connection.close()
            raise EngineUnavailable from None
        except BaseException:
            connection.close()
            raise

    def _engine(self, path: str) -> ProcessEngine:
        with self._lock:
            found = self._known.get(path)
            if found is None:
                found = self._known[path] = ProcessEngine(path, workers=_WORKERS, express=_EXPRESS, queue=_QUEUE)
            self._known.move_to_end(path)
            gone = [self._known.popitem(last=False)[1] for _ in range(len(self._known) - self._most)]
        for old in gone:
            old.close()
        return found


class _PastEngine:
    """One earlier version; see `miit_graph.engine.api.Engine`."""

    def __init__(self, engines: PastEngines, number: int, version: str) -> None:
        self._engines = engines
        self._number = number
        self.version = version

    def examine(self, text: str, limits: Limits) -> Allow | Refuse:
        if len(text) <= _SHORT or len(text) > limits.query_bytes:
            return examine(text, limits)  # so that what is remembered is answered without an engine
        connection, engine = self._engines.lease(self._number, limits.seconds)
        with connection:
            return engine.examine(text, limits)

    def run(self, query: Query, format: Format, limits: Limits, gone: Gone | None = None) -> Answer:
        connection, engine = self._engines.lease(self._number, limits.seconds)
        try:
            return _Leased(engine.run(query, format, limits, gone), connection)
        except BaseException:
            connection.close()
            raise


class _Leased:
    """An answer that lets go of its engine when it has come to its end."""

    def __init__(self, answer: Answer, connection: socket.socket) -> None:
        self._answer = answer
        self._connection = connection
        self.form, self.format, self.length, self.version = answer.form, answer.format, answer.length, answer.version

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._answer)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        self._answer.close()
        self._connection.close()
