"""The project's ontology, codes and data as one OWL 2 DL ontology, and a check that it is one.

The authored graph says a little more than OWL 2 DL can. The view changes exactly this (OWL 2 Structural
Specification = SS, Mapping to RDF Graphs = MR):

* Left out: the graphs of shapes (SHACL is not OWL) and of derivations, and the triples with ``rdf:subject``,
  ``rdf:predicate``, ``rdf:object`` or under ``rdf:Statement``. These are reserved vocabulary, which no DL axiom may use
  (SS 2.4). They speak about triples, so nothing that a DL reasoner could conclude depends on them.
* Left out: the headers of the modules. One document has one ontology header (MR 3.1.2); that of the whole stays.
* Renamed: ``owl:Axiom`` nodes have IRIs in the files, so that each reason has an address; DL has blank nodes (MR 3.2).
* Datatypes outside OWL's datatype map (SS 4): a ``xsd:date`` becomes the ``xsd:dateTime`` of its midnight in UTC, other
  ones become ``xsd:string``, each in literals and ranges. Different values stay different, so a contradiction
  stays one. ``rdf:langString`` as a range is written ``rdf:PlainLiteral``, OWL's name for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from miit_graph.build.pipeline import Assembled
from miit_graph.build.sources import Project
from miit_graph.vocabulary import OWL, RDF, RDFS, XSD

Triples = list[ox.Triple]

TYPE = ox.NamedNode(RDF.type)
REIFICATION = {ox.NamedNode(RDF[name]) for name in ("subject", "predicate", "object")}
STATEMENT = ox.NamedNode(RDF.Statement)
ONTOLOGY = ox.NamedNode(OWL.Ontology)
AXIOM = ox.NamedNode(OWL.Axiom)

OWL_DATATYPES = {
    *(
        XSD[name]
        for name in [
            "decimal",
            "integer",
            "nonNegativeInteger",
            "nonPositiveInteger",
            "positiveInteger",
            "negativeInteger",
            "long",
            "int",
            "short",
            "byte",
            "unsignedLong",
            "unsignedInt",
            "unsignedShort",
            "unsignedByte",
            "double",
            "float",
            "string",
            "normalizedString",
            "token",
            "language",
            "Name",
            "NCName",
            "NMTOKEN",
            "boolean",
            "hexBinary",
            "base64Binary",
            "anyURI",
            "dateTime",
            "dateTimeStamp",
        ]
    ),
    RDF.PlainLiteral,
    RDF.XMLLiteral,
    RDF.langString,  # of the literals themselves, which OWL reads as plain literals
    RDFS.Literal,
    OWL.real,
    OWL.rational,
}


def dl_view(project: Project, assembled: Assembled) -> Triples:
    """The view's triples, sorted; the same input gives the same list but for the names of blank nodes."""
    left_out = {ox.NamedNode(file.graph) for file in assembled.files if file.role == "shapes"}
    left_out |= {ox.NamedNode(project.graph(name)) for name in ("derivations", "inferred")}
    triples = {quad.triple for quad in assembled.store if quad.graph_name not in left_out}
    whole = ox.NamedNode(f"{project.base}ont")
    modules = {t.subject for t in triples if t.predicate == TYPE and t.object == ONTOLOGY} - {whole}
    axioms = {t.subject for t in triples if t.predicate == TYPE and t.object == AXIOM}
    names = {node: ox.BlankNode(f"axiom{number}") for number, node in enumerate(sorted(axioms, key=str))}
    return sorted(
        (
            ox.Triple(names.get(t.subject, t.subject), t.predicate, _datatype(t.object))
            for t in triples
            if t.predicate not in REIFICATION and t.object != STATEMENT and t.subject not in modules
        ),
        key=str,
    )


