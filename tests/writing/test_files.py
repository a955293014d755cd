"""Files and versions: builds that lose nothing, changes written back, the program on a project's versions."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from miit_graph.build.errors import ProjectError
from miit_graph.build.sources import Project
from miit_graph.versions.patch import Patch
from miit_graph.versions.source import write_back
from miit_graph.versions.sync import UnwrittenChanges, build_version
from miit_graph.versions.writer import Told, Writer
from miit_graph.vocabulary import SKOS
from miit_graph.writing.operations import UPDATE, Operation
from tests.writing.small import BASE, DATA, ID, SCALES, built, setting

NOTE = f"INSERT DATA {{ GRAPH <{SCALES}> {{ <{ID}scale-1> <{BASE}ont#note> '说明 \"a\"'@zh , 'b\\nc' , 1.5 , true }} }}"


@pytest.fixture
def place(tmp_path):
    return built(tmp_path)


def change(place, *texts):
    with Writer.open(*place) as writer:
        for text in texts:
            proposal = writer.propose(Operation(UPDATE, text).change({}))
            assert proposal.snapshot is not None
            version = writer.accept(proposal, Told("ann"))
    return version


def rebuilt(place):
    project = Project.open(place[0].root)  # files are listed anew
    return build_version(project, place[1], lambda _: None)[0]


def test_changed_files_become_a_version_and_lose_nothing(place):
    project, snapshots = place
    change(place, setting(1, 5))
    file = project.root / "data" / "scales.ttl"
    file.write_text(
        file.read_text().replace("d:scale-2 a :Scale ; :left 0 ; :right 0", "d:scale-2 a :Scale ; :left 3 ; :right 3")
    )
    published = (snapshots / "current").resolve()
    with pytest.raises(UnwrittenChanges, match="export source") as caught:
        rebuilt(place)
    assert {str(q.object.value) for q in caught.value.lost.added} == {"5"}
    assert (snapshots / "current").resolve() == published
    with Writer.open(*place) as writer:
        assert writer.latest.number == 2


def test_what_is_written_back_builds_to_the_same_hash_and_touches_nothing_else(place, cli):
    project, _ = place
    version = change(place, setting(1, 5), NOTE, f"INSERT DATA {{ <{ID}new> <{BASE}ont#p> <{ID}scale-1> }}")
    before = (project.root / "data" / "scales.ttl").read_text(encoding="utf-8").splitlines()
    result = cli("export", "source", "--project", project.root)
    assert result.returncode == 0, result.stderr
    assert "data/scales.ttl: 1 subject(s)" in result.stdout and "data/added.ttl" in result.stdout
    after = (project.root / "data" / "scales.ttl").read_text(encoding="utf-8").splitlines()
    changed = [line for line in before if line not in after]
    assert changed == ["d:scale-1 a :Scale ; :left 0 ; :right 0 ."]
    assert "    :left 5 ;" in after and '"说明 \\"a\\""@zh' in "\n".join(after)
    assert rebuilt(place).version == version.snapshot
    with Writer.open(*place) as writer:
        assert writer.latest.number == version.number  # the same data make no version
    # From here on the files may take back what was accepted: they are where the truth is.
    file = project.root / "data" / "scales.ttl"
    file.write_text(file.read_text(encoding="utf-8").replace(":left 5", ":left 6").replace(":right 5", ":right 6"))
    found = rebuilt(place)
    with Writer.open(*place) as writer:
        assert (writer.latest.author, writer.latest.snapshot) == ("build", found.version)


def test_a_new_name_stands_where_the_old_one_stood(place):
    project, _ = place
    file = project.root / "data" / "names.ttl"
    file.write_text(f'<{ID}x> <{SKOS.prefLabel}> "Example"@en , "示例"@zh ;\n    <{ID}p> 1 .\n', encoding="utf-8")
    rebuilt(place)
    old = quad(f"{ID}x", str(SKOS.prefLabel), ox.Literal("Example", language="en"), DATA + "names")
    new = quad(f"{ID}x", str(SKOS.prefLabel), ox.Literal("Zebra", language="en"), DATA + "names")
    write_back(Project.open(project.root), Patch(frozenset({new}), frozenset({old})))
    assert '"Zebra"@en , "示例"@zh ;' in file.read_text(encoding="utf-8")


def test_versions_are_told_while_somebody_writes_and_the_files_have_changed(place, cli):
    project, _ = place
    with Writer.open(*place):
        file = project.root / "data" / "scales.ttl"
        file.write_text(file.read_text() + "d:scale-9 a :Scale ; :left 9 ; :right 9 .\n")
        for command in (("versions",), ("blame", f"<{ID}scale-1>")):
            told = cli(*command, "--project", project.root)
            assert told.returncode == 0 and "build" in told.stdout, told.stderr
        refused = cli("build", "--project", project.root)
        assert refused.returncode == 1 and "--endpoint" in refused.stderr and "stop it first" in refused.stderr


def test_edits_of_the_files_are_kept_when_changes_are_written_back(place, cli):
    project, _ = place
    change(place, setting(1, 5))
    file = project.root / "data" / "scales.ttl"
    text = file.read_text(encoding="utf-8") + "\n# A remark\nd:scale-9 a :Scale ; :left 9 ; :right 9 . # the ninth\n"
    file.write_text(text, encoding="utf-8")
    assert cli("export", "source", "--project", project.root).returncode == 0
    assert "# A remark\nd:scale-9 a :Scale ; :left 9 ; :right 9 . # the ninth\n" in file.read_text(encoding="utf-8")
    rebuilt(place)
    with Writer.open(*place) as writer:
        assert writer.latest.author == "build" and writer.latest.number == 3


def test_a_subject_that_is_gone_leaves_no_trace_and_an_empty_graph_no_file(place):
    project, _ = place
    change(
        place, f"DELETE WHERE {{ GRAPH <{SCALES}> {{ <{ID}scale-2> ?p ?o }} }}", f"INSERT DATA {{ <{ID}x> <{ID}p> 1 }}"
    )
    with Writer.open(*place) as writer:
        write_back(project, writer.journal.between(1, 3))
    assert (
        "scale-2" not in (project.root / "data/scales.ttl").read_text() and (project.root / "data/added.ttl").exists()
    )
    again = Project.open(project.root)
    write_back(again, Patch(removed=frozenset({quad(f"{ID}x", f"{ID}p", ox.Literal(1), DATA + "added")})))
    assert not (project.root / "data/added.ttl").exists()


def quad(s, p, o, g):
    return ox.Quad(ox.NamedNode(s), ox.NamedNode(p), o, ox.NamedNode(g))


def test_what_cannot_be_edited_safely_is_left_alone(place):
    project, _ = place
    file = project.root / "data" / "scales.ttl"
    text = file.read_text() + "d:odd :says '''\nd:scale-1 a thing .\n''' .\nd:scale-1 :twice 1 .\n"
    file.write_text(text)
    patch = Patch(removed=frozenset({quad(f"{ID}scale-1", f"{BASE}ont#twice", ox.Literal(1), SCALES)}))
    with pytest.raises(ProjectError, match="by hand"):
        write_back(project, patch)
    assert file.read_text() == text


def test_every_shipped_file_survives_a_change_of_each_of_its_subjects(project_copy):
    """Each file gets a new text on its first and last subject; everything else stays byte for byte."""
    project = Project.open(project_copy)
    for file in [f for f in project.files if f.role == "data"][:6]:
        before = file.path.read_text(encoding="utf-8")
        subjects = sorted(
            {
                str(q.subject.value)
                for q in ox.parse(before.encode(), format=ox.RdfFormat.TURTLE)
                if isinstance(q.subject, ox.NamedNode)
            }
        )
        extra = {quad(s, f"{ID}p", ox.Literal("x"), file.graph) for s in (subjects[0], subjects[-1])}
        write_back(project, Patch(frozenset(extra)))
        after = file.path.read_text(encoding="utf-8")
        assert len(after.splitlines()) - len(before.splitlines()) < 40
        write_back(project, Patch(removed=frozenset(extra)))
        assert ox_set(file.path) == {q.triple for q in ox.parse(before.encode(), format=ox.RdfFormat.TURTLE)}
        lost = set(before.splitlines()) - set(file.path.read_text(encoding="utf-8").splitlines())
        assert len(lost) < 40


def ox_set(path: Path):
    return {q.triple for q in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)}


class TestProgram:
    def test_update_of_a_project(self, place, cli, tmp_path):
        project, snapshots = place
        file = tmp_path / "fix.ru"
        file.write_text(setting(1, 7), encoding="utf-8")
        at = ("--project", project.root, "--author", "carol")
        dry = cli("update", file, *at, "--dry-run")
        assert dry.returncode == 0 and "Would be accepted" in dry.stdout, dry.stderr
        assert not list(snapshots.glob(".new-*"))
        done = cli("update", file, *at, "--message", "seven")
        assert done.returncode == 0 and "Version 2" in done.stdout, done.stderr
        assert "Nothing to change" in cli("update", file, *at).stdout
        listed = cli("versions", "--project", project.root).stdout
        assert "carol" in listed and "seven" in listed
        bad = cli("update", setting(1, 7, 8), *at, "--lang", "zh")
        assert bad.returncode == 1 and "左右不等" in bad.stderr and "Nothing was changed" in bad.stderr
        wrong = cli("update", "INSERT DATA { <a", *at)
        assert wrong.returncode == 1 and "Line 1" in wrong.stderr
        with Writer.open(*place):
            busy = cli("update", file, *at)
        assert busy.returncode == 1 and "another process" in busy.stderr

    def test_token(self, cli):
        made = cli("token", "dora")
        assert made.returncode == 0 and "dora:sha256:" in made.stdout
        assert cli("token", "build").returncode == 1
        assert cli("token", "a b").returncode == 1

    def test_serving_changes_needs_a_project(self, cli, tmp_path):
        import os

        (tmp_path / "a.ttl").write_text("<http://e/a> <http://e/p> 1 .")
        line = cli("token", "dora").stdout.split()[-1]
        result = cli("serve", "--data", tmp_path / "a.ttl", env={**os.environ, "MIIT_GRAPH_TOKENS": line})
        assert result.returncode == 1 and "need a project" in result.stderr
        result = cli("serve", "--data", tmp_path / "a.ttl", env={**os.environ, "MIIT_GRAPH_TOKENS": "dora:plain"})
        assert result.returncode == 1 and "miit-graph token" in result.stderr

    def test_reload_without_a_server(self, place, cli):
        result = cli("reload", "--project", place[0].root)
        assert result.returncode == 1 and "No server" in result.stderr
