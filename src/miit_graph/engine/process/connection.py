"""A connection of a web process to a worker."""

from __future__ import annotations

import socket


class Connection(socket.socket):
    """Packets to and from one worker, and which version of the data that worker answers from.

    ``posted`` is what the board counted before the connection was made: once it counts more, the worker may belong to
    an engine process that was replaced.
    """

    __slots__ = ("posted", "version")

    def __init__(self, posted: int) -> None:
        super().__init__(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.posted = posted
        self.version = ""
