"""Runs the server: the engine process, and the web processes under granian."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from miit_graph.build.snapshot import Snapshot
from miit_graph.build.sources import Project
from miit_graph.dataset import Selection, remote_engine
from miit_graph.engine import process
from miit_graph.engine.errors import QueryError
from miit_graph.engine.process.host import EngineHost, EngineStartError
from miit_graph.engine.process.nursery import Nursery
from miit_graph.in_flight import Departure
from miit_graph.logs import configure, tell
from miit_graph.reload import Reloader, announced
from miit_graph.replica.follower import Follower
from miit_graph.respawn import Respawned
from miit_graph.settings import Settings
from miit_graph.writing.host import WriterHost, WriterStartError

_HEADER_SECONDS = 15
_HEAD_BYTES = 128 * 1024
"""Of a request line and headers; the line alone may have 64 kB, and `front.strict` takes fewer bytes of headers."""
_RESPAWN_SECONDS = 0.5
_KILL_SECONDS = 1
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """Where new versions of what is served come from: a folder of snapshots, and the project they are built from."""

    snapshots: Path
    project: Project | None = None


def serve_copies(follower: Follower, settings: Settings, place: Place) -> int:
    """Serve what `follower` copies into `place`. Nobody can connect before the first copy is there: not ready yet."""
    if not _in_processes(settings):
        print("miit-graph serve: --follow needs queries in processes of their own (Linux).", file=sys.stderr)
        return 1
    if _claimed(settings) is None:
        return 1
    configure(settings, "server")
    return serve(Selection(snapshot=follower.first().path), settings, place, follower)


def serve(
    selection: Selection, settings: Settings, place: Place | None = None, follower: Follower | None = None
) -> int:
    """Serve `selection` until interrupted. Returns 0, or 1 if the address is taken or the graph cannot be loaded.

    The server starts its workers as new processes; what they serve reaches them through the environment. At SIGHUP it
    goes over to what is published in `place`, or reads its files again; so it does by itself when `follower` has
    something newer. With tokens in the settings and a project, it takes changes.
    """
    port = _claimed(settings)
    if port is None:
        return 1
    configure(settings, "server")
    os.environ.update(_told_by(settings))
    os.environ.update(selection.environment())
    # The engine isn't told the tokens; what takes changes is always in memory.
    os.environ["MIIT_GRAPH_STORE"] = "memory" if settings.tokens and settings.store == "auto" else settings.store
    os.environ["MIIT_GRAPH_SERVICES"] = " ".join(settings.services)
    with contextlib.ExitStack() as stack:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = stack.enter_context(_shared_folder())
        if settings.rate:
            from miit_graph.web.front.rate import make_table

            clients = Path(stack.enter_context(_shared_folder())) / "clients"
            os.environ["MIIT_GRAPH_RATE_FILE"] = str(make_table(clients))
        state = Path(stack.enter_context(_shared_folder()))
        os.environ["MIIT_GRAPH_STATE"] = str(state)
        if settings.search_folder is None:
            index = stack.enter_context(tempfile.TemporaryDirectory(prefix="miit-graph-search-"))
            os.environ["MIIT_GRAPH_SEARCH_FOLDER"] = index
        if settings.published_folder is None:
            files = stack.enter_context(tempfile.TemporaryDirectory(prefix="miit-graph-published-"))
            os.environ["MIIT_GRAPH_PUBLISHED_FOLDER"] = files
        if selection.endpoint:
            if not _reachable(replace(settings, endpoint=selection.endpoint)):
                return 1
            processes = settings.processes()
            reload = None
        elif _in_processes(settings):
            try:
                # Each change is served by another engine process.
                nursery = stack.enter_context(Nursery(os.environ)) if settings.tokens or follower else None
                writer = None
                if settings.tokens and place is not None and place.project is not None:
                    # It starts while this process loads what the web processes need.
                    writer = WriterHost(place.project.root, place.snapshots, lambda path: _switch(host, path))
                    stack.enter_context(writer)
                host = EngineHost(os.environ, nursery, lambda told: metrics.heard(told))
                stack.callback(host.stop)
                if nursery is None:  # it loads the graph while this process loads what the web processes need
                    host.begin()
                from miit_graph.web.metrics import HostMetrics  # finds its folder in the environment when imported

                metrics = HostMetrics()
                stack.enter_context(host)
            except EngineStartError as error:
                print(f"miit-graph serve: {error}", file=sys.stderr)
                return 1
            os.environ["MIIT_GRAPH_ENGINE_SOCKET"] = host.path
            from miit_graph.engine.process.past import PastHosts

            past = stack.enter_context(PastHosts(os.environ, settings.past_engines, settings.memory_budget(), nursery))
            os.environ["MIIT_GRAPH_PAST_SOCKET"] = past.path
            processes = settings.processes()
            reload = Reloader(lambda: _reload(host, place, follower)).ask
            if writer is not None:
                stack.push(writer)  # it ends before the engine
                try:
                    writer.wait()
                    os.environ["MIIT_GRAPH_WRITER_SOCKET"] = writer.path
                except WriterStartError as error:
                    print(f"miit-graph serve: {error}", file=sys.stderr)
                    return 1
            if place is not None:
                stack.enter_context(announced(place.snapshots))
            if follower is not None:
                stack.callback(follower.stop)
                adopt = partial(_switch, host)
                threading.Thread(target=follower.follow, args=(adopt,), name="follower", daemon=True).start()
        else:
            _warn()
            processes = 1  # this engine keeps the graph in the memory of the process that answers
            reload = None
        name = f"[{settings.host}]" if ":" in settings.host else settings.host
        print(f"Serving http://{name}:{port}/  (SPARQL: http://{name}:{port}/sparql, Ctrl+C stops)", flush=True)
        address = f"http://{name}:{port}/"
        tell("serving", f"serving {address} with {processes} web process(es)", address=address, processes=processes)
        _serve_web(settings, port, processes, reload, Departure(state))
        tell("stopping", "the server stops")
    tell("stopped", "the server has stopped")
    return 0


def _shared_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for memory that processes share; in memory itself where the system has such a place.

    On a disk that is full, a process that writes to such memory for the first time is ended (SIGBUS).
    """
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() and os.access(memory, os.W_OK) else None
    return tempfile.TemporaryDirectory(prefix="miit-graph-shared-", dir=place)


