"""Backups: the versions of a project in one file, made while others read and write, and checked before it counts.

The file is a gzipped tar. Its first member, ``backup.json``, lists all others with their size and SHA-256:

``changes.rdfp``
    the journal up to its last complete record;
``HASH/…``
    the snapshots of the first and the newest version, or all that are kept: every other version is made from them
    and the journal (`miit_graph.versions.restore`);
``tokens.txt``
    who may change the data: names and hashes, if they were asked for.

Snapshots never change and the journal only grows, so what is read in the right order belongs together: the journal
first, then the snapshots that it names.
"""

from __future__ import annotations

import contextlib
import datetime
import gzip
import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from miit_graph import __version__
from miit_graph.access import new_folder
from miit_graph.build.errors import BuildError, SnapshotError
from miit_graph.build.snapshot import Snapshot, publish_version
from miit_graph.versions.history import JOURNAL
from miit_graph.versions.journal import Journal, JournalError

LAYOUT = 1
_CONTENTS = "backup.json"
_TOKENS = "tokens.txt"
_PARTS = ("manifest.json", "dataset.nq", "merged.nt")
_NAME = re.compile(rf"(?:{JOURNAL}|{_TOKENS}|[0-9a-f]{{16}}/(?:{'|'.join(_PARTS)}))", re.ASCII)
_MOST_CONTENTS = 16 * 1024 * 1024
_CHUNK = 1024 * 1024
_DAMAGED = (OSError, EOFError, zlib.error, tarfile.TarError, ValueError, KeyError, TypeError, AttributeError)


class BackupError(BuildError):
    """A backup can't be made or restored; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What is in a backup: when it was made, the newest version (0: none was recorded), what is published, files."""

    created: str
    number: int
    current: str
    files: Mapping[str, Mapping[str, Any]]

    @property
    def snapshots(self) -> list[str]:
        """The hashes of the snapshots in it."""
        return sorted({name.partition("/")[0] for name in self.files if "/" in name})

    @property
    def tokens(self) -> bool:
        """Whether there are hashes of tokens in it."""
        return _TOKENS in self.files


