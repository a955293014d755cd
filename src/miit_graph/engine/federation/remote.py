"""Asks an endpoint (SPARQL 1.1 Protocol) with an end in sight: of time, of bytes, of redirects.

The conversation runs on a thread of its own, so that whoever waits for it can go at any moment, whatever it hangs in: a
name that isn't resolved, a server that sends one byte a second or never stops. Leaving it closes the connection.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from urllib.parse import urlencode, urljoin, urlsplit

from miit_graph import __version__
from miit_graph.engine.api import Gone
from miit_graph.engine.errors import ClientGone, EngineBusy
from miit_graph.engine.federation.allowed import is_allowed

_MOST_AT_A_TIME = 16
_MOST_REDIRECTS = 3
_LOOK_SECONDS = 0.1
_PIECE = 64 * 1024
_REDIRECTS = (301, 302, 307, 308)
_HEADERS = {
    "Accept": "application/sparql-results+json, application/json;q=0.5",
    "Accept-Encoding": "identity",
    "Content-Type": "application/x-www-form-urlencoded",
    "User-Agent": f"miit-graph/{__version__}",
    "Connection": "close",
}
_places = threading.BoundedSemaphore(_MOST_AT_A_TIME)


class Failed(Exception):
    """The endpoint gave no answer; the text, which completes "it could not be asked: …", says why."""


def ask(endpoint: str, query: str, allowed: Iterable[str], seconds: float, most: int, gone: Gone | None = None) -> str:
    """What ``endpoint`` answers to a query, at most ``most`` bytes of it in at most ``seconds``.

    A redirect is followed if what it leads to is ``allowed`` too. Raises Failed, ClientGone (once ``gone`` says so),
    and EngineBusy if too many endpoints are being asked at the same time.
    """
    if not _places.acquire(blocking=False):
        raise EngineBusy
    try:
        conversation = _Conversation(endpoint, query, tuple(allowed), seconds, most)
        threading.Thread(target=conversation.hold, name="service", daemon=True).start()
    except BaseException:
        _places.release()
        raise
    until = time.monotonic() + seconds
    while not conversation.ended.wait(min(_LOOK_SECONDS, max(0.0, until - time.monotonic()))):
        if gone is not None and gone():
            conversation.leave()
            raise ClientGone
        if time.monotonic() >= until:
            conversation.leave()
            raise Failed(_late(seconds))
    if conversation.trouble is not None:
        raise Failed(conversation.trouble)
    return conversation.answer


def _late(seconds: float) -> str:
    return f"it did not finish its answer within {seconds:.3g} seconds"


class _Conversation:
    """One question to an endpoint, with the redirects on the way."""

    def __init__(self, endpoint: str, query: str, allowed: tuple[str, ...], seconds: float, most: int) -> None:
        self._endpoint = endpoint
        self._body = urlencode({"query": query}).encode()
        self._allowed = allowed
        self._seconds = seconds
        self._until = time.monotonic() + seconds
        self._most = most
        self._socket: socket.socket | None = None
        self._left = False
        self._lock = threading.Lock()
        self.ended = threading.Event()
        self.trouble: str | None = None
        self.answer = ""

    def hold(self) -> None:
        """Ask, and note the answer or what went wrong."""
        try:
            self.answer = self._follow()
        except Failed as error:
            self.trouble = str(error)
        except ssl.SSLError as error:
            self.trouble = f"the connection could not be secured ({error.reason})"
        except TimeoutError:
            self.trouble = _late(self._seconds)
        except socket.gaierror:
            self.trouble = "its name is not known"
        except OSError as error:
            self.trouble = f"the connection failed ({error.strerror or type(error).__name__})"
        except (http.client.HTTPException, ValueError, UnicodeError):
            self.trouble = "what it answers is not HTTP"
        except BaseException:
            self.trouble = "asking it failed"
            raise
        finally:
            _places.release()
            self.ended.set()

    def leave(self) -> None:
        """Close the connection, if there is one, and make no other."""
        with self._lock:
            self._left = True
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def _follow(self) -> str:
        address = self._endpoint
        for _ in range(_MOST_REDIRECTS + 1):
            if not is_allowed(address, self._allowed):
                raise Failed(f"it redirects to <{address[:200]}>, which is not allowed")
            answer, target = self._once(address)
            if target is None:
                return answer
            address = urljoin(address, target)
        raise Failed(f"it redirects more than {_MOST_REDIRECTS} times")

    def _once(self, address: str) -> tuple[str, str | None]:
        """One request: its answer, or where it leads to."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        connection = http.client.HTTPConnection(host, parts.port)
        with contextlib.closing(self._connect(parts.scheme, host, parts.port)) as line:
            connection.sock = line
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", _ascii(target), self._body, {**_HEADERS, "Host": _host(parts.netloc)})
            response = connection.getresponse()
            if response.status in _REDIRECTS and (place := response.headers.get("Location")):
                return "", place
            if response.status != 200:
                raise Failed(f"it answered with status {response.status}")
            return self._read(response), None

    def _connect(self, scheme: str, host: str, port: int | None) -> socket.socket:
        trouble: OSError | None = None
        for family, kind, protocol, _, address in socket.getaddrinfo(
            host, port or (443 if scheme == "https" else 80), type=socket.SOCK_STREAM
        ):
            _check_address(host, str(address[0]))
            line = socket.socket(family, kind, protocol)
            try:
                self._take(line)
                line.settimeout(self._seconds_left())
                line.connect(address)
                if scheme != "https":
                    return line
                secured = ssl.create_default_context().wrap_socket(
                    line, server_hostname=host, do_handshake_on_connect=False
                )
                line = secured
                self._take(line)
                secured.do_handshake()
                return line
            except OSError as error:
                line.close()
                trouble = error
            except BaseException:
                line.close()
                raise
        raise trouble or Failed("its name is not known")

    def _take(self, line: socket.socket) -> None:
        with self._lock:
            if self._left:
                raise Failed("it was given up")
            self._socket = line

    def _read(self, response: http.client.HTTPResponse) -> str:
        content = bytearray()
        while piece := response.read1(_PIECE):
            content += piece
            if len(content) > self._most:
                raise Failed(f"its answer is longer than the {self._most:,} bytes that are left for it")
            self._seconds_left()
        if response.length:  # what was announced and didn't come
            raise Failed("it broke off its answer")
        return content.decode()

    def _seconds_left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _check_address(host: str, address: str) -> None:
    """Refuse a name that leads back into this machine or its link, though it doesn't say so.

    Whoever controls the name of an allowed endpoint could otherwise reach what listens only there.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    if host in (address, str(found)):
        return
    if mapped.is_loopback or mapped.is_link_local or mapped.is_unspecified or mapped.is_multicast:
        raise Failed(f"its name leads to {address}, an address of this machine or its network")


def _host(netloc: str) -> str:
    return _ascii(netloc) if netloc.isascii() else netloc.encode("idna").decode()


def _ascii(target: str) -> str:
    """An IRI's path as HTTP takes it (RFC 3987 section 3.1)."""
    return (
        target
        if target.isascii()
        else "".join(
            character if character.isascii() else "".join(f"%{byte:02X}" for byte in character.encode())
            for character in target
        )
    )
