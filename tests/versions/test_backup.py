"""Backups: made beside readers and writers, checked, restored; never over anything, never from anything damaged."""

import gzip
import io
import json
import shutil
import subprocess
import tarfile
import threading
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miit_graph.versions import backup as backups
from miit_graph.versions.backup import BackupError
from miit_graph.versions.history import JOURNAL, History
from miit_graph.writing.tokens import make
from tests.server import started
from tests.writing.conftest import Writing
from tests.writing.small import ID, built, setting

TOKEN, LINE = make("ann")
LEFT = "SELECT ?x {{ <{}scale-{}> <https://example.org/scales/ont#left> ?x }}"


@pytest.fixture(scope="module")
def served(tmp_path_factory, cli):
    """A backup that was made while somebody wrote, and what was certain before and after."""
    root = tmp_path_factory.mktemp("served")
    built(root)
    file = root / "backup.tar.gz"
    (root / "tokens.txt").write_text(LINE + "\n")
    with started("--project", root, MIIT_GRAPH_TOKENS=str(root / "tokens.txt"), MIIT_GRAPH_WEB_PROCESSES="1") as server:
        client = Writing(server, TOKEN)
        for number in range(1, 4):
            assert client.update(setting(0, number)).status == 200
        enough, accepted = threading.Event(), []

        def write():
            number = 3
            while not enough.is_set() and number < 60:
                number += 1
                reply = client.update(setting(0, number))
                assert reply.status == 200
                accepted.append(reply.json["version"])

        writer = threading.Thread(target=write)
        writer.start()
        try:
            made = cli("backup", file, "--project", root, "--tokens", root / "tokens.txt")
            refused = cli("restore", file, "--project", root, "--replace")
        finally:
            enough.set()
            writer.join()
        latest = client.version
    return SimpleNamespace(root=root, file=file, made=made, refused=refused, accepted=accepted, latest=latest)


def test_a_backup_made_while_somebody_writes_is_one_state(served, tmp_path, cli):
    assert served.made.returncode == 0, served.made.stderr
    assert served.refused.returncode == 1 and "Stop it" in served.refused.stderr and served.accepted
    found = backups.check(served.file)
    assert found.number >= 4 and len(found.snapshots) == 2 and found.tokens
    done = cli("restore", served.file, "--snapshots", tmp_path / "snapshots", "--tokens", tmp_path / "tokens.txt")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tokens.txt").read_text() == LINE + "\n"
    assert (tmp_path / "tokens.txt").stat().st_mode & 0o077 == 0
    history = History(tmp_path / "snapshots")
    assert [version.number for version in history.versions] == list(range(1, found.number + 1))
    # The journal leads from the first snapshot to the newest, quad for quad; each version has set a pan.
    first = history.quads(history.versions[0])
    newest = frozenset(backups.Snapshot.open(tmp_path / "snapshots" / found.current).quads())
    change = history.change(1, found.number)
    assert (first - change.removed) | change.added == newest
    values = {str(quad.object) for quad in newest if quad.subject.value == f"{ID}scale-0"}
    assert any(value.startswith(f'"{found.number - 1}"') for value in values)


def test_what_was_restored_is_served_and_written_to(served, tmp_path, cli):
    root = tmp_path / "elsewhere"
    shutil.copytree(served.root, root, ignore=shutil.ignore_patterns("build"))
    assert cli("restore", served.file, "--project", root, "--tokens", root / "new.txt").returncode == 0
    with started("--project", root, MIIT_GRAPH_TOKENS=str(root / "new.txt"), MIIT_GRAPH_WEB_PROCESSES="1") as server:
        client = Writing(server, TOKEN)
        number = backups.check(served.file).number
        assert client.values(LEFT.format(ID, 0)) == [str(number - 1)]
        told = client.update(setting(1, 7)).json
        assert told["version"] == number + 1


