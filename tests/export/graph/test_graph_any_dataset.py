"""Graphs that know nothing of our ontology: what ``--data`` serves."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from miit_graph.export.graph import FORMATS, OptionError, Options, PropertyGraph, build_graph
from miit_graph.export.graph.source import Source
from tests.export.graph.conftest import READERS, ReadBack, written

PEOPLE = """
@prefix : <http://example.org/people/> .
@prefix ex: <http://example.org/ns#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
ex:Director rdfs:subClassOf ex:Employee ; rdfs:label "director"@en .
:ann a ex:Director , ex:Employee ; foaf:name "Ann" ; foaf:knows :bob , _:somebody , :ann ;
    ex:age 41 ; ex:height 1.75 ; ex:active true ; ex:nick "A|n\\\\n" , "Annie" ; ex:born "1980"^^xsd:gYear ;
    ex:number 123456789012345678901234567890 ; ex:mixed 1 ; ex:exact 0.12345678901234567890123 .
:bob foaf:name "Bob"@en , "鲍勃"@zh-Hans , "Боб"@ru ; foaf:knows :ann ; ex:age 39 ; ex:active false ; ex:mixed "two" ;
    ex:homepage <http://bob.example/> ; ex:height "NaN"^^xsd:double ; ex:别名 "B" .
<http://example.org/caf%C3%A9> a ex:Place .
{ GRAPH } <http://example.org/graph> { :bob foaf:knows :ann , :eve . :eve a ex:Employee . }
"""


@pytest.fixture(scope="module")
def people() -> ox.Store:
    default, named = PEOPLE.split("{ GRAPH }")
    prefixes = "".join(line + "\n" for line in default.splitlines() if line.startswith("@prefix"))
    store = ox.Store()
    store.load(default, format=ox.RdfFormat.TURTLE)
    store.load(prefixes + "GRAPH" + named, format=ox.RdfFormat.TRIG)
    return store


def graph(store: ox.Store, **options: str) -> PropertyGraph:
    return build_graph(Source.read(store), Options.from_strings(options))


def test_nodes_and_edges(people: ox.Store) -> None:
    found = graph(people)
    base = "http://example.org/"
    assert {node.id for node in found.nodes} == {
        *(base + "people/" + name for name in ("ann", "bob", "eve")),
        base + "caf%C3%A9",
        "http://bob.example/",
    }
    knows = sorted((e.source[-3:], e.target[-3:]) for e in found.edges if e.kind.name == "foaf:knows")
    assert knows == [("ann", "ann"), ("ann", "bob"), ("bob", "ann"), ("bob", "eve")]
    assert all(edge.values["origin"] == "stated" for edge in found.edges)
    ann, bob, eve = (next(n for n in found.nodes if n.id.endswith(name)) for name in ("ann", "bob", "eve"))
    assert (ann.label, bob.label, eve.label) == ("Ann", "Bob", "eve")
    assert (bob.values["label_en"], bob.values["label_zh"]) == ("Bob", "鲍勃")
    assert bob.values["foaf_name_ru"] == "Боб"
    assert ann.kind.label == "director" and ann.values["kind"] == "http://example.org/ns#Director"
    assert next(n for n in found.nodes if "caf" in n.id).label == "café"


def test_types_of_columns(people: ox.Store) -> None:
    found = graph(people)
    types = {column.name: column.type for column in found.node_columns}
    assert {name: types[name] for name in types if name.startswith("ns_")} == {
        "ns_age": "integer",
        "ns_active": "boolean",
        "ns_height": "string",  # NaN has no place in JSON
        "ns_nick": "list",
        "ns_born": "string",
        "ns_number": "string",  # JavaScript can't hold it
        "ns_mixed": "string",
        "ns_exact": "string",  # nor can a double
        "ns_别名": "string",
    }
    (ann,) = (node for node in found.nodes if node.id.endswith("ann"))
    assert ann.values["ns_age"] == 41 and ann.values["ns_active"] is True
    assert ann.values["ns_nick"] == ("Annie", "A|n\\n")
    assert ann.values["ns_number"] == "123456789012345678901234567890"


@pytest.mark.parametrize("reader", READERS)
def test_read_back(reader: str, people: ox.Store, read_back: ReadBack) -> None:
    read = read_back(reader, people, Options())
    found = graph(people)
    assert set(read.nodes) == {node.id for node in found.nodes}
    expected = sorted((edge.source, edge.values["predicate"], edge.target) for edge in found.edges)
    assert sorted((s, values["predicate"], t) for s, t, values in read.edges.values()) == expected
    nick = read.nodes["http://example.org/people/ann"]["ns_nick"]
    typed = reader in ("cyjs by cytoscape.js", "graphology json by graphology")
    assert nick == (["Annie", "A|n\\n"] if typed else "Annie | A\\|n\\\\n")


def test_an_ontology_alone_is_shown() -> None:
    store = ox.Store()
    store.load(
        "@prefix ex: <http://e/> . @prefix owl: <http://www.w3.org/2002/07/owl#> . "
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
        "ex:A a owl:Class . ex:B a owl:Class ; rdfs:subClassOf ex:A . ex:p a owl:ObjectProperty ; rdfs:domain ex:A .",
        format=ox.RdfFormat.TURTLE,
    )
    found = graph(store)
    assert len(found.nodes) == 3 and {e.kind.name for e in found.edges} == {"rdfs:subClassOf", "rdfs:domain"}


def test_a_thesaurus_is_shown() -> None:
    store = ox.Store()
    store.load(
        "@prefix ex: <http://e/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . "
        "ex:a a skos:Concept ; skos:broader ex:b . ex:b a skos:Concept .",
        format=ox.RdfFormat.TURTLE,
    )
    assert len(graph(store).nodes) == 2


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_dataset(name: str) -> None:
    assert written(ox.Store(), name)
    with pytest.raises(OptionError):
        written(ox.Store(), name, root="x")


def test_classes_that_are_each_others_subclasses() -> None:
    store = ox.Store()
    store.load(
        "@prefix ex: <http://e/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
        "ex:A rdfs:subClassOf ex:B . ex:B rdfs:subClassOf ex:A . ex:x a ex:A , ex:B .",
        format=ox.RdfFormat.TURTLE,
    )
    assert graph(store).nodes[0].kind.iri == "http://e/A"


def test_columns_with_the_same_short_name() -> None:
    store = ox.Store()
    store.load(
        '<http://e/x> a <http://e/T> ; <http://one/ns#a-b> "1" ; <http://two/ns#a_b> "2" ; <http://e/label#en> "3" .',
        format=ox.RdfFormat.TURTLE,
    )
    found = graph(store)
    values = {c.meaning: found.nodes[0].values[c.name] for c in found.node_columns if c.meaning.startswith("http")}
    assert values == {"http://one/ns#a-b": "1", "http://two/ns#a_b": "2", "http://e/label#en": "3"}
