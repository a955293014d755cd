"""What the answers of linked data have in common: what is published, validators, links, the engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from flask import Response, current_app, request
from werkzeug.urls import iri_to_uri

from miit_graph.build.snapshot import Snapshot
from miit_graph.publish.ask import Asker
from miit_graph.publish.published import ExampleQuery, Published
from miit_graph.vocabulary import STANDARD_PREFIXES, prefixes_for
from miit_graph.web.context import context

CACHING = "public, no-cache"
PLAIN = "text/plain; charset=utf-8"
_KEY = "miit_graph.published"


def asker() -> Asker:
    """The engine, under the limits of the server."""
    return Asker(context().engine, context().settings.limits())


def snapshot() -> Snapshot | None:
    """The snapshot that is served, if it is one of the present version."""
    return _known()[1]


def published() -> Published:
    """What the dataset says of itself: from its snapshot's manifest, else from what the server was told about it."""
    return _known()[0]


def _known() -> tuple[Published, Snapshot | None]:
    version = context().engine.version
    known: tuple[Published, Snapshot | None] | None = current_app.extensions.get(_KEY)
    if known is None or known[0].version != version:
        known = _read(version)
        current_app.extensions[_KEY] = known
    return known


def _read(version: str) -> tuple[Published, Snapshot | None]:
    path = context().settings.snapshot
    if path is not None:
        found = Snapshot.open(path)
        if found.version == version:
            return Published.read(found.manifest, version), found
    about = context().about
    examples = tuple(ExampleQuery(e.slug, e.title, {}, e.query) for e in about.examples)
    graphs = tuple((graph.iri, graph.triples) for graph in about.graphs)
    given = Published(
        "dataset",
        about.base,
        version,
        about.title,
        modified=about.built,
        triples=about.triples,
        union=about.union,
        prefixes=prefixes_for(about.base) if about.base else STANDARD_PREFIXES,
        graphs=graphs,
        examples=examples,
    )
    return given, None


def tag(*parts: object) -> str:
    """A strong validator of what depends on the version of the data and these parts alone."""
    key = json.dumps((context().engine.version, request.url_root, *map(str, parts)))
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def unchanged(etag: str, *, weak: bool = False) -> Response | None:
    """304 if the client has what the tag stands for."""
    if request.if_none_match.contains_weak(etag):
        return validated(Response(status=304), etag, weak=weak)
    return None


def validated(response: Response, etag: str, *, weak: bool = False) -> Response:
    """Add the validator and how long the answer may be kept without asking: not at all.

    A weak one is for answers that always say the same, but not always in the same bytes.
    """
    response.set_etag(etag, weak)
    response.headers["Cache-Control"] = CACHING
    response.vary.add("Accept")
    return response


def link_header(links: Iterable[tuple[str, str, dict[str, str]]]) -> str:
    """A Link header (RFC 8288) of targets, relations and parameters."""
    return ", ".join(
        f'<{iri_to_uri(target)}>; rel="{relation}"' + "".join(f'; {name}="{value}"' for name, value in more.items())
        for target, relation, more in links
        if target
    )
