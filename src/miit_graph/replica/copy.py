"""Makes a snapshot of files that another server lists: downloaded beside the others, verified, then put in its place.

Nothing is seen of it before every byte has been compared with its SHA-256. A try that breaks off leaves a folder
``.copying-<version>`` from which the next one goes on.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zlib
from pathlib import Path

from miit_graph.build.errors import SnapshotError
from miit_graph.build.snapshot import Snapshot
from miit_graph.publish.listing import MANIFEST, PACKED, Item, Listing
from miit_graph.replica.errors import DamagedError, ReplicaError
from miit_graph.replica.origin import Origin, sha256_of_beginning
from miit_graph.versions.history import JOURNAL

_COPYING = ".copying-"
_LEAVING = ".old-"
_PIECE = 1 << 20
_GZIP = 16 + zlib.MAX_WBITS
_ROOM = 64 * 1024 * 1024
"""Bytes of the disk that are left to others."""


def copy(origin: Origin, listing: Listing, snapshots: Path) -> Snapshot:
    """The listed snapshot in the folder ``snapshots``, beside it the journal; not published yet.

    Raises ReplicaError, and then nothing that was there has changed.
    """
    target = snapshots / listing.version
    place = snapshots / f"{_COPYING}{listing.version}"
    try:
        snapshots.mkdir(parents=True, exist_ok=True)
        place.mkdir(exist_ok=True)
        _make_sure_of_room(listing, place)
        _fetch_manifest(origin, listing, place / MANIFEST)
        journal = _journal(origin, listing, snapshots, place)
        if _is_whole(target):
            (place / MANIFEST).replace(target / MANIFEST)  # the same content may have been built once more
        else:
            for item in listing.items:
                if item.name.endswith(PACKED):
                    _unpack(origin, listing, item, place)
            _make_sure_of_whole(origin, place)
            shutil.rmtree(target, ignore_errors=True)
            place.rename(target)
        _sync(snapshots)
        if journal is not None:
            journal.replace(snapshots / JOURNAL)
            _sync(snapshots)
    except OSError as error:
        raise ReplicaError(f"{snapshots}: {error.strerror or error}") from None
    shutil.rmtree(place, ignore_errors=True)
    return Snapshot.open(target)


def prune(snapshots: Path, staying: set[str]) -> None:
    """Remove the copies that are none of those to stay, and what broken tries have left."""
    for folder in snapshots.iterdir():
        name = folder.name
        if name.startswith((_COPYING, _LEAVING)):
            if folder.is_dir():
                shutil.rmtree(folder, ignore_errors=True)
            else:
                folder.unlink()
        elif (folder / MANIFEST).is_file() and not folder.is_symlink() and name not in staying:
            leaving = snapshots / f"{_LEAVING}{name}"
            folder.rename(leaving)  # in one step, so that nobody opens half of it
            shutil.rmtree(leaving, ignore_errors=True)


def _make_sure_of_room(listing: Listing, place: Path) -> None:
    needed = sum(item.bytes + item.content_bytes for item in listing.items)
    free = shutil.disk_usage(place).free + sum(file.stat().st_size for file in place.iterdir() if file.is_file())
    if needed + _ROOM > free:
        raise ReplicaError(f"{place.parent}: the snapshot needs {needed:,} bytes, and {free:,} are free")


def _is_whole(path: Path) -> bool:
    try:
        Snapshot.open(path).verify()
    except SnapshotError:
        return False
    return True


def _make_sure_of_whole(origin: Origin, place: Path) -> None:
    """Raise DamagedError, and have nothing left, unless the files make a snapshot; else they are on the disk."""
    try:
        found = Snapshot.open(place)
        found.verify()
    except SnapshotError as error:
        shutil.rmtree(place, ignore_errors=True)
        raise DamagedError(f"{origin.address}: what is listed there is no snapshot: {error}") from None
    found.sync()


def _fetch_manifest(origin: Origin, listing: Listing, target: Path) -> None:
    """Fetch the manifest anew; raises DamagedError if it is not of the listed dataset."""
    item, dataset = listing.item(MANIFEST), listing.item(f"dataset.nq{PACKED}")
    assert item is not None  # a listing without them can't be read
    assert dataset is not None
    target.unlink(missing_ok=True)
    origin.fetch(listing.version, item, target)
    try:
        manifest = json.loads(target.read_bytes())
        belongs = manifest["version"] == listing.version == dataset.content_sha256[: len(listing.version)]
        belongs = belongs and manifest["sha256"] == dataset.content_sha256
    except (ValueError, KeyError, TypeError):
        belongs = False
    if not belongs:
        target.unlink()
        raise DamagedError(f"{origin.address}: the manifest of {listing.version} is not of the dataset beside it")


def _journal(origin: Origin, listing: Listing, snapshots: Path, place: Path) -> Path | None:
    """The journal that is listed, if there is more of it than is here. Raises ReplicaError if ours is another one."""
    item, ours = listing.item(JOURNAL), snapshots / JOURNAL
    if item is None:
        return None
    size = ours.stat().st_size if ours.exists() else 0
    if size >= item.bytes and sha256_of_beginning(ours, item.bytes) == item.sha256:
        return None
    wanted = place.with_name(f"{place.name}-{JOURNAL}")
    if 0 < size < item.bytes:
        shutil.copyfile(ours, wanted)  # a journal only grows: what is missing is its end
    elif wanted.exists():
        wanted.unlink()
    try:
        origin.fetch(listing.version, item, wanted)
    except DamagedError:
        origin.fetch(listing.version, item, wanted)  # all of it: ours may be another one
    if size and (size > item.bytes or sha256_of_beginning(wanted, size) != sha256_of_beginning(ours, size)):
        wanted.unlink()
        raise ReplicaError(
            f"The versions at {origin.address} are not those of {ours} and some more: the history was begun anew"
            " there, or this folder belongs to another server. Stop this server, empty the folder, and start it again."
        )
    return wanted


def _unpack(origin: Origin, listing: Listing, item: Item, place: Path) -> None:
    """One file of the snapshot, from its compressed form, of which nothing stays. Raises ReplicaError."""
    plain = place / item.name.removesuffix(PACKED)
    if plain.exists() and sha256_of_beginning(plain, item.content_bytes + 1) == item.content_sha256:
        return
    packed = place / item.name
    origin.fetch(listing.version, item, packed)
    digest, size, unpacking = hashlib.sha256(), 0, zlib.decompressobj(_GZIP)
    with packed.open("rb") as source, plain.open("wb") as target:
        while size <= item.content_bytes and not unpacking.eof:
            some = unpacking.unconsumed_tail or source.read(_PIECE)
            if not some:
                break
            try:
                content = unpacking.decompress(some, _PIECE)
            except zlib.error:
                break
            size += len(content)
            digest.update(content)
            target.write(content)
        target.flush()
        os.fsync(target.fileno())
    packed.unlink()
    if size != item.content_bytes or digest.hexdigest() != item.content_sha256:
        plain.unlink()
        raise DamagedError(f"{origin.address}: {item.name} does not hold what the listing says")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
