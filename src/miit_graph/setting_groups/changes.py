"""Who may change the data, what a change may use, and which versions are kept."""

from __future__ import annotations

from dataclasses import dataclass

from miit_graph.setting_groups.field import setting
from miit_graph.setting_groups.kinds import BYTES, SECONDS, Kind, whole


@dataclass(frozen=True)
class Changes:
    """Who may change the data, what a change may use, and which versions are kept."""

    tokens: str = setting(
        "",
        "MIIT_GRAPH_TOKENS",
        Kind(str, "lines name:sha256:HEX, or the name of a file with such lines"),
        "Who may change the data: named tokens as 'miit-graph token NAME' prints them, or a file of them; none"
        " means that nobody may.",
    )
    writer_socket: str = setting(
        "",
        "MIIT_GRAPH_WRITER_SOCKET",
        Kind(str, "the path of a socket"),
        "Set by the server for its own processes: where the writer listens.",
    )
    update_timeout: float = setting(
        60.0, "MIIT_GRAPH_UPDATE_TIMEOUT", SECONDS, "Seconds that a change may take, with its validation."
    )
    update_memory: int = setting(
        4 * 1024 * 1024 * 1024,
        "MIIT_GRAPH_UPDATE_MEMORY",
        BYTES,
        "Memory that a change may take with its validation, in bytes.",
    )
    update_queue: int = setting(16, "MIIT_GRAPH_UPDATE_QUEUE", whole(1, 1024), "How many changes may wait.")
    keep_versions: int = setting(
        20,
        "MIIT_GRAPH_KEEP_VERSIONS",
        whole(1, 1 << 30),
        "How many of the newest versions keep their snapshot; others are made from the journal when asked for.",
    )
    keep_every: int = setting(
        100,
        "MIIT_GRAPH_KEEP_EVERY",
        whole(0, 1 << 30),
        "Every how-manieth version keeps its snapshot besides, so that no other is far from one; 0 for none.",
    )
    past_engines: int = setting(
        3,
        "MIIT_GRAPH_PAST_ENGINES",
        whole(1, 64),
        "How many versions before the present one are held in memory at a time, for those who query them.",
    )
    past_socket: str = setting(
        "",
        "MIIT_GRAPH_PAST_SOCKET",
        Kind(str, "the path of a socket"),
        "Set by the server for its own processes: where engines of earlier versions are asked for.",
    )
    past_version: int = setting(
        0,
        "MIIT_GRAPH_PAST_VERSION",
        whole(0, 1 << 40),
        "Set by the server for its own processes: the version to load from the folder of the snapshot.",
    )
    disk_reserve: int = setting(
        64 * 1024 * 1024,
        "MIIT_GRAPH_DISK_RESERVE",
        whole(0, 1 << 60),
        "Bytes that must be free on the disk of versions for the server to say that it can take changes.",
    )
