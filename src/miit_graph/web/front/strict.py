"""What the front refuses before anybody reads it, and the answers that it makes itself."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any, NamedTuple

HEADER_BYTES = 16 * 1024
"""Most bytes that all headers of a request may have together, names and values."""
_HOST = re.compile(r"(?:[A-Za-z0-9_.~!$&'()*+;=-]|%[0-9A-Fa-f]{2})*+(?::[0-9]*)?|\[[0-9A-Fa-f:.]+\](?::[0-9]*)?")


_PORT = re.compile(r":[0-9]*$")


class Fault(NamedTuple):
    """Why a request is refused."""

    status: int
    slug: str
    title: str
    detail: str


BUSY = Fault(503, "busy", "The server is busy", "Try again in a few seconds.")
SLOW = Fault(408, "slow-body", "The body took too long", "The request's body did not come in time. Send it again.")
BROKEN_BODY = Fault(
    400,
    "request",
    "The request is not understood",
    "The body ended too soon, or is not framed as HTTP/1.1 has it.",
)
MISDIRECTED = Fault(421, "misdirected", "This is another server", "The server is not asked by the name in Host.")
FAILED = Fault(500, "server", "The server has failed", "The server has noted the reason in its log.")


def is_named(scope: Any, names: Collection[str]) -> bool:
    """Whether a request is for one of these hosts (without their port), as a page that rebinds its name is not."""
    return is_one_of(scope.headers.get("host") or "", names)


def is_one_of(host: str, names: Collection[str]) -> bool:
    """Whether what a Host header says is one of these names (in lower case), with any port."""
    return _PORT.sub("", host.lower()) in names


def is_secure(scope: Any, proxies: int) -> bool:
    """Whether a request came by HTTPS.

    With trusted proxies it is what the outermost of them says (`X-Forwarded-Proto`, counted from its end).
    """
    if not proxies:
        return bool(scope.scheme == "https")
    hops = [hop.strip() for value in scope.headers.get_all("x-forwarded-proto") for hop in value.split(",")]
    return len(hops) >= proxies and hops[-proxies].lower() == "https"


def fault(scope: Any) -> Fault | None:
    """What is wrong with the head of a request (RFC 9112 section 3.2, RFC 6585 section 5), if anything is."""
    size, hosts = 0, []
    for name, value in scope.headers.items():
        size += len(name) + len(value)
        if name == "host":
            hosts.append(value)
    if size > HEADER_BYTES:
        what = f"The headers have {size:,} bytes; at most {HEADER_BYTES:,} are read."
        return Fault(431, "headers-too-large", "The headers are too large", what)
    if len(hosts) != 1 and (hosts or scope.http_version != "1.0"):
        what = f"The request has {len(hosts)} Host headers; HTTP/1.1 asks for one."
        return Fault(400, "request", "The request is not understood", what)
    if hosts and not _HOST.fullmatch(hosts[0]):
        return Fault(400, "request", "The request is not understood", "The Host header is no host name and port.")
    return None


def answer(wrong: Fault, always: list[tuple[str, str]]) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body (RFC 9457) for a fault; ``always`` are the headers that every answer has."""
    problem = {"type": f"/problems#{wrong.slug}", "title": wrong.title, "status": wrong.status, "detail": wrong.detail}
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store")]
    if wrong.status == 503:
        headers.append(("retry-after", "5"))
    return wrong.status, headers + always, json.dumps(problem).encode()
