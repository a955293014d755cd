"""Who else on the machine may read or change what a server trusts: files by their mode (POSIX)."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_WRITE_OTHERS = stat.S_IWOTH
_WRITE = stat.S_IWGRP | stat.S_IWOTH
_ADDRESS = 107
"""Bytes that the address of a socket in the file system may have, unix(7)."""
_NAMES = 32
"""Of them for what makes a new folder's name unique, and for the names of sockets in it."""


def mode_of(path: Path) -> int:
    """The permission bits of what is there; 0 where nothing is, or nobody may look."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0


def anyone_may_write(path: Path) -> bool:
    """Whether any user of the machine may change this file, or put others in the place of this folder's."""
    mode = mode_of(path)
    return bool(mode & _WRITE_OTHERS) and not mode & stat.S_ISVTX


def others_may_write(path: Path) -> bool:
    """Whether anybody but the owner may change it, the group included."""
    return bool(mode_of(path) & _WRITE)


def others_may_read(path: Path) -> bool:
    """Whether any user of the machine may read it."""
    return bool(mode_of(path) & stat.S_IROTH)


def warnings(places: Iterable[Path]) -> Iterator[str]:
    """A sentence for each place that any user of the machine may change."""
    for place in places:
        if anyone_may_write(place):
            yield (
                f"{place} (mode {mode_of(place):04o}) can be changed by every user of this machine, and with it what is"
                f" served. Correct it: chmod o-w {place}"
            )


def new_folder(parent: Path, prefix: str) -> Path:
    """A new folder that nobody else can write to; who may read it is up to the umask."""
    folder = parent / f"{prefix}{secrets.token_hex(6)}"
    folder.mkdir(mode=0o755)
    return folder


def socket_folder(prefix: str) -> Path:
    """A new folder for sockets, which nobody else can enter, where its name is short enough for their addresses.

    That is the folder for temporary files, else that of the session or /tmp. Raises OSError if none of them will do.
    """
    most = _ADDRESS - _NAMES - len(prefix)
    places = (tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR") or "/tmp", "/tmp")
    for place in places:
        if len(os.fsencode(place)) <= most and os.access(place, os.W_OK | os.X_OK):
            return Path(tempfile.mkdtemp(prefix=prefix, dir=place))  # made with mode 0700
    raise OSError(
        f"The name of the folder for temporary files, {places[0]}, is too long for sockets (at most {most} bytes), and"
        " /tmp can't be written to. Set TMPDIR to a folder with a shorter name."
    )
