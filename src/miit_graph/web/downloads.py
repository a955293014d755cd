"""The whole dataset to take away: ``/dump/<name>.<format>[.gz]``, a list of the files, and their checksums.

Made once per version, at the first download, beside the snapshot; without a snapshot from what the engine answers
within its limits, in a folder that the server's processes share. Ranges and validators as RFC 9110 sections 13 and 14
have them.
"""

from __future__ import annotations

import base64
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, jsonify, request, send_file

from miit_graph.engine.remote.engine import RemoteEngine
from miit_graph.export.graph import ENDINGS as GRAPHS
from miit_graph.publish.dumps import ENDINGS, FORMATS, REIFIED, WITH_GRAPHS, Dumps
from miit_graph.publish.files import FileCache, Made
from miit_graph.web.context import context
from miit_graph.web.exports_texts import title_of
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import CACHING, asker, link_header, published, snapshot
from miit_graph.web.linked_data.names import MEMENTO, address
from miit_graph.web.linked_data.texts import TEXTS
from miit_graph.web.negotiation import prefers_html
from miit_graph.web.of_version import of_version, pinned
from miit_graph.web.page import page
from miit_graph.web.problems import Problem
from miit_graph.web.versions.asked import PARAMETER, any_version

blueprint = Blueprint("downloads", __name__)
_KEY = "miit_graph.dumps"
_SMALL = 300_000
"""Up to so many triples the list makes all files at once, so that it can give their sizes and checksums."""


def dumps() -> Dumps:
    """The dumps of the version that is asked for."""
    return of_version(_KEY, _dumps)[0]


def _dumps() -> tuple[Dumps, object]:
    """The dumps, and what keeps their folder while they are needed."""
    frozen = snapshot()
    cache, keep = (FileCache.beside(frozen), None) if frozen else _elsewhere()
    merged = g.get(MEMENTO) is not None  # only what was built has earlier versions
    return Dumps(cache, published().prefixes, asker(), frozen.path if frozen else None, merged), keep


def _elsewhere() -> tuple[FileCache, object]:
    """The files of what is no snapshot: shared by all processes, if its version stands for the same data in all."""
    engine, folder = context().engine, context().settings.published_folder
    nameless = isinstance(engine, RemoteEngine) and engine.mark is None
    if folder is not None and not nameless:
        return FileCache.within(folder, pinned().version), None
    keep = tempfile.TemporaryDirectory(prefix="miit-graph-")
    return FileCache(Path(keep.name)), keep


def file_name(ending: str) -> str:
    """The name of a dump for people."""
    return f"{published().name}.{ending}"


@blueprint.get("/dump/<path:name>")
@any_version
def dump(name: str) -> Response:
    """One dump. Raises Problem (404) for other names and for formats that can't hold the data."""
    if name == "SHA256SUMS":
        return _sums()
    ending = next((ending for ending in ENDINGS if name == file_name(ending)), None)
    if ending is None:
        raise _missing(f"There is no dump {name[:80]}. See {address('dump/')} for those there are.")
    try:
        made = dumps().make(ending)
    except ValueError as error:
        raise _missing(f"This format can't hold the dataset: {error}") from error
    format = FORMATS[ending.removesuffix(".gz")]
    response = send_file(
        made.path,
        "application/gzip" if ending.endswith(".gz") else format.media_type,
        as_attachment=True,
        download_name=name,
        conditional=True,
        etag=made.sha256[:32],
        last_modified=built(),
    )
    response.headers["Cache-Control"] = CACHING
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(made.sha256)).decode()}:"
    links = [(published().license, "license", {}), (address("void"), "describedby", {"type": "text/turtle"})]
    response.headers["Link"] = link_header(links)
    return response


@blueprint.get("/dump/")
@any_version
def index() -> Response:
    """The files there are, with sizes and checksums, as JSON or as a page."""
    files = [_entry(ending, made) for ending, made in _all()]
    if prefers_html(request.headers.get("Accept", "")):
        response = page(
            "dumps.html",
            version=published().version,
            files=files,
            graph_files=_graph_files(page_language()),
            texts=TEXTS,
        )
    else:
        graphs = [{"format": title, "href": place} for title, place in _graph_files("en")]
        title = dict(published().title)
        response = jsonify(dataset=title, version=published().version, files=files, graphFiles=graphs)
        response.vary.add("Accept")
    response.headers["Cache-Control"] = CACHING
    return response


def _sums() -> Response:
    """For ``sha256sum --check``."""
    lines = [f"{made.sha256}  {file_name(ending)}\n" for ending, made in _all() if made]
    response = Response("".join(lines), content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = CACHING
    return response


def _all() -> list[tuple[str, Made | None]]:
    found = dumps()
    triples = published().triples
    if triples is None or triples > _SMALL:
        return [(ending, found.made(ending)) for ending in ENDINGS]
    return [(ending, _made(found, ending)) for ending in ENDINGS]


def _made(found: Dumps, ending: str) -> Made | None:
    try:
        return found.make(ending)
    except ValueError:
        return None


def _entry(ending: str, made: Made | None) -> dict[str, Any]:
    name = ending.removesuffix(".gz")
    packed = name != ending
    return {
        "name": file_name(ending),
        "href": address(f"dump/{file_name(ending)}", **_version()),
        "format": FORMATS[name].label + (" 1.2" if name == REIFIED else "") + (" (gzip)" if packed else ""),
        "mediaType": "application/gzip" if packed else FORMATS[name].media_type,
        "namedGraphs": name in WITH_GRAPHS,
        "bytes": made.size if made else None,
        "sha256": made.sha256 if made else None,
    }


def _graph_files(language: str) -> list[tuple[str, str]]:
    """Titles and addresses of the files for visualisation tools."""
    more = _version()
    return [(title_of(name, language), address(f"export/graph.{ending}", **more)) for ending, name in GRAPHS.items()]


def _version() -> dict[str, str]:
    """The version that the request names, for the addresses of files."""
    return {PARAMETER: request.args[PARAMETER]} if request.args.get(PARAMETER) else {}


def built() -> datetime | None:
    """When the present version was built, if that is known."""
    try:
        return datetime.fromisoformat(published().modified)
    except ValueError:
        return None


def _missing(detail: str) -> Problem:
    return Problem(404, "not-found", "There is nothing here", detail)
