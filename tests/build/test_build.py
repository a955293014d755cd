"""`miit-graph build`: same input, same snapshot; broken input, a message to act on and nothing lost."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from miit_graph.build.describe import describe
from miit_graph.build.errors import ProjectError, RuleError, SnapshotError
from miit_graph.build.freshness import current
from miit_graph.build.infer import infer
from miit_graph.build.pipeline import assemble, build
from miit_graph.build.snapshot import Snapshot, canonical_lines
from miit_graph.build.sources import Project
from miit_graph.vocabulary import M

D = "https://w3id.org/miit-graph/id/"


def test_two_builds_of_the_same_input_give_the_same_hash(project: Project, snapshot: Snapshot, tmp_path: Path) -> None:
    again, _ = build(project, tmp_path)
    assert again.manifest["sha256"] == snapshot.manifest["sha256"]
    assert (again.path / "merged.nt").read_bytes() == (snapshot.path / "merged.nt").read_bytes()


def test_the_order_of_triples_in_a_file_does_not_change_the_hash(project_copy: Path, snapshot: Snapshot) -> None:
    file = project_copy / "data" / "people.ttl"
    head, *blocks = re.split(r"\n(?=d:)", file.read_text(encoding="utf-8"))
    file.write_text("\n".join([head, *reversed(blocks)]), encoding="utf-8")
    changed = Project.open(project_copy)
    assembled = assemble(changed)
    infer(assembled.store, changed)
    *others, description = snapshot.manifest["graphs"]
    assert describe(assembled.store, changed, {**snapshot.manifest, "graphs": others}) == description
    assert canonical_lines(assembled.store) == (snapshot.path / "dataset.nq").read_text(encoding="utf-8").splitlines()


def test_the_manifest_counts_what_the_snapshot_holds(snapshot: Snapshot) -> None:
    store = snapshot.load()
    for graph in snapshot.manifest["graphs"]:
        found = sum(1 for _ in store.quads_for_pattern(None, None, None, ox.NamedNode(graph["iri"])))
        assert found == graph["triples"] > 0, graph
    default = sum(1 for _ in store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    assert default == snapshot.manifest["triples"]
    classes = {entry["iri"]: entry for entry in snapshot.manifest["classes"]}
    assert classes[M.RegionalAdministration]["count"] == 31
    assert classes[M.RegionalAdministration]["label"]["zh"] == "地方通信管理局"
    assert snapshot.manifest["report"]["Violation"] == 0


def test_every_derived_triple_with_a_fact_leads_back_to_evidence(snapshot: Snapshot) -> None:
    unexplained = """
        PREFIX m: <https://w3id.org/miit-graph/ont#>
        PREFIX org: <http://www.w3.org/ns/org#>
        PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        SELECT ?s ?p ?o {
          GRAPH <https://w3id.org/miit-graph/graph/derived> { ?s ?p ?o }
          VALUES ?p { org:unitOf org:subOrganizationOf m:managedBy org:linkedTo org:holds org:heldBy }
          FILTER NOT EXISTS {
            ?record rdf:subject ?s ; rdf:predicate ?p ; rdf:object ?o ; prov:wasDerivedFrom ?fact .
            { ?fact prov:wasDerivedFrom/m:quote ?quote } UNION { ?fact prov:wasAttributedTo ?curators }
          }
        }"""
    assert list(snapshot.load().query(unexplained)) == []


def test_a_deprecated_fact_derives_nothing(project_copy: Path) -> None:
    file = next((project_copy / "data").glob("universities.ttl"))
    text = file.read_text(encoding="utf-8")
    block = re.search(r"d:aff-beihang a m:Affiliation.*?\n\n", text, re.DOTALL)
    assert block
    file.write_text(text.replace(block[0], block[0].replace("c:rank-normal", "c:rank-deprecated")), encoding="utf-8")
    store = assemble(Project.open(project_copy)).store
    part_of = ox.NamedNode("http://www.w3.org/ns/org#subOrganizationOf")
    assert list(store.quads_for_pattern(ox.NamedNode(D + "beihang"), part_of, None)) == []
    assert list(store.quads_for_pattern(ox.NamedNode(D + "bit"), part_of, None))


@pytest.fixture
def snapshots(snapshot: Snapshot, tmp_path: Path) -> Path:
    """A folder with a copy of the built snapshot."""
    return shutil.copytree(snapshot.path.parent, tmp_path / "out", symlinks=True)


def test_a_fresh_snapshot_is_recognised_and_a_changed_file_makes_it_stale(
    project_copy: Path, snapshots: Path, tmp_path: Path
) -> None:
    project = Project.open(project_copy)
    assert current(project, tmp_path / "none") is None
    built = Snapshot.open(snapshots)
    found = current(project, tmp_path / "out")
    assert found is not None and found.version == built.version
    with (project_copy / "data" / "people.ttl").open("a") as file:
        file.write("# a remark\n")
    assert current(project, tmp_path / "out") is None


def test_a_damaged_snapshot_is_refused(snapshots: Path) -> None:
    built = Snapshot.open(snapshots)
    built.verify()
    dataset = built.path / "dataset.nq"
    dataset.write_bytes(dataset.read_bytes()[:-1])
    with pytest.raises(SnapshotError, match="was changed after it was built"):
        built.verify()
    dataset.unlink()
    with pytest.raises(SnapshotError, match=r"dataset\.nq is missing"):
        Snapshot.open(snapshots)
    (built.path / "manifest.json").write_text(json.dumps({"layout": 99}))
    with pytest.raises(SnapshotError, match="layout 99"):
        Snapshot.open(built.path)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("SELECT ?subject ?predicate { ?subject a ?predicate }", r"lacks \?object"),
        ("ASK {}", "must be a SELECT"),
        ("SELECT ?subject {", r"99-mine\.rq: .*1:"),
        (
            "SELECT ?subject ?predicate ?object { ?subject a ?object . BIND('x' AS ?predicate) }",
            "must be IRIs",
        ),
        ("SELECT ?subject ?predicate ?object { ?subject a ?object }", "unbound"),
    ],
)
def test_a_rule_that_makes_no_triples_is_named(project_copy: Path, rule: str, message: str) -> None:
    (project_copy / "rules" / "99-mine.rq").write_text(rule)
    with pytest.raises(RuleError, match=message) as caught:
        assemble(Project.open(project_copy))
    assert "rules/99-mine.rq" in str(caught.value)


def test_a_folder_that_is_no_project_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"has no graph\.toml"):
        Project.open(tmp_path)
    (tmp_path / "graph.toml").write_text('base = "https://example.org/x/"\nname = "x"\n[title]\nen = "X"\n')
    with pytest.raises(ProjectError, match="holds no Turtle file"):
        _ = Project.open(tmp_path).files
    (tmp_path / "graph.toml").write_text('base = "not an iri"\nname = "x"\ntitle = {}\n')
    with pytest.raises(ProjectError, match="base must be"):
        Project.open(tmp_path)
    (tmp_path / "graph.toml").write_text("base = ")
    with pytest.raises(ProjectError, match="Mend the file's TOML"):
        Project.open(tmp_path)
