"""Whether a published snapshot is of the present files. Cheap to import: the server asks at every start."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from miit_graph import __version__
from miit_graph.build.errors import SnapshotError
from miit_graph.build.snapshot import Snapshot
from miit_graph.build.sources import Project


def current(project: Project, snapshots: Path) -> Snapshot | None:
    """The published snapshot, if it was built from exactly the present files by this version of the program."""
    try:
        snapshot = Snapshot.open(snapshots)
    except SnapshotError:
        return None
    fresh = (
        snapshot.manifest.get("inputs") == project.inputs_digest()
        and snapshot.manifest.get("program") == program_versions()
    )
    return snapshot if fresh else None


def program_versions() -> dict[str, str]:
    """Versions of everything that can change what a build gives."""
    return {
        "miit-graph": __version__,
        **{name: importlib.metadata.version(name) for name in ("pyoxigraph", "pyrudof", "rdflib")},
    }
