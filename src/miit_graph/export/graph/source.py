"""An RDF dataset, read once and indexed for making property graphs out of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from miit_graph.export.graph.options import Category, Origin
from miit_graph.export.graph.text import Shortener
from miit_graph.vocabulary import PREFIXES, RDF, RDFS, M

_RECORDS = "derivations"
_ROLES: dict[str, Origin] = {"derived": "derived", "inferred": "inferred"}
NO_COLORS: Mapping[str, str] = {}
Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """A triple between two IRIs, seen from its subject."""

    predicate: str
    object: str
    origin: Origin


@dataclass(repr=False)
class Memory:
    """What `Naming` has found out about a dataset, whatever the language: kept for the next file of the same one."""

    names: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Language tag and text of all names of a thing, those by the best property first."""
    categories: dict[str, Category] = field(default_factory=dict)
    main_classes: dict[frozenset[str], str] = field(default_factory=dict)
    """The class that says most, by the classes that a thing has."""
    instances: Mapping[str, int] | None = None
    node_positions: Mapping[str, int] | None = None
    edge_positions: Mapping[str, int] | None = None


@dataclass(repr=False, eq=False)
class Source:
    """What is said in a dataset. Blank nodes are passed over: they have no name that would last.

    A dataset built by this program tells by its named graphs what was stated, derived and inferred; in any other one
    everything counts as stated, and its default graph and named graphs are read together.
    """

    prefixes: Mapping[str, str]
    project: str | None
    """Where the IRIs of a project begin, if a project built this."""
    colors: Mapping[str, str] = field(default_factory=dict)
    """Colours of kinds that the project has chosen, by the IRI of a class."""
    links: dict[str, list[Link]] = field(default_factory=lambda: defaultdict(list))
    literals: dict[str, list[tuple[str, ox.Literal]]] = field(default_factory=lambda: defaultdict(list))
    """Stated and derived ones by subject."""
    types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Classes as stated and derived."""
    inferred_types: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    facts: dict[Triple, set[str]] = field(default_factory=lambda: defaultdict(set))
    """For a derived triple, the facts that it rests on."""
    supers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    super_properties: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    terms: set[str] = field(default_factory=set)
    """What is used as a class or a property."""
    names: Shortener = field(init=False)
    memory: Memory = field(default_factory=Memory)
    _classes: dict[str, frozenset[str]] = field(default_factory=dict)
    _above: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = Shortener(self.prefixes)

    @classmethod
    def read(
        cls, store: ox.Store, prefixes: Mapping[str, str] = PREFIXES, colors: Mapping[str, str] = NO_COLORS
    ) -> Source:
        """Index `store`, which is not changed. `prefixes` are for short names, and for reading those in options.

        `colors` are chosen ones by the IRI of a class; the others get theirs by how frequent they are.
        """
        graphs = {graph.value: graph for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)}
        project = next(
            (base for name in sorted(graphs) if (base := _before(name, f"graph/{_RECORDS}")) is not None), None
        )
        source = cls(prefixes, project, colors)
        if project is None:
            source._add(store, "stated")
            return source
        # The default graph of a project's dataset is the merge of its named graphs.
        special = {f"{project}graph/{role}": origin for role, origin in _ROLES.items()}
        for name, graph in sorted(graphs.items()):
            if name == f"{project}graph/{_RECORDS}":
                source._add_records(store.quads_for_pattern(None, None, None, graph))
            source._add(store.quads_for_pattern(None, None, None, graph), special.get(name, "stated"))
        return source

    def _add(self, quads: Iterable[ox.Quad], origin: Origin) -> None:
        types = self.inferred_types if origin == "inferred" else self.types
        for quad in quads:
            subject, predicate, obj = quad.subject, quad.predicate.value, quad.object
            self.terms.add(predicate)
            if not isinstance(subject, ox.NamedNode):
                continue
            if isinstance(obj, ox.NamedNode):
                if predicate == RDF.type:
                    types[subject.value].add(obj.value)
                    self.terms.add(obj.value)
                    continue
                if predicate == RDFS.subClassOf:
                    self.supers[subject.value].add(obj.value)
                    self.terms.update((subject.value, obj.value))
                elif predicate == RDFS.subPropertyOf:
                    self.super_properties[subject.value].add(obj.value)
                    self.terms.update((subject.value, obj.value))
                self.links[subject.value].append(Link(predicate, obj.value, origin))
            elif isinstance(obj, ox.Literal) and origin != "inferred":
                self.literals[subject.value].append((predicate, obj))

    def _add_records(self, quads: Iterable[ox.Quad]) -> None:
        """Note for each derived triple the facts behind it."""
        parts: dict[object, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            parts[quad.subject][quad.predicate.value].append(quad.object)
        for record in parts.values():
            triple = [record[RDF[name]][0] for name in ("subject", "predicate", "object") if record[RDF[name]]]
            if len(triple) == 3 and all(isinstance(term, ox.NamedNode) for term in triple):
                subject, predicate, obj = (term.value for term in triple if isinstance(term, ox.NamedNode))
                facts = record[_DERIVED_FROM]
                self.facts[subject, predicate, obj].update(f.value for f in facts if isinstance(f, ox.NamedNode))

    def objects(self, subject: str, predicate: str) -> list[str]:
        """The IRIs that `subject` leads to by `predicate`, stated or derived, sorted."""
        found = self.links.get(subject, ())
        return sorted({link.object for link in found if link.predicate == predicate and link.origin != "inferred"})

    def texts(self, subject: str, predicate: str) -> list[str]:
        """The lexical forms of the literals that `subject` has for `predicate`, sorted."""
        return sorted({literal.value for p, literal in self.literals.get(subject, ()) if p == predicate})

    def things(self) -> Iterator[str]:
        """Every IRI that is a subject, or the object of another IRI."""
        seen: set[str] = set()
        for part in (self.links, self.literals, self.types, self.inferred_types):
            seen.update(part)
        for links in self.links.values():
            seen.update(link.object for link in links)
        yield from seen

    def classes(self, thing: str) -> frozenset[str]:
        """The classes of `thing`, stated, derived, inferred, and those above them."""
        if thing not in self._classes:
            found = self.types.get(thing, set()) | self.inferred_types.get(thing, set())
            self._classes[thing] = frozenset(found.union(*map(self.classes_above, found)))
        return self._classes[thing]

    def classes_above(self, name: str) -> frozenset[str]:
        """The classes above the class `name`, without itself."""
        if name not in self._above:
            self._above[name] = frozenset(above(self.supers, name))
        return self._above[name]


_DERIVED_FROM = "http://www.w3.org/ns/prov#wasDerivedFrom"


def above(hierarchy: Mapping[str, set[str]], name: str) -> set[str]:
    """All that stands above `name` in a hierarchy, which may have cycles; without `name` itself."""
    found: set[str] = set()
    todo = [name]
    while todo:
        new = hierarchy.get(todo.pop(), set()) - found
        found |= new
        todo.extend(new)
    return found - {name}


def _before(text: str, end: str) -> str | None:
    return text[: -len(end)] if text.endswith(end) else None


def own_namespaces(source: Source) -> tuple[str, ...]:
    """Namespaces whose classes say more about a thing than borrowed ones."""
    return (M, f"{source.project}ont#") if source.project else ()
