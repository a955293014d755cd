"""Reads the terms of an ontology and the modules that define them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

import pyoxigraph as ox

from miit_graph.export.docs.expressions import chain, expression
from miit_graph.export.docs.graph import Part, Parts, iri, local_name
from miit_graph.export.docs.model import Axiom, Expression, Module, Note, Ref, Term
from miit_graph.vocabulary import DCT, OWL, RDF, RDFS, SKOS

KINDS: Final = {
    OWL.Class: "class",
    RDFS.Class: "class",
    OWL.ObjectProperty: "object",
    OWL.DatatypeProperty: "datatype",
    OWL.AnnotationProperty: "annotation",
    RDF.Property: "property",
    RDFS.Datatype: "type",
    OWL.NamedIndividual: "individual",
}
"""Types that make something a term, and the kind of term that it is."""

TRAITS: Final = {
    OWL.FunctionalProperty: "functional",
    OWL.InverseFunctionalProperty: "inverse-functional",
    OWL.TransitiveProperty: "transitive",
    OWL.SymmetricProperty: "symmetric",
    OWL.AsymmetricProperty: "asymmetric",
    OWL.ReflexiveProperty: "reflexive",
    OWL.IrreflexiveProperty: "irreflexive",
}
_NOTES: Final = {
    SKOS.scopeNote: "scope-note",
    SKOS.example: "example-note",
    SKOS.note: "note",
    RDFS.comment: "note",
    SKOS.editorialNote: "editorial-note",
    SKOS.historyNote: "history-note",
    SKOS.changeNote: "change-note",
}


class TermReader:
    """Reads terms out of one part of a dataset (the ontology, or the alignments)."""

    def __init__(self, parts: Parts, part: Part, own_namespaces: tuple[str, ...]) -> None:
        self._parts = parts
        self._part = part
        self._own = own_namespaces
        self._reasons = part.reasons()
        self._disjoint = self._read_disjoint()
        self._schemes = self._read_schemes()
        self._subs: dict[str, list[str]] = defaultdict(list)
        for predicate in (RDFS.subClassOf, RDFS.subPropertyOf):
            for sub, above in part.pairs(predicate):
                if isinstance(sub, ox.NamedNode) and isinstance(above, ox.NamedNode):
                    self._subs[above.value].append(sub.value)

    def terms(self) -> list[Term]:
        """All terms that the part declares, by their IRIs."""
        return [self._term(ox.NamedNode(name)) for name in self._part.instances(*KINDS)]

    def _term(self, node: ox.NamedNode) -> Term:
        part = self._part
        types = part.iris(node, RDF.type)
        own = node.value.startswith(self._own)
        name = self._parts.short(node.value)
        inverses = set(part.iris(node, OWL.inverseOf))
        inverses |= {n.value for n in part.subjects(OWL.inverseOf, node) if isinstance(n, ox.NamedNode)}
        return Term(
            iri=node.value,
            name=name,
            anchor=local_name(node.value) if own else name.strip("<>"),
            own=own,
            kind=next(kind for known, kind in KINDS.items() if known in types),
            traits=tuple(trait for known, trait in TRAITS.items() if known in types),
            label=part.texts(node, RDFS.label, SKOS.prefLabel) or self._parts.label(node),
            definition=part.texts(node, SKOS.definition, DCT.description),
            notes=tuple(Note(kind, texts) for known, kind in _NOTES.items() if (texts := part.texts(node, known))),
            module=next(iter(part.iris(node, RDFS.isDefinedBy)), None),
            supers=self._expressions(node, RDFS.subClassOf, RDFS.subPropertyOf),
            subs=tuple(sorted(self._subs[node.value])),
            equivalents=self._expressions(node, OWL.equivalentClass, OWL.equivalentProperty),
            disjoint=tuple(self._disjoint.get(node.value, ())),
            inverses=tuple(sorted(inverses)),
            chains=tuple(chain(part, head) for head in part.objects(node, OWL.propertyChainAxiom)),
            domain=self._expressions(node, RDFS.domain),
            range=self._expressions(node, RDFS.range),
            schemes=tuple(self._schemes.get(node.value, ())),
            deprecated=part.literal(node, OWL.deprecated) in ("true", "1"),
            replaced_by=tuple(part.iris(node, DCT.isReplacedBy)),
            since=self._since(node),
            see_also=tuple(part.iris(node, RDFS.seeAlso)),
        )

    def _expressions(self, node: ox.NamedNode, *predicates: str) -> tuple[Expression, ...]:
        return tuple(expression(self._part, value) for value in self._part.objects(node, *predicates))

    def _since(self, node: ox.NamedNode) -> str | None:
        """The version or day of a term's first publication, by whatever property says so."""
        given = [str(o.value) for p, o in self._part.about(node) if local_name(p) == "since"]
        return given[0] if given else self._part.literal(node, OWL.versionInfo, DCT.issued, DCT.created)

    def _read_schemes(self) -> dict[str, list[str]]:
        """Property → the code lists that an annotation of it names."""
        schemes = {*self._parts.codes.instances(SKOS.ConceptScheme)}
        found: dict[str, list[str]] = defaultdict(list)
        for name in schemes:
            for quad in self._part.store.quads_for_pattern(None, None, iri(name), None):
                if isinstance(quad.subject, ox.NamedNode):
                    found[quad.subject.value].append(name)
        return found

    def _read_disjoint(self) -> dict[str, list[Axiom]]:
        found: dict[str, list[Axiom]] = defaultdict(list)
        for group, reason in self._disjoint_groups():
            for node in group:
                others = tuple(Ref(other.value) for other in group if other != node)
                if isinstance(node, ox.NamedNode) and others:
                    found[node.value].append(Axiom(others, reason))
        return found

    def _disjoint_groups(self) -> Iterator[tuple[list[Any], dict[str, str]]]:
        for predicate in (OWL.disjointWith, OWL.propertyDisjointWith):
            for one, other in self._part.pairs(predicate):
                yield [one, other], self._reasons.get((one, iri(predicate), other), {})
        for kind in (OWL.AllDisjointClasses, OWL.AllDisjointProperties):
            for axiom in self._part.subjects(RDF.type, iri(kind)):
                for head in self._part.objects(axiom, OWL.members):
                    members = [n for n in self._part.members(head) if isinstance(n, ox.NamedNode)]
                    yield members, self._part.texts(axiom, RDFS.comment)


def read_modules(part: Part) -> list[Module]:
    """The headers of all ontologies in `part`, by IRI."""
    return [_module(part, ox.NamedNode(name)) for name in part.instances(OWL.Ontology)]


def _module(part: Part, node: ox.NamedNode) -> Module:
    return Module(
        iri=node.value,
        anchor=f"module-{local_name(node.value)}",
        title=part.texts(node, DCT["title"], RDFS.label, SKOS.prefLabel) or {"": local_name(node.value)},
        description=part.texts(node, DCT.description, RDFS.comment, SKOS.definition),
        version=part.literal(node, OWL.versionInfo),
        version_iri=next(iter(part.iris(node, OWL.versionIRI)), None),
        issued=part.literal(node, DCT.modified) or part.literal(node, DCT.issued),
        license=next(iter(part.iris(node, DCT.license)), None),
        creator=part.texts(node, DCT.creator),
    )
