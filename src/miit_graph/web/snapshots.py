"""The served snapshot for other machines that serve the same: ``/snapshots/current`` lists its files.

Files are immutable but for the manifest and the journal, have strong validators and ranges (RFC 9110 section 14), and
are as public as the dumps, which say the same. `miit_graph.replica` is the other side.
"""

from __future__ import annotations

import re

from flask import Blueprint, Response, current_app, jsonify, request, send_file

from miit_graph.build.errors import SnapshotError
from miit_graph.build.snapshot import Snapshot
from miit_graph.publish.listing import PACKED, Shelf
from miit_graph.web.context import context
from miit_graph.web.linked_data.answers import CACHING, snapshot
from miit_graph.web.problems import Problem
from miit_graph.web.versions.recorded import history, number_of

blueprint = Blueprint("snapshots", __name__)
_KEY = "miit_graph.shelves"
_MOST = 4
_IMMUTABLE = "public, max-age=31536000, immutable"
_VERSION = re.compile(r"[0-9a-f]{16}")


@blueprint.get("/snapshots/current")
def current() -> Response:
    """The files of the snapshot that is served now."""
    found = snapshot()
    if found is None:
        raise _missing(
            "What is served here was not built as a snapshot, so there is none to copy. Take a dump instead.",
            "此处所提供的数据并非由快照构建，因此没有可供复制的快照。请改为下载数据转储。",
        )
    return _listed(found)


@blueprint.get("/snapshots/<version>")
def listed(version: str) -> Response:
    """The files of a snapshot that is kept here."""
    return _listed(_kept(version))


@blueprint.get("/snapshots/<version>/<name>")
def file(version: str, name: str) -> Response:
    """One file of a snapshot, whole or in ranges."""
    made = _shelf(_kept(version)).find(name)
    if made is None:
        raise _missing(f"The snapshot has no file {name[:80]}.", f"该快照没有名为 {name[:80]} 的文件。")
    response = send_file(
        made.path, "application/octet-stream", as_attachment=True, download_name=name, etag=made.sha256[:32]
    )
    response.headers["Cache-Control"] = _IMMUTABLE if name.endswith(PACKED) else CACHING
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _listed(found: Snapshot) -> Response:
    response = jsonify(_shelf(found).listing().document())
    response.add_etag()
    response.headers["Cache-Control"] = CACHING
    response.make_conditional(request)
    return response


def _kept(version: str) -> Snapshot:
    """The snapshot of this name beside the one that is served. Raises Problem (404)."""
    place = context().settings.snapshot
    if place is not None and _VERSION.fullmatch(version):
        for path in (place, place.parent / version):
            try:
                found = Snapshot.open(path)
            except SnapshotError:
                continue
            if found.version == version:
                return found
    raise _missing(f"No snapshot {version[:80]} is kept here.", f"此处未保留快照 {version[:80]}。")


def _shelf(found: Snapshot) -> Shelf:
    shelves: dict[tuple[str, int | None], Shelf] = current_app.extensions.setdefault(_KEY, {})
    key = (found.version, number_of(found.version))
    if key not in shelves:
        while len(shelves) >= _MOST:
            shelves.pop(next(iter(shelves)), None)
        shelves[key] = Shelf(found, history())
    return shelves[key]


def _missing(detail: str, chinese: str) -> Problem:
    return Problem(404, "not-found", "There is nothing here", detail, chinese=("此处没有内容", chinese))
