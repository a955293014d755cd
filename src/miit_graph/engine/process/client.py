"""The engine as the rest of the program sees it: a pool of connections to workers."""

from __future__ import annotations

import json
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from miit_graph.engine.api import Answer, Form, Gone, Limits, Query
from miit_graph.engine.errors import EngineBusy, EngineUnavailable, QueryError, TimeLimitExceeded
from miit_graph.engine.federation.plan import federate
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Allow, Refuse, examine
from miit_graph.engine.process import board, packets
from miit_graph.engine.process.calls import Call, ProcessAnswer
from miit_graph.engine.process.connection import Connection
from miit_graph.engine.process.places import Places
from miit_graph.engine.process.quick import Quick
from miit_graph.engine.spent import SPENT
from miit_graph.vocabulary import STANDARD_PREFIXES

_LOOK_SECONDS = 0.2
"""How often to look whether the client is still there while its query runs."""
_HELLO_SECONDS = 10.0
_EXPRESS_SECONDS = 0.75
_EXAMINE_HERE = 2 * 1024
"""Longer texts (characters) are examined by a worker: with a limit of 16 KiB a crowd of them held up all others."""
_EXAMINE_SECONDS = 5.0
_EXAMINE_MEMORY = 512 * 1024 * 1024
_REMEMBERED = 64
_MOST_IDLE = 32
_RESERVED = 2
"""So many of the workers that wait are kept for queries that were quick before."""


class ProcessEngine:
    """Runs queries in the workers of the engine process that listens at ``path``.

    In this process at most ``workers`` queries run at a time, and ``express`` more that have only a moment; ``queue``
    more wait, for at most ``queue_seconds``. While the engine process is away, requests wait for it for
    ``connect_seconds``. When another engine process takes its place, the next request goes to that one.
    """

    def __init__(
        self,
        path: str,
        *,
        workers: int = 32,
        express: int = 8,
        queue: int = 32,
        queue_seconds: float = 2.0,
        connect_seconds: float = 2.0,
    ) -> None:
        self._path = path
        self.connect_seconds = connect_seconds
        self.places = Places(workers, express, queue, queue_seconds)
        self._idle: list[Connection] = []
        self._quick = Quick()
        self._decisions: OrderedDict[tuple[str, Limits], Allow] = OrderedDict()
        """By text and those of the limits that decide; not by time, of which each request has another rest."""
        self._lock = threading.Lock()
        self._version = ""
        self._prefixes: tuple[str, Mapping[str, str]] | None = None
        self._board: board.Board | None = None
        self._posted = 0

    @property
    def version(self) -> str:
        """Names the state of the data; right at this moment, if the engine process has a host that posts it."""
        self._keep_up()
        if not self._version:
            self.give_back(self._connect())
        return self._version

    def _keep_up(self) -> None:
        """Leave the connections to an engine process that was replaced."""
        if self._board is None:
            try:
                self._board = board.Board(Path(self._path).with_name(board.NAME))
            except OSError:
                return
        if self._board.count == self._posted:
            return
        with self._lock:
            self._posted, version = self._board.read()
            self._version = version or self._version
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def about(self) -> Mapping[str, Any]:
        """What the engine process knows about its dataset (title, counts, graphs …)."""
        with Call(self, ["about", _EXAMINE_SECONDS, _EXAMINE_MEMORY], _EXAMINE_SECONDS) as call:
            about: Mapping[str, Any] = json.loads(b"".join(call))
            return about

    def _known_prefixes(self) -> Mapping[str, str]:
        version = self.version
        known = self._prefixes
        if known is None or known[0] != version:
            known = self._prefixes = version, self.about().get("prefixes", STANDARD_PREFIXES)
        return known[1]

    def examine(self, text: str, limits: Limits) -> Allow | Refuse:
        """Whether a query may run; see `miit_graph.engine.api.Engine.examine`."""
        if len(text) <= _EXAMINE_HERE or len(text) > limits.query_bytes:
            return examine(text, limits)
        key = text, Limits(query_bytes=limits.query_bytes, nesting=limits.nesting, services=limits.services)
        with self._lock:
            if known := self._decisions.get(key):
                self._decisions.move_to_end(key)
                return known
        seconds = min(_EXAMINE_SECONDS, limits.seconds)
        try:
            text.encode()
            with self._placed(seconds) as express:
                seconds = min(seconds, _EXPRESS_SECONDS) if express else seconds
                arguments = ["examine", seconds, _EXAMINE_MEMORY, text, limits.query_bytes, limits.nesting]
                arguments.append(limits.services)
                with Call(self, arguments, seconds) as call:
                    form, has_dataset, stable, federated = json.loads(b"".join(call))
        except UnicodeEncodeError:
            return examine(text, limits)
        except QueryError as error:
            return Refuse(error)
        decision = Allow(Form(form), has_dataset, stable, federated)
        with self._lock:
            self._decisions[key] = decision
            while len(self._decisions) > _REMEMBERED:
                self._decisions.popitem(last=False)
        return decision

    def run(self, query: Query, format: Format, limits: Limits, gone: Gone | None = None) -> Answer:
        """Start a query and wait for its first bytes; see `miit_graph.engine.api.Engine.run`."""
        began = time.monotonic()
        decision = self.examine(query.text, limits)
        if isinstance(decision, Refuse):
            raise decision.error.with_traceback(None)
        if decision.federated and not query.inlined:
            query = federate(self.run, query, decision.form, limits, self._known_prefixes(), gone)
        entered = time.monotonic()
        try:
            express = self.places.enter(max(0.0, limits.seconds - (entered - began)))
        finally:
            now = time.monotonic()
            SPENT.queue += now - entered
        seconds = max(0.01, limits.seconds - (now - began))
        return self._begin(query, decision, format, limits, seconds, express, gone).answer()

    @property
    def idle(self) -> int:
        """How many workers wait for a query of this process."""
        return len(self._idle)

    def wants_worker(self) -> bool:
        """Whether all that `begin` lacks to start any query is a worker that waits for one."""
        self._keep_up()
        return len(self._idle) <= _RESERVED and not self.places.full

    def prepare(self) -> None:
        """Have a worker wait for a query. Raises EngineUnavailable, EngineBusy."""
        self.give_back(self._connect())

    def begin(self, query: Query, decision: Allow, format: Format, limits: Limits) -> Pending | None:
        """Start a query, if that can be done without waiting for anything."""
        self._keep_up()
        if len(self._idle) <= _RESERVED and not (self._idle and query.text in self._quick):
            return None
        express = self.places.enter_now()
        if express is None:
            return None
        return self._begin(query, decision, format, limits, limits.seconds, express, None)

    def _begin(
        self,
        query: Query,
        decision: Allow,
        format: Format,
        limits: Limits,
        seconds: float,
        express: bool,
        gone: Gone | None,
    ) -> Pending:
        """Send the query to a worker. The place that was taken for it is left when it ends, and if this fails."""
        arguments = [
            "query",
            seconds,
            limits.memory_bytes,
            query.text,
            query.default_graphs,
            query.named_graphs,
            decision.has_dataset,
            decision.form.is_graph,
            format.name,
            limits.result_bytes,
            [tuple(item) for item in query.inlined],
        ]
        text, began = query.text, time.monotonic()
        crowded = len(self._idle) <= _RESERVED

        def ended(well: bool) -> None:
            self.places.leave()
            self._quick.note(text, time.monotonic() - began, well=well, crowded=crowded)

        try:
            most = _EXPRESS_SECONDS if express else math.inf
            call = Call(self, arguments, seconds, gone, ended, most, quick=crowded and text in self._quick)
        except BaseException:
            self.places.leave()
            raise
        return Pending(call, decision.form, format, limits.seconds, express)

    def close(self) -> None:
        """Let all idle workers go."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _placed(self, seconds: float) -> _Placed:
        return _Placed(self.places, seconds)

    def borrow(self, until: float, *, quick: bool = False) -> Connection:
        """A connection whose worker waits for a request; see `Connections.borrow`."""
        self._keep_up()
        while True:
            with self._lock:
                connection = self._idle.pop() if len(self._idle) > (0 if quick else _RESERVED) else None
            if connection is None:
                return self._connect(until)
            if _is_quiet(connection):
                return connection
            connection.close()

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose worker waits for a request."""
        with self._lock:
            if len(self._idle) < _MOST_IDLE and connection.posted == self._posted:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self, until: float | None = None) -> Connection:
        """A new connection. Raises EngineUnavailable if there is no engine process until then."""
        until = time.monotonic() + self.connect_seconds if until is None else until
        while True:
            self._keep_up()
            connection = Connection(self._posted)
            packets.widen(connection)
            connection.settimeout(max(0.1, until - time.monotonic()))
            try:
                connection.connect(self._path)
                # It is there: on a busy machine it may take longer to have a worker than to be started again.
                connection.settimeout(max(_HELLO_SECONDS, until - time.monotonic()))
                letter, content = packets.receive(connection)
                if letter == packets.HELLO:
                    connection.version = json.loads(content)["version"]
                    if not self._posted:
                        self._version = connection.version
                    packets.wait_at_most(connection, _LOOK_SECONDS)
                    return connection
                if letter == packets.DEATH and json.loads(content)["reason"] == "busy":
                    raise EngineBusy
            except OSError:
                pass
            except BaseException:
                connection.close()
                raise
            connection.close()
            if time.monotonic() >= until:
                raise EngineUnavailable
            time.sleep(0.02)


