"""What is served, and at which address."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from miit_graph.setting_groups.field import setting
from miit_graph.setting_groups.kinds import ENDPOINT, FOLDER, HEADER, HOST, SECONDS, Kind, one_of, whole


@dataclass(frozen=True)
class Served:
    """What is served, and at which address."""

    host: str = setting("127.0.0.1", "HOST", HOST, "Address the server listens on.")
    port: int = setting(8000, "PORT", whole(0, 65_535), "Port the server listens on; 0 takes a free one.")
    snapshots: Path | None = setting(
        None,
        "MIIT_GRAPH_SNAPSHOTS",
        FOLDER,
        "Folder in which built snapshots are kept; by default build/snapshots in the project, else the user's cache.",
    )
    snapshot: Path | None = setting(
        None, "MIIT_GRAPH_SNAPSHOT", FOLDER, "A built snapshot to serve instead of a project."
    )
    data: tuple[Path, ...] = setting(
        (),
        "MIIT_GRAPH_DATA",
        Kind(lambda text: tuple(map(Path, text.split(os.pathsep))), f"paths, separated by {os.pathsep}"),
        "RDF files or folders to serve instead of a project.",
    )
    default_graph: str = setting(
        "own",
        "MIIT_GRAPH_DEFAULT_GRAPH",
        one_of("own", "union"),
        "For RDF files: the default graph as in the files (own), or merged with all named graphs (union).",
    )
    store: str = setting(
        "auto",
        "MIIT_GRAPH_STORE",
        one_of("auto", "memory", "disk"),
        "Where queries find the graph: in memory, or in a store on the disk (slower, but for graphs of any size); auto"
        " takes the disk for what would need more than half of the memory that is free.",
    )
    stores: Path | None = setting(
        None,
        "MIIT_GRAPH_STORES",
        FOLDER,
        "Folder for stores on the disk; by default in the user's cache.",
    )
    follow: str = setting("", "MIIT_GRAPH_FOLLOW", ENDPOINT, "A server whose snapshots are copied and served.")
    follow_seconds: float = setting(
        10.0, "MIIT_GRAPH_FOLLOW_SECONDS", SECONDS, "Seconds between two questions whether it serves something newer."
    )
    follow_header: str = setting(
        "", "MIIT_GRAPH_FOLLOW_HEADER", HEADER, "A header that is wanted on the way to it.", secret=True
    )
