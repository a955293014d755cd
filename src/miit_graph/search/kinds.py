"""What kind a thing is of, and how much a thing of that kind is worth in a list: bodies before facts about them."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from miit_graph.search.collect import Collected, above_of
from miit_graph.vocabulary import OWL, RDF, RDFS, SD, SH, SKOS, TIME, VOID, XSD, M

_TERMS = (
    *(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.FunctionalProperty),
    *(OWL.Ontology, RDF.Property, RDFS.Class, RDFS.Datatype),
)
_WORTH: dict[str, float] = {
    **dict.fromkeys(_TERMS, 0.66),
    SKOS.Concept: 0.8,
    SKOS.ConceptScheme: 0.75,
    SKOS.Collection: 0.95,
    TIME.TemporalEntity: 0.7,
    M.SourceDocument: 0.7,
    M.Fact: 0.5,
    M.NameUse: 0.3,
    M.Derivation: 0.3,
    M.Citation: 0.35,
    OWL.Axiom: 0.3,
    RDF.Statement: 0.4,
}
_NAMED = {M.Nameplate: 0.97}
"""Facts that people know by a name of their own."""
_SPACES = {SH: 0.4, VOID: 0.45, SD: 0.45, "http://www.w3.org/ns/dcat#": 0.45}
_NO_CLASS = 0.8
_EMPTY = frozenset((OWL.Thing, OWL.NamedIndividual, RDFS.Resource, OWL.Nothing))
_BORROWED = (OWL, RDFS, RDF, XSD)


class Kinds:
    """Kinds and worth of the things of a dataset; ``base`` is where its own IRIs begin (or empty)."""

    def __init__(self, found: Collected, base: str) -> None:
        self._found = found
        self._own = (str(M), f"{base}ont#") if base else (str(M),)
        self._members = Counter(name for classes in found.classes.values() for name in classes)
        self.above = lru_cache(maxsize=None)(self._above)

    def _above(self, name: str) -> frozenset[str]:
        return frozenset(above_of(self._found.supers, name))

    def main(self, thing: str) -> str:
        """The class that says most: the most special, ours rather than borrowed; empty if there is none."""
        classes = set(self._found.classes.get(thing, ())) - _EMPTY
        covered = {upper for name in classes for upper in self.above(name) if name not in self.above(upper)}
        return min(classes - covered or classes, key=self._generality, default="")

    def _generality(self, name: str) -> tuple[bool, bool, int, int, str]:
        return (
            not name.startswith(self._own),
            name.startswith(_BORROWED),
            -len(self.above(name)),
            self._members[name],
            name,
        )

    def all(self, thing: str) -> frozenset[str]:
        """Every class of a thing, as stated or inferred, and those above them."""
        classes = set(self._found.classes.get(thing, ())) - _EMPTY
        return frozenset(classes.union(*map(self.above, classes)))

    def worth(self, thing: str) -> float:
        """From 0 to 1: the least of what its classes are worth."""
        classes = self.all(thing)
        if not classes:
            return _NO_CLASS
        for name, value in _NAMED.items():
            if name in classes:
                return value
        worth = min((_WORTH.get(name, 1.0) for name in classes), default=1.0)
        for space, value in _SPACES.items():
            if any(name.startswith(space) for name in classes):
                worth = min(worth, value)
        return worth
