"""Labels in every language, kinds, and categories of the things in a dataset."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from miit_graph.export.graph.model import Kind
from miit_graph.export.graph.options import Category
from miit_graph.export.graph.palette import edge_color, node_color
from miit_graph.export.graph.source import Memory, Source, own_namespaces
from miit_graph.export.graph.text import clean, local_name
from miit_graph.vocabulary import DCT, FOAF, OWL, RDF, RDFS, SCHEMA, SD, SH, SKOS, TIME, VOID, M

LABELS = (
    SKOS.prefLabel,
    RDFS.label,
    SCHEMA.name,
    "http://schema.org/name",
    FOAF.name,
    DCT["title"],  # `.title` is a method of str
    "http://purl.org/dc/elements/1.1/title",
)
"""Properties that name a thing, the best first."""

_DCAT = "http://www.w3.org/ns/dcat#"
OF_PROJECTS: tuple[tuple[Category, tuple[str, ...]], ...] = (
    ("derivations", (M.Derivation,)),
    ("facts", (M.Fact,)),
    ("citations", (M.Citation,)),
    ("sources", (M.SourceDocument,)),
    ("times", (TIME.TemporalEntity, TIME.Instant, TIME.Interval, TIME.ProperInterval)),
    ("concepts", (SKOS.Concept, SKOS.ConceptScheme, SKOS.Collection, SKOS.OrderedCollection)),
)
TERM_CLASSES = {
    *(OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.FunctionalProperty),
    *(OWL.Ontology, OWL.Axiom, OWL.Restriction),
    *(OWL.AllDifferent, OWL.AllDisjointClasses, OWL.AllDisjointProperties),
    *(RDF.Property, RDFS.Class, RDFS.Datatype),
}
_NO_KINDS = {OWL.Thing, OWL.NamedIndividual, RDFS.Resource}


@dataclass(frozen=True, slots=True)
class Census:
    """What depends on the whole of a dataset: by it a part of the dataset gets the same kinds and colours."""

    instances: Mapping[str, int]
    """How many things are stated to be of each class."""
    node_positions: Mapping[str, int]
    """Classes in the order of their frequency as kinds, entities first."""
    edge_positions: Mapping[str, int]
    """Properties in the order of how often they tie entities; then all others."""


@dataclass
class Naming:
    """What things are called and what kind they are of. `lang` is the language of `Kind.label` and `label`.

    Where `source` is only a part of a dataset, `census` is that of the whole.
    """

    source: Source
    lang: str
    census: Census | None = None
    _memory: Memory = field(init=False)
    _kinds: dict[tuple[str, bool], Kind] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._memory = self.source.memory if self.census is None else Memory()

    def label_in(self, thing: str, lang: str) -> str:
        """The name in exactly this language (``zh`` takes ``zh-hans`` if there is no plain one), or nothing."""
        names = self._names(thing)
        exact = next((text for tag, text in names if tag == lang), None)
        return exact or next((text for tag, text in names if tag.startswith(f"{lang}-")), "")

    def label(self, thing: str) -> str:
        """The name in the chosen language, else without a language, in English, Chinese or any; else the IRI's end."""
        for lang in dict.fromkeys((self.lang, "", "en", "zh")):
            if found := self.label_in(thing, lang):
                return found
        names = sorted(self._names(thing))
        return names[0][1] if names else local_name(thing)

    def _names(self, thing: str) -> list[tuple[str, str]]:
        """Language tag and text of all names, those by the best property first."""
        known = self._memory.names
        if thing not in known:
            found = [
                (LABELS.index(predicate), literal.language or "", clean(literal.value))
                for predicate, literal in self.source.literals.get(thing, ())
                if predicate in LABELS
            ]
            known[thing] = [(tag, text) for _, tag, text in sorted(found) if text]
        return known[thing]

    def category(self, thing: str) -> Category:
        """What sort of thing it is, for the groups of the option `nodes`."""
        known = self._memory.categories
        if thing not in known:
            known[thing] = self._categorise(thing)
        return known[thing]

    def _categorise(self, thing: str) -> Category:
        source = self.source
        classes = source.classes(thing)
        if classes & TERM_CLASSES or (not classes and thing in source.terms):
            return "terms"
        if any(name.startswith(SH) for name in classes):
            return "shapes"
        if source.project is None:
            return "entities"
        for category, names in OF_PROJECTS:
            if not classes.isdisjoint(names):
                return category
        if any(name.startswith((VOID, SD, _DCAT)) for name in classes):
            return "descriptions"
        return "entities" if classes else "external"

    def main_class(self, thing: str) -> str:
        """The one class that says most: stated rather than inferred, ours rather than borrowed, the most special."""
        source, known = self.source, self._memory.main_classes
        stated = source.types.get(thing, set()) - _NO_KINDS
        classes = frozenset(stated or source.inferred_types.get(thing, set()) - _NO_KINDS)
        if classes not in known:
            covered = {upper for name in classes for upper in source.classes_above(name)}
            # In a cycle of equivalent classes each is above the other: then all of them stand.
            special = (classes - covered) or classes
            known[classes] = min(special, key=self._generality, default=RDFS.Resource)
        return known[classes]

    def _generality(self, name: str) -> tuple[bool, int, int, str]:
        own = name.startswith(own_namespaces(self.source))
        return not own, -len(self.source.classes_above(name)), self._instances.get(name, 0), name

    @property
    def _instances(self) -> Mapping[str, int]:
        if self.census:
            return self.census.instances
        if self._memory.instances is None:
            self._memory.instances = Counter(name for classes in self.source.types.values() for name in classes)
        return self._memory.instances

    @property
    def _node_positions(self) -> Mapping[str, int]:
        """Kinds by frequency in the whole dataset, so that a part of it has the same colours."""
        if self.census:
            return self.census.node_positions
        if self._memory.node_positions is None:
            self._memory.node_positions = self._count_nodes()
        return self._memory.node_positions

    def _count_nodes(self) -> Mapping[str, int]:
        things = set(self.source.types) | set(self.source.inferred_types)
        entities, others = Counter[str](), Counter[str]()
        for thing in things:
            (entities if self.category(thing) == "entities" else others)[self.main_class(thing)] += 1
        return positions(entities, others)

    @property
    def _edge_positions(self) -> Mapping[str, int]:
        """Properties by how often they tie entities, in the whole dataset; then all others."""
        if self.census:
            return self.census.edge_positions
        if self._memory.edge_positions is None:
            self._memory.edge_positions = self._count_edges()
        return self._memory.edge_positions

    def _count_edges(self) -> Mapping[str, int]:
        counts, others = Counter[str](), Counter[str]()
        for subject, links in self.source.links.items():
            entity = self.category(subject) == "entities"
            for link in links:
                if link.origin != "inferred":
                    tied = entity and self.category(link.object) == "entities"
                    (counts if tied else others)[link.predicate] += 1
        return positions(counts, others)

    def kind(self, thing: str) -> Kind:
        """The main class of `thing`, as a kind of node."""
        name = self.main_class(thing)
        if (name, True) not in self._kinds:
            color = self.source.colors.get(name) or node_color(
                self._node_positions.get(name, len(self._node_positions))
            )
            self._kinds[name, True] = Kind(name, self.source.names.short(name), self.label(name), color)
        return self._kinds[name, True]

    def edge_kind(self, predicate: str) -> Kind:
        """A property, as a kind of edge."""
        if (predicate, False) not in self._kinds:
            color = edge_color(self._edge_positions.get(predicate, len(self._edge_positions)))
            self._kinds[predicate, False] = Kind(
                predicate, self.source.names.short(predicate), self.label(predicate), color
            )
        return self._kinds[predicate, False]


def positions(first: Counter[str], then: Counter[str]) -> dict[str, int]:
    """Places in the order of frequency, those of `first` before the rest of `then`."""
    order = [name for counts in (first, then) for name in sorted(counts, key=lambda key: (-counts[key], key))]
    return {name: position for position, name in enumerate(dict.fromkeys(order))}
