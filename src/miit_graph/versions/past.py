"""Any version as a dataset in memory: from its snapshot if that is kept, else made from a neighbour and the changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from miit_graph.versions.history import History
from miit_graph.versions.journal import Version
from miit_graph.versions.restore import kept


@dataclass(frozen=True, slots=True)
class Loaded:
    """A store, and the account of it (as in a snapshot's manifest)."""

    store: ox.Store
    about: dict[str, Any]


def load_version(snapshots: Path, number: int) -> Loaded:
    """A version of the journal in a folder of snapshots. Raises UnknownVersion, JournalError."""
    history = History(snapshots)
    version = history.find(number)
    found = kept(snapshots, version)
    if found is not None:
        return Loaded(found.load(), dict(found.manifest))
    return _restore(history, version)


def _restore(history: History, version: Version) -> Loaded:
    quads, near = history.restore(version)
    store = ox.Store()
    store.bulk_extend(quads)
    merged = {quad.triple for quad in quads}
    store.bulk_extend(ox.Quad(t.subject, t.predicate, t.object) for t in merged)
    about = {**near.manifest, "version": version.snapshot, "quads": len(quads), "triples": len(merged)}
    return Loaded(store, about)
