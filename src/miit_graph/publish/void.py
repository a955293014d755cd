"""The dataset in the Vocabulary of Interlinked Datasets (VoID): sizes, partitions, links, where to get it.

Every part has an IRI of its own below that of the description, so that two descriptions of one version are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from miit_graph.engine import formats
from miit_graph.publish.profile import Profile, Uses
from miit_graph.publish.published import Published
from miit_graph.publish.triples import Triples, link, number, short, texts, value
from miit_graph.vocabulary import DCT, FOAF, RDF, RDFS, VOID, XSD, Namespace

_EXTENSION = Namespace("http://ldf.fi/void-ext#")


_COUNTED = {
    "en": "The figures are those of the data; this description itself is not counted.",
    "zh": "所列数字只计数据，不计本描述自身。",
}


_CLASSES = {
    VOID.Dataset: {"en": "dataset", "zh": "数据集"},
    VOID.DatasetDescription: {"en": "description of a dataset", "zh": "数据集描述"},
    VOID.Linkset: {"en": "linkset", "zh": "链接集"},
}
"""What the classes are called: VoID itself has no Chinese names."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the dataset can be had: absolute addresses. ``document`` is the IRI of the description."""

    document: str
    home: str
    endpoint: str
    dumps: tuple[str, ...] = ()

    @classmethod
    def below(cls, document: str, root: str, dumps: Iterable[str]) -> Self:
        """Everything below one root address, which ends in a slash; ``dumps`` are names of files."""
        return cls(document, root, f"{root}sparql", tuple(f"{root}dump/{name}" for name in dumps))

    @property
    def dataset(self) -> str:
        """The IRI of the dataset."""
        return f"{self.document}#dataset"


def describe(published: Published, profile: Profile, places: Places) -> Triples:
    """The description as triples."""
    this = places.dataset
    for kind, called in _CLASSES.items():
        yield from texts(kind, RDFS.label, called)
    yield link(places.document, RDF.type, VOID.DatasetDescription)
    yield link(places.document, FOAF.primaryTopic, this)
    yield from texts(places.document, DCT["title"], published.title)
    yield from texts(places.document, RDFS.comment, _COUNTED)
    yield link(this, RDF.type, VOID.Dataset)
    yield from texts(this, DCT["title"], published.title)
    yield from texts(this, DCT.description, published.description)
    if published.license:
        yield link(this, DCT.license, published.license)
    yield link(this, FOAF.homepage, places.home)
    yield link(this, VOID.sparqlEndpoint, places.endpoint)
    for dump in places.dumps:
        yield link(this, VOID.dataDump, dump)
    for offered in formats.GRAPHS:
        yield link(this, VOID.feature, offered.iri)
    if published.base:
        yield value(this, VOID.uriSpace, published.base)
    for example in profile.examples:
        yield link(this, VOID.exampleResource, example)
    for vocabulary in profile.vocabularies:
        yield link(this, VOID.vocabulary, vocabulary)
    yield from _figures(profile, this)
    yield from _partitions(profile, places)
    yield from _linksets(profile, places)
    for graph, triples in published.graphs:
        yield link(this, VOID.subset, graph)
        yield link(graph, RDF.type, VOID.Dataset)
        yield from number(graph, VOID.triples, triples)


def release(published: Published, places: Places) -> Triples:
    """Which version this is, and of when. A build leaves it out: a hash can't be part of what it is of."""
    if published.version:
        yield value(places.dataset, DCT.identifier, published.version)
    if published.modified:
        yield value(places.dataset, DCT.modified, published.modified, XSD.dateTime)


def _figures(profile: Profile, this: str) -> Triples:
    yield from number(this, VOID.triples, profile.triples)
    yield from number(this, VOID.distinctSubjects, profile.subjects)
    yield from number(this, VOID.distinctObjects, profile.objects)
    yield from number(this, VOID.classes, len(profile.classes) or None)
    yield from number(this, VOID.properties, len(profile.properties) or None)


def _partitions(profile: Profile, places: Places) -> Triples:
    for kind, members in profile.classes:
        part = f"{places.document}#class-{short(kind)}"
        yield link(places.dataset, VOID.classPartition, part)
        yield link(part, VOID["class"], kind)
        yield from number(part, VOID.entities, members)
    for name, triples, subjects, objects in profile.properties:
        part = f"{places.document}#property-{short(name)}"
        yield link(places.dataset, VOID.propertyPartition, part)
        yield link(part, VOID.property, name)
        yield from number(part, VOID.triples, triples)
        yield from number(part, VOID.distinctSubjects, subjects)
        yield from number(part, VOID.distinctObjects, objects)
    for uses in profile.uses:
        yield from _uses(uses, places.document)


def _uses(uses: Uses, document: str) -> Triples:
    part = f"{document}#use-{short(uses.subject_class, uses.property)}"
    yield link(f"{document}#class-{short(uses.subject_class)}", VOID.propertyPartition, part)
    yield link(part, VOID.property, uses.property)
    yield from number(part, VOID.triples, uses.triples)
    for kind, triples in uses.classes:
        inner = f"{document}#value-{short(uses.subject_class, uses.property, kind)}"
        yield link(part, VOID.classPartition, inner)
        yield link(inner, VOID["class"], kind)
        yield from number(inner, VOID.triples, triples)
    for datatype, triples in uses.datatypes:
        inner = f"{document}#literal-{short(uses.subject_class, uses.property, datatype)}"
        yield link(part, _EXTENSION.datatypePartition, inner)
        yield link(inner, _EXTENSION.datatype, datatype)
        yield from number(inner, VOID.triples, triples)


def _linksets(profile: Profile, places: Places) -> Triples:
    for found in profile.linksets:
        name = f"{places.document}#links-{short(found.predicate, found.target)}"
        target = f"{places.document}#target-{short(found.target)}"
        yield link(places.dataset, VOID.subset, name)
        yield link(name, RDF.type, VOID.Linkset)
        yield link(name, VOID.linkPredicate, found.predicate)
        yield link(name, VOID.subjectsTarget, places.dataset)
        yield link(name, VOID.objectsTarget, target)
        yield from number(name, VOID.triples, found.triples)
        yield link(target, RDF.type, VOID.Dataset)
        yield value(target, VOID.uriSpace, found.target)
