"""Every rule: a fixture that passes, fixtures that fail for exactly that rule, and something to look at in the data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDFS, SKOS
from rdflib.term import Node

from miit_graph.build.shacl import PROCESSORS
from miit_graph.build.sources import parse
from miit_graph.build.validate import Report, validate
from tests.shapes_harness import (
    BASE,
    FIXTURES,
    ROOT,
    Result,
    dataset_of,
    news_from,
    project,
    reference_of,
    report_for,
    results_of,
    shapes,
)

SH = Namespace("http://www.w3.org/ns/shacl#")
M = "https://w3id.org/miit-graph/ont#"
SHAPE = "https://w3id.org/miit-graph/shape/"
TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
LANGUAGES = {"en", "zh"}

FOLDERS = sorted(path for path in FIXTURES.iterdir() if path.is_dir())
VALID = [folder / "valid.ttl" for folder in FOLDERS]
INVALID = [path for folder in FOLDERS for path in sorted(folder.glob("invalid*.ttl"))]

CHECKED_IN_PYTHON = {6, 13, 17}
"""Rules that need more than the graph: a converter of scripts, the source files, a parser of dates."""


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def rule_of(path: Path) -> str:
    return "R" + path.parent.name[:2]


def targeted() -> list[URIRef]:
    """Every shape that looks for nodes of its own."""
    found = {shape for target in TARGETS for shape in shapes().subjects(target)}
    return sorted(shape for shape in found if isinstance(shape, URIRef))


def languages(subject: Node, predicate: URIRef) -> list[str]:
    texts = shapes().objects(subject, predicate)
    return sorted(str(text.language) for text in texts if isinstance(text, Literal))


def carriers(shape: URIRef) -> list[Node]:
    """Where the message of a shape stands: on its SPARQL constraints, else on itself."""
    return list(shapes().objects(shape, SH.sparql)) or [shape]


# Fixtures


@pytest.mark.parametrize("processor", PROCESSORS)
def test_the_little_world_is_fine(processor: str) -> None:
    """So whatever is said about a fixture that is laid over it is news."""
    assert sorted(report_for(BASE, processor=processor)) == []


@pytest.mark.parametrize("fixture", [*VALID, *INVALID], ids=name, scope="class")
class TestFixtures:
    """By fixture, so that each world is made once."""

    def test_it_breaks_its_rule_and_no_other_or_none(self, fixture: Path) -> None:
        broken = set() if fixture in VALID else {rule_of(fixture)}
        assert {result.rule_id for result in news_from(fixture)} == broken

    def test_processors_agree(self, fixture: Path) -> None:
        rule = rule_of(fixture)
        mine = outcome(result for result in results_of(fixture) if result.rule_id == rule)
        reference = outcome(reference_of(fixture, rule))
        if name(fixture) in DIFFERENCES:
            assert {shape for _, _, shape in mine ^ reference} == {SHAPE + DIFFERENCES[name(fixture)]}
        else:
            assert mine == reference


def outcome(results: Iterable[Result]) -> set[tuple[str, ...]]:
    """Focus node, value and shape of every result; blank nodes have no name to compare."""
    return {tuple(BLANK.sub("_", str(term)) for term in (r.focus, r.value, r.shape)) for r in results}


BLANK = re.compile(r"^(_:)?[Nn]?[0-9a-f]{20,}$")


DIFFERENCES = {
    # A literal that is not in the lexical space of its datatype violates sh:datatype (SHACL section 4.1.2); rudof
    # lets it pass. shp:time-order catches it with both.
    "15-time-bounds/invalid-day": "time-bounds-latest",
}
"""Fixtures on which the processors differ, and the shape of which only pyshacl speaks."""


def test_every_rule_has_fixtures() -> None:
    rules = {str(rule) for rule in shapes().objects(None, DCTERMS.identifier)}
    assert rules == {f"R{n:02d}" for n in range(1, 41) if n not in CHECKED_IN_PYTHON}
    assert {rule_of(path) for path in VALID if path.is_file()} == rules
    assert {rule_of(path) for path in INVALID} == rules


@cache
def fired() -> frozenset[str]:
    """All shapes that some fixture makes speak (the results are those of the tests above)."""
    return frozenset(result.shape for fixture in INVALID for result in news_from(fixture))


@pytest.mark.parametrize("shape", targeted(), ids=lambda shape: shape.rpartition("/")[2])
def test_every_shape_is_broken_by_a_fixture(shape: URIRef) -> None:
    assert str(shape) in fired()


# The shapes themselves


@pytest.mark.parametrize("shape", targeted(), ids=lambda shape: shape.rpartition("/")[2])
def test_shape_says_what_is_wrong_and_what_to_do(shape: URIRef) -> None:
    graph = shapes()
    assert graph.value(shape, SH.severity) in (SH.Violation, SH.Warning, SH.Info)
    for carrier in carriers(shape):
        assert isinstance(carrier, URIRef)
        assert graph.value(carrier, DCTERMS.identifier) == graph.value(shape, DCTERMS.identifier) is not None
        assert graph.value(carrier, SH.severity) == graph.value(shape, SH.severity)
        assert languages(carrier, SH.message) == ["en", "zh"]
        assert languages(carrier, SH.description) == ["en", "zh"]


def test_rules_are_described() -> None:
    graph = shapes()
    for shape in graph.subjects(DCTERMS.identifier):
        if (shape, RDF.type, SH.NodeShape) in graph:
            assert languages(shape, SKOS.prefLabel) == ["en", "zh"], shape
            assert languages(shape, SKOS.definition) == ["en", "zh"], shape
            identifier, number = graph.value(shape, DCTERMS.identifier), graph.value(shape, SKOS.notation)
            assert identifier == Literal(f"R{number.toPython():02d}")  # type: ignore[union-attr]


def test_every_property_shape_belongs_to_a_rule_or_arranges_pages() -> None:
    graph = shapes()
    for shape in graph.subjects(RDF.type, SH.PropertyShape):
        if graph.value(shape, SH.order) is not None:
            assert not any(graph.value(shape, target) for target in TARGETS)
            continue
        owners = list(graph.subjects(SH.property, shape))
        assert [graph.value(owner, DCTERMS.identifier) for owner in owners] == [graph.value(shape, DCTERMS.identifier)]


def test_only_lists_and_paths_are_blank() -> None:
    graph = shapes()
    for subject in set(graph.subjects()):
        if not isinstance(subject, URIRef):
            predicates = set(graph.predicates(subject))
            assert predicates <= {RDF.first, RDF.rest, SH.inversePath, SH.alternativePath}


def test_messages_name_variables_of_their_query() -> None:
    graph = shapes()
    for constraint in graph.subjects(RDF.type, SH.SPARQLConstraint):
        query = str(graph.value(constraint, SH.select))
        for message in graph.objects(constraint, SH.message):
            for variable in re.findall(r"\{[$?](\w+)\}", str(message)):
                assert variable == "this" or re.search(rf"SELECT[^{{]*\?{variable}\b", query), constraint


# The shipped data


@cache
def shipped() -> ox.Store:
    return dataset_of(tuple(sorted((ROOT / "data").glob("**/*.ttl"))))


@cache
def shipped_report() -> Report:
    return validate(shipped(), shapes())


def test_shipped_data_has_no_violation() -> None:
    lines = [f"{f.rule} {f.focus} {f.value} {f.message.get('en')}" for f in shipped_report().violations]
    assert lines == []


@pytest.mark.parametrize("shape", targeted(), ids=lambda shape: shape.rpartition("/")[2])
def test_shape_has_something_to_look_at(shape: URIRef) -> None:
    """A validation that targets nothing passes."""
    assert focus_nodes(shapes(), shape, shipped())


def focus_nodes(graph: Graph, shape: URIRef, store: ox.Store) -> bool:
    """Whether `shape` selects any node of `store` (SHACL section 2.1.3)."""
    subclass = "(<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>/<http://www.w3.org/2000/01/rdf-schema#subClassOf>*)"
    patterns = {
        SH.targetClass: "?node " + subclass + " <{0}>",
        SH.targetNode: "{{ <{0}> ?p ?o }} UNION {{ ?s ?p <{0}> }} UNION {{ ?s ?p ?o . FILTER(DATATYPE(?o) = <{0}>) }}",
        SH.targetSubjectsOf: "?node <{0}> ?object",
        SH.targetObjectsOf: "?subject <{0}> ?node",
    }
    return any(
        bool(store.query("ASK { " + pattern.format(value) + " }"))
        for target, pattern in patterns.items()
        for value in graph.objects(shape, target)
    )


def test_names_of_all_kinds_are_looked_at() -> None:
    """Whatever has an authored name in data/ is a focus node of the rules on names."""
    seen = {
        str(node)
        for target in shapes().objects(URIRef(f"{SHAPE}han-in-chinese"), SH.targetClass)
        for node in instances(str(target))
    }
    named = {
        quad.subject.value
        for file in project().files
        if file.role == "data"
        for quad in parse(file)
        if quad.predicate.value == str(SKOS.prefLabel)
    }
    assert named and named <= seen


def instances(class_iri: str) -> set[str]:
    """Instances of a class and its subclasses in the shipped data."""
    query = f"SELECT ?node {{ ?class <{RDFS.subClassOf}>* <{class_iri}> . ?node a ?class }}"
    return {row["node"].value for row in shipped().query(query)}  # type: ignore[union-attr]


def test_everything_has_a_name() -> None:
    """Facts, citations and times get their names from the build; none may be left out."""
    for language in LANGUAGES:
        nameless = (
            "SELECT ?thing { ?thing a ?class VALUES ?class { "
            + " ".join(f"<{M}{c}>" for c in ("Citation", "Affiliation", "Tenure", "NameUse", "MandateAssignment"))
            + " <http://www.w3.org/2006/time#Instant> <http://www.w3.org/2006/time#TemporalEntity> } "
            "FILTER NOT EXISTS { ?thing <http://www.w3.org/2004/02/skos/core#prefLabel> ?name "
            f'FILTER(LANG(?name) = "{language}") }} }}'
        )
        assert [row["thing"].value for row in shipped().query(nameless)] == []  # type: ignore[union-attr]


def test_rule_37_the_regions_are_all_there() -> None:
    """31 administrations: 22 provinces, 5 autonomous regions, 4 municipalities."""
    query = (
        f"SELECT ?kind ?administration {{ ?administration a <{M}RegionalAdministration> ; "
        f"<http://purl.org/dc/terms/spatial>/<{M}regionKind> ?kind }}"
    )
    kinds = Counter(row["kind"].value.rpartition("/")[2] for row in shipped().query(query))  # type: ignore[union-attr]
    assert kinds == {"region-province": 22, "region-autonomous-region": 5, "region-municipality": 4}


def test_processors_agree_on_shipped_data() -> None:
    by_processor = [
        {(f.rule, f.severity, f.focus, f.value, f.shape) for f in report.findings}
        for report in (shipped_report(), validate(shipped(), shapes(), processor="pyshacl"))
    ]
    assert by_processor[0] == by_processor[1]
