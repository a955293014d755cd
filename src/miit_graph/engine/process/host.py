"""Starts the engine process, waits until it is ready, starts it again when it dies, and puts another in its place."""

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
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import IO, Any, TypeAlias

from miit_graph.access import socket_folder
from miit_graph.engine.gate import STACK_BYTES
from miit_graph.engine.process import allocator, confinement
from miit_graph.engine.process.board import NAME, Board
from miit_graph.engine.process.nursery import Forked, Nursery, NurseryGone
from miit_graph.engine.process.server import RETIRE
from miit_graph.environment import without_secrets
from miit_graph.logs import tell

_PAUSE = 0.2
_LONGEST_PAUSE = 10.0
_STOP_SECONDS = 2.0


Process: TypeAlias = subprocess.Popen[bytes] | Forked


class EngineStartError(Exception):
    """The engine process could not load what it was to serve; the text says why."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """An engine process that may still load its graph; it will listen at ``socket``."""

    process: Process
    socket: Path
    moment: float


@dataclass
class _Engine:
    """One engine process that is ready: it listens at ``socket`` and serves ``version``."""

    process: Process
    socket: Path
    version: str
    began: float
    says: threading.Thread
    """Passes on what the process says, and ends when it and all that it has forked are gone."""


class EngineHost:
    """One engine process, kept alive by a thread of this process. Use it as a context manager.

    ``environment`` tells the engine process what to load (see `miit_graph.settings`). ``path`` is the socket to
    connect to, in a folder that only this user can enter. Beside it lies the board that says which version is served.
    Where it is switched often, a ``nursery`` makes that fast. ``heard`` is called with what happens: the ``event`` (as
    in the log), and a ``reason`` where there is one.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        nursery: Nursery | None = None,
        heard: Callable[[Mapping[str, Any]], None] = lambda _: None,
    ) -> None:
        self._heard = heard
        self._environment = dict(environment)
        self._folder = socket_folder("miit-graph-")
        self.path = str(self._folder / "engine")
        self._board = Board(self._folder / NAME, writing=True)
        self._numbers = count(1)
        self._stopping = threading.Event()
        self._turn = threading.Lock()
        """Held while an engine process is put in the place of another."""
        self._engine: _Engine | None = None
        self._nursery = nursery
        self._retired: set[Process] = set()
        self._pause = _PAUSE
        self._starting: Process | None = None
        self._first: _Begun | None = None

    def begin(self) -> None:
        """Start the engine process without waiting until it is ready; whoever has other work to do does this first."""
        self._first = self._begin(self._environment)

    def __enter__(self) -> EngineHost:
        """Start the engine process, unless it was, and wait until it is ready. Raises EngineStartError."""
        try:
            self._put(self._ready(self._first or self._begin(self._environment)))
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int | None:
        """The process id of the engine process, if it runs."""
        engine = self._engine
        return engine.process.pid if engine and engine.process.poll() is None else None

    @property
    def version(self) -> str:
        """The version that is served."""
        return self._engine.version if self._engine else ""

    def switch(self, environment: Mapping[str, str]) -> str:
        """Serve what ``environment`` (added to the first one) names, and return its version.

        When this returns, every request that begins is answered from it; those that run are still answered from what
        was served before. Raises EngineStartError, and then nothing has changed.
        """
        with self._turn:
            wanted = {**self._environment, **environment}
            # Those who read go first; only if nobody answers them, it is done as fast as can be.
            engine = self._ready(self._begin(wanted, gently=self.pid is not None))
            self._environment = wanted
            before = self._engine
            self._put(engine)
            was = before.version if before is not None else ""
            told = f"version {engine.version} is served instead of {was}"
            self._tell("engine-switched", told, level=logging.INFO, version=engine.version, before=was)
            if before is not None:
                self._retired.add(before.process)
                _retire(before.process)
        return engine.version

    def stop(self) -> None:
        """End the engine process, those that it has replaced, and all their workers."""
        self._stopping.set()
        starting = self._starting
        if starting is not None:
            starting.kill()
        engine = self._engine
        running = [*self._retired, *([engine.process] if engine is not None else [])]
        for process in running:
            _let_go(process)
        for process in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_SECONDS)
            if process.poll() is None:
                process.kill()
                process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _put(self, engine: _Engine) -> None:
        """Let those who connect from now on find this engine process, and see to it that it lives."""
        engine.socket.rename(self.path)
        self._engine = engine
        self._board.post(engine.version)
        threading.Thread(target=self._look_after, args=(engine,), name="engine-host", daemon=True).start()

    def _look_after(self, engine: _Engine) -> None:
        """Wait until the process ends; unless it was told to, start another one."""
        status = engine.process.wait()
        self._retired.add(engine.process)
        try:
            self._replace(engine, status)
        finally:
            # What it has forked to serve may have outlived it: until now it was needed, and what it has begun it ends.
            _retire(engine.process)
            engine.says.join()
            _let_go(engine.process)
            self._retired.discard(engine.process)

    def _replace(self, engine: _Engine, status: int) -> None:
        """Start another engine process in the place of one that has died, unless there is one already."""
        # Soon if it had worked for a while, else (a damaged file, no memory) less and less often.
        if time.monotonic() - engine.began > _LONGEST_PAUSE:
            self._pause = _PAUSE
        while self._engine is engine and not self._stopping.is_set():
            told = f"the engine process ended{f' with status {status}' if status else ''}; it is started again"
            self._tell("engine-ended", told, status=status)
            self._stopping.wait(self._pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            with self._turn:
                if self._engine is not engine or self._stopping.is_set():
                    return
                try:
                    self._put(self._ready(self._begin(self._environment)))
                except EngineStartError as error:
                    self._tell("engine-failed", f"the engine process could not be started: {error}")
                else:
                    self._tell("engine-restarted", "the engine process is there again", level=logging.INFO)
                    return

    def _ready(self, begun: _Begun) -> _Engine:
        """The engine process, once it is ready. Raises EngineStartError."""
        process = begun.process
        assert process.stdout is not None
        line = process.stdout.readline()  # blocks while the graph is loaded
        self._starting = None
        told = json.loads(line) if line else {}
        if "version" in told and not self._stopping.is_set():
            says = threading.Thread(target=self._listen, args=(process.stdout,), name="engine-says", daemon=True)
            says.start()
            tell(
                "engine-ready",
                f"the engine process is ready: version {told['version']}, {told['quads']:,} quads"
                f" {'on disk' if told['store'] == 'disk' else 'in memory'}",
                version=told["version"],
                quads=told["quads"],
                store=told["store"],
                seconds=round(time.monotonic() - begun.moment, 2),
                engine=process.pid,
            )
            return _Engine(process, begun.socket, told["version"], begun.moment, says)
        process.stdout.close()
        process.kill()
        process.wait()
        _let_go(process)
        nothing = "the engine process ended while it loaded the graph; its messages are above"
        raise EngineStartError(told.get("error", nothing))

    def _listen(self, stream: IO[bytes]) -> None:
        """Pass on what an engine process says, until it ends."""
        with stream:
            for line in stream:
                told = json.loads(line)
                reason = told["reason"]
                self._tell(told.pop("event"), f"a worker was ended: {reason}", level=_level(reason), **told)

    def _tell(self, event: str, message: str, *, level: int = logging.ERROR, **members: object) -> None:
        self._heard({"event": event, **members})
        tell(event, message, level=level, **members)

    def _begin(self, environment: Mapping[str, str], *, gently: bool = False) -> _Begun:
        moment, socket = time.monotonic(), self._folder / f"engine-{next(self._numbers)}"
        self._starting = process = self._forked(environment, socket, gently) or self._start(environment, socket)
        return _Begun(process, socket, moment)

    def _forked(self, environment: Mapping[str, str], socket: Path, gently: bool) -> Forked | None:
        """A process from the nursery, if there is one."""
        if self._nursery is not None:
            with contextlib.suppress(NurseryGone):
                wanted = without_secrets({**os.environ, **environment})
                return self._nursery.start(wanted, socket, gently=gently)
        return None

    def _start(self, environment: Mapping[str, str], socket: Path) -> subprocess.Popen[bytes]:
        limits = resource.getrlimit(resource.RLIMIT_STACK)
        try:
            confinement.allow_stack(STACK_BYTES)  # queries run on its main thread
            return subprocess.Popen(
                [sys.executable, "-m", "miit_graph.engine.process", str(socket)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=allocator.environment(without_secrets({**os.environ, **environment, "RUST_BACKTRACE": "0"})),
                start_new_session=True,  # Ctrl+C is for the process that started us; it lets go of the leash
            )
        finally:
            resource.setrlimit(resource.RLIMIT_STACK, limits)


def _level(reason: str) -> int:
    """Most workers end for what their query asked for, which is no fault of the server."""
    return logging.ERROR if reason in ("crash", "killed") else logging.INFO


def _retire(process: Process) -> None:
    """Tell an engine process that another one has taken over."""
    if process.stdin is not None:
        with contextlib.suppress(OSError, ValueError):  # it may have died meanwhile, or been told before
            process.stdin.write(RETIRE)
            process.stdin.flush()


def _let_go(process: Process) -> None:
    """Close the leash, which ends the process."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()
