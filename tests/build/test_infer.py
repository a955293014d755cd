"""What follows from the ontology: each rule gives what it should, and nothing else gets in."""

from __future__ import annotations

import re
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
import rdflib

from miit_graph.build.infer import Axioms, closure, infer
from miit_graph.build.pipeline import assemble, merge
from miit_graph.build.sources import Project
from miit_graph.vocabulary import FOAF, ORG, OWL, RDF, RDFS, SCHEMA, SKOS, M

D = "https://w3id.org/miit-graph/id/"
PREFIXES = """
@prefix : <https://w3id.org/miit-graph/id/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix m: <https://w3id.org/miit-graph/ont#> .
@prefix c: <https://w3id.org/miit-graph/code/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
Statements = set[tuple[str, str, str]]


def short(term: object) -> str:
    return str(getattr(term, "value", term)).removeprefix(D).removeprefix(RDF)


def store_of(project: Project, **graphs: str) -> ox.Store:
    """A store with the named graphs ``ontology/x``, ``data/x``, ``derived`` and so on, given as Turtle."""
    store = ox.Store()
    for name, text in graphs.items():
        graph = ox.NamedNode(project.graph(name.replace("__", "/")))
        for quad in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE):
            store.add(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    return store


def inferred(store: ox.Store, project: Project) -> set[ox.Triple]:
    return {q.triple for q in store.quads_for_pattern(None, None, None, ox.NamedNode(project.graph("inferred")))}


def run(project: Project, **graphs: str) -> Statements:
    store = store_of(project, **graphs)
    count = infer(store, project)
    found = inferred(store, project)
    assert count == len(found)
    return {(short(t.subject), short(t.predicate), short(t.object)) for t in found}


@pytest.fixture(scope="module")
def whole(project: Project) -> ox.Store:
    """The shipped graph with what follows from it."""
    store = assemble(project).store
    infer(store, project)
    return store


@pytest.mark.parametrize(
    ("ontology", "data", "expected"),
    [
        (":A rdfs:subClassOf :B . :B rdfs:subClassOf :C .", ":x a :A .", "x type B, x type C"),
        (":A owl:equivalentClass :B .", ":x a :A . :y a :B .", "x type B, y type A"),
        (":p rdfs:subPropertyOf :q . :q rdfs:subPropertyOf :r .", ":x :p :y .", "x q y, x r y"),
        (":p owl:equivalentProperty :q .", ":x :p :y . :z :q :y .", "x q y, z p y"),
        (":p owl:inverseOf :q .", ":x :p :y . :x :q :z .", "y q x, z p x"),
        (":p a owl:SymmetricProperty .", ":x :p :y .", "y p x"),
        (":p a owl:TransitiveProperty .", ":x :p :y . :y :p :z . :z :p :u .", "x p z, x p u, y p u"),
        (":r owl:propertyChainAxiom ( :p :q ) .", ":x :p :y . :y :q :z .", "x r z"),
        (":r owl:propertyChainAxiom ( :p :q :p ) .", ":x :p :y . :y :q :z . :z :p :u .", "x r u"),
        # Axioms that work together
        (":p rdfs:subPropertyOf :q . :q owl:inverseOf :r .", ":x :p :y .", "x q y, y r x"),
        (":p owl:inverseOf :q . :q rdfs:subPropertyOf :r .", ":x :p :y .", "y q x, y r x"),
        (":p owl:inverseOf :q . :p rdfs:subPropertyOf :r . :r owl:inverseOf :s .", ":x :q :y .", "y p x, y r x, x s y"),
        (":p rdfs:subPropertyOf :t . :t a owl:TransitiveProperty .", ":x :p :y . :y :p :z .", "x t y, y t z, x t z"),
        (
            ":t a owl:TransitiveProperty ; owl:inverseOf :i .",
            ":x :t :y . :z :i :y .",
            "y i x, y t z, x t z, z i x",
        ),
        (
            ":r owl:propertyChainAxiom ( :p :q ) . :s owl:inverseOf :p . :r rdfs:subPropertyOf :u .",
            ":y :s :x . :y :q :z .",
            "x p y, x r z, x u z",
        ),
        # A circle comes to an end
        (":p a owl:TransitiveProperty .", ":x :p :y . :y :p :x .", "x p x, y p y"),
        (":A rdfs:subClassOf :B . :B rdfs:subClassOf :A .", ":x a :A .", "x type B"),
        # What is not written out
        (":A rdfs:subClassOf owl:Thing , rdfs:Resource .", ":x a :A .", ""),
        (":p rdfs:domain :A ; rdfs:range :B .", ":x :p :y .", ""),
        (":p a owl:FunctionalProperty .", ":x :p :y , :z .", ""),
        (":p owl:inverseOf :q . :s a owl:SymmetricProperty .", ':x :p "text" ; :s "text" .', ""),
        (":A rdfs:subClassOf [ a owl:Restriction ; owl:onProperty :p ; owl:hasValue :y ] .", ":x a :A .", ""),
        # What is known already
        (":A rdfs:subClassOf :B . :p rdfs:subPropertyOf :q .", ":x a :A , :B ; :p :y ; :q :y .", ""),
    ],
)
def test_each_rule_gives_what_it_should(project: Project, ontology: str, data: str, expected: str) -> None:
    found = run(project, ontology__a=ontology, data__a=data)
    assert found == {tuple(statement.split()) for statement in expected.split(", ") if statement}


def test_literals_keep_language_and_datatype(project: Project) -> None:
    store = store_of(
        project, ontology__a=":p rdfs:subPropertyOf :q .", data__a=':x :p "a"@en , "2008-03"^^:month , 3 .'
    )
    infer(store, project)
    before = {q.object for q in store.quads_for_pattern(None, ox.NamedNode(D + "p"), None)}
    assert {t.object for t in inferred(store, project)} == before
    assert len(before) == 3


def test_only_the_ontology_has_axioms_and_only_the_rest_has_facts(project: Project) -> None:
    graphs = {
        "ontology__a": ":A rdfs:subClassOf :B . :term a :A .",
        "shapes__a": ":shape a :A .",
        "derivations": ":record a :A .",
        "data__a": ":x a :A . :C rdfs:subClassOf :D . :y a :C .",
        "codes__a": ":code a :A .",
        "derived": ":d a :A .",
    }
    assert run(project, **graphs) == {("x", "type", "B"), ("code", "type", "B"), ("d", "type", "B")}


def test_from_a_deprecated_fact_nothing_follows_but_its_types(project: Project) -> None:
    found = run(
        project,
        ontology__a=":Tenure rdfs:subClassOf :Fact . :has owl:inverseOf :of . :of rdfs:subPropertyOf :about .",
        data__a=""":live a :Tenure ; :of :x ; m:rank c:rank-normal .
            :dead a :Tenure ; :of :y ; m:rank c:rank-deprecated .""",
    )
    assert found == {
        ("live", "type", "Fact"),
        ("dead", "type", "Fact"),
        ("x", "has", "live"),
        ("live", "about", "x"),
    }


def test_generated_labels_are_no_names(project: Project) -> None:
    found = run(
        project,
        ontology__a="skos:prefLabel a owl:AnnotationProperty ; rdfs:subPropertyOf :name .",
        data__a=':x skos:prefLabel "x"@en .',
        derived=':fact skos:prefLabel "a – b"@en .',
    )
    assert found == {("x", "name", "x")}


def test_a_second_run_changes_nothing(project: Project, whole: ox.Store) -> None:
    before = inferred(whole, project)
    assert infer(whole, project) == len(before)
    assert inferred(whole, project) == before


def test_two_assemblies_give_the_same(project: Project, whole: ox.Store) -> None:
    again = assemble(project).store
    infer(again, project)
    assert inferred(again, project) == inferred(whole, project)


def test_the_shipped_graph_gains_what_is_useful_and_no_noise(project: Project, whole: ox.Store) -> None:
    found = inferred(whole, project)
    elsewhere = {q.triple for q in whole if q.graph_name != ox.NamedNode(project.graph("inferred"))}
    assert found.isdisjoint(elsewhere)
    assert {t.predicate.value for t in found if t.predicate.value.startswith((OWL, RDFS))} == set()
    types = {t.object.value for t in found if t.predicate.value == RDF.type}
    assert {c for c in types if c.startswith((OWL, RDFS))} == set()
    assert {M.Fact, ORG.Organization, FOAF.Agent, SCHEMA.Organization} <= types
    terms = {q.subject for q in whole if q.graph_name.value.startswith(project.graph("ontology/"))}
    assert {t for t in found if t.subject in terms} == set()
    declared = {
        q.subject.value
        for q in whole.quads_for_pattern(None, ox.NamedNode(RDF.type), None)
        if q.object.value in (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    }
    assert types | {t.predicate.value for t in found if t.predicate.value != RDF.type} <= declared | {RDF.Statement}


def test_direct_containment_stays_direct_beside_its_closure(project: Project, whole: ox.Store) -> None:
    direct, closed = ox.NamedNode(ORG.subOrganizationOf), ox.NamedNode(ORG.transitiveSubOrganizationOf)
    found = inferred(whole, project)
    assert {t for t in found if t.predicate == direct} == set()
    served = merge(whole)
    path = {
        (row["x"], row["y"]) for row in served.query(f"SELECT DISTINCT ?x ?y {{ ?x <{ORG.subOrganizationOf}>+ ?y }}")
    }
    assert {(q.subject, q.object) for q in served.quads_for_pattern(None, closed, None)} == path
    assert len(path) > sum(1 for _ in served.quads_for_pattern(None, direct, None))


def test_who_left_a_post_is_no_member(project: Project, whole: ox.Store) -> None:
    served = merge(whole)
    rows = served.query(
        f"SELECT DISTINCT ?p {{ ?p <{M.formerlyHeld}> ?post . FILTER NOT EXISTS {{ ?p <{ORG.holds}> ?any }} }}"
    )
    former = [row["p"] for row in rows]
    assert former
    for person in former:
        assert not list(served.quads_for_pattern(person, ox.NamedNode(ORG.memberOf), None))


def test_a_fact_that_is_deprecated_takes_its_inferences_along(project_copy: Path) -> None:
    file = project_copy / "data" / "history.ttl"
    text = file.read_text(encoding="utf-8")
    assert text.count("m:Supersession") == 1
    head, block = text.split("m:Supersession")
    block, changed = re.subn(r"c:rank-\w+", "c:rank-deprecated", block, count=1)
    assert changed
    file.write_text(f"{head}m:Supersession{block}", encoding="utf-8")
    project = Project.open(project_copy)
    store = assemble(project).store
    infer(store, project)
    about_change = {ox.NamedNode(ORG.changedBy), ox.NamedNode(ORG.resultedFrom)}
    assert not [q for q in merge(store) if q.predicate in about_change]


def test_an_independent_reasoner_agrees(project: Project, whole: ox.Store) -> None:
    """owlrl, which runs all of OWL 2 RL, on the ontology's axioms and the facts about a few things."""
    axioms = {RDFS.subClassOf, RDFS.subPropertyOf, OWL.equivalentClass, OWL.equivalentProperty, OWL.inverseOf}
    axioms |= {OWL.propertyChainAxiom, RDF.first, RDF.rest}
    kinds = {OWL.TransitiveProperty, OWL.SymmetricProperty}
    ontology = {
        q.triple
        for q in whole
        if q.graph_name.value.startswith(project.graph("ontology/"))
        and (q.predicate.value in axioms or (q.predicate.value == RDF.type and q.object.value in kinds))
    }
    names = [
        "miit",
        "state-council",
        "mii",
        "caict",
        "change-2008",
        "li-lecheng",
        "office-cybersecurity",
        "region-cn-sn",
    ]
    things = {ox.NamedNode(D + name) for name in names}
    things |= {q.subject for q in whole if q.predicate.value == ORG.member or q.predicate.value == SKOS.broader}
    skipped = {project.graph("derivations"), project.graph("inferred")}
    facts = {
        q.triple
        for q in whole
        if q.graph_name.value not in skipped
        and not q.graph_name.value.startswith((project.graph("ontology/"), project.graph("shapes/")))
        and q.subject in things
        and (isinstance(q.object, ox.Literal) or q.predicate.value == RDF.type or q.object in things)
    }
    ours = closure(Axioms.read(ontology), facts)

    graph = rdflib.Graph().parse(data=ox.serialize(ontology | facts, format=ox.RdfFormat.N_TRIPLES), format="nt")
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    about = {t.subject for t in facts} | {t.object for t in facts}
    legal = rdflib.Graph()
    for s, p, o in graph:
        if isinstance(s, rdflib.URIRef) and not str(p).startswith((OWL, RDFS)) and not str(o).startswith((OWL, RDFS)):
            legal.add((s, p, o))
    everything = {
        q.triple for q in ox.parse(legal.serialize(format="nt", encoding="utf-8"), format=ox.RdfFormat.N_TRIPLES)
    }
    theirs = {t for t in everything - facts - ontology if t.subject in about}
    assert len(facts) > 100
    assert ours == theirs
