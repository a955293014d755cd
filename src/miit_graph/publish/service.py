"""The endpoint in SPARQL 1.1 Service Description: languages, formats, features, default dataset, named graphs."""

from __future__ import annotations

from miit_graph.engine import formats
from miit_graph.publish.published import Published
from miit_graph.publish.triples import Triples, link, number, short, texts
from miit_graph.publish.void import Places
from miit_graph.vocabulary import RDF, RDFS, SD, VOID, M

FUNCTIONS = {
    M.matches: {
        "en": "matches(text, question): whether the search would find a thing by this name.",
        "zh": "matches(文本, 问题)：按此名称搜索能否找到相应事物。",
    },
    M.matchScore: {
        "en": "matchScore(text, question): how well the name matches, from 0 (not at all) to 1 (exactly).",
        "zh": "matchScore(文本, 问题)：名称的匹配程度，从 0（不匹配）到 1（完全一致）。",
    },
    M.searchKey: {
        "en": "searchKey(text): the text without differences of width, case, diacritics, script and punctuation.",
        "zh": "searchKey(文本)：去除全半角、大小写、变音符号、繁简与标点差异后的文本。",
    },
}
"""The functions beyond those of SPARQL 1.1 (see `miit_graph.matching.functions`), and what they do."""
_SIMPLE = "http://www.w3.org/ns/entailment/Simple"


def describe(published: Published, places: Places, *, federated: bool = False) -> Triples:
    """The service as triples; ``federated`` says whether it takes SERVICE (SPARQL 1.1 Federated Query)."""
    service, dataset, default = places.endpoint, places.dataset, f"{places.document}#default-graph"
    yield link(service, RDF.type, SD.Service)
    yield link(service, SD.endpoint, places.endpoint)
    yield link(service, SD.supportedLanguage, SD.SPARQL11Query)
    for offered in (*formats.TABLES, *formats.GRAPHS):
        yield link(service, SD.resultFormat, offered.iri)
    for function, said in FUNCTIONS.items():
        yield link(service, SD.extensionFunction, function)
        yield link(function, RDF.type, SD.Function)
        yield from texts(function, RDFS.comment, said)
    if published.union:
        yield link(service, SD.feature, SD.UnionDefaultGraph)
    if federated:
        yield link(service, SD.feature, SD.BasicFederatedQuery)
    # What reasoning adds is written out in the data; answers are by simple entailment over that.
    yield link(service, SD.defaultEntailmentRegime, _SIMPLE)
    yield link(service, SD.defaultDataset, dataset)
    yield link(service, SD.availableGraphs, dataset)
    yield link(dataset, RDF.type, SD.Dataset)
    yield link(dataset, RDF.type, SD.GraphCollection)
    yield link(dataset, VOID.sparqlEndpoint, places.endpoint)
    yield link(dataset, SD.defaultGraph, default)
    yield link(default, RDF.type, SD.Graph)
    yield from number(default, VOID.triples, published.triples)
    for graph, triples in published.graphs:
        named = f"{places.document}#named-{short(graph)}"
        yield link(dataset, SD.namedGraph, named)
        yield link(named, RDF.type, SD.NamedGraph)
        yield link(named, SD.name, graph)
        yield link(named, SD.graph, graph)
        yield link(graph, RDF.type, SD.Graph)
        yield from number(graph, VOID.triples, triples)
