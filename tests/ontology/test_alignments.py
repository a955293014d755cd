"""Somebody who knows one vocabulary only gets right answers, in its words alone.

What is right is asked in another way each time: of the fact nodes, in the project's own terms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyoxigraph as ox
import pytest

from miit_graph.build.infer import infer
from miit_graph.build.pipeline import assemble, merge
from miit_graph.build.sources import Project
from miit_graph.vocabulary import PREFIXES as SHARED

PREFIXES = SHARED | {"eli": "http://data.europa.eu/eli/ontology#"}
DECLARED = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
MODULES = ("cpov", "eli", "foaf", "org", "prov", "schema", "skos", "time")
LIVE = "FILTER NOT EXISTS { ?fact m:rank c:rank-deprecated }"


@pytest.fixture(scope="module")
def graphs(project: Project) -> ox.Store:
    """All named graphs, with what follows from them."""
    store = assemble(project).store
    infer(store, project)
    return store


@pytest.fixture(scope="module")
def plain(project: Project, graphs: ox.Store) -> ox.Store:
    """The graph as it is served without inference."""
    return merge(graphs, leave_out=[project.graph("inferred")])


@pytest.fixture(scope="module")
def served(graphs: ox.Store) -> ox.Store:
    """The graph as it is served with inference."""
    return merge(graphs)


Rows = set[tuple[str, ...]]


def ask(store: ox.Store, query: str) -> Rows:
    answers = store.query(DECLARED + query)
    assert isinstance(answers, ox.QuerySolutions)
    return {tuple(value.value for value in row) for row in answers}


@dataclass(frozen=True)
class Case:
    """A question in a foreign vocabulary, and in the words of the model."""

    question: str
    prefixes: str
    """The vocabularies that the first query may use."""
    foreign: str
    own: str
    least: int = 1
    """How many answers there must be, so that two empty ones do not count as agreement."""
    needs_inference: bool = True


IN_SCHEMA = 'schema:name "Ministry of Industry and Information Technology"@en'
IN_SKOS = 'skos:prefLabel "Ministry of Industry and Information Technology"@en'
IN_FOAF = 'foaf:name "Ministry of Industry and Information Technology"@en'
BODY = "?class rdfs:subClassOf* org:Organization"

CASES = [
    Case(
        "ORG: the units of the ministry, by name",
        "org skos",
        f"SELECT ?name {{ ?ministry a org:Organization ; {IN_SKOS} ; org:hasUnit/skos:prefLabel ?name }}",
        f"""SELECT ?name {{ ?fact m:principal d:miit ; m:affiliate/skos:prefLabel ?name ;
            m:affiliationKind/m:shortcut org:unitOf . {LIVE} }}""",
        least=50,
    ),
    Case(
        "ORG: what the ministry contains directly",
        "org skos",
        f"SELECT ?part {{ ?ministry {IN_SKOS} ; org:hasSubOrganization ?part }}",
        f"""SELECT ?part {{ ?fact m:principal d:miit ; m:affiliate ?part ;
            m:affiliationKind/m:shortcut org:subOrganizationOf . {LIVE} }}""",
        least=80,
    ),
    Case(
        "ORG: everything contained in the State Council",
        "org skos",
        'SELECT ?part { ?part org:transitiveSubOrganizationOf/skos:prefLabel "State Council"@en }',
        "SELECT ?part { ?part org:subOrganizationOf+ d:state-council }",
        least=80,
    ),
    Case(
        "ORG: who belongs to the ministry today",
        "org skos",
        f"SELECT ?name {{ ?who org:memberOf ?ministry ; skos:prefLabel ?name . ?ministry {IN_SKOS} }}",
        f"""SELECT ?name {{ ?fact a m:Tenure ; m:inPost/org:postIn d:miit ; org:member/skos:prefLabel ?name .
            FILTER NOT EXISTS {{ ?fact m:validUntil ?end }} {LIVE} }}""",
        least=8,
    ),
    Case(
        "ORG: the posts of the ministry",
        "org skos",
        f"SELECT ?post {{ ?ministry {IN_SKOS} ; org:hasPost ?post }}",
        "SELECT ?post { ?post a org:Post ; org:postIn d:miit }",
        least=3,
    ),
    Case(
        "ORG: all memberships of all people, past ones too",
        "org foaf skos",
        "SELECT ?who ?body { ?who a foaf:Person ; org:hasMembership/org:organization ?body }",
        f"SELECT ?who ?body {{ ?fact a m:Tenure ; org:member ?who ; org:organization ?body . {LIVE} }}",
        least=10,
    ),
    Case(
        "ORG: what the ministry came from",
        "org skos",
        f"SELECT ?old {{ ?ministry {IN_SKOS} ; org:resultedFrom/org:originalOrganization ?old }}",
        f"SELECT ?old {{ ?fact org:resultingOrganization d:miit ; org:originalOrganization ?old . {LIVE} }}",
        needs_inference=False,
    ),
    Case(
        "CPOV: public organisations and whose they are",
        "cv org",
        "SELECT ?body ?whole { ?body a cv:PublicOrganisation ; org:subOrganizationOf ?whole }",
        f"""SELECT ?body ?whole {{ ?fact m:affiliate ?body ; m:principal ?whole ;
            m:affiliationKind/m:shortcut org:subOrganizationOf . {LIVE}
            ?body a/rdfs:subClassOf* ?kind .
            VALUES ?kind {{ m:StateOrgan m:PublicInstitution cv:PublicOrganisation }} }}""",
        least=50,
    ),
    Case(
        "schema.org: every organisation and its names",
        "schema",
        "SELECT ?body ?name { ?body a schema:Organization ; schema:name ?name }",
        f"SELECT ?body ?name {{ ?body a ?class ; skos:prefLabel ?name . {BODY} }}",
        least=200,
    ),
    Case(
        "schema.org: the departments of the ministry",
        "schema",
        f"""SELECT ?name {{ ?ministry a schema:GovernmentOrganization ; {IN_SCHEMA} ;
            schema:department/schema:name ?name }}""",
        "SELECT ?name { ?unit org:unitOf d:miit ; skos:prefLabel ?name }",
        least=50,
    ),
    Case(
        "schema.org: parent and child organisations",
        "schema",
        "SELECT ?child ?parent { ?child schema:parentOrganization ?parent . ?parent schema:subOrganization ?child }",
        "SELECT ?child ?parent { ?child org:subOrganizationOf ?parent }",
        least=80,
    ),
    Case(
        "schema.org: people, their family names and where they belong",
        "schema",
        "SELECT ?family ?body { ?who a schema:Person ; schema:familyName ?family ; schema:memberOf/schema:name ?body }",
        f"""SELECT ?family ?body {{ ?fact a m:Tenure ; org:member/foaf:familyName ?family ;
            m:inPost/org:postIn/skos:prefLabel ?body .
            FILTER NOT EXISTS {{ ?fact m:validUntil ?end }} {LIVE} }}""",
        least=10,
    ),
    Case(
        "schema.org: other names of an organisation",
        "schema",
        f"SELECT ?other {{ ?ministry {IN_SCHEMA} ; schema:alternateName|schema:legalName ?other }}",
        "SELECT ?other { d:miit skos:altLabel|m:formalName ?other }",
    ),
    Case(
        "schema.org: laws and who made them",
        "schema",
        "SELECT ?law ?by { ?law a schema:Legislation ; schema:creator/schema:name ?by }",
        "SELECT ?law ?by { ?law a schema:Legislation ; schema:legislationPassedBy/skos:prefLabel ?by }",
    ),
    Case(
        "schema.org: laws and where they hold",
        "schema",
        "SELECT ?law ?where { ?law a schema:Legislation ; schema:spatialCoverage/schema:name ?where }",
        "SELECT ?law ?where { ?law a schema:Legislation ; schema:legislationJurisdiction/skos:prefLabel ?where }",
    ),
    Case(
        "schema.org: events",
        "schema",
        "SELECT ?event { ?event a schema:Event }",
        "SELECT ?event { VALUES ?kind { m:Meeting m:PolicyEvent m:Supersession } ?event a ?kind }",
        least=5,
    ),
    Case(
        "schema.org: administrative areas",
        "schema",
        "SELECT ?area ?name { ?area a schema:AdministrativeArea , schema:Place ; schema:name ?name }",
        "SELECT ?area ?name { ?area a m:Region ; skos:prefLabel ?name }",
        least=62,
    ),
    Case(
        "schema.org: terms and their sets",
        "schema",
        """SELECT ?term ?set { ?term a schema:DefinedTerm ; schema:inDefinedTermSet ?set .
            ?set a schema:DefinedTermSet }""",
        "SELECT ?term ?set { ?term skos:inScheme ?set }",
        least=100,
    ),
    Case(
        "FOAF: people and their names",
        "foaf",
        "SELECT ?who ?name { ?who a foaf:Person ; foaf:name ?name }",
        "SELECT ?who ?name { ?who a foaf:Person ; skos:prefLabel ?name }",
        least=20,
    ),
    Case(
        "FOAF: organisations and their members",
        "foaf",
        f"SELECT ?name {{ ?ministry a foaf:Organization ; {IN_FOAF} ; foaf:member/foaf:name ?name }}",
        "SELECT ?name { ?who org:holds/org:postIn d:miit ; skos:prefLabel ?name }",
        least=8,
    ),
    Case(
        "FOAF: all agents",
        "foaf",
        "SELECT ?who { ?who a foaf:Agent }",
        "SELECT ?who { ?who a/rdfs:subClassOf* foaf:Agent }",
        least=100,
    ),
    Case(
        "PROV-O: from the facts to the documents",
        "prov",
        "SELECT ?fact ?text { ?fact a prov:Entity ; prov:wasDerivedFrom/prov:wasDerivedFrom ?text }",
        "SELECT ?fact ?text { ?fact a/rdfs:subClassOf* m:Fact ; prov:wasDerivedFrom/dct:source ?text }",
        least=300,
    ),
    Case(
        "PROV-O: who had a part in what",
        "prov",
        "SELECT ?what ?who { ?what a prov:Activity ; prov:wasAssociatedWith ?who . ?who a prov:Agent }",
        f"""SELECT DISTINCT ?what ?who {{
            {{ ?fact m:inActivity ?what ; m:participant ?who . {LIVE} }}
            UNION {{ ?what m:actor ?who . FILTER NOT EXISTS {{ ?what m:rank c:rank-deprecated }} }}
            UNION {{ ?what prov:wasAssociatedWith ?who }} }}""",
        least=10,
    ),
    Case(
        "PROV-O: which event made the ministry, out of what",
        "prov",
        "SELECT ?made ?out { ?made prov:wasGeneratedBy/prov:used ?out }",
        f"SELECT ?made ?out {{ ?fact org:resultingOrganization ?made ; org:originalOrganization ?out . {LIVE} }}",
    ),
    Case(
        "SKOS: everything below a code, at any depth",
        "skos",
        "SELECT ?low ?high { ?high skos:narrowerTransitive ?low . ?low skos:broaderTransitive ?high }",
        "SELECT ?low ?high { ?low skos:broader+ ?high }",
        least=50,
    ),
    Case(
        "SKOS: the top of each scheme",
        "skos",
        "SELECT ?scheme ?top { ?scheme skos:hasTopConcept ?top }",
        "SELECT ?scheme ?top { ?top skos:topConceptOf ?scheme }",
        least=100,
    ),
    Case(
        "OWL-Time: what has a time, and which month",
        "time",
        "SELECT ?what ?month { ?what time:hasTime/time:inXSDgYearMonth ?month }",
        f"SELECT ?fact ?month {{ ?fact m:at|m:refTime|m:claimedAt ?t . ?t time:inXSDgYearMonth ?month . {LIVE} }}",
    ),
    Case(
        "ELI: who passed which law",
        "eli",
        "SELECT ?law ?by { ?law eli:passed_by ?by }",
        "SELECT ?law ?by { ?law schema:legislationPassedBy ?by }",
    ),
    Case(
        "ELI: which law holds where",
        "eli",
        "SELECT ?law ?where { ?law eli:jurisdiction ?where }",
        "SELECT ?law ?where { ?law schema:legislationJurisdiction ?where }",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.question)
def test_a_foreign_question_gets_the_right_answer(plain: ox.Store, served: ox.Store, case: Case) -> None:
    used = set(re.findall(r"(?<![\w<])([a-z]+):", re.sub(r'"[^"]*"', "", case.foreign)))
    assert used <= set(case.prefixes.split()), "the query uses words of another vocabulary"
    answers = ask(served, case.foreign)
    assert len(answers) >= case.least
    assert answers == ask(plain, case.own)
    if case.needs_inference:
        assert ask(plain, case.foreign) != answers, "the mapping adds nothing to this question"


MAPPINGS = "rdfs:subClassOf owl:equivalentClass rdfs:subPropertyOf owl:equivalentProperty owl:inverseOf "
MAPPINGS += "owl:propertyChainAxiom skos:closeMatch skos:exactMatch skos:broadMatch skos:narrowMatch skos:relatedMatch"


@pytest.mark.parametrize("module", MODULES)
def test_each_mapping_has_its_reason_in_both_languages(project: Project, graphs: ox.Store, module: str) -> None:
    graph = f"GRAPH <{project.graph('ontology/alignments/' + module)}>"
    mappings = f"SELECT ?s ?p ?o {{ VALUES ?p {{ {MAPPINGS} }} {graph} {{ ?s ?p ?o }} }}"
    reasons = f"""SELECT ?s ?p ?o {{ {graph} {{
        ?axiom a owl:Axiom ; owl:annotatedSource ?s ; owl:annotatedProperty ?p ; owl:annotatedTarget ?o ;
               rdfs:comment ?en , ?zh . FILTER(LANG(?en) = "en" && LANG(?zh) = "zh")
        FILTER(STRSTARTS(STR(?axiom), "{project.base}ont/alignments/{module}#")) }} }}"""
    found = ask(graphs, mappings)
    assert found
    assert ask(graphs, reasons) == found


def test_there_is_no_other_alignment(project: Project) -> None:
    names = {file.path.stem for file in project.files if file.name.startswith("ontology/alignments/")}
    assert names == set(MODULES)
