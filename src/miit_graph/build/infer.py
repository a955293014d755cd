"""What follows from the ontology, written out, so that plain SPARQL finds it.

The axioms of the graphs ``ontology/…`` are applied to all other graphs but shapes and derivations; what is new goes to
the graph ``inferred``. Of OWL 2 RL (OWL 2 Profiles, section 4.3) these rules are run, which are the ones that the
ontology and its alignments need:

====================  ==============================================================================
rule of OWL 2 RL      axiom
====================  ==============================================================================
cax-sco, cax-eqc      ``rdfs:subClassOf``, ``owl:equivalentClass`` between named classes
prp-spo1, prp-eqp     ``rdfs:subPropertyOf``, ``owl:equivalentProperty``
prp-inv, prp-symp     ``owl:inverseOf``, ``owl:SymmetricProperty``
prp-trp               ``owl:TransitiveProperty``
prp-spo2              ``owl:propertyChainAxiom``
====================  ==============================================================================

Left out on purpose:

* Types from domains and ranges. Correct data has them already; wrong data would be typed until it looks right, before
  validation could see it.
* ``owl:sameAs`` from functional properties: two values of one are a mistake to report, not one thing with two names.
* What says nothing: ``owl:Thing`` and other classes of OWL and RDFS, literals as subjects, and statements about terms.
* Whatever would follow from a deprecated fact, but for its types: nothing is derived from those.
* Further names from labels that the rules generate (``graph/derived``) for facts, citations and times: those are there
  for display, nobody calls the things so. Authored labels do become ``schema:name`` and ``foaf:name``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import pyoxigraph as ox

from miit_graph.build.sources import Project
from miit_graph.vocabulary import OWL, PREFIXES, RDF, RDFS, M

_TYPE = ox.NamedNode(RDF.type)
_FIRST, _REST = ox.NamedNode(RDF.first), ox.NamedNode(RDF.rest)
_RANK, _DEPRECATED = ox.NamedNode(M.rank), ox.NamedNode(PREFIXES["c"] + "rank-deprecated")

_Node = TypeVar("_Node")
_Property = ox.NamedNode
_Step = tuple[_Property, bool]
"""A property and whether it is read backwards."""
_Join = tuple[_Property, tuple[_Property, ...], tuple[_Property, ...]]
"""A property, and what stands before and after a given part of a chain that entails it."""
_Index = defaultdict[tuple[object, _Property], set[Any]]
"""What a node leads to, or is reached from, by a property."""


@dataclass(frozen=True)
class Axioms:
    """What an ontology says about classes and properties, with all hierarchies closed."""

    classes: dict[ox.NamedNode, frozenset[ox.NamedNode]]
    """For each class, the classes above it."""
    properties: dict[_Property, frozenset[_Step]]
    """For each property, what its statements say as well, forwards or backwards."""
    chains: tuple[tuple[_Property, tuple[_Property, ...]], ...]
    """Pairs of a property and a chain that entails it; a transitive property is entailed by itself twice."""
    annotations: frozenset[_Property]

    @classmethod
    def read(cls, triples: Iterable[ox.Triple]) -> Axioms:
        """The axioms among `triples`; class expressions and other constructs than those named above are passed over."""
        objects: dict[str, list[tuple[ox.NamedNode, ox.NamedNode]]] = defaultdict(list)
        lists: dict[object, dict[ox.NamedNode, object]] = defaultdict(dict)
        heads: list[tuple[ox.NamedNode, object]] = []
        for triple in triples:
            s, p, o = triple
            if isinstance(s, ox.NamedNode) and isinstance(o, ox.NamedNode):
                objects[p.value if p != _TYPE else o.value].append((s, o))
            if p in (_FIRST, _REST):
                lists[s][p] = o
            elif p.value == OWL.propertyChainAxiom and isinstance(s, ox.NamedNode):
                heads.append((s, o))
        above: dict[ox.NamedNode, set[ox.NamedNode]] = defaultdict(set)
        for low, high in objects[RDFS.subClassOf]:
            above[low].add(high)
        for one, other in objects[OWL.equivalentClass]:
            above[one].add(other)
            above[other].add(one)
        steps: dict[_Step, set[_Step]] = defaultdict(set)
        for low, high in objects[RDFS.subPropertyOf]:
            _entail(steps, low, high)
        for one, other in objects[OWL.equivalentProperty]:
            _entail(steps, one, other)
            _entail(steps, other, one)
        for one, other in objects[OWL.inverseOf]:
            _entail(steps, one, other, backwards=True)
            _entail(steps, other, one, backwards=True)
        for symmetric, _ in objects[OWL.SymmetricProperty]:
            _entail(steps, symmetric, symmetric, backwards=True)
        return cls(
            classes={
                low: frozenset(c for c in _reach(above, low) if not c.value.startswith((OWL, RDFS)))
                for low in list(above)
            },
            properties={
                start: frozenset(_reach(steps, (start, False))) for start, backwards in list(steps) if not backwards
            },
            chains=(
                *((p, (p, p)) for p, _ in objects[OWL.TransitiveProperty]),
                *((p, tuple(_items(lists, head))) for p, head in heads),
            ),
            annotations=frozenset(p for p, _ in objects[OWL.AnnotationProperty]),
        )


def _entail(steps: dict[_Step, set[_Step]], low: _Property, high: _Property, backwards: bool = False) -> None:
    """Note that `low` entails `high`, and so `low` read backwards entails `high` read the other way."""
    steps[low, False].add((high, backwards))
    steps[low, True].add((high, not backwards))


def _reach(edges: dict[_Node, set[_Node]], start: _Node) -> set[_Node]:
    """All nodes that `start` leads to, without `start` itself."""
    found: set[_Node] = set()
    todo = [start]
    while todo:
        new = edges.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found - {start}


def _items(lists: dict[object, dict[ox.NamedNode, object]], head: object) -> Iterator[ox.NamedNode]:
    """The members of an RDF list."""
    while head in lists:
        item = lists[head][_FIRST]
        if isinstance(item, ox.NamedNode):
            yield item
        head = lists[head][_REST]


def infer(store: ox.Store, project: Project) -> int:
    """Write what follows from the ontology to the graph ``inferred``, replacing it.

    Returns the number of triples there. Run it after `derive`, which it builds on, and keep its graph out of
    validation: shapes judge what was said, and ask that every plain triple of theirs has a fact behind it.
    """
    target = ox.NamedNode(project.graph("inferred"))
    store.clear_graph(target)
    new = closure(*_read(store, project))
    store.extend(ox.Quad(t.subject, t.predicate, t.object, target) for t in new)
    return len(new)


def _read(store: ox.Store, project: Project) -> tuple[Axioms, set[ox.Triple]]:
    """The axioms of the ontology graphs, and the triples of the others that they are to be applied to."""
    ontology: list[ox.Triple] = []
    facts: list[ox.Quad] = []
    passed_over = {project.graph(name) for name in ("derivations", "inferred")}
    derived = ox.NamedNode(project.graph("derived"))
    for quad in store:
        graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        if graph.startswith(project.graph("ontology/")):
            ontology.append(quad.triple)
        elif graph not in passed_over and not graph.startswith(project.graph("shapes/")):
            facts.append(quad)
    axioms = Axioms.read(ontology)
    dead = {quad.subject for quad in facts if quad.predicate == _RANK and quad.object == _DEPRECATED}
    return axioms, {
        quad.triple
        for quad in facts
        if (quad.subject not in dead or quad.predicate == _TYPE)
        and (quad.predicate not in axioms.annotations or quad.graph_name != derived)
    }


def closure(axioms: Axioms, facts: set[ox.Triple]) -> set[ox.Triple]:
    """The triples that follow from `facts` and are not among them.

    Each triple, given or new, is looked at once: its consequences are taken from the closed hierarchies, and where its
    property is part of a chain, it is joined with what was seen before.
    """
    joins: dict[_Property, list[_Join]] = defaultdict(list)
    for entailed, chain in axioms.chains:
        for position, part in enumerate(chain):
            joins[part].append((entailed, chain[:position], chain[position + 1 :]))
    forwards: _Index = defaultdict(set)
    backwards: _Index = defaultdict(set)
    new: set[ox.Triple] = set()
    todo = [t for t in facts if t.predicate == _TYPE or t.predicate in axioms.properties or t.predicate in joins]
    while todo:
        for triple in _consequences(axioms, joins, forwards, backwards, todo.pop()):
            if triple not in facts and triple not in new:
                new.add(triple)
                todo.append(triple)
    return new


def _consequences(
    axioms: Axioms,
    joins: dict[_Property, list[_Join]],
    forwards: _Index,
    backwards: _Index,
    triple: ox.Triple,
) -> Iterator[ox.Triple]:
    """What follows from `triple` at one go, given the earlier ones in the indexes."""
    subject, predicate, obj = triple
    if predicate == _TYPE:
        if isinstance(obj, ox.NamedNode):
            for above in axioms.classes.get(obj, ()):
                yield ox.Triple(subject, _TYPE, above)
        return
    for other, reverse in axioms.properties.get(predicate, ()):
        if not reverse:
            yield ox.Triple(subject, other, obj)
        elif not isinstance(obj, ox.Literal):
            yield ox.Triple(obj, other, subject)
    if predicate in joins:
        forwards[subject, predicate].add(obj)
        backwards[obj, predicate].add(subject)
        for entailed, before, after in joins[predicate]:
            starts, ends = {subject}, {obj}
            for part in reversed(before):
                starts = {start for end in starts for start in backwards[end, part]}
            for part in after:
                ends = {end for start in ends for end in forwards[start, part]}
            for start in starts:
                for end in ends:
                    yield ox.Triple(start, entailed, end)
