"""The files that pages load: style sheets, built scripts, pictures."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, g, request, url_for
from flask.typing import ResponseReturnValue

from miit_graph.engine.errors import EngineUnavailable
from miit_graph.engine.pinned import VersionMoved

STATIC = Path(__file__).parent / "static"
PINNED = "pinned"
"""The name in `flask.g` of the engine held to the version from which the present request is answered."""
_TRIES = 4
_YEAR = 365 * 24 * 3600


class Application(Flask):
    """Flask, whose static files may be kept for a year when their address names their content.

    A request during which the data have changed is answered again, from the new version alone; one that they outrun
    again and again is refused for now.
    """

    def dispatch_request(self) -> ResponseReturnValue:
        """Call the view; see `Flask.dispatch_request`."""
        for _ in range(_TRIES):
            try:
                return super().dispatch_request()
            except VersionMoved:
                g.pop(PINNED, None)
        raise EngineUnavailable

    def get_send_file_max_age(self, filename: str | None) -> int | None:
        """Seconds that a static file may be kept without asking again."""
        return _YEAR if "v" in request.args else 0


def asset(name: str) -> str:
    """The address of a file below `static/`; empty if it doesn't exist (the front end may not be built)."""
    digest = _digest(name)
    return url_for("static", filename=name, v=digest) if digest else ""


@cache
def _digest(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""
