"""Where things and ties are written, as people read it: the source by its name, and the lines with their address.

Graph files say it with the names of files (``source-a:75-80``), which only a program is glad of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import pyoxigraph as ox

from miit_graph.vocabulary import DCT, SKOS, M
from miit_graph.web.linked_data.answers import asker
from miit_graph.web.linked_data.facts import place_of
from miit_graph.web.linked_data.terms import Known
from miit_graph.web.linked_data.texts import text
from miit_graph.web.of_version import of_version

_KEY = "miit_graph.files_of_sources"
_FILES = f"SELECT ?file ?source {{ ?source <{DCT.identifier}> ?file ; <{M.lineCount}> ?length }} LIMIT 10000"


@dataclass(frozen=True, slots=True)
class Line:
    """Lines of a source: their numbers, the same in words, and where its page shows them."""

    number: str
    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Cited:
    """A source by its name, its short mark, and the lines of it."""

    name: str
    mark: str
    lines: tuple[Line, ...]

    def as_json(self) -> dict[str, Any]:
        """For the script."""
        return {"name": self.name, "lines": [{"text": line.words, "link": line.address} for line in self.lines]}


class Places:
    """Tells places (``file:75`` or ``file:75-80``) in the language of the page; an unknown source by its file."""

    def __init__(self, places: Iterable[str]) -> None:
        """``places`` are all that will be asked for."""
        self._known = Known.here()
        files = {place.rpartition(":")[0] for place in places}
        self._sources = {file: source for file, source in _sources().items() if file in files}
        if self._sources:
            self._known.read_names(self._sources.values())

    def cited(self, places: Iterable[str]) -> list[Cited]:
        """The sources with their lines, in the order of the places, each place once."""
        by_file: dict[str, list[str]] = {}
        for place in dict.fromkeys(places):
            file, _, number = place.rpartition(":")
            by_file.setdefault(file, []).append(number)
        return [self._cited(file, numbers) for file, numbers in by_file.items()]

    def _cited(self, file: str, numbers: list[str]) -> Cited:
        source = self._sources.get(file, "")
        name = self._known.named(source).text if source else file
        lines = tuple(self._line(source, number) for number in numbers)
        return Cited(name, self._known.first(source, SKOS.notation) or name, lines)

    def _line(self, source: str, number: str) -> Line:
        first, _, last = number.partition("-")
        words = text("lines" if last else "line", self._known.language, first=first, last=last)
        return Line(number.replace("-", "–"), words, place_of(source, first) if source else "")


def _sources() -> dict[str, str]:
    """The source documents by the names of their files."""
    return of_version(_KEY, lambda: {_value(row["file"]): _value(row["source"]) for row in asker().rows(_FILES)})


def _value(term: object) -> str:
    return cast(ox.NamedNode | ox.Literal, term).value
