"""How the state of a remote dataset is named, so that no answer is kept beyond what is known to be true.

A dataset that `miit-graph push` has loaded carries a mark: a small graph with its version and a name of that very push.
The state is called after both, and the mark is read again every ``ttl`` seconds; a push takes the mark away first and
sets it last. Of a dataset without a mark nothing is known: its state gets another name every ``ttl`` seconds. So in
either case an answer is at most ``ttl`` seconds older than the data that its state's name stands for.
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
_AGAIN = 1.0
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
        return Mark(said["version"], said["push"], said["default"], json.loads(said["manifest"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no SPARQL result") from error


class State:
    """The present state; ``read`` asks for the mark and raises if it can't."""

    def __init__(
        self, address: str, ttl: float, read: Callable[[], Mark | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        # The monotonic clock is the same for all processes of a machine and cannot be set back; it begins anew when the
        # machine does, so that start is part of the name.
        self._name = hashlib.sha256(f"{address} {_started()}".encode()).hexdigest()[:8]
        self._ttl = ttl
        self._read = read
        self._clock = clock
        self._lock = threading.Lock()
        self._until = 0.0
        self._known: tuple[Mark | None, str] = (None, "")
        self._trouble: Exception | None = None

    def asked(self) -> tuple[Mark | None, str]:
        """As `now`, but raises what kept the mark from being read if it never was.

        Without it nobody knows which graph is the default graph, and a query could be answered from another one.
        """
        known = self.now()
        if self._trouble is not None:
            raise self._trouble.with_traceback(None)
        return known

    def now(self) -> tuple[Mark | None, str]:
        """The mark, if there is one, and the name of the state."""
        now = self._clock()
        if now < self._until:
            return self._known
        with self._lock:
            if self._clock() < self._until:
                return self._known
            first = not self._known[1] or self._trouble is not None
            epoch = int(now // self._ttl)
            try:
                mark = self._read()
                name = f"{mark.version}-{mark.push}" if mark else f"{self._name}-{epoch}"
                self._trouble = None
            except Exception as error:
                # Who can't be asked now can't answer either. What is known of the dataset stays, its state is unknown.
                mark, name = self._known[0], f"{self._name}-{epoch}"
                self._trouble = error if first else None
            self._known = (mark, name)
            self._until = (epoch + 1) * self._ttl if self._trouble is None else now + min(_AGAIN, self._ttl)
            return self._known
