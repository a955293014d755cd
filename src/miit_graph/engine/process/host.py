"""Starts the engine process, waits until it is ready, and starts it again when it dies."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from miit_graph.engine.gate import STACK_BYTES
from miit_graph.engine.process import allocator, confinement

_log = logging.getLogger(__name__)
_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_STOP_SECONDS = 2.0


class EngineStartError(Exception):
    """The engine process could not load what it was to serve; the text says why."""


class EngineHost:
    """One engine process, kept alive by a thread of this process. Use it as a context manager.

    ``environment`` tells the engine process what to load (see `miit_graph.settings`). ``path`` is the socket to
    connect to, in a folder that only this user can enter.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._folder = tempfile.mkdtemp(prefix="miit-graph-")  # made with mode 0700
        self.path = str(Path(self._folder) / "engine")
        self._started = threading.Event()
        self._stopping = threading.Event()
        self._error: str | None = None
        self._process: subprocess.Popen[bytes] | None = None
        # The kernel ties a child to the thread that made it, so one thread makes them all.
        self._thread = threading.Thread(target=self._keep_alive, name="engine-host", daemon=True)

    def __enter__(self) -> EngineHost:
        """Start the engine process and wait until it is ready. Raises EngineStartError."""
        self._thread.start()
        self._started.wait()
        if self._error is not None:
            self.stop()
            raise EngineStartError(self._error)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process id of the engine process, if it runs."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def stop(self) -> None:
        """End the engine process and all its workers."""
        self._stopping.set()
        process = self._process
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()  # lets go of the leash
        self._thread.join(_STOP_SECONDS)
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _keep_alive(self) -> None:
        pause = _PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            self._process = process = self._start()
            assert process.stdout is not None
            line = process.stdout.readline()  # blocks while the graph is loaded
            if line and "error" in (told := json.loads(line)):
                self._error = told["error"]
            elif not line and not self._started.is_set():
                self._error = "the engine process ended while it loaded the graph; its messages are above"
            self._started.set()
            status = process.wait()
            process.stdout.close()
            if self._stopping.is_set() or self._error is not None:
                return
            # Soon if it had worked for a while, else (a damaged file, no memory) less and less often.
            pause = _PAUSE if time.monotonic() - began > _LONGEST_PAUSE else min(2 * pause, _LONGEST_PAUSE)
            _log.error("the engine process ended with status %s; it is started again", status)
            self._stopping.wait(pause)

    def _start(self) -> subprocess.Popen[bytes]:
        limits = resource.getrlimit(resource.RLIMIT_STACK)
        try:
            confinement.allow_stack(STACK_BYTES)  # queries run on its main thread
            return subprocess.Popen(
                [sys.executable, "-m", "miit_graph.engine.process", self.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=allocator.environment({**os.environ, **self._environment, "RUST_BACKTRACE": "0"}),
                start_new_session=True,  # Ctrl+C is for the process that started us; it lets go of the leash
            )
        finally:
            resource.setrlimit(resource.RLIMIT_STACK, limits)
