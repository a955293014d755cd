"""One setting: a field of a dataclass, with what is needed to read and to document it."""

from __future__ import annotations

import dataclasses
from typing import Any

from miit_graph.setting_groups.kinds import Kind


def setting(default: Any, variable: str, kind: Kind, meaning: str, *, secret: bool = False) -> Any:
    """A field that the environment ``variable`` sets, as ``kind`` reads it; a ``secret`` is never shown."""
    metadata = {"variable": variable, "kind": kind, "help": meaning, "secret": secret}
    return dataclasses.field(default=default, repr=not secret, metadata=metadata)
