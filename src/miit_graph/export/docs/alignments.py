"""Reads what the ontology says about other vocabularies: one alignment per file in ontology/alignments/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from miit_graph.export.docs.expressions import chain, expression
from miit_graph.export.docs.graph import Part, Parts, iri
from miit_graph.export.docs.model import Alignment, Correspondence
from miit_graph.export.docs.terms import TermReader, read_modules
from miit_graph.vocabulary import OWL, RDFS, SKOS

RELATIONS: Final = {
    OWL.equivalentClass: "equivalent",
    OWL.equivalentProperty: "equivalent",
    OWL.sameAs: "same",
    RDFS.subClassOf: "is-a",
    RDFS.subPropertyOf: "implies",
    OWL.inverseOf: "inverse-of",
    OWL.propertyChainAxiom: "follows-from",
    SKOS.exactMatch: "exact-match",
    SKOS.closeMatch: "close-match",
    SKOS.broadMatch: "broad-match",
    SKOS.narrowMatch: "narrow-match",
    SKOS.relatedMatch: "related-match",
}
"""Properties that make a mapping, and the word for each; in the order in which they are listed."""


def read_alignments(parts: Parts, own_namespaces: tuple[str, ...]) -> list[Alignment]:
    """All alignments, by the names of their files; a file without a header is left out."""
    found = []
    for part in parts.alignments:
        for header in read_modules(part)[:1]:
            terms = TermReader(parts, part, own_namespaces).terms()
            found.append(Alignment(header, tuple(_mappings(part)), tuple(terms)))
    return found


def _mappings(part: Part) -> Iterator[Correspondence]:
    reasons = part.reasons()
    for relation, word in RELATIONS.items():
        for source, target in part.pairs(relation):
            if isinstance(source, ox.NamedNode):
                shown = chain(part, target) if relation == OWL.propertyChainAxiom else expression(part, target)
                yield Correspondence(source.value, word, shown, reasons.get((source, iri(relation), target), {}))
