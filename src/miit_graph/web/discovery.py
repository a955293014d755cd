"""The server tells programs what it has: VoID and DCAT, robots.txt, a sitemap, OpenAPI."""

from __future__ import annotations

from typing import cast
from xml.sax.saxutils import escape

import pyoxigraph as ox
from flask import Blueprint, Response, jsonify, request

from miit_graph.engine import formats
from miit_graph.publish.sparql_text import literal
from miit_graph.web import exports
from miit_graph.web.choice import choose
from miit_graph.web.context import context
from miit_graph.web.description import PREFIXES, distributions, places, told
from miit_graph.web.linked_data.answers import (
    PLAIN,
    asker,
    link_header,
    published,
    tag,
    unchanged,
    validated,
)
from miit_graph.web.linked_data.names import document_of
from miit_graph.web.linked_data.rdf import serialize
from miit_graph.web.llms import text as llms_text
from miit_graph.web.openapi import document as openapi_document
from miit_graph.web.problems import Problem

blueprint = Blueprint("discovery", __name__)
_PER_MAP = 50_000


@blueprint.get("/.well-known/void")
@blueprint.get("/void", endpoint="short")
@blueprint.get("/void.<ending>", endpoint="file")
def description(ending: str = "") -> Response:
    """The dataset in VoID and DCAT, its prefixes and example queries; a browser gets it as text."""
    fixed = next((format for format in formats.GRAPHS if format.extension == ending), None)
    if ending and fixed is None:
        raise Problem(404, "not-found", "There is nothing here", f"The description has no form .{ending[:20]}.")
    accept = request.headers.get("Accept", "")
    choice = fixed or choose(request.args.get("format"), accept, formats.GRAPHS, "the description of the dataset")
    format, shown_as = (formats.TURTLE, PLAIN) if isinstance(choice, str) else (choice, choice.content_type)
    files = (*distributions(), *exports.distributions())
    etag = tag("void", format.name, shown_as, *(file.sha256 for file in files))
    same = unchanged(etag)
    if same is not None:
        return same
    content = serialize(told(files), format, {**published().prefixes, **PREFIXES}, places().dataset)
    response = Response(content, content_type=shown_as)
    links = [(f"{request.script_root}/void.{f.extension}", "alternate", {"type": f.media_type}) for f in formats.GRAPHS]
    response.headers["Link"] = link_header([*links, (published().license, "license", {})])
    return validated(response, etag)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """All routes, in OpenAPI 3.1."""
    response = jsonify(openapi_document(request.url_root, published(), writing=context().writing is not None))
    response.add_etag()
    response.headers["Cache-Control"] = "public, no-cache"
    response.make_conditional(request)
    return response


@blueprint.get("/llms.txt")
def llms() -> Response:
    """What is here and where, in Markdown, for programs that read text (llmstxt.org)."""
    response = Response(llms_text(request.url_root, published()), content_type=PLAIN)
    response.add_etag()
    response.headers["Cache-Control"] = "public, no-cache"
    response.make_conditional(request)
    return response


@blueprint.get("/robots.txt")
def robots() -> Response:
    """Everything may be indexed but the answers to queries (RFC 9309)."""
    lines = [
        "User-agent: *",
        f"Disallow: {request.script_root}/sparql?",
        f"Disallow: {request.script_root}/search?",
        f"Sitemap: {request.url_root}sitemap.xml",
    ]
    return Response("\n".join(lines) + "\n", content_type=PLAIN)


@blueprint.get("/sitemap.xml")
@blueprint.get("/sitemap-<int:number>.xml", endpoint="sitemap_part")
def sitemap(number: int = 0) -> Response:
    """The documents about all things (sitemaps.org 0.9); beyond 50,000 a list of maps."""
    etag = tag("sitemap", number)
    same = unchanged(etag)
    if same is not None:
        return same
    things = f"?s ?p ?o FILTER(isIRI(?s) && STRSTARTS(STR(?s), {literal(context().about.base + 'id/')}))"
    total = asker().number(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ {things} }}") if context().about.base else 0
    maps = max(1, -(-total // _PER_MAP))
    if number > maps:
        raise Problem(404, "not-found", "There is nothing here", f"There are {maps} maps.")
    root = escape(request.url_root)
    if number == 0 and maps > 1:
        items = [f"<sitemap><loc>{root}sitemap-{part}.xml</loc></sitemap>" for part in range(1, maps + 1)]
        return validated(_xml("sitemapindex", items), etag)
    rows = []
    if total:
        rows = asker().rows(
            f"SELECT DISTINCT ?s {{ {things} }} ORDER BY ?s LIMIT {_PER_MAP} OFFSET {max(0, number - 1) * _PER_MAP}"
        )
    names = (document_of(cast(ox.NamedNode, row["s"]).value) for row in rows)
    items = [f"<url><loc>{escape(f'{request.url_root}doc/{name}')}</loc></url>" for name in names if name]
    return validated(_xml("urlset", [f"<url><loc>{root}</loc></url>", *items]), etag)


def _xml(element: str, items: list[str]) -> Response:
    namespace = "http://www.sitemaps.org/schemas/sitemap/0.9"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{element} xmlns="{namespace}">', *items, f"</{element}>"]
    return Response("\n".join(lines) + "\n", content_type="application/xml")
