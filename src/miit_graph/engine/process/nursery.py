"""Forks engine processes from one that has loaded the program already, where another is wanted often.

A start of Python with all that the engine needs takes most of a second of the processor; a fork takes milliseconds, and
shares the memory. ``python -m miit_graph.engine.process.nursery DESCRIPTOR`` is the process that forks: it has one
thread, takes requests from the socket that it was given, and ends when that closes. What it has forked goes on.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import logging
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import IO, NoReturn

from miit_graph.engine.gate import STACK_BYTES
from miit_graph.engine.process import allocator, confinement
from miit_graph.environment import without_secrets
from miit_graph.logs import configure
from miit_graph.settings import Settings

_log = logging.getLogger(__name__)
_LONGEST = 1 << 17
_SECONDS = 30.0


class NurseryGone(Exception):
    """The nursery has ended; another one is starting."""


class Forked:
    """An engine process that the nursery has forked, to be used like a `subprocess.Popen`.

    Its status can't be known here, since it is the child of another process: `wait` and `poll` give 0.
    """

    def __init__(self, pid: int, descriptor: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self._descriptor = descriptor
        self._ended = threading.Event()

    def poll(self) -> int | None:
        """0 if it has ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Return when it has ended. Raises TimeoutExpired."""
        if not self._ended.is_set():
            poll = select.poll()
            poll.register(self._descriptor, select.POLLIN)
            if not poll.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("engine", timeout or 0)
            self._ended.set()
        return 0

    def kill(self) -> None:
        """End it."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def __del__(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


class Nursery:
    """The process that forks, as those who want an engine process see it. Use it as a context manager."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = without_secrets({**environment, "RUST_BACKTRACE": "0"})
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def __enter__(self) -> Nursery:
        with self._turn:
            self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        with self._turn:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process id, if it runs."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    def start(self, environment: Mapping[str, str], path: Path, *, gently: bool = False) -> Forked:
        """An engine process that listens at ``path`` once it has loaded what ``environment`` names.

        With ``gently`` it leaves the processor to others while it loads. Raises NurseryGone.
        """
        differs = {name: value for name, value in environment.items() if self._environment.get(name) != value}
        request = json.dumps({"path": str(path), "environment": differs, "gently": gently}).encode()
        leash, ours = os.pipe()
        told, theirs = os.pipe()
        try:
            with self._turn:
                try:
                    pid, descriptor = self._ask(request, (leash, theirs))
                except OSError:
                    _log.error("the process that forks engine processes has ended; it is started again")
                    self._end()
                    self._begin()
                    raise NurseryGone from None
        except BaseException:
            os.close(ours)
            os.close(told)
            raise
        finally:
            os.close(leash)
            os.close(theirs)
        return Forked(pid, descriptor, open(ours, "wb", buffering=0), open(told, "rb"))  # noqa: PTH123

    def _ask(self, request: bytes, descriptors: tuple[int, int]) -> tuple[int, int]:
        if self._socket is None:
            raise BrokenPipeError
        socket.send_fds(self._socket, [request], descriptors)
        reply, received, _, _ = socket.recv_fds(self._socket, 64, 1)
        if not reply or not received:
            raise BrokenPipeError
        os.set_inheritable(received[0], False)
        return int(reply), received[0]

    def _begin(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(_SECONDS)
        with theirs:
            limits = resource.getrlimit(resource.RLIMIT_STACK)
            try:
                confinement.allow_stack(STACK_BYTES)  # queries run on the main thread of what it forks
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "miit_graph.engine.process.nursery", str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    env=allocator.environment(self._environment),
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            finally:
                resource.setrlimit(resource.RLIMIT_STACK, limits)
        self._socket = ours

    def _end(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def main(descriptor: int) -> int:
    """Fork an engine process for each request until the other side closes."""
    configure(Settings.from_environment(), "engine", threaded=False)  # a fork copies one thread only
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from miit_graph.build import freshness  # noqa: F401 (what is loaded here, those who are forked need not load)
    from miit_graph.engine.process import __main__ as program
    from miit_graph.matching.functions import prepare

    prepare()
    gc.collect()
    gc.freeze()  # so that the pages stay shared
    signal.signal(signal.SIGCHLD, _reap)
    with socket.socket(fileno=descriptor) as requests:
        while True:
            try:
                request, received, _, _ = socket.recv_fds(requests, _LONGEST, 2)
            except OSError:
                return 0
            if not request:
                return 0
            told = json.loads(request)
            # Not reaped before it has a descriptor that names it.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
            pid = os.fork()
            if pid == 0:
                requests.close()
                _be_an_engine(told["environment"], received, partial(program.main, told["path"], gently=told["gently"]))
            child = os.pidfd_open(pid)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            for number in received:
                os.close(number)
            ancillary = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [child]))
            with contextlib.suppress(OSError):
                requests.sendmsg([str(pid).encode()], [ancillary])
            os.close(child)
    return 0


def _be_an_engine(environment: Mapping[str, str], descriptors: list[int], program: Callable[[], int]) -> NoReturn:
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        os.setsid()
        for number, place in zip(descriptors, (0, 1), strict=True):
            os.dup2(number, place)
            os.close(number)
        os.environ.update(environment)
        status = program()
        sys.stdout.flush()
    except BaseException:
        _log.exception("an engine process failed")
    finally:
        os._exit(status)


def _reap(*_: object) -> None:
    """Note how those that were forked have ended; who uses one sees only that it has."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        if os.WIFSIGNALED(status):
            _log.error("engine process %s was ended by signal %s", pid, os.WTERMSIG(status))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
