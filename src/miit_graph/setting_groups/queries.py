"""What queries may use, where they run, and whom they may ask."""

from __future__ import annotations

from dataclasses import dataclass

from miit_graph.setting_groups.field import setting
from miit_graph.setting_groups.kinds import BYTES, ENDPOINTS, SECONDS, Kind, one_of, whole


@dataclass(frozen=True)
class Queries:
    """What queries may use, where they run, and whom they may ask."""

    timeout: float = setting(
        30.0,
        "MIIT_GRAPH_TIMEOUT",
        SECONDS,
        "Seconds a query may take if the request doesn't say `timeout=`.",
    )
    max_timeout: float = setting(
        60.0, "MIIT_GRAPH_MAX_TIMEOUT", SECONDS, "The most seconds a request may ask for with `timeout=`."
    )
    query_bytes: int = setting(256 * 1024, "MIIT_GRAPH_QUERY_BYTES", BYTES, "Longest query text, in bytes of UTF-8.")
    result_bytes: int = setting(
        512 * 1024 * 1024, "MIIT_GRAPH_RESULT_BYTES", BYTES, "Largest answer to one query, in bytes."
    )
    nesting: int = setting(64, "MIIT_GRAPH_NESTING", whole(4, 128), "How deep brackets may be nested in a query.")
    query_memory: int = setting(
        1024 * 1024 * 1024,
        "MIIT_GRAPH_QUERY_MEMORY",
        BYTES,
        "Memory that one query may take, in bytes, beyond the graph itself.",
    )
    memory: int = setting(
        0,
        "MIIT_GRAPH_MEMORY",
        whole(0, 1 << 50),
        "Memory that all queries together may take, in bytes; 0 stands for a third of the machine's.",
    )
    engine: str = setting(
        "auto",
        "MIIT_GRAPH_ENGINE",
        one_of("auto", "process", "local"),
        "Where queries run: in processes that can be stopped (process), in the web server (local), or in processes"
        " where the system can do it (auto).",
    )
    engine_socket: str = setting(
        "",
        "MIIT_GRAPH_ENGINE_SOCKET",
        Kind(str, "the path of a socket"),
        "Set by the server for its own processes: where the engine process listens.",
    )
    workers: int = setting(
        64, "MIIT_GRAPH_WORKERS", whole(1, 256), "How many queries run at the same time in processes of their own."
    )
    queue: int = setting(
        64, "MIIT_GRAPH_QUEUE", whole(0, 1024), "How many queries wait when all places to run are taken."
    )
    stall_seconds: float = setting(
        60.0,
        "MIIT_GRAPH_STALL",
        SECONDS,
        "Seconds after which a client that takes nothing of its answer is given up.",
    )
    query_threads: int = setting(
        4,
        "MIIT_GRAPH_QUERY_THREADS",
        whole(1, 256),
        "With the local engine: how many queries are evaluated at the same time.",
    )
    services: tuple[str, ...] = setting(
        (),
        "MIIT_GRAPH_SERVICES",
        ENDPOINTS,
        "Endpoints that queries may ask with SERVICE; one that ends in / stands for all that begin with it.",
    )
    service_seconds: float = setting(
        20.0, "MIIT_GRAPH_SERVICE_TIMEOUT", SECONDS, "Seconds that one request to such an endpoint may take."
    )
    service_bytes: int = setting(
        16 * 1024 * 1024,
        "MIIT_GRAPH_SERVICE_BYTES",
        BYTES,
        "Most bytes that a query may get from such endpoints, all their answers together.",
    )
