"""Which things become nodes and which triples edges: options resolved against a dataset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from miit_graph.export.graph.errors import OptionError, UnknownName
from miit_graph.export.graph.evidence import Period, Records, State
from miit_graph.export.graph.naming import Naming
from miit_graph.export.graph.options import CATEGORIES, ORIGINS, Category, Options, Origin
from miit_graph.export.graph.source import Source, above
from miit_graph.export.graph.text import local_name
from miit_graph.vocabulary import RDF, M

_DEFAULT_ORIGINS: frozenset[Origin] = frozenset(("stated", "derived", "claimed"))


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A triple between two nodes, with the fact that it rests on, if any."""

    source: str
    target: str
    predicate: str
    fact: str
    origin: Origin


@dataclass(frozen=True)
class Selection:
    """The nodes and edges of a graph, with their states on the day asked for and distances from the roots."""

    nodes: tuple[str, ...]
    relations: tuple[Relation, ...]
    node_states: dict[str, State]
    edge_states: dict[Relation, State]
    distances: dict[str, int]


class Selector:
    """Applies options to a dataset, in this order: kinds, day, neighbourhood."""

    def __init__(self, source: Source, naming: Naming, records: Records, options: Options) -> None:
        """Resolve the names in `options`. Raises OptionError for one that the dataset doesn't have."""
        self._source, self._naming, self._records, self._options = source, naming, records, options
        self._categories = {thing: naming.category(thing) for thing in source.things()}
        self._roots = tuple(
            resolve("root", name, self._categories, source, "a thing in this dataset") for name in options.root
        )
        self._node_groups, self._node_classes = self._resolve_nodes()
        self._origins, self._predicates = self._resolve_edges()

    def _resolve_nodes(self) -> tuple[set[Category], set[str]]:
        options, source = self._options, self._source
        groups: set[Category] = set()
        classes: set[str] = set()
        known = {name for thing in self._categories for name in source.classes(thing)} if options.nodes else set()
        words = {category: category for category in CATEGORIES}
        for name in options.nodes:
            if name == "all":
                groups.update(CATEGORIES)
            elif name in words:
                groups.add(words[name])
            else:
                expected = f"a class that something here is of, or {', '.join(CATEGORIES)} or all"
                classes.add(resolve("nodes", name, known, source, expected))
        if not options.nodes:
            present = set(self._categories.values())
            groups = {"entities"} if "entities" in present else present
        if options.facts == "keep" and not any(M.Fact in {c, *above(source.supers, c)} for c in classes):
            groups.add("facts")
        return groups, classes

    def _resolve_edges(self) -> tuple[frozenset[Origin], set[str]]:
        options, source = self._options, self._source
        origins: set[Origin] = set()
        predicates: set[str] = set()
        words = {origin: origin for origin in ORIGINS}
        names = [name for name in options.edges if name != "all"]
        if len(names) < len(options.edges):
            origins.update(ORIGINS)
        origins.update(words[name] for name in names if name in words)
        chosen = frozenset(origins) or _DEFAULT_ORIGINS
        if not options.claims:
            chosen -= {"claimed"}
        asked = [name for name in names if name not in words]
        if asked:
            known = {relation.predicate for relation in self._relations(chosen, set(), everything=True)}
            expected = f"a property of an edge, or {', '.join(ORIGINS)} or all"
            if "inferred" not in chosen:
                expected += "; what only follows from the ontology needs inferred beside it"
            predicates.update(resolve("edges", name, known, source, expected) for name in asked)
        return chosen, predicates

    def select(self) -> Selection:
        """The nodes and edges asked for. Raises OptionError if a root did not exist on the day asked for."""
        nodes = {thing for thing in self._categories if self._wanted(thing)}
        relations = [
            relation
            for relation in self._relations(self._origins, nodes)
            if not self._predicates or relation.predicate in self._predicates
        ]
        node_states: dict[str, State] = {}
        edge_states: dict[Relation, State] = {}
        if self._options.as_of is not None:
            nodes, relations = self._on_day(nodes, relations, node_states, edge_states)
        distances: dict[str, int] = {}
        if self._roots:
            distances = _distances(self._roots, relations, self._options.depth)
            nodes &= distances.keys()
            relations = [r for r in relations if r.source in nodes and r.target in nodes]
        return Selection(tuple(sorted(nodes)), tuple(sorted(relations)), node_states, edge_states, distances)

    def _wanted(self, thing: str) -> bool:
        if thing in self._roots:
            return True
        classes = self._source.classes(thing)
        if not self._options.claims and M.Claim in classes:
            return False
        return self._categories[thing] in self._node_groups or not classes.isdisjoint(self._node_classes)

    def _relations(self, origins: Iterable[Origin], nodes: set[str], everything: bool = False) -> Iterator[Relation]:
        """The edges between `nodes`, or between any things; each once."""
        seen: set[Relation] = set()
        for subject, links in self._source.links.items():
            if not everything and subject not in nodes:
                continue
            own = subject if self._categories[subject] == "facts" else ""
            for link in links:
                if link.origin not in origins or not (everything or link.object in nodes):
                    continue
                facts = self._source.facts.get((subject, link.predicate, link.object), set())
                if self._options.facts == "keep" and not everything and facts & nodes:
                    continue  # the fact stands there as a node
                for fact in facts or {own}:
                    relation = Relation(subject, link.object, link.predicate, fact, link.origin)
                    if relation not in seen:
                        seen.add(relation)
                        yield relation
        if "claimed" in origins and self._options.facts == "collapse":
            for claim in self._claims():
                if everything or (claim.source in nodes and claim.target in nodes):
                    yield claim

    def _claims(self) -> Iterator[Relation]:
        """What claims say that is not adopted, as far as it is a triple between things."""
        source = self._source
        for thing, category in self._categories.items():
            if category != "facts" or M.Claim not in source.classes(thing):
                continue
            for subject in source.objects(thing, RDF.subject):
                for predicate in source.objects(thing, RDF.predicate):
                    for obj in source.objects(thing, RDF.object):
                        adopted = thing in source.facts.get((subject, predicate, obj), set())
                        if not adopted and predicate != RDF.type:
                            yield Relation(subject, obj, predicate, thing, "claimed")

    def _on_day(
        self,
        nodes: set[str],
        relations: list[Relation],
        node_states: dict[str, State],
        edge_states: dict[Relation, State],
    ) -> tuple[set[str], list[Relation]]:
        """Leave out what certainly did not hold, and nodes of which nothing else is said."""
        day = self._options.as_of
        assert day is not None
        for node in nodes:
            state = self._records.lifetime(node).state_on(day)
            if state is not None:
                node_states[node] = state
        for root in self._roots:
            if root not in node_states:
                name = self._source.names.short(root)
                raise OptionError("root", name, f"something that may have existed on {day}: this certainly did not")
        for relation in relations:
            if relation.source in node_states and relation.target in node_states:
                state = period_of(relation, self._records, self._categories[relation.source]).state_on(day)
                if state is not None:
                    edge_states[relation] = state
        before = {end for relation in relations for end in (relation.source, relation.target)}
        after = {end for relation in edge_states for end in (relation.source, relation.target)} | set(self._roots)
        left = {node for node in node_states if node in after or node not in before}
        return left, [relation for relation in relations if relation in edge_states]


