"""Whatever is killed at whatever moment: nothing that was acknowledged is lost, nothing that was refused is there.

``MIIT_GRAPH_CRASHES`` says how many random sequences with kills are tried (default 2).
"""

import contextlib
import http.client
import os
import re
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from statistics import median
from typing import ClassVar

import pyoxigraph as ox
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from miit_graph.build.snapshot import Snapshot
from miit_graph.engine.process import AVAILABLE
from miit_graph.versions.history import JOURNAL
from miit_graph.versions.journal import Journal
from miit_graph.versions.writer import Told, Writer
from miit_graph.writing.attempt import TryLimits
from miit_graph.writing.client import Request
from miit_graph.writing.operations import UPDATE, Operation
from miit_graph.writing.server import WriterServer
from tests.conftest import wait_until, wait_until_ready
from tests.server import Running
from tests.writing.conftest import TOKENS, Writing
from tests.writing.small import BASE, ID, SCALES, built, setting
from tests.writing.test_sequences import Sequence, changes, sound, tried

pytestmark = pytest.mark.skipif(not AVAILABLE, reason="needs Linux")
KILLS = 3
"""In one sequence."""
CRASHES = int(os.environ.get("MIIT_GRAPH_CRASHES", "2"))


def weight(store, scale):
    subject = ox.NamedNode(f"{ID}scale-{scale}")
    graph = ox.NamedNode(SCALES)
    pans = []
    for pan in ("left", "right"):
        found = store.quads_for_pattern(subject, ox.NamedNode(f"{BASE}ont#{pan}"), None, graph)
        pans.append({quad.object.value for quad in found})
    assert pans[0] == pans[1] and len(pans[0]) == 1
    return int(pans[0].pop())


def test_random_sequences_with_kills_lose_nothing_acknowledged_and_keep_nothing_refused(tmp_path):
    project, snapshots = built(tmp_path)
    with Mortal(project.root) as server:
        tried(WithKills, Writing(server.running, server=server, root=project.root), CRASHES, 6)
        assert not list(snapshots.glob(".new-*"))
    if CRASHES > 50:  # figures, not promises of a busy machine
        for what, seconds in sorted(WithKills.back_after.items()):
            print(
                f"{what}: killed {len(seconds)} times, back after {median(seconds):.2f} s, at most {max(seconds):.2f} s"
            )
        print("all:", {what: [round(value, 2) for value in seconds] for what, seconds in WithKills.back_after.items()})


