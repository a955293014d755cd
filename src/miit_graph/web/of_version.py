"""The version that a request is answered from, and what is made of a version and kept for the next request."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g

from miit_graph.engine.pinned import Pinned
from miit_graph.web.assets import PINNED
from miit_graph.web.context import context

_MOST = 3
_MINUTE = 60.0
_lock = threading.Lock()
_Made = TypeVar("_Made")


def pinned() -> Pinned:
    """The engine at the version from which this request is answered."""
    if PINNED not in g:
        setattr(g, PINNED, Pinned(context().engine))
    found: Pinned = g.get(PINNED)
    return found


def of_version(
    key: str,
    make: Callable[[], _Made],
    close: Callable[[_Made], None] = lambda _: None,
    whole: Callable[[_Made], bool] = lambda _: True,
) -> _Made:
    """What ``make`` gives for that version; kept until a few other versions have been asked for since.

    ``key`` is its name among the application's extensions; ``close`` is called with what is kept no longer. What is not
    ``whole``, because the engine was too busy for more, is used for a minute at most.
    """
    version = pinned().version
    used: dict[tuple[str, str], _Made] = g.setdefault("used", {})  # a request doesn't change over half-way
    if (key, version) not in used:
        used[key, version] = _of(key, version, make, close, whole)
    return used[key, version]


def _of(
    key: str, version: str, make: Callable[[], _Made], close: Callable[[_Made], None], whole: Callable[[_Made], bool]
) -> _Made:
    with _lock:
        known: OrderedDict[str, tuple[Any, float]] = current_app.extensions.setdefault(key, OrderedDict())
        if version in known:
            known.move_to_end(version)
            found: _Made = known[version][0]
            if whole(found) or time.monotonic() < known[version][1] + _MINUTE:
                return found
            del known[version]
    made = make()
    with _lock:
        found = known.setdefault(version, (made, time.monotonic()))[0]
        gone = [known.popitem(last=False)[1][0] for _ in range(len(known) - _MOST)]
    if found is not made:  # somebody else came at the same time and was quicker
        gone.append(made)
    for other in gone:
        close(other)
    return found


def left_out() -> None:
    """Note that the answer to this request lacks what took the engine too long: nobody is to keep it."""
    g.lacking = True


def lacking() -> bool:
    """Whether the answer to this request lacks something."""
    return bool(g.get("lacking"))
