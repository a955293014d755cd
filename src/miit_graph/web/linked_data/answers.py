"""What the answers of linked data have in common: what is published, validators, links, the engine."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable
from typing import TypeVar

import pyoxigraph as ox
from flask import Response, g, request
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as AnyResponse

from miit_graph.build.errors import SnapshotError
from miit_graph.build.snapshot import Snapshot
from miit_graph.engine.pinned import VersionMoved
from miit_graph.publish.ask import Asker
from miit_graph.publish.published import ExampleQuery, Published
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.vocabulary import STANDARD_PREFIXES, prefixes_for
from miit_graph.web.context import context
from miit_graph.web.linked_data.names import MEMENTO
from miit_graph.web.of_version import lacking, of_version, pinned

Some = TypeVar("Some", bound=AnyResponse)
CACHING = "public, no-cache"
PLAIN = "text/plain; charset=utf-8"
_KEY = "miit_graph.published"
_MERGED = "merged_graphs"
_MOST_MERGED = 200


def asker() -> Asker:
    """The engine, under the limits of the server, held to one version of the data for the whole request."""
    return Asker(pinned(), context().settings.limits(), g.get(_MERGED, ()))


def merge_graphs(iri: str) -> bool:
    """Ask the merge of named graphs for the rest of the request; false if none of them has the IRI ``iri``.

    For what the default graph of other people's data does not tell. Of very many graphs only those with it are merged.
    """
    if context().settings.endpoint:  # engines differ in what GRAPH ?g {} lists
        return False
    x = text_of(iri)
    having = f"SELECT DISTINCT ?g {{ {{ GRAPH ?g {{ {x} ?p ?o }} }} UNION {{ GRAPH ?g {{ ?s ?q {x} }} }} }}"
    found = [asker().rows(f"{query} LIMIT {_MOST_MERGED + 1}") for query in (having, "SELECT ?g { GRAPH ?g {} }")]
    chosen = found[1] if len(found[1]) <= _MOST_MERGED else found[0][:_MOST_MERGED]
    names = tuple(row["g"].value for row in chosen if isinstance(row["g"], ox.NamedNode))
    if not found[0] or not names:
        return False
    g.setdefault(_MERGED, names)
    return True


def snapshot() -> Snapshot | None:
    """The snapshot that is served, if it is one of the present version."""
    return of_version(_KEY, _read)[1]


def published() -> Published:
    """What the dataset says of itself: from its snapshot's manifest, else from what the server was told about it."""
    return of_version(_KEY, _read)[0]


def _read() -> tuple[Published, Snapshot | None]:
    version = pinned().version
    path = context().settings.snapshot
    if path is not None:
        for place in (path, path.parent / version):  # after a switch it is a neighbour of the first one
            with contextlib.suppress(SnapshotError):
                found = Snapshot.open(place)
                if found.version == version:
                    return Published.read(found.manifest, version), found
    if (memento := g.get(MEMENTO)) is not None:  # an earlier version whose folder is not kept
        told = {**context().manifest, "built": memento.time, "triples": None, "graphs": ()}
        return Published.read(told, version), None
    about = context().about
    if context().settings.endpoint:
        manifest = context().manifest
        if context().engine.version != version:
            raise VersionMoved  # between the two questions, so it may be that of other data
        # What a mark names is told by that name: the other one only says until when it is true.
        return Published.read(manifest, str(manifest.get("version") or version)), None
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
    key = json.dumps((pinned().version, request.url_root, *map(str, parts)))
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def unchanged(etag: str, *, weak: bool = False) -> Response | None:
    """304 if the client has what the tag stands for."""
    if request.if_none_match.contains_weak(etag):
        return validated(Response(status=304), etag, weak=weak)
    return None


def validated(response: Some, etag: str, *, weak: bool = False) -> Some:
    """Add the validator and how long the answer may be kept without asking: not at all.

    A weak one is for answers that always say the same, but not always in the same bytes. What lacks something gets
    none, and nobody is to keep it.
    """
    if lacking():
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept")
        return response
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
