"""Whether there is room to record versions."""

from __future__ import annotations

import os

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
