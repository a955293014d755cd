"""Ontology, codes and data are one consistent OWL 2 DL ontology without an unsatisfiable class, says HermiT."""

from __future__ import annotations

import io
import os
import shutil

import owlready2
import pyoxigraph as ox
import pytest

from miit_graph.build.pipeline import assemble
from miit_graph.build.snapshot import canonical_lines
from miit_graph.build.sources import Project
from miit_graph.vocabulary import FOAF, ORG, OWL, RDF, RDFS, XSD, M
from tests.ontology.dl_view import Triples, dl_defects, dl_view, without_annotations

ID = "https://w3id.org/miit-graph/id/"
ONT = "https://w3id.org/miit-graph/ont"
PROBE = M.ProbeThatCannotBe


def triple(subject: str, predicate: str, obj: str | ox.Literal) -> ox.Triple:
    return ox.Triple(
        ox.NamedNode(subject), ox.NamedNode(predicate), obj if isinstance(obj, ox.Literal) else ox.NamedNode(obj)
    )


@pytest.fixture(scope="module")
def view(project: Project) -> Triples:
    return dl_view(project, assemble(project))


@pytest.fixture
def java() -> None:
    """HermiT is a Java program. A machine without Java goes without this check; where CI is set, that is a failure."""
    if shutil.which(owlready2.JAVA_EXE):
        return
    advice = "HermiT needs Java, and there is none on the PATH (Debian: apt-get install default-jre-headless)"
    if os.environ.get("CI"):
        pytest.fail(advice)
    pytest.skip(advice)


def unsatisfiable(view: Triples) -> set[str]:
    """The classes that HermiT finds to be empty by definition. Raises OwlReadyInconsistentOntologyError."""
    world = owlready2.World()
    text = ox.serialize(without_annotations(view), format=ox.RdfFormat.N_TRIPLES)
    ontology = world.get_ontology(f"{ONT}#").load(fileobj=io.BytesIO(text))
    with ontology:
        owlready2.sync_reasoner_hermit(world, debug=0)
    return {found.iri for found in world.inconsistent_classes()} - {OWL.Nothing}


def test_the_view_is_owl_2_dl(view: Triples) -> None:
    assert dl_defects(view) == []


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ([triple(ID + "miit", M.unheardOf, ID + "caict")], "not declared as one"),
        ([triple(ID + "miit", RDF.type, M.Unheard)], "not declared as one"),
        ([triple(M.rank, RDF.type, OWL.DatatypeProperty)], "is object property and data property"),
        ([triple(ID + "miit", M.holder, ox.Literal("x"))], "has a literal"),
        ([triple(ID + "miit", M.quote, ID + "caict")], "has no literal"),
        ([triple(ID + "t", M.earliest, ox.Literal("2008", datatype=ox.NamedNode(XSD.gYear)))], "datatype map"),
        ([triple(M.Fact, RDFS.subClassOf, RDFS.Resource)], "reserved vocabulary"),
        ([triple(ID + "f", RDF.subject, ID + "miit")], "not declared as one"),
        ([triple(ORG.transitiveSubOrganizationOf, RDF.type, OWL.IrreflexiveProperty)], "not simple"),
        ([triple(ORG.memberOf, RDFS.subPropertyOf, ORG.postIn)], "leads back to itself"),
        ([triple(ONT + "/other", RDF.type, OWL.Ontology)], "2 ontology headers"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_owl_2_dl_forbids_is_noticed(view: Triples, more: Triples, complaint: str) -> None:
    assert any(complaint in defect for defect in dl_defects([*view, *more]))


def test_the_view_is_the_same_each_time(project: Project, view: Triples) -> None:
    def lines(triples: Triples) -> list[str]:
        return canonical_lines(ox.Quad(t.subject, t.predicate, t.object) for t in triples)

    assert lines(dl_view(project, assemble(project))) == lines(view)


def test_consistent_and_no_class_is_unsatisfiable(java: None, view: Triples) -> None:
    """A class that cannot have members is added: HermiT must name that one, and no other."""
    probe = [
        triple(PROBE, RDF.type, OWL.Class),
        triple(PROBE, RDFS.subClassOf, M.InternalOrgan),
        triple(PROBE, RDFS.subClassOf, M.StateOrgan),
    ]
    assert unsatisfiable([*view, *probe]) == {PROBE}


@pytest.mark.parametrize(
    "contradiction",
    [
        [triple(ID + "plate-cnsa", RDF.type, ORG.Organization)],
        [
            triple(ID + "plate-cnsa", ORG.subOrganizationOf, ID + "miit"),  # by its domain
        ],
        [triple(ID + "li-lecheng", RDF.type, ORG.Organization), triple(ID + "li-lecheng", RDF.type, FOAF.Person)],
    ],
    ids=["a nameplate typed as organisation", "a nameplate used as organisation", "a person as organisation"],
)
def test_a_contradiction_is_noticed(java: None, view: Triples, contradiction: Triples) -> None:
    """The ontology with the types of the things in question, consistent as a part of what is consistent as a whole."""
    things = {t.subject for t in contradiction} | {t.object for t in contradiction}
    small = [
        t
        for t in view
        if not (isinstance(t.subject, ox.NamedNode) and t.subject.value.startswith(ID))
        or (t.subject in things and t.predicate == ox.NamedNode(RDF.type))
    ]
    with pytest.raises(owlready2.base.OwlReadyInconsistentOntologyError):
        unsatisfiable([*small, *contradiction])
