"""Class and property expressions of OWL as text with references in it, after the Manchester syntax."""

from __future__ import annotations

from typing import Any, Final

import pyoxigraph as ox

from miit_graph.export.docs.graph import Part
from miit_graph.export.docs.model import Expression, Ref, Word
from miit_graph.vocabulary import OWL

_LISTS: Final = {OWL.unionOf: "or", OWL.intersectionOf: "and", OWL.oneOf: "one-of"}
_RESTRICTIONS: Final = {
    OWL.someValuesFrom: "some",
    OWL.allValuesFrom: "only",
    OWL.hasValue: "value",
    OWL.minCardinality: "min",
    OWL.maxCardinality: "max",
    OWL.cardinality: "exactly",
    OWL.minQualifiedCardinality: "min",
    OWL.maxQualifiedCardinality: "max",
    OWL.qualifiedCardinality: "exactly",
}


def expression(part: Part, node: Any) -> Expression:
    """What `node` stands for: a name, or a union, intersection, complement, restriction or inverse in `part`."""
    if isinstance(node, ox.NamedNode):
        return (Ref(node.value),)
    if not isinstance(node, ox.BlankNode):
        return (str(node.value) if isinstance(node, ox.Literal) else str(node),)
    for predicate, word in _LISTS.items():
        for head in part.objects(node, predicate):
            return joined(part, head, Word(word))
    for other in part.objects(node, OWL.complementOf):
        return (Word("not"), " ", *expression(part, other))
    for other in part.objects(node, OWL.inverseOf):
        return (Word("inverse-of"), " ", *expression(part, other))
    for on in part.objects(node, OWL.onProperty):
        for predicate, word in _RESTRICTIONS.items():
            for value in part.objects(node, predicate):
                whole: Expression = (*expression(part, on), " ", Word(word), " ", *expression(part, value))
                for filler in part.objects(node, OWL.onClass, OWL.onDataRange):
                    whole = (*whole, " ", *expression(part, filler))
                return whole
    return (Word("unnamed"),)


def joined(part: Part, head: Any, separator: Word | str) -> Expression:
    """The members of an RDF list with `separator` between them."""
    pieces: list[Ref | Word | str] = []
    for member in part.members(head):
        if pieces:
            pieces += [" ", separator, " "]
        inner = expression(part, member)
        pieces += inner if len(inner) == 1 else ("(", *inner, ")")
    return tuple(pieces)


def chain(part: Part, head: Any) -> Expression:
    """A chain of properties."""
    return joined(part, head, "∘")
