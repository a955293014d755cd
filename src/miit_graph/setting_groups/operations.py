"""How the server stops, and what it says of its work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from miit_graph.setting_groups.field import setting
from miit_graph.setting_groups.kinds import FOLDER, PAUSE, SECONDS, YES_OR_NO, one_of


@dataclass(frozen=True)
class Operations:
    """How the server stops, and what it says of its work."""

    drain_seconds: float = setting(
        0.0, "MIIT_GRAPH_DRAIN", PAUSE, "Seconds after SIGTERM for which it goes on, but says that it is not ready."
    )
    stop_seconds: float = setting(
        25.0, "MIIT_GRAPH_STOP", SECONDS, "Seconds after that which answers on their way have to come to their end."
    )
    state_folder: Path | None = setting(
        None, "MIIT_GRAPH_STATE", FOLDER, "Set by the server for its own processes: what they tell each other."
    )
    log: str = setting(
        "events",
        "MIIT_GRAPH_LOG",
        one_of("off", "events", "requests"),
        "What the server says on standard error: only what goes wrong (off), also the events of its life (events), or"
        " also one line for each request (requests).",
    )
    log_format: str = setting(
        "auto",
        "MIIT_GRAPH_LOG_FORMAT",
        one_of("auto", "text", "json"),
        "How it says so: one JSON object a line, text for people, or text on a terminal and else JSON (auto).",
    )
    log_queries: bool = setting(
        False,
        "MIIT_GRAPH_LOG_QUERIES",
        YES_OR_NO,
        "Whether the line of a request has the text of its query (its beginning), not only its hash.",
    )
    log_clients: bool = setting(
        False, "MIIT_GRAPH_LOG_CLIENTS", YES_OR_NO, "Whether the line of a request has the client's address."
    )
    traces: bool = setting(
        False,
        "MIIT_GRAPH_TRACES",
        YES_OR_NO,
        "Whether requests are sent as OpenTelemetry traces (OTLP over HTTP; needs the extra otel).",
    )
