"""What a worker may not do, enforced by the kernel: outlive the engine process, open files and sockets, take memory.

All of it is Linux's; each function says what it does where something is missing.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 22, 38
_OOM_SCORE = "500"
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_RESIDENT_FIELD, _SHARED_FIELD, _DATA_FIELD = 1, 2, 5
_FILTER_MODE = 2
# Instructions and offsets of a filter of system calls: linux/bpf_common.h, linux/seccomp.h.
_LOAD, _IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_CALL_AT, _ARCHITECTURE_AT = 0, 4
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_SOCKET_CALLS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""For each kind of machine how the kernel calls it, and the number of socket(2) there."""
# Loaded before the fork: a worker can't open the library any more.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(parent: int) -> None:
    """Have this process killed as soon as the process ``parent``, which made it, ends; end now if it has."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def be_the_first_to_go() -> None:
    """Tell the kernel that, should the machine run out of memory, this process is the one to end."""
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(_OOM_SCORE, encoding="ascii")


def no_core_file() -> None:
    """A worker that is killed leaves nothing on the disk."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def lowest_free() -> int:
    """The number that the next file or socket to be opened would have."""
    number = os.dup(0)
    os.close(number)
    return number


def no_new_files(besides: int = 0) -> None:
    """No file and no socket can be opened from now on: the next one would have a number that is not allowed.

    ``besides`` is how many there may still be, for a store on the disk, which opens its files when it needs them: keep
    these from being sockets with `no_new_sockets`.
    """
    most = lowest_free() + besides
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def no_new_sockets() -> bool:
    """Let every attempt to make a socket fail from now on; false where that can't be had.

    By a filter of system calls, see seccomp(2). It holds for this thread and for all that it starts afterwards.
    """
    known = _SOCKET_CALLS.get(platform.machine())
    if _libc is None or known is None or sys.byteorder != "little":
        return False
    architecture, call = known
    program = b"".join(
        struct.pack("=HBBI", *step)
        for step in (
            (_LOAD, 0, 0, _ARCHITECTURE_AT),
            (_IF_EQUAL, 1, 0, architecture),
            (_RETURN, 0, 0, _REFUSE),  # a call by the rules of another architecture has other numbers
            (_LOAD, 0, 0, _CALL_AT),
            (_IF_EQUAL, 0, 1, call),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        )
    )
    steps = ctypes.create_string_buffer(program, len(program))
    filter = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(steps)))
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return False
    return bool(_libc.prctl(_PR_SET_SECCOMP, _FILTER_MODE, filter, 0, 0) == 0)


def regain_priority(niceness: int) -> bool:
    """Give this process its old priority, below its parent's by ``niceness``; false if it may not."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, os.getppid()) + niceness)
    except OSError:
        return False
    return True


def allow_stack(size: int) -> None:
    """Let the main thread of programs started from now on have a stack of ``size`` bytes, if that may be."""
    soft, hard = resource.getrlimit(resource.RLIMIT_STACK)
    if soft == resource.RLIM_INFINITY or soft >= size:
        return
    if hard != resource.RLIM_INFINITY:
        size = min(size, hard)
    resource.setrlimit(resource.RLIMIT_STACK, (size, hard))


class MemoryMeter:
    """Reads what a process has made its own; stays open, so that it also works for one that can't open files."""

    def __init__(self, pid: int | None = None) -> None:
        self._file = os.open(f"/proc/{pid or 'self'}/statm", os.O_RDONLY | os.O_CLOEXEC)

    def own(self) -> int:
        """Bytes of memory that it has touched, what it was forked with included.

        Pages of files are left out: libraries, and stores on the disk. A process that was just forked has none of them
        and gets them as it looks at them, but they are there once for all, and go when somebody needs the room.
        Raises OSError or IndexError once the process is dead.
        """
        pages = self._pages()
        return (pages[_RESIDENT_FIELD] - pages[_SHARED_FIELD]) * _PAGE

    def own_and_data(self) -> tuple[int, int]:
        """The same, and what it could touch without asking for more: what RLIMIT_DATA counts, and its stack."""
        pages = self._pages()
        return (pages[_RESIDENT_FIELD] - pages[_SHARED_FIELD]) * _PAGE, pages[_DATA_FIELD] * _PAGE

    def _pages(self) -> list[int]:
        return [int(number) for number in os.pread(self._file, 200, 0).split()]

    def close(self) -> None:
        """Give the file back."""
        os.close(self._file)


class MemoryLimit:
    """Keeps this process from growing.

    The limit is on data (RLIMIT_DATA), not on addresses (RLIMIT_AS): the allocator reserves gigabytes of addresses that
    it never touches. It counts from the data there are when the process was last measured. Much of them it does not
    use: after loading a graph hundreds of MiB, buffers that were freed and stacks of threads that have ended. Part of
    that can be used first, so that it may grow by more than it was allowed; part cannot. A limit that counted from what
    was touched left a query with nothing at all when that was little and those were many. Who needs it exact looks
    from time to time at what it has touched (`MemoryMeter.own`).
    """

    def __init__(self) -> None:
        self._meter = MemoryMeter()
        self._most = 0
        self.own = 0
        """Memory that this process had touched when it was last measured, in bytes."""
        self._data = 0
        self.measure()

    def measure(self) -> None:
        """See how much the process uses now."""
        self.own, self._data = self._meter.own_and_data()

    def allow(self, more: int) -> None:
        """Allow ``more`` bytes beyond what the process had when it was last measured."""
        most = self._data + more
        if most != self._most:
            resource.setrlimit(resource.RLIMIT_DATA, (most, resource.RLIM_INFINITY))
            self._most = most
