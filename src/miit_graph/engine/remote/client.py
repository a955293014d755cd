"""The conversation with an endpoint over kept connections (urllib3).

urllib3 because it is what most of Python's HTTP rests on, needs nothing else, keeps connections for many threads, hands
bytes on as they come, and lets the socket of a request be reached, so that another thread can end it.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from miit_graph import __version__
from miit_graph.engine.errors import EndpointFailed, EndpointUnavailable, TimeLimitExceeded
from miit_graph.engine.remote.breaker import Breaker
from miit_graph.engine.remote.endpoint import Endpoint

_CONNECT_SECONDS = 5.0
_TRIES = 3
_PAUSE = 0.05
_HTTP = b"HTTP/"
_HEADERS = {"User-Agent": f"miit-graph/{__version__}", "Accept-Encoding": "identity"}
_present = threading.local()


class Line:
    """The socket of one request, for whoever wants to end it from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.left = False

    def take(self, connection: socket.socket | None) -> None:
        """Note the socket; raises ConnectionAbortedError if nobody wants the answer any more."""
        with self._lock:
            self._socket = connection
            if self.left:
                raise ConnectionAbortedError

    def leave(self) -> None:
        """End the conversation, whatever it is at."""
        with self._lock:
            self.left = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """The answer is there: the connection belongs to others now."""
        with self._lock:
            self._socket = None


class _Response(http.client.HTTPResponse):
    def begin(self) -> None:
        """As usual; but what doesn't begin like HTTP is refused at once, and not read until a line of it ends."""
        if self.headers is None and (head := self.fp.peek(len(_HTTP))[: len(_HTTP)]) != _HTTP[: len(head)]:
            raise http.client.BadStatusLine(repr(head))
        super().begin()


class _Plain(HTTPConnection):
    response_class = _Response

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        """As usual, once the line of the present request knows the socket."""
        _take(self.sock)
        return super().getresponse()


class _Secured(HTTPSConnection):
    response_class = _Response

    def getresponse(self) -> urllib3.HTTPResponse:  # type: ignore[override]
        """As usual, once the line of the present request knows the socket."""
        _take(self.sock)
        return super().getresponse()


def _take(connection: socket.socket | None) -> None:
    line: Line | None = getattr(_present, "line", None)
    if line is not None:
        line.take(connection)


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecuredPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Secured


@dataclass(frozen=True, slots=True)
class Request:
    """What to send: parameters of a query as a form, or a document (with its type) to a Graph Store."""

    accept: str
    fields: tuple[tuple[str, str], ...] = ()
    method: str = "POST"
    content: bytes | None = None
    content_type: str = "application/x-www-form-urlencoded"
    headers: tuple[tuple[str, str], ...] = ()
    """Others to send along."""
    safe: bool = True
    """Whether it may be sent again if the connection breaks before the answer."""


class Client:
    """Asks one address; ``places`` connections are kept."""

    def __init__(self, endpoint: Endpoint, places: int = 16, address: str = "", breaker: Breaker | None = None) -> None:
        parts = urlsplit(address or endpoint.address)
        host = parts.hostname or ""
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {**_HEADERS, **endpoint.headers()}
        self._pool: urllib3.HTTPConnectionPool
        if parts.scheme == "https":
            self._pool = _SecuredPool(host, parts.port, maxsize=places, ssl_context=endpoint.tls())
        else:
            self._pool = _PlainPool(host, parts.port, maxsize=places)
        self.breaker = breaker or Breaker()

    def send(
        self, request: Request, seconds: float, line: Line | None = None, parameters: Mapping[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """The answer, once its headers are there.

        Raises EndpointUnavailable, EndpointFailed and TimeLimitExceeded; what is not safe is never sent twice.
        """
        if not self.breaker.may_ask():
            raise EndpointUnavailable("it has failed several times in a row and is given a few seconds")
        until = time.monotonic() + seconds
        target = self._target
        if parameters is not None:
            target += ("&" if "?" in target else "?") + urlencode(parameters)
        content = urlencode(request.fields).encode() if request.content is None else request.content
        headers = {**dict(request.headers), **self._headers}
        headers |= {"Accept": request.accept, "Content-Type": request.content_type}
        for attempt in range(1, _TRIES + 1):
            left = until - time.monotonic()
            if left <= 0:
                raise TimeLimitExceeded(seconds)
            try:
                _present.line = line
                response = self._pool.urlopen(
                    request.method,
                    target,
                    body=content,
                    headers=headers,
                    retries=False,
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                    timeout=urllib3.Timeout(connect=min(_CONNECT_SECONDS, left), read=left),
                )
            except ReadTimeoutError:
                raise TimeLimitExceeded(seconds) from None  # it may only be slow: no sign that it is broken
            except (NewConnectionError, ProtocolError) as error:
                # Refused or reset: nothing of an answer was there.
                again = request.safe and not isinstance(error, NameResolutionError)
                if again and attempt < _TRIES and not (line and line.left):
                    time.sleep(min(_PAUSE * attempt, max(0.0, until - time.monotonic())))
                    continue
                self.breaker.failed()
                raise EndpointUnavailable(_reason(error)) from None
            except (HTTPError, OSError, ValueError) as error:
                self.breaker.failed()
                raise EndpointUnavailable(_reason(error)) from None
            finally:
                _present.line = None
            if response.status in (502, 503, 504):
                self.breaker.failed()
            else:
                self.breaker.worked()
            return response
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close the kept connections."""
        self._pool.close()


def _reason(error: Exception) -> str:
    """What is wrong with the connection, without addresses: these texts are shown to everybody."""
    if isinstance(error, NameResolutionError):
        return "its name is not known"
    if isinstance(error, NewConnectionError):
        return "it refuses connections"
    if isinstance(error, ConnectTimeoutError):
        return "connecting to it took too long"
    if isinstance(error, SSLError):
        return "the connection could not be secured (is its certificate trusted? see MIIT_GRAPH_ENDPOINT_CA)"
    cause = error.args[-1] if isinstance(error, ProtocolError) else None
    if isinstance(cause, http.client.BadStatusLine) and not isinstance(cause, http.client.RemoteDisconnected):
        return "what it answers is not HTTP; is its address right?"
    return "the connection broke before there was an answer"


def small(response: urllib3.BaseHTTPResponse, most: int = 2_000) -> str:
    """The beginning of what an error says, as text."""
    try:
        return response.read(most, decode_content=False).decode("utf-8", "replace")
    except (HTTPError, OSError):
        return ""
    finally:
        response.close()


def refuse_redirect(response: urllib3.BaseHTTPResponse) -> None:
    """Raise EndpointFailed for an answer that leads elsewhere: credentials go only where they were meant to."""
    if 300 <= response.status < 400:
        response.close()
        raise EndpointFailed("it redirects to another address; whoever runs this server should name that one")