def _told_by(settings: Settings) -> dict[str, str]:
    """The settings about the log that options may have changed, for the processes of this server."""
    return {"MIIT_GRAPH_LOG": settings.log, "MIIT_GRAPH_LOG_FORMAT": settings.log_format}


def _reachable(settings: Settings) -> bool:
    """Whether a SPARQL engine answers at the endpoint; says what is wrong if not, rather than at every request."""
    engine = remote_engine(settings, 1)
    try:
        engine.read_mark()
    except QueryError as error:
        print(f"miit-graph serve: {settings.endpoint}: {error}", file=sys.stderr)
        return False
    finally:
        engine.close()
    parts = urlsplit(settings.endpoint)
    secret = settings.endpoint_user or settings.endpoint_token or settings.endpoint_header
    if secret and parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        print("Warning: credentials are sent to the endpoint without encryption; use https.", file=sys.stderr)
    return True


def _reload(host: EngineHost, place: Place | None, follower: Follower | None) -> None:
    """Serve what is published now; without snapshots, the files as they are now. Have ``follower`` look besides."""
    if place is None:
        host.switch({})
    else:
        _switch(host, Snapshot.open(place.snapshots).path)
    if follower is not None:
        follower.ask()


def _switch(host: EngineHost, snapshot: Path) -> None:
    """Serve a snapshot, unless it is served."""
    if snapshot.name != host.version:
        host.switch({"MIIT_GRAPH_SNAPSHOT": str(snapshot)})


class _Server(MPServer):
    """granian's server, which does not leave before the answers on their way have come to their end.

    granian itself would wait for connections that are only kept open (its issues 548 and 568), or for nothing.
    """

    departure: Departure
    drain_seconds = 0.0
    stop_seconds = 0.0
    _asked = 0

    def signal_handler_interrupt(self, number: int = 0, *_: object) -> None:
        """SIGTERM leaves in peace; SIGINT, and whatever comes second, without waiting."""
        self._asked += 1
        self.departure.announce()
        if number != signal.SIGTERM or self._asked > 1:
            self.stop_seconds = 0.0
            super().signal_handler_interrupt()  # type: ignore[no-untyped-call]
        elif self.drain_seconds:
            tell("draining", f"the server leaves in {self.drain_seconds:g} seconds")
            timer = threading.Timer(self.drain_seconds, super().signal_handler_interrupt)
            timer.daemon = True
            timer.start()
        else:
            super().signal_handler_interrupt()  # type: ignore[no-untyped-call]

    def _stop_workers(self) -> None:
        for worker in self.wrks:
            worker.terminate()  # type: ignore[no-untyped-call]  # takes no more connections
        until = time.monotonic() + self.stop_seconds
        while (count := self._count()) and time.monotonic() < until and self.stop_seconds:
            time.sleep(_LOOK_SECONDS)
        if count:
            tell("cut", f"{count} answers are broken off", answers=count)
        super()._stop_workers()  # type: ignore[no-untyped-call]

    def _count(self) -> int:
        alive = [worker for worker in self.wrks if worker.is_alive()]  # type: ignore[no-untyped-call]
        return self.departure.count(worker.inner.pid for worker in alive)


def _serve_web(
    settings: Settings, port: int, processes: int, reload: Callable[..., None] | None, departure: Departure
) -> None:
    """Run the web processes until interrupted; ``reload`` handles SIGHUP."""
    server = _Server(
        "miit_graph.web.wsgi:front",
        address=settings.host,
        port=port,
        interface=Interfaces.RSGI,
        factory=True,
        workers=processes,
        # HTTP/2 would carry several answers over one connection, and breaking one off would break them all.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000, max_buffer_size=_HEAD_BYTES),
        respawn_failed_workers=True,
        respawn_interval=_RESPAWN_SECONDS,
        workers_kill_timeout=_KILL_SECONDS,
        websockets=False,
        log_level=LogLevels.error,
    )
    server.departure = departure
    server.drain_seconds, server.stop_seconds = settings.drain_seconds, settings.stop_seconds
    server.respawned_wrks = Respawned()
    if reload is not None:
        server.signal_handler_reload = reload  # type: ignore[method-assign]
    server.serve()


def _in_processes(settings: Settings) -> bool:
    """Whether queries run in processes of their own."""
    return settings.engine == "process" or (settings.engine == "auto" and process.AVAILABLE)


def _warn() -> None:
    print(
        "Warning: queries run inside the web server here (MIIT_GRAPH_ENGINE=local, or a system without the means)."
        " A query that sorts or joins a lot cannot be stopped and can take all memory. Do not offer it to the public.",
        file=sys.stderr,
    )


def _claimed(settings: Settings) -> int | None:
    """The port to listen on; None, having said why, if it can't be had."""
    try:
        return _claim(settings.host, settings.port)
    except OSError as error:
        print(
            f"miit-graph serve: cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
            "Choose another with --port or PORT.",
            file=sys.stderr,
        )
        return None


def _claim(host: str, port: int) -> int:
    """The port to listen on (a free one for 0), after making sure that it can be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])
