"""A small client that keeps its connection and costs little, so that what is measured is the server."""

from __future__ import annotations

import multiprocessing
import socket
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from benchmarks.serving.queries import ACCEPT, CLASSES, text_of


class Connection:
    """A kept connection to ``path`` of a server."""

    def __init__(self, port: int, path: str) -> None:
        self._port, self._path = port, path
        self._socket = self._open()

    def _open(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._port), timeout=120)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def ask(self, query: str, accept: str) -> tuple[int, bytes]:
        """Status and body."""
        request = f"GET {self._path}?query={quote(query)} HTTP/1.1\r\nHost: x\r\nAccept: {accept}\r\n\r\n"
        self._socket.sendall(request.encode())
        head, _, body = self._until(b"\r\n\r\n")
        status = int(head[9:12])
        fields = head.lower()
        if b"transfer-encoding: chunked" in fields:
            return status, self._chunked(body)
        length = int(fields.partition(b"content-length:")[2].partition(b"\r\n")[0])
        parts, size = [body], len(body)
        while size < length:
            parts.append(self._read())
            size += len(parts[-1])
        return status, b"".join(parts)

    def _read(self) -> bytes:
        data = self._socket.recv(1 << 18)
        if not data:
            raise ConnectionError("broken off")
        return data

    def _until(self, mark: bytes) -> tuple[bytes, bytes, bytes]:
        data = self._read()
        while mark not in data:
            data += self._read()
        return data.partition(mark)

    def _chunked(self, data: bytes) -> bytes:
        parts = []
        while True:
            while b"\r\n" not in data:
                data += self._read()
            size_text, _, data = data.partition(b"\r\n")
            size = int(size_text.split(b";")[0], 16)
            pieces, have = [data], len(data)
            while have < size + 2:
                pieces.append(self._read())
                have += len(pieces[-1])
            data = b"".join(pieces)
            if size == 0:
                return b"".join(parts)
            parts.append(data[:size])
            data = data[size + 2 :]


def load(
    port: int, path: str, name: str, clients: int, seconds: float, numbers: Callable[[int, int], int]
) -> list[float]:
    """Ask queries of a class from many clients for some seconds; the seconds that each answer took.

    ``numbers(client, count)`` gives the number of the next query of a client.
    """
    context = multiprocessing.get_context("fork")
    results: Any = context.SimpleQueue()
    until = time.monotonic() + seconds
    processes = [
        context.Process(target=_client, args=(results, port, path, name, client, until, numbers))
        for client in range(clients)
    ]
    for process in processes:
        process.start()
    took = [one for _ in processes for one in results.get()]
    for process in processes:
        process.join()
    return took


def _client(
    results: Any, port: int, path: str, name: str, client: int, until: float, numbers: Callable[[int, int], int]
) -> None:
    took: list[float] = []
    connection = Connection(port, path)
    accept = ACCEPT[CLASSES[name][0]]
    count = 0
    while time.monotonic() < until or not took:
        text = text_of(name, numbers(client, count))
        began = time.perf_counter()
        status, _ = connection.ask(text, accept)
        if status != 200:
            raise RuntimeError(f"{name}: status {status}")
        took.append(time.perf_counter() - began)
        count += 1
    results.put(took)


def percentile(values: Iterable[float], part: float) -> float:
    """The value below which this part of them lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
