"""``?version=`` anywhere: pages and files of any version, documents by their mementos, and elsewhere a clear no.

What is answered with data of the present though somebody asked for others would be a lie, so no address that tells
data ignores the parameter.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from miit_graph.web.linked_data.names import MEMENTO, address
from miit_graph.web.problems import Problem
from miit_graph.web.versions.past import pin, told_of
from miit_graph.web.versions.recorded import named

blueprint = Blueprint("asked_version", __name__)
PARAMETER = "version"
_BY_THEMSELVES = ("static", "sparql", "operations", "versions", "memento", "blame")
"""Blueprints (and Flask's own view) that tell no data of the present, or read the parameter themselves."""
_THING, _DOCUMENT = "linked_data.thing", "linked_data.document"
_MARK = "any_version"

_View = TypeVar("_View", bound=Callable[..., AnyResponse])


def any_version(view: _View) -> _View:
    """Let a view answer from the version that ``?version=`` names (a number, or a hash or its beginning).

    Links to documents lead to those of that version, and the headers say which it is.
    """

    @wraps(view)
    def answered(**arguments: Any) -> AnyResponse:
        name = request.args.get(PARAMETER)
        if not name:
            return view(**arguments)
        version = named(name)
        pin(version)
        setattr(g, MEMENTO, version)
        response = view(**arguments)
        told_of(version, cast(Response, response))
        return response

    setattr(answered, _MARK, True)
    return cast(_View, answered)


def _answers(endpoint: str) -> bool:
    return hasattr(current_app.view_functions[endpoint], _MARK)


@blueprint.before_app_request
def elsewhere() -> AnyResponse | None:
    """Lead to the memento of a document; refuse (400) what is of the present version alone."""
    name = request.args.get(PARAMETER)
    endpoint = request.endpoint
    if not name or endpoint is None or endpoint.partition(".")[0] in _BY_THEMSELVES or _answers(endpoint):
        return None
    arguments = request.view_args or {}
    if endpoint in (_THING, _DOCUMENT) and request.method in ("GET", "HEAD"):
        kind, document = str(arguments.get("kind", "id")), str(arguments["name"])
        if endpoint == _THING and kind != "id":
            document = f"{kind}/{document}"
        more = {key: value for key, value in request.args.items() if key != PARAMETER}
        response = redirect(address(f"versions/{named(name).number}/doc/{document}", **more), 302)
        response.headers["Cache-Control"] = "public, no-cache"
        return response
    places = sorted({rule.rule for rule in current_app.url_map.iter_rules() if _answers(rule.endpoint)})
    raise Problem(
        400,
        "request",
        "The request is not understood",
        f"This address speaks of the present version alone: leave {PARAMETER} out, or ask for any version at"
        f" /sparql?{PARAMETER}=, /versions/N/doc/…, or with {PARAMETER}= at one of these: {', '.join(places)}.",
        chinese=(
            "无法理解该请求",
            f"此地址只提供现行版本：请去掉 {PARAMETER}；各版本可用 /sparql?{PARAMETER}=、/versions/N/doc/… 查看，"
            f"或在以下地址加上 {PARAMETER}=：{'、'.join(places)}。",
        ),
        parameter=PARAMETER,
        places=places,
    )