def period_of(relation: Relation, records: Records, source_category: Category) -> Period:
    """When an edge holds: as its fact says; an edge of a fact that is a node itself lasts as long as that node."""
    if not relation.fact:
        return Period()
    if source_category == "facts" and relation.fact == relation.source:
        return records.lifetime(relation.fact)
    return records.period(relation.fact)


def resolve(option: str, name: str, known: Iterable[str], source: Source, expected: str) -> str:
    """The IRI among `known` that `name` means: an IRI, a prefixed name, or a local name of a thing or term.

    Raises UnknownName, with what is near to it, if there is none.
    """
    known = set(known)
    candidates = [name]
    prefix, colon, local = name.partition(":")
    if colon and prefix in source.prefixes:
        candidates.append(source.prefixes[prefix] + local)
    if not colon:
        candidates += [source.prefixes[p] + name for p in ("d", "m", "c", "org") if p in source.prefixes]
    for candidate in candidates:
        if candidate in known:
            return candidate
    same = sorted(iri for iri in known if local_name(iri) == name) if not colon else []
    if len(same) == 1:
        return same[0]
    if same:
        raise UnknownName(option, name, "a name that only one thing has", map(source.names.short, same))
    raise UnknownName(option, name, expected, sorted({source.names.short(iri) for iri in known}))


def _distances(roots: Iterable[str], relations: Iterable[Relation], depth: int) -> dict[str, int]:
    """How far each node within `depth` is from the nearest root, edges taken in either direction."""
    neighbours: dict[str, set[str]] = defaultdict(set)
    for relation in relations:
        neighbours[relation.source].add(relation.target)
        neighbours[relation.target].add(relation.source)
    found = dict.fromkeys(roots, 0)
    frontier = set(found)
    for distance in range(1, depth + 1):
        frontier = {other for node in frontier for other in neighbours[node]} - found.keys()
        if not frontier:
            break
        found.update(dict.fromkeys(frontier, distance))
    return found
