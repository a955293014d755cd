"""The journal: all accepted changes, one after the other, in one file that only grows.

Each record is an RDF Patch whose header says which version it makes, when, by whom and why, closed by a comment line
with the SHA-256 of the record before it::

    H version "2" .
    H previous "1" .
    H time "2026-11-22T08:30:00Z" .
    H author "curator" .
    H message "Corrects the English name of the third institute" .
    TX .
    D <…> <…> "Third Electronics Laboratory"@en <…> .
    A <…> <…> "Third Electronics Institute"@en <…> .
    TC .
    # sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08

A change is accepted once its record has reached the disk. What an interrupted write leaves at the end has no closing
line that fits, was never acknowledged, and is set aside when the journal is next opened.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pyoxigraph as ox

from miit_graph.versions.patch import Patch

BUILD = "build"
"""The author of versions that were built from the files; no token has this name."""
_CLOSING = re.compile(rb"# sha256 ([0-9a-f]{64})\n")
_HEADER = ("version", "previous", "time", "author", "message", "snapshot", "key", "report")


class JournalError(Exception):
    """The journal is damaged or used by another process; the text says where and what to do."""


@dataclass(frozen=True, slots=True)
class Version:
    """One state of the data: its number, and what made it out of the one before.

    ``snapshot`` is the hash of the whole dataset with all that is derived; ``key`` the idempotency key of the request;
    ``report`` a short account of validation.
    """

    number: int
    time: str
    author: str
    message: str
    snapshot: str
    added: int
    removed: int
    key: str = ""
    report: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    version: Version
    start: int
    end: int


class Journal:
    """The journal in a file. One process at a time may hold it for writing; any number may read it."""

    def __init__(self, path: Path, *, writing: bool = False) -> None:
        self._path = path
        self._places: list[_Place] = []
        self._end = 0
        self._file = None
        if writing:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o644)  # whatever the umask: nobody else may write history
            # No buffer: it would keep what could not be written, and put it before the next record.
            self._file = path.open("ab", buffering=0)
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._file.close()
                raise JournalError(
                    f"{path} is being written by another process, most likely a server that takes changes; only one may"
                    " write. Send the server your changes (miit-graph update --endpoint), or stop it first."
                ) from None
            self.refresh()
            self._set_aside_the_rest()
        else:
            self.refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let another process write."""
        if self._file is not None:
            self._file.close()
            self._file = None

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions that changes have made, oldest first; the state before the first change is version 0."""
        return tuple(place.version for place in self._places)

    @property
    def latest(self) -> Version | None:
        """The newest version, if anything was ever changed."""
        return self._places[-1].version if self._places else None

    def content(self) -> bytes:
        """All complete records, as they are in the file."""
        return self._read(0, self._end)[: self._end]

    def version(self, number: int) -> Version | None:
        """The version with this number."""
        return self._places[number - 1].version if 1 <= number <= len(self._places) else None

    def with_key(self, author: str, key: str) -> Version | None:
        """The version that a request of ``author`` with this idempotency key has made."""
        return next(
            (p.version for p in reversed(self._places) if key and p.version.key == key and p.version.author == author),
            None,
        )

    def patch(self, number: int) -> Patch:
        """The change that made a version. Raises KeyError if there is none of this number."""
        if not 1 <= number <= len(self._places):
            raise KeyError(number)
        place = self._places[number - 1]
        return Patch.parse(self._read(place.start, place.end).decode().split("\n"))

    def record(self, number: int) -> bytes:
        """The journal's bytes as far as the end of a version's record. Raises KeyError if there is none."""
        if not 1 <= number <= len(self._places):
            raise KeyError(number)
        return self._read(0, self._places[number].start if number < len(self._places) else self._end)

    def between(self, old: int, new: int) -> Patch:
        """The change from one version to another, in either direction, as one patch."""
        if old > new:
            return self.between(new, old).reverse()
        patch = Patch()
        for number in range(old + 1, new + 1):
            patch = patch.then(self.patch(number))
        return patch

    def history(self, quad: ox.Quad) -> Iterator[tuple[Version, bool]]:
        """The versions that added (true) or removed (false) a quad, oldest first."""
        for place in self._places:
            patch = self.patch(place.version.number)
            if quad in patch.added or quad in patch.removed:
                yield place.version, quad in patch.added

    def append(self, version: Version, patch: Patch) -> None:
        """Record a change; when this returns, it is on the disk. Raises OSError and then has recorded nothing."""
        if self._file is None:
            raise JournalError(f"{self._path} is open for reading only.")
        assert version.number == len(self._places) + 1, "versions are numbered without gaps"
        header = {name: value for name in _HEADER if (value := _value(version, name))}
        content = "".join(f"{line}\n" for line in Patch(patch.added, patch.removed, header).lines()).encode()
        closing = f"# sha256 {hashlib.sha256(content).hexdigest()}\n".encode()
        try:
            rest = memoryview(content + closing)
            while rest:
                rest = rest[self._file.write(rest) :]
            os.fsync(self._file.fileno())
        except OSError:
            self._forget_what_failed()
            raise
        if not self._places:
            _sync_folder(self._path.parent)  # the file itself may be new
        self._places.append(_Place(version, self._end, self._end + len(content)))
        self._end += len(content) + len(closing)

    def refresh(self) -> None:
        """Read what was added since the journal was opened."""
        if not self._path.exists():
            return
        content = self._read(self._end, None)
        position = 0
        while closing := _CLOSING.search(content, position):
            record = content[position : closing.start()]
            if hashlib.sha256(record).hexdigest().encode() != closing[1]:
                break
            start = self._end + position
            self._places.append(_Place(_read_header(record, self._path), start, start + len(record)))
            position = closing.end()
        self._end += position

    def _read(self, start: int, end: int | None) -> bytes:
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(-1 if end is None else end - start)

    def _set_aside_the_rest(self) -> None:
        """Cut off what an interrupted write left, keeping a copy; refuse if complete records follow a damaged one."""
        rest = self._read(self._end, None)
        if not rest:
            return
        if _CLOSING.search(rest):
            number = len(self._places) + 1
            raise JournalError(
                f"{self._path}: the record of version {number}, at byte {self._end}, is damaged, and more follow it. "
                "Put a copy of the file from a backup in its place."
            )
        self._path.with_name(f"{self._path.name}.unfinished-{self._end}").write_bytes(rest)
        self._forget_what_failed()

    def _forget_what_failed(self) -> None:
        assert self._file is not None
        os.ftruncate(self._file.fileno(), self._end)
        os.fsync(self._file.fileno())


def _value(version: Version, name: str) -> str:
    if name == "version":
        return str(version.number)
    if name == "previous":
        return str(version.number - 1)
    return str(getattr(version, name))


def _read_header(record: bytes, path: Path) -> Version:
    lines = record.decode().split("\n")
    header = Patch.parse(line for line in lines if line.startswith("H ")).header
    try:
        return Version(
            number=int(header["version"]),
            time=header["time"],
            author=header["author"],
            message=header.get("message", ""),
            snapshot=header.get("snapshot", ""),
            added=sum(line.startswith("A ") for line in lines),
            removed=sum(line.startswith("D ") for line in lines),
            key=header.get("key", ""),
            report=header.get("report", ""),
        )
    except (KeyError, ValueError) as error:
        raise JournalError(f"{path}: a record lacks {error} in its header.") from None


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
