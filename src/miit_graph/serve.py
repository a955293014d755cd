"""Runs the WSGI application under granian, a production server."""

from __future__ import annotations

import os
import socket
import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from miit_graph.dataset import Selection
from miit_graph.settings import Settings


def serve(selection: Selection, settings: Settings) -> int:
    """Serve `selection` until interrupted. Returns 0, or 1 if the address is taken.

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
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    print(f"Serving http://{host}:{port}/  (SPARQL: http://{host}:{port}/sparql, Ctrl+C stops)", flush=True)
    Server(
        "miit_graph.web.wsgi:application",
        address=settings.host,
        port=port,
        interface=Interfaces.WSGI,
        factory=True,
        # One process: this engine keeps the graph in the memory of the process that answers.
        workers=1,
        blocking_threads=settings.web_threads,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.error,
    ).serve()
    return 0


def _claim(host: str, port: int) -> int:
    """The port to listen on (a free one for 0), after making sure that it can be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])
