"""Follows another server: asks it again and again whether it serves something newer, and goes over to a copy of it.

What was taken last is noted in the folder, so that a server that starts again asks no more than that. Going back to an
earlier copy by hand (`miit-graph reload --to`) holds until the origin serves another version than the noted one.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from miit_graph.build.errors import SnapshotError
from miit_graph.build.snapshot import Snapshot, publish_version
from miit_graph.replica.copy import copy, prune
from miit_graph.replica.errors import ReplicaError
from miit_graph.replica.origin import Origin

_log = logging.getLogger(__name__)
_NOTE = ".followed"
_LOCK = ".following"
_FIRST_SECONDS = 1.0
_LONGEST_REST = 32
_SPREAD = 0.1
"""How much of the time between two questions is left to chance, so that many followers don't ask together."""


class Follower:
    """Copies what ``origin`` serves into the folder ``snapshots``, looking every ``seconds``."""

    def __init__(self, origin: Origin, snapshots: Path, seconds: float) -> None:
        self._origin = origin
        self._snapshots = snapshots
        self._seconds = seconds
        self._wanted = threading.Event()
        self._stopping = False
        self._trouble = ""

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder. Raises ReplicaError if another process follows into it."""
        try:
            self._snapshots.mkdir(parents=True, exist_ok=True)
            file = (self._snapshots / _LOCK).open("w")
        except OSError as error:
            raise ReplicaError(f"{self._snapshots}: {error.strerror}. Choose another: MIIT_GRAPH_SNAPSHOTS.") from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ReplicaError(
                    f"Another server copies into {self._snapshots}. Give this one a folder of its own:"
                    " MIIT_GRAPH_SNAPSHOTS."
                ) from None
            yield

    def first(self) -> Snapshot:
        """The snapshot to begin with: the origin's, else the one that was published here last.

        Waits for the origin as long as there is neither.
        """
        while True:
            try:
                self.check(lambda _: None)
                return Snapshot.open(self._snapshots)
            except SnapshotError as error:
                trouble = str(error)
            with contextlib.suppress(SnapshotError):
                found = Snapshot.open(self._snapshots)
                _log.warning("what was copied before is served, because: %s", trouble)
                return found
            self._say(trouble, "there is nothing to serve yet")
            self._wanted.wait(min(self._seconds, _FIRST_SECONDS))
            self._wanted.clear()

    def check(self, adopt: Callable[[Path], None]) -> bool:
        """Ask once; copies what is new, has it adopted (served) and published. Whether there was something.

        Raises ReplicaError, and what ``adopt`` raises; then what is published stays.
        """
        note = self._note()
        known = note.get("etag", "") if (self._snapshots / "current").exists() else ""
        found = self._origin.listing(known)
        if found is None:
            return False
        listing, etag = found
        before = self._published()
        snapshot = copy(self._origin, listing, self._snapshots)
        adopt(snapshot.path)
        publish_version(self._snapshots, listing.version)
        if before == listing.version:
            before = note.get("before", "")
        self._write({"origin": self._origin.address, "etag": etag, "version": listing.version, "before": before})
        prune(self._snapshots, {listing.version, before})
        if before != listing.version:
            _log.info("version %s was copied from %s", listing.version, self._origin.address)
        return True

    def follow(self, adopt: Callable[[Path], None]) -> None:
        """Ask again and again, until `stop`. What goes wrong is logged when it begins, and when it is over."""
        rest = 1
        while not self._stopping:
            self._wanted.wait(self._seconds * (rest + _SPREAD * (random.random() - 0.5)))
            self._wanted.clear()
            if self._stopping:
                return
            try:
                self.check(adopt)
            except ReplicaError as error:
                self._say(str(error), "what is served stays as it is")
            except Exception as error:  # it could be copied, and not be served: trying costs more
                rest = min(2 * rest, _LONGEST_REST)
                self._say(str(error), "what is served stays as it is")
            else:
                rest = 1
                if self._trouble:
                    _log.warning("%s can be followed again", self._origin.address)
                self._trouble = ""

    def _say(self, trouble: str, so: str) -> None:
        if trouble != self._trouble:
            _log.error("%s: %s", so, trouble)
        self._trouble = trouble

    def ask(self) -> None:
        """Look soon."""
        self._wanted.set()

    def stop(self) -> None:
        """Let `follow` return."""
        self._stopping = True
        self._wanted.set()

    def _published(self) -> str:
        try:
            return (self._snapshots / "current").readlink().name
        except OSError:
            return ""

    def _note(self) -> dict[str, str]:
        """What was taken last; nothing if it was from elsewhere."""
        try:
            note = json.loads((self._snapshots / _NOTE).read_text(encoding="utf-8"))
            if note["origin"] == self._origin.address:
                return {name: str(value) for name, value in note.items()}
        except (OSError, ValueError, KeyError, TypeError):
            pass
        return {}

    def _write(self, note: dict[str, str]) -> None:
        temporary = self._snapshots / f"{_NOTE}.new"
        temporary.write_text(json.dumps(note, indent=2) + "\n", encoding="utf-8")
        temporary.replace(self._snapshots / _NOTE)
