"""Makes new versions: checks a change, records it, and publishes what comes out. One writer at a time.

The order is what makes it safe: the complete new snapshot is on the disk before the journal says that it exists, and
the journal says so before anybody is shown it. A crash between any two steps leaves either a snapshot that nobody
knows (and that is swept away later) or one that the next start publishes.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Self

from miit_graph.build.errors import BuildError, ValidationError
from miit_graph.build.pipeline import finish, refreeze, shapes_of
from miit_graph.build.snapshot import Snapshot, publish_version
from miit_graph.build.sources import Project
from miit_graph.build.validate import SEVERITIES, Report, counted
from miit_graph.versions.change import Change, asked_change, assemble_changed, check_gone
from miit_graph.versions.history import JOURNAL
from miit_graph.versions.journal import BUILD, Journal, JournalError, Version
from miit_graph.versions.patch import Patch
from miit_graph.versions.prune import Policy, prune
from miit_graph.versions.restore import kept, restored

_LATE = (
    *("pyrudof", "rdflib.plugins.parsers.ntriples", "rdflib.plugins.serializers.nt", "miit_graph.engine.local"),
    *(f"miit_graph.publish.{name}" for name in ("dumps", "profile", "void", "whole")),
)
"""What a build imports only when it gets that far."""


class VersionConflict(Exception):
    """The change was meant for another version than the present one."""

    def __init__(self, expected: str, actual: str) -> None:
        super().__init__(f"The change is for version {expected}, but the data are at version {actual}.")
        self.expected = expected
        self.actual = actual


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that was tried out: what it would do, what validation says, and the snapshot if it conforms."""

    patch: Patch
    """The change of the whole dataset, with what is derived."""
    authored: Patch
    """The change of the authored graphs alone."""
    report: Report
    snapshot: Snapshot | None


@dataclass(frozen=True, slots=True)
class Told:
    """Who changes the data and why; ``key`` makes a repeated request harmless."""

    author: str
    message: str = ""
    key: str = ""


class Writer:
    """The writer of one project's versions in a folder of snapshots."""

    def __init__(self, project: Project, snapshots: Path, journal: Journal) -> None:
        self.policy: Policy | None = None
        """Which snapshots are kept when a version is added; without one, all."""
        self.project = project
        self.snapshots = snapshots
        self.journal = journal

    @classmethod
    def open(cls, project: Project, snapshots: Path) -> Self:
        """Open for writing, and complete what a crash has interrupted. Version 1 is what was built from the files.

        Raises JournalError if another process writes, or what the journal names can't be restored.
        """
        journal = Journal(snapshots / JOURNAL, writing=True)
        writer = cls(project, snapshots, journal)
        try:
            writer._recover()
        except BaseException:
            journal.close()
            raise
        return writer

    def close(self) -> None:
        """Let another process write."""
        self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def latest(self) -> Version:
        """The present version."""
        latest = self.journal.latest
        assert latest is not None  # since open()
        return latest

    def snapshot(self, number: int) -> Snapshot:
        """The snapshot of a version, restored from a neighbour and the changes between if it was swept away.

        Raises KeyError if there is no version of this number, JournalError if it can't be restored.
        """
        version = self.journal.version(number)
        if version is None:
            raise KeyError(number)
        return kept(self.snapshots, version) or self._restore(version)

    def prepare(self) -> None:
        """Load what each attempt needs, so that those that are forked have it."""
        for name in _LATE:
            import_module(name)
        with contextlib.suppress(BuildError):  # whoever changes something will be told
            shapes_of(self.project)

    def propose(self, change: Change, *, processor: str = "rudof") -> Proposal:
        """Try a change out on a copy of the data; nothing that is served changes.

        Raises ChangeRefused, RuleError and what ``change`` raises.
        """
        present = self.snapshot(self.latest.number)
        served = present.load()
        asked = asked_change(self.project, served, change)
        authored = asked.authored
        if not authored and not asked.made:
            known = {name: present.manifest["report"][name] for name in SEVERITIES}
            return Proposal(Patch(), authored, counted(known), present)
        assembled = assemble_changed(self.project, served)
        check_gone(self.project, asked, assembled.store)
        try:
            snapshot, report = finish(
                self.project, assembled, self.snapshots, processor=processor, publish=False, changed=present
            )
        except ValidationError as error:
            return Proposal(Patch(), authored, error.report, None)
        check_gone(self.project, asked, assembled.store)
        return Proposal(Patch.between_lines(present.lines(), snapshot.lines()), authored, report, snapshot)

    def accept(self, proposal: Proposal, told: Told, published: Callable[[Snapshot], None] | None = None) -> Version:
        """Make a conforming proposal the next version. When this returns, the version is on the disk and published.

        ``published`` is called last, to let those who serve know.
        """
        assert proposal.snapshot is not None, "only what conforms is accepted"
        counts = proposal.report.counts()
        version = Version(
            number=self.latest.number + 1,
            time=_now(),
            author=told.author,
            message=told.message,
            snapshot=proposal.snapshot.version,
            added=len(proposal.patch.added),
            removed=len(proposal.patch.removed),
            key=told.key,
            report=", ".join(f"{name}: {count}" for name, count in counts.items()),
        )
        proposal.snapshot.sync()
        self.journal.append(version, proposal.patch)
        publish_version(self.snapshots, version.snapshot)
        if published is not None:
            published(proposal.snapshot)
        if self.policy is not None:
            with contextlib.suppress(OSError):  # the version stands, whatever becomes of old ones
                prune(self.snapshots, self.journal.versions, self.policy)
        return version

    def _recover(self) -> None:
        """Serve what the journal says, whatever was published when the last writer ended."""
        latest = self.journal.latest
        if latest is None:
            base = Snapshot.open(self.snapshots)
            told = {"author": BUILD, "message": "as built from the files", "time": _now()}
            base.sync()
            self.journal.append(Version(1, snapshot=base.version, added=0, removed=0, **told), Patch())
            return
        self.snapshot(latest.number)  # restores it if need be
        publish_version(self.snapshots, latest.snapshot)

    def _restore(self, version: Version) -> Snapshot:
        quads, near = restored(self.journal, self.snapshots, version)
        found = refreeze(quads, self.snapshots, near)
        if found.version != version.snapshot:
            raise JournalError(
                f"Version {version.number} could not be restored: {near.path} with the changes of the journal gives "
                f"{found.version}, not {version.snapshot}. Put a backup of {self.snapshots} in its place."
            )
        return found


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
