"""One query on its way to a remote endpoint and back: asked, read, written in the format that is wanted."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Protocol

import urllib3

from miit_graph.engine import formats
from miit_graph.engine.carried import CARRIED
from miit_graph.engine.errors import (
    EndpointCannot,
    EndpointFailed,
    EndpointRefused,
    EndpointUnavailable,
    EngineFailure,
    QueryError,
    TimeLimitExceeded,
)
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Allow
from miit_graph.engine.piped import Outlet, PipedJob
from miit_graph.engine.remote.body import Body, check_headers
from miit_graph.engine.remote.client import Client, Line, Request, refuse_redirect, small
from miit_graph.engine.remote.kinds import Kind
from miit_graph.engine.remote.transcode import transcode
from miit_graph.engine.stream import Abandoned
from miit_graph.engine.terms import Form, Limits

_SAID = 400
_LATE = re.compile(r"time.?out|timed out|deadline|time limit|exceeds the limit|cancel|S1T00", re.IGNORECASE)


class Asker(Protocol):
    """Whoever knows the endpoint: its connections, and the program that answers there."""

    client: Client

    @property
    def kind(self) -> Kind:
        """The program, as far as it is known."""
        ...

    def learn(self, server: str) -> Kind:
        """The program, told by the Server header of an answer."""
        ...


class Job(PipedJob):
    """One query on its way to the endpoint and back."""

    def __init__(
        self,
        asker: Asker,
        text: str,
        decision: Allow,
        format: Format,
        limits: Limits,
        dataset: tuple[tuple[str, str], ...],
        stall_seconds: float,
    ) -> None:
        super().__init__(decision.form, format, limits, stall_seconds)
        self._asker = asker
        self._fields = (("query", text), *dataset)
        self._headers = CARRIED.headers()
        self._line = Line()
        self._outlet = Outlet(self)

    def abandon(self) -> None:
        """Nobody reads any more: end the connection, by which most engines notice that they may stop."""
        super().abandon()
        self._line.leave()

    def perform(self, done: Callable[[], None]) -> None:
        """Ask, pass the answer on, and end the pipe with an error if there was one."""
        try:
            self._ask()
            self._outlet.finish()
        except Abandoned:
            pass
        except QueryError as error:
            error.__traceback__ = error.__context__ = None
            self.pipe.end(error)
        except BaseException:
            self.pipe.end(EngineFailure())
            raise
        finally:
            done()

    def _ask(self) -> None:
        kind = self._asker.kind
        for _ in range(2):
            source = self._source(kind)
            fields = (*self._fields, *kind.time_limit(self.limits.seconds).items())
            request = Request(source.media_type, fields, headers=self._headers)
            response = self._asker.client.send(request, max(0.05, self.seconds_left()), self._line)
            learned = self._asker.learn(response.headers.get("Server", ""))
            if learned is kind or self._source(learned) is source:
                break
            response.close()  # what answers writes this format in its own way: ask for one that can be read
            kind = learned
        refuse_redirect(response)
        if not 200 <= response.status < 300:
            raise _error(response)
        check_headers(response, source)
        body = Body(response, source, self._line, seconds=max(0.05, self.seconds_left()), most=self.limits.result_bytes)
        try:
            if source is self.format and not (self.form is Form.ASK and kind.name == "virtuoso"):
                for piece in body:
                    body.until = time.monotonic() + self.seconds_left()
                    self._outlet.take(piece)
            else:
                transcode(body, self.form, source, self.format, self._outlet.take)
        except BaseException:
            self._line.leave()
            raise
        finally:
            body.close()

    def _source(self, kind: Kind) -> Format:
        """The format to ask for."""
        if self.format in kind.writes:
            return self.format
        if self.form.is_graph:
            return formats.N_TRIPLES
        return kind.tables


def _error(response: urllib3.BaseHTTPResponse) -> QueryError:
    """What a status that isn't good means."""
    status, said = response.status, small(response)
    if status in (401, 403, 407):
        return EndpointFailed("it does not let this server in; its credentials are missing or wrong")
    if status in (408, 504) or (status >= 500 and _LATE.search(said)):
        return TimeLimitExceeded.remote()
    if status in (404, 405, 406, 410):
        return EndpointFailed(f"it answers with status {status}; is its address right?")
    if status in (429, 502, 503):
        return EndpointUnavailable(f"it says that it cannot answer now (status {status})")
    reason = " ".join(said.split("SPARQL query:")[0].split())[:_SAID] or f"status {status}"
    if status < 500 or re.match(r"Virtuoso \w{5} Error|.*not supported", reason):
        return EndpointRefused(reason)
    return EndpointCannot(f"it answers with status {status}: {reason}")
