"""The command line as a person meets it: exit codes, messages to act on, and output in every format."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from miit_graph.build.new import new_project
from miit_graph.build.snapshot import Snapshot
from miit_graph.cli import GRAPH_FORMATS, GRAPH_OPTIONS
from miit_graph.export.graph import FORMATS, HELP
from tests.conftest import ROOT, RunCli


def edit(file: Path, change: Callable[[str], str]) -> None:
    """Change a file, and make sure that it did change."""
    before = file.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    file.write_text(after, encoding="utf-8")


@pytest.fixture(scope="module")
def served(snapshot: Snapshot) -> list[object]:
    """Arguments that point a command at the built snapshot."""
    return ["--snapshot", snapshot.path]


# Each of these must stop the build with exit code 1, a message that names the place, and the old snapshot in place.
BREAKAGES = {
    "a Turtle file with a missing full stop": (
        "data/people.ttl",
        lambda text: text.replace(" .\n\nd:", "\n\nd:", 1),
        [r"data/people\.ttl:\d+:\d+: not valid Turtle"],
    ),
    "an undeclared prefix": (
        "data/people.ttl",
        lambda text: text + "\nd:somebody a foaff:Person .\n",
        [r"data/people\.ttl:\d+", "foaff"],
    ),
    "a blank node": (
        "data/people.ttl",
        lambda text: text + '\nd:somebody a foaf:Person ;\n    skos:related [ skos:note "x" ] .\n',
        [r"data/people\.ttl:\d+: a blank node", "Give the thing an IRI"],
    ),
}  # fmt: skip

# And all of these, together in one build, with a message for each of them.
BROKEN_RULES = {
    "a missing Chinese label": (
        "data/universities.ttl",
        lambda text: text.replace(' , "北京航空航天大学"@zh', "", 1),
        ["R01", r"data/universities\.ttl:\d+", "Beihang University", r"preferred label.*Chinese", "to mend"],
    ),
    "a citation past the end of the source": (
        "data/universities.ttl",
        lambda text: text.replace("m:lineStart 152 ;\n    m:lineEnd 152", "m:lineStart 193 ;\n    m:lineEnd 193", 1),
        ["R12"],
    ),
    "a second incumbent": (
        "data/posts-and-tenures.ttl",
        lambda text: re.sub(r"\n    m:validUntil d:t-2022-07 ;", "", text, count=1),
        ["R19", "Secretary", "overlap"],
    ),
    "a fact without evidence": (
        "data/universities.ttl",
        lambda text: re.sub(
            r"(d:aff-bit a m:Affil.*?) ;\n    prov:wasDerivedFrom [^.]*\.", r"\1 .", text, count=1, flags=re.DOTALL
        ),
        ["R11", "evidence"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "edits", [*([one] for one in BREAKAGES.values()), list(BROKEN_RULES.values())], ids=[*BREAKAGES, "rules"]
)
def test_a_broken_project_stops_the_build_and_keeps_the_old_snapshot(
    edits: list[tuple[str, Callable[[str], str], list[str]]],
    project_copy: Path,
    snapshot: Snapshot,
    cli: RunCli,
    tmp_path: Path,
) -> None:
    out = tmp_path / "snapshots"
    out.mkdir()
    (out / "current").symlink_to(snapshot.path)
    for name, change, _ in edits:
        edit(project_copy / name, change)
    result = cli("build", "--project", project_copy, "--out", out)
    assert result.returncode == 1, result.stdout + result.stderr
    for pattern in (pattern for _, _, expected in edits for pattern in expected):
        assert re.search(pattern, result.stderr), f"{pattern!r} is not in:\n{result.stderr}"
    assert "Traceback" not in result.stderr
    assert [path.name for path in out.iterdir()] == ["current"]
    assert (out / "current").resolve() == snapshot.path


def test_build_says_where_the_snapshot_is(cli: RunCli, tmp_path: Path) -> None:
    out = tmp_path / "snapshots"
    result = cli("build", "--project", new_project(tmp_path / "club"), "--out", out)
    assert result.returncode == 0, result.stderr
    assert re.search(r"version [0-9a-f]{16}, [\d,]+ triples", result.stdout)
    assert Snapshot.open(out).path.parent == out.resolve()


@pytest.fixture
def club(tmp_path: Path) -> Path:
    """A small project under all our rules, in which a Chinese label is missing."""
    folder = new_project(tmp_path / "club")
    edit(folder / "data" / "bodies.ttl", lambda text: text.replace(' , "青年队"@zh', "", 1))
    return folder


def test_validate_in_chinese_and_as_json(club: Path, cli: RunCli) -> None:
    chinese = cli("validate", "--project", club, "--lang", "zh")
    assert chinese.returncode == 1
    assert "违规 R01" in chinese.stdout and "中文首选名称" in chinese.stdout
    document = json.loads(cli("validate", "--project", club, "--format", "json").stdout)
    assert document["conforms"] is False
    finding = next(f for f in document["findings"] if f["rule"] == "R01")
    assert finding["focus"] == "https://example.org/club/id/youth" and finding["file"] == "data/bodies.ttl"
    assert set(finding["message"]) == {"en", "zh"} == set(finding["hint"])


def test_validate_as_sarif_names_rule_and_line(club: Path, cli: RunCli) -> None:
    log = json.loads(cli("validate", "--project", club, "--format", "sarif").stdout)
    run = log["runs"][0]
    errors = [result for result in run["results"] if result["level"] == "error"]
    assert [result["ruleId"] for result in errors] == ["R01"]
    assert run["tool"]["driver"]["rules"][errors[0]["ruleIndex"]]["id"] == "R01"
    place = errors[0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "data/bodies.ttl" and place["region"]["startLine"] > 1


SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")


def test_validate_gives_the_shacl_report_as_rdf(cli: RunCli) -> None:
    result = cli("validate", "--project", ROOT, "--format", "turtle")
    assert result.returncode == 0
    graph = rdflib.Graph().parse(data=result.stdout, format="turtle")
    assert len(list(graph.subjects(rdflib.RDF.type, SH.ValidationReport))) == 1
    for node in graph.subjects(rdflib.RDF.type, SH.ValidationResult):
        assert {m.language for m in graph.objects(node, SH.resultMessage)} == {"en", "zh"}


@pytest.fixture
def ages(tmp_path: Path) -> list[object]:
    """Arguments for a file that breaks the only rule of another one."""
    (tmp_path / "data.ttl").write_text('@prefix : <http://example.org/> .\n\n:a a :Thing ;\n    :age "old" .\n')
    (tmp_path / "shapes.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> ."
        "@prefix : <http://example.org/> . :s a sh:NodeShape ; sh:targetClass :Thing ; sh:property :p ."
        ':p sh:path :age ; sh:datatype xsd:integer ; sh:message "An age is a number."@en .'
    )
    return ["--data", tmp_path / "data.ttl", "--shapes", tmp_path / "shapes.ttl"]


@pytest.mark.parametrize(
    ("name", "parser"), [("turtle", "turtle"), ("jsonld", "json-ld"), ("ntriples", "nt"), ("rdfxml", "xml")]
)
def test_validate_gives_the_report_in_each_format(name: str, parser: str, ages: list[object], cli: RunCli) -> None:
    graph = rdflib.Graph().parse(data=cli("validate", *ages, "--format", name).stdout, format=parser)
    (result,) = graph.subjects(rdflib.RDF.type, SH.ValidationResult)
    assert graph.value(result, SH.resultMessage) == rdflib.Literal("An age is a number.", lang="en")


def test_validate_any_file_against_any_shapes(ages: list[object], cli: RunCli) -> None:
    result = cli("validate", *ages)
    assert result.returncode == 1
    assert "data.ttl:4" in result.stdout and "An age is a number." in result.stdout and "«old»" in result.stdout


def test_a_wrong_shapes_file_is_named_with_its_line(tmp_path: Path, cli: RunCli) -> None:
    (tmp_path / "data.ttl").write_text("<http://example.org/a> <http://example.org/b> 1 .")
    (tmp_path / "shapes.ttl").write_text("@prefix sh: <http://www.w3.org/ns/shacl#> .\n:s a sh:NodeShape .")
    result = cli("validate", "--data", tmp_path / "data.ttl", "--shapes", tmp_path / "shapes.ttl")
    assert result.returncode == 1
    assert re.search(r"shapes\.ttl:2:\d+: not valid Turtle", result.stderr)


def test_query_from_text_file_and_standard_input(served: list[object], cli: RunCli, tmp_path: Path) -> None:
    text = "SELECT ?zh { d:caict skos:prefLabel ?zh FILTER(LANG(?zh) = 'zh') }"
    (tmp_path / "q.rq").write_text(text)
    answers = [
        cli("query", text, *served, "--format", "csv").stdout,
        cli("query", tmp_path / "q.rq", *served, "--format", "csv").stdout,
        cli("query", "-", *served, "--format", "csv", input=text).stdout,
    ]
    assert {answer.replace("\r", "") for answer in answers} == {"zh\n中国信息通信研究院\n"}


def test_query_table_for_people(served: list[object], cli: RunCli) -> None:
    result = cli(
        "query", "SELECT ?p ?n { ?p a m:Nameplate ; skos:prefLabel ?n } ORDER BY ?n", *served, "--format", "table"
    )
    assert "d:plate-cnsa" in result.stdout and "国家航天局 @zh" in result.stdout and "32 rows" in result.stdout
    assert cli("query", "ASK { d:miit ?p ?o }", *served, "--format", "table").stdout.strip() == "yes"


@pytest.fixture
def little(tmp_path: Path) -> list[object]:
    """Arguments that point a command at a small file, which takes no time to load."""
    file = tmp_path / "little.ttl"
    file.write_text('@prefix e: <http://e/> . e:a e:p e:b . e:b e:p "中"@zh , 1 .', encoding="utf-8")
    return ["--data", file]


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_query_construct_in_each_format(name: str, little: list[object], cli: RunCli) -> None:
    result = cli("query", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", *little, "--format", name)
    parser = {"ttl": "turtle", "nt": "nt", "rdf": "xml", "jsonld": "json-ld", "trig": "trig", "nq": "nquads"}[name]
    graph = rdflib.Dataset(default_union=True).parse(data=result.stdout, format=parser)
    assert {str(o) for _, _, o, _ in graph.quads()} == {"http://e/b", "中", "1"}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * { ?s ?p }", r"[Ll]ine 1, column 18"),
        ("SELECT * {\n  ?s nope:p ?o\n}", "nope"),
        ("INSERT DATA { <a:b> <a:c> 1 }", "does not run (SPARQL )?updates"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE"),
        ("no-such-file.rq", "There is no file no-such-file.rq"),
    ],
)
def test_a_bad_query_is_explained(query: str, message: str, little: list[object], cli: RunCli) -> None:
    result = cli("query", query, *little)
    assert result.returncode == 1 and result.stdout == ""
    assert re.search(message, result.stderr), result.stderr
    assert "Traceback" not in result.stderr


def test_a_format_that_does_not_fit_lists_those_that_do(little: list[object], cli: RunCli) -> None:
    result = cli("query", "ASK {}", *little, "--format", "ttl")
    assert result.returncode == 1 and "Take one of: json, xml" in result.stderr


@pytest.mark.parametrize("name", ["ttl", "nt", "rdf", "jsonld", "trig", "nq"])
def test_export_writes_the_whole_dataset(
    name: str, served: list[object], snapshot: Snapshot, cli: RunCli, tmp_path: Path
) -> None:
    target = tmp_path / f"dump.{name}"
    assert cli("export", "rdf", *served, "--format", name, "--out", target).returncode == 0
    formats = {
        "ttl": "TURTLE",
        "nt": "N_TRIPLES",
        "rdf": "RDF_XML",
        "jsonld": "JSON_LD",
        "trig": "TRIG",
        "nq": "N_QUADS",
    }
    store = ox.Store()
    store.bulk_load(path=str(target), format=getattr(ox.RdfFormat, formats[name]))
    assert len(store) == snapshot.manifest["quads" if name in ("trig", "nq") else "triples"]


def test_export_graph_takes_the_options_of_graph_files(served: list[object], cli: RunCli, tmp_path: Path) -> None:
    assert set(GRAPH_OPTIONS) == set(HELP) and set(GRAPH_FORMATS) == set(FORMATS)
    target = tmp_path / "chart.dot"
    edges = "org:subOrganizationOf,m:managedBy"
    result = cli("export", "graph", *served, "--format", "dot", "--root", "miit", "--edges", edges, "--out", target)
    assert result.returncode == 0, result.stderr
    assert "工业和信息化部" in target.read_text(encoding="utf-8")
    wrong = cli("export", "graph", *served, "--as-of", "yesterday", "--out", tmp_path / "x.gexf")
    assert wrong.returncode == 1 and "yesterday" in wrong.stderr and not (tmp_path / "x.gexf").exists()
    assert cli("export", "graph", *served, "--format", "ttl").returncode == 2


def test_export_docs_writes_pages_to_open(served: list[object], cli: RunCli, tmp_path: Path) -> None:
    result = cli("export", "docs", *served, "--out", tmp_path / "site")
    assert result.returncode == 0, result.stderr
    assert 'id="Affiliation"' in (tmp_path / "site" / "zh" / "index.html").read_text(encoding="utf-8")


def test_info_in_both_forms(served: list[object], snapshot: Snapshot, cli: RunCli) -> None:
    text = cli("info", *served, "--lang", "zh").stdout
    assert (
        "中华人民共和国工业和信息化部知识图谱" in text
        and snapshot.version in text
        and "31  m:RegionalAdministration" in text
    )
    document = json.loads(cli("info", *served, "--format", "json").stdout)
    assert document["version"] == snapshot.version and document["place"] == str(snapshot.path)


def test_any_rdf_files_can_be_queried(tmp_path: Path, cli: RunCli) -> None:
    (tmp_path / "a.trig").write_text("<http://e/g> { <http://e/a> <http://e/p> 1 }")
    with gzip.open(tmp_path / "b.nt.gz", "wt") as file:
        file.write("<http://e/b> <http://e/p> <http://e/c> .\n")
    count = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    own = cli("query", count, "--data", tmp_path, "--format", "csv")
    union = cli("query", count, "--data", tmp_path, "--default-graph", "union", "--format", "csv")
    rows = [list(csv.reader(io.StringIO(result.stdout))) for result in (own, union)]
    assert rows == [[["n"], ["1"]], [["n"], ["2"]]]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bad.ttl", b"<http://e/a> <http://e/b>", r"bad\.ttl:1"),
        ("bad.nt.gz", b"not gzip", "not a complete gzip file"),
        ("what.bin", b"", "tells no RDF format"),
    ],
)
def test_a_bad_data_file_is_named(name: str, content: bytes, message: str, tmp_path: Path, cli: RunCli) -> None:
    (tmp_path / name).write_bytes(content)
    result = cli("query", "ASK {}", "--data", tmp_path / name)
    assert result.returncode == 1 and re.search(message, result.stderr), result.stderr


@pytest.mark.parametrize("command", ["build", "validate", "coverage", "serve", "query", "export", "info"])
def test_help_of_each_command_has_an_example(command: str, cli: RunCli) -> None:
    result = cli(command, "--help")
    assert result.returncode == 0 and f"example:\n  miit-graph {command}" in result.stdout


@pytest.mark.parametrize("arguments", [[], ["frobnicate"], ["query"], ["validate", "--shapes", "x.ttl"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str], cli: RunCli) -> None:
    assert cli(*arguments).returncode == 2


def test_a_bad_setting_is_named(cli: RunCli, little: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIIT_GRAPH_TIMEOUT", "soon")
    result = cli("query", "ASK {}", *little)
    assert result.returncode == 1 and "MIIT_GRAPH_TIMEOUT" in result.stderr and "number of seconds" in result.stderr


def test_settings_name_what_to_work_on_if_no_option_does(cli: RunCli, tmp_path: Path) -> None:
    data = tmp_path / "mine.ttl"
    data.write_text("<http://example.org/a> <http://example.org/p> 1 .", encoding="utf-8")
    environment = {**os.environ, "MIIT_GRAPH_DATA": str(data)}
    assert json.loads(cli("info", "--format", "json", env=environment).stdout)["triples"] == 1
