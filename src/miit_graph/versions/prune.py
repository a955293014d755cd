"""Which snapshots are kept as folders; all other versions are made from neighbours and the journal when asked for.

Kept are the newest versions (20, `Settings.keep_versions`), the first, every hundredth (`Settings.keep_every`), and
whatever is published. Only folders that the journal names are ever removed, and only while the first version, from
which the journal makes all others, is there and whole.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from miit_graph.versions.journal import Version
from miit_graph.versions.restore import kept


@dataclass(frozen=True, slots=True)
class Policy:
    """How many of the newest versions are kept, and every how-manieth of the others (0: none)."""

    newest: int = 20
    every: int = 100

    def keeps(self, versions: Sequence[Version]) -> frozenset[str]:
        """The hashes of the snapshots to keep."""
        wanted = [*versions[:1], *versions[-max(1, self.newest) :]]
        if self.every:
            wanted += [version for version in versions if version.number % self.every == 0]
        return frozenset(version.snapshot for version in wanted)


def prune(snapshots: Path, versions: Sequence[Version], policy: Policy) -> list[Version]:
    """Remove the folders of snapshots that the policy doesn't keep; returns their versions."""
    if not versions or kept(snapshots, versions[0]) is None:
        return []
    published = (snapshots / "current").resolve().name
    staying = policy.keeps(versions) | {published}
    gone = []
    for version in versions:
        folder = snapshots / version.snapshot
        if not version.snapshot or version.snapshot in staying or not folder.is_dir():
            continue
        leaving = snapshots / f".old-{version.snapshot}"
        shutil.rmtree(leaving, ignore_errors=True)
        folder.rename(leaving)  # in one step, so that nobody opens half of it
        shutil.rmtree(leaving, ignore_errors=True)
        gone.append(version)
    return gone
