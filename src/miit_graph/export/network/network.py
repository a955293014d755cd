"""A dataset as a network: some of its things with what ties them, and the neighbours of one thing, page by page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from miit_graph.export.graph import Options, PropertyGraph, build_graph
from miit_graph.export.graph.model import Kind
from miit_graph.export.graph.naming import Census, Naming
from miit_graph.export.graph.options import CATEGORIES, Category
from miit_graph.export.graph.source import NO_COLORS
from miit_graph.export.network.census import Counted, count
from miit_graph.export.network.slices import Slices
from miit_graph.publish.ask import Asker
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.publish.sparql_text import is_iri
from miit_graph.vocabulary import RDF, M

MOST_NODES = 5_000
"""Nodes in one graph, and ties of one thing that are looked at."""
_COUNTING_SECONDS = 5.0
"""For each of the queries that count the whole dataset: what takes longer is left out."""
DEFAULT_GROUPS: frozenset[Category] = frozenset(("entities",))


class UnknownThing(LookupError):
    """Nothing is said of this IRI."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some neighbours of a thing. ``capped`` says that there are more than were counted."""

    nodes: tuple[str, ...]
    total: int
    capped: bool
    kinds: Mapping[Kind, int]
    """How many of all neighbours are of each kind."""


class Network:
    """One version of a dataset, walked through. Methods raise the `QueryError` of the engine."""

    def __init__(self, ask: Asker, prefixes: Mapping[str, str], colors: Mapping[str, str] = NO_COLORS) -> None:
        self.slices = Slices(ask, prefixes, colors)

    @cached_property
    def _counted(self) -> Counted:
        ask = self.slices.ask
        limits = replace(ask.limits, seconds=min(ask.limits.seconds, _COUNTING_SECONDS))
        return count(replace(self.slices, ask=Asker(ask.engine, limits)))

    @property
    def census(self) -> Census:
        """Counts of the whole, made at the first use."""
        return self._counted.census

    @property
    def busiest(self) -> tuple[str, ...]:
        """The things with most ties: where to begin."""
        return self._counted.busiest

    @property
    def whole(self) -> bool:
        """Whether nothing was left out when the whole was counted, as far as it was."""
        return "_counted" not in self.__dict__ or self._counted.whole

    def exists(self, thing: str) -> bool:
        """Whether anything is said of this IRI."""
        if not is_iri(thing):
            return False
        name = text_of(thing)
        triples = (f"{name} ?p ?o", f"?s ?q {name}")
        return self.slices.ask.truth(
            "ASK { " + " UNION ".join(f"{{ {self.slices.pattern(t)} }}" for t in triples) + " }"
        )

    def graph(
        self,
        nodes: Iterable[str],
        lang: str,
        title: str = "graph",
        *,
        beside: Iterable[str] = (),
        properties: bool = False,
    ) -> PropertyGraph:
        """These things and all edges between them, as in a graph file of the whole dataset.

        With ``beside`` also the edges that tie them to those things, which are not told again. What is not in the
        dataset is left out.
        """
        asked = sorted({thing for thing in nodes if is_iri(thing)})
        others = {thing for thing in beside if is_iri(thing)}.difference(asked)
        source = self.slices.of(asked, others)
        told = (source.literals, source.links, source.types, source.inferred_types)
        known = {thing for thing in asked if any(thing in part for part in told) or self.exists(thing)}
        if not known:
            return PropertyGraph((), (), (), (), lang, title)
        tied = {thing for thing in others if thing in source.links}
        tied |= {link.object for thing in known for link in source.links.get(thing, ()) if link.object in others}
        for facts in source.facts.values():
            for fact in facts & source.links.keys():
                tied |= {link.object for link in source.links[fact] if link.object in others}
        for thing in known | tied:
            source.links[thing]  # what is only spoken of is a node, too
        roots = tuple(sorted(known | tied))
        graph = build_graph(
            source, Options(root=roots, depth=0, lang=lang, properties=properties), title, census=self.census
        )
        if not tied:
            return graph
        edges = (edge for edge in graph.edges if edge.source in known or edge.target in known)
        return replace(graph, nodes=tuple(node for node in graph.nodes if node.id in known), edges=tuple(edges))

    def neighbours(
        self,
        thing: str,
        lang: str,
        *,
        groups: frozenset[Category] = DEFAULT_GROUPS,
        kinds: frozenset[str] = frozenset(),
        properties: frozenset[str] = frozenset(),
        offset: int = 0,
        limit: int = 50,
    ) -> Page:
        """What is tied to ``thing``: of these groups, of these classes and by these properties, if any are given.

        Ordered by the property that ties them, the most frequent one first. Raises UnknownThing.
        """
        ties, capped = self._ties(thing)
        if not ties and not self.exists(thing):
            raise UnknownThing(thing)
        if properties:
            ties = {other: tied & properties for other, tied in ties.items() if tied & properties}
        naming = Naming(self.slices.source(self.slices.types(ties)), lang, self.census)
        wanted = [other for other in ties if naming.category(other) in groups]
        found: Counter[Kind] = Counter(naming.kind(other) for other in wanted)
        if kinds:
            wanted = [other for other in wanted if naming.main_class(other) in kinds]
        order = self.census.edge_positions
        last = len(order)
        wanted.sort(key=lambda other: (min(order.get(name, last) for name in ties[other]), other))
        return Page(tuple(wanted[offset : offset + limit]), len(wanted), capped, found)

    def _ties(self, thing: str) -> tuple[dict[str, set[str]], bool]:
        """The things that edges lead to, each with the properties; and whether there are more."""
        rows = self.slices.ask.rows(f"SELECT DISTINCT ?n ?p {{ {self.steps(text_of(thing))} }} LIMIT {MOST_NODES + 1}")
        ties: dict[str, set[str]] = defaultdict(set)
        for row in rows[:MOST_NODES]:
            ties[row["n"].value].add(row["p"].value)  # type: ignore[union-attr]
        ties.pop(thing, None)
        return dict(ties), len(rows) > MOST_NODES

    def steps(self, start: str, values: str = "", *, claims: bool = True) -> str:
        """A pattern for ``?n`` that is one edge ``?p`` away from ``start``, an IRI or a variable that has values."""
        parts = [self.slices.pattern(f"{values} {start} ?p ?n"), self.slices.pattern(f"{values} ?n ?p {start}")]
        if self.slices.project and claims:
            claim = f"?claim <{RDF.predicate}> ?p ; a <{M.Claim}>"
            for one, other in ((RDF.subject, RDF.object), (RDF.object, RDF.subject)):
                parts.append(f"{values} ?claim <{one}> {start} ; <{other}> ?n . {claim}")
        return " UNION ".join(f"{{ {part} }}" for part in parts) + f" FILTER(isIRI(?n) && ?p != <{RDF.type}>)"

    def in_order(self, things: Iterable[str], groups: frozenset[Category]) -> list[str]:
        """Those of these things that belong to the groups, in the order given."""
        ordered = list(things)
        kept = self.in_groups(ordered, groups)
        return [thing for thing in ordered if thing in kept]

    def in_groups(self, things: Iterable[str], groups: frozenset[Category]) -> set[str]:
        """Those of these things that belong to the groups."""
        known = set(things)
        naming = Naming(self.slices.source(self.slices.types(known)), "en", self.census)
        return {thing for thing in known if naming.category(thing) in groups}


def read_groups(text: str) -> frozenset[Category]:
    """Groups from a text such as ``entities,concepts``; empty means entities. Raises ValueError with what there is."""
    words: dict[str, Category] = {category: category for category in CATEGORIES}
    names = [name for name in text.replace(",", " ").split() if name]
    if "all" in names:
        return frozenset(CATEGORIES)
    unknown = [name for name in names if name not in words]
    if unknown:
        raise ValueError(f"{unknown[0]} is no group; there are: {', '.join(CATEGORIES)}, all")
    return frozenset(words[name] for name in names) or DEFAULT_GROUPS
