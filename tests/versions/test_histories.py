"""Whatever is changed in whatever order, each version is what was accepted, and blame knows who said it."""

import json
import os
import shutil
from collections import defaultdict

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miit_graph.build.snapshot import Snapshot, freeze
from miit_graph.versions.history import JOURNAL, History
from miit_graph.versions.journal import Journal, Version
from miit_graph.versions.past import load_version
from miit_graph.versions.patch import Patch
from miit_graph.versions.prune import Policy, prune
from miit_graph.versions.writer import Told, Writer

EX = "http://example.org/"
nodes = st.sampled_from([ox.NamedNode(EX + name) for name in "abcd"])
literals = st.builds(ox.Literal, st.sampled_from(["x", "y", "汉"]))
quads = st.builds(ox.Quad, nodes, nodes, nodes | literals, st.sampled_from([ox.NamedNode(EX + g) for g in ("g", "h")]))
histories = st.lists(st.frozensets(quads, max_size=6), min_size=1, max_size=7)


def record(folder, states):
    """A folder of snapshots and a journal in which these states follow each other."""
    with Journal(folder / JOURNAL, writing=True) as journal:
        before = states[0]
        for number, state in enumerate(states, 1):
            snapshot = freeze(state, folder, {"prefixes": {}}, publish=True)
            time = f"2026-01-{number:02}T00:00:00Z"
            patch = Patch.between(before, state) if number > 1 else Patch()
            counts = len(patch.added), len(patch.removed)
            journal.append(Version(number, time, f"author {number}", "", snapshot.version, *counts), patch)
            before = state
    return History(folder)


@settings(max_examples=40, deadline=None)
@given(histories, st.integers(1, 3), st.integers(0, 3))
def test_every_version_is_what_was_accepted_whatever_is_kept(tmp_path_factory, states, newest, every):
    folder = tmp_path_factory.mktemp("history")
    history = record(folder, states)
    policy = Policy(newest, every)
    gone = prune(folder, history.versions, policy)
    assert {v.snapshot for v in gone}.isdisjoint(policy.keeps(history.versions))
    assert Snapshot.open(folder).version == history.versions[-1].snapshot
    for number, state in enumerate(states, 1):
        assert history.quads(history.find(number)) == state
        store = load_version(folder, number).store
        named = {quad for quad in store if not isinstance(quad.graph_name, ox.DefaultGraph)}
        merged = {quad.triple for quad in store if isinstance(quad.graph_name, ox.DefaultGraph)}
        assert (named, merged) == (state, {quad.triple for quad in state})


@settings(max_examples=40, deadline=None)
@given(histories)
def test_changes_put_together_lead_the_same_way(tmp_path_factory, states):
    history = record(tmp_path_factory.mktemp("history"), states)
    count = len(states)
    for old in range(1, count + 1):
        for new in range(1, count + 1):
            patch = history.change(old, new)
            assert (states[old - 1] - patch.removed) | patch.added == states[new - 1]
            assert patch.added.isdisjoint(patch.removed)
            for between in range(1, count + 1):
                composed = history.change(old, between).then(history.change(between, new))
                assert (composed.added, composed.removed) == (patch.added, patch.removed)


@settings(max_examples=60, deadline=None)
@given(histories)
def test_blame_names_the_version_that_said_it_last_anew(tmp_path_factory, states):
    history = record(tmp_path_factory.mktemp("history"), states)
    expected = {}
    for number, state in enumerate(states, 1):
        expected = {quad: expected.get(quad, number) for quad in state}
    found = history.blame(states[-1])
    assert {quad: version.number for quad, version in found.items()} == expected
    touched = defaultdict(set)
    for number in range(2, len(states) + 1):
        for quad in states[number - 1] ^ states[number - 2]:
            touched[quad.subject].add(number)
            if isinstance(quad.object, ox.NamedNode):
                touched[quad.object].add(number)
    for name in "abcd":
        node = ox.NamedNode(EX + name)
        assert history.touching([node.value]) == sorted(touched[node])
        standing = [n for n, state in enumerate(states, 1) if any(node in (q.subject, q.object) for q in state)]
        now = sum(node in (quad.subject, quad.object) for quad in states[-1])
        assert [version.number for version in history.standing(node.value, now)] == standing


def test_nothing_is_removed_that_could_not_be_made_again(tmp_path):
    one, two = ox.NamedNode(EX + "a"), ox.NamedNode(EX + "b")
    states = [frozenset({ox.Quad(one, two, ox.Literal(str(number)), one)}) for number in range(4)]
    history = record(tmp_path, states)
    strange = tmp_path / "0123456789abcdef"
    strange.mkdir()
    first = tmp_path / history.versions[0].snapshot / "dataset.nq"
    content = first.read_bytes()
    first.write_bytes(content + b"# damaged\n")
    assert prune(tmp_path, history.versions, Policy(1, 0)) == []
    first.write_bytes(content)
    assert [version.number for version in prune(tmp_path, history.versions, Policy(1, 0))] == [2, 3]
    assert strange.is_dir()  # what the journal doesn't name is none of its business


@pytest.fixture
def copy(snapshots, tmp_path):
    return shutil.copytree(snapshots, tmp_path / "copy", symlinks=True)


def test_the_command_line_says_who_and_prunes(copy, history, cli):
    listed = cli("versions", "--snapshot", copy / "current", "--format", "json")
    assert [version["version"] for version in json.loads(listed.stdout)] == [4, 3, 2, 1]
    said = cli("blame", "d:bureau", "--snapshot", copy / "current")
    assert said.returncode == 0 and "    2  2026-02-01  curator " in said.stdout
    assert "version 3, 2026-03-01T12:00:00.250Z, registry: The bureau left" in said.stdout
    triple = cli("blame", 'd:bureau skos:prefLabel "Bureau"@en', "--snapshot", copy / "current", "--format", "json")
    (event,) = json.loads(triple.stdout)["events"]
    assert event["version"] == 2 and event["added"] == []
    assert cli("blame", "nonsense here", "--snapshot", copy / "current").returncode == 1
    kept = {"MIIT_GRAPH_KEEP_VERSIONS": "1", "MIIT_GRAPH_KEEP_EVERY": "0"}
    pruned = cli("versions", "--prune", "--snapshot", copy / "current", env={**os.environ, **kept})
    assert pruned.stdout.startswith("2 snapshots removed")
    assert not (copy / history.versions[1].snapshot).exists()


def test_the_writer_prunes_and_goes_on(copy, small_project):
    with Writer.open(small_project, copy) as writer:
        writer.policy = Policy(1, 0)
        before = writer.latest
        proposal = writer.propose(lambda store: store.update(_INSERT))
        after = writer.accept(proposal, Told("ann"))
        assert not (copy / before.snapshot).exists() and (copy / after.snapshot).exists()
        assert writer.snapshot(before.number).version == before.snapshot


_INSERT = """INSERT DATA { GRAPH <https://example.org/kg/graph/data/offices> {
    <https://example.org/kg/id/bureau> <http://www.w3.org/2004/02/skos/core#altLabel> "Posts"@en } }"""
