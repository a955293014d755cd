"""What other users of the machine may read and change: sockets, tokens, the journal, snapshots."""

import contextlib
import os
import socket
import stat
from pathlib import Path

import pytest

from miit_graph.versions.journal import Journal
from miit_graph.writing.tokens import Tokens, TokensError
from tests.writing.conftest import ANN, ANN_LINE
from tests.writing.small import built, setting


def mode(path):
    return stat.S_IMODE(Path(path).stat().st_mode)


@pytest.fixture
def umask():
    """Set the umask of this process for one test."""
    before = os.umask(0o022)
    yield os.umask
    os.umask(before)


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    """The snapshots of a project that was built by somebody who lets nobody read."""
    root = tmp_path_factory.mktemp("private")
    before = os.umask(0o077)
    try:
        built(root)
    finally:
        os.umask(before)
    return root / "build" / "snapshots"


def refused(cli, **given):
    """What a server says that ends before it serves: the port is taken."""
    options = [part for name, value in given.items() if name.startswith("--") for part in (name, value)]
    variables = {name: value for name, value in given.items() if not name.startswith("--")}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = cli("serve", "--port", port, *options, env={**os.environ, **variables})
    assert done.returncode == 1
    return done.stderr


def test_every_socket_lies_where_only_its_owner_may_enter(writing):
    """That of the engine, of earlier versions and of the writer: who could connect would be somebody else."""
    inodes = set()
    for pid in {writing.running.process.pid} | writing.running.children():
        with contextlib.suppress(FileNotFoundError):  # it, or what it had open, is gone
            targets = [str(descriptor.readlink()) for descriptor in Path(f"/proc/{pid}/fd").iterdir()]
            inodes |= {target[8:-1] for target in targets if target.startswith("socket:[")}
    lines = (line.split() for line in Path("/proc/net/unix").read_text().splitlines()[1:])
    # A socket keeps the name that it was bound to, also where the file has another name by now.
    folders = {Path(line[7]).parent for line in lines if line[6] in inodes and len(line) > 7 and line[7][0] == "/"}
    assert len(folders) >= 3
    assert {mode(folder) for folder in folders} == {0o700}
    assert {folder.stat().st_uid for folder in folders} == {os.getuid()}


def test_no_process_is_given_a_token_that_only_a_client_knows(writing):
    told = writing.update(setting(0, 1), dry_run="true")
    assert told.status == 200, told.text
    server = writing.running.process.pid
    for pid in (pid for pid in writing.running.children() if writing.running.parent(pid) == server):
        known = Path(f"/proc/{pid}/cmdline").read_bytes() + Path(f"/proc/{pid}/environ").read_bytes()
        assert ANN.encode() not in known
        if b"miit_graph.engine.process" in known or b"miit_graph.writing" in known:
            assert ANN_LINE.encode() not in known, "not even what it is compared with"


@pytest.mark.parametrize("bits", [0o620, 0o602, 0o777])
def test_a_file_of_tokens_that_others_may_write_is_refused(tmp_path, bits):
    file = tmp_path / "tokens"
    file.write_text(ANN_LINE, encoding="utf-8")
    file.chmod(bits)
    with pytest.raises(TokensError, match=f"mode {bits:04o}.*chmod 600 {file}"):
        Tokens.read(str(file))


def test_a_server_tells_what_is_open_to_everybody(cli, snapshots, tmp_path):
    project, file = snapshots.parent.parent, tmp_path / "tokens"
    file.write_text(ANN_LINE, encoding="utf-8")
    file.chmod(0o640)
    arguments = {"--project": project, "MIIT_GRAPH_TOKENS": str(file)}
    assert "Warning" not in refused(cli, **arguments)
    before = {place: mode(place) for place in (project, snapshots)}
    try:
        for place in before:
            place.chmod(before[place] | 0o002)
        file.chmod(0o644)
        said = refused(cli, **arguments)
        file.chmod(0o646)
        none = refused(cli, **arguments)
    finally:
        for place, bits in before.items():
            place.chmod(bits)
    assert [line.split()[1] for line in said.splitlines() if line.startswith("Warning")][:2] == [
        str(snapshots), str(project),
    ]  # fmt: skip
    assert f"chmod o-w {snapshots}" in said and f"chmod 600 {file}" in said
    assert "add a token of their own" in none and "Traceback" not in none


def test_who_lets_nobody_read_gets_snapshots_that_nobody_reads(snapshots):
    made = [path for path in snapshots.rglob("*") if not path.is_symlink()]
    assert {path.name for path in made} >= {"dataset.nq", "manifest.json"}
    assert not [path for path in made if mode(path) & 0o077]


@pytest.mark.parametrize(("mask", "expected"), [(0o000, 0o644), (0o002, 0o644), (0o022, 0o644), (0o077, 0o600)])
def test_nobody_else_may_write_the_journal_whatever_the_umask(tmp_path, umask, mask, expected):
    umask(mask)
    Journal(tmp_path / "journal", writing=True).close()
    assert mode(tmp_path / "journal") == expected
