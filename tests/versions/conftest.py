"""A small project with a few versions: who sits where, since when; each change made through the writer."""

from contextlib import ExitStack
from dataclasses import replace

import pyoxigraph as ox
import pytest

from miit_graph.build.pipeline import build
from miit_graph.build.snapshot import Snapshot
from miit_graph.build.sources import Project
from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from miit_graph.versions.history import History
from miit_graph.versions.writer import Told, Writer
from tests.web.conftest import serve  # noqa: F401

BASE = "https://example.org/kg/"
ID = BASE + "id/"
PREFIXES = f"""@prefix d: <{ID}> .
@prefix m: <https://w3id.org/miit-graph/ont#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix org: <http://www.w3.org/ns/org#> .
"""
FILES = {
    "graph.toml": f'base = "{BASE}"\nname = "kg"\n[title]\nen = "Offices"\nzh = "机构"\n',
    "ontology/kg.ttl": PREFIXES
    + """
<https://example.org/kg/ont> a owl:Ontology .
org:Organization a owl:Class ; skos:prefLabel "organisation"@en , "组织"@zh .
org:unitOf a owl:ObjectProperty ; skos:prefLabel "unit of"@en , "隶属"@zh .
""",
    "data/offices.ttl": PREFIXES
    + """
d:ministry a org:Organization ; skos:prefLabel "Ministry"@en , "部"@zh .
d:bureau a org:Organization ; skos:prefLabel "Bureau"@en , "局"@zh .
d:day-2008 m:earliest "2008-01-01"^^xsd:date ; m:latest "2008-12-31"^^xsd:date ; m:edtf "2008" .
d:day-2013 m:earliest "2013-05-01"^^xsd:date ; m:latest "2013-05-01"^^xsd:date ; m:edtf "2013-05-01" .
d:sits a m:Fact , m:Affiliation ; m:affiliate d:bureau ; m:principal d:ministry ; m:validFrom d:day-2008 ;
    skos:prefLabel "Bureau under the ministry"@en , "局隶属于部"@zh .
""",
    "shapes/offices.ttl": PREFIXES
    + """
<https://example.org/kg/shape/named> a sh:NodeShape ; sh:targetClass org:Organization ;
    sh:property [ sh:path skos:prefLabel ; sh:minCount 1 ; sh:uniqueLang true ; sh:message "Needs a name"@en ] .
""",
    "rules/unit.rq": """# A body is a unit of the one that a fact names.
PREFIX m: <https://w3id.org/miit-graph/ont#>
PREFIX org: <http://www.w3.org/ns/org#>
SELECT ?fact ?subject (org:unitOf AS ?predicate) ?object { ?fact m:affiliate ?subject ; m:principal ?object }
""",
}
UPDATES = [
    (
        "curator",
        "Corrects the name of the bureau",
        f"""DELETE DATA {{ GRAPH <{BASE}graph/data/offices> {{ <{ID}bureau> skos:prefLabel "Bureau"@en }} }} ;
        INSERT DATA {{ GRAPH <{BASE}graph/data/offices> {{ <{ID}bureau> skos:prefLabel "Bureau of Posts"@en }} }}""",
    ),
    (
        "registry",
        "The bureau left the ministry <in> 2013",
        f"""INSERT DATA {{ GRAPH <{BASE}graph/data/offices> {{ <{ID}sits> m:validUntil <{ID}day-2013> }} }}""",
    ),
    (
        "curator",
        "A new office\n新设办公室",
        f"""INSERT DATA {{ GRAPH <{BASE}graph/data/offices> {{
            <{ID}office> a org:Organization ; skos:prefLabel "Office"@en , "办公室"@zh .
            <{ID}office-sits> a m:Fact , m:Affiliation ; m:affiliate <{ID}office> ; m:principal <{ID}ministry> ;
                m:validFrom <{ID}day-2013> }} }}""",
    ),
]
_NAMES = {"m": "https://w3id.org/miit-graph/ont#", "skos": "http://www.w3.org/2004/02/skos/core#"}
_NAMES |= {"org": "http://www.w3.org/ns/org#"}


def update(text):
    """A change that runs a SPARQL Update."""
    return lambda store: store.update(text, prefixes=_NAMES)


def write_project(root):
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return Project.open(root)


@pytest.fixture(scope="session")
def small_project(tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("offices"))


@pytest.fixture(scope="session")
def snapshots(small_project, tmp_path_factory):
    """A folder with four versions, of the first of January, February, March and April 2026."""
    folder = tmp_path_factory.mktemp("snapshots")
    build(small_project, folder)
    with pytest.MonkeyPatch.context() as clock, ExitStack() as stack:
        clock.setattr("miit_graph.versions.writer._now", lambda: "2026-01-01T12:00:00.250Z")
        writer = stack.enter_context(Writer.open(small_project, folder))
        for month, (author, message, text) in enumerate(UPDATES, 2):
            proposal = writer.propose(update(text))
            assert proposal.snapshot is not None, proposal.report
            clock.setattr("miit_graph.versions.writer._now", lambda month=month: f"2026-{month:02}-01T12:00:00.250Z")
            writer.accept(proposal, Told(author, message))
    return folder


@pytest.fixture(scope="session")
def history(snapshots):
    return History(snapshots)


@pytest.fixture(scope="session")
def offices(serve, snapshots):  # noqa: F811
    """A server over the newest version, beside its journal."""
    found = Snapshot.open(snapshots)
    engine = LocalEngine(found.load(), found.version, prefixes=found.manifest["prefixes"], workers=4)
    return replace(serve(Settings(snapshot=found.path), engine, found.manifest), path="/versions")


@pytest.fixture(scope="session")
def without_journal(serve):  # noqa: F811
    """A server over data without any description."""
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o")))
    return replace(serve(Settings(), LocalEngine(store, "abcdef0123456789"), {}), path="/versions")