def _datatype(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """`term`, or its counterpart with a datatype that OWL 2 DL knows."""
    if isinstance(term, ox.Literal):
        if term.datatype.value in OWL_DATATYPES:
            return term
        if term.datatype.value == XSD.date:
            return ox.Literal(f"{term.value}T00:00:00Z", datatype=ox.NamedNode(XSD.dateTime))
        return ox.Literal(term.value)
    if isinstance(term, ox.NamedNode):
        if term.value == RDF.langString:
            return ox.NamedNode(RDF.PlainLiteral)
        if term.value == XSD.date:
            return ox.NamedNode(XSD.dateTime)
        if term.value.startswith(XSD) and term.value not in OWL_DATATYPES:
            return ox.NamedNode(XSD.string)
    return term


_KINDS = {
    "class": OWL.Class,
    "object property": OWL.ObjectProperty,
    "data property": OWL.DatatypeProperty,
    "annotation property": OWL.AnnotationProperty,
}
_BUILT_IN_ANNOTATIONS = {
    *(RDFS[name] for name in ("label", "comment", "seeAlso", "isDefinedBy")),
    *(OWL[name] for name in ("versionInfo", "deprecated", "priorVersion", "backwardCompatibleWith")),
}
_SYNTAX = {
    *(RDF[name] for name in ("type", "first", "rest")),
    *(RDFS[name] for name in ("subClassOf", "subPropertyOf", "domain", "range")),
    *(
        OWL[name]
        for name in [
            "versionIRI",
            "equivalentClass",
            "equivalentProperty",
            "disjointWith",
            "inverseOf",
            "propertyChainAxiom",
            "members",
            "annotatedSource",
            "annotatedProperty",
            "annotatedTarget",
        ]
    ),
}
_META = {
    *_KINDS.values(),
    *(
        OWL[name]
        for name in [
            "Ontology",
            "Axiom",
            "AllDisjointClasses",
            "FunctionalProperty",
            "InverseFunctionalProperty",
            "TransitiveProperty",
            "SymmetricProperty",
            "AsymmetricProperty",
            "ReflexiveProperty",
            "IrreflexiveProperty",
        ]
    ),
}
_NEED_SIMPLE = ("FunctionalProperty", "InverseFunctionalProperty", "AsymmetricProperty", "IrreflexiveProperty")
_RESERVED = (RDF, RDFS, OWL, XSD)


def dl_defects(triples: Iterable[ox.Triple]) -> list[str]:
    """Why `triples` are not an OWL 2 DL ontology, as far as the constructs that this project uses are concerned.

    Checks SS 3 and MR 3 (one header, every entity declared, one kind of property per IRI), SS 2.4 (reserved
    vocabulary), SS 4 (datatypes) and SS 11 (simple properties, regular hierarchy). A construct that is not known here,
    such as a class expression, is reported, so that nobody adds one without extending the check.
    """
    triples = list(triples)
    found: list[str] = []
    kinds: dict[str, set[str]] = {name: set() for name in _KINDS}
    by_predicate: dict[str, list[ox.Triple]] = defaultdict(list)
    for t in triples:
        by_predicate[t.predicate.value].append(t)
        if t.predicate == TYPE and isinstance(t.object, ox.NamedNode):
            for name, kind in _KINDS.items():
                if t.object.value == kind and isinstance(t.subject, ox.NamedNode):
                    kinds[name].add(t.subject.value)
    kinds["annotation property"] |= _BUILT_IN_ANNOTATIONS
    properties = [name for name in kinds if name != "class"]
    for number, one in enumerate(properties):
        for two in properties[number + 1 :]:
            found += [f"{iri} is {one} and {two}" for iri in kinds[one] & kinds[two]]
    headers = [t.subject for t in by_predicate[RDF.type] if t.object == ONTOLOGY]
    if len(headers) != 1:
        found.append(f"{len(headers)} ontology headers")
    known = {RDF.Statement, OWL.Thing, OWL.Nothing} | set.union(*kinds.values())
    for t in triples:
        found += _defects_of(t, kinds, known)
    return sorted({*found, *_role_defects(by_predicate)})


def _defects_of(t: ox.Triple, kinds: dict[str, set[str]], known: set[str]) -> list[str]:
    """What is wrong with one triple."""
    found = []
    predicate = t.predicate.value
    values = [term.value for term in (t.subject, t.object) if isinstance(term, ox.NamedNode)]
    if isinstance(t.object, ox.Literal) and t.object.datatype.value not in OWL_DATATYPES:
        found.append(f"datatype {t.object.datatype.value} is not in OWL's datatype map")
    if predicate == RDF.type:
        if isinstance(t.object, ox.BlankNode):
            found.append(f"class expression as type of {t.subject}: unknown to this check")
        elif t.object.value not in _META and t.object.value not in kinds["class"]:
            found.append(f"{t.object.value} is used as a class and is not declared as one")
    elif predicate in _SYNTAX:
        if predicate in (RDFS.subClassOf, OWL.equivalentClass, OWL.disjointWith):
            found += [
                f"{iri} is used as a class and not declared as one" for iri in values if iri not in kinds["class"]
            ]
            if len(values) != 2:
                found.append(f"class expression at {t.subject}: unknown to this check")
        elif predicate == RDFS.range:
            if not isinstance(t.object, ox.NamedNode):
                found.append(f"range of {t.subject} is an expression: unknown to this check")
            elif t.subject.value in kinds["data property"] and t.object.value not in OWL_DATATYPES:
                found.append(f"range {t.object.value} of {t.subject.value} is no datatype that OWL knows")
            elif t.subject.value in kinds["object property"] and t.object.value not in kinds["class"]:
                found.append(f"range {t.object.value} of {t.subject.value} is not declared as a class")
        elif predicate == RDFS.domain and values[-1] not in kinds["class"]:
            found.append(f"domain {values[-1]} is not declared as a class")
        elif predicate in (RDFS.subPropertyOf, OWL.equivalentProperty, OWL.inverseOf):
            of = [{name for name in kinds if iri in kinds[name]} - {"class"} for iri in values]
            if len(of) != 2 or not of[0] or of[0] != of[1]:
                found.append(f"{t} relates properties that are not declared as of one kind")
    elif predicate in kinds["object property"]:
        if isinstance(t.object, ox.Literal):
            found.append(f"object property {predicate} has a literal: {t.object}")
        elif isinstance(t.object, ox.BlankNode) or isinstance(t.subject, ox.BlankNode):
            found.append(f"anonymous individual in {t}")
    elif predicate in kinds["data property"]:
        if not isinstance(t.object, ox.Literal):
            found.append(f"data property {predicate} has no literal: {t.object}")
    elif predicate not in kinds["annotation property"]:
        found.append(f"{predicate} is used as a property and is not declared as one")
    if predicate not in kinds["annotation property"] and not predicate.startswith(OWL.annotated):
        found += [
            f"reserved vocabulary {iri} in {t}"
            for iri in values
            if iri.startswith(_RESERVED) and iri not in _META | OWL_DATATYPES | known | {RDF.nil}
        ]
    return found


def _role_defects(by_predicate: dict[str, list[ox.Triple]]) -> list[str]:
    """Non-simple properties where only simple ones may stand, and chains that come back to themselves (SS 11)."""
    typed = {(t.subject.value, t.object.value) for t in by_predicate[RDF.type] if isinstance(t.object, ox.NamedNode)}
    above: dict[str, set[str]] = defaultdict(set)
    for t in by_predicate[RDFS.subPropertyOf]:
        above[t.subject.value].add(t.object.value)
    for t in (*by_predicate[OWL.equivalentProperty], *by_predicate[OWL.inverseOf]):
        above[t.subject.value].add(t.object.value)
        above[t.object.value].add(t.subject.value)
    lists = {t.subject: t.object for t in by_predicate[RDF.first]}
    rests = {t.subject: t.object for t in by_predicate[RDF.rest]}
    chains: list[tuple[str, list[str]]] = []
    for t in by_predicate[OWL.propertyChainAxiom]:
        node, chain = t.object, []
        while node in lists:
            chain.append(lists[node].value)
            node = rests[node]
        chains.append((t.subject.value, chain))
    composite = {iri for iri, kind in typed if kind == OWL.TransitiveProperty} | {iri for iri, _ in chains}
    while more := {up for iri in composite for up in above[iri]} - composite:
        composite |= more
    found = [
        f"{iri} is {kind} and not simple (transitive, or above a transitive property or a chain)"
        for iri in composite
        for kind in _NEED_SIMPLE
        if (iri, OWL[kind]) in typed
    ]
    upwards: dict[str, set[str]] = defaultdict(set, {iri: set(ups) for iri, ups in above.items()})
    for iri, chain in chains:
        for part in chain[1:] if chain[0] == iri else chain[:-1] if chain[-1] == iri else chain:
            upwards[part].add(iri)
    for iri, chain in chains:
        reached, todo = {iri}, [iri]
        while todo:
            new = upwards[todo.pop()] - reached
            reached |= new
            todo += new
        inner = chain[1:] if chain[0] == iri else chain[:-1] if chain[-1] == iri else chain
        if reached & set(inner):
            found.append(f"the property chain of {iri} leads back to itself")
    return found


def without_annotations(triples: Triples) -> Triples:
    """The triples that a reasoner looks at: annotations mean nothing to it, and make half of the text."""
    annotations = {t.subject for t in triples if t.predicate == TYPE and t.object.value == OWL.AnnotationProperty}
    annotations |= {ox.NamedNode(iri) for iri in _BUILT_IN_ANNOTATIONS}
    axioms = {t.subject for t in triples if t.predicate == TYPE and t.object == AXIOM}
    return [t for t in triples if t.predicate not in annotations and t.subject not in axioms]
