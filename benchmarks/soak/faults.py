"""What is broken: processes, the disk, the clock, and the way to another engine."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.soak.ledger import Ledger
from benchmarks.soak.proxy import MODES, PASS, Proxy
from benchmarks.soak.server import Server

Break = Callable[[], None]
_HOUR = 3_600


class Disk:
    """A small disk of its own (tmpfs), which can be filled; a folder that can't where that isn't allowed."""

    def __init__(self, folder: Path, mib: int) -> None:
        self.path = folder
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={mib}m,mode=0700", "tmpfs", str(folder)]
        self.own = os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0

    def __enter__(self) -> Disk:
        return self

    def __exit__(self, *_: object) -> None:
        if self.own:
            subprocess.run(["umount", "--lazy", str(self.path)], check=False)

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Within, not a byte more can be written."""
        filler = self.path / "filler"
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            for size in (1 << 20, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while file.write(b"\0" * size):
                        pass
        try:
            yield
        finally:
            filler.unlink()


class Clock:
    """The time of day as the server's processes see it, if there is a C compiler to make it with (clock.c).

    libfaketime would do, but fails together with the allocator that the engine process preloads.
    """

    def __init__(self, folder: Path) -> None:
        self._library, self._file = folder / "clock.so", folder / "clock"
        self._file.write_bytes(struct.pack("=q", 0))
        source = Path(__file__).with_name("clock.c")
        compiler = shutil.which("cc") or shutil.which("gcc")
        command = [str(compiler), "-shared", "-fPIC", "-O2", "-o", str(self._library), str(source)]
        self.there = compiler is not None and subprocess.run(command, check=False).returncode == 0

    def settings(self) -> dict[str, str]:
        """What makes a program look at this clock. Monotonic clocks never jump on any machine, so not here either."""
        if not self.there:
            return {}
        return {"LD_PRELOAD": str(self._library), "MIIT_GRAPH_SOAK_CLOCK": str(self._file)}

    def set(self, seconds: int) -> None:
        """Put it this far from the right time."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("=q", seconds))


class Faults:
    """Breaks one thing after another, always in the same order; ``seconds`` is how long what isn't a kill lasts."""

    def __init__(self, ledger: Ledger, seconds: float) -> None:
        self._ledger = ledger
        self._seconds = seconds
        self._breaks: list[Break] = []
        self.left_out: list[str] = []

    def kills(self, server: Server, *roles: str) -> None:
        """SIGKILL for a process of each of these roles."""
        for role in roles:
            number = itertools.count()

            def kill(role: str = role, number: Iterator[int] = number) -> None:
                with self._ledger.fault(f"kill -9: {role}"):
                    if not server.kill(role, next(number)):
                        self._ledger.faults[-1].name += " (there was none)"

            self._breaks.append(kill)

    def disk(self, disk: Disk) -> None:
        """A full disk."""
        if not disk.own:
            self.left_out.append("full disk (needs to mount a tmpfs)")
            return

        def fill() -> None:
            with self._ledger.fault("full disk"), disk.full():
                time.sleep(self._seconds)

        self._breaks.append(fill)

    def clock(self, clock: Clock) -> None:
        """The time of day an hour ahead, then an hour back; it goes right again later."""
        if not clock.there:
            self.left_out.append("clock jump (needs a C compiler)")
            return
        for seconds in (_HOUR, -_HOUR):

            def jump(seconds: int = seconds) -> None:
                with self._ledger.fault(f"clock jumps by {seconds:+d} s"):
                    clock.set(seconds)

            self._breaks.append(jump)

    def way(self, proxy: Proxy) -> None:
        """Everything that the proxy can do."""
        for mode in MODES:

            def spoil(mode: str = mode) -> None:
                with self._ledger.fault(f"remote engine: {mode}"):
                    proxy.mode = mode
                    time.sleep(self._seconds)
                    proxy.mode = PASS

            self._breaks.append(spoil)

    def other(self, name: str, break_: Break) -> None:
        """Something else, by its name."""

        def do() -> None:
            with self._ledger.fault(name):
                break_()

        self._breaks.append(do)

    def until(self, end: float, gap: float) -> None:
        """Break one thing after the other, ``gap`` seconds apart, and let the last one heal before ``end``."""
        for break_ in itertools.cycle(self._breaks):
            if time.monotonic() + 2 * gap + self._seconds > end:
                break
            time.sleep(gap)
            break_()
        time.sleep(max(0.0, end - time.monotonic()))
