"""One request on its way through a WSGI application (PEP 3333), as granian's own interface (RSGI) gives it."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from miit_graph.engine.carried import CARRIED
from miit_graph.engine.carried import Headers as Carried
from miit_graph.engine.spent import SPENT
from miit_graph.web.front import shortcuts

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Headers = list[tuple[str, str]]


@dataclass
class Exchange:
    """One request on its way through the application."""

    environ: dict[str, Any]
    gone: bool = False
    status: int = 500
    headers: Headers = field(default_factory=list)
    body: Iterable[bytes] = ()
    parts: Iterator[bytes] = iter(())
    whole: bytes | None = None
    """The body, if it came in one piece."""
    queue: float = 0.0
    engine: float = 0.0
    """Seconds that the application has waited, see `miit_graph.engine.spent`."""
    carries: Callable[[], Carried] | None = None
    """What goes along to an engine elsewhere."""

    def leave(self) -> None:
        """The client has gone."""
        self.gone = True

    def start(self, status: str, headers: Headers, exc_info: Any = None) -> Any:
        """WSGI's start_response."""
        self.status = int(status[:3])
        self.headers = [(name.lower(), value) for name, value in headers]
        return None

    def run(self, application: WSGIApplication) -> None:
        """Call the application and take the first piece of its body (and the second, which tells if it is the last)."""
        self.environ[shortcuts.GONE] = lambda: self.gone
        with self._at_work():
            self._run(application)

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        """While this thread works for the request."""
        SPENT.clear()
        CARRIED.tell = self.carries
        try:
            yield
        finally:
            CARRIED.tell = None
            self.queue += SPENT.queue
            self.engine += SPENT.engine

    def _run(self, application: WSGIApplication) -> None:
        self.body = application(self.environ, self.start)
        self.parts = iter(self.body)
        length = next((value for name, value in self.headers if name == "content-length"), None)
        first = next(self.parts, b"")
        if length is None or int(length) > len(first):
            second = next(self.parts, None) if length is not None else None
            if second is not None or length is None:
                self.parts = _chained([first] if second is None else [first, second], self.parts)
                return
        self.whole = first
        self.close()

    def next_part(self) -> bytes | None:
        """The next piece of the body, or None at its end."""
        with self._at_work():
            return next(self.parts, None)

    def close(self) -> None:
        """Free what the application holds."""
        close = getattr(self.body, "close", None)
        if close is not None:
            close()


def _chained(first: list[bytes], rest: Iterator[bytes]) -> Iterator[bytes]:
    yield from first
    yield from rest


def environ_of(scope: Any, body: bytes, size: int) -> dict[str, Any]:
    """The request as WSGI wants it (PEP 3333)."""
    host, _, port = scope.server.rpartition(":")
    client, _, client_port = scope.client.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),  # granian has decoded it
        "QUERY_STRING": shortcuts.query_string(scope),
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_SOFTWARE": "miit-graph",
        "REMOTE_ADDR": client.strip("[]"),
        "REMOTE_PORT": client_port,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key == "TRANSFER_ENCODING":  # the body has been put together; Werkzeug would not read it
            continue
        if key in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            environ[key] = value
        else:
            key = f"HTTP_{key}"
            environ[key] = f"{environ[key]}, {value}" if key in environ else value
    if size or "CONTENT_LENGTH" in environ:
        environ["CONTENT_LENGTH"] = str(size)
    return environ
