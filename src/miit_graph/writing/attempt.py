"""Tries a change in a process of its own, under limits: whatever the change does, only that process dies.

The process is forked, because it needs everything the writer has imported. It leaves a complete snapshot on the disk,
and says through a pipe what came of it; the writer alone decides whether that becomes a version.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import signal
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from miit_graph.build.errors import BuildError
from miit_graph.build.report import report_graph
from miit_graph.build.snapshot import Snapshot
from miit_graph.build.validate import counted
from miit_graph.engine.errors import QueryError
from miit_graph.engine.process import confinement
from miit_graph.engine.process.packets import pack_error
from miit_graph.versions.change import ChangeRefused
from miit_graph.versions.patch import Patch
from miit_graph.versions.writer import Proposal, Writer
from miit_graph.vocabulary import prefixes_for
from miit_graph.writing.operations import NoSuchGraph, Operation

_log = logging.getLogger(__name__)
_FAILED = 1
_NICENESS = 10
"""Those who read go first: workers have 5, long queries 19."""
_PIECE = 1 << 16
_REASONS = {signal.SIGALRM: "time", signal.SIGABRT: "memory", signal.SIGKILL: "memory"}
_DEEP = (signal.SIGSEGV, signal.SIGBUS)
_SHOWN = 200
"""So many findings are told, the worst first."""


@dataclass(frozen=True, slots=True)
class TryLimits:
    """What one attempt may use: ``seconds`` of time and ``memory`` bytes beyond what the writer has."""

    seconds: float
    memory: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of an attempt: an account for whoever asked, and the proposal if it conforms."""

    told: dict[str, Any]
    proposal: Proposal | None = None


def attempt(writer: Writer, operation: Operation, limits: TryLimits, close: tuple[int, ...] = ()) -> Tried:
    """Try a change; never raises for what is wrong with it.

    ``told["outcome"]`` is one of: ``conforms``, ``unchanged``, ``invalid`` (with ``report``), ``refused`` (with
    ``detail``), ``missing`` (a graph that isn't there), ``error`` (with a packed QueryError), ``limit`` (with
    ``reason``: time, memory or nesting), ``disk-full``, ``failed``. ``close`` are descriptors that are the parent's.
    """
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _child(writer, operation, limits, writing, (reading, *close), parent)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123 (a descriptor, not a path)
        content = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        number = signal.Signals(os.WTERMSIG(status))
        if number in _DEEP:
            return Tried({"outcome": "limit", "reason": "nesting"})
        return Tried({"outcome": "limit", "reason": _REASONS.get(number, "memory")})
    if status or not content:
        return Tried({"outcome": "failed"})
    told = json.loads(content)
    if told["outcome"] != "conforms":
        return Tried(told)
    snapshot = Snapshot.open(writer.snapshots / told.pop("snapshot"))
    counts = told["report"]["counts"]
    patch, authored = Patch.parse(told.pop("patch")), Patch.parse(told.pop("authored"))
    return Tried(told, Proposal(patch, authored, counted(counts), snapshot))


def _child(
    writer: Writer, operation: Operation, limits: TryLimits, pipe: int, close: tuple[int, ...], parent: int
) -> NoReturn:
    """Do it, say what came of it, and end the hard way: nothing of the parent's may be run or written here."""
    status = _FAILED
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        for descriptor in close:
            os.close(descriptor)
        confinement.die_with_parent(parent)
        confinement.be_the_first_to_go()
        confinement.no_core_file()
        os.nice(_NICENESS)
        confinement.MemoryLimit().allow(limits.memory)
        signal.setitimer(signal.ITIMER_REAL, limits.seconds)
        content = json.dumps(_told(writer, operation)).encode()
        signal.setitimer(signal.ITIMER_REAL, 0)
        while content:
            content = content[os.write(pipe, content[:_PIECE]) :]
        status = 0
    except BaseException:
        _log.exception("a change could not be tried")
    finally:
        os._exit(status)


def _told(writer: Writer, operation: Operation) -> dict[str, Any]:
    try:
        proposal = writer.propose(operation.change(prefixes_for(writer.project.base)))
    except QueryError as error:
        return {"outcome": "error", "error": pack_error(error).decode()}
    except ChangeRefused as error:
        return {"outcome": "refused", "detail": str(error)}
    except NoSuchGraph:
        return {"outcome": "missing"}
    except BuildError as error:
        return {"outcome": "refused", "detail": str(error)}
    except MemoryError:
        return {"outcome": "limit", "reason": "memory"}
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return {"outcome": "disk-full"}
        raise
    told = {"report": _report(proposal), "created": _creates(writer, proposal, operation)}
    if proposal.snapshot is None:
        return {"outcome": "invalid", **told}
    if not proposal.authored:
        return {"outcome": "unchanged", **told}
    size = {"added": len(proposal.patch.added), "removed": len(proposal.patch.removed)}
    return {
        "outcome": "conforms",
        "snapshot": proposal.snapshot.version,
        "patch": list(proposal.patch.lines()),
        "authored": list(proposal.authored.lines()),
        **size,
        **told,
    }


def _creates(writer: Writer, proposal: Proposal, operation: Operation) -> bool:
    """Whether a graph comes into being that was not there."""
    present = {graph["iri"] for graph in writer.snapshot(writer.latest.number).manifest["graphs"]}
    return bool(operation.graph) and operation.graph not in present


def _report(proposal: Proposal) -> dict[str, Any]:
    """What validation says: all that stops the change, and of the rest what is about things that it touches."""
    report = proposal.report
    touched = {str(quad.subject).strip("<>") for quad in proposal.authored.added | proposal.authored.removed}
    findings = [f for f in report.findings if f.severity == "Violation" or f.focus in touched]
    told: dict[str, Any] = {
        "conforms": report.conforms,
        "counts": report.counts(),
        "findings": [asdict(finding) for finding in findings[:_SHOWN]],
    }
    if not report.conforms:
        told["graph"] = report_graph(report)
    return told


def discard(writer: Writer, proposal: Proposal) -> None:
    """Remove the snapshot of a proposal that was only tried, unless it is that of a version."""
    snapshot = proposal.snapshot
    if snapshot is not None and snapshot.version not in {version.snapshot for version in writer.journal.versions}:
        shutil.rmtree(snapshot.path, ignore_errors=True)
