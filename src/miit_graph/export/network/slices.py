"""Reads parts of a dataset from its engine: all that is needed to tell some nodes, their edges and the facts behind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from miit_graph.export.graph import Source
from miit_graph.publish.ask import Asker, Row
from miit_graph.publish.sparql_text import iris, is_iri
from miit_graph.vocabulary import DCT, ORG, PROV, RDF, RDFS, M

_BATCH = 1_000
"""IRIs in one query: some 60 kB of its text."""
_KEPT_TERMS = 5_000
_FACT_TIES = {M.validFrom, M.validUntil, M.at, M.rank, M.status, PROV.wasDerivedFrom}
_RECORDS = "graph/derivations"
_NOTHING = ox.NamedNode("urn:x-none:")


@dataclass
class Slices:
    """Parts of one version of a dataset. Every method raises the `QueryError` of the engine."""

    ask: Asker
    prefixes: Mapping[str, str]
    colors: Mapping[str, str] = field(default_factory=dict)
    _terms: dict[str, list[ox.Quad]] = field(default_factory=dict)

    @cached_property
    def project(self) -> str:
        """Where the IRIs of the project begin that built this dataset; empty for any other dataset."""
        rows = self.ask.rows(f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?record a <{M.Derivation}> }} }} LIMIT 100")
        names = sorted(row["g"].value for row in rows if isinstance(row["g"], ox.NamedNode))
        return next((name.removesuffix(_RECORDS) for name in names if name.endswith(_RECORDS)), "")

    @property
    def inferred(self) -> str:
        """The graph of what only follows from the ontology."""
        return f"{self.project}graph/inferred" if self.project else "urn:x-none:inferred"

    def pattern(self, triple: str) -> str:
        """A group that finds ``triple`` wherever it is said by somebody; ``?g`` is its graph, if it has one."""
        if self.project:
            return f"{{ GRAPH ?g {{ {triple} }} FILTER(?g != <{self.inferred}>) }}"
        return f"{{ {triple} }} UNION {{ GRAPH ?g {{ {triple} }} }}"

    def of(self, nodes: Iterable[str], beside: Iterable[str] = ()) -> Source:
        """All that tells these nodes and the edges between them, as a source that graphs are built from.

        Of the things ``beside`` them only the edges that tie them to the nodes.
        """
        wanted = set(filter(is_iri, nodes))
        ends = wanted | set(filter(is_iri, beside))
        quads = self._said_of(wanted)
        if len(ends) > len(wanted):
            quads += self._ties_from(ends - wanted, wanted)
        facts, records = self._facts(wanted, ends) if self.project else (set[str](), [])
        behind = self._said_of(facts)
        around = {
            quad.object.value
            for quad in quads
            if isinstance(quad.object, ox.NamedNode) and quad.predicate.value in _FACT_TIES
        }
        around |= {quad.object.value for quad in behind if isinstance(quad.object, ox.NamedNode)}
        if self.project:
            around |= self._times(wanted)
        more = self._said_of(around - wanted - facts)
        documents = {
            quad.object.value
            for quad in more
            if isinstance(quad.object, ox.NamedNode) and quad.predicate.value == DCT.source
        }
        more += self._said_of(documents - around - wanted - facts)
        return self.source([*quads, *behind, *more, *records])

    def source(self, quads: Iterable[ox.Quad]) -> Source:
        """A source of these quads, with the names of their classes and properties and what stands above those."""
        store = ox.Store()
        known = list(quads)
        store.extend(known)
        store.extend(self._hierarchy)
        terms = {quad.predicate.value for quad in known}
        terms |= {
            quad.object.value
            for quad in known
            if quad.predicate.value == RDF.type and isinstance(quad.object, ox.NamedNode)
        }
        store.extend(self._said_of_terms(terms))
        if self.project:
            store.add_graph(ox.NamedNode(self.project + _RECORDS))  # by it a project's dataset is known
        return Source.read(store, self.prefixes, self.colors)

    def types(self, things: Iterable[str]) -> list[ox.Quad]:
        """The classes of things, from all graphs."""
        return [quad for batch in _batches(things) for quad in self._typed(batch)]

    def _typed(self, batch: str) -> Iterator[ox.Quad]:
        group = f"VALUES ?s {{ {batch} }} ?s <{RDF.type}> ?o"
        rows = self.ask.rows(
            f"SELECT DISTINCT ?g ?s ?o {{ {self._anywhere(group)} FILTER(isIRI(?o)) }}",
        )
        for row in rows:
            yield _quad(row, ox.NamedNode(RDF.type))

    def _said_of(self, subjects: Iterable[str]) -> list[ox.Quad]:
        """What is said of these subjects; of what only follows from the ontology their classes alone."""
        found: list[ox.Quad] = []
        only = f"FILTER(?p = <{RDF.type}> || ?g != <{self.inferred}>)" if self.project else ""
        for batch in _batches(subjects):
            group = self._anywhere(f"VALUES ?s {{ {batch} }} ?s ?p ?o {only}")
            found += (_quad(row) for row in self.ask.rows(f"SELECT ?g ?s ?p ?o {{ {group} }}"))
        return found

    def _ties_from(self, others: set[str], nodes: set[str]) -> Iterator[ox.Quad]:
        """Triples that lead from others to these nodes."""
        for batch in _batches(nodes):
            group = self._anywhere(f"VALUES ?o {{ {batch} }} ?s ?p ?o")
            for row in self.ask.rows(f"SELECT ?g ?s ?p ?o {{ {group} FILTER(isIRI(?s)) }}"):
                quad = _quad(row)
                inferred = isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value == self.inferred
                if isinstance(quad.subject, ox.NamedNode) and quad.subject.value in others and not inferred:
                    yield quad

    def _anywhere(self, group: str) -> str:
        """Like `pattern`, with what is inferred, and with the values inside, where the engine looks them up at once."""
        named = f"GRAPH ?g {{ {group} }}"
        return named if self.project else f"{{ {group} }} UNION {{ {named} }}"

    def _said_of_terms(self, terms: set[str]) -> list[ox.Quad]:
        new = {term for term in terms - self._terms.keys() if is_iri(term)}
        if new:
            if len(self._terms) > _KEPT_TERMS:
                self._terms.clear()
                new = set(filter(is_iri, terms))
            found: dict[str, list[ox.Quad]] = {term: [] for term in new}
            for quad in self._said_of(new):
                if isinstance(quad.subject, ox.NamedNode):
                    found[quad.subject.value].append(quad)
            self._terms.update(found)
        return [quad for term in terms for quad in self._terms.get(term, ())]

    @cached_property
    def _hierarchy(self) -> list[ox.Quad]:
        group = self._anywhere(f"VALUES ?p {{ <{RDFS.subClassOf}> <{RDFS.subPropertyOf}> }} ?s ?p ?o")
        rows = self.ask.rows(f"SELECT ?g ?s ?p ?o {{ {group} FILTER(isIRI(?s) && isIRI(?o)) }} LIMIT 50000")
        return [_quad(row) for row in rows]

    def _facts(self, nodes: set[str], ends: set[str]) -> tuple[set[str], list[ox.Quad]]:
        """The facts and claims behind edges from or to these nodes, their changes, and the records of derivation.

        The other end of an edge is among ``ends``.
        """
        facts: set[str] = set()
        records: dict[ox.Quad, None] = {}
        graph = ox.NamedNode(self.project + _RECORDS)
        names = (RDF.subject, RDF.predicate, RDF.object, PROV.wasDerivedFrom)
        parts = " ; ".join(f"<{name}> ?{var}" for name, var in zip(names, "spof", strict=True))
        claim = f"?f <{RDF.subject}> ?s ; <{RDF.object}> ?o ; a <{M.Claim}>"
        changes = f"<{ORG.resultingOrganization}>|<{ORG.originalOrganization}>"
        for batch in _batches(nodes):
            for end, other in ("so", "os") if ends - nodes else ("so",):
                values = f"VALUES ?{end} {{ {batch} }}"
                query = f"SELECT ?d ?s ?p ?o ?f {{ {values} GRAPH <{graph.value}> {{ ?d {parts} }} }}"
                for row in map(_names, self.ask.rows(query)):
                    if row[other].value in ends:
                        terms = zip(names, "spof", strict=True)
                        records.update((ox.Quad(row["d"], ox.NamedNode(n), row[v], graph), None) for n, v in terms)
                        facts.add(row["f"].value)
                for row in map(_names, self.ask.rows(f"SELECT ?f ?{other} {{ {values} {claim} }}")):
                    if row[other].value in ends:
                        facts.add(row["f"].value)
            found = self.ask.rows(f"SELECT DISTINCT ?c {{ VALUES ?s {{ {batch} }} ?c {changes} ?s }}")
            facts.update(row["c"].value for row in map(_names, found))
        return facts, list(records)

    def _times(self, nodes: set[str]) -> set[str]:
        """Objects of these nodes that are times: graph files tell those as they are stated."""
        found: set[str] = set()
        for batch in _batches(nodes):
            query = f"SELECT DISTINCT ?t {{ VALUES ?s {{ {batch} }} ?s ?p ?t . ?t <{M.edtf}> ?stated }}"
            found.update(row["t"].value for row in map(_names, self.ask.rows(query)))
        return found

    def conflicts(self, facts: Iterable[str]) -> dict[str, list[str]]:
        """For each of these facts that is disputed, the conflicts in which it is a side, sorted."""
        found: dict[str, set[str]] = defaultdict(set)
        for batch in _batches(facts):
            query = f"SELECT DISTINCT ?f ?c {{ VALUES ?f {{ {batch} }} ?c <{M.side}> ?f }}"
            for row in map(_names, self.ask.rows(query)):
                found[row["f"].value].add(row["c"].value)
        return {fact: sorted(conflicts) for fact, conflicts in found.items()}


def _batches(names: Iterable[str]) -> Iterator[str]:
    ordered = sorted(filter(is_iri, set(names)))
    for start in range(0, len(ordered), _BATCH):
        yield iris(ordered[start : start + _BATCH])


def _names(row: Row) -> dict[str, ox.NamedNode]:
    """A row as IRIs; a blank node or a literal, which is no name, becomes one that names nothing."""
    return {name: term if isinstance(term, ox.NamedNode) else _NOTHING for name, term in row.items()}


def _quad(row: Row, predicate: ox.NamedNode | None = None) -> ox.Quad:
    graph = row.get("g", ox.DefaultGraph())
    return ox.Quad(row["s"], predicate or row["p"], row["o"], graph)  # type: ignore[arg-type]
