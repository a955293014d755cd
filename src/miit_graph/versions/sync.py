"""Building where changes have been accepted: what the files say becomes a version, unless that would lose a change.

The last version that was the same as a build from the files is where files and versions have met. What was accepted
since then has to be in the files; `miit_graph.versions.source` writes it there.
"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from miit_graph.build.errors import BuildError
from miit_graph.build.pipeline import Progress, assemble, build, finish
from miit_graph.build.snapshot import FROM_FILES, Snapshot, publish_version
from miit_graph.build.sources import Project
from miit_graph.build.validate import Report
from miit_graph.versions.history import JOURNAL
from miit_graph.versions.journal import BUILD, Journal
from miit_graph.versions.patch import Patch
from miit_graph.versions.restore import kept
from miit_graph.versions.writer import Proposal, Told, Writer

_SHOWN = 5


class UnwrittenChanges(BuildError):
    """The files lack changes that were accepted, so a build from them would lose those."""

    def __init__(self, lost: Patch) -> None:
        rows = [f"  + {quad}" for quad in sorted(lost.added, key=str)]
        rows += [f"  - {quad}" for quad in sorted(lost.removed, key=str)]
        more = [f"  … and {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else []
        super().__init__(
            "The files have changed, but they lack changes that were accepted meanwhile:\n"
            + "\n".join([*rows[:_SHOWN], *more])
            + "\nNothing was built. Write the changes into the files with 'miit-graph export source', then build again."
        )
        self.lost = lost


def build_version(
    project: Project,
    snapshots: Path,
    progress: Progress,
    sources: Path | None = None,
    processor: str = "rudof",
    inference: bool = True,
) -> tuple[Snapshot, Report]:
    """As `miit_graph.build.pipeline.build`; where there are versions, the result becomes one.

    Raises BuildError (UnwrittenChanges among them), and JournalError if a server writes there.
    """
    if not (snapshots / JOURNAL).exists():
        return build(project, snapshots, progress, sources, processor, inference)
    with Writer.open(project, snapshots) as writer:
        assembled = assemble(project, progress=progress)
        snapshot, report = finish(project, assembled, snapshots, progress, sources, processor, inference, publish=False)
        if snapshot.version == writer.latest.snapshot:
            publish_version(snapshots, snapshot.version)
            return snapshot, report
        present, built = frozenset(writer.snapshot(writer.latest.number).quads()), frozenset(snapshot.quads())
        lost = unwritten(project, writer.journal, snapshots, built)
        if lost:
            raise UnwrittenChanges(lost)
        patch = Patch.between(present, built)
        writer.accept(Proposal(patch, patch, report, snapshot), Told(BUILD, "as built from the files"))
    return snapshot, report


def unwritten(project: Project, journal: Journal, snapshots: Path, built: frozenset[ox.Quad]) -> Patch:
    """What was accepted since files and versions have met, and is not in what was ``built`` from the files."""
    since = accepted(journal, snapshots)
    return Patch(
        frozenset(quad for quad in since.added - built if _authored(project, quad)),
        frozenset(quad for quad in since.removed & built if _authored(project, quad)),
    )


def accepted(journal: Journal, snapshots: Path) -> Patch:
    """The change since files and versions have met."""
    latest = journal.latest
    if latest is None:
        return Patch()
    met = 0
    for version in reversed(journal.versions):
        found = None if version.author == BUILD else kept(snapshots, version)
        if version.author == BUILD or (found is not None and found.manifest.get("origin") == FROM_FILES):
            met = version.number
            break
    return journal.between(met, latest.number)


def _authored(project: Project, quad: ox.Quad) -> bool:
    graph = quad.graph_name
    return isinstance(graph, ox.NamedNode) and graph.value.startswith((project.graph("data/"), project.graph("codes/")))
