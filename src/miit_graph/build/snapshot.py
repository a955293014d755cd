"""A frozen graph on disk: immutable, named by its content, published in one step.

A snapshot is a folder ``<snapshots>/<version>/`` with

``dataset.nq``
    all named graphs as sorted canonical N-Quads (blank nodes named by RDF Dataset Canonicalization, RDFC-1.0);
``merged.nt``
    the same triples without graph names, each once: the default graph that is served;
``manifest.json``
    version, hash, time of build, counts per graph and class, files, report in figures, example queries.

``<snapshots>/current`` is a symbolic link to the published one. Both the folder and the link appear by a rename, so
a reader sees a complete snapshot or none.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from miit_graph.access import new_folder
from miit_graph.build.errors import SnapshotError

LAYOUT = 2
"""Number of the folder's layout; a snapshot of another one is not opened. Since 2 the dataset describes itself."""

FROM_FILES, FROM_CHANGE = "files", "change"
"""In the manifest, as ``origin``: whether the snapshot was built from a project's files, or made by a change."""

_FILES = ("dataset.nq", "merged.nt", "manifest.json")


@dataclass(frozen=True)
class Snapshot:
    """A complete snapshot folder and its manifest."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def version(self) -> str:
        """The first 16 hexadecimal digits of the dataset's SHA-256."""
        return str(self.manifest["version"])

    @classmethod
    def open(cls, path: Path) -> Snapshot:
        """Open a snapshot folder, or the published one of a folder of snapshots.

        Raises SnapshotError if it is missing, incomplete or of another layout.
        """
        if not (path / "manifest.json").is_file() and (path / "current").exists():
            path = path / "current"
        path = path.resolve()
        try:
            manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise SnapshotError(
                f"{path} is not a snapshot: it has no manifest.json. Make one with 'miit-graph build'."
            ) from None
        except json.JSONDecodeError as error:
            raise SnapshotError(f"{path / 'manifest.json'} is damaged: {error}. Build the snapshot again.") from error
        if manifest.get("layout") != LAYOUT:
            raise SnapshotError(f"{path} has layout {manifest.get('layout')}, not {LAYOUT}. Build the snapshot again.")
        for name in _FILES:
            if not (path / name).is_file():
                raise SnapshotError(f"{path} is incomplete: {name} is missing. Build the snapshot again.")
        return cls(path, manifest)

    def load(self) -> ox.Store:
        """The dataset in memory: named graphs as authored, default graph with everything merged."""
        store = ox.Store()
        store.bulk_load(path=str(self.path / "dataset.nq"), format=ox.RdfFormat.N_QUADS)
        store.bulk_load(path=str(self.path / "merged.nt"), format=ox.RdfFormat.N_TRIPLES)
        return store

    def quads(self) -> Iterator[ox.Quad]:
        """All quads of the named graphs, blank nodes with their canonical names."""
        yield from ox.parse((self.path / "dataset.nq").read_bytes(), format=ox.RdfFormat.N_QUADS)

    def lines(self) -> frozenset[bytes]:
        """The same as lines of canonical N-Quads."""
        return frozenset((self.path / "dataset.nq").read_bytes().split(b"\n")) - {b""}

    def sync(self) -> None:
        """Return once every byte is on the disk, whatever happens to the machine."""
        for path in (*(self.path / name for name in _FILES), self.path, self.path.parent):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def verify(self) -> None:
        """Raise SnapshotError if the dataset's bytes are not those that the manifest names."""
        digest = hashlib.sha256((self.path / "dataset.nq").read_bytes()).hexdigest()
        if digest != self.manifest["sha256"]:
            raise SnapshotError(f"{self.path / 'dataset.nq'} was changed after it was built. Build the snapshot again.")
        if (self.path / "merged.nt").read_bytes().count(b"\n") != self.manifest["triples"]:
            raise SnapshotError(f"{self.path / 'merged.nt'} is incomplete. Build the snapshot again.")


def canonical_lines(quads: Iterable[ox.Quad]) -> list[str]:
    """Canonical N-Quads (RDFC-1.0): sorted lines without their line feeds, the same for isomorphic datasets.

    The names of blank nodes depend on the quads that have any, so only those need the costly algorithm.
    """
    plain: list[ox.Quad] = []
    dataset = ox.Dataset()
    for quad in quads:
        if ox.BlankNode in (type(quad.subject), type(quad.object), type(quad.graph_name)):
            dataset.add(quad)
        else:
            plain.append(quad)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted({*_lines(plain), *_lines(dataset)})


def _lines(quads: Iterable[ox.Quad]) -> Iterator[str]:
    text = ox.serialize(quads, format=ox.RdfFormat.N_QUADS)
    assert text is not None  # only None when a stream was given
    yield from text.decode("utf-8").split("\n")[:-1]  # not splitlines(): literals may hold U+0085, U+2028 …


def freeze(quads: Iterable[ox.Quad], snapshots: Path, describe: Mapping[str, Any], *, publish: bool = True) -> Snapshot:
    """Write `quads` (all in named graphs) as a snapshot below `snapshots` and publish it as the current one.

    `describe` is added to the manifest. Nothing that was there before is touched until the new folder is complete.
    """
    lines = canonical_lines(quads)
    content = "".join(f"{line}\n" for line in lines).encode("utf-8")
    digest = hashlib.sha256(content).hexdigest()
    version = digest[:16]
    merged = sorted({_without_graph(quad) for quad in ox.parse(content, format=ox.RdfFormat.N_QUADS)})
    manifest = {
        "layout": LAYOUT,
        "version": version,
        "sha256": digest,
        "quads": len(lines),
        "triples": len(merged),
        **describe,
    }
    snapshots.mkdir(parents=True, exist_ok=True)
    temporary = new_folder(snapshots, ".new-")
    try:
        (temporary / "dataset.nq").write_bytes(content)
        (temporary / "merged.nt").write_text("".join(f"{line} .\n" for line in merged), encoding="utf-8")
        (temporary / "manifest.json").write_text(
            json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        target = snapshots / version
        if target.exists() and not _intact(target):
            shutil.rmtree(target)
        if target.exists():
            # The same content was built before: keep its folder, renew what the manifest says about the build.
            # That it is what the files say is not forgotten when a change comes to the same.
            if describe.get("origin") != FROM_CHANGE:
                (temporary / "manifest.json").replace(target / "manifest.json")
            shutil.rmtree(temporary)
        else:
            temporary.rename(target)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    if publish:
        publish_version(snapshots, version)
    return Snapshot.open(target)


def _intact(path: Path) -> bool:
    try:
        Snapshot.open(path).verify()
    except SnapshotError:
        return False
    return True


def _without_graph(quad: ox.Quad) -> str:
    return f"{quad.subject} {quad.predicate} {quad.object}"


def publish_version(snapshots: Path, version: str) -> None:
    """Point ``current`` to `version`; a rename replaces the old link in one step."""
    link = snapshots / f".current-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(version, target_is_directory=True)
    link.replace(snapshots / "current")