class Mortal:
    """A server whose processes can be killed, and that can be started again where it was."""

    def __init__(self, root):
        self.root = root
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(timeout=60) == 0
        self.process.stdout.close()

    def start(self):
        command = [sys.executable, "-m", "miit_graph.cli", "serve", "--port", "0", "--project", str(self.root)]
        settings = {"MIIT_GRAPH_TOKENS": TOKENS, "MIIT_GRAPH_WEB_PROCESSES": "1"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **settings})
        address = re.search(r"http://127\.0\.0\.1:\d+", self.process.stdout.readline())
        assert address is not None
        self.running = Running(address[0], self.process)
        wait_until_ready(address[0], self.process)

    def find(self, what):
        """The process ids of a part of the server, as far as it runs."""
        if what == "server":
            return [self.process.pid]
        children = {pid: command for pid in self.running.children() if (command := _command(pid))}
        if what == "attempt":
            writers = self.find("writer")
            return [pid for pid in children if self.running.parent(pid) in writers]
        module, parent = PARTS[what]
        found = [pid for pid, command in children.items() if module in command]
        return [pid for pid in found if parent is None or self.running.parent(pid) == self.process.pid]

    def kill(self, what):
        """Whether there was something to kill; the whole server is started again."""
        pids = self.find(what)
        if what == "server":
            children = self.running.children()
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            wait_until(lambda: not any(self.running.parent(pid) for pid in children))
            return True
        for pid in pids[:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(pids)


PARTS = {"writer": ("miit_graph.writing", True), "engines": ("process.nursery", None), "web": ("cli\0serve", True)}


def _command(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


class WithKills(Sequence):
    """The same sequences; now and then something is killed while a request is under way."""

    back_after: ClassVar[dict[str, list[float]]] = {}
    usual = 0.3
    """Seconds that a request takes here and now."""

    def __init__(self):
        super().__init__()
        self.kills = 0

    @precondition(lambda self: self.kills < KILLS)  # most of the time goes into coming back
    @rule(
        change=sound | sound | changes,
        key=st.sampled_from(("", "c", "d")),
        what=st.sampled_from((*["writer"] * 5, "attempt", "engines", "web", "server")),
        moment=st.integers(0, 15),
    )
    def kill_meanwhile(self, change, key, what, moment):
        request = (change, "ann", "", False, key, "")
        self.kills += 1
        killed, server = [], self.client.server
        delay = moment / 10 * WithKills.usual
        killer = threading.Timer(delay, lambda: killed.append((server.kill(what), time.monotonic())))
        killer.start()
        reply = None
        began = time.monotonic()
        with contextlib.suppress(OSError, http.client.HTTPException):
            reply = self.send(*request)
            WithKills.usual = 0.8 * WithKills.usual + 0.2 * (time.monotonic() - began)
        killer.join()
        if killed[0][0]:
            moment = killed[0][1] if what != "server" else time.monotonic()
            self.recover(what)
            WithKills.back_after.setdefault(what, []).append(time.monotonic() - moment)
            if CRASHES > 50:
                print(f"sequence {self.run}: {what} back after {time.monotonic() - moment:.2f} s", flush=True)
        if reply is not None and reply.status < 500:
            self.check(reply, *request)
        else:
            self.find_out(*request)
        if key:  # whatever came of it: sent again, it is done once
            self.check(self.send(*request), *request)

    def recover(self, what):
        """Wait until changes are taken and questions answered."""
        if what == "server":
            self.client.server.start()
            self.client.running = self.client.server.running
        until = time.monotonic() + 60
        while True:
            assert time.monotonic() < until, f"not back after {what} was killed"
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.client.update("").status == 200:
                    return
            select.select([], [], [], 0.02)

    def find_out(self, change, author, message, dry, key, match):
        """Nobody said what came of it: either all of it was done, or nothing."""
        told = self.client.request("GET", "/versions?format=json", token=None).json["versions"][0]
        _, what, after = self.expected(change, author, message, dry, key, match)
        if told["number"] != self.model.number:
            assert (told["number"], what) == (self.model.number + 1, "accepted")
            self.accepted(change, author, message, key, after)
            self.snapshot = told["hash"]


@contextlib.contextmanager
def room(size):
    """Files may have ``size`` bytes meanwhile, which stands for a disk without room: it ends a write in the middle."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))  # Python ignores the signal that comes with it
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_refuses_and_loses_nothing(tmp_path):
    project, snapshots = built(tmp_path)
    size = (snapshots / "current" / "dataset.nq").stat().st_size
    journal = snapshots / JOURNAL
    with Writer.open(project, snapshots) as writer:
        server = WriterServer(writer, None, -1, TryLimits(60, 1 << 40), lambda _: True)

        def told(text, message=""):
            request = Request(Operation(UPDATE, text), "ann", message).as_dict()
            return server.answer(request, lambda: False)["outcome"]

        # Room for nothing; for a part of the snapshot.
        for most in (0, size // 2):
            with room(most):
                assert told(setting(1, 5)) == "disk-full"
        assert told(setting(2, 6), "long " * 40_000) == "accepted"
        # For the snapshot, and for a part of the record in the journal, which is the largest file now.
        length = journal.stat().st_size
        assert length > 2 * size
        for more in (0, 1, 300):
            with room(length + more):
                assert told(setting(1, 5)) == "disk-full"
            assert journal.stat().st_size == length
            assert Snapshot.open(snapshots).version == writer.latest.snapshot
        assert told(setting(3, 7)) == "accepted"
    assert len(Journal(journal).versions) == 3
    with Writer.open(project, snapshots) as writer:
        store = writer.snapshot(writer.latest.number).load()
        assert [weight(store, scale) for scale in range(4)] == [0, 0, 6, 7]
    assert not list(snapshots.glob(".new-*"))


def damaged(content, how):
    """What a power cut may leave of a file that was not synced."""
    half = len(content) // 2
    return {"nothing": b"", "half": content[:half], "zeros": content[:half] + bytes(len(content) - half)}[how]


def test_files_that_a_power_cut_has_damaged(tmp_path):
    project, snapshots = built(tmp_path)
    journal = snapshots / JOURNAL
    with Writer.open(project, snapshots) as writer:
        for value in (3, 4):
            proposal = writer.propose(Operation(UPDATE, setting(1, value)).change({}))
            version = writer.accept(proposal, Told("ann"))
        folder = writer.snapshot(version.number).path
    records = journal.read_bytes()
    for name in ("merged.nt", "dataset.nq", "manifest.json"):
        for how in ("nothing", "half", "zeros"):
            file = folder / name
            file.write_bytes(damaged(file.read_bytes(), how))
            journal.write_bytes(records + damaged(b'H version "4" .\nTX .\nA <http://e', how))
            with Writer.open(project, snapshots) as writer:
                assert writer.latest == version, (name, how)
                store = Snapshot.open(snapshots).load()
                assert weight(store, 1) == 4 and store.query(f"ASK {{ <{ID}scale-1> <{BASE}ont#weighs> 4 }}")
                assert Snapshot.open(snapshots).version == version.snapshot
            assert journal.read_bytes() == records
