"""Who else on the machine may read or change what a server trusts: files by their mode (POSIX)."""

from __future__ import annotations

import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

_WRITE_OTHERS = stat.S_IWOTH
_WRITE = stat.S_IWGRP | stat.S_IWOTH


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
