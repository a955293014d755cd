"""Reads the code lists (SKOS concept schemes)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from miit_graph.export.docs.graph import Parts, iri, local_name
from miit_graph.export.docs.model import Concept, Scheme, Term
from miit_graph.export.docs.usage import uses_of_concepts
from miit_graph.vocabulary import OWL, SKOS


def read_schemes(parts: Parts, terms: Iterable[Term]) -> list[Scheme]:
    """All code lists by IRI, each with its codes from the top down and the properties that take values from it."""
    uses = uses_of_concepts(parts)
    properties = [(scheme, term.iri) for term in terms for scheme in term.schemes]
    return [
        _scheme(parts, name, uses, tuple(of for scheme, of in properties if scheme == name))
        for name in parts.codes.instances(SKOS.ConceptScheme)
    ]


def _scheme(parts: Parts, name: str, uses: Mapping[str, int], properties: tuple[str, ...]) -> Scheme:
    codes = parts.codes
    node = iri(name)
    return Scheme(
        iri=name,
        anchor=local_name(name),
        name=parts.short(name),
        label=parts.label(node),
        definition=codes.texts(node, SKOS.definition, SKOS.scopeNote),
        concepts=tuple(_concepts(parts, node, uses)),
        properties=properties,
    )


def _concepts(parts: Parts, scheme: ox.NamedNode, uses: Mapping[str, int]) -> Iterator[Concept]:
    codes = parts.codes
    inside = {*codes.subjects(SKOS.inScheme, scheme), *codes.subjects(SKOS.topConceptOf, scheme)}
    inside |= set(codes.objects(scheme, SKOS.hasTopConcept))
    below: dict[object, list[ox.NamedNode]] = {}
    tops = []
    for node in sorted(inside, key=str):
        above = [other for other in codes.objects(node, SKOS.broader) if other in inside]
        above += [other for other in codes.subjects(SKOS.narrower, node) if other in inside and other not in above]
        for other in above:
            below.setdefault(other, []).append(node)
        if not above:
            tops.append(node)
    seen: set[object] = set()

    def walk(node: ox.NamedNode, depth: int) -> Iterator[Concept]:
        if node in seen:
            return
        seen.add(node)
        yield Concept(
            iri=node.value,
            anchor=local_name(node.value),
            name=parts.short(node.value),
            depth=depth,
            label=parts.label(node),
            definition=codes.texts(node, SKOS.definition, SKOS.scopeNote),
            notation=codes.literal(node, SKOS.notation),
            deprecated=codes.literal(node, OWL.deprecated) in ("true", "1"),
            uses=uses.get(node.value, 0),
        )
        for child in below.get(node, ()):
            yield from walk(child, depth + 1)

    for top in [*tops, *sorted(inside, key=str)]:  # the second half reaches what stands in a circle
        yield from walk(top, 0)
