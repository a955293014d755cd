"""An index ready for questions: all names as rows of text, the important ones first, looked through from the start.

There is no inverted index: searching the folded names of a million triples for a few bytes takes milliseconds, finds
single characters and any part as well as whole words, and needs no segmentation of Chinese.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from miit_graph.matching.match import Name, Spoken, StoredName
from miit_graph.search.names import ORDER, Basis, local_name
from miit_graph.search.storage import Mapped


@dataclass(frozen=True, slots=True)
class NameFound:
    """One name of a thing, as written, and what it rests on; ``use`` is the node that says where it is from."""

    text: str
    language: str
    basis: Basis
    use: str
    sort: int


class Rows:
    """Texts that can be looked through: UTF-8, a line each."""

    def __init__(self, mapped: Mapped, name: str) -> None:
        # A copy: bytes are searched several times faster than a mapped file.
        self.content = b"\n" + mapped.bytes(name)
        self._starts = mapped.numbers(f"{name}.starts", "I")

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> str:
        start = self._starts[number] + 1
        return self.content[start : self.content.index(b"\n", start)].decode("utf-8", "surrogatepass")

    def containing(self, part: str, most: int) -> Iterator[int]:
        """The numbers of the first lines with ``part`` in them; with a line feed before it, that begin so."""
        wanted = part.encode("utf-8", "surrogatepass")
        content, starts = self.content, self._starts
        place, line = content.find(wanted), 0
        while place >= 0 and most:
            # The line that the end of what was found lies in: a line feed may stand before it.
            line = bisect_right(starts, place + len(wanted) - 2, line) - 1
            yield line
            most -= 1
            if line + 1 >= len(starts):
                return
            place = content.find(wanted, starts[line + 1])


class Index:
    """The index of one version of a dataset, read from a file that `miit_graph.search.make` wrote."""

    def __init__(self, path: Path) -> None:
        """Raises StorageError, OSError."""
        mapped = self._mapped = Mapped(path)
        self.version: str = mapped.head["version"]
        self.things: int = mapped.head["things"]
        self.kinds: list[dict[str, Any]] = mapped.head["kinds"]
        self.class_sets: list[frozenset[str]] = [frozenset(names) for names in mapped.head["class_sets"]]
        self.sorts: list[dict[str, Any]] = mapped.head["sorts"]
        self.keys = Rows(mapped, "keys")
        self.spoken = Rows(mapped, "spoken")
        self.initials = Rows(mapped, "initials")
        self.owners = mapped.numbers("owners", "I")
        self.bases = mapped.numbers("bases", "B")
        self.worths = mapped.numbers("worths", "f")
        self.degrees = mapped.numbers("degrees", "f")
        self.thing_kinds = mapped.numbers("kinds", "H")
        self.thing_classes = mapped.numbers("classes", "I")
        self._first_names = mapped.numbers("first_names", "I")
        self._spoken_starts = mapped.numbers("spoken.starts", "I")
        self._begins = mapped.view("begins")
        self._languages = mapped.numbers("languages", "H")
        self._use = mapped.numbers("use", "I")
        self._sorts = mapped.numbers("sorts", "H")

    def __len__(self) -> int:
        """How many names there are."""
        return len(self.owners)

    @cached_property
    def words(self) -> list[str]:
        """The words in Latin letters, the most frequent first."""
        return self._mapped.bytes("words").decode().split("\n")

    @cached_property
    def local_names(self) -> Counter[str]:
        """How many classes have each local name."""
        return Counter(local_name(iri) for iri in set().union(*self.class_sets))

    def name(self, number: int) -> Name:
        """A name as it is compared."""
        flat = self.spoken[number]
        start = self._spoken_starts[number]
        begins = bytes(self._begins[start : start + len(flat)]).decode() if flat.isascii() else ""
        return StoredName(self.keys[number], Spoken(flat, begins), self.initials[number])

    def _text(self, section: str, number: int) -> str:
        starts = self._mapped.numbers(f"{section}.starts", "I")
        view = self._mapped.view(section)
        end = starts[number + 1] if number + 1 < len(starts) else len(view)
        return bytes(view[starts[number] : end - 1]).decode("utf-8", "surrogatepass")

    def name_as_written(self, number: int) -> NameFound:
        """A name as it is shown."""
        return NameFound(
            self._text("texts", number),
            self._mapped.head["languages"][self._languages[number]],
            ORDER[self.bases[number]],
            self._text("uses", self._use[number]),
            self._sorts[number],
        )

    def iri(self, thing: int) -> str:
        """The IRI of a thing."""
        return self._text("things", thing)

    def names_of(self, thing: int) -> range:
        """The numbers of the names of a thing, the best basis first."""
        return range(self._first_names[thing], self._first_names[thing + 1])

    def labels(self, thing: int) -> dict[str, str]:
        """The best name in each language, by language tag."""
        labels: dict[str, str] = {}
        for number in self.names_of(thing):
            name = self.name_as_written(number)
            if name.basis not in ("notation", "identifier", "alternative", "source"):
                labels.setdefault(name.language, name.text)
        return labels
