"""Clients that ask without a pause worth mentioning, and note how each request ended."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Sequence

from benchmarks.soak.asks import Ask, Reply
from benchmarks.soak.ledger import RIGHT, WRONG, Entry, Ledger

_TIMEOUT = 60.0
_THINK_SECONDS = 0.1
_PATH_KEPT = 100


class Client:
    """One client of the server at ``port``, with a kept connection until that breaks."""

    def __init__(self, port: int, ledger: Ledger, number: int) -> None:
        self._port = port
        self._ledger = ledger
        self._connection: http.client.HTTPConnection | None = None
        self.random = random.Random(number)

    def ask(self, ask: Ask) -> None:
        """Ask it once."""
        accept = {"Accept": ask.accept}
        self.request(ask.kind, ask.path(self.random), accept, ask.judge, counts=ask.counts, expected=ask.expected)

    def request(
        self,
        kind: str,
        path: str,
        headers: dict[str, str],
        judge: Callable[[Reply], str],
        *,
        body: str | None = None,
        counts: bool = True,
        expected: bytes = b"",
    ) -> Reply | None:
        """Send a request and note what came of it; the answer, if there was a whole one."""
        reply, trouble = None, ""
        headers = {"Accept-Language": "en", **headers}
        began = time.monotonic()
        try:
            reply = self._reply("GET" if body is None else "POST", path, headers, body)
        except http.client.RemoteDisconnected:
            trouble = "closed before an answer"
        except (http.client.HTTPException, ConnectionResetError, BrokenPipeError) as error:
            trouble = f"broken off ({type(error).__name__})"
        except ConnectionRefusedError:
            trouble = "refused"
        except TimeoutError:
            trouble = "no answer in time"
        ended = time.monotonic()
        if reply is None:
            self.close()
            outcome, detail = trouble, ""
        elif reply.status >= 500 or reply.status == 429 or (not counts and reply.status >= 400):
            outcome, detail = reply.trouble, ""
        else:
            detail = judge(reply) if reply.status < 300 else f"status {reply.trouble} to {path[:100]}"
            outcome = WRONG if detail else RIGHT
            if detail and reply.lacking:  # it says so itself
                outcome, detail = "lacks something, and says so", ""
        entry = Entry(kind, began, ended, outcome, counts, path[:_PATH_KEPT])
        if detail and reply is not None:
            told = f"{path}\n{headers}\n\n{reply.status} {reply.headers}"
            self._ledger.add(entry, detail, told, reply.body, expected)
        else:
            self._ledger.add(entry)
        return reply

    def _reply(self, method: str, path: str, headers: dict[str, str], body: str | None) -> Reply:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT)
        self._connection.request(method, path, body.encode() if body is not None else None, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.getheader("Content-Length") is None and response.will_close:
            raise http.client.IncompleteRead(content)  # an answer whose end cannot be told from a break
        return Reply(response.status, dict(response.getheaders()), content)

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Crowd:
    """Clients on threads; use it as a context manager. ``work`` is called over and over by each with its client."""

    def __init__(
        self, port: int, ledger: Ledger, work: Sequence[Callable[[Client], None]], pause: float = _THINK_SECONDS
    ) -> None:
        self._pause = pause
        self._stopping = threading.Event()
        self.crashes: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._run, args=(Client(port, ledger, number), one), daemon=True)
            for number, one in enumerate(work)
        ]

    def __enter__(self) -> Crowd:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(_TIMEOUT)

    def _run(self, client: Client, work: Callable[[Client], None]) -> None:
        try:
            while not self._stopping.is_set():
                work(client)
                self._stopping.wait(self._pause)
        except BaseException as error:
            self.crashes.append(error)
        finally:
            client.close()


def one_of(asks: Sequence[Ask]) -> Callable[[Client], None]:
    """Ask any of them."""
    return lambda client: client.ask(client.random.choice(asks))
