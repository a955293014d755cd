"""Remembers which cached answer a request got, so that the same request gets it again without being read.

A request is the same if everything is that an answer can depend on: query string, Accept, Accept-Encoding. Nothing
is decided here: an entry is made only when the application answered from or into the cache (`ANSWERED`), with
the headers it gave; and it counts only as long as the answer is in the cache and the data have the same version.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from miit_graph.engine.api import Form
from miit_graph.web.cache import AnswerCache, Key
from miit_graph.web.compression import Choice, choose_coding, plain_tags, tag_of
from miit_graph.web.front.record import Record
from miit_graph.web.how import HIT

ANSWERED = "miit_graph.answered"
"""In the WSGI environment: the cache's key of the answer, and the form of its query."""
FAILED = "miit_graph.failed"
"""In the WSGI environment: the error that the query has already come to, for the application to tell."""
GONE = "miit_graph.gone"
"""In the WSGI environment: a function that says whether the client has gone."""

_MOST = 4096
_LONGEST = 4096
_LARGEST = 256 * 1024
"""Longer answers are sent piece by piece: many slow clients must not each hold all of one in memory."""
_NOT_KEPT = ("content-length", "content-encoding", "etag", HIT[0], "server-timing")

Headers = list[tuple[str, str]]


def query_string(scope: Any) -> str:
    """What follows the question mark as WSGI has it (PEP 3333), each byte a character; granian reads it as UTF-8."""
    given: str = scope.query_string
    return given if given.isascii() else given.encode("utf-8", "surrogateescape").decode("latin-1")


class Raw(NamedTuple):
    """A request for the endpoint as it came, without its body."""

    query_string: str
    accept: str
    encoding: str
    if_none_match: str

    @classmethod
    def read(cls, scope: Any) -> Raw:
        """From granian's scope."""
        get = scope.headers.get
        return cls(query_string(scope), get("accept") or "", get("accept-encoding") or "", get("if-none-match") or "")


class Posted(NamedTuple):
    """What a POST request has besides."""

    content_type: str
    content_encoding: str
    body: bytes

    @classmethod
    def read(cls, scope: Any, body: bytes) -> Posted:
        """From granian's scope, and the body that came."""
        get = scope.headers.get
        return cls(get("content-type") or "", get("content-encoding") or "", body)


class Known(NamedTuple):
    """How a request is answered from the cache; ``etag`` is empty if clients are not to keep the answer."""

    key: Key
    headers: Headers
    etag: str
    choice: Choice
    form: Form


class Shortcuts:
    """What is known of requests; ``version`` tells the present version of the data. Used by one thread only."""

    def __init__(self, cache: AnswerCache, version: Callable[[], str], hit: Callable[[], None]) -> None:
        self._cache = cache
        self._version = version
        self._hit = hit
        self._known: OrderedDict[tuple[str, str, str], Known] = OrderedDict()

    def find(self, raw: Raw, record: Record) -> tuple[int, Headers, bytes] | None:
        """Status, headers and body for a request that was answered before, if its answer is still here."""
        known = self._known.get(raw[:3])
        if known is None or known.key[0] != self._version():
            return None
        return self.reply(known, record, raw.if_none_match)

    def reply(self, known: Known, record: Record, if_none_match: str = "") -> tuple[int, Headers, bytes] | None:
        """Status, headers and body of an answer in the cache, if it is still here and short."""
        stored = self._cache.get(known.key)
        if stored is None or len(stored.body) > _LARGEST:
            return None
        coding = known.choice.fits(len(stored.body))
        body = stored.known(coding)
        if body is None or known.choice.impossible:
            return None
        self._hit()
        record.text, record.form, record.cache = known.key[1].text, known.form.value, "hit"
        record.route = "/sparql"
        etag = [HIT, ("etag", tag_of(known.etag, coding))] if known.etag else [HIT]
        if if_none_match and (known.etag[:-1] in if_none_match or if_none_match == "*"):
            return 304, [*known.headers, *etag], b""
        more = [*etag, ("content-length", str(len(body)))]
        if coding:
            more.append(("content-encoding", coding))
        return 200, [*known.headers, *more], body

    def learn(self, raw: Raw, environ: dict[str, Any], headers: Headers) -> None:
        """Remember what ``raw`` was answered with, if it was answered from the cache."""
        key, form = environ.get(ANSWERED, (None, None))
        if key is not None:
            etag = plain_tags(dict(headers).get("etag", ""))
            self.remember(raw, key, [(name, value) for name, value in headers if name not in _NOT_KEPT], etag, form)

    def remember(self, raw: Raw, key: Key, kept: Headers, etag: str, form: Form) -> None:
        """Remember that ``raw`` was answered with the entry of the cache, these headers, and this entity tag."""
        if len(raw.query_string) > _LONGEST or len(raw.accept) + len(raw.encoding) > _LONGEST:
            return
        self._known[raw[:3]] = Known(key, kept, etag, choose_coding(raw.encoding), form)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
