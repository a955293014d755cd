"""What goes over the sockets between web processes and workers: packets with one letter in front.

The sockets are of type SOCK_SEQPACKET: a packet arrives whole or not at all, so the engine process can add a last
one to a connection whose worker died in the middle of a word.

A request is in Python's own form (marshal: both sides are the same Python, and nobody else can open the socket), cut
into packets that begin with `MORE`, the last with `DONE`. A worker greets with `HELLO` (JSON:
what it serves) and answers each request with any number of `DATA` and then one of the others.
"""

from __future__ import annotations

import json
import marshal
import socket
import struct
from typing import Any

from miit_graph.engine import errors
from miit_graph.engine.errors import QueryError

MORE, DONE = b"+", b"."
HELLO = b"H"
DATA = b"D"
"""A part of the answer."""
LAST = b"L"
"""The last part of the answer; the worker waits for the next request."""
FAREWELL = b"F"
"""The last part of the answer; the worker ends."""
ERROR = b"E"
"""The query is at fault (JSON, see `pack_error`); the worker waits for the next request."""
DEATH = b"X"
"""Sent by the engine process: the worker is dead (JSON: why, and whether it had a query)."""

AT_ONCE = int(socket.MSG_DONTWAIT)
PEEK = int(socket.MSG_PEEK | socket.MSG_DONTWAIT)  # as plain numbers: joining two of Python's flags takes microseconds

CHUNK = 64 * 1024
"""Bytes of content in a packet, at most."""
_PACKET = CHUNK + 1
_BUFFER = 4 * _PACKET
_TROUBLES: dict[str, type[QueryError]] = {
    kind.slug: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, QueryError)
}


def widen(connection: socket.socket) -> None:
    """Let the socket hold a few packets (its limit is also that of a packet)."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)


def wait_at_most(connection: socket.socket, seconds: float) -> None:
    """Let the kernel end a wait for the other side after ``seconds`` (Python's own time-out would cost another
    system call for each packet)."""
    connection.settimeout(None)
    whole = int(seconds)
    interval = struct.pack("ll", whole, int((seconds - whole) * 1e6))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, interval)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, interval)


def receive(connection: socket.socket) -> tuple[bytes, bytes]:
    """The letter and the content of the next packet; both empty if the other side has gone.

    Raises TimeoutError if the wait was limited (`wait_at_most`) and nothing came.
    """
    try:
        packet = connection.recv(_PACKET)
    except ConnectionError:
        return b"", b""
    except BlockingIOError:
        raise TimeoutError from None
    return packet[:1], packet[1:]


def send_request(connection: socket.socket, request: list[Any]) -> None:
    """Send a request. Raises OSError if the other side has gone."""
    content = marshal.dumps(request)
    while len(content) > CHUNK:
        connection.sendall(MORE + content[:CHUNK])
        content = content[CHUNK:]
    connection.sendall(DONE + content)


def receive_request(connection: socket.socket) -> list[Any] | None:
    """The next request, or None if the other side has gone."""
    parts = []
    while True:
        letter, content = receive(connection)
        if not letter:
            return None
        parts.append(content)
        if letter == DONE:
            request: list[Any] = marshal.loads(b"".join(parts) if len(parts) > 1 else content)
            return request


def pack_error(error: QueryError) -> bytes:
    """The error as it travels."""
    return json.dumps([error.slug, error.detail[:10_000], error.line, error.column, error.excerpt]).encode()


def unpack_error(content: bytes) -> QueryError:
    """The error that `pack_error` packed."""
    slug, detail, line, column, excerpt = json.loads(content)
    kind = _TROUBLES[slug]
    error = kind.__new__(kind)
    QueryError.__init__(error, detail, line=line, column=column, excerpt=excerpt)
    return error
