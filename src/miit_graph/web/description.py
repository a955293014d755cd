"""The service description (SPARQL 1.1 Service Description) with the sizes of the dataset in VoID."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.formats import Format
from miit_graph.vocabulary import DCT, RDF, SD, VOID, XSD
from miit_graph.web.about import About

_PREFIXES = {"sd": str(SD), "void": str(VOID), "dct": str(DCT), "xsd": str(XSD)}
_RDF_FORMATS = {
    formats.TURTLE: ox.RdfFormat.TURTLE,
    formats.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    formats.RDF_XML: ox.RdfFormat.RDF_XML,
    formats.JSON_LD: ox.RdfFormat.JSON_LD,
    formats.TRIG: ox.RdfFormat.TRIG,
    formats.N_QUADS: ox.RdfFormat.N_QUADS,
}
_Node = ox.NamedNode | ox.BlankNode


def describe(about: About, endpoint: str, format: Format) -> bytes:
    """The description of the service at the IRI ``endpoint``, in one of the graph formats."""
    content = ox.serialize(_triples(about, endpoint), format=_RDF_FORMATS[format], prefixes=_PREFIXES)
    assert content is not None  # it is only None when written to a file
    return content


def _triples(about: About, endpoint: str) -> Iterator[ox.Triple]:
    service, dataset, default = ox.NamedNode(endpoint), ox.BlankNode("dataset"), ox.BlankNode("default")
    yield _link(service, RDF.type, SD.Service)
    yield _link(service, SD.endpoint, endpoint)
    yield _link(service, SD.supportedLanguage, SD.SPARQL11Query)
    for offered in (*formats.TABLES, *formats.GRAPHS):
        yield _link(service, SD.resultFormat, offered.iri)
    if about.union:
        yield _link(service, SD.feature, SD.UnionDefaultGraph)
    yield _triple(service, SD.defaultDataset, dataset)

    yield _link(dataset, RDF.type, SD.Dataset)
    yield _link(dataset, RDF.type, VOID.Dataset)
    for language, text in sorted(about.title.items()):
        yield _triple(dataset, DCT["title"], ox.Literal(text, language=language))
    yield _link(dataset, VOID.sparqlEndpoint, endpoint)
    if about.built:
        yield _triple(dataset, DCT.modified, ox.Literal(about.built, datatype=ox.NamedNode(XSD.dateTime)))
    yield from _size(dataset, about.triples)
    yield _triple(dataset, SD.defaultGraph, default)

    yield _link(default, RDF.type, SD.Graph)
    yield from _size(default, about.triples)
    for number, item in enumerate(about.classes):
        partition = ox.BlankNode(f"class{number}")
        yield _triple(default, VOID.classPartition, partition)
        yield _link(partition, VOID["class"], item.iri)
        if item.count is not None:
            yield _triple(partition, VOID.entities, ox.Literal(item.count))
    for number, item_graph in enumerate(about.graphs):
        named, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        yield _triple(dataset, SD.namedGraph, named)
        yield _link(named, RDF.type, SD.NamedGraph)
        yield _link(named, SD.name, item_graph.iri)
        yield _triple(named, SD.graph, graph)
        yield _link(graph, RDF.type, SD.Graph)
        yield from _size(graph, item_graph.triples)


def _size(subject: _Node, triples: int | None) -> Iterator[ox.Triple]:
    if triples is not None:
        yield _triple(subject, VOID.triples, ox.Literal(triples))


def _link(subject: _Node, predicate: str, target: str) -> ox.Triple:
    return _triple(subject, predicate, ox.NamedNode(target))


def _triple(subject: _Node, predicate: str, value: _Node | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), value)
