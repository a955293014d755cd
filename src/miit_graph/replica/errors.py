"""What can go wrong when a snapshot is copied from another server."""

from __future__ import annotations

from miit_graph.build.errors import SnapshotError


class ReplicaError(SnapshotError):
    """A snapshot could not be copied; the text says what is wrong with it or with the way to it."""


class DamagedError(ReplicaError):
    """What came is not what the listing says."""
