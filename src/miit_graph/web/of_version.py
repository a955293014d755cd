"""The version that a request is answered from, and what is made of a version and kept for the next request."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g

from miit_graph.engine.pinned import Pinned
from miit_graph.web.assets import PINNED
from miit_graph.web.context import context

_MOST = 3
_lock = threading.Lock()
_Made = TypeVar("_Made")


def pinned() -> Pinned:
    """The engine at the version from which this request is answered."""
    if PINNED not in g:
        setattr(g, PINNED, Pinned(context().engine))
    found: Pinned = g.get(PINNED)
    return found


def of_version(key: str, make: Callable[[], _Made], close: Callable[[_Made], None] = lambda _: None) -> _Made:
    """What ``make`` gives for that version; kept until a few other versions have been asked for since.

    ``key`` is its name among the application's extensions; ``close`` is called with what is kept no longer.
    """
    version = pinned().version
    with _lock:
        known: OrderedDict[str, Any] = current_app.extensions.setdefault(key, OrderedDict())
        if version in known:
            known.move_to_end(version)
            found: _Made = known[version]
            return found
    made = make()
    with _lock:
        found = known.setdefault(version, made)
        gone = [known.popitem(last=False)[1] for _ in range(len(known) - _MOST)]
    if found is not made:  # somebody else came at the same time and was quicker
        gone.append(made)
    for other in gone:
        close(other)
    return found
