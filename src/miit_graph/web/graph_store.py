"""Reading graphs whole (SPARQL 1.1 Graph Store HTTP Protocol).

``/graph-store?default`` and ``/graph-store?graph=IRI`` identify a graph indirectly (section 4.2), ``/graph/…`` directly
(section 4.1). Writing is off: the other methods are answered 405 by the routing, and change nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from miit_graph.engine import formats
from miit_graph.publish.sparql_text import NotAnIri
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.web.choice import choose
from miit_graph.web.linked_data.answers import PLAIN, asker, link_header, published, tag, unchanged, validated
from miit_graph.web.linked_data.graphs import is_graph
from miit_graph.web.linked_data.names import address, document_of, iri_of
from miit_graph.web.linked_data.routes import see_other, unknown
from miit_graph.web.problems import Problem
from miit_graph.web.versions.asked import any_version

blueprint = Blueprint("graph_store", __name__)
_IN_MEMORY = 4 * 1024 * 1024
_CHUNK = 64 * 1024


@blueprint.get("/graph-store")
@any_version
def graph_store() -> AnyResponse:
    """The graph that ``?default`` or ``?graph=`` names. Raises Problem: 400, 404, 406."""
    default, named = "default" in request.args, request.args.getlist("graph")
    if default == bool(named) or len(named) > 1:
        detail = "Ask for one graph: /graph-store?default, or /graph-store?graph= with its IRI (percent-encoded)."
        raise Problem(400, "request", "The request is not understood", detail)
    if default:
        return _content("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "")
    try:
        graph = text_of(named[0])
    except NotAnIri:
        detail = f'"{named[0][:200]}" is not an absolute IRI. Give graph= in full.'
        raise Problem(400, "graph-name", "A graph name is not an IRI", detail) from None
    return _named(named[0], graph)


@blueprint.get("/graph/<path:name>")
@any_version
def direct(name: str) -> AnyResponse:
    """The graph whose own IRI this is; a browser is shown what the graph is about instead."""
    iri = iri_of(f"graph/{name}")
    try:
        graph = text_of(iri)
    except NotAnIri:
        unknown(iri)
    return _named(iri, graph, pages=True)


def _named(iri: str, graph: str, *, pages: bool = False) -> AnyResponse:
    if not is_graph(iri):
        unknown(iri)
    return _content(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}", iri, pages=pages)


def _content(query: str, iri: str, *, pages: bool = False) -> AnyResponse:
    choice = choose(request.args.get("format"), request.headers.get("Accept", ""), formats.GRAPHS, "a graph")
    name = document_of(iri) if iri else None
    if isinstance(choice, str) and pages and name:
        response = see_other(name)
        response.vary.add("Accept")
        return response
    # A browser gets text that it can show.
    format, shown_as = (formats.TURTLE, PLAIN) if isinstance(choice, str) else (choice, choice.content_type)
    etag = tag("graph", iri, shown_as, format.name)
    same = unchanged(etag, weak=True)  # the engine names blank nodes and orders triples as it likes
    if same is not None:
        return same
    whole = _whole(asker().stream(query, format))
    length = whole.tell()
    whole.seek(0)
    answer = Response(iter(lambda: whole.read(_CHUNK), b""), content_type=shown_as)
    answer.call_on_close(whole.close)
    answer.content_length = length
    links = [(published().license, "license", {}), (address("void"), "describedby", {"type": "text/turtle"})]
    if name:
        links.append((address(f"doc/{name}"), "describedby", {}))
    answer.headers["Link"] = link_header(links)
    return validated(answer, etag, weak=True)


def _whole(chunks: Iterator[bytes]) -> tempfile.SpooledTemporaryFile[bytes]:
    """All of an answer, on disk beyond a few megabytes: a graph that can't be had whole is not sent at all."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed with the response)
    try:
        for chunk in chunks:
            file.write(chunk)
    except BaseException:
        file.close()
        raise
    return file
