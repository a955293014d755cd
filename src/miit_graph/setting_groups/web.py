"""How requests are answered: processes, caches, other origins, proxies, rates."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from miit_graph.setting_groups.field import setting
from miit_graph.setting_groups.kinds import BYTES, FILE, FOLDER, HOSTS, PAUSE, RATE, one_of, whole


@dataclass(frozen=True)
class Web:
    """How requests are answered: processes, caches, other origins, proxies, rates."""

    web_processes: int = setting(
        0,
        "MIIT_GRAPH_WEB_PROCESSES",
        whole(0, 256),
        "How many processes answer requests; 0 stands for the number of processors, at most 8.",
    )
    web_threads: int = setting(
        16,
        "MIIT_GRAPH_WEB_THREADS",
        whole(1, 1024),
        "How many requests each web process answers at the same time, besides those that wait for a query.",
    )
    body_bytes: int = setting(1024 * 1024, "MIIT_GRAPH_BODY_BYTES", BYTES, "Largest request body, in bytes.")
    cache_bytes: int = setting(
        64 * 1024 * 1024,
        "MIIT_GRAPH_CACHE",
        whole(0, 1 << 40),
        "Memory for answers kept in each web process, in bytes; an answer of up to a quarter of it is kept.",
    )
    export_size: int = setting(
        200_000,
        "MIIT_GRAPH_EXPORT_SIZE",
        whole(1, 1 << 40),
        "How many nodes and edges a graph file made by the server may have together.",
    )
    search_folder: Path | None = setting(
        None,
        "MIIT_GRAPH_SEARCH_FOLDER",
        FOLDER,
        "Folder for the index of the search, shared by all web processes; by default a temporary one of each server.",
    )
    published_folder: Path | None = setting(
        None,
        "MIIT_GRAPH_PUBLISHED_FOLDER",
        FOLDER,
        "Folder for dumps and graph files of a dataset that is no snapshot (before another engine, for example), shared"
        " by all web processes; by default a temporary one of each server.",
    )
    html_rows: int = setting(
        500, "MIIT_GRAPH_HTML_ROWS", whole(1, 100_000), "How many rows of a result the HTML page shows."
    )
    shared_seconds: float = setting(
        0.0,
        "MIIT_GRAPH_SHARED_CACHE",
        PAUSE,
        "Seconds that caches before it may keep answers; 0: they ask each time.",
    )
    stale_seconds: float = setting(
        0.0,
        "MIIT_GRAPH_STALE",
        PAUSE,
        "Seconds for which they may give one that is older while they ask anew.",
    )
    cors: str = setting(
        "any",
        "MIIT_GRAPH_CORS",
        one_of("any", "none"),
        "Which pages of other origins may ask for the data in a browser: any, or none. With none, set"
        " MIIT_GRAPH_HOSTS too.",
    )
    hosts: tuple[str, ...] = setting(
        (),
        "MIIT_GRAPH_HOSTS",
        HOSTS,
        "Names by which the server may be asked (without a port), separated by spaces; none given means any.",
    )
    hsts: int = setting(
        0,
        "MIIT_GRAPH_HSTS",
        whole(0, 63_072_000),
        "Seconds for which browsers are to come by HTTPS only (Strict-Transport-Security); said over HTTPS alone, as"
        " the proxies of MIIT_GRAPH_PROXIES tell it.",
    )
    proxies: int = setting(
        0,
        "MIIT_GRAPH_PROXIES",
        whole(0, 16),
        "How many trusted reverse proxies set the X-Forwarded headers.",
    )
    rate: float = setting(
        0.0,
        "MIIT_GRAPH_RATE",
        RATE,
        "How many requests a second one client may send on average (an IPv4 address, or the /64 of an IPv6 address);"
        " 0 for any number.",
    )
    rate_burst: int = setting(
        100, "MIIT_GRAPH_RATE_BURST", whole(1, 100_000), "How many of them may come at once after a pause."
    )
    rate_file: Path | None = setting(
        None,
        "MIIT_GRAPH_RATE_FILE",
        FILE,
        "Set by the server for its own processes: the memory in which they count clients together.",
    )
