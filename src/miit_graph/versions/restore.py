"""The quads of a version whose snapshot is not kept: those of a neighbour, and the changes between the two."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from miit_graph.build.errors import SnapshotError
from miit_graph.build.snapshot import Snapshot
from miit_graph.versions.journal import Journal, JournalError, Version


def kept(snapshots: Path, version: Version) -> Snapshot | None:
    """The snapshot of a version if it is there and whole."""
    try:
        found = Snapshot.open(snapshots / version.snapshot)
        found.verify()
    except SnapshotError:
        return None
    return found


def restored(journal: Journal, snapshots: Path, version: Version) -> tuple[frozenset[ox.Quad], Snapshot]:
    """All quads of a version's named graphs, and the kept snapshot next to it from which they were made.

    Raises JournalError if no snapshot is left.
    """
    for distance in range(len(journal.versions)):
        for number in dict.fromkeys((version.number - distance, version.number + distance)):
            other = journal.version(number)
            near = kept(snapshots, other) if other is not None else None
            if near is not None:
                patch = journal.between(number, version.number)
                return (frozenset(near.quads()) - patch.removed) | patch.added, near
    raise JournalError(
        f"No snapshot is left in {snapshots} from which version {version.number} could be restored. "
        "Put a backup of the folder in its place, or build again from the files and remove the journal."
    )
