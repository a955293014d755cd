"""The dataset for data catalogues (DCAT 2): the dataset, a distribution per dump, the endpoint as a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from miit_graph.publish.published import Published
from miit_graph.publish.triples import DCAT, SPDX, Triples, link, short, texts, value
from miit_graph.publish.void import Places
from miit_graph.vocabulary import DCT, RDF, RDFS, XSD

_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class Distribution:
    """A file to download; size and SHA-256 once it was made.

    ``format`` is its name by language where the media type is not registered, or is that of other formats, too.
    """

    address: str
    media_type: str
    packed: bool
    size: int | None = None
    sha256: str = ""
    format: Mapping[str, str] = field(default_factory=dict)


_CLASSES = {
    DCAT.Catalog: {"en": "catalogue", "zh": "目录"},
    DCAT.Dataset: {"en": "dataset", "zh": "数据集"},
    DCAT.DataService: {"en": "data service", "zh": "数据服务"},
    DCAT.Distribution: {"en": "distribution", "zh": "数据集发行版"},
}
"""What the classes are called: DCAT itself has no Chinese names."""


def describe(published: Published, places: Places, distributions: tuple[Distribution, ...]) -> Triples:
    """The catalogue entry as triples."""
    for kind, called in _CLASSES.items():
        yield from texts(kind, RDFS.label, called)
    catalogue, service, this = (f"{places.document}#{name}" for name in ("catalogue", "service", "dataset"))
    yield link(catalogue, RDF.type, DCAT.Catalog)
    yield from texts(catalogue, DCT["title"], published.title)
    yield link(catalogue, DCAT.dataset, this)
    yield link(catalogue, DCAT.service, service)
    yield link(this, RDF.type, DCAT.Dataset)
    yield link(this, DCAT.landingPage, places.home)
    if published.version:
        yield value(this, DCAT.version, published.version)
    yield link(service, RDF.type, DCAT.DataService)
    yield from texts(service, DCT["title"], {"en": "SPARQL endpoint", "zh": "SPARQL 端点"})
    yield link(service, DCAT.endpointURL, places.endpoint)
    yield link(service, DCAT.endpointDescription, places.endpoint)
    yield link(service, DCAT.servesDataset, this)
    yield link(service, DCT.conformsTo, "http://www.w3.org/TR/sparql11-protocol/")
    for file in distributions:
        name = f"{places.document}#distribution-{short(file.address.rpartition('/')[2])}"
        yield link(this, DCAT.distribution, name)
        yield link(name, RDF.type, DCAT.Distribution)
        yield link(name, DCAT.downloadURL, file.address)
        yield link(name, DCAT.accessURL, file.address)
        if file.media_type:
            yield link(name, DCAT.mediaType, _MEDIA_TYPES + file.media_type)
        if file.format:
            yield from texts(name, DCT["title"], file.format)
            yield link(name, DCT["format"], f"{name}-format")
            yield link(f"{name}-format", RDF.type, DCT.MediaTypeOrExtent)
            yield from texts(f"{name}-format", RDFS.label, file.format)
        if file.packed:
            yield link(name, DCAT.compressFormat, f"{_MEDIA_TYPES}application/gzip")
        if published.license:
            yield link(name, DCT.license, published.license)
        if file.size is not None:
            yield value(name, DCAT.byteSize, str(file.size), XSD.nonNegativeInteger)
            yield link(name, SPDX.checksum, f"{name}-checksum")
            yield link(f"{name}-checksum", RDF.type, SPDX.Checksum)
            yield link(f"{name}-checksum", SPDX.algorithm, SPDX.checksumAlgorithm_sha256)
            yield value(f"{name}-checksum", SPDX.checksumValue, file.sha256, XSD.hexBinary)
