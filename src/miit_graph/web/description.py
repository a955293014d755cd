"""What the server tells programs of its dataset: the same at ``/void`` and, shorter, at the endpoint.

A dataset that was built holds its description in a graph of its own; there it is read, and given the addresses of this
server. Of any other dataset it is computed here, once per version.
"""

from __future__ import annotations

from functools import partial

import pyoxigraph as ox
from flask import current_app, request

from miit_graph.engine.formats import Format
from miit_graph.publish import whole
from miit_graph.publish.dcat import Distribution
from miit_graph.publish.dumps import ENDINGS, FORMATS, file_names
from miit_graph.publish.profile import Profile, profile
from miit_graph.publish.service import FUNCTIONS
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.publish.triples import DCAT, SPDX
from miit_graph.publish.void import Places
from miit_graph.vocabulary import SD, VOID
from miit_graph.web.context import context
from miit_graph.web.downloads import dumps, file_name
from miit_graph.web.linked_data.answers import asker, published
from miit_graph.web.linked_data.rdf import serialize
from miit_graph.web.of_version import lacking, left_out, of_version, pinned

PREFIXES = {"dcat": str(DCAT), "spdx": str(SPDX), "sd": str(SD), "void": str(VOID)}
_STORED, _PROFILE = "miit_graph.stored_description", "miit_graph.profile"
_ENDPOINT, _KEPT = "miit_graph.service_description", 16
_QUICK = 300_000
"""Up to so many triples the figures are computed for whoever asks the endpoint what it is."""


def places() -> Places:
    """Where everything is, as the client sees the server; the description itself is named by the dataset's base."""
    base = context().about.base or request.url_root
    return Places.below(f"{base}void", request.url_root, file_names(published().name))


def told(files: tuple[Distribution, ...] = (), *, details: bool = True) -> list[ox.Triple]:
    """All that is told; without ``details`` what can be had quickly and is short enough for every visitor."""
    found = _told(files, details)
    if not context().settings.endpoint:
        return found
    lacking = {str(function) for function in FUNCTIONS}  # another engine doesn't have them
    return [t for t in found if not lacking & {getattr(t.subject, "value", ""), getattr(t.object, "value", "")}]


def _told(files: tuple[Distribution, ...], details: bool) -> list[ox.Triple]:
    base = context().about.base
    federated = bool(context().settings.services)
    graph = f"{base}{whole.GRAPH}"
    if base and any(held == graph for held, _ in published().graphs):
        read = partial(asker().triples, f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {text_of(graph)} {{ ?s ?p ?o }} }}")
        old = Places.below(f"{base}void", base, file_names(published().name))
        found = whole.resume(of_version(_STORED, read), published(), old, places(), files, federated=federated)
        return found if details else whole.without_details(found)
    # Nobody finds the details in the data here, so they are told wherever they don't take long.
    quick = details or (published().triples or _QUICK + 1) <= _QUICK
    counted = Profile(triples=published().triples)
    if quick:
        counted = of_version(_PROFILE, partial(profile, asker(), base), whole=lambda found: found.whole)
        if not counted.whole:
            left_out()
    return whole.describe(published(), counted, places(), files, federated=federated)


def service_description(format: Format) -> bytes:
    """The description of the endpoint (SPARQL 1.1 Service Description, section 2) in one of the graph formats.

    Kept, for federating clients read it before every query.
    """
    kept: dict[tuple[str, str, str], bytes] = current_app.extensions.setdefault(_ENDPOINT, {})
    key = (pinned().version, request.url_root, format.name)
    content = kept.get(key)
    if content is None:
        content = serialize(told(details=False), format, {**published().prefixes, **PREFIXES}, places().endpoint)
        if len(kept) >= _KEPT:
            kept.clear()  # of other versions, or asked for under many host names
        if not lacking():
            kept[key] = content
    return content


def distributions() -> tuple[Distribution, ...]:
    """The dumps, with sizes and checksums of those that were made."""
    found = []
    for ending in ENDINGS:
        made = dumps().made(ending)
        found.append(
            Distribution(
                f"{request.url_root}dump/{file_name(ending)}",
                FORMATS[ending.removesuffix(".gz")].media_type,
                ending.endswith(".gz"),
                made.size if made else None,
                made.sha256 if made else "",
            )
        )
    return tuple(found)
