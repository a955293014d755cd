"""RDF Patch: a change of a dataset as lines that add and delete quads (https://afs.github.io/rdf-patch/)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self

import pyoxigraph as ox


class PatchError(ValueError):
    """A text is no RDF Patch of ours; the message names the line."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What is removed from a dataset and what is added to it; no quad is in both."""

    added: frozenset[ox.Quad] = frozenset()
    removed: frozenset[ox.Quad] = frozenset()
    header: Mapping[str, str] = field(default_factory=dict)
    """Values of the H lines by name, as texts."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @classmethod
    def between(cls, old: Iterable[ox.Quad], new: Iterable[ox.Quad]) -> Self:
        """The patch that leads from one dataset to another."""
        before, after = frozenset(old), frozenset(new)
        return cls(after - before, before - after)

    @classmethod
    def between_lines(cls, old: frozenset[bytes], new: frozenset[bytes]) -> Self:
        """The same of datasets in canonical N-Quads, of which only the lines that differ are read."""
        added, removed = (ox.parse(b"\n".join(lines), format=ox.RdfFormat.N_QUADS) for lines in (new - old, old - new))
        return cls(frozenset(added), frozenset(removed))

    def then(self, later: Patch) -> Patch:
        """One patch that does what this one and ``later`` do, applied after each other."""
        return Patch(
            (self.added - later.removed) | (later.added - self.removed),
            (self.removed - later.added) | (later.removed - self.added),
        )

    def reverse(self) -> Patch:
        """The patch that takes this one back."""
        return Patch(self.removed, self.added)

    def apply(self, store: ox.Store) -> None:
        """Change ``store``."""
        for quad in self.removed:
            store.remove(quad)
        store.extend(self.added)

    def lines(self) -> Iterator[str]:
        """The patch as text, line by line without line feeds: the header, then one transaction in a stable order."""
        for name, value in self.header.items():
            yield f"H {name} {ox.Literal(value)} ."
        yield "TX ."
        for letter, quads in (("D", self.removed), ("A", self.added)):
            yield from sorted(f"{letter} {_row(quad)} ." for quad in quads)
        yield "TC ."

    @classmethod
    def parse(cls, lines: Iterable[str]) -> Self:
        """Read one patch. Raises PatchError."""
        header: dict[str, str] = {}
        quads: dict[str, list[str]] = {"A": [], "D": []}
        for number, line in enumerate(lines, 1):
            letter, _, rest = line.strip().partition(" ")
            if letter in quads:
                quads[letter].append(rest)
            elif letter == "H":
                name, _, value = rest.partition(" ")
                header[name] = _literal(value.removesuffix("."), number)
            elif letter not in ("TX", "TC", "PA", "") and not letter.startswith("#"):
                raise PatchError(f"line {number}: {letter!r} is not the beginning of a line of an RDF Patch")
        try:
            return cls(_parse(quads["A"]), _parse(quads["D"]), header)
        except SyntaxError as error:
            raise PatchError(f"a quad cannot be read: {error}") from None


def _row(quad: ox.Quad) -> str:
    graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else f" {quad.graph_name}"
    return f"{quad.subject} {quad.predicate} {quad.object}{graph}"


def _parse(rows: list[str]) -> frozenset[ox.Quad]:
    text = "\n".join(rows)
    return frozenset(ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS)) if rows else frozenset()


def _literal(text: str, number: int) -> str:
    try:
        quads = list(ox.parse(f"<urn:x> <urn:x> {text} .".encode(), format=ox.RdfFormat.N_TRIPLES))
    except SyntaxError as error:
        raise PatchError(f"line {number}: {error}") from None
    value = quads[0].object
    return value.value if isinstance(value, ox.Literal | ox.NamedNode) else str(value)
