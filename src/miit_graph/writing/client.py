"""How web processes and the command line reach the writer."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from miit_graph.writing.operations import Operation

BEGUN = {"outcome": "begun"}
"""What the writer says when it takes a request up."""
_QUEUE_SECONDS = 30.0
_MORE_SECONDS = 120.0
"""Beyond the time for the attempt: to record it and to have it served."""


class WriterBusy(Exception):
    """The queue is full, or nothing has begun for too long: nothing has happened."""


class WriterUnavailable(Exception):
    """The writer is being started again, and has not seen the request."""


class OutcomeUnknown(Exception):
    """The writer died, or took too long, after it had begun: the change may have been accepted or not."""


@dataclass(frozen=True, slots=True)
class Request:
    """A change, by whom and why; ``if_match`` are the versions that it may be applied to (None: any)."""

    operation: Operation
    author: str
    message: str = ""
    key: str = ""
    if_match: tuple[str, ...] | None = None
    dry_run: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As it travels."""
        return {
            "operation": self.operation.as_dict(),
            "author": self.author,
            "message": self.message,
            "key": self.key,
            "if_match": None if self.if_match is None else list(self.if_match),
            "dry_run": self.dry_run,
        }


def send(path: str, request: Request, seconds: float, queue_seconds: float = _QUEUE_SECONDS) -> Mapping[str, Any]:
    """Have the writer at ``path`` do it, with ``seconds`` for the attempt; what came of it.

    Raises WriterBusy, WriterUnavailable, OutcomeUnknown.
    """
    begun = False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(queue_seconds)
        try:
            connection.connect(path)
        except BlockingIOError:
            raise WriterBusy from None
        except OSError:
            raise WriterUnavailable from None
        try:
            connection.sendall(json.dumps(request.as_dict()).encode() + b"\n")
            with connection.makefile("rb") as stream:
                line = stream.readline()
                begun = bool(line) and json.loads(line) == BEGUN
                connection.settimeout(seconds + _MORE_SECONDS)
                line = stream.readline() if begun else b""
        except TimeoutError:
            raise (OutcomeUnknown if begun else WriterBusy) from None
        except OSError:
            line = b""
    if not line:
        raise OutcomeUnknown if begun else WriterUnavailable
    told: Mapping[str, Any] = json.loads(line)
    return told
