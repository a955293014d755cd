"""Counts how terms are used, in queries over the triples that count as use.

A node counts for the narrowest of its classes only: who is typed as ministry and as organisation is a ministry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from miit_graph.export.docs.graph import Part, Parts, iri
from miit_graph.export.docs.model import Count, Usage
from miit_graph.vocabulary import RDF, RDFS, SKOS

_A = f"<{RDF.type}>"
_KIND = "urn:x-documentation:narrowest-class"
_INSTANCES = f"SELECT ?key (COUNT(*) AS ?n) {{ ?s <{_KIND}> ?key }} GROUP BY ?key"
_ALL_INSTANCES = f"""SELECT ?key (COUNT(DISTINCT ?s) AS ?n) {{
  ?s {_A} ?type . ?type <{RDFS.subClassOf}>* ?key FILTER(isIRI(?key)) }} GROUP BY ?key"""
_TRIPLES = "SELECT ?key (COUNT(*) AS ?n) { ?s ?key ?o } GROUP BY ?key"
_DOMAINS = f"SELECT ?key ?value (COUNT(*) AS ?n) {{ ?s ?key ?o ; <{_KIND}> ?value }} GROUP BY ?key ?value"
_RANGES = f"SELECT ?key ?value (COUNT(*) AS ?n) {{ ?s ?key ?o . ?o <{_KIND}> ?value }} GROUP BY ?key ?value"
_LITERALS = """SELECT ?key ?value ?lang (COUNT(*) AS ?n) {
  ?s ?key ?o FILTER(isLiteral(?o)) } GROUP BY ?key (DATATYPE(?o) AS ?value) (LANG(?o) AS ?lang)"""
_SCHEMES = f"SELECT ?key ?value (COUNT(*) AS ?n) {{ ?s ?key ?o . ?o <{SKOS.inScheme}> ?value }} GROUP BY ?key ?value"


def count(parts: Parts) -> Usage:
    """Count the use of every class and property."""
    used = parts.used
    typed = Part([*used.store, *_narrowest(used, superclasses(parts.ontology))])
    domains = _by_key(_table(typed, _DOMAINS))
    literals = [
        (
            row["key"].value,
            row["value"].value + (f"@{row['lang'].value}" if row["lang"].value else ""),
            int(row["n"].value),
        )
        for row in used.rows(_LITERALS)
    ]
    return Usage(
        instances=_totals(typed, _INSTANCES),
        all_instances=_totals(used, _ALL_INSTANCES),
        triples=_totals(used, _TRIPLES),
        derived=_totals(parts.derived, _TRIPLES),
        domains=domains,
        ranges=_by_key([*_table(typed, _RANGES), *literals]),
        schemes=_by_key(_table(used, _SCHEMES)),
        properties=_by_key((of, name, n) for name, classes in domains.items() for of, n in classes if name != RDF.type),
    )


def uses_of_concepts(parts: Parts) -> dict[str, int]:
    """Code → triples of the authored data that have it as their object."""
    query = f"SELECT ?key (COUNT(*) AS ?n) {{ ?s ?p ?key FILTER(isIRI(?key) && ?p != {_A}) }} GROUP BY ?key"
    return _totals(parts.data, query)


def superclasses(part: Part) -> dict[str, set[str]]:
    """Class → everything above it, itself left out unless it is above itself."""
    direct: dict[str, set[str]] = defaultdict(set)
    for sub, above in part.pairs(RDFS.subClassOf):
        if isinstance(sub, ox.NamedNode) and isinstance(above, ox.NamedNode):
            direct[sub.value].add(above.value)
    found: dict[str, set[str]] = {}
    for name in list(direct):
        seen: set[str] = set()
        todo = list(direct[name])
        while todo:
            above_name = todo.pop()
            if above_name not in seen:
                seen.add(above_name)
                todo += direct.get(above_name, ())
        found[name] = seen
    return found


def nearest(names: set[str], above: Mapping[str, set[str]]) -> set[str]:
    """Those of `names` that are above no other of them."""
    return {name for name in names if not any(name in above.get(other, ()) for other in names - {name})}


def _narrowest(part: Part, above: Mapping[str, set[str]]) -> Iterator[ox.Quad]:
    """A triple for each node and class of it that has no narrower one among the node's classes."""
    classes: dict[ox.NamedNode | ox.BlankNode, set[str]] = defaultdict(set)
    for quad in part.store.quads_for_pattern(None, iri(RDF.type), None, None):
        if isinstance(quad.object, ox.NamedNode) and not isinstance(quad.subject, ox.Triple):
            classes[quad.subject].add(quad.object.value)
    for node, names in classes.items():
        yield from (ox.Quad(node, iri(_KIND), iri(name)) for name in nearest(names, above))


def _totals(part: Part, query: str) -> dict[str, int]:
    return {row["key"].value: int(row["n"].value) for row in part.rows(query)}


def _table(part: Part, query: str) -> list[tuple[str, str, int]]:
    return [
        (row["key"].value, row["value"].value, int(row["n"].value))
        for row in part.rows(query)
        if row["key"].value != _KIND
    ]


def _by_key(rows: Iterable[tuple[str, str, int]]) -> dict[str, tuple[Count, ...]]:
    """First column → the others, highest number first."""
    found: dict[str, list[Count]] = defaultdict(list)
    for key, value, number in rows:
        found[key].append((value, number))
    return {key: tuple(sorted(counts, key=lambda c: (-c[1], c[0]))) for key, counts in found.items()}
