"""The program of the writer: ``python -m miit_graph.writing SOCKET PROJECT SNAPSHOTS``.

How much an update may use stands in the environment. Standard output gets lines of JSON: ``ready`` or ``error`` first,
then ``publish`` for every new snapshot, which is answered with a line on standard input when it is served. The standard
input is a leash, too: this process ends when it closes.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sys
from pathlib import Path

from miit_graph.build.errors import BuildError
from miit_graph.build.snapshot import Snapshot
from miit_graph.build.sources import Project
from miit_graph.logs import configure
from miit_graph.settings import Settings
from miit_graph.versions.journal import JournalError
from miit_graph.versions.prune import Policy
from miit_graph.versions.writer import Writer
from miit_graph.writing.attempt import TryLimits
from miit_graph.writing.server import WriterServer


def main(path: str, project: str, snapshots: str) -> int:
    """Open the journal, listen at ``path``, serve. Returns 0, or 1 if the journal can't be had."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us tells us when to stop
    settings = Settings.from_environment()
    configure(settings, "writer", threaded=False)  # an attempt is a fork, which copies one thread only
    try:
        writer = Writer.open(Project.open(Path(project)), Path(snapshots))
    except (JournalError, BuildError, OSError) as error:
        _say(error=str(error))
        return 1
    writer.policy = Policy(settings.keep_versions, settings.keep_every)
    with writer:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        Path(path).unlink(missing_ok=True)  # left by the writer before this one
        listener.bind(path)
        listener.listen(settings.update_queue)
        _say(ready=writer.latest.number, snapshot=str(writer.snapshots / writer.latest.snapshot))
        limits = TryLimits(settings.update_timeout, settings.update_memory)
        WriterServer(writer, listener, sys.stdin.fileno(), limits, _published).run()
        with contextlib.suppress(OSError):
            Path(path).unlink()
    return 0


def _published(snapshot: Snapshot) -> bool:
    """Tell who started us; true once it is served. Ends this process if nobody is there any more."""
    _say(publish=str(snapshot.path))
    answer = sys.stdin.readline()
    if not answer:
        os._exit(0)
    return bool(json.loads(answer)["served"])


def _say(**told: object) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
