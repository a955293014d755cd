"""Chooses what the class diagram shows.

Most ontologies of facts have one class above all nodes that say something (statements, memberships, events). Its
subclasses become cards that list what they connect; all other classes become a tree that the cards point into.
Codes are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from miit_graph.export.docs.model import Expression, Ref, Term, Usage
from miit_graph.export.docs.usage import nearest
from miit_graph.vocabulary import SKOS

_COVERAGE = 0.8
"""A class is taken as the range of a property without declared range if it covers this share of its use."""
_ENOUGH = 10
"""A property used so often is shown with the class that it is used with, if that is narrower than declared."""
_LIFT = 1 / 4
"""What this share of the cards use, and is not theirs alone, is shown at the class above them."""


@dataclass(frozen=True)
class Row:
    """A property of a card and the class that it leads to; None for anything."""

    property: str
    target: str | None


@dataclass(frozen=True)
class Card:
    """A class that connects others."""

    iri: str
    rows: tuple[Row, ...]
    also: tuple[str, ...]
    """Superclasses beside the one above all cards."""


@dataclass(frozen=True)
class Picture:
    """What is in the diagram."""

    root: Card | None
    cards: tuple[Card, ...]
    tree: tuple[tuple[str, int], ...]
    """The other classes with their depth, from the top down."""


class Chooser:
    """Chooses a picture from terms, their use, and what is above each class."""

    def __init__(self, terms: Iterable[Term], usage: Usage, above: Mapping[str, set[str]]) -> None:
        every = {term.iri: term for term in terms}
        self._classes = {name: term for name, term in every.items() if term.is_class}
        self._links = [t for t in every.values() if t.kind in ("object", "property") and not self._is_code(t, usage)]
        self._usage = usage
        self._above = above

    def picture(self) -> Picture:
        """The picture; its parts are empty for an ontology without classes."""
        connecting = {name for link in self._links if link.own for name in self._named(link.domain)}
        connecting = {name for name in connecting if name in self._classes and self._classes[name].own}
        root = self._root(connecting)
        names = self._below(root) if root else connecting
        rows = {name: [link for link in self._links if self._has(name, link)] for name in names}
        lifted = {
            link.iri
            for link in self._links
            if root
            and set(self._named(link.domain)) <= {root}
            and sum(link in links for links in rows.values()) >= max(2, len(names) * _LIFT)
        }
        cards = tuple(self._card(name, rows[name], lifted, root) for name in sorted(names))
        top = self._card(root, [link for link in self._links if link.iri in lifted], set(), None) if root else None
        targets = {row.target for card in (*cards, *([top] if top else [])) for row in card.rows if row.target}
        return Picture(top, cards, tuple(self._tree({root, *names}, targets)))

    def _is_code(self, link: Term, usage: Usage) -> bool:
        coded = sum(n for _, n in usage.schemes.get(link.iri, ()))
        mostly = coded > usage.triples.get(link.iri, 0) / 2
        return mostly or bool(link.schemes) or SKOS.Concept in self._named(link.range)

    @staticmethod
    def _named(expressions: Iterable[Expression]) -> list[str]:
        return [e[0].iri for e in expressions if len(e) == 1 and isinstance(e[0], Ref)]

    def _below(self, name: str) -> set[str]:
        """Own classes below `name`."""
        return {sub for sub, term in self._classes.items() if term.own and name in self._above.get(sub, ())}

    def _root(self, connecting: set[str]) -> str | None:
        """The own class above most of the connecting classes, if it is above at least three."""
        ranked = [
            (-len(below & connecting), len(below), name)
            for name, term in self._classes.items()
            if term.own and len((below := self._below(name)) & connecting) >= 3
        ]
        return min(ranked)[2] if ranked else None

    def _has(self, name: str, link: Term) -> bool:
        return name in self._named(link.domain) or name in dict(self._usage.domains.get(link.iri, ()))

    def _card(self, name: str, links: list[Term], lifted: set[str], root: str | None) -> Card:
        rows = [Row(link.iri, self._target(link)) for link in links if link.iri not in lifted]
        extra = set(self._named(self._classes[name].supers)) & set(self._classes)
        also = {other for other in extra - {root} if root is None or not self._within(other, root)}
        return Card(name, tuple(rows), tuple(sorted(also)) if root else ())

    def _within(self, name: str, root: str) -> bool:
        return root in self._above.get(name, ()) or name in self._above.get(root, ())

    def _target(self, link: Term) -> str | None:
        """The declared range, or the narrowest class that covers the use, or most of it if no range is declared."""
        declared = next((name for name in self._named(link.range) if name in self._classes), None)
        used = self._usage.ranges.get(link.iri, ())
        total = sum(n for _, n in used)
        if declared and total < _ENOUGH:
            return declared
        names = [(name, n) for name, n in used if name in self._classes]
        candidates = {c for name, _ in names for c in (name, *self._above.get(name, ())) if c in self._classes}

        def covered(candidate: str) -> int:
            return sum(n for name, n in names if candidate == name or candidate in self._above.get(name, ()))

        fit = [c for c in candidates if covered(c) >= total * (1 if declared else _COVERAGE)]
        return max(fit, key=lambda c: (len(self._above.get(c, ())), c), default=declared)

    def _tree(self, cards: set[str | None], targets: set[str]) -> Iterable[tuple[str, int]]:
        """The classes beside the cards: own ones, those pointed at, and what is above them, as a tree."""
        shown = {name for name, term in self._classes.items() if term.own} | targets
        shown |= {a for name in shown - cards for a in self._above.get(name, ()) if a in self._classes}
        shown -= cards
        parents: dict[str, str] = {}
        for name in sorted(shown):
            if above := nearest(self._above.get(name, set()) & shown - {name}, self._above):
                parents[name] = min(above)
        sizes = {top: sum(self._top(n, parents) == top for n in shown) for top in shown - set(parents)}
        ranked = sorted(sizes, key=lambda t: (-sizes[t], t))
        # the largest in the middle, because most curves lead there; taken from the end of the list
        walk = [(top, 0) for top in [*ranked[1::2][::-1], *ranked[::2]]]
        while walk:
            name, depth = walk.pop()
            yield name, depth
            children = sorted((child for child, parent in parents.items() if parent == name), reverse=True)
            walk += [(child, depth + 1) for child in children]

    @staticmethod
    def _top(name: str, parents: Mapping[str, str]) -> str:
        while name in parents:
            name = parents[name]
        return name
