"""What the server's own processes are told of its environment: no secret that they don't need.

The engine, the writer and those who make indexes and files read data and run queries of anybody. They ask no other
server in its name and know nobody by a token, so what that takes is not in their environment.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from miit_graph.settings import Settings

_SECRETS = frozenset(
    {field.metadata["variable"] for field in dataclasses.fields(Settings) if field.metadata["secret"]}
    | {"MIIT_GRAPH_TOKENS", "MIIT_GRAPH_TOKEN"}
    | {f"OTEL_EXPORTER_OTLP_{part}HEADERS" for part in ("", "TRACES_")}
)


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without credentials for other servers, and without tokens."""
    return {name: value for name, value in environment.items() if name not in _SECRETS}
