"""Every setting of the server: its default, its environment variable and its meaning, once.

`HOST` and `PORT` are the names the outside relies on; all others start with `MIIT_GRAPH_`.
The help text is carried by the fields, so the documentation is generated from here.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from miit_graph.engine.api import Limits
from miit_graph.engine.remote.endpoint import Endpoint, credentials
from miit_graph.engine.remote.kinds import NAMES
from miit_graph.setting_kinds import (
    BYTES,
    ENDPOINT,
    ENDPOINTS,
    FILE,
    FOLDER,
    HEADER,
    HOST,
    HOSTS,
    PAUSE,
    RATE,
    SECONDS,
    YES_OR_NO,
    Kind,
    one_of,
    whole,
)


class SettingError(ValueError):
    """An environment variable has a value the server cannot use."""

    def __init__(self, variable: str, value: str, expected: str) -> None:
        super().__init__(f"{variable}={value!r}: expected {expected}. Correct it, or unset it to get the default.")
        self.variable = variable
        self.value = value
        self.expected = expected


def _setting(default: Any, variable: str, kind: Kind, meaning: str, *, secret: bool = False) -> Any:
    metadata = {"variable": variable, "kind": kind, "help": meaning, "secret": secret}
    return dataclasses.field(default=default, repr=not secret, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one server. Times are in seconds, sizes in bytes."""

    host: str = _setting("127.0.0.1", "HOST", HOST, "Address the server listens on.")
    port: int = _setting(8000, "PORT", whole(0, 65_535), "Port the server listens on; 0 takes a free one.")
    snapshots: Path | None = _setting(
        None,
        "MIIT_GRAPH_SNAPSHOTS",
        FOLDER,
        "Folder in which built snapshots are kept; by default build/snapshots in the project, else the user's cache.",
    )
    snapshot: Path | None = _setting(
        None, "MIIT_GRAPH_SNAPSHOT", FOLDER, "A built snapshot to serve instead of a project."
    )
    data: tuple[Path, ...] = _setting(
        (),
        "MIIT_GRAPH_DATA",
        Kind(lambda text: tuple(map(Path, text.split(os.pathsep))), f"paths, separated by {os.pathsep}"),
        "RDF files or folders to serve instead of a project.",
    )
    default_graph: str = _setting(
        "own",
        "MIIT_GRAPH_DEFAULT_GRAPH",
        one_of("own", "union"),
        "For RDF files: the default graph as in the files (own), or merged with all named graphs (union).",
    )
    timeout: float = _setting(
        30.0,
        "MIIT_GRAPH_TIMEOUT",
        SECONDS,
        "Seconds a query may take if the request doesn't say `timeout=`.",
    )
    max_timeout: float = _setting(
        60.0, "MIIT_GRAPH_MAX_TIMEOUT", SECONDS, "The most seconds a request may ask for with `timeout=`."
    )
    query_bytes: int = _setting(256 * 1024, "MIIT_GRAPH_QUERY_BYTES", BYTES, "Longest query text, in bytes of UTF-8.")
    body_bytes: int = _setting(1024 * 1024, "MIIT_GRAPH_BODY_BYTES", BYTES, "Largest request body, in bytes.")
    result_bytes: int = _setting(
        512 * 1024 * 1024, "MIIT_GRAPH_RESULT_BYTES", BYTES, "Largest answer to one query, in bytes."
    )
    nesting: int = _setting(64, "MIIT_GRAPH_NESTING", whole(4, 128), "How deep brackets may be nested in a query.")
    query_memory: int = _setting(
        1024 * 1024 * 1024,
        "MIIT_GRAPH_QUERY_MEMORY",
        BYTES,
        "Memory that one query may take, in bytes, beyond the graph itself.",
    )
    memory: int = _setting(
        0,
        "MIIT_GRAPH_MEMORY",
        whole(0, 1 << 50),
        "Memory that all queries together may take, in bytes; 0 stands for a third of the machine's.",
    )
    engine: str = _setting(
        "auto",
        "MIIT_GRAPH_ENGINE",
        one_of("auto", "process", "local"),
        "Where queries run: in processes that can be stopped (process), in the web server (local), or in processes"
        " where the system can do it (auto).",
    )
    store: str = _setting(
        "auto",
        "MIIT_GRAPH_STORE",
        one_of("auto", "memory", "disk"),
        "Where queries find the graph: in memory, or in a store on the disk (slower, but for graphs of any size); auto"
        " takes the disk for what would need more than half of the memory that is free.",
    )
    stores: Path | None = _setting(
        None,
        "MIIT_GRAPH_STORES",
        FOLDER,
        "Folder for stores on the disk; by default in the user's cache.",
    )
    engine_socket: str = _setting(
        "",
        "MIIT_GRAPH_ENGINE_SOCKET",
        Kind(str, "the path of a socket"),
        "Set by the server for its own processes: where the engine process listens.",
    )
    workers: int = _setting(
        64, "MIIT_GRAPH_WORKERS", whole(1, 256), "How many queries run at the same time in processes of their own."
    )
    queue: int = _setting(
        64, "MIIT_GRAPH_QUEUE", whole(0, 1024), "How many queries wait when all places to run are taken."
    )
    stall_seconds: float = _setting(
        60.0,
        "MIIT_GRAPH_STALL",
        SECONDS,
        "Seconds after which a client that takes nothing of its answer is given up.",
    )
    query_threads: int = _setting(
        4,
        "MIIT_GRAPH_QUERY_THREADS",
        whole(1, 256),
        "With the local engine: how many queries are evaluated at the same time.",
    )
    web_processes: int = _setting(
        0,
        "MIIT_GRAPH_WEB_PROCESSES",
        whole(0, 256),
        "How many processes answer requests; 0 stands for the number of processors, at most 8.",
    )
    web_threads: int = _setting(
        16,
        "MIIT_GRAPH_WEB_THREADS",
        whole(1, 1024),
        "How many requests each web process answers at the same time, besides those that wait for a query.",
    )
    cache_bytes: int = _setting(
        64 * 1024 * 1024,
        "MIIT_GRAPH_CACHE",
        whole(0, 1 << 40),
        "Memory for answers kept in each web process, in bytes; an answer of up to a quarter of it is kept.",
    )
    export_size: int = _setting(
        200_000,
        "MIIT_GRAPH_EXPORT_SIZE",
        whole(1, 1 << 40),
        "How many nodes and edges a graph file made by the server may have together.",
    )
    tokens: str = _setting(
        "",
        "MIIT_GRAPH_TOKENS",
        Kind(str, "lines name:sha256:HEX, or the name of a file with such lines"),
        "Who may change the data: named tokens as 'miit-graph token NAME' prints them, or a file of them; none"
        " means that nobody may.",
    )
    writer_socket: str = _setting(
        "",
        "MIIT_GRAPH_WRITER_SOCKET",
        Kind(str, "the path of a socket"),
        "Set by the server for its own processes: where the writer listens.",
    )
    update_timeout: float = _setting(
        60.0, "MIIT_GRAPH_UPDATE_TIMEOUT", SECONDS, "Seconds that a change may take, with its validation."
    )
    update_memory: int = _setting(
        4 * 1024 * 1024 * 1024,
        "MIIT_GRAPH_UPDATE_MEMORY",
        BYTES,
        "Memory that a change may take with its validation, in bytes.",
    )
    update_queue: int = _setting(16, "MIIT_GRAPH_UPDATE_QUEUE", whole(1, 1024), "How many changes may wait.")
    search_folder: Path | None = _setting(
        None,
        "MIIT_GRAPH_SEARCH_FOLDER",
        FOLDER,
        "Folder for the index of the search, shared by all web processes; by default a temporary one of each server.",
    )
    html_rows: int = _setting(
        500, "MIIT_GRAPH_HTML_ROWS", whole(1, 100_000), "How many rows of a result the HTML page shows."
    )
    keep_versions: int = _setting(
        20,
        "MIIT_GRAPH_KEEP_VERSIONS",
        whole(1, 1 << 30),
        "How many of the newest versions keep their snapshot; others are made from the journal when asked for.",
    )
    keep_every: int = _setting(
        100,
        "MIIT_GRAPH_KEEP_EVERY",
        whole(0, 1 << 30),
        "Every how-manieth version keeps its snapshot besides, so that no other is far from one; 0 for none.",
    )
    past_engines: int = _setting(
        3,
        "MIIT_GRAPH_PAST_ENGINES",
        whole(1, 64),
        "How many versions before the present one are held in memory at a time, for those who query them.",
    )
    past_socket: str = _setting(
        "",
        "MIIT_GRAPH_PAST_SOCKET",
        Kind(str, "the path of a socket"),
        "Set by the server for its own processes: where engines of earlier versions are asked for.",
    )
    past_version: int = _setting(
        0,
        "MIIT_GRAPH_PAST_VERSION",
        whole(0, 1 << 40),
        "Set by the server for its own processes: the version to load from the folder of the snapshot.",
    )
    services: tuple[str, ...] = _setting(
        (),
        "MIIT_GRAPH_SERVICES",
        ENDPOINTS,
        "Endpoints that queries may ask with SERVICE; one that ends in / stands for all that begin with it.",
    )
    service_seconds: float = _setting(
        20.0, "MIIT_GRAPH_SERVICE_TIMEOUT", SECONDS, "Seconds that one request to such an endpoint may take."
    )
    service_bytes: int = _setting(
        16 * 1024 * 1024,
        "MIIT_GRAPH_SERVICE_BYTES",
        BYTES,
        "Most bytes that a query may get from such endpoints, all their answers together.",
    )
    endpoint: str = _setting(
        "",
        "MIIT_GRAPH_ENDPOINT",
        ENDPOINT,
        "SPARQL endpoint of another engine, to serve what it holds instead of a project.",
    )
    endpoint_kind: str = _setting(
        "auto",
        "MIIT_GRAPH_ENDPOINT_KIND",
        one_of("auto", *NAMES),
        "The program that answers there; auto believes what it says of itself.",
    )
    endpoint_ttl: float = _setting(
        30.0,
        "MIIT_GRAPH_ENDPOINT_TTL",
        SECONDS,
        "For how many seconds an answer of that engine may be kept without asking whether its data have changed.",
    )
    endpoint_user: str = _setting(
        "", "MIIT_GRAPH_ENDPOINT_USER", Kind(str, "a name"), "User for that engine (HTTP Basic)."
    )
    endpoint_password: str = _setting(
        "", "MIIT_GRAPH_ENDPOINT_PASSWORD", Kind(str, "a password"), "Password of that user.", secret=True
    )
    endpoint_token: str = _setting(
        "", "MIIT_GRAPH_ENDPOINT_TOKEN", Kind(str, "a token"), "Token for that engine (HTTP Bearer).", secret=True
    )
    endpoint_header: str = _setting(
        "", "MIIT_GRAPH_ENDPOINT_HEADER", HEADER, "Any other header that engine wants.", secret=True
    )
    endpoint_ca: Path | None = _setting(
        None,
        "MIIT_GRAPH_ENDPOINT_CA",
        Kind(Path, "a file"),
        "Certificates (PEM) to trust for that engine instead of the system's.",
    )
    follow: str = _setting("", "MIIT_GRAPH_FOLLOW", ENDPOINT, "A server whose snapshots are copied and served.")
    follow_seconds: float = _setting(
        10.0, "MIIT_GRAPH_FOLLOW_SECONDS", SECONDS, "Seconds between two questions whether it serves something newer."
    )
    follow_header: str = _setting(
        "", "MIIT_GRAPH_FOLLOW_HEADER", HEADER, "A header that is wanted on the way to it.", secret=True
    )
    shared_seconds: float = _setting(
        0.0,
        "MIIT_GRAPH_SHARED_CACHE",
        PAUSE,
        "Seconds that caches before it may keep answers; 0: they ask each time.",
    )
    stale_seconds: float = _setting(
        0.0,
        "MIIT_GRAPH_STALE",
        PAUSE,
        "Seconds for which they may give one that is older while they ask anew.",
    )
    drain_seconds: float = _setting(
        0.0, "MIIT_GRAPH_DRAIN", PAUSE, "Seconds after SIGTERM for which it goes on, but says that it is not ready."
    )
    stop_seconds: float = _setting(
        25.0, "MIIT_GRAPH_STOP", SECONDS, "Seconds after that which answers on their way have to come to their end."
    )
    state_folder: Path | None = _setting(
        None, "MIIT_GRAPH_STATE", FOLDER, "Set by the server for its own processes: what they tell each other."
    )
    cors: str = _setting(
        "any",
        "MIIT_GRAPH_CORS",
        one_of("any", "none"),
        "Which pages of other origins may ask for the data in a browser: any, or none. With none, set"
        " MIIT_GRAPH_HOSTS too.",
    )
    hosts: tuple[str, ...] = _setting(
        (),
        "MIIT_GRAPH_HOSTS",
        HOSTS,
        "Names by which the server may be asked (without a port), separated by spaces; none given means any.",
    )
    hsts: int = _setting(
        0,
        "MIIT_GRAPH_HSTS",
        whole(0, 63_072_000),
        "Seconds for which browsers are to come by HTTPS only (Strict-Transport-Security); said over HTTPS alone, as"
        " the proxies of MIIT_GRAPH_PROXIES tell it.",
    )
    proxies: int = _setting(
        0,
        "MIIT_GRAPH_PROXIES",
        whole(0, 16),
        "How many trusted reverse proxies set the X-Forwarded headers.",
    )
    log: str = _setting(
        "events",
        "MIIT_GRAPH_LOG",
        one_of("off", "events", "requests"),
        "What the server says on standard error: only what goes wrong (off), also the events of its life (events), or"
        " also one line for each request (requests).",
    )
    log_format: str = _setting(
        "auto",
        "MIIT_GRAPH_LOG_FORMAT",
        one_of("auto", "text", "json"),
        "How it says so: one JSON object a line, text for people, or text on a terminal and else JSON (auto).",
    )
    log_queries: bool = _setting(
        False,
        "MIIT_GRAPH_LOG_QUERIES",
        YES_OR_NO,
        "Whether the line of a request has the text of its query (its beginning), not only its hash.",
    )
    log_clients: bool = _setting(
        False, "MIIT_GRAPH_LOG_CLIENTS", YES_OR_NO, "Whether the line of a request has the client's address."
    )

    traces: bool = _setting(
        False,
        "MIIT_GRAPH_TRACES",
        YES_OR_NO,
        "Whether requests are sent as OpenTelemetry traces (OTLP over HTTP; needs the extra otel).",
    )
    disk_reserve: int = _setting(
        64 * 1024 * 1024,
        "MIIT_GRAPH_DISK_RESERVE",
        whole(0, 1 << 60),
        "Bytes that must be free on the disk of versions for the server to say that it can take changes.",
    )
    rate: float = _setting(
        0.0,
        "MIIT_GRAPH_RATE",
        RATE,
        "How many requests a second one client may send on average (an IPv4 address, or the /64 of an IPv6 address);"
        " 0 for any number.",
    )
    rate_burst: int = _setting(
        100, "MIIT_GRAPH_RATE_BURST", whole(1, 100_000), "How many of them may come at once after a pause."
    )
    rate_file: Path | None = _setting(
        None,
        "MIIT_GRAPH_RATE_FILE",
        FILE,
        "Set by the server for its own processes: the memory in which they count clients together.",
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings that ``environment`` (default: the process's) asks for; empty variables count as unset.

        Raises SettingError, which names the variable, its value and what is expected.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            variable, kind = field.metadata["variable"], field.metadata["kind"]
            text = environment.get(variable, "").strip()
            if not text:
                continue
            try:
                values[field.name] = kind.read(text)
            except ValueError:
                raise SettingError(variable, "…" if field.metadata["secret"] else text, kind.expected) from None
        settings = cls(**values)
        if settings.timeout > settings.max_timeout:
            # Only one of the two may have been set: a longer default raises the maximum, it never shortens itself.
            if "max_timeout" in values:
                raise SettingError(
                    "MIIT_GRAPH_MAX_TIMEOUT",
                    f"{settings.max_timeout:g}",
                    f"at least the timeout, {settings.timeout:g}",
                )
            settings = dataclasses.replace(settings, max_timeout=settings.timeout)
        return settings

    def limits(self, seconds: float | None = None) -> Limits:
        """What one query may use, with `seconds` of time if given (cut to the maximum)."""
        return Limits(
            seconds=self.timeout if seconds is None else min(seconds, self.max_timeout),
            memory_bytes=self.query_memory,
            result_bytes=self.result_bytes,
            query_bytes=self.query_bytes,
            nesting=self.nesting,
            services=self.services,
            service_seconds=self.service_seconds,
            service_bytes=self.service_bytes,
        )

    def remote(self) -> Endpoint:
        """The endpoint of `endpoint`, with what else is set about it."""
        secrets = credentials(self.endpoint_user, self.endpoint_password, self.endpoint_token, self.endpoint_header)
        return Endpoint(self.endpoint, self.endpoint_kind, self.endpoint_ttl, secrets, self.endpoint_ca)

    def memory_budget(self) -> int:
        """What all queries together may take of memory, in bytes."""
        if self.memory:
            return self.memory
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 3

    def processes(self) -> int:
        """How many web processes to start."""
        return self.web_processes or min(8, os.cpu_count() or 1)

    @classmethod
    def described(cls) -> list[dict[str, str]]:
        """One row per setting (`variable`, `default`, `expected`, `help`), in order: what the documentation prints."""
        return [
            {
                "variable": field.metadata["variable"],
                "default": str(field.default),
                "expected": field.metadata["kind"].expected,
                "help": field.metadata["help"],
            }
            for field in dataclasses.fields(cls)
        ]
