"""Tells in its headers how an answer came about: from the cache or not, and what it took."""

from __future__ import annotations

import time

Header = tuple[str, str]

HIT: Header = ("cache-status", "miit-graph; hit")
"""The answer was there already (RFC 9211, section 2.1)."""


def miss(*, stable: bool) -> Header:
    """The engine was asked: nobody had asked before, or the answer may differ each time (RFC 9211, section 2.2)."""
    return "cache-status", f"miit-graph; fwd={'uri-miss' if stable else 'bypass'}"


def timing(began: float) -> Header:
    """Milliseconds until the answer began, counted from ``began`` on the monotonic clock (W3C Server Timing)."""
    return "server-timing", f"engine;dur={(time.monotonic() - began) * 1000:.1f}"
