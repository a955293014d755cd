"""The versions of what is served, for reading: which there are, what each changed, and who is to thank for a triple.

Time is told apart here from what the data speak of: a version says what *was said* from its ``time`` on (transaction
time), whatever days the facts in it are about (valid time).
"""

from __future__ import annotations

import datetime
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from miit_graph.build.snapshot import Snapshot
from miit_graph.versions.journal import Journal, Version
from miit_graph.versions.patch import Patch
from miit_graph.versions.restore import restored

JOURNAL = "changes.rdfp"
"""The journal's name in the folder of snapshots."""
MADE = ("derived", "derivations", "inferred", "description")
"""The graphs that nobody writes: they are made anew from the others at each change."""
_MADE = tuple(f"/graph/{name}" for name in MADE)
_HASH = 16


class UnknownVersion(LookupError):
    """There is no such version; the text says which there are."""


@dataclass(frozen=True, slots=True)
class Event:
    """What one version did to some triples."""

    version: Version
    added: tuple[ox.Quad, ...]
    removed: tuple[ox.Quad, ...]


class History:
    """The versions recorded in a folder of snapshots; with ``only``, a state of which no others are known.

    What others append to the journal is seen after `refresh`. Safe for several threads.
    """

    def __init__(self, snapshots: Path | None, only: Version | None = None) -> None:
        self._snapshots = snapshots
        self._only = only
        self._journal = Journal(snapshots / JOURNAL) if snapshots is not None else None
        self._lock = threading.Lock()
        self._touched: dict[str, list[int]] = {}
        self._written: dict[str, list[int]] = {}
        self._indexed = 0

    def refresh(self) -> None:
        """See what was appended meanwhile."""
        if self._journal is not None:
            with self._lock:
                self._journal.refresh()

    @property
    def recorded(self) -> bool:
        """Whether there is a journal, so that versions can be told apart."""
        return self._journal is not None and bool(self._journal.versions)

    @property
    def versions(self) -> tuple[Version, ...]:
        """All versions, oldest first."""
        if self._journal is not None and (found := self._journal.versions):
            return found
        return (self._only,) if self._only is not None else ()

    def find(self, name: str | int) -> Version:
        """The version with a number, else the newest one with a hash (or its beginning, of 6 digits or more).

        Raises UnknownVersion.
        """
        text, versions = str(name).strip().lower(), self.versions
        if text.isascii() and text.isdecimal() and len(text) < 10:
            number = int(text)
            found = [version for version in versions if version.number == number]
        else:
            found = []
        if not found and 6 <= len(text) <= _HASH:
            found = [version for version in reversed(versions) if version.snapshot.startswith(text)]
        if found:
            return found[0]
        if not versions:
            raise UnknownVersion(f"There is no version {text[:40]}: no versions are recorded.")
        first, last = versions[0].number, versions[-1].number
        there = f"Those there are have the numbers {first} to {last}" if first < last else f"The only one is {first}"
        raise UnknownVersion(f"There is no version {text[:40]}. {there}.")

    def of_snapshot(self, snapshot: str) -> Version | None:
        """The newest version with a hash."""
        return next((version for version in reversed(self.versions) if version.snapshot == snapshot), None)

    def at(self, moment: datetime.datetime) -> Version:
        """The version that stood at a moment (with a time zone); the first one if that was before it.

        Raises UnknownVersion if there are none.
        """
        versions = self.versions
        if not versions:
            raise UnknownVersion("No versions are recorded.")
        earlier = [version for version in versions if time_of(version) <= moment]
        return earlier[-1] if earlier else versions[0]

    def change(self, old: int, new: int) -> Patch:
        """The change from one version to another, in either direction."""
        if self._journal is None or not self.recorded:
            return Patch()
        with self._lock:
            return self._journal.between(old, new)

    def record(self, number: int) -> bytes:
        """The journal's bytes as far as the end of a version's record. Raises KeyError if there is none."""
        if self._journal is None:
            raise KeyError(number)
        with self._lock:
            return self._journal.record(number)

    def quads(self, version: Version) -> frozenset[ox.Quad]:
        """All quads of a version's named graphs. Raises JournalError if it can't be restored."""
        return self.restore(version)[0]

    def restore(self, version: Version) -> tuple[frozenset[ox.Quad], Snapshot]:
        """The same, and the kept snapshot from which they were made."""
        assert self._journal is not None
        assert self._snapshots is not None
        with self._lock:
            return restored(self._journal, self._snapshots, version)

    def touching(self, iris: Iterable[str], *, written: bool = False) -> list[int]:
        """The numbers of the versions that added or removed quads with one of these IRIs as subject or object.

        With ``written`` only in graphs that people write.
        """
        with self._lock:
            self._index()
            index = self._written if written else self._touched
            return sorted({number for iri in iris for number in index.get(iri, ())})

    def events(self, iris: Iterable[str]) -> list[Event]:
        """What versions did to the quads with one of these IRIs as subject or object, oldest first."""
        wanted = {ox.NamedNode(iri) for iri in iris}
        found = []
        for number in self.touching(term.value for term in wanted):
            patch = self.change(number - 1, number)
            added, removed = (
                tuple(sorted((q for q in quads if q.subject in wanted or q.object in wanted), key=str))
                for quads in (patch.added, patch.removed)
            )
            found.append(Event(self.find(number), added, removed))
        return found

    def blame(self, quads: Iterable[ox.Quad]) -> dict[ox.Quad, Version]:
        """Which version gave us each of these quads, all of the newest version; what none added is of the first."""
        if not self.recorded:
            return {}
        left = set(quads)
        found: dict[ox.Quad, Version] = {}
        subjects = {quad.subject.value for quad in left if isinstance(quad.subject, ox.NamedNode)}
        for number in reversed(self.touching(subjects)):
            here = self.change(number - 1, number).added & left
            found |= dict.fromkeys(here, self.find(number))
            left -= here
        return found | dict.fromkeys(left, self.versions[0])

    def standing(self, iri: str, now: int) -> list[Version]:
        """The versions whose data speak of an IRI, oldest first, if the newest has ``now`` quads with it."""
        counts: Counter[int] = Counter()
        for event in self.events([iri]):
            counts[event.version.number] = len(event.added) - len(event.removed)
        found = []
        for version in reversed(self.versions):
            if now > 0:
                found.append(version)
            now -= counts[version.number]
        return found[::-1]

    def _index(self) -> None:
        if self._journal is None:
            return
        for version in self._journal.versions[self._indexed :]:
            patch = self._journal.patch(version.number)
            quads = patch.added | patch.removed
            _note(self._touched, quads, version.number)
            _note(self._written, (quad for quad in quads if not _is_made(quad)), version.number)
            self._indexed = version.number


def _note(index: dict[str, list[int]], quads: Iterable[ox.Quad], number: int) -> None:
    terms = {term for quad in quads for term in (quad.subject, quad.object)}
    for term in terms:
        if isinstance(term, ox.NamedNode):
            index.setdefault(term.value, []).append(number)


def _is_made(quad: ox.Quad) -> bool:
    name = quad.graph_name
    return isinstance(name, ox.NamedNode) and name.value.endswith(_MADE)


def time_of(version: Version) -> datetime.datetime:
    """The moment of a version, with its time zone; the beginning of time if it isn't known."""
    try:
        found = datetime.datetime.fromisoformat(version.time)
    except ValueError:
        return datetime.datetime.min.replace(tzinfo=datetime.UTC)
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def split(patch: Patch, base: str) -> tuple[Patch, Patch]:
    """A change in two: what was written, and what is made from that (see `MADE`)."""
    made = {ox.NamedNode(f"{base}graph/{name}") for name in MADE} if base else set()
    written = Patch(
        frozenset(q for q in patch.added if q.graph_name not in made),
        frozenset(q for q in patch.removed if q.graph_name not in made),
    )
    return written, Patch(patch.added - written.added, patch.removed - written.removed)
