"""The application as a server starts it: everything it needs to know stands in the environment.

`application` is for any WSGI server; `front` is what `miit-graph serve` runs under granian.
"""

from __future__ import annotations

import contextlib
import gc
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask

from miit_graph.dataset import Selection, engine_for, open_dataset, remote_engine
from miit_graph.engine.api import Engine
from miit_graph.engine.carried import Headers
from miit_graph.engine.errors import QueryError
from miit_graph.engine.process import confinement
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.engine.remote.engine import RemoteEngine
from miit_graph.logs import configure
from miit_graph.settings import Settings
from miit_graph.web import create_app
from miit_graph.web.context import Context
from miit_graph.web.front.direct import Direct
from miit_graph.web.front.log import RequestLog
from miit_graph.web.front.rate import Buckets, RateGate, make_table
from miit_graph.web.front.record import Observer, Record
from miit_graph.web.front.rsgi import Front
from miit_graph.web.front.shortcuts import Shortcuts
from miit_graph.web.front.trace_context import passed_on
from miit_graph.web.operations import sample
from miit_graph.web.pages.search import keeper
from miit_graph.web.security import headers, transport
from miit_graph.web.versions.recorded import version_header

_EXPRESS = 32


def application() -> Flask:
    """The application, over the engine process whose socket the environment names, else over an engine of its own."""
    settings = Settings.from_environment()
    return create_app(settings, *_engine(settings))


def front() -> Front:
    """The same behind the fast front."""
    # Forked from the server, it has copies of all that the server's other processes take for a sign that it lives.
    confinement.die_with_parent(os.getppid())
    settings = Settings.from_environment()
    handler = configure(settings, "web")
    app = create_app(settings, *_engine(settings))
    with contextlib.suppress(QueryError):  # an engine that is away now is asked again by whoever searches
        keeper(app).prepare()  # so that the first search need not wait
    # What is here now lives as long as the process: the garbage collector need not look at it again.
    gc.collect()
    gc.freeze()
    observers: list[Observer] = []
    ends: list[Callable[[], None]] = [handler.finish]
    carries: Callable[[Record], Headers] = passed_on
    if settings.traces:
        from miit_graph.web.front.traces import Traces

        traces = Traces(queries=settings.log_queries, system="sparql" if settings.endpoint else "oxigraph")
        carries = traces.carry
        observers.append(traces)  # first, for the log names the trace
        ends.append(traces.finish)
    if settings.log == "requests":
        log = RequestLog(handler, queries=settings.log_queries, clients=settings.log_clients, proxies=settings.proxies)
        observers.append(log)
    metrics = app.extensions["miit_graph"].metrics

    def count_unsaid() -> None:
        metrics.unsaid.inc(handler.take_dropped())

    return behind_front(app, settings, tuple(observers), (count_unsaid,), tuple(ends), carries)


def behind_front(
    app: Flask,
    settings: Settings,
    observers: tuple[Observer, ...] = (),
    ticks: tuple[Callable[[], None], ...] = (),
    ends: tuple[Callable[[], None], ...] = (),
    carries: Callable[[Record], Headers] = passed_on,
) -> Front:
    """``app`` on granian's own interface, with the short ways that its engine allows."""
    context: Context = app.extensions["miit_graph"]
    engine = context.engine
    queries = _share(settings.workers, settings) + _EXPRESS + _share(settings.queue, settings)
    return Front(
        app,
        Shortcuts(context.cache, _version_of(engine), context.metrics.shortcut),
        Direct(context, engine, _names(app)) if isinstance(engine, ProcessEngine) else None,
        threads=queries + settings.web_threads,
        body_bytes=settings.body_bytes,
        stall_seconds=settings.stall_seconds,
        observers=(context.metrics.request, *observers),
        ticks=(lambda: sample(context), context.metrics.settle, *ticks),
        ends=ends,
        carries=carries,
        gate=_gate(settings),
        in_flight=context.in_flight,
        always=headers(settings),
        hosts=settings.hosts,
        secure=transport(settings),
        proxies=settings.proxies,
    )


def _version_of(engine: Engine) -> Callable[[], str]:
    """Tells the present version without waiting for another machine; nothing while that would have to be asked."""
    if isinstance(engine, RemoteEngine):
        return lambda: engine.known_version
    return lambda: engine.version


def _gate(settings: Settings) -> RateGate | None:
    """Counts clients, if there is a limit."""
    if not settings.rate:
        return None
    rate = settings.rate, settings.rate_burst
    if settings.rate_file is not None:
        buckets = Buckets(settings.rate_file, *rate)
    else:  # not started by `miit-graph serve`: this process counts by itself, in memory that has no name
        with tempfile.TemporaryDirectory(prefix="miit-graph-rate-") as folder:
            buckets = Buckets(make_table(Path(folder) / "clients"), *rate)
    return RateGate(buckets, settings.rate, settings.rate_burst, settings.proxies)


def _names(app: Flask) -> Callable[[str], str]:
    """Gives what `Dataset-Version` says of a version; asked for each answer, so it is remembered."""

    @lru_cache(maxsize=8)
    def named(version: str) -> str:
        with app.app_context():
            return version_header(version)

    return named


def _engine(settings: Settings) -> tuple[Engine, Mapping[str, Any]]:
    """The engine, and what is known of its dataset."""
    if settings.engine_socket:
        engine = ProcessEngine(
            settings.engine_socket,
            workers=_share(settings.workers, settings),
            express=_EXPRESS,
            queue=_share(settings.queue, settings),
        )
        return engine, engine.about()
    if settings.endpoint:
        remote = remote_engine(settings, _share(settings.workers, settings) + _EXPRESS)
        try:
            return remote, remote.about()
        except QueryError:
            return remote, {}  # it is asked again by whoever wants to know
    opened = open_dataset(Selection.from_settings(settings), settings)
    return engine_for(opened, settings), opened.about


def _share(number: int, settings: Settings) -> int:
    """This process's part of what all web processes have together."""
    return max(1, number // settings.processes())
