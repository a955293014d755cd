"""Reads a query operation from a request (SPARQL 1.1 Protocol, section 2.1)."""

from __future__ import annotations

import binascii
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_options_header

from miit_graph.engine.api import Query
from miit_graph.engine.errors import UpdateRefused
from miit_graph.web.problems import Problem

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_MOST_PARAMETERS = 1_000
_POSTABLE = f"{FORM}, {DIRECT}"


@dataclass(frozen=True, slots=True)
class Operation:
    """What the request asks for; what it doesn't say is None."""

    query: Query | None
    format: str | None
    seconds: float | None
    version: str | None


@dataclass(frozen=True, slots=True)
class Update:
    """An update operation: its text, its dataset, and all other parameters."""

    text: str
    using: tuple[str, ...]
    using_named: tuple[str, ...]
    options: dict[str, str]


def read_update(request: Request) -> Update | None:
    """The update operation of a POST request (section 2.2), None if it is a query.

    Raises Problem (400, 415) where the request doesn't follow the protocol.
    """
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    if kind.lower() not in (_UPDATE, FORM):
        return None
    parameters = _pairs(_bytes(str(request.environ.get("QUERY_STRING", ""))), "address")
    coding = request.headers.get("Content-Encoding", "identity").lower()
    if kind.lower() == _UPDATE:
        texts = [_direct(read_body(request), options.get("charset", "utf-8"))]
    else:
        fields = _pairs(read_body(request), "form") if coding == "identity" else []
        texts = [value for name, value in fields if name == "update"]
        if not texts:
            return None
        parameters += [field for field in fields if field[0] != "update"]
    if coding != "identity":
        raise _unsupported(f"A body with Content-Encoding {coding} is not understood.")
    if len(texts) > 1 or any(name in ("update", "query") for name, _ in parameters):
        raise _malformed("The request holds more than one update, or a query besides. Send exactly one.")
    return Update(
        texts[0],
        tuple(value for name, value in parameters if name == "using-graph-uri"),
        tuple(value for name, value in parameters if name == "using-named-graph-uri"),
        dict(reversed(parameters)),
    )


def read_operation(request: Request) -> Operation:
    """The query operation of a GET, HEAD or POST request.

    Raises Problem (400, 415) where the request doesn't follow the protocol, and UpdateRefused for an update.
    """
    query_string = str(request.environ.get("QUERY_STRING", ""))
    if request.method != "POST":
        return read_query_string(query_string)
    sent = (request.headers.get("Content-Type", ""), request.headers.get("Content-Encoding", ""))
    return read_post(query_string, *sent, lambda: read_body(request))


def read_query_string(query_string: str) -> Operation:
    """The query operation of a GET request from what follows the question mark; raises as `read_operation` does."""
    parameters = _pairs(_bytes(query_string), "address")
    return _operation(parameters, [value for name, value in parameters if name == "query"])


def read_post(query_string: str, content_type: str, content_encoding: str, body: Callable[[], bytes]) -> Operation:
    """The query operation of a POST request from its parts; raises as `read_operation` does, and what ``body`` does."""
    parameters = _pairs(_bytes(query_string), "address")
    texts = [value for name, value in parameters if name == "query"]
    kind, options = parse_options_header(content_type)
    kind = kind.lower()
    if kind == _UPDATE:
        raise UpdateRefused
    if content_encoding and content_encoding.lower() != "identity":
        raise _unsupported(f"A body with Content-Encoding {content_encoding} is not understood.")
    if kind == DIRECT:
        texts.append(_direct(body(), options.get("charset", "utf-8")))
    elif kind == FORM:
        fields = _pairs(body(), "form")
        texts += [value for name, value in fields if name == "query"]
        parameters += fields
    elif kind or body():
        raise _unsupported(f'A body of type "{kind}" is not understood.' if kind else "The body has no type.")
    if not texts and not any(name == "update" for name, _ in parameters):
        raise _malformed("The request holds no query. Send it as the parameter query, or as the body.")
    return _operation(parameters, texts)


def _operation(parameters: list[tuple[str, str]], texts: list[str]) -> Operation:
    if any(name == "update" for name, _ in parameters):
        raise UpdateRefused
    if len(texts) > 1:
        raise _malformed(f"The request holds {len(texts)} queries. Send exactly one.")
    query = (
        Query(
            texts[0],
            tuple(value for name, value in parameters if name == "default-graph-uri"),
            tuple(value for name, value in parameters if name == "named-graph-uri"),
        )
        if texts
        else None
    )
    single = dict(reversed(parameters))  # the first of a name counts
    return Operation(
        query, single.get("format") or None, _seconds(single.get("timeout")), single.get("version") or None
    )


def _bytes(query_string: str) -> bytes:
    # WSGI hands bytes over as Latin-1 (PEP 3333).
    return query_string.encode("latin-1", "replace")


def _pairs(raw: bytes, where: str) -> list[tuple[str, str]]:
    broken = _BAD_PERCENT.search(raw)
    if broken:
        raise _malformed(f"The {where} has a % at byte {broken.start() + 1} that no two hexadecimal digits follow.")
    try:
        if raw.isascii() and raw.count(b"&") < _MOST_PARAMETERS:
            return [_pair(part) for part in raw.split(b"&") if part]
        return parse_qsl(raw.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise _malformed(f"The {where} is not UTF-8.") from None
    except ValueError:
        raise _malformed(f"The {where} has more than {_MOST_PARAMETERS} parameters.") from None


def _pair(part: bytes) -> tuple[str, str]:
    name, _, value = part.partition(b"=")
    return _unquoted(name), _unquoted(value)


def _unquoted(text: bytes) -> str:
    """A part of a form without its + and %XX; the decoder of =XX is in C, and twenty times as fast as urllib."""
    if b"%" not in text:
        return text.decode().replace("+", " ")
    text = text.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")
    return binascii.a2b_qp(text).decode()


def _direct(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except LookupError:
        raise _unsupported(f'The charset "{charset}" is unknown. Send UTF-8.') from None
    except UnicodeError:
        raise _malformed(f"The body is not {charset.upper()}.") from None


def read_body(request: Request) -> bytes:
    """The whole body. Raises 413 if it is too large."""
    body = request.get_data()
    most = request.max_content_length
    # Werkzeug refuses a body that announces too many bytes, but cuts one that doesn't announce any.
    if most is not None and request.content_length is None and len(body) >= most:
        raise RequestEntityTooLarge
    return body


def _seconds(value: str | None) -> float | None:
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise _malformed(f'timeout={value[:40]} is not a number of seconds. Write for example "timeout=10".')
    return seconds


def _malformed(detail: str) -> Problem:
    return Problem(400, "request", "The request is not understood", detail)


def _unsupported(detail: str) -> Problem:
    hint = f"{detail} Post the query as {FORM} with the parameter query, or as {DIRECT}."
    return Problem(
        415,
        "media-type",
        "The body has an unknown type",
        hint,
        {"Accept-Post": _POSTABLE, "Accept": _POSTABLE},
    )
