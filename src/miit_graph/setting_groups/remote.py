"""The engine of others that is served."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from miit_graph.engine.remote.kinds import NAMES
from miit_graph.setting_groups.field import setting
from miit_graph.setting_groups.kinds import ENDPOINT, HEADER, SECONDS, Kind, one_of


@dataclass(frozen=True)
class Remote:
    """The engine of others that is served."""

    endpoint: str = setting(
        "",
        "MIIT_GRAPH_ENDPOINT",
        ENDPOINT,
        "SPARQL endpoint of another engine, to serve what it holds instead of a project.",
    )
    endpoint_kind: str = setting(
        "auto",
        "MIIT_GRAPH_ENDPOINT_KIND",
        one_of("auto", *NAMES),
        "The program that answers there; auto believes what it says of itself.",
    )
    endpoint_ttl: float = setting(
        30.0,
        "MIIT_GRAPH_ENDPOINT_TTL",
        SECONDS,
        "For how many seconds an answer of that engine may be kept without asking whether its data have changed.",
    )
    endpoint_user: str = setting(
        "", "MIIT_GRAPH_ENDPOINT_USER", Kind(str, "a name"), "User for that engine (HTTP Basic)."
    )
    endpoint_password: str = setting(
        "", "MIIT_GRAPH_ENDPOINT_PASSWORD", Kind(str, "a password"), "Password of that user.", secret=True
    )
    endpoint_token: str = setting(
        "", "MIIT_GRAPH_ENDPOINT_TOKEN", Kind(str, "a token"), "Token for that engine (HTTP Bearer).", secret=True
    )
    endpoint_header: str = setting(
        "", "MIIT_GRAPH_ENDPOINT_HEADER", HEADER, "Any other header that engine wants.", secret=True
    )
    endpoint_ca: Path | None = setting(
        None,
        "MIIT_GRAPH_ENDPOINT_CA",
        Kind(Path, "a file"),
        "Certificates (PEM) to trust for that engine instead of the system's.",
    )
