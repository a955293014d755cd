"""What a snapshot consists of, for those who copy it to another machine: each file with its size and SHA-256.

The dataset's own hash is in its name; the listing adds those of its other files, of their compressed forms, and of the
journal as far as it leads to this version, so that a copy answers for earlier versions too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from miit_graph.build.snapshot import LAYOUT, Snapshot
from miit_graph.publish.dumps import Dumps
from miit_graph.publish.files import FileCache, Made, digest_of
from miit_graph.versions.history import JOURNAL, History

MANIFEST = "manifest.json"
PACKED = ".gz"
"""What is added to the name of a file for its compressed form (gzip)."""
_DUMPS = {"dataset.nq": "nq", "merged.nt": "nt"}
"""Two files of a snapshot are dumps, byte for byte."""
_VERSION = re.compile(r"[0-9a-f]{16}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class ListingError(ValueError):
    """A document that is no listing of a snapshot, or of one that this program can't read; the text says why."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file: its name, size in bytes and SHA-256; of a compressed one also those of its content."""

    name: str
    bytes: int
    sha256: str
    content_bytes: int = 0
    content_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of the snapshot ``version``, which is version ``number`` of the data if that is known."""

    version: str
    number: int | None
    items: tuple[Item, ...]

    def document(self) -> dict[str, Any]:
        """The listing as JSON has it."""
        files = [{name: value for name, value in asdict(item).items() if value} for item in self.items]
        return {"layout": LAYOUT, "version": self.version, "number": self.number, "files": files}

    @classmethod
    def read(cls, document: Any) -> Self:
        """The listing in a JSON document that came from elsewhere. Raises ListingError."""
        if not isinstance(document, Mapping) or "layout" not in document:
            raise ListingError("that is no listing of a snapshot")
        if document["layout"] != LAYOUT:
            raise ListingError(
                f"its snapshots have layout {document['layout']}, this program reads {LAYOUT}: install the same version"
            )
        try:
            version, number = document["version"], document["number"]
            items = tuple(Item(**entry) for entry in document["files"])
            good = _VERSION.fullmatch(version) and (number is None or number >= 0) and all(map(_is_good, items))
        except (KeyError, TypeError):
            good = None
        if not good or {item.name for item in items} - {JOURNAL} != _names():
            raise ListingError("its listing of the snapshot is damaged")
        return cls(version, number, items)

    def item(self, name: str) -> Item | None:
        """The file with this name, if the snapshot has it."""
        return next((item for item in self.items if item.name == name), None)


def _names() -> set[str]:
    return {MANIFEST, *(f"{name}{PACKED}" for name in _DUMPS)}


def _is_good(item: Item) -> bool:
    """Whether a file's entry has what it needs, and nothing that is not for it."""
    packed = item.name.endswith(PACKED)
    return (
        isinstance(item.bytes, int)
        and item.bytes >= 0
        and bool(_SHA256.fullmatch(item.sha256))
        and isinstance(item.content_bytes, int)
        and item.content_bytes >= 0
        and bool(_SHA256.fullmatch(item.content_sha256) if packed else not item.content_sha256)
    )


class Shelf:
    """The files of one snapshot, ready to be sent; compressed ones are made when they are first wanted."""

    def __init__(self, snapshot: Snapshot, history: History | None) -> None:
        self._snapshot = snapshot
        self._cache = FileCache.beside(snapshot)
        self._dumps = Dumps.of_files(self._cache, snapshot.path)
        self._version = history.of_snapshot(snapshot.version) if history is not None and history.recorded else None
        self._history = history

    def listing(self) -> Listing:
        """What there is."""
        return Listing(self._snapshot.version, self._version.number if self._version else None, tuple(self._items()))

    def find(self, name: str) -> Made | None:
        """A file of the listing; None if there is none of this name."""
        if name == MANIFEST:
            path = self._snapshot.path / MANIFEST
            return Made(path, path.stat().st_size, digest_of(path))
        if name == JOURNAL:
            return self._journal()
        ending = _DUMPS.get(name.removesuffix(PACKED)) if name.endswith(PACKED) else None
        return self._dumps.make(f"{ending}{PACKED}") if ending else None

    def _items(self) -> Iterable[Item]:
        for name, ending in _DUMPS.items():
            plain, packed = self._dumps.make(ending), self._dumps.make(f"{ending}{PACKED}")
            yield Item(f"{name}{PACKED}", packed.size, packed.sha256, plain.size, plain.sha256)
        for name in (MANIFEST, JOURNAL):
            if (made := self.find(name)) is not None:
                yield Item(name, made.size, made.sha256)

    def _journal(self) -> Made | None:
        """The journal up to the record of this version: what is added to it later is no part of this snapshot."""
        version, history = self._version, self._history
        if version is None or history is None:
            return None
        return self._cache.make(f"{version.number}-{JOURNAL}", lambda target: _write(history, version.number, target))


def _write(history: History, number: int, target: Path) -> None:
    target.write_bytes(history.record(number))