def test_nothing_is_overwritten_without_being_asked(served, tmp_path, cli):
    before = served.file.read_bytes()
    again = cli("backup", served.file, "--project", served.root)
    assert again.returncode == 1 and "is there already" in again.stderr and served.file.read_bytes() == before
    target = tmp_path / "snapshots"
    assert cli("restore", served.file, "--snapshots", target).returncode == 0
    (target / "mine").write_text("x")
    refused = cli("restore", served.file, "--snapshots", target)
    assert refused.returncode == 1 and "--replace" in refused.stderr and (target / "mine").exists()
    done = cli("restore", served.file, "--snapshots", target, "--replace")
    assert done.returncode == 0 and not (target / "mine").exists()
    (aside,) = tmp_path.glob("snapshots.before-*")
    assert (aside / "mine").exists() and str(aside) in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["snapshots", aside.name]


def test_without_versions_the_published_snapshot_is_kept(tmp_path):
    _, snapshots = built(tmp_path / "project")
    made = backups.make(snapshots, tmp_path / "b.tar.gz")
    backups.restore(tmp_path / "b.tar.gz", tmp_path / "there")
    assert made.number == 0 and (tmp_path / "there" / "current").resolve().name == made.current
    assert not (tmp_path / "there" / JOURNAL).exists()
    with pytest.raises(BackupError, match="nothing to back up"):
        backups.make(tmp_path / "empty", tmp_path / "c.tar.gz")
    assert not list(tmp_path.glob(".c.tar.gz*"))


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_told_and_changes_nothing(served, tmp_path_factory, data):
    content = bytearray(served.file.read_bytes())
    kind = data.draw(st.sampled_from(("flip", "cut", "more")))
    at = data.draw(st.integers(10, len(content) - 1))
    if kind == "flip":
        content[at] ^= 1 << data.draw(st.integers(0, 7))
    elif kind == "cut":
        del content[at:]
    else:
        content += b"more"
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "b.tar.gz").write_bytes(content)
    with pytest.raises(BackupError, match=r"b\.tar\.gz"):
        backups.restore(folder / "b.tar.gz", folder / "snapshots")
    assert [path.name for path in folder.iterdir()] == ["b.tar.gz"]


def repacked(served, target, change):
    """The backup with its members changed, as somebody could who means harm."""
    with tarfile.open(served.file) as archive:
        members = {member.name: archive.extractfile(member).read() for member in archive}
    change(members)
    with tarfile.open(target, "w:gz") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def test_a_backup_that_names_other_places_is_refused(served, tmp_path):
    def elsewhere(members):
        told = json.loads(members["backup.json"])
        told["files"]["../evil"] = {"bytes": 1, "sha256": "0" * 64}
        members["backup.json"] = json.dumps(told).encode()
        members["../evil"] = b"x"

    def unlisted(members):
        members["0123456789abcdef/dataset.nq"] = b""

    def other(members):
        members[JOURNAL] = members[JOURNAL].replace(b"ann", b"bob")

    def newer(members):
        members["backup.json"] = members["backup.json"].replace(b'"layout": 1', b'"layout": 2')

    for change in (elsewhere, unlisted, other, newer, dict.clear):
        repacked(served, tmp_path / "b.tar.gz", change)
        with pytest.raises(BackupError):
            backups.restore(tmp_path / "b.tar.gz", tmp_path / "snapshots")
        assert [path.name for path in tmp_path.iterdir()] == ["b.tar.gz"]
    (tmp_path / "b.tar.gz").write_bytes(gzip.compress(b"no archive"))
    with pytest.raises(BackupError, match="no backup"):
        backups.check(tmp_path / "b.tar.gz")


def test_other_programs_can_read_it(served):
    listed = subprocess.run(["tar", "tzf", served.file], capture_output=True, text=True, check=True, timeout=60)
    assert listed.stdout.splitlines()[0] == "backup.json" and JOURNAL in listed.stdout
