"""How often one client may ask: a bucket of tokens for each, shared by all web processes of a server.

The bucket is kept as one number, the moment at which it will be full again (the "theoretical arrival time" of the
generic cell rate algorithm, which is a token bucket turned round). The numbers lie in a table of fixed size in memory
that all processes share, so clients cost no memory however many come: a new one takes the place of one whose bucket is
full, else of the one whose bucket is nearest to it. So a crowd can make the limit too mild, never too strict. Two
processes that count for the same client at the same instant may count one request for two, for the table has no locks.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import math
import mmap
import os
import struct
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from miit_graph.web.front.log import client_of
from miit_graph.web.front.record import Headers, Record

_ROWS = 8192
_WAYS = 8
_ENTRY = struct.Struct("=Qd")
_ROW = struct.Struct("=" + "Qd" * _WAYS)
_KEY_BYTES = 16
SIZE = _KEY_BYTES + _ROWS * _ROW.size
"""Bytes of the table: 65,536 clients in 1 MiB."""
LIMITED = "miit_graph.limited"
"""In the WSGI environment: seconds to wait, if the client has asked too often."""
_POLICY = '"client"'
_FREE = ("/health/", "/static/")
_ALWAYS_FREE = ("/metrics", "/favicon.ico")


class Verdict(NamedTuple):
    """Whether a request may go on; how many more may follow at once, and seconds until all (if none: one more) may."""

    allowed: bool
    remaining: int
    seconds: float


class Buckets:
    """Lets each client send ``rate`` requests a second, and ``burst`` at once. ``path`` is a table (`make_table`)."""

    def __init__(self, path: Path, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._interval = 1 / rate
        self._burst = burst
        self._depth = burst * self._interval
        self._clock = clock
        with path.open("r+b") as file:
            self._page = mmap.mmap(file.fileno(), SIZE)
        self._secret = self._page[:_KEY_BYTES]  # so that nobody can choose addresses that share a row

    def take(self, client: str) -> Verdict:
        """Count a request of a client, unless it comes too early."""
        now = self._clock()
        digest = hashlib.blake2b(network_of(client), digest_size=8, key=self._secret).digest()
        key = int.from_bytes(digest, "little") or 1
        start = _KEY_BYTES + key % _ROWS * _ROW.size
        fields = _ROW.unpack_from(self._page, start)
        keys = fields[::2]
        known = key in keys
        way = keys.index(key) if known else min(range(_WAYS), key=lambda number: fields[2 * number + 1])
        full_at = max(now, fields[2 * way + 1]) if known else now
        after = full_at + self._interval
        # A microsecond of grace: what adding up takes away must not cost a whole request.
        allowed = after - now <= self._depth + 1e-6
        if allowed:
            _ENTRY.pack_into(self._page, start + way * _ENTRY.size, key, after)
            full_at = after
        left = self._depth - (full_at - now)
        remaining = max(0, math.floor(left / self._interval + 1e-6))
        return Verdict(allowed, remaining, max(0.0, full_at - now if remaining else self._interval - left))


def make_table(path: Path) -> Path:
    """An empty table in a new file; returns its path."""
    path.write_bytes(os.urandom(_KEY_BYTES) + bytes(SIZE - _KEY_BYTES))
    return path


class RateGate:
    """Says which requests come too early, and tells each client what it has left.

    The headers are those of the Internet-Draft draft-ietf-httpapi-ratelimit-headers. ``proxies`` is how many
    trusted proxies stand before the server.
    """

    def __init__(self, buckets: Buckets, rate: float, burst: int, proxies: int) -> None:
        self._buckets = buckets
        self._proxies = proxies
        self._policy = ("ratelimit-policy", f"{_POLICY};q={burst};w={math.ceil(burst / rate)}")

    def wait(self, scope: Any, record: Record) -> int | None:
        """Seconds that the client has to wait, or None if the request may go on."""
        if is_free(scope.path):
            return None
        verdict = self._buckets.take(client_of(scope, self._proxies))
        wait = math.ceil(verdict.seconds)
        record.extra += [self._policy, ("ratelimit", f"{_POLICY};r={verdict.remaining};t={wait}")]
        return None if verdict.allowed else max(1, wait)


def told(wait: int) -> str:
    """What a client is told that has to wait so many seconds."""
    return f"This client has sent more requests than it may. Wait {wait} second(s), then go on more slowly."


def refusal(wait: int) -> tuple[Headers, bytes]:
    """Headers and body for a client that has to wait."""
    problem = {
        "type": "/problems#rate-limit",
        "title": "Too many requests",
        "status": 429,
        "detail": told(wait),
        "violated-policies": [_POLICY.strip('"')],
    }
    body = json.dumps(problem).encode()
    headers = [("content-type", "application/problem+json"), ("retry-after", str(wait)), ("cache-control", "no-store")]
    headers += [("vary", "Accept"), ("content-length", str(len(body)))]
    return headers, body


@lru_cache(maxsize=4096)
def network_of(client: str) -> bytes:
    """What one client counts as: an IPv4 address, or the /64 of an IPv6 address, of which a household has all."""
    try:
        address = ipaddress.ip_address(client.partition("%")[0])
    except ValueError:
        return client.encode("utf-8", "surrogatepass")[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped.packed
        return address.packed[:8]
    return address.packed


def is_free(path: str) -> bool:
    """Whether a path is not counted: what watches the server, and the parts of pages."""
    return path.startswith(_FREE) or path in _ALWAYS_FREE
