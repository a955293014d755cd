"""Keeps the writer alive beside a server, and has what it publishes served."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from miit_graph.access import socket_folder
from miit_graph.engine.gate import STACK_BYTES
from miit_graph.engine.process import confinement
from miit_graph.engine.process.host import EngineStartError
from miit_graph.environment import without_secrets
from miit_graph.logs import tell

_log = logging.getLogger(__name__)
_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_STOP_SECONDS = 5.0


class WriterStartError(Exception):
    """The writer could not be started; the text says why."""


class WriterHost:
    """The writer of a project. Use it as a context manager.

    It starts while the caller does other things; `wait` returns when it is ready. ``serve`` makes a snapshot folder the
    one that is served and returns when it is; what it raises is logged, and it is not called before `wait`. ``path`` is
    the socket to connect to, in a folder that only this user can enter.
    """

    def __init__(self, project: Path, snapshots: Path, serve: Callable[[Path], None]) -> None:
        self._project = project
        self._snapshots = snapshots
        self._serve = serve
        # A copy, for that of the caller goes on changing.
        self._environment = without_secrets({**os.environ, "RUST_BACKTRACE": "0"})
        self._folder = socket_folder("miit-graph-writer-")
        self.path = str(self._folder / "writer")
        self._started = threading.Event()
        self._stopping = threading.Event()
        self._error: str | None = None
        self._first: Path | None = None
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._keep_alive, name="writer-host", daemon=True)

    def __enter__(self) -> WriterHost:
        self._thread.start()
        return self

    def wait(self) -> None:
        """Return when the writer is ready and its version is served. Raises WriterStartError."""
        self._started.wait()
        if self._error is not None:
            raise WriterStartError(self._error)
        assert self._first is not None
        self._served(self._first)  # the writer before may have died before it could say so

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        process = self._process
        if process is not None:
            if process.stdin is not None:
                with contextlib.suppress(OSError):
                    process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
            process.kill()
        self._thread.join(_STOP_SECONDS)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        """The process id of the writer, if it runs."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def _keep_alive(self) -> None:
        pause = _PAUSE
        while not self._stopping.is_set():
            self._process = process = self._start()
            was_ready = self._listen(process)
            status = process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            if not self._started.is_set():
                self._error = self._error or "the writer ended while it started; its messages are above"
                self._started.set()
            if self._stopping.is_set() or self._error is not None:
                return
            pause = _PAUSE if was_ready else min(2 * pause, _LONGEST_PAUSE)  # it may be the start that fails
            told = f"the writer ended with status {status}; it is started again"
            tell("writer-ended", told, level=logging.ERROR, status=status)
            self._stopping.wait(pause)

    def _start(self) -> subprocess.Popen[str]:
        limits = resource.getrlimit(resource.RLIMIT_STACK)
        command = [sys.executable, "-m", "miit_graph.writing", self.path, str(self._project), str(self._snapshots)]
        try:
            confinement.allow_stack(STACK_BYTES)  # updates are parsed on the main thread
            return subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env=self._environment,
                start_new_session=True,  # Ctrl+C is for the process that started us; it lets go of the leash
            )
        finally:
            resource.setrlimit(resource.RLIMIT_STACK, limits)

    def _listen(self, process: subprocess.Popen[str]) -> bool:
        """Do what the writer says until it ends; whether it was ready."""
        assert process.stdout is not None and process.stdin is not None
        ready = False
        for line in process.stdout:
            told = json.loads(line)
            if "error" in told:
                if not self._started.is_set():
                    self._error = told["error"]
                _log.error("the writer cannot start: %s", told["error"])
            elif "ready" in told:
                ready = True
                tell("writer-ready", f"the writer is ready at version {told['ready']}", version=told["ready"])
                if self._started.is_set():
                    self._served(Path(told["snapshot"]))
                self._first = Path(told["snapshot"])
                self._started.set()
            elif "publish" in told:
                served = self._served(Path(told["publish"]))
                with contextlib.suppress(OSError, ValueError):
                    process.stdin.write(json.dumps({"served": served}) + "\n")
                    process.stdin.flush()
        return ready

    def _served(self, snapshot: Path) -> bool:
        try:
            self._serve(snapshot)
        except EngineStartError as error:
            if not self._stopping.is_set():  # else it was ended with the server
                _log.error("version %s cannot be served: %s", snapshot.name, error)
            return False
        except Exception:
            _log.exception("a new version cannot be served: %s", snapshot)
            return False
        return True
