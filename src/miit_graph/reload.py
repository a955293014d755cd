"""How a server learns that there is something newer to serve: SIGHUP, as for most daemons.

A server over snapshots leaves a note beside them, locked as long as it runs, so that `miit-graph reload` finds it.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

_log = logging.getLogger(__name__)
_PREFIX = ".serving-"


@contextlib.contextmanager
def announced(folder: Path) -> Iterator[None]:
    """Leave a note in ``folder`` that this process serves what lies there; nothing where that isn't possible."""
    path = folder / f"{_PREFIX}{os.getpid()}"
    try:
        note = path.open("w")
    except OSError:
        yield
        return
    with note:
        fcntl.flock(note, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def tell_servers(folder: Path) -> list[int]:
    """Have all servers over the snapshots in ``folder`` serve the published one; their process ids."""
    found = []
    for pid in serving(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGHUP)
            found.append(pid)
    return found


def serving(folder: Path) -> list[int]:
    """The process ids of all servers over the snapshots in ``folder``."""
    found = []
    for path in sorted(folder.glob(f"{_PREFIX}*")):
        with path.open("r+") as note:
            try:
                fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:  # its server holds it
                found.append(int(path.name.removeprefix(_PREFIX)))
            else:
                path.unlink(missing_ok=True)  # left by one that was killed
    return found


class Reloader:
    """Calls ``reload`` on a thread of its own each time that it is asked to; what that raises is logged."""

    def __init__(self, reload: Callable[[], None]) -> None:
        self._reload = reload
        self._wanted = threading.Event()
        threading.Thread(target=self._work, name="reload", daemon=True).start()

    def ask(self, *_: object) -> None:
        """Begin soon; may be called by a signal handler."""
        self._wanted.set()

    def _work(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            try:
                self._reload()
            except Exception as error:
                _log.error("what is served stays as it is: %s", error)