def make(snapshots: Path, target: Path, *, tokens: Path | None = None, everything: bool = False) -> Backup:
    """Write a backup of the versions in ``snapshots`` to a new file, read it back and compare. Raises BackupError."""
    if target.exists():
        raise BackupError(f"{target} is there already; nothing was written. Name another file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, snapshots, tokens, everything)
            file.flush()
            os.fsync(file.fileno())
        found = check(partial)
        try:
            os.link(partial, target)  # unlike a rename it replaces nothing
        except FileExistsError:
            raise BackupError(f"{target} has come into being meanwhile; nothing was written to it.") from None
        return found
    except OSError as error:
        raise BackupError(f"{target} could not be written: {error.strerror or error}.") from None
    finally:
        partial.unlink(missing_ok=True)


def check(path: Path) -> Backup:
    """Read all of a backup and compare it with what it says of itself. Raises BackupError."""
    with _opened(path) as (backup, members):
        for _, stream in members:
            while stream.read(_CHUNK):
                pass
    return backup


def restore(path: Path, snapshots: Path, *, tokens: Path | None = None, replace: bool = False) -> tuple[Backup, str]:
    """Put the versions of a backup into the folder ``snapshots``; what it holds, and where what was there has gone.

    Nothing is touched before all of the backup was read and found right. Raises BackupError.
    """
    there = (snapshots / JOURNAL).exists() or (snapshots / "current").exists()
    if there and not replace:
        raise BackupError(
            f"There are versions in {snapshots}; nothing was changed. With --replace they are put aside first."
        )
    if tokens is not None and tokens.exists() and not replace:
        raise BackupError(f"{tokens} is there already; nothing was changed. Name another file, or use --replace.")
    snapshots.parent.mkdir(parents=True, exist_ok=True)
    folder = new_folder(snapshots.parent, ".restore-")
    try:
        with _opened(path) as (backup, members):
            needed = sum(entry["bytes"] for entry in backup.files.values())
            if needed > shutil.disk_usage(folder).free:
                raise BackupError(f"{needed:,} bytes are needed in {snapshots.parent}, which has not so much room.")
            for name, stream in members:
                (folder / name).parent.mkdir(exist_ok=True)
                with (folder / name).open("wb") as file:
                    shutil.copyfileobj(stream, file, _CHUNK)
                    file.flush()
                    os.fsync(file.fileno())
        _check_restored(folder, backup, path)
        if backup.tokens:
            _put_tokens(folder / _TOKENS, tokens)
        publish_version(folder, backup.current)
        aside = _put_aside(snapshots)
        folder.rename(snapshots)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return backup, aside


def _write(file: IO[bytes], snapshots: Path, tokens: Path | None, everything: bool) -> None:
    published = snapshots / "current"
    current = str(published.readlink()) if published.is_symlink() else ""
    content, journal = b"", Journal(snapshots / JOURNAL)
    wanted = [current]
    if journal.latest is not None:
        content = journal.content()
        versions = journal.versions
        current = versions[-1].snapshot
        wanted = [version.snapshot for version in (versions if everything else (versions[0], versions[-1]))]
    if not current:
        raise BackupError(f"There is nothing to back up in {snapshots}. Make something with: miit-graph build")
    kept: dict[str, Path] = {}
    for name in dict.fromkeys(wanted):
        try:
            Snapshot.open(snapshots / name).verify()
        except (SnapshotError, OSError) as error:
            if name in (wanted[0], current):
                raise BackupError(f"The snapshot {name} can't be backed up: {error}") from None
            continue
        kept |= {f"{name}/{part}": snapshots / name / part for part in _PARTS}
    files: dict[str, bytes | Path] = {**({JOURNAL: content} if content else {}), **kept}
    if tokens is not None:
        try:
            files[_TOKENS] = tokens.read_bytes()
        except OSError as error:
            raise BackupError(f"{tokens} with the tokens cannot be read: {error.strerror}.") from None
    listed = {name: _described(source) for name, source in files.items()}
    told = {
        "layout": LAYOUT,
        "program": __version__,
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "number": journal.latest.number if journal.latest else 0,
        "current": current,
        "files": listed,
    }
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
        _add(archive, _CONTENTS, io.BytesIO(text := json.dumps(told, indent=1).encode()), len(text))
        for name, source in files.items():
            with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as stream:
                _add(archive, name, stream, listed[name]["bytes"])


def _described(source: bytes | Path) -> dict[str, Any]:
    with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return {"bytes": stream.seek(0, os.SEEK_END), "sha256": digest}


def _add(archive: tarfile.TarFile, name: str, stream: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    archive.addfile(member, stream)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[Backup, Iterator[tuple[str, _Checked]]]]:
    """What a backup says that it holds, and its members, which are compared with that as they are read."""
    try:
        with contextlib.ExitStack() as stack:
            packed = stack.enter_context(gzip.open(path))
            archive = stack.enter_context(tarfile.open(fileobj=packed, mode="r|"))
            backup = _read_contents(archive, path)
            yield backup, _members(archive, packed, backup)
    except FileNotFoundError:
        raise BackupError(f"There is no file {path}.") from None
    except BackupError:
        raise
    except _DAMAGED as error:
        why = str(error) or type(error).__name__
        raise BackupError(f"{path} is damaged or no backup: {why}. Nothing was changed; take another one.") from None


def _read_contents(archive: tarfile.TarFile, path: Path) -> Backup:
    first = archive.next()
    if first is None or first.name != _CONTENTS or not first.isfile() or first.size > _MOST_CONTENTS:
        raise BackupError(f"{path} is not a backup of miit-graph: it does not begin with {_CONTENTS}.")
    stream = archive.extractfile(first)
    assert stream is not None  # it is a file
    told = json.load(stream)
    if told["layout"] != LAYOUT:
        raise BackupError(
            f"{path} has layout {told['layout']}, and this program ({__version__}) reads {LAYOUT}."
            f" Restore it with the version that made it: {told.get('program')}."
        )
    backup = Backup(told["created"], int(told["number"]), told["current"], told["files"])
    wrong = [name for name in backup.files if not _NAME.fullmatch(name)]
    if wrong or backup.current not in backup.snapshots:
        raise ValueError(f"it lists {wrong[0][:80]!r}" if wrong else "what is published is not in it")
    return backup


def _members(archive: tarfile.TarFile, packed: gzip.GzipFile, backup: Backup) -> Iterator[tuple[str, _Checked]]:
    left = dict(backup.files)
    for member in archive:
        if member.name == _CONTENTS:
            continue
        expected = left.pop(member.name, None)
        stream = archive.extractfile(member) if member.isfile() else None
        if expected is None or stream is None or member.size != expected["bytes"]:
            raise ValueError(f"{member.name[:80]!r} is not as listed")
        checked = _Checked(stream, member.name, str(expected["sha256"]))
        yield member.name, checked
        checked.finish()
    if left:
        raise ValueError(f"{next(iter(left))} is missing")
    while packed.read(_CHUNK):  # up to the check sum at the very end
        pass


class _Checked:
    """A member that is compared with its hash once it was read."""

    def __init__(self, stream: IO[bytes], name: str, expected: str) -> None:
        self._stream = stream
        self._name = name
        self._expected = expected
        self._digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Some more of it."""
        part = self._stream.read(size)
        self._digest.update(part)
        return part

    def finish(self) -> None:
        """Raise ValueError if it was not what it should be."""
        if self._digest.hexdigest() != self._expected:
            raise ValueError(f"{self._name} has another content than when it was backed up")


def _check_restored(folder: Path, backup: Backup, path: Path) -> None:
    """Whether what was unpacked can be served: snapshots whole, journal whole, and the two of one history."""
    try:
        for name in backup.snapshots:
            Snapshot.open(folder / name).verify()
        journal = Journal(folder / JOURNAL)
    except (SnapshotError, JournalError, OSError, ValueError) as error:
        raise BackupError(f"{path} can't be restored: {error}") from None
    latest = journal.latest
    if (latest.number if latest else 0) != backup.number or (latest and latest.snapshot != backup.current):
        raise BackupError(f"{path} can't be restored: its journal does not lead to version {backup.number}.")


def _put_tokens(source: Path, target: Path | None) -> None:
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.chmod(0o600)  # it may have been there
        target.write_bytes(source.read_bytes())
    source.unlink()


def _put_aside(snapshots: Path) -> str:
    """Rename the folder that is there; its new name, or nothing."""
    if not snapshots.exists():
        return ""
    if not any(snapshots.iterdir()):
        snapshots.rmdir()
        return ""
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S")
    aside = snapshots.with_name(f"{snapshots.name}.before-{stamp}")
    snapshots.rename(aside)
    return str(aside)
