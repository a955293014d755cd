"""Where requests come in: carries the Flask application on granian's own interface (RSGI), and answers what is already
known without it.

Requests run on threads, as WSGI requires; the event loop only passes bytes. What it does itself:

- a GET whose answer is in the cache is answered at once. What such a request means (which cache entry) is remembered
  from the first time, when Flask and the protocol code worked it out, so there is no second reading of the rules here;
- long answers are sent as the client takes them, and broken off visibly if they fail (`sending`);
- a plain query, by GET or POST, goes to a worker without Flask (`direct`);
- a client that goes away while its query runs is noticed, and the query given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from miit_graph.engine.carried import Headers as Carried
from miit_graph.engine.errors import ClientGone, QueryError, TimeLimitExceeded
from miit_graph.in_flight import InFlight
from miit_graph.web.compression import Compressed, choose_coding, pack, tag_of
from miit_graph.web.front import shortcuts, strict
from miit_graph.web.front.direct import Direct, Found, Started
from miit_graph.web.front.exchange import Exchange, environ_of
from miit_graph.web.front.rate import LIMITED, RateGate, refusal
from miit_graph.web.front.record import RECORD, Observer, Record
from miit_graph.web.front.sending import Sender
from miit_graph.web.front.trace_context import passed_on
from miit_graph.web.front.waiting import GRACE_SECONDS, WATCH_AFTER, Patience, readable, watch
from miit_graph.web.negotiation import prefers_html

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logging.getLogger(__name__)
_BODY_SECONDS = 30.0
_FEW = 2
"""Requests that run in this process: with more of them, what is good for one of them holds up the others."""
_TICK_SECONDS = 1.0
_WITHOUT_BODY = ("GET", "HEAD", "OPTIONS")


class Front:
    """The RSGI application: ``application`` does the work, on at most ``threads`` threads.

    ``always`` are the headers that every answer has; ``hosts`` the names to answer to, if not to any. What takes no
    thread takes no place either: a request whose body is still coming, an answer that a client takes slowly.
    ``observers`` hear of each request when it is over; ``ticks`` are called every second, ``ends`` once at the end;
    ``gate`` says which clients have asked too often; ``secure`` is what answers over HTTPS have besides, as ``proxies``
    trusted proxies tell it; ``carries`` tells what a request sends along to an engine elsewhere.
    """

    def __init__(
        self,
        application: WSGIApplication,
        known: shortcuts.Shortcuts,
        direct: Direct | None,
        *,
        threads: int,
        body_bytes: int,
        stall_seconds: float,
        observers: tuple[Observer, ...] = (),
        ticks: tuple[Callable[[], None], ...] = (),
        ends: tuple[Callable[[], None], ...] = (),
        gate: RateGate | None = None,
        in_flight: InFlight | None = None,
        carries: Callable[[Record], Carried] = passed_on,
        always: Mapping[str, str],
        hosts: Collection[str] = (),
        secure: Mapping[str, str] = MappingProxyType({}),
        proxies: int = 0,
    ) -> None:
        self._gate = gate
        self._ticks = ticks
        self._ends = ends
        self._carries = carries
        self._in_flight = in_flight
        self._observers = observers
        self._application = application
        self._known = known
        self._direct = direct
        self._threads = threads
        self._body_bytes = body_bytes
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._sender = Sender(self._pool, stall_seconds, self._sends)
        self._always = [(name.lower(), value) for name, value in always.items()]
        self._hosts = hosts
        self._secure = [(name.lower(), value) for name, value in secure.items()]
        self._proxies = proxies
        self._running = 0
        self._sending = 0
        self._held = 0
        self._patience = Patience()

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """granian calls this when the event loop is there."""
        if self._ticks:
            self._tick(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """granian calls this when the process is about to end; what Python does at its end is not done in it."""
        for end in self._ends:
            end()

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        for tick in self._ticks:
            tick()
        loop.call_later(_TICK_SECONDS, self._tick, loop)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            return
        record = Record(scope, protocol)
        if self._in_flight is not None:
            self._in_flight.begin()
            if self._in_flight.leaving:
                record.extra.append(("connection", "close"))
        if self._secure and strict.is_secure(scope, self._proxies):
            record.extra += self._secure
        try:
            if self._gate is None or (wait := self._gate.wait(scope, record)) is None:
                await self._handle(scope, record)
            else:
                await self._refuse(scope, record, wait)
        finally:
            if self._in_flight is not None:
                self._in_flight.end()
            record.total = time.monotonic() - record.began
            for observer in self._observers:
                observer(record)

    async def _refuse(self, scope: Any, protocol: Record, wait: int) -> None:
        """Tell a client that has asked too often; a browser gets a page, as long as there is little to do."""
        if prefers_html(scope.headers.get("accept") or "") and self._running < self._threads // 2:
            self._running += 1
            try:
                await self._answer(scope, protocol, None, None, (b"", 0), {LIMITED: wait})
            finally:
                self._running -= 1
        else:
            protocol.outcome = "rate-limit"
            headers, body = refusal(wait)
            protocol.response_bytes(429, headers + self._always, body)

    async def _handle(self, scope: Any, protocol: Record) -> None:
        if self._hosts and not strict.is_named(scope, self._hosts):
            protocol.outcome = strict.MISDIRECTED.slug
            protocol.response_bytes(*strict.answer(strict.MISDIRECTED, self._always))
            return
        raw = None
        if scope.method == "GET" and scope.path == "/sparql":
            raw = shortcuts.Raw.read(scope)
            found = self._known.find(raw, protocol)
            if found is not None:
                protocol.response_bytes(*found)
                return
        wrong = strict.fault(scope)
        sent = b"", 0
        if wrong is None and scope.method not in _WITHOUT_BODY:
            sent, wrong = await self._body(scope, protocol)
        if wrong is None and self._running >= self._threads:
            wrong = strict.BUSY
        if wrong is not None:
            protocol.outcome = wrong.slug
            protocol.response_bytes(*strict.answer(wrong, self._always))
            return
        self._running += 1
        try:
            error = None
            if raw is not None and self._direct is not None:
                started = await self._begin(self._direct, raw)
                if isinstance(started, Found):
                    self._known.remember(raw, started.key, started.headers, started.etag, started.form)
                    found = self._known.find(raw, protocol)
                    if found is not None:
                        protocol.response_bytes(*found)
                        return
                elif started is not None:
                    error = await self._answer_directly(self._direct, started, raw, scope, protocol)
                    if error is None:
                        return
            elif scope.method == "POST" and scope.path == "/sparql" and self._direct is not None:
                done, error = await self._post(self._direct, sent, scope, protocol)
                if done:
                    return
            await self._answer(scope, protocol, raw, error, sent)
        except Exception:
            _log.exception("a request failed: %s %s", scope.method, scope.path)
            with contextlib.suppress(Exception):  # an answer may have been begun
                protocol.response_bytes(*strict.answer(strict.FAILED, self._always))
        finally:
            self._running -= 1

    @contextlib.contextmanager
    def _sends(self) -> Iterator[None]:
        """While an answer is sent its place is free for others: who reads slowly shuts nobody out."""
        self._running -= 1
        self._sending += 1
        try:
            yield
        finally:
            self._sending -= 1
            self._running += 1

    def _quiet(self) -> bool:
        return self._running + self._sending <= _FEW

    async def _begin(
        self, direct: Direct, raw: shortcuts.Raw, posted: shortcuts.Posted | None = None
    ) -> Started | Found | None:
        if self._quiet() and direct.wants_worker():
            await asyncio.get_running_loop().run_in_executor(self._pool, direct.prepare)
        return direct.begin(raw, posted)

    async def _post(
        self, direct: Direct, sent: tuple[bytes, int], scope: Any, protocol: Record
    ) -> tuple[bool, QueryError | None]:
        """A POST for the endpoint: whether it was answered, and else the error that its query has come to, if any."""
        body, size = sent
        if size > len(body):
            return False, None
        raw = shortcuts.Raw.read(scope)._replace(if_none_match="")
        started = await self._begin(direct, raw, shortcuts.Posted.read(scope, body))
        if started is None:
            return False, None
        if isinstance(started, Started):
            error = await self._answer_directly(direct, started, raw, scope, protocol)
            return error is None, error
        known = shortcuts.Known(started.key, started.headers, "", choose_coding(raw.encoding), started.form)
        found = self._known.reply(known, protocol)
        if found is not None:
            protocol.response_bytes(*found)
        return found is not None, None

    async def _answer_directly(
        self, direct: Direct, started: Started, raw: shortcuts.Raw, scope: Any, protocol: Record
    ) -> QueryError | None:
        """Wait for a query that was started and send its answer; the error if it comes to none."""
        loop = asyncio.get_running_loop()
        pending = started.pending
        protocol.asked(started.key[1].text, started.form.value)
        protocol.route = "/sparql"
        try:
            here = self._quiet() and self._patience.wait(pending.fileno())
            if not here and not await readable(pending.fileno(), started.seconds + GRACE_SECONDS, protocol):
                raise ClientGone
            if pending.speaks():
                answer = pending.answer()
            else:  # bad news; hearing it out may take a while
                answer = await loop.run_in_executor(self._pool, pending.answer)
        except TimeoutError:
            pending.close()
            error: QueryError = TimeLimitExceeded(started.seconds)
            protocol.engine = time.monotonic() - started.began
            direct.failed(started, error)
            return error
        except QueryError as caught:
            pending.close()
            protocol.engine = time.monotonic() - started.began
            direct.failed(started, caught)
            return caught
        started.came_from(answer.version)
        choice = choose_coding(raw.encoding)
        headers = started.headers() + started.told()
        protocol.cache = "miss" if started.stable else "bypass"
        etag = started.etag
        if answer.length is None:
            body: Iterable[bytes] = direct.parts(started, answer)
            if choice.coding:
                body = Compressed(body, choice.coding)
                headers.append(("content-encoding", choice.coding))
            if etag:
                headers.append(("etag", tag_of(etag, choice.coding)))
            exchange = Exchange({}, status=200, headers=headers, body=body, parts=iter(body))
            try:
                await self._sender.stream(scope, protocol, exchange, None if choice.coding else started)
            finally:
                protocol.engine = time.monotonic() - started.began
                await loop.run_in_executor(self._pool, exchange.close)
            return None
        content = direct.complete(started, answer)
        protocol.engine = time.monotonic() - started.began
        protocol.count_rows(started.key[2], content)
        if etag:
            self._known.remember(raw, started.key, started.headers(), etag, started.form)
        coding = choice.fits(len(content))
        if coding:
            content = await loop.run_in_executor(self._pool, pack, content, coding)
            headers.append(("content-encoding", coding))
        if etag:
            headers.append(("etag", tag_of(etag, coding)))
        headers.append(("content-length", str(len(content))))
        protocol.response_bytes(200, headers, content)
        return None

    async def _answer(
        self,
        scope: Any,
        protocol: Record,
        raw: shortcuts.Raw | None,
        error: QueryError | None,
        sent: tuple[bytes, int],
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> None:
        """The long way: through Flask, on a thread.

        ``error`` is what the query has already come to; ``more`` is added to the WSGI environment.
        """
        loop = asyncio.get_running_loop()
        exchange = Exchange(environ_of(scope, *sent), carries=partial(self._carries, protocol))
        exchange.environ[RECORD] = protocol
        exchange.environ.update(more)
        if error is not None:
            exchange.environ[shortcuts.FAILED] = error
        # Looking after the client costs a task; most requests are done before.
        watching: list[asyncio.Task[None]] = []
        timer = loop.call_later(WATCH_AFTER, lambda: watching.append(loop.create_task(watch(protocol, exchange.leave))))
        try:
            await loop.run_in_executor(self._pool, exchange.run, self._application)
            protocol.answered_with(exchange.headers)
            if exchange.whole is not None:
                if raw is not None:
                    self._known.learn(raw, exchange.environ, exchange.headers)
                await self._sender.whole(scope, protocol, exchange, exchange.whole)
            elif scope.method == "HEAD":
                protocol.response_empty(exchange.status, exchange.headers)
            else:
                await self._sender.stream(scope, protocol, exchange)
        except Exception:
            _log.exception("a request failed: %s %s", scope.method, scope.path)
            protocol.response_bytes(*strict.answer(strict.FAILED, self._always))
        finally:
            timer.cancel()
            for task in watching:
                task.cancel()
            protocol.queue += exchange.queue
            protocol.engine += exchange.engine
            if exchange.whole is None:
                await loop.run_in_executor(self._pool, exchange.close)

    async def _body(self, scope: Any, protocol: Record) -> tuple[tuple[bytes, int], strict.Fault | None]:
        """The body and its size, and what is wrong with it; no more than the application may take is kept.

        A body that ends too soon must not be taken for a whole one: half of an update is another update. granian hands
        over an empty part at the end, and one more if the body broke off (or had trailers, which nobody sends).
        """
        parts: list[bytes] = []
        size = empty = 0
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                async for part in protocol:
                    empty += not part
                    size += len(part)
                    if size > self._body_bytes:
                        return (b"", size), None
                    self._held += len(part)
                    parts.append(bytes(part))
                    if self._held > self._threads * self._body_bytes:
                        return (b"", 0), strict.BUSY
        except TimeoutError:
            return (b"", 0), strict.SLOW
        finally:
            self._held -= sum(map(len, parts))
        announced = scope.headers.get("content-length")
        broken = empty > 1 or (announced is not None and size != int(announced))
        return (b"".join(parts), size), strict.BROKEN_BODY if broken else None
