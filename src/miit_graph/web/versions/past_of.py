"""The latest versions that changed a thing or the facts about it, for its page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import g

from miit_graph.versions.journal import Version
from miit_graph.web.linked_data.names import MEMENTO, address
from miit_graph.web.versions.recorded import history

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class PastOf:
    """Versions, newest first, with how many there are, and where all is told."""

    versions: tuple[Version, ...]
    total: int
    first: Version
    blame: str

    def address(self, version: Version) -> str:
        """Where a version is told."""
        return address(f"versions/{version.number}")


def past_of(iri: str, facts: Iterable[str]) -> PastOf | None:
    """What is known of a thing's past in the journal; None without one, and in documents of earlier versions."""
    known = history()
    if not known.recorded or g.get(MEMENTO) is not None:
        return None
    numbers = known.touching({iri, *facts}, written=True)[::-1]
    versions = tuple(known.find(number) for number in numbers[:_SHOWN])
    return PastOf(versions, len(numbers), known.versions[0], address("blame", iri=iri))
