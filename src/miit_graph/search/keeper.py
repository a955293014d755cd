"""Keeps the index of the version that is served: made once for all web processes, made again when the data change.

The index is a file in a folder that the web processes share. Who needs it first makes it, behind a lock of the file
system; with an engine process that is done in a process of its own (see `miit_graph.search.make`).
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from miit_graph.engine.api import Engine
from miit_graph.engine.errors import QueryError
from miit_graph.engine.process import confinement
from miit_graph.engine.remote.engine import RemoteEngine
from miit_graph.environment import without_secrets
from miit_graph.search.finder import Finder
from miit_graph.search.index import Index
from miit_graph.search.make import make_index
from miit_graph.search.storage import LAYOUT, StorageError
from miit_graph.settings import Settings

_log = logging.getLogger(__name__)
_AGAIN_SECONDS = 1.0
_TOLD = (os.EX_TEMPFAIL, os.EX_UNAVAILABLE)
_NICENESS = 10
"""Below the workers, which others wait for."""


class NotReady(Exception):
    """The index is still being made, or could not be made (the log says why): ask again later."""


class Keeper:
    """The finder over what ``engine`` serves. ``base`` and ``merged`` are as for `make_index`.

    ``number`` is that of an earlier version; 0 stands for the present one.
    """

    def __init__(self, engine: Engine, settings: Settings, *, base: str, merged: bool, number: int = 0) -> None:
        self._engine = engine
        self._settings = settings
        self._base = base
        self._merged = merged
        self._number = number
        self._making = threading.Lock()
        self._finder: Finder | None = None
        self._made = 0.0
        self._again = 0.0
        self._own_folder: tempfile.TemporaryDirectory[str] | None = None

    def prepare(self) -> None:
        """Begin to make the index, if it isn't there, without waiting for it."""
        threading.Thread(target=self._quietly, name="search-index", daemon=True).start()

    def _quietly(self) -> None:
        with contextlib.suppress(NotReady, QueryError):
            self.finder()

    def finder(self, seconds: float = 10.0) -> Finder:
        """Questions to the version that is served now; waits for its index for at most ``seconds``.

        While the index of new data is made, questions to the old one go on. Raises NotReady.
        """
        version = self._engine.version
        finder = self._finder
        if finder is not None and finder.index.version == version:
            return finder
        if finder is not None:
            if time.monotonic() - self._made < self._patience():
                return finder
            if not self._making.locked():
                self.prepare_again()
            return finder
        if not self._making.acquire(timeout=seconds):
            raise NotReady
        try:
            return self._renew(version)
        finally:
            self._making.release()

    def _patience(self) -> float:
        """For how many seconds an index is good enough where nothing tells whether the data have changed."""
        engine = self._engine
        return engine.index_seconds if isinstance(engine, RemoteEngine) and engine.mark is None else 0.0

    def prepare_again(self) -> None:
        """Make the index of the present version in the background."""

        def renew() -> None:
            if self._making.acquire(blocking=False):
                try:
                    with contextlib.suppress(NotReady, QueryError):
                        self._renew(self._engine.version)
                finally:
                    self._making.release()

        threading.Thread(target=renew, name="search-index", daemon=True).start()

    def _renew(self, version: str) -> Finder:
        known = self._finder
        if known is not None and known.index.version == version:
            return known
        if time.monotonic() < self._again:
            raise NotReady
        path = self._folder() / f"{hashlib.sha256(version.encode()).hexdigest()[:24]}-{LAYOUT}.index"
        index = self._opened(path)
        if index is None:
            with self._alone(path.parent):
                index = self._opened(path)
                if index is None:
                    self._make(path)
                    index = self._opened(path)
        if index is None:
            raise NotReady
        self._finder = Finder(index)
        self._made = time.monotonic()
        return self._finder

    def _opened(self, path: Path) -> Index | None:
        try:
            return Index(path)
        except (OSError, StorageError, ValueError):
            return None  # not there, or damaged: it is made again

    def _make(self, path: Path) -> None:
        if not self._settings.engine_socket:
            try:
                limits = self._settings.limits(self._settings.max_timeout)
                make_index(self._engine, limits, path, base=self._base, merged=self._merged)
            except StorageError as error:
                self._again = time.monotonic() + _AGAIN_SECONDS
                _log.error("the index of the search could not be made: %s", error)
                raise NotReady from None
            return
        command = [sys.executable, "-m", "miit_graph.search.make", str(path)]
        if self._number:
            command += [str(self._number), self._engine.version]
        parent = os.getpid()

        def give_way() -> None:
            os.nice(_NICENESS)
            confinement.die_with_parent(parent)  # nobody would read what it makes

        done = subprocess.run(command, check=False, preexec_fn=give_way, env=without_secrets(os.environ))
        if done.returncode:
            self._again = time.monotonic() + _AGAIN_SECONDS
            if done.returncode not in _TOLD:
                _log.error("the index of the search could not be made; the messages are above")
            raise NotReady

    def _folder(self) -> Path:
        folder = self._settings.search_folder
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            return folder
        if self._own_folder is None:
            self._own_folder = tempfile.TemporaryDirectory(prefix="miit-graph-search-")
        return Path(self._own_folder.name)

    @contextlib.contextmanager
    def _alone(self, folder: Path) -> Iterator[None]:
        """One process at a time."""
        with (folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
