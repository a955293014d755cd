"""Graph files and where they come from: memory, disk, or a process beside the server that makes them, one at a time.

Files of the whole graph are kept on disk beside the dumps, so that they are made once per version and not once per web
process; files of a part of it, of which there are endlessly many, only in the cache of answers.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from miit_graph.engine.api import Query
from miit_graph.export.graph import FileFormat, Options
from miit_graph.export.graph.maker import Maker
from miit_graph.publish.files import FileCache, second_name
from miit_graph.web.cache import Key
from miit_graph.web.context import context
from miit_graph.web.downloads import dumps
from miit_graph.web.linked_data.answers import published
from miit_graph.web.of_version import of_version, pinned
from miit_graph.web.software import software

_KEY = "miit_graph.graph_maker"
_CHUNK = 64 * 1024

Content = tuple[bytes | Iterator[bytes], int]
"""The bytes of a file and how many they are."""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a file is kept: under ``key`` in memory, and in ``folder`` if it is one of those that are kept there."""

    key: Key
    folder: FileCache | None
    name: str

    def find(self) -> Content | None:
        """The file, if it was made."""
        if (stored := context().cache.get(self.key)) is not None:
            return stored.body, len(stored.body)
        made = self.folder.get(self.name) if self.folder else None
        with suppress(FileNotFoundError):  # it was just there
            return self.take(made.path) if made else None
        return None

    def keep(self, path: Path) -> None:
        """Keep a file that was made."""
        if self.folder is not None:
            with suppress(OSError):  # a full disk: it is made again when somebody wants it
                self.folder.make(self.name, partial(second_name, path))

    def take(self, path: Path) -> Content:
        """What is in a file; kept in memory if it is not too large."""
        cache, size = context().cache, path.stat().st_size
        if size > cache.most_each:
            return _pieces(path.open("rb")), size
        body = path.read_bytes()
        cache.put(self.key, body)
        context().metrics.cache_bytes.set(cache.bytes)
        return body, size


def content(name: str, options: Options, title: str, chosen: FileFormat) -> Content:
    """The graph in the format ``name``, which is ``chosen``.

    Raises OptionError, GraphTooLarge, MakerError, and OSError where there is no room for temporary files.
    """
    told = software("export/graph"), name, options, title, published().colours.kinds
    digest = hashlib.sha256(repr(told).encode()).hexdigest()
    # No query reads like this, so the entry is never taken for an answer to one.
    key = pinned().version, Query(f"graph file {digest}"), chosen.media_type
    whole = options == Options(lang=options.lang)
    places = _Places(key, dumps().cache if whole else None, f"graph-{digest[:32]}.{chosen.extension}")
    found = places.find()
    if found is not None:
        return found
    while_waiting: list[Content] = []

    def known() -> bool:
        while_waiting.extend(filter(None, [places.find()]))
        return bool(while_waiting)

    with tempfile.TemporaryDirectory(prefix="miit-graph-") as folder:
        target = Path(folder) / "graph"
        _maker().make(name, options, title, target, known)
        if while_waiting:  # somebody else asked for the same and was served first
            return while_waiting[0]
        places.keep(target)
        return places.take(target)


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(lambda: file.read(_CHUNK), b"")


def _maker() -> Maker:
    """The process that makes the files of the version that is asked for."""
    settings, found = context().settings, dumps()
    return of_version(
        _KEY,
        lambda: Maker(
            lambda: found.make("nq").path,
            published().prefixes,
            seconds=settings.max_timeout,
            memory=settings.query_memory,
            most=settings.export_size,
            colors=published().colours.kinds,
        ),
        Maker.close,
    )
