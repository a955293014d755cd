"""A TCP proxy on the loopback that does to a conversation what networks and dying servers do."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time

PASS, GONE, SILENT, SLOW, NOISE, FALSE, CUT = "pass", "gone", "silent", "slow", "noise", "false", "cut"
MODES = {
    GONE: "nobody listens, and what was open is reset",
    SILENT: "requests are taken and never answered",
    SLOW: "every part of an answer comes late",
    NOISE: "random bytes instead of HTTP",
    FALSE: "the right headers, and random bytes as the body",
    CUT: "answers end in the middle",
}
_LATE_SECONDS = 0.3
_CUT_AFTER = 700
_PIECE = 16 * 1024


class Proxy:
    """Listens on a free port and passes everything to ``port``, as ``mode`` says. Use it as a context manager."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._mode = PASS
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = self._listen(0)
        self.port: int = self._listener.getsockname()[1]
        self._ended = False
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._close_all(self._listener)

    @property
    def mode(self) -> str:
        """What is done to conversations."""
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        before, self._mode = self._mode, mode
        if mode == GONE:
            self._close_all(self._listener)
        elif before == GONE:
            self._listener = self._listen(self.port)
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        elif before == SILENT or mode == NOISE:
            self._close_all()

    def _listen(self, port: int) -> socket.socket:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
        return listener

    def _close_all(self, *also: socket.socket) -> None:
        with self._lock:
            for one in (*self._open, *also):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self._open.clear()

    def _accept(self, listener: socket.socket) -> None:
        while not self._ended:
            try:
                client, _ = listener.accept()
                upstream = socket.create_connection(("127.0.0.1", self._target), timeout=5)
            except OSError:
                if listener.fileno() < 0:
                    return
                with contextlib.suppress(OSError, UnboundLocalError):
                    client.close()
                continue
            upstream.settimeout(None)
            with self._lock:
                self._open |= {client, upstream}
            threading.Thread(target=self._carry, args=(client, upstream, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(upstream, client, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, answer: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(_PIECE):
                if answer and (piece := self._spoil(piece)) is None:
                    break
                target.sendall(piece)
                if answer and self._mode == CUT:
                    break
        with self._lock:
            self._open -= {source, target}
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _spoil(self, piece: bytes) -> bytes | None:
        mode = self._mode
        if mode == SLOW:
            time.sleep(_LATE_SECONDS)
        elif mode == NOISE:
            return os.urandom(len(piece))
        elif mode == CUT:
            return piece[: min(_CUT_AFTER, len(piece) - 1)]
        elif mode == FALSE:
            head, mark, body = piece.partition(b"\r\n\r\n")
            if head.startswith(b"HTTP/"):
                # Chunk sizes stay right where they are small enough to be told, so that only the content is false.
                return head + mark + _false(body, chunked=b"chunked" in head.lower())
            return os.urandom(len(piece))
        elif mode == SILENT:
            return b"" if self._mode == SILENT else None
        return piece


def _false(body: bytes, *, chunked: bool) -> bytes:
    if not chunked:
        return os.urandom(len(body))
    size, mark, rest = body.partition(b"\r\n")
    return size + mark + os.urandom(max(0, len(rest) - 7)) + rest[max(0, len(rest) - 7) :]
