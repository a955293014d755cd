"""Files that are made once per version of a dataset and then served by every web process."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from miit_graph.build.snapshot import Snapshot
from miit_graph.user_cache import cache_folder

_CHUNK = 1 << 20
_OURS = "published-"
"""Begins the name of each folder that may be removed again, whatever else is beside them."""
_MOST_VERSIONS = 6
"""So many versions that are not snapshots have files on the disk at a time."""


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file, its size in bytes and the SHA-256 of its content in hexadecimal digits."""

    path: Path
    size: int
    sha256: str


class FileCache:
    """A folder of files that appear complete or not at all, however many processes make them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, snapshot: Snapshot) -> FileCache:
        """The cache of a snapshot: in the folder of snapshots, or in the user's cache where that can't be written."""
        places: tuple[Callable[[], Path], ...] = (lambda: snapshot.path.parent, cache_folder, _temporary)
        for place in places:
            with suppress(OSError, RuntimeError):  # RuntimeError: a user without a home
                parent = place()
                folder = parent / ".published" / snapshot.version
                folder.mkdir(parents=True, exist_ok=True)
                if parent == snapshot.path.parent:
                    _forget_removed(folder.parent, parent)
                if os.access(folder, os.W_OK):
                    return cls(folder)
        raise OSError("there is no folder to keep published files in")

    @classmethod
    def within(cls, parent: Path, version: str) -> FileCache:
        """The cache of a version that is no snapshot, in a folder that the processes of a server share.

        Of the versions that were not asked for lately it is removed.
        """
        folder = parent / f"{_OURS}{hashlib.sha256(version.encode()).hexdigest()[:24]}"
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        with suppress(FileNotFoundError):  # another process has removed one
            used = sorted(parent.glob(f"{_OURS}*"), key=lambda other: other.stat().st_mtime, reverse=True)
            for other in used[_MOST_VERSIONS:]:
                shutil.rmtree(other, ignore_errors=True)
        return cls(folder)

    def get(self, name: str) -> Made | None:
        """The file ``name`` if it was made."""
        path = self.folder / name
        with suppress(FileNotFoundError):
            digest = (self.folder / f"{name}.sha256").read_text(encoding="ascii")
            return Made(path, path.stat().st_size, digest)
        return None

    def make(self, name: str, write: Callable[[Path], None]) -> Made:
        """The file ``name``; made first if it is missing, by ``write``, which is given a path to write to.

        What ``write`` raises is passed on, and nothing is left behind.
        """
        found = self.get(name)
        if found is not None:
            return found
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f".{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file is closed, also by a process that dies
            found = self.get(name)
            if found is not None:
                return found
            temporary = self.folder / f".{name}.new"
            try:
                write(temporary)
                digest = digest_of(temporary)
                temporary.replace(self.folder / name)
                sums = self.folder / f".{name}.sum"
                sums.write_text(digest, encoding="ascii")
                sums.replace(self.folder / f"{name}.sha256")
            finally:
                temporary.unlink(missing_ok=True)
        return Made(self.folder / name, (self.folder / name).stat().st_size, digest)


@cache
def _temporary() -> Path:
    """A folder of this process's own, the last resort."""
    return Path(tempfile.mkdtemp(prefix="miit-graph-"))


def _forget_removed(cached: Path, snapshots: Path) -> None:
    """Remove what was made of snapshots that are no longer there."""
    for folder in cached.iterdir():
        if not (snapshots / folder.name).exists():
            shutil.rmtree(folder, ignore_errors=True)


def second_name(source: Path, target: Path) -> None:
    """Give a file that never changes a second name; where that isn't possible, copy it."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
