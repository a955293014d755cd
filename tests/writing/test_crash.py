"""The writer is killed at any moment: nothing that was acknowledged is lost, nothing that was refused is there.

``MIIT_GRAPH_CRASHES`` says how many times (default 6).
"""

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.engine.process import AVAILABLE
from miit_graph.versions.history import JOURNAL
from miit_graph.versions.writer import Told, Writer
from miit_graph.writing.client import OutcomeUnknown, Request, WriterBusy, WriterUnavailable, send
from miit_graph.writing.host import WriterHost
from miit_graph.writing.operations import UPDATE, Operation
from tests.writing.small import BASE, ID, SCALES, built, setting

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="needs Linux")
CRASHES = int(os.environ.get("MIIT_GRAPH_CRASHES", "6"))


def weight(store, scale):
    subject = ox.NamedNode(f"{ID}scale-{scale}")
    graph = ox.NamedNode(SCALES)
    pans = []
    for pan in ("left", "right"):
        found = store.quads_for_pattern(subject, ox.NamedNode(f"{BASE}ont#{pan}"), None, graph)
        pans.append({quad.object.value for quad in found})
    assert pans[0] == pans[1] and len(pans[0]) == 1
    return int(pans[0].pop())


def test_kill_at_any_moment(tmp_path):
    project, snapshots = built(tmp_path)
    random_moments = random.Random(8)
    acknowledged = dict.fromkeys(range(4), 0)
    possible = {scale: {0} for scale in range(4)}
    served, number, longest = [], 0, 0.0
    with WriterHost(project.root, snapshots, served.append) as host:
        for _ in range(CRASHES):
            pid = host.pid
            killer = threading.Timer(random_moments.uniform(0.0, 0.9), lambda pid=pid: os.kill(pid, 9))
            killer.start()
            while killer.is_alive():
                number += 1
                scale = number % 4
                good = number % 3 != 0
                request = Request(Operation(UPDATE, setting(scale, number, number if good else -1)), "ann")
                try:
                    told = send(host.path, request, 30)
                except (WriterUnavailable, WriterBusy):
                    continue
                except OutcomeUnknown:
                    if good:
                        possible[scale].add(number)
                    continue
                assert told["outcome"] == ("accepted" if good else "invalid")
                if good:
                    assert served[-1].name == told["version"]["snapshot"]
                    acknowledged[scale] = number
                    possible[scale] = {number}
            began = time.monotonic()
            while True:
                try:
                    told = send(host.path, Request(Operation(UPDATE, ""), "ann"), 30)
                    break
                except (WriterUnavailable, OutcomeUnknown):
                    time.sleep(0.02)
            longest = max(longest, time.monotonic() - began)
            store = Snapshot.open(snapshots).load()
            assert served[-1] == Snapshot.open(snapshots).path
            for scale in range(4):
                found = weight(store, scale)
                assert found in possible[scale] | {acknowledged[scale]}, (scale, found, possible, acknowledged)
                acknowledged[scale], possible[scale] = found, {found}
    if CRASHES > 50:  # a figure, not a promise of a busy machine
        print(f"{CRASHES} kills, {number} changes, writer back after at most {longest:.2f} s")
    assert not list(snapshots.glob(".new-*"))


def test_a_full_disk_refuses_and_loses_nothing(tmp_path):
    """The limit on the size of a file stands for a disk without room: both end a write in the middle."""
    project, snapshots = built(tmp_path)
    size = (snapshots / "current" / "dataset.nq").stat().st_size
    script = tmp_path / "full.py"
    script.write_text(
        f"""
import resource, signal, sys
from pathlib import Path
from miit_graph.build.sources import Project
from miit_graph.versions.writer import Told, Writer
from miit_graph.writing.attempt import TryLimits
from miit_graph.writing.client import Request
from miit_graph.writing.operations import Operation, UPDATE
from miit_graph.writing.server import WriterServer
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Writer.open(Project.open(Path({str(project.root)!r})), Path({str(snapshots)!r})) as writer:
    server = WriterServer(writer, None, -1, TryLimits(60, 1 << 32), lambda _: True)
    def told(text):
        return server.answer(Request(Operation(UPDATE, text), "ann").as_dict(), lambda: False)["outcome"]
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
    first = told({setting(1, 5)!r})
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(first, told({setting(2, 6)!r}), writer.latest.number)
""",
        encoding="utf-8",
    )
    # Room for nothing; for a part of the snapshot; for the snapshot but not for the record in the journal.
    journal = snapshots / JOURNAL
    for room in (0, size // 2):
        done = subprocess.run([sys.executable, script, str(room)], capture_output=True, text=True, check=False)
        outcome, after, _ = done.stdout.split()
        assert (outcome, after) in {("disk-full", "accepted"), ("disk-full", "unchanged")}, done.stderr
    with Writer.open(project, snapshots) as writer:
        store = writer.snapshot(writer.latest.number).load()
        assert (weight(store, 1), weight(store, 2)) == (0, 6)
    assert journal.exists()


@pytest.mark.parametrize("lost", ["merged.nt", "dataset.nq", "manifest.json"])
def test_files_that_a_power_cut_has_emptied(tmp_path, lost):
    project, snapshots = built(tmp_path)
    with Writer.open(project, snapshots) as writer:
        for value in (3, 4):
            proposal = writer.propose(Operation(UPDATE, setting(1, value)).change({}))
            version = writer.accept(proposal, Told("ann"))
        folder = writer.snapshot(version.number).path
    with Path(snapshots / JOURNAL).open("ab") as journal:
        journal.write(b'H version "4" .\nTX .\nA <http://e')
    (folder / lost).write_bytes(b"")
    with Writer.open(project, snapshots) as writer:
        assert writer.latest == version
        store = Snapshot.open(snapshots).load()
        assert weight(store, 1) == 4 and store.query(f"ASK {{ <{ID}scale-1> <{BASE}ont#weighs> 4 }}")
        assert Snapshot.open(snapshots).version == version.snapshot
