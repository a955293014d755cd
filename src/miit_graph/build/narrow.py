"""SPARQL constraints asked once for all their focus nodes instead of once for each.

A SHACL processor runs the query of a SPARQL constraint for every focus node of its shape, and most of the time that a
large graph takes goes there: tens of thousands of queries of which nearly none has an answer. `narrow` runs each query
once over the store, for all focus nodes together, and leaves as targets of the shape only the nodes for which there
was an answer. The processor then decides about these as ever; a node too many costs a little time, and a node too few
cannot be, because shapes are left alone where asking for all nodes together could mean something else than asking
for one by one (SHACL section 5.3.1, pre-binding): see `_joinable`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox
from rdflib import Graph, URIRef
from rdflib.term import Node

from miit_graph.vocabulary import OWL, RDF, RDFS, SH

_SPARQL, _SELECT, _PREFIXES = URIRef(SH.sparql), URIRef(SH.select), URIRef(SH.prefixes)
_TARGET_NODE = URIRef(SH.targetNode)
_TARGETS: Final = {
    URIRef(SH.targetClass): f"VALUES ?class {{ <%s> }} ?kind <{RDFS.subClassOf}>* ?class . ?this a ?kind",
    URIRef(SH.targetSubjectsOf): "?this <%s> ?object",
    URIRef(SH.targetObjectsOf): "?subject <%s> ?this",
}
_HARMLESS: Final = {_SPARQL, _TARGET_NODE, *_TARGETS, *(URIRef(SH[name]) for name in ("severity", "message"))}
"""What SHACL says about a shape that is narrowed; any other constraint on it would lose its focus nodes."""

_BATCH = 50_000
"""Most focus nodes in one query."""

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<[^<>\"{}|^`\\\s]*>"
    r"|\#[^\n]*"
    r"|[?$]\w+|[\w-]*:[\w.-]*|\w+|[{}]",
    re.DOTALL,
)
_NEVER: Final = {"LIMIT", "OFFSET", "GROUP", "HAVING", "MINUS", "SERVICE", "GRAPH", "VALUES", "CONSTRUCT", "ASK"}
_SPECIAL: Final = {"PATH", "shapesGraph", "currentShape"}
"""Variables that the processor fills in."""


def narrow(data: ox.Store, shapes: Graph) -> Graph:
    """`shapes`, or a copy in which shapes made of SPARQL constraints have no other targets than nodes with an answer.

    `data` is asked by its default graph.
    """
    found = {
        shape: nodes for shape in set(shapes.subjects(_SPARQL)) if (nodes := _answers(data, shapes, shape)) is not None
    }
    if not found:
        return shapes
    narrowed = Graph()
    for s, p, o in shapes:
        if s not in found or (p != _TARGET_NODE and p not in _TARGETS):
            narrowed.add((s, p, o))
    for shape, nodes in found.items():
        for node in nodes:
            narrowed.add((shape, _TARGET_NODE, URIRef(node.value)))
    return narrowed


def _answers(data: ox.Store, shapes: Graph, shape: Node) -> set[ox.NamedNode] | None:
    """The focus nodes of `shape` for which one of its queries has an answer; None if it is better left alone."""
    for predicate, value in shapes.predicate_objects(shape):
        if str(predicate) == RDF.type and str(value).startswith((OWL, RDFS)):
            return None  # a class and a shape at once, which targets its instances
        if str(predicate).startswith(SH) and predicate not in _HARMLESS:
            return None
    queries = [_query(shapes, constraint) for constraint in shapes.objects(shape, _SPARQL)]
    if None in queries:
        return None
    try:
        nodes = set(_focus_nodes(data, shapes, shape))
        if any(not isinstance(node, ox.NamedNode) for node in nodes):
            return None  # sh:targetNode cannot name blank nodes
        names = sorted(map(str, nodes))
        found: set[ox.NamedNode] = set()
        for before, after in filter(None, queries):
            for start in range(0, len(names), _BATCH):
                rows = data.query(f"{before} VALUES ?this {{ {' '.join(names[start : start + _BATCH])} }} {after}")
                assert isinstance(rows, ox.QuerySolutions)
                if ox.Variable("this") not in rows.variables:
                    return None
                found.update(row["this"] for row in rows)
    except (SyntaxError, ValueError):
        return None  # the processor will say what is wrong with it
    return found


def _focus_nodes(data: ox.Store, shapes: Graph, shape: Node) -> Iterator[ox.NamedNode | ox.BlankNode | ox.Literal]:
    """The targets of `shape` (SHACL section 2.1.3)."""
    for target in shapes.objects(shape, _TARGET_NODE):
        yield ox.NamedNode(str(target)) if isinstance(target, URIRef) else ox.BlankNode()
    for predicate, pattern in _TARGETS.items():
        for value in shapes.objects(shape, predicate):
            rows = data.query(f"SELECT DISTINCT ?this {{ {pattern % value} }}")
            assert isinstance(rows, ox.QuerySolutions)
            for row in rows:
                yield row["this"]


def _query(shapes: Graph, constraint: Node) -> tuple[str, str] | None:
    """The query of a constraint in two parts, between which the focus nodes go; None if they must not go there."""
    text = shapes.value(constraint, _SELECT)
    place = _joinable(str(text)) if text is not None else None
    if place is None:
        return None
    prefixes = "".join(
        f"PREFIX {shapes.value(one, URIRef(SH.prefix))}: <{shapes.value(one, URIRef(SH.namespace))}> "
        for owner in shapes.objects(constraint, _PREFIXES)
        for one in shapes.objects(owner, URIRef(SH.declare))
    )
    return prefixes + str(text)[:place], str(text)[place:]


def _joinable(text: str) -> int | None:
    """Where the outermost group of a query begins, if joining it with values of ``$this`` is as good as pre-binding.

    That holds where ``$this`` stands in the outermost group, in an OPTIONAL without BIND, or anywhere below EXISTS; it
    need not hold below UNION or other nested groups, which are evaluated before they are joined, nor with subqueries
    and whatever counts or cuts off solutions.
    """
    tokens = [
        (match[0], match.end()) for match in _TOKEN.finditer(text) if not match[0].startswith(("#", '"', "'", "<"))
    ]
    words = [token.upper() for token, _ in tokens]
    variables = {token[1:] for token, _ in tokens if token[0] in "?$"}
    if words.count("SELECT") != 1 or not _NEVER.isdisjoint(words) or not _SPECIAL.isdisjoint(variables):
        return None
    start: int | None = None
    groups: list[str] = []
    for before, word, (token, end) in zip(["", *words], words, tokens, strict=False):
        if token == "{":
            if start is None:
                start = end
                groups.append("outermost")
            elif "EXISTS" in groups or before in ("EXISTS", "OPTIONAL"):
                groups.append(before)
            else:
                groups.append("nested")
        elif token == "}":
            if not groups:
                return None
            groups.pop()
        elif "EXISTS" not in groups and (
            (token[1:] == "this" and "nested" in groups) or (word == "BIND" and groups[-1:] != ["outermost"])
        ):
            return None
    return start
