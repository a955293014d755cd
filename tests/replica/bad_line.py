"""An HTTP server between a follower and its origin that does to the answers what bad lines and bad servers do."""

from __future__ import annotations

import contextlib
import http.client
import socket
import struct
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FAULTS = ("cut", "reset", "flip", "more", "html", "error", "whole", "elsewhere", "empty")


class BadLine(ThreadingHTTPServer):
    """Passes requests on to the port ``origin``; each of ``faults`` happens to one answer with a file's bytes.

    ``listing`` replaces the listing; ``down`` refuses everything with 503. ``asked`` has the path and the Range of each
    request, ``sent`` counts the bytes of files.
    """

    daemon_threads = True

    def __init__(self, origin: int, faults: tuple[str, ...] = ()) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.origin = origin
        self.faults = deque(faults)
        self.listing: bytes | None = None
        self.down = False
        self.asked: list[tuple[str, str]] = []
        self.sent = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def __enter__(self) -> BadLine:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BadLine

    def do_GET(self) -> None:
        line = self.server
        line.asked.append((self.path, self.headers.get("Range", "")))
        if line.down:
            self.answer(503, b'{"detail": "Down for a moment."}', {})
            return
        if self.path.endswith("/current") and line.listing is not None:
            self.answer(200, line.listing, {})
            return
        headers = {name: value for name, value in self.headers.items() if name != "Host"}
        fault = "" if self.path.endswith("/current") or not line.faults else line.faults.popleft()
        if fault == "whole":  # a server that knows no ranges
            headers.pop("Range", None)
        if fault == "elsewhere" and "Range" in headers:
            headers["Range"] = "bytes=0-"
            headers.pop("If-Range", None)
        origin = http.client.HTTPConnection("127.0.0.1", line.origin, timeout=60)
        origin.request("GET", self.path, headers=headers)
        with contextlib.closing(origin), origin.getresponse() as response:
            body, told = response.read(), dict(response.headers)
        if fault == "html":
            self.answer(200, b"<html>Please sign in</html>", {})
        elif fault == "error":
            self.answer(502, b"<html>Bad gateway</html>", {})
        elif fault == "empty":
            self.answer(200, b"", {})
        elif fault == "flip" and body:
            place = len(body) // 2
            self.answer(response.status, body[:place] + bytes([body[place] ^ 4]) + body[place + 1 :], told)
        elif fault == "more":
            self.answer(response.status, body + b"and more", told)
        else:
            self.answer(response.status, body, told, cut=fault in ("cut", "reset"))
            if fault == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def answer(self, status: int, body: bytes, told: dict[str, str], *, cut: bool = False) -> None:
        self.send_response(status)
        for name in ("Content-Range", "ETag"):
            if name in told:
                self.send_header(name, told[name])
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.server.sent += len(body) // 2 if cut else len(body)
        self.close_connection = self.close_connection or cut

    def log_message(self, format: str, *values: object) -> None:
        pass
