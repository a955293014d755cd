"""Shapes are aimed at nodes with an answer only where that changes nothing; the rest is left alone."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from rdflib import Graph, Namespace, URIRef

from miit_graph.build.narrow import narrow

E, SH = Namespace("http://e/"), Namespace("http://www.w3.org/ns/shacl#")
DATA = """@prefix e: <http://e/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
e:Small rdfs:subClassOf e:Thing .
e:good a e:Thing ; e:size 1 . e:bad a e:Small ; e:size 9 . e:other e:size 9 ; e:knows e:good ."""
SHAPE = """@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://e/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
e:shape a sh:NodeShape ; sh:targetClass e:Thing ; sh:severity sh:Warning ; sh:sparql e:big .
e:big sh:message "big" ; sh:select '''%s''' ."""
BIG = "SELECT $this WHERE { $this <http://e/size> ?n FILTER(?n > 5) }"


def targets(select: str, more: str = "", data: str = DATA) -> set[tuple[str, str]]:
    """What the shape is aimed at after narrowing."""
    store = ox.Store()
    store.load(data, format=ox.RdfFormat.TURTLE)
    narrowed = narrow(store, Graph().parse(data=SHAPE % select + more, format="turtle"))
    shapes = Graph().parse(data=narrowed, format="nt")
    return {
        (predicate.removeprefix(SH), value.removeprefix(E))
        for predicate, value in shapes.predicate_objects(URIRef(E.shape))
        if isinstance(value, URIRef) and predicate.startswith(SH.target)
    }


LEFT_ALONE = {("targetClass", "Thing")}


@pytest.mark.parametrize(
    "select",
    [
        BIG,
        "PREFIX e: <http://e/> SELECT $this ?n { $this e:size ?n . FILTER NOT EXISTS { $this e:size 1 } }",
        "SELECT $this { FILTER EXISTS { { $this <http://e/size> 9 } UNION { $this <http://e/none> 9 } } }",
        "SELECT $this { OPTIONAL { $this <http://e/size> ?n } FILTER(?n = 9) # not { UNION\n }",
    ],
)
def test_nodes_with_an_answer_are_left(select: str) -> None:
    assert targets(select) == {("targetNode", "bad")}


def test_each_kind_of_target_counts() -> None:
    more = " e:shape sh:targetSubjectsOf e:knows ; sh:targetObjectsOf e:knows ; sh:targetNode e:nothing ."
    assert targets(BIG, more) == {("targetNode", "bad"), ("targetNode", "other")}


def test_prefixes_of_the_shapes_are_known() -> None:
    more = ' e:big sh:prefixes e:ns . e:ns sh:declare [ sh:prefix "e" ; sh:namespace "http://e/" ] .'
    assert targets("SELECT $this { $this e:size 9 }", more) == {("targetNode", "bad")}


@pytest.mark.parametrize(
    "select",
    [
        "SELECT $this { { FILTER($this = <http://e/bad>) } UNION { $this <http://e/size> 9 } }",
        "SELECT $this { OPTIONAL { BIND($this AS ?n) } FILTER(BOUND(?n)) }",
        "SELECT $this { { SELECT $this { $this <http://e/size> ?n } LIMIT 1 } }",
        "SELECT $this (COUNT(?n) AS ?c) { $this <http://e/size> ?n } GROUP BY $this",
        "SELECT $this { $this $PATH ?n }",
        "SELECT $this { $this <http://e/size> ?n ; }}",
        "SELECT ?n { $this <http://e/size> ?n }",
        "SELECT $this { $this unknown:size ?n }",
    ],
)
def test_what_could_mean_something_else_is_left_alone(select: str) -> None:
    assert targets(select) == LEFT_ALONE


@pytest.mark.parametrize(
    "more",
    [
        " e:shape sh:nodeKind sh:IRI .",
        " e:shape sh:property [ sh:path e:size ; sh:maxCount 1 ] .",
        " e:shape a owl:Class .",
        " e:shape sh:target [ sh:select 'x' ] .",
    ],
)
def test_a_shape_with_other_constraints_is_left_alone(more: str) -> None:
    assert targets(BIG, more) >= LEFT_ALONE


def test_blank_nodes_cannot_be_named() -> None:
    assert targets(BIG, data=DATA + " [] a e:Thing ; e:size 9 .") == LEFT_ALONE
