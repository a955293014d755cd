"""Puts the application together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from miit_graph.engine.api import Engine
from miit_graph.in_flight import InFlight
from miit_graph.settings import Settings
from miit_graph.web import (
    changes,
    discovery,
    downloads,
    exports,
    graph_store,
    operations,
    problems,
    security,
    snapshots,
    sparql,
)
from miit_graph.web.assets import PINNED, Application
from miit_graph.web.cache import AnswerCache
from miit_graph.web.choice import OWN, REVALIDATE, kept_by_others
from miit_graph.web.compression import Compression
from miit_graph.web.context import Context, Writing, context
from miit_graph.web.front import strict
from miit_graph.web.front.rate import LIMITED, told
from miit_graph.web.front.record import RECORD, Record
from miit_graph.web.linked_data import ontology, routes
from miit_graph.web.metrics import Metrics
from miit_graph.web.page import headed, phrased
from miit_graph.web.pages import chart, disputes, explore, home, query, search, sources, timeline
from miit_graph.web.problems import Problem
from miit_graph.web.versions import asked, blame, memento
from miit_graph.web.versions import routes as versions
from miit_graph.web.versions.recorded import version_header
from miit_graph.writing.tokens import Tokens


def create_app(settings: Settings, engine: Engine, about: Mapping[str, Any]) -> Flask:
    """The WSGI application over ``engine``.

    ``about`` tells what is served (see `miit_graph.web.about.About`); every key may be missing.
    """
    app = Application(__name__)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = settings.body_bytes
    app.extensions["miit_graph"] = Context(
        settings,
        engine,
        about,
        AnswerCache(settings.cache_bytes),
        Metrics(),
        _writing(settings),
        InFlight(settings.state_folder) if settings.state_folder else None,
    )
    machines = (sparql, operations, routes, ontology, graph_store, downloads, snapshots, exports, discovery)
    for concern in (
        *machines,
        home,
        search,
        explore,
        query,
        sources,
        disputes,
        chart,
        timeline,
        versions,
        blame,
        memento,
        asked,
    ):
        app.register_blueprint(concern.blueprint)
    if app.extensions["miit_graph"].writing is not None:
        app.register_blueprint(changes.blueprint)
    problems.register(app)
    app.jinja_env.filters["headed"] = headed
    app.jinja_env.tests["phrased"] = phrased
    app.before_request(_refuse_who_asks_by_another_name)
    app.before_request(_refuse_who_asks_too_often)
    app.after_request(_finish)
    app.wsgi_app = Compression(app.wsgi_app)  # type: ignore[method-assign]
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]
    return app


def _writing(settings: Settings) -> Writing | None:
    """Who may change the data; None if nobody may, or there is no writer to do it."""
    if not settings.tokens or not settings.writer_socket:
        return None
    return Writing(Tokens.read(settings.tokens), settings.writer_socket, settings.update_timeout)


def _refuse_who_asks_by_another_name() -> None:
    """The front has compared the Host header; this is for what a proxy says, and for servers without the front."""
    names = context().settings.hosts
    if names and not strict.is_one_of(request.host, names):
        raise Problem(*strict.MISDIRECTED)


def _refuse_who_asks_too_often() -> None:
    """The front has counted (`miit_graph.web.front.rate`); this only makes the page for a browser."""
    wait: int | None = request.environ.get(LIMITED)
    if wait is not None:
        chinese = ("请求过于频繁", f"该客户端发送的请求超过了允许的数量。请等待 {wait} 秒，之后放慢速度。")
        raise Problem(429, "rate-limit", "Too many requests", told(wait), {"Retry-After": str(wait)}, chinese)


def _finish(response: Response) -> Response:
    """Headers that every answer has."""
    record: Record | None = request.environ.get(RECORD)
    if record is not None and request.url_rule is not None:
        record.route = request.url_rule.rule
    settings = context().settings
    # Where there is a front, it knows how a request came, whoever answers it.
    secure = security.transport(settings) if record is None and request.is_secure else {}
    for name, value in (security.headers(settings) | secure).items():
        response.headers.setdefault(name, value)
    if (pinned := g.get(PINNED)) is not None and "Dataset-Version" not in response.headers:
        response.headers["Dataset-Version"] = version_header(pinned.version)
    if (response.location or "").startswith(request.host_url):  # Werkzeug's own; where that is, only the client knows
        response.location = response.location[len(request.host_url) - 1 :]
    if response.headers.setdefault("Cache-Control", "no-cache") == REVALIDATE:
        response.headers["Cache-Control"] = OWN if "Set-Cookie" in response.headers else kept_by_others(settings)
    if request.method == "OPTIONS":
        for name, value in security.preflight(settings).items():
            response.headers.setdefault(name, value)
        if response.status_code == 200:  # Flask's own answer to OPTIONS: no body, so say so
            response.status_code = 204
            del response.headers["Content-Type"]
    return response
