"""How the state of a remote dataset is named, so that no answer is kept beyond what is known to be true.

A dataset that `miit-graph push` has loaded carries a mark: a small graph with its version and a name of that very push.
The state is called after both, and the mark is read again every ``ttl`` seconds; a push takes the mark away first and
sets it last. Of a dataset without a mark nothing is known: its state gets another name every ``ttl`` seconds. So in
either case an answer is at most ``ttl`` seconds older than the data that its state's name stands for. While nobody can
tell whether there is a mark, nothing is answered.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

GRAPH = "urn:x-miit-graph:mark"
"""The graph of the mark; the terms are `SUBJECT` and `NAMES`, each with a plain literal."""
SUBJECT = "urn:x-miit-graph:dataset"
NAMES = ("version", "push", "default", "manifest")
TERM = "urn:x-miit-graph:"
MERGED = "urn:x-miit-graph:merged"
"""Holds the default graph where an engine's own is the union of all it has."""
NOTHING = "urn:x-miit-graph:nothing"
"""A graph that there isn't: for a dataset whose default graph is empty, or that has no named graphs."""
_AGAIN = 0.5
"""Seconds after which a mark that could not be read is asked for again."""
QUERY = f"SELECT ?name ?value {{ GRAPH <{GRAPH}> {{ <{SUBJECT}> ?name ?value }} }}"


def _started() -> str:
    """Names this start of the machine (Linux); elsewhere nothing is known of it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark says: version, the push, the graph that serves as default graph (or empty), and the manifest."""

    version: str
    push: str
    default: str
    manifest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def graphs(self) -> tuple[str, ...]:
        """The IRIs of the dataset's named graphs."""
        return tuple(str(graph["iri"]) for graph in self.manifest.get("graphs") or ())


def read_mark(results: str) -> Mark | None:
    """The mark in the answer (JSON) to `QUERY`, or None. Raises ValueError if that is no such answer."""
    said: dict[str, str] = {}
    try:
        for row in json.loads(results)["results"]["bindings"]:
            said[str(row["name"]["value"]).removeprefix(TERM)] = str(row["value"]["value"])
        if any(name not in said for name in NAMES):
            return None  # a push has begun and isn't over
        mark = Mark(said["version"], said["push"], said["default"], dict(json.loads(said["manifest"])))
        _ = mark.graphs, mark.manifest.get("prefixes", {}).items()
        return mark
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("no SPARQL result") from error


@dataclass(frozen=True, slots=True)
class _Known:
    """A mark, the name of the state, and until when that holds."""

    mark: Mark | None
    name: str
    until: float


class State:
    """The present state. ``read`` asks for the mark while others wait, ``read_ahead`` while they don't; both raise."""

    def __init__(
        self,
        address: str,
        ttl: float,
        read: Callable[[], Mark | None],
        read_ahead: Callable[[], Mark | None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # The monotonic clock is the same for all processes of a machine and cannot be set back; it begins anew when the
        # machine does, so that start is part of the name.
        self._name = hashlib.sha256(f"{address} {_started()}".encode()).hexdigest()[:8]
        self._ttl = ttl
        self._read = read
        self._read_ahead = read_ahead
        self._clock = clock
        self._lock = threading.Lock()
        self._ahead = threading.Lock()
        self._present = _Known(None, "", 0.0)
        self._again = 0.0
        self._trouble: Exception | None = None

    @property
    def mark(self) -> Mark | None:
        """The mark as it was read last."""
        return self._present.mark

    @property
    def known(self) -> str:
        """The name of the state if that needs no reading; empty if it does."""
        present = self._present
        return present.name if self._clock() < present.until else ""

    def now(self) -> tuple[Mark | None, str]:
        """The mark, if there is one, and the name of the state. Raises what keeps the mark from being read.

        Without it nobody knows which graph is the default graph, and whether the data are still the same: who can't
        tell that now can't answer a query either.
        """
        now, present = self._clock(), self._present
        if now >= present.until:
            with self._lock:
                now, present = self._clock(), self._present
                if now >= present.until:
                    present = self._renew(now)
        elif present.mark is not None and self._read_ahead is not None and now >= present.until - self._ttl / 2:
            self._renew_ahead(self._read_ahead)
        return present.mark, present.name

    def _renew(self, now: float) -> _Known:
        if self._trouble is not None and now < self._again:
            raise self._trouble.with_traceback(None)
        try:
            self._present = self._told(self._read(), now)
            self._trouble = None
        except Exception as error:
            self._trouble, self._again = error, self._clock() + min(_AGAIN, self._ttl)
            raise
        return self._present

    def _told(self, mark: Mark | None, asked: float) -> _Known:
        """What a mark says that was ``asked`` for then."""
        if mark is not None:
            return _Known(mark, f"{mark.version}-{mark.push}", asked + self._ttl)
        epoch = int(asked // self._ttl)
        return _Known(None, f"{self._name}-{epoch}", (epoch + 1) * self._ttl)

    def _renew_ahead(self, read: Callable[[], Mark | None]) -> None:
        """Read the mark before the last one is too old, so that in good times nobody waits for it."""
        if not self._ahead.acquire(blocking=False):
            return

        def renew() -> None:
            try:
                asked = self._clock()
                if asked < self._present.until - self._ttl / 2:
                    return  # somebody has just done it
                present = self._told(read(), asked)
                with self._lock:
                    if present.until > self._present.until:
                        self._present = present
            except Exception:
                time.sleep(_AGAIN)  # who needs the mark once it is too old will hear what is wrong
            finally:
                self._ahead.release()

        threading.Thread(target=renew, name="mark", daemon=True).start()
