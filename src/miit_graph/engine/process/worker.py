"""The process that runs queries: forked for one connection, it answers request after request until either goes.

It ends the hard way (`os._exit`), because it shares its parent's Python: nothing of the parent's may be run or
written by it.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from miit_graph.engine import formats
from miit_graph.engine.api import Form, Limits, Query
from miit_graph.engine.errors import QueryError, ResultTooLarge
from miit_graph.engine.federation.inline import Inlined
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Refuse, examine
from miit_graph.engine.oxigraph import Source
from miit_graph.engine.process import confinement
from miit_graph.engine.process.packets import (
    AT_ONCE,
    CHUNK,
    DATA,
    ERROR,
    FAREWELL,
    HELLO,
    LAST,
    pack_error,
    receive_request,
)
from miit_graph.engine.process.slots import Slot

_log = logging.getLogger(__name__)
_EAGER_SECONDS = 0.5
_NICENESS = 5
"""Those who pass requests on go first."""
_MOST_QUERIES = 5_000
_MOST_GROWTH = 64 * 1024 * 1024
_SHORT_SECONDS = 0.001
_MEASURE_EVERY = 16
_FORMATS: dict[tuple[bool, str], Format] = {
    (form.is_graph, format.name): format for form in Form for format in formats.formats_for(form)
}


@dataclass(frozen=True)
class Service:
    """What all workers of an engine process share."""

    source: Source
    version: str
    about: Mapping[str, Any]
    stall_seconds: float


class _ReaderGone(Exception):
    """The other side has closed the connection, or takes nothing for too long."""


def work(connection: socket.socket, slot: Slot, service: Service, parent: int) -> None:
    """Serve the connection, then end this process. Never returns."""
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        confinement.die_with_parent(parent)
        confinement.be_the_first_to_go()
        confinement.no_core_file()
        os.nice(_NICENESS)
        if files := service.source.files():
            confinement.no_new_sockets()
        service.source.open()
        worker = _Worker(connection, slot, service)
        confinement.no_new_files(besides=files)
        worker.serve()
        os._exit(0)
    except _ReaderGone:
        os._exit(0)
    except BaseException:
        _log.exception("a worker failed")
    finally:
        os._exit(1)


class _Worker:
    def __init__(self, connection: socket.socket, slot: Slot, service: Service) -> None:
        self._connection = connection
        self._slot = slot
        self._service = service
        self._memory = confinement.MemoryLimit()
        self._born_with = self._memory.own

    def serve(self) -> None:
        """Answer requests until the other side goes or it is time to make room for a fresh worker."""
        gc.disable()
        self._send(HELLO + json.dumps({"version": self._service.version}).encode())
        for count in range(1, _MOST_QUERIES + 1):
            request = receive_request(self._connection)
            if request is None:
                return
            began = time.monotonic()
            self._slot.begin(began, request[1], self._memory.own + request[2])
            answer = self._answer(request)
            signal.setitimer(signal.ITIMER_REAL, 0)
            # Before the answer: who reads it may look at once whether this worker is free.
            self._slot.end()
            # What a short query can leave behind is little; several of them are measured together.
            if count % _MEASURE_EVERY == 0 or time.monotonic() - began > _SHORT_SECONDS:
                self._memory.measure()
            grown = self._memory.own - self._born_with > _MOST_GROWTH
            if self._slot.slowed and confinement.regain_priority(_NICENESS):
                self._slot.slowed = False
            ends = grown or self._slot.slowed or count == _MOST_QUERIES
            if answer[:1] == LAST and ends:
                answer = FAREWELL + answer[1:]
            self._send(answer)
            if ends:
                return
            gc.collect(0)

    def _answer(self, request: list[Any]) -> bytes:
        """Do what is asked; the last packet is returned, so that it can say whether this worker goes on."""
        kind, seconds, memory_bytes, *arguments = request
        signal.setitimer(signal.ITIMER_REAL, seconds)
        self._memory.allow(memory_bytes)
        if kind == "query":
            return self._query(*arguments)
        if kind == "examine":
            return self._examine(*arguments)
        content = json.dumps(dict(self._service.about), default=dict).encode()
        for start in range(0, len(content), CHUNK):
            self._send(DATA + content[start : start + CHUNK])
        return LAST

    def _examine(self, text: str, query_bytes: int, nesting: int, services: list[str]) -> bytes:
        decision = examine(text, Limits(query_bytes=query_bytes, nesting=nesting, services=tuple(services)))
        if isinstance(decision, Refuse):
            return ERROR + pack_error(decision.error)
        told = [decision.form.value, decision.has_dataset, decision.stable, decision.federated]
        return LAST + json.dumps(told).encode()

    def _query(
        self,
        text: str,
        default_graphs: list[str],
        named_graphs: list[str],
        has_dataset: bool,
        is_graph: bool,
        format: str,
        result_bytes: int,
        inlined: Sequence[list[Any]] = (),
    ) -> bytes:
        writer = _Writer(self._send, result_bytes)
        query = Query(text, tuple(default_graphs), tuple(named_graphs), tuple(Inlined(*item) for item in inlined))
        try:
            self._service.source.evaluate(query, _FORMATS[is_graph, format], writer, has_dataset=has_dataset)
            return LAST + writer.rest()
        except _ReaderGone:
            raise
        except BaseException as error:  # a panic of the Rust code is not an Exception
            return ERROR + pack_error(self._explain(error, text))

    def _explain(self, error: BaseException, text: str) -> QueryError:
        return self._service.source.explain(error, text)

    def _send(self, packet: bytes) -> None:
        """Send a packet; the time that the other side takes to make room for it is not the query's."""
        try:
            self._connection.send(packet, AT_ONCE)
            return
        except BlockingIOError:
            pass
        except OSError:
            raise _ReaderGone from None
        left = signal.setitimer(signal.ITIMER_REAL, 0)[0]
        self._slot.deadline = 0.0
        room = select.poll()
        room.register(self._connection, select.POLLOUT)
        if not room.poll(self._service.stall_seconds * 1000):
            raise _ReaderGone
        signal.setitimer(signal.ITIMER_REAL, left)
        self._slot.deadline = time.monotonic() + left if left else 0.0
        try:
            self._connection.send(packet)
        except OSError:
            raise _ReaderGone from None


class _Writer:
    """The file Oxigraph writes to: collects packets, and stops a query that says too much."""

    def __init__(self, send: Any, result_bytes: int) -> None:
        self._send = send
        self._most = result_bytes
        self._total = 0
        self._buffer = bytearray(DATA)
        self._flushed = time.monotonic()

    def write(self, data: bytes) -> int:
        """Take some output. What it raises ends the evaluation."""
        size = len(data)
        self._total += size
        if self._total > self._most:
            raise ResultTooLarge(self._most)
        self._buffer += data
        # Holding back small answers lets a late error still have a status; a slow answer must not look dead.
        while len(self._buffer) > CHUNK:
            self._send(self._buffer[: CHUNK + 1])
            del self._buffer[1 : CHUNK + 1]
            self._flushed = time.monotonic()
        if len(self._buffer) > 1 and time.monotonic() - self._flushed > _EAGER_SECONDS:
            self._send(self._buffer)
            del self._buffer[1:]
            self._flushed = time.monotonic()
        return size

    def flush(self) -> None:
        """Nothing: packets are sent by size and at the end."""

    def rest(self) -> bytes:
        """What was not sent yet."""
        return bytes(self._buffer[1:])
