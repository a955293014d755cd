"""Puts the application together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from miit_graph.engine.api import Engine
from miit_graph.settings import Settings
from miit_graph.web import operations, pages, problems, sparql
from miit_graph.web.about import About
from miit_graph.web.context import Context

_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'self'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Allow, Content-Language, Content-Length, ETag, Link, Retry-After",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, X-Requested-With",
    "Access-Control-Max-Age": "86400",
}


def create_app(settings: Settings, engine: Engine, about: Mapping[str, Any]) -> Flask:
    """The WSGI application over ``engine``.

    ``about`` tells what is served (see `miit_graph.web.about.About`); every key may be missing.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = settings.body_bytes
    app.extensions["miit_graph"] = Context(settings, engine, About.read(about, engine.version))
    for concern in (sparql, operations, pages):
        app.register_blueprint(concern.blueprint)
    problems.register(app)
    app.after_request(_finish)
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)  # type: ignore[method-assign]
    return app


def _finish(response: Response) -> Response:
    """Headers that every answer has. The data are public and read-only, so any page may ask for them."""
    for name, value in (_SECURITY | _CORS).items():
        response.headers.setdefault(name, value)
    if request.method == "OPTIONS":
        for name, value in _PREFLIGHT.items():
            response.headers.setdefault(name, value)
        if response.status_code == 200:  # Flask's own answer to OPTIONS: no body, so say so
            response.status_code = 204
            del response.headers["Content-Type"]
    return response
