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
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

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


@dataclass(frozen=True)
class _Aimed:
    """A shape of SPARQL constraints: its targets by predicate, and its queries in two parts for the nodes between."""

    node: Node
    targets: tuple[tuple[URIRef, Node], ...]
    queries: tuple[tuple[str, str], ...]
    lines: str
    """Its targets as N-Triples."""


@dataclass(frozen=True)
class _Read:
    """What a shapes graph says, worked out once for all the data that is held against it."""

    size: int
    rest: str
    """Everything but the targets of ``aimed``, as N-Triples."""
    aimed: tuple[_Aimed, ...]


_Term = ox.NamedNode | ox.BlankNode | ox.Literal
_Targets = dict[tuple[URIRef, Node], set[_Term]]
"""What targets name in one dataset: many shapes have the same."""
_KNOWN: WeakKeyDictionary[Graph, _Read] = WeakKeyDictionary()


def narrow(data: ox.Store, shapes: Graph) -> str:
    """`shapes` as N-Triples; what is made of SPARQL constraints has no other targets there than nodes with an answer.

    `data` is asked by its default graph.
    """
    read = _KNOWN.get(shapes)
    if read is None or read.size != len(shapes):
        read = _KNOWN[shapes] = _read(shapes)
    parts = [read.rest]
    targets: _Targets = {}
    for shape in read.aimed:
        nodes = _answers(data, shape, targets)
        if nodes is None:
            parts.append(shape.lines)
        else:
            parts += (f"{shape.node.n3()} <{_TARGET_NODE}> {node} .\n" for node in sorted(map(str, nodes)))
    return "".join(parts)


def _read(shapes: Graph) -> _Read:
    aimed = tuple(shape for node in set(shapes.subjects(_SPARQL)) if (shape := _aimed(shapes, node)) is not None)
    left_out = {shape.node for shape in aimed}
    rest = ((s, p, o) for s, p, o in shapes if s not in left_out or (p != _TARGET_NODE and p not in _TARGETS))
    return _Read(len(shapes), _lines(rest), aimed)


def _lines(triples: Iterable[tuple[Node, Node, Node]]) -> str:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph.serialize(format="nt")


def _aimed(shapes: Graph, shape: Node) -> _Aimed | None:
    """A shape as far as only the shapes tell; None if it is better left alone."""
    for predicate, value in shapes.predicate_objects(shape):
        if str(predicate) == RDF.type and str(value).startswith((OWL, RDFS)):
            return None  # a class and a shape at once, which targets its instances
        if str(predicate).startswith(SH) and predicate not in _HARMLESS:
            return None
    queries = [_query(shapes, constraint) for constraint in shapes.objects(shape, _SPARQL)]
    if None in queries:
        return None
    targets = tuple((p, value) for p in (_TARGET_NODE, *_TARGETS) for value in shapes.objects(shape, p))
    lines = _lines((shape, predicate, value) for predicate, value in targets)
    return _Aimed(shape, targets, tuple(filter(None, queries)), lines)


def _answers(data: ox.Store, shape: _Aimed, targets: _Targets) -> set[ox.NamedNode] | None:
    """The focus nodes of `shape` for which one of its queries has an answer; None if it is better left alone."""
    try:
        nodes: set[_Term] = set().union(*(_targeted(data, target, targets) for target in shape.targets))
        if any(not isinstance(node, ox.NamedNode) for node in nodes):
            return None  # sh:targetNode cannot name blank nodes
        names = sorted(map(str, nodes))
        found: set[ox.NamedNode] = set()
        for before, after in shape.queries:
            for start in range(0, len(names), _BATCH):
                rows = data.query(f"{before} VALUES ?this {{ {' '.join(names[start : start + _BATCH])} }} {after}")
                assert isinstance(rows, ox.QuerySolutions)
                if ox.Variable("this") not in rows.variables:
                    return None
                found.update(row["this"] for row in rows)
    except (SyntaxError, ValueError):
        return None  # the processor will say what is wrong with it
    return found


def _targeted(data: ox.Store, target: tuple[URIRef, Node], known: _Targets) -> set[_Term]:
    """The nodes that a target names (SHACL section 2.1.3); ``known`` has those that were asked for before."""
    if target not in known:
        predicate, value = target
        if predicate == _TARGET_NODE:
            return {ox.NamedNode(str(value)) if isinstance(value, URIRef) else ox.BlankNode()}
        rows = data.query(f"SELECT DISTINCT ?this {{ {_TARGETS[predicate] % value} }}")
        assert isinstance(rows, ox.QuerySolutions)
        known[target] = {row["this"] for row in rows}
    return known[target]


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
