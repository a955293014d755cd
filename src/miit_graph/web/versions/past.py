"""The engine of any version, for requests that name one."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from flask import Response, current_app, g, request
from werkzeug.http import http_date

from miit_graph.engine.api import Engine
from miit_graph.engine.local import LocalEngine
from miit_graph.engine.pinned import Pinned
from miit_graph.engine.process.past_client import PastEngines
from miit_graph.versions.history import time_of
from miit_graph.versions.journal import Version
from miit_graph.versions.past import load_version
from miit_graph.vocabulary import STANDARD_PREFIXES
from miit_graph.web.assets import PINNED
from miit_graph.web.context import context
from miit_graph.web.linked_data.answers import link_header
from miit_graph.web.linked_data.names import address

_KEY = "miit_graph.past"
_making = threading.Lock()


class LocalPast:
    """Engines of earlier versions in this process: the ``most`` that were asked for last."""

    def __init__(self, snapshots: Path, most: int, workers: int) -> None:
        self._snapshots = snapshots
        self._most = most
        self._workers = workers
        self._known: OrderedDict[int, LocalEngine] = OrderedDict()
        self._lock = threading.Lock()

    def engine(self, number: int, version: str) -> Engine:
        """The engine of the version with a number, whose data have the name ``version``."""
        with self._lock:
            found = self._known.get(number)
            if found is None:
                loaded = load_version(self._snapshots, number)
                prefixes = loaded.about.get("prefixes", STANDARD_PREFIXES)
                found = LocalEngine(loaded.store, version, prefixes=prefixes, workers=self._workers)
                self._known[number] = found
            self._known.move_to_end(number)
            while len(self._known) > self._most:
                self._known.popitem(last=False)[1].close()
            return found


def engine_of(version: Version) -> Engine:
    """The engine of a version: the present one, or one that is started now."""
    present = context().engine
    if version.snapshot == present.version:
        return present
    with _making:
        past: LocalPast | PastEngines | None = current_app.extensions.get(_KEY)
        if past is None:
            settings = context().settings
            assert settings.snapshot is not None  # else there is only the present version
            if settings.past_socket:
                past = PastEngines(settings.past_socket, settings.past_engines)
            else:
                past = LocalPast(settings.snapshot.resolve().parent, settings.past_engines, settings.query_threads)
            current_app.extensions[_KEY] = past
    return past.engine(version.number, version.snapshot)


def pin(version: Version) -> None:
    """Answer the request at hand from a version, whatever it asks of the engine."""
    setattr(g, PINNED, Pinned(engine_of(version)))


def told_of(version: Version, response: Response) -> None:
    """Say in the headers from which version the answer to ``?version=`` was made, and since when that has stood.

    ``Dataset-Version: 7; hash=…`` is ours; Memento-Datetime and the links follow RFC 7089 and RFC 5829.
    """
    number = version.number
    response.headers["Dataset-Version"] = f'{number}; hash="{version.snapshot}"'
    response.headers["Memento-Datetime"] = http_date(time_of(version))
    parameters = {name: value for name, value in request.args.items() if name != "version"}
    links: list[tuple[str, str, dict[str, str]]] = [
        (address("versions"), "version-history", {}),
        (address(f"versions/{number}"), "describedby", {}),
        (address(request.path.lstrip("/"), **parameters), "original", {}),
    ]
    response.headers.add("Link", link_header(links))
