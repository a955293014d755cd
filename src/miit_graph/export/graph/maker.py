"""Makes graph files in a process of its own, so that a large one neither holds up a server nor takes its memory.

The process reads the dataset at the first order and keeps it. It makes one file at a time; it is stopped when a file
takes too long, and started again at the next order.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from miit_graph.environment import without_secrets
from miit_graph.export.graph.options import Options
from miit_graph.export.graph.source import NO_COLORS
from miit_graph.export.graph.worker import Order, Setup

_WAITING = 4
"""So many orders may wait for the one that is being worked on."""


class MakerError(Exception):
    """The file could not be made, though the order may be right."""


class MakerBusy(MakerError):
    """Too many files are being made."""


class MakerTimeout(MakerError):
    """A file, or reading the dataset, took longer than ``seconds``."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"not done after {seconds:g} seconds")


class MakerMemory(MakerError):
    """A file, or reading the dataset, took more than ``limit`` bytes of memory."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__(f"not done with {limit:,} bytes of memory")


class MakerDisk(MakerError):
    """The file could not be written, most likely because the disk is full."""


class Maker:
    """Makes files of one version of a dataset, within ``seconds`` each, ``memory`` bytes, ``most`` nodes and edges."""

    def __init__(
        self,
        dataset: Callable[[], Path],
        prefixes: Mapping[str, str],
        *,
        seconds: float,
        memory: int,
        most: int,
        colors: Mapping[str, str] = NO_COLORS,
    ) -> None:
        """``dataset`` gives the path of the dataset in N-Quads, when it is needed; see `write_graph` for the rest."""
        self._dataset, self._prefixes, self._colors = dataset, prefixes, colors
        self._seconds, self._memory, self._most = seconds, memory, most
        self._process: subprocess.Popen[bytes] | None = None
        self._hopeless: MakerError | None = None
        self._turn = threading.Lock()
        self._places = threading.Semaphore(1 + _WAITING)

    def make(self, name: str, options: Options, title: str, target: Path, known: Callable[[], bool]) -> None:
        """Write the graph in the format ``name`` to ``target``; nothing if ``known`` says it is needed no more.

        Raises OptionError, GraphTooLarge and MakerError.
        """
        if not self._places.acquire(blocking=False):
            raise MakerBusy
        try:
            if not self._turn.acquire(timeout=self._seconds):
                raise MakerBusy
            try:
                if not known():
                    self._order(Order(name, options, title, target))
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _order(self, order: Order) -> None:
        if self._hopeless is not None:
            raise self._hopeless.with_traceback(None)
        process = self._process
        if process is None or process.poll() is not None:
            process = self._start()
        outcome = self._ask(process, order)
        if outcome is not None:
            raise outcome

    def _start(self) -> subprocess.Popen[bytes]:
        """A process that has read the dataset. What fails here fails always: the dataset is too large."""
        self._end()
        setup = Setup(self._dataset(), self._prefixes, self._colors, self._memory, self._most)
        command = [sys.executable, "-m", "miit_graph.export.graph.worker"]
        environment = without_secrets(os.environ)
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        try:
            self._ask(self._process, setup)
        except (MakerTimeout, MakerMemory) as error:
            self._hopeless = error
            raise
        return self._process

    def _ask(self, process: subprocess.Popen[bytes], what: Setup | Order) -> Exception | None:
        """What comes of it. Raises MakerError if the process did not live to tell."""
        assert process.stdin is not None and process.stdout is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._seconds, give_up)
        timer.start()
        outcome: Exception | None = None
        try:
            process.stdin.write(pickle.dumps(what))
            process.stdin.flush()
            outcome = pickle.load(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            process.kill()
            code = process.wait()
            if late.is_set():
                raise MakerTimeout(self._seconds) from None
            if code == -signal.SIGABRT:  # so Oxigraph ends where there is no more memory
                raise MakerMemory(self._memory) from None
            raise MakerError(f"the process ended with {code}") from None
        finally:
            timer.cancel()
        if isinstance(outcome, MemoryError):
            raise MakerMemory(self._memory)
        if isinstance(outcome, OSError):
            raise MakerDisk(str(outcome))
        return outcome

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def close(self) -> None:
        """Stop the process; the next order would start it again."""
        with self._turn:
            self._end()
