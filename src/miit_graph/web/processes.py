"""The processes of a server, by what they do, as Linux tells it (`proc(5)`)."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_COMMANDS = ((b"process.nursery", "nursery"), (b"engine.process", "engine"), (b"miit_graph.writing", "writer"))
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(slots=True)
class Sum:
    """How many processes of a role there are, and what they have in memory together, in bytes."""

    number: int = 0
    resident: int = 0


def processes(server: int) -> dict[str, Sum]:
    """The processes that ``server`` (a process id) has started, and itself, by role; empty where there is no /proc.

    Roles: server, web, engine, worker, nursery, writer, other. Workers share most of their memory with the engine
    process, so their sum says little.
    """
    children, resident = _tree()
    if server not in children and server not in resident:
        return {}
    found: dict[str, Sum] = {}
    waiting = [(server, "server")]
    while waiting:
        pid, role = waiting.pop()
        entry = found.setdefault(role, Sum())
        entry.number += 1
        entry.resident += resident.get(pid, 0)
        waiting += [(child, _role(child, role)) for child in children.get(pid, ())]
    return found


def _tree() -> tuple[dict[int, list[int]], dict[int, int]]:
    """The children of each process, and the bytes that each has in memory."""
    children: dict[int, list[int]] = defaultdict(list)
    resident: dict[int, int] = {}
    try:
        entries = [entry for entry in _PROC.iterdir() if entry.name.isdecimal()]
    except OSError:
        return {}, {}
    for entry in entries:
        try:
            fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            continue  # it has just ended
        if fields[0] != b"Z":
            children[int(fields[1])].append(int(entry.name))
            resident[int(entry.name)] = int(fields[21]) * _PAGE
    return children, resident


def _role(pid: int, parent: str) -> str:
    """What a process is for: told by its command, and by what has started it, for a fork keeps the command."""
    if parent in ("engine", "worker"):
        return "worker"
    if parent == "nursery":
        return "engine"
    if parent != "server":
        return "other"
    try:
        command = (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return "other"
    for name, role in (
        (b"process.nursery", "nursery"),
        (b"engine.process", "engine"),
        (b"miit_graph.writing", "writer"),
    ):
        if name in command:
            return role
    return "other" if b"resource_tracker" in command else "web"
