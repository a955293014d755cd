"""The endpoint through the libraries people use."""

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, JSON, JSONLD, N3, RDFXML, TSV, TURTLE, XML, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

EX = "http://example.org/"
LABELS = f"SELECT ?o {{ <{EX}miit> <{EX}label> ?o }}"


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("returns", ["xml", "json"])
def test_rdflib_sparql_store(client, method, returns):
    graph = Graph(SPARQLStore(client.address, method=method, returnFormat=returns))
    assert {row.o for row in graph.query(LABELS)} == {Literal("MIIT", "en"), Literal("工业和信息化部", "zh")}
    assert set(graph.objects(URIRef(EX + "miit"), URIRef(EX + "founded"))) == {Literal(2008)}
    assert graph.query("ASK {}").askAnswer is True


def test_rdflib_sparql_store_gets_graphs(client):
    graph = Graph(SPARQLStore(client.address))
    assert len(graph.query(f"DESCRIBE <{EX}miit>").graph) == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("returns", [JSON, XML, CSV, TSV])
def test_sparqlwrapper_tables(client, method, returns):
    wrapper = SPARQLWrapper(client.address)
    wrapper.setMethod(method)
    wrapper.setReturnFormat(returns)
    wrapper.setQuery(LABELS)
    result = wrapper.queryAndConvert()
    text = (
        result
        if isinstance(result, str)
        else result.decode()
        if isinstance(result, bytes)
        else (result.toxml() if returns == XML else str(result))
    )
    assert "工业和信息化部" in text


@pytest.mark.parametrize("returns", [RDFXML, XML, TURTLE, N3, JSONLD])
def test_sparqlwrapper_graphs(client, returns):
    wrapper = SPARQLWrapper(client.address)
    wrapper.setReturnFormat(returns)
    wrapper.setQuery(f"CONSTRUCT WHERE {{ <{EX}miit> ?p ?o }}")
    result = wrapper.queryAndConvert()
    assert (len(result) == 3) if isinstance(result, Graph) else ("工业和信息化部" in result.decode())


def test_sparqlwrapper_understands_a_syntax_error(client):
    wrapper = SPARQLWrapper(client.address)
    wrapper.setQuery("SELECT * { ?s }")
    with pytest.raises(QueryBadFormed, match="column 15"):
        wrapper.query()
