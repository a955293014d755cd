"""Makes sure that a part of an answer is never taken for the whole.

When a query fails after its first bytes have left, a WSGI application can only raise, and the server has to
break the connection off (waitress and gunicorn do). granian 2.8 ends the body instead as if it were
complete: the client gets status 200 and half a file, and in CSV, TSV or N-Triples nothing shows it. On such
a server long answers are first collected, on disk beyond a few megabytes; what fails then has a proper
status.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from miit_graph.engine.api import Answer

_ENDS_BROKEN_BODIES_WELL = ("granian",)
_IN_MEMORY = 4 * 1024 * 1024
_CHUNK = 64 * 1024


def must_collect(environ: dict[str, Any]) -> bool:
    """Whether the server of this request can't break an answer off."""
    return str(environ.get("SERVER_SOFTWARE", "")).lower().startswith(_ENDS_BROKEN_BODIES_WELL)


class Collected:
    """A whole answer, kept until it is sent; making one raises the `QueryError` of an answer that fails."""

    def __init__(self, answer: Answer) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed with the response)
        try:
            for chunk in answer:
                self._file.write(chunk)
        except BaseException:
            self.close()
            raise
        finally:
            answer.close()
        self.length = self._file.tell()
        self._file.seek(0)

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self._file.read(_CHUNK), b"")

    def close(self) -> None:
        """Forget the answer."""
        self._file.close()