class Pending:
    """A query that a worker has got. It has a `fileno` to wait for; then, or before, take its `answer` or close it."""

    def __init__(self, call: Call, form: Form, format: Format, seconds: float, express: bool) -> None:
        self._call = call
        self._form = form
        self._format = format
        self._seconds = seconds
        self._express = express
        self.fileno = call.fileno
        self.close = call.close

    def speaks(self) -> bool:
        """Whether the worker itself has said something, so that `answer` waits for nothing."""
        return self._call.speaks()

    @property
    def over(self) -> bool:
        """Whether everything has come, or the query was given up."""
        return self._call.over

    def answer(self) -> Answer:
        """Wait for the first bytes. Raises a `QueryError` as `miit_graph.engine.api.Engine.run` does."""
        try:
            return ProcessAnswer(self._call, self._form, self._format)
        except TimeLimitExceeded:
            # What the client knows of is the whole limit, not that of an express place.
            raise (EngineBusy() if self._express else TimeLimitExceeded(self._seconds)) from None


class _Placed:
    """A place that is left at the end of a with statement."""

    def __init__(self, places: Places, seconds: float) -> None:
        self._places, self._seconds = places, seconds

    def __enter__(self) -> bool:
        return self._places.enter(self._seconds)

    def __exit__(self, *_: object) -> None:
        self._places.leave()


def _is_quiet(connection: Connection) -> bool:
    """Whether nothing has come over an idle connection: what comes is the news of its worker's death."""
    try:
        connection.recv(1, packets.PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
