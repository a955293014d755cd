"""Engine processes of earlier versions: started when somebody asks for one, a few at a time.

Whoever wants one connects to a socket, names the version in a line, and gets a line of JSON that tells where its engine
listens. As long as he stays connected, that engine is kept; of those that nobody uses, the one that was not asked for
the longest time makes room for the next.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from miit_graph.access import socket_folder
from miit_graph.engine.errors import EngineBusy
from miit_graph.engine.process.host import EngineHost, EngineStartError
from miit_graph.engine.process.nursery import Nursery

_BACKLOG = 256
_LONGEST = 32


@dataclass
class _Kept:
    """The engine of one version, and how many use it."""

    host: EngineHost
    users: int = 1
    ready: threading.Event = field(default_factory=threading.Event)
    error: str = ""


class PastHosts:
    """Up to ``most`` engine processes at ``path``'s command; ``environment`` is that of the present one."""

    def __init__(
        self, environment: Mapping[str, str], most: int, memory_bytes: int, nursery: Nursery | None = None
    ) -> None:
        self._environment = {**environment, "MIIT_GRAPH_MEMORY": str(memory_bytes // (most + 1))}
        self._most = most
        self._nursery = nursery
        self._folder = socket_folder("miit-graph-past-")
        self.path = str(self._folder / "socket")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self._hosts: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._listener.bind(self.path)
        self._listener.listen(_BACKLOG)
        threading.Thread(target=self._accept, name="past-engines", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            hosts, self._hosts = self._hosts, OrderedDict()
        for kept in hosts.values():
            kept.host.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def running(self) -> list[str]:
        """The versions that have an engine, the one asked for last at the end."""
        with self._lock:
            return list(self._hosts)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            name = connection.recv(_LONGEST).decode(errors="replace").strip()
            if not (name.isascii() and name.isdecimal()):
                return
            try:
                kept = self._take(name)
            except EngineBusy:
                connection.sendall(b'{"busy": true}\n')
                return
            try:
                told = {"error": kept.error} if kept.error else {"path": kept.host.path}
                connection.sendall(json.dumps(told).encode() + b"\n")
                connection.recv(1)  # until the other side closes
            finally:
                with self._lock:
                    kept.users -= 1

    def _take(self, name: str) -> _Kept:
        """The engine of a version, counted as used once more. Raises EngineBusy if all others are in use."""
        with self._lock:
            known = self._hosts.get(name)
            if known is not None:
                known.users += 1
                self._hosts.move_to_end(name)
            else:
                leaving = self._make_room()
                wanted = {**self._environment, "MIIT_GRAPH_PAST_VERSION": name}
                kept = self._hosts[name] = _Kept(EngineHost(wanted, self._nursery))
        if known is not None:
            known.ready.wait()
            return known
        for old in leaving:
            old.host.stop()
        try:
            kept.host.__enter__()
        except EngineStartError as error:
            kept.error = str(error)
            with self._lock:
                if self._hosts.get(name) is kept:
                    del self._hosts[name]
        kept.ready.set()
        return kept

    def _make_room(self) -> list[_Kept]:
        leaving = []
        while len(self._hosts) >= self._most:
            idle = next((name for name, kept in self._hosts.items() if not kept.users), None)
            if idle is None:
                raise EngineBusy
            leaving.append(self._hosts.pop(idle))
        return leaving
