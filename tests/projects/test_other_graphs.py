"""Graphs of other subjects with the same software: the example in examples/, and what `miit-graph new` makes."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path

import pytest

import miit_graph
from miit_graph.build.errors import ProjectError, ValidationError
from miit_graph.build.new import new_project
from miit_graph.build.pipeline import build
from miit_graph.build.snapshot import Snapshot
from miit_graph.build.sources import Project
from miit_graph.colours import PAPER, contrast
from tests.conftest import ROOT, RunCli, Serve

UNIVERSITY = ROOT / "examples" / "university"


@pytest.fixture(scope="module")
def university(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    snapshot, report = build(Project.open(UNIVERSITY), tmp_path_factory.mktemp("u"), sources=UNIVERSITY / "sources")
    assert report.counts() == {"Violation": 0, "Warning": 0, "Info": 0}
    return snapshot


def text(address: str, language: str = "en") -> str:
    headers = {"Accept": "text/html", "Accept-Language": language}
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=60) as response:
        return str(response.read().decode())


def test_its_pages_are_about_it(university: Snapshot, serve_graph: Serve) -> None:
    address = serve_graph("--snapshot", university.path)
    assert "Faculty of Tides" in text(f"{address}/") and "灯湾大学" in text(f"{address}/", "zh")
    assert "Department of Wicks" in text(f"{address}/chart")
    assert "Fenna Rook" in text(f"{address}/timeline.svg")
    page = text(f"{address}/doc/faculty-of-tides")
    assert "opened in 1962" in page and "Department of Ebb" in page
    found = json.loads(text(f"{address}/search?q=chaoxi&format=json"))
    assert found["hits"][0]["label"]["zh"] == "潮汐学院"
    assert text(f"{address}/doc/ont.ttl").count("owl:Ontology") > 3, "the model that it uses"
    for path in ("sources", "disputes", "explore", "query", "void", "llms.txt", "doc/code/aff-faculty"):
        content = text(f"{address}/{path}")
        assert "工信部" not in content and not re.search(r"Ministry|\bMIIT\b", content), path


def test_it_uses_the_model_without_copying_it(university: Snapshot) -> None:
    with miit_graph.open(university.path) as graph:
        rows = graph.query((UNIVERSITY / "queries" / "01-deans.rq").read_text(encoding="utf-8"))
        expected = (UNIVERSITY / "queries" / "01-deans.csv").read_text(encoding="utf-8").splitlines()
        assert [",".join(map(str, row.values())) for row in rows] == expected[1:]
        assert graph.query("ASK { d:faculty-of-tides org:unitOf d:university . c:aff-faculty skos:inScheme ?scheme }")
        assert not graph.query("ASK { mc:scheme-function ?p ?o }"), "codes about the shipped subject stay with it"
        assert not graph.query("ASK { ?code skos:inScheme mc:scheme-goal }")
        assert graph.query("ASK { mc:cmp-exactly skos:inScheme mc:scheme-comparator . mc:scheme-measure ?p ?o }")
        assert graph.describe("d:ivo-lund").statements[0].sources[0].document == "chronicle.txt"


def test_a_new_project_builds_and_serves_at_once(tmp_path: Path, cli: RunCli, serve_graph: Serve) -> None:
    folder = tmp_path / "Chess Club"
    made = cli("new", folder, "--title", "Chess 象棋")
    assert made.returncode == 0, made.stderr
    checked = cli("validate", "--project", folder, "--sources", folder / "sources")
    assert "no violations, 0 warning(s), 0 info(s)" in checked.stdout, checked.stdout
    address = serve_graph("--project", folder)
    assert "Chess 象棋" in text(f"{address}/")
    assert "Example Club" in text(f"{address}/chart")
    page = text(f"{address}/doc/anna-example")
    assert "has been chair since 2015" in page


STATISTIC = """
@prefix m: <https://w3id.org/miit-graph/ont#> .
@prefix mc: <https://w3id.org/miit-graph/code/> .
@prefix d: <https://example.org/club/id/> .
@prefix c: <https://example.org/club/code/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
c:ms-members a skos:Concept ; skos:prefLabel "number of members"@en , "会员数"@zh ;
    skos:topConceptOf mc:scheme-measure ; skos:inScheme mc:scheme-measure .
d:stat-members a m:Statistic , schema:Observation ; schema:observationAbout d:club ;
    schema:measuredProperty c:ms-members ; schema:value 40 ;
    schema:unitText "members"@en , "人"@zh ; m:comparator mc:cmp-approximately ;
    m:intervalKnown false ; m:attestedIn d:minutes ; m:rank mc:rank-normal ; prov:wasDerivedFrom d:cite-m-3 .
