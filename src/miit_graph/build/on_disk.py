"""A dataset as an on-disk store of Oxigraph: made once, then opened read-only by whoever answers queries.

A store appears by a rename, so it is complete or not there. RocksDB, on which it rests, has threads of its own, so it
is never opened in a process that forks: `in_child` does there what needs it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from miit_graph.build.errors import BuildError, ProjectError
from miit_graph.build.files import discover, read_into
from miit_graph.build.snapshot import Snapshot

_ABOUT = "store.json"
_KEPT = 2
"""Stores of the same data that are kept: the newest, and the one before that a server may still have open."""
_MEMORY_PER_BYTE = {".nt": 4.0, ".nq": 4.0, ".ttl": 8.0, ".trig": 8.0, ".rdf": 5.0, ".owl": 5.0, ".xml": 5.0}
_OTHER_FORMATS = 5.0
_GZIP = 10.0
"""A compressed file stands for so many times its size."""
MEMORY_PER_QUAD = 550
"""Bytes that a quad takes in memory while it is loaded; measured, see docs/sizes.md."""


@dataclass(frozen=True, slots=True)
class StoreOnDisk:
    """A complete store: where it is, the version of its content, and how many quads it has."""

    path: Path
    version: str
    quads: int


def memory_of_snapshot(snapshot: Snapshot) -> int:
    """Bytes that a snapshot would take in memory, about."""
    return MEMORY_PER_QUAD * int(snapshot.manifest["quads"] + snapshot.manifest["triples"])


def memory_of_files(paths: Iterable[Path], *, union: bool = False) -> int:
    """Bytes that RDF files would take in memory, about. Raises ProjectError as `discover`."""
    total = 0.0
    for path in discover(list(paths)):
        name = path.name.lower()
        size = path.stat().st_size * (_GZIP if name.endswith(".gz") else 1)
        total += size * _MEMORY_PER_BYTE.get(Path(name.removesuffix(".gz")).suffix, _OTHER_FORMATS)
    return int(total * (2 if union else 1))


def store_of_snapshot(snapshot: Snapshot, folder: Path) -> StoreOnDisk:
    """The store of a snapshot in ``folder``, made if it is not there. Raises ProjectError if it can't be."""

    def fill(store: ox.Store) -> str:
        store.bulk_load(path=str(snapshot.path / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
        store.bulk_load(path=str(snapshot.path / "merged.nt"), format=ox.RdfFormat.N_TRIPLES)
        return snapshot.version

    return _found_or_made(folder / _short(str(snapshot.path.parent)), snapshot.version, fill)


def store_of_files(paths: Iterable[Path], folder: Path, *, union: bool = False) -> StoreOnDisk:
    """The store of RDF files in ``folder``, made unless there is one of these files as they are.

    What tells whether a file has changed is its size and time. Raises ProjectError, SourceError.
    """
    files = discover(list(paths))
    told = [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files]

    def fill(store: ox.Store) -> str:
        digest = hashlib.sha256(b"union" if union else b"own")
        for file in files:
            read_into(store, file, digest)
        if union:
            store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in store)
        return digest.hexdigest()[:16]

    return _found_or_made(folder / _short(repr([name for name, *_ in told]), union), _short(repr(told)), fill)


def in_child(work: Callable[[], StoreOnDisk]) -> StoreOnDisk:
    """What ``work`` gives, done in a process of its own. Raises ProjectError with what it raised (as BuildError)."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reading)
            try:
                done = work()
                said: Any = {"path": str(done.path), "version": done.version, "quads": done.quads}
            except BuildError as error:
                said = {"error": str(error)}
            os.write(writing, json.dumps(said).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        content = stream.read()
    os.waitpid(pid, 0)
    told: dict[str, Any] = (
        json.loads(content) if content else {"error": "The on-disk store could not be made; the messages are above."}
    )
    if "error" in told:
        raise ProjectError(told["error"])
    return StoreOnDisk(Path(told["path"]), told["version"], told["quads"])


def _found_or_made(folder: Path, name: str, fill: Callable[[ox.Store], str]) -> StoreOnDisk:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            found = _open(folder / name)
            if found is None:
                shutil.rmtree(folder / name, ignore_errors=True)
                found = _made(folder, name, fill)
                _forget_old(folder)
            return found
    except OSError as error:
        raise ProjectError(
            f"The on-disk store cannot be made in {folder}: {error.strerror or error}."
            " Make room, or name another folder with MIIT_GRAPH_STORES."
        ) from None


def _open(path: Path) -> StoreOnDisk | None:
    try:
        told = json.loads((path / _ABOUT).read_text(encoding="utf-8"))
        return StoreOnDisk(path, str(told["version"]), int(told["quads"]))
    except (OSError, ValueError, KeyError):
        return None


def _made(folder: Path, name: str, fill: Callable[[ox.Store], str]) -> StoreOnDisk:
    for left in folder.glob(".new-*"):
        shutil.rmtree(left, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    try:
        store = ox.Store(str(temporary))
        version = fill(store)
        store.flush()
        quads = len(store)
        del store
        (temporary / _ABOUT).write_text(json.dumps({"version": version, "quads": quads}), encoding="utf-8")
        temporary.rename(folder / name)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return StoreOnDisk(folder / name, version, quads)


def _forget_old(folder: Path) -> None:
    stores = sorted((p for p in folder.iterdir() if p.is_dir()), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in stores[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _short(text: str, union: bool = False) -> str:
    return hashlib.sha256(f"{text}{' union' if union else ''}".encode()).hexdigest()[:16]
