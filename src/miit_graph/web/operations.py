"""For those who run the server: is the process alive, can it answer?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.errors import QueryError
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.web.context import Context, context
from miit_graph.web.disk import trouble
from miit_graph.web.metrics_now import Now
from miit_graph.web.versions.recorded import number_of

blueprint = Blueprint("operations", __name__)
_SECONDS = 5.0


@blueprint.get("/health/live")
def live() -> Response:
    """200 as long as the process answers at all: asks nothing of the engine."""
    return _state("ok")


@blueprint.get("/health/ready")
def ready() -> Response:
    """200 and the version if the engine answers a trivial query, else 503 with the kind of its trouble.

    503 too as soon as the server has been told to stop, while it still answers. With ``?for=changes`` it is 503 if
    changes could not be taken; else that is only told (``changes``), for reading goes on.
    """
    in_flight = context().in_flight
    if in_flight is not None and in_flight.leaving:
        return _state("unavailable", 503, reason="leaving")
    try:
        answer = context().engine.run(Query("ASK {}"), formats.JSON, Limits(seconds=_SECONDS))
        answer.close()
    except QueryError as error:
        return _state("unavailable", 503, reason=error.slug)
    version = context().engine.version
    told = {"changes": trouble(context().settings) or "ok"} if context().writing is not None else {}
    if request.args.get("for") == "changes" and (reason := told.get("changes", "update-refused")) != "ok":
        return _state("unavailable", 503, reason=reason)
    return _state("ok", 200, version=version, number=number_of(version), store=context().about.store or None, **told)


@blueprint.get("/metrics")
def metrics() -> Response:
    """The server's figures for Prometheus."""
    sample(context())
    response = Response(context().metrics.page(Now(context())), content_type=CONTENT_TYPE_LATEST)
    response.headers["Cache-Control"] = "no-store"
    return response


def sample(found: Context) -> None:
    """Note what is true of this process now; each does so every second, as one of them is asked for the sum."""
    engine, figures = found.engine, found.metrics
    figures.cache_bytes.set(found.cache.bytes)
    if isinstance(engine, ProcessEngine):
        figures.running.set(engine.places.taken)
        figures.waiting.set(engine.places.waiting)
        figures.places.set(engine.places.regular)
        figures.idle.set(engine.idle)


def _state(status: str, code: int = 200, **members: str | int | None) -> Response:
    response = jsonify(status=status, **members)
    response.status_code = code
    response.headers["Cache-Control"] = "no-store"
    return response