"""


def test_it_states_figures_with_measures_of_its_own(tmp_path: Path) -> None:
    folder = new_project(tmp_path / "club", base="https://example.org/club/")
    (folder / "data" / "figures.ttl").write_text(STATISTIC, encoding="utf-8")
    _, report = build(Project.open(folder), tmp_path / "out", inference=False)
    assert report.counts()["Violation"] == 0


def test_a_mistake_in_it_is_found_by_the_rules_of_the_model(tmp_path: Path) -> None:
    project = new_project(tmp_path / "club")
    people = project / "data" / "people.ttl"
    people.write_text(people.read_text(encoding="utf-8").replace(' , "安娜"@zh', ""), encoding="utf-8")
    opened = Project.open(project)
    with pytest.raises(ValidationError) as caught:
        build(opened, tmp_path / "out")
    assert {(f.rule, f.file) for f in caught.value.report.findings} == {("R01", "data/people.ttl")}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [({"base": "no-iri"}, "ending in /"), ({"title": 'a "b"'}, "quotation")],
)
def test_what_cannot_be_made_says_why(tmp_path: Path, arguments: dict[str, str], says: str) -> None:
    with pytest.raises(ProjectError, match=says):
        new_project(tmp_path / "club", **arguments)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ProjectError, match="not empty"):
        new_project(tmp_path)


def test_wrong_uses_of_the_model_are_told(tmp_path: Path) -> None:
    project = new_project(tmp_path / "club")
    settings = project / "graph.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('model = "shipped"', 'model = "mine"'), "utf-8")
    with pytest.raises(ProjectError, match='model must be "shipped"'):
        Project.open(project)
    settings.write_text(settings.read_text(encoding="utf-8").replace('model = "mine"', 'model = "shipped"'), "utf-8")
    (project / "codes" / "rank.ttl").write_text("", encoding="utf-8")
    with pytest.raises(ProjectError, match="Rename yours"):
        _ = Project.open(project).files


def test_its_colours_are_used_everywhere(university: Snapshot, serve_graph: Serve, cli: RunCli) -> None:
    address = serve_graph("--snapshot", university.path)
    assert 'href="/colours.css"' in text(f"{address}/chart")
    sheet = text(f"{address}/colours.css")
    light, dark = re.findall(r"--accent: light-dark\((#\w+), (#\w+)\)", sheet)[0]
    assert light == "#2f4b9c" and contrast(dark, PAPER[1]) >= 4.5
    assert light in text(f"{address}/chart.svg") and dark in text(f"{address}/chart.svg?theme=dark")
    assert light in cli("export", "picture", "timeline", "--snapshot", university.path).stdout
    exported = cli("export", "graph", "--format", "cyjs", "--snapshot", university.path)
    for graph in (exported.stdout, text(f"{address}/export/graph.cyjs")):
        colours = {n["data"]["kind"]: n["data"]["color"] for n in json.loads(graph)["elements"]["nodes"]}
        assert colours["org:OrganizationalUnit"] == "#6f8fe0" and len(set(colours.values())) == len(colours)
    shown = json.loads(text(f"{address}/explore/graph?nodes=d:faculty-of-tides"))
    assert shown["nodes"][0]["data"]["color"] == "#6f8fe0"


@pytest.mark.parametrize(
    ("colours", "says"),
    [
        ('accent = "teal"', r"accent is 'teal'.*#0a6569"),
        ('accent = "#ffe100"', r"accent #ffe100 can't be read.*a darker one"),
        ('accent = "#0a6569"\naccent_dark = "#123456"', r"accent_dark #123456 can't be read.*a lighter one"),
        ('accent_dark = "#6cccc8"', "goes with accent"),
        ('acent = "#0a6569"', "'acent'; it may have accent"),
        ("accent = 7", "accent is 7"),
        ('kinds = "red"', r"the table \[colours.kinds\]"),
        ('[colours.kinds]\n"foaf:Person" = "#12"', "foaf/0.1/Person is '#12'"),
        ('[colours.kinds]\n"Person" = "#121212"', "write a name with one of the prefixes"),
    ],
)
def test_a_colour_that_cannot_be_used_is_told(tmp_path: Path, colours: str, says: str) -> None:
    settings = new_project(tmp_path / "club") / "graph.toml"
    settings.write_text(f"{settings.read_text(encoding='utf-8')}\n[colours]\n{colours}\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=says):
        Project.open(settings.parent)
