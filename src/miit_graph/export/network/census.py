"""Counts classes and properties of the whole dataset once, so that a part of it has the same kinds and colours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pyoxigraph as ox

from miit_graph.export.graph.naming import Census, Naming, positions
from miit_graph.export.network.slices import Slices
from miit_graph.publish.ask import Row, Term
from miit_graph.publish.sparql_text import iris, is_iri
from miit_graph.vocabulary import RDF

_MOST_SETS = 20_000
_FIRST = 40


@dataclass(frozen=True, slots=True)
class Counted:
    """The census of a dataset, and the entities with most ties, the first one first.

    What can't be counted within the limits of the engine stays out, which then is not ``whole``: those kinds get their
    colours by name.
    """

    census: Census
    busiest: tuple[str, ...]
    whole: bool


def count(slices: Slices) -> Counted:
    """Count everything. Raises the QueryError of an engine that is in trouble itself."""
    counted = _kinds(slices)
    instances, kinds, entities = counted or (Counter[str](), {}, [])
    properties, busiest = _properties(slices, entities), _busiest(slices, entities)
    whole = counted is not None and properties is not None and busiest is not None
    return Counted(Census(instances, kinds, properties or {}), busiest or (), whole)


def _kinds(slices: Slices) -> tuple[Counter[str], dict[str, int], list[str]] | None:
    """Instances of each class, the order of kinds, and the kinds of entities.

    Worked out from each set of classes that some thing has. None if that takes too long, as with what follows.
    """
    place = slices.pattern("?s a ?t")
    inferred = f"UNION {{ GRAPH <{slices.inferred}> {{ ?s a ?t }} BIND('~' AS ?mark) }}" if slices.project else ""
    query = f"""SELECT ?types (COUNT(*) AS ?n) {{
      SELECT ?s (GROUP_CONCAT(DISTINCT CONCAT(COALESCE(?mark, ''), STR(?t)); SEPARATOR=' ') AS ?types) {{
        {place} {inferred} FILTER(isIRI(?s) && isIRI(?t))
      }} GROUP BY ?s
    }} GROUP BY ?types LIMIT {_MOST_SETS}"""
    instances: Counter[str] = Counter()
    sets: dict[str, int] = {}
    quads: list[ox.Quad] = []
    stated = ox.NamedNode(f"{slices.project}graph/stated") if slices.project else ox.DefaultGraph()
    rows = _rows(slices, query)
    if rows is None:
        return None
    for number, row in enumerate(rows):
        thing = f"urn:x-set:{number}"
        sets[thing] = int(_text(row["n"]))
        for name in _text(row["types"]).split():
            kind = name.removeprefix("~")
            if not is_iri(kind):
                continue
            graph = ox.NamedNode(slices.inferred) if name != kind else stated
            quads.append(ox.Quad(ox.NamedNode(thing), ox.NamedNode(RDF.type), ox.NamedNode(kind), graph))
            if name == kind:
                instances[kind] += sets[thing]
    naming = Naming(slices.source(quads), "en", Census(instances, {}, {}))
    entities, others = Counter[str](), Counter[str]()
    for thing, number in sets.items():
        (entities if naming.category(thing) == "entities" else others)[naming.main_class(thing)] += number
    return instances, positions(entities, others), sorted(entities)


def _properties(slices: Slices, entities: list[str]) -> dict[str, int] | None:
    everywhere = _counted(slices, slices.pattern("?s ?p ?o"))
    if everywhere is None or not (slices.project and entities):
        return None if everywhere is None else positions(everywhere, Counter())
    tied = f"FILTER EXISTS {{ ?o a ?ot FILTER(?ot IN ({', '.join(f'<{name}>' for name in entities)})) }}"
    first = _counted(slices, f"{_entities(entities)} {slices.pattern('?s ?p ?o')} {tied}")
    return None if first is None else positions(first, everywhere)


def _counted(slices: Slices, pattern: str) -> Counter[str] | None:
    query = f"""SELECT ?p (COUNT(*) AS ?n) {{
      {pattern} FILTER(isIRI(?s) && isIRI(?o) && ?p != <{RDF.type}>)
    }} GROUP BY ?p LIMIT {_MOST_SETS}"""
    rows = _rows(slices, query)
    return None if rows is None else Counter({_text(row["p"]): int(_text(row["n"])) for row in rows})


def _entities(kinds: list[str]) -> str:
    """A pattern for ``?s`` of these kinds, each thing once."""
    return f"{{ SELECT DISTINCT ?s {{ VALUES ?st {{ {iris(kinds)} }} ?s a ?st }} }}" if kinds else ""


def _busiest(slices: Slices, entities: list[str]) -> tuple[str, ...] | None:
    """Where to begin."""
    only = _entities(entities) if slices.project else ""
    ties = f"{{ {slices.pattern('?s ?p ?other')} }} UNION {{ {slices.pattern('?other ?p ?s')} }}"
    query = f"""SELECT ?s (COUNT(?other) AS ?n) {{
      {only} {ties}
      FILTER(isIRI(?s) && isIRI(?other) && ?p != <{RDF.type}>)
    }} GROUP BY ?s ORDER BY DESC(?n) ?s LIMIT {_FIRST}"""
    rows = _rows(slices, query)
    return None if rows is None else tuple(_text(row["s"]) for row in rows)


def _rows(slices: Slices, query: str) -> list[Row] | None:
    return slices.ask.rows_if_possible(query)


def _text(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else ""
