"""Whether a change could be taken now: is the writer there, and room to record versions?"""

from __future__ import annotations

import os
import socket

from miit_graph.settings import Settings


def free_bytes(settings: Settings) -> int | None:
    """Bytes that are free where versions are recorded; None if none are, or nobody can say."""
    if settings.snapshot is None:
        return None
    try:
        told = os.statvfs(settings.snapshot.parent)
    except OSError:
        return None
    return told.f_bavail * told.f_frsize


def trouble(settings: Settings) -> str:
    """What keeps changes from being taken: the kind of problem that they would be answered with; empty if nothing."""
    free = free_bytes(settings)
    if free is not None and free < settings.disk_reserve:
        return "disk-full"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.setblocking(False)
        try:
            connection.connect(settings.writer_socket)
        except BlockingIOError:
            return ""  # changes wait, so it is there
        except OSError:
            return "writer-unavailable"
    return ""
