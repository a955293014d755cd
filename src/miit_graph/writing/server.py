"""The writer: takes one request after the other from a Unix socket and makes versions of what conforms.

A request and each answer are one line of JSON. The writer says ``{"outcome": "begun"}`` when it takes a request up, so
that whoever waits too long can leave before anything has happened; who has left is passed over, up to the moment when
the change would be recorded. The listening socket's backlog is the queue.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import logging
import select
import shutil
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from miit_graph.build.snapshot import Snapshot
from miit_graph.versions.journal import Version
from miit_graph.versions.writer import Told, Writer
from miit_graph.writing.attempt import TryLimits, attempt, discard
from miit_graph.writing.client import BEGUN
from miit_graph.writing.operations import Operation

_log = logging.getLogger(__name__)
_MOST = 256 * 1024 * 1024
_SECONDS = 30.0


class WriterServer:
    """Serves ``listener`` with ``writer`` until ``leash`` (a descriptor) closes.

    ``published`` makes a new snapshot the one that is served; it returns false if that was not possible.
    """

    def __init__(
        self,
        writer: Writer,
        listener: socket.socket,
        leash: int,
        limits: TryLimits,
        published: Callable[[Snapshot], bool],
    ) -> None:
        self._writer = writer
        self._listener = listener
        self._leash = leash
        self._limits = limits
        self._published = published

    def run(self) -> None:
        """Work until told to stop."""
        sweep(self._writer)
        self._writer.prepare()
        while True:
            ready, _, _ = select.select([self._listener.fileno(), self._leash], [], [])
            if self._leash in ready:
                return
            connection, _ = self._listener.accept()
            with connection:
                connection.settimeout(_SECONDS)
                try:
                    self._serve(connection)
                except (OSError, ValueError) as error:
                    _log.warning("a request to the writer was broken off: %s", error)

    def _serve(self, connection: socket.socket) -> None:
        with connection.makefile("rwb") as stream:
            line = stream.readline(_MOST)
            if not line.endswith(b"\n"):
                return
            _say(stream, BEGUN)
            _say(stream, self.answer(json.loads(line), lambda: _gone(connection), connection))

    def answer(
        self, request: Mapping[str, Any], gone: Callable[[], bool], connection: socket.socket | None = None
    ) -> dict[str, Any]:
        """What comes of a request (see `miit_graph.writing.client.Request`)."""
        self._writer.journal.refresh()
        operation = Operation.of(request["operation"])
        key = _key(request)
        earlier = self._earlier(request["author"], key)
        if earlier is not None:
            if earlier.key != key:
                return {"outcome": "key-reused", "version": asdict(earlier)}
            return {"outcome": "accepted", "repeated": True, "served": True, "version": asdict(earlier)}
        latest = self._writer.latest
        wanted = request["if_match"]
        if wanted is not None and not {latest.snapshot, str(latest.number)} & set(wanted):
            return {"outcome": "conflict", "version": asdict(latest)}
        held = () if connection is None else (connection.fileno(), self._listener.fileno())
        tried = attempt(self._writer, operation, self._limits, held)
        told = tried.told
        proposal = tried.proposal
        if proposal is None:
            return {**told, "version": asdict(latest)}
        if request["dry_run"] or gone():
            discard(self._writer, proposal)
            return {**told, "outcome": "would-be-accepted", "version": asdict(latest)}
        try:
            version = self._writer.accept(proposal, Told(request["author"], request["message"], key))
        except OSError as error:
            _log.error("a change could not be recorded: %s", error)
            full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
            return {"outcome": "disk-full" if full else "failed", "version": asdict(latest)}
        assert proposal.snapshot is not None
        served = self._published(proposal.snapshot)
        return {**told, "outcome": "accepted", "repeated": False, "served": served, "version": asdict(version)}

    def _earlier(self, author: str, key: str) -> Version | None:
        """The version that a request with the same idempotency key has made, whatever that request said."""
        if not key:
            return None
        wanted = key.partition(" ")[0]
        versions = reversed(self._writer.journal.versions)
        return next((v for v in versions if v.author == author and v.key.partition(" ")[0] == wanted), None)


def sweep(writer: Writer) -> None:
    """Remove what attempts have left that were killed while they wrote."""
    for folder in writer.snapshots.glob(".new-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _key(request: Mapping[str, Any]) -> str:
    """What is recorded of an idempotency key: the key, and what it was used for."""
    if not request["key"]:
        return ""
    content = json.dumps([request["operation"], request["message"]], sort_keys=True)
    return f"{request['key']} {hashlib.sha256(content.encode()).hexdigest()[:32]}"


def _say(stream: Any, told: Mapping[str, Any]) -> None:
    stream.write(json.dumps(told).encode() + b"\n")
    stream.flush()


def _gone(connection: socket.socket) -> bool:
    """Whether the other side has closed the connection."""
    with contextlib.suppress(OSError):
        if select.select([connection], [], [], 0)[0]:
            return connection.recv(1, socket.MSG_PEEK) == b""
    return False
