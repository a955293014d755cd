"""Runs the server: the engine process, and the web processes under granian."""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import tempfile

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from miit_graph.dataset import Selection
from miit_graph.engine import process
from miit_graph.settings import Settings

_HEADER_SECONDS = 15
_RESPAWN_SECONDS = 0.5
_KILL_SECONDS = 1


def serve(selection: Selection, settings: Settings) -> int:
    """Serve `selection` until interrupted. Returns 0, or 1 if the address is taken or the graph cannot be loaded.

    The server starts its workers as new processes; what they serve reaches them through the environment.
    """
    try:
        port = _claim(settings.host, settings.port)
    except OSError as error:
        print(
            f"miit-graph serve: cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
            "Choose another with --port or PORT.",
            file=sys.stderr,
        )
        return 1
    os.environ.update(selection.environment())
    os.environ["MIIT_GRAPH_SERVICES"] = " ".join(settings.services)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="miit-graph-metrics-"))
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        if settings.search_folder is None:
            index = stack.enter_context(tempfile.TemporaryDirectory(prefix="miit-graph-search-"))
            os.environ["MIIT_GRAPH_SEARCH_FOLDER"] = index
        if _in_processes(settings):
            from miit_graph.engine.process.host import EngineHost, EngineStartError

            try:
                host = stack.enter_context(EngineHost(os.environ))
            except EngineStartError as error:
                print(f"miit-graph serve: {error}", file=sys.stderr)
                return 1
            os.environ["MIIT_GRAPH_ENGINE_SOCKET"] = host.path
            from miit_graph.engine.process.past import PastHosts

            past = stack.enter_context(PastHosts(os.environ, settings.past_engines, settings.memory_budget()))
            os.environ["MIIT_GRAPH_PAST_SOCKET"] = past.path
            processes = settings.processes()
        else:
            _warn()
            processes = 1  # this engine keeps the graph in the memory of the process that answers
        name = f"[{settings.host}]" if ":" in settings.host else settings.host
        print(f"Serving http://{name}:{port}/  (SPARQL: http://{name}:{port}/sparql, Ctrl+C stops)", flush=True)
        _serve_web(settings, port, processes)
    return 0


def _serve_web(settings: Settings, port: int, processes: int) -> None:
    """Run the web processes until interrupted."""
    Server(
        "miit_graph.web.wsgi:front",
        address=settings.host,
        port=port,
        interface=Interfaces.RSGI,
        factory=True,
        workers=processes,
        # HTTP/2 would carry several answers over one connection, and breaking one off would break them all.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_SECONDS * 1000),
        respawn_failed_workers=True,
        respawn_interval=_RESPAWN_SECONDS,
        workers_kill_timeout=_KILL_SECONDS,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()


def _in_processes(settings: Settings) -> bool:
    """Whether queries run in processes of their own."""
    return settings.engine == "process" or (settings.engine == "auto" and process.AVAILABLE)


def _warn() -> None:
    print(
        "Warning: queries run inside the web server here (MIIT_GRAPH_ENGINE=local, or a system without the means)."
        " A query that sorts or joins a lot cannot be stopped and can take all memory. Do not offer it to the public.",
        file=sys.stderr,
    )


def _claim(host: str, port: int) -> int:
    """The port to listen on (a free one for 0), after making sure that it can be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])
