"""What answers at the server's address while the first snapshot is on its way: alive, but not ready."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_SECONDS = 10.0
_RETRY_SECONDS = 5


@contextlib.contextmanager
def waiting_room(host: str, port: int) -> Iterator[None]:
    """Answer at an address until the block ends: `/health/live` with 200, all else with 503 and `Retry-After`."""
    state = {"status": "starting", "reason": "copying"}

    class Handler(BaseHTTPRequestHandler):
        timeout = _SECONDS
        server_version, sys_version = "miit-graph", ""

        def do_GET(self) -> None:
            alive = self.path.partition("?")[0] == "/health/live"
            problem = {"type": "/problems#unavailable", "title": "The server is starting", "status": 503}
            problem["detail"] = "It copies the data that it is to serve. Try again in a few seconds."
            ready = self.path.partition("?")[0] == "/health/ready"
            told = {"status": "ok"} if alive else state if ready else problem
            body = json.dumps(told, ensure_ascii=False).encode()
            self.send_response(200 if alive else 503)
            self.send_header("Content-Type", "application/json" if alive or ready else "application/problem+json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("Connection", "close")
            if not alive:
                self.send_header("Retry-After", str(_RETRY_SECONDS))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_GET

        def log_message(self, format: str, *values: object) -> None:
            """Nothing: health checks come every few seconds."""

    class Room(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True

    with Room((host, port), Handler) as room:
        thread = threading.Thread(target=room.serve_forever, args=(0.05,), name="waiting-room", daemon=True)
        thread.start()
        try:
            yield
        finally:
            room.shutdown()
            thread.join()
