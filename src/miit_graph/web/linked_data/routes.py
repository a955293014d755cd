"""Linked data: every IRI of the dataset answers with what is known about it.

A thing (``/id/x``) is not a document, so it answers 303 to the document about it (``/doc/x``), which is negotiated by
the Accept header or fixed by an ending (Cool URIs for the Semantic Web, section 4; RFC 9110 sections 12 and 15.4.4).
"""

from __future__ import annotations

import contextlib
from typing import NoReturn

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from miit_graph.engine import formats
from miit_graph.engine.errors import QueryError
from miit_graph.engine.formats import Format
from miit_graph.publish.sparql_text import is_iri
from miit_graph.vocabulary import DCT, FOAF, RDF, SD, VOID
from miit_graph.web.choice import choose
from miit_graph.web.context import context
from miit_graph.web.kept import keep, kept, page_tag
from miit_graph.web.language import page_language
from miit_graph.web.linked_data import descriptions
from miit_graph.web.linked_data.answers import asker, link_header, merge_graphs, published, tag, unchanged, validated
from miit_graph.web.linked_data.as_of import asked_day, states_of
from miit_graph.web.linked_data.descriptions import Description
from miit_graph.web.linked_data.graphs import describe_graph, is_graph
from miit_graph.web.linked_data.html import entity_page, graph_page
from miit_graph.web.linked_data.names import address, document_of, iri_of, iri_of_document
from miit_graph.web.linked_data.rdf import NotExpressible, serialize
from miit_graph.web.negotiation import HTML
from miit_graph.web.page import HTML_TYPE
from miit_graph.web.problems import Problem

blueprint = Blueprint("linked_data", __name__)
_ENDINGS: dict[str, Format | str] = {format.extension: format for format in formats.GRAPHS} | {"html": HTML}


@blueprint.get("/id/<path:name>")
@blueprint.get("/code/<path:name>", defaults={"kind": "code"})
@blueprint.get("/code/", defaults={"kind": "code", "name": ""})
@blueprint.get("/shape/<path:name>", defaults={"kind": "shape"})
@blueprint.get("/shape/", defaults={"kind": "shape", "name": ""})
def thing(name: str, kind: str = "id") -> AnyResponse:
    """303 to the document about a thing, code or shape; the query string goes along."""
    path = f"{kind}/{name}"
    iri = iri_of(path)
    moved = check(iri)
    if moved is not None:
        return moved
    return see_other(name if kind == "id" else path)


def see_other(document: str) -> AnyResponse:
    """303 to a document."""
    response = redirect(address(f"doc/{document}", **request.args.to_dict()), 303)
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@blueprint.get("/doc/<path:name>")
def document(name: str) -> AnyResponse:
    """The document about what ``name`` stands for; the ending fixes the format, else the Accept header does."""
    name, fixed = without_ending(name)
    return _answer(iri_of_document(name), f"doc/{name}", fixed)


def without_ending(name: str) -> tuple[str, Format | str | None]:
    """The name of a document without the ending that fixes its format, and that format."""
    stem, dot, ending = name.rpartition(".")
    fixed = _ENDINGS.get(ending) if dot else None
    return (name, None) if fixed is None else (stem, fixed)


@blueprint.get("/describe")
def describe() -> AnyResponse:
    """The same for any IRI of the dataset, whoever minted it: ``/describe?iri=…``."""
    return _answer(request.args.get("iri", ""), "describe", None)


def check(iri: str) -> AnyResponse | None:
    """None if ``iri`` is in the dataset and in force, a redirect if something has taken its place.

    Raises Problem: 404 for what is unknown, 410 for what was retired.
    """
    found = descriptions.status(asker(), iri)
    if not found.known and is_iri(iri) and not is_graph(iri) and not context().about.base and merge_graphs(iri):
        found = descriptions.status(asker(), iri)
    if found.retired and found.successor:
        successor = document_of(found.successor)
        return redirect(found.successor if successor is None else address(f"doc/{successor}"), 301)
    if found.retired:
        detail, told = f"<{iri}> was retired, and nothing took its place.", f"<{iri}> 已停用，且没有替代者。"
        raise Problem(410, "gone", "This is no longer in force", detail, chinese=("该条目已停用", told))
    if not found.known and not is_graph(iri):
        unknown(iri)
    return None


def unknown(iri: str) -> NoReturn:
    """Raise the 404 for an IRI, with names like it if any come to mind quickly."""
    base = context().about.base
    near: list[tuple[str, str]] = []
    if iri and base and iri.startswith(base):
        with contextlib.suppress(QueryError):
            near = [
                one
                for one in descriptions.similar(asker(), iri, base, page_language())
                if document_of(one[0]) is not None
            ]
    if iri:
        detail = f"The dataset says nothing about <{iri}>."
        chinese = f"数据集中没有关于 <{iri}> 的内容。"
    else:
        detail = "This dataset has no IRIs of its own; use /describe?iri=."
        chinese = "该数据集没有自己的 IRI，请使用 /describe?iri=。"
    similar = [{"iri": other, "label": label} for other, label in near]
    told = ("此处没有内容", chinese)
    raise Problem(404, "not-found", "There is nothing here", detail, chinese=told, similar=similar)


def page_number() -> int:
    """The page asked for. Raises Problem (400)."""
    value = request.args.get("page", "1")
    if not (value.isascii() and value.isdecimal() and int(value[:9]) > 0 and len(value) < 9):
        detail, told = f"page={value[:40]} is not a page number.", f"page={value[:40]} 不是页码。"
        raise Problem(400, "request", "The request is not understood", detail, chinese=("无法理解该请求", told))
    return int(value)


def _answer(iri: str, path: str, fixed: Format | str | None) -> AnyResponse:
    page = page_number()
    wanted = request.args.get("format")
    choice = fixed or choose(wanted, request.headers.get("Accept", ""), formats.GRAPHS, "a description")
    etag = page_tag() if isinstance(choice, str) else tag(iri, path, page, choice.name, request.query_string)
    same = unchanged(etag)
    if same is not None:
        return same
    known = kept(etag, HTML_TYPE if isinstance(choice, str) else choice.content_type)
    if known is not None:
        return validated(known, etag)
    moved = check(iri)
    if moved is not None:
        return moved
    found, made = _made(iri, path, page, choice)
    made.headers["Link"] = link_header(_links(found, path))
    return validated(keep(etag, made), etag)


def _made(iri: str, path: str, page: int, choice: Format | str) -> tuple[Description, AnyResponse]:
    """A document, and the description that it tells. Raises Problem: 404 for a page that there isn't."""
    graph = is_graph(iri)
    section = request.args.get("section", "")
    if isinstance(choice, str) and not graph:
        if page > 1 and not section:
            _no_page(iri, page)
        return Description(iri, 1, (0, 0, 0), []), entity_page(iri, path, section=section, number=page)
    found = describe_graph(asker(), iri, page) if graph else descriptions.describe(asker(), iri, page)
    if found is None:
        _no_page(iri, page)
    day = asked_day()
    if day is not None:
        held = states_of(asker(), iri, day)
        found.facts = {fact: told for fact, told in found.facts.items() if fact in held}
    return found, graph_page(found, path) if isinstance(choice, str) else _rdf(found, path, choice)


def _no_page(iri: str, page: int) -> NoReturn:
    detail, told = f"The description of <{iri}> has no page {page}.", f"<{iri}> 的描述没有第 {page} 页。"
    raise Problem(404, "not-found", "There is nothing here", detail, chinese=("此处没有内容", told))


def _rdf(found: Description, path: str, format: Format) -> Response:
    told = [*found.triples, *_about_document(found, path)]
    try:
        content = serialize(told, format, published().prefixes, found.iri)
    except NotExpressible as error:
        raise Problem(406, "not-acceptable", "No format fits", f"{format.label} can't say this: {error}") from error
    response = Response(content, content_type=format.content_type)
    response.headers["Content-Location"] = _file(path, format.extension, found.page)
    return response


def _about_document(found: Description, path: str) -> list[ox.Triple]:
    """What the description says of itself: its topic, its dataset, its licence, the page that goes on."""
    base = context().about.base
    if not base or path == "describe":
        return []
    this = ox.NamedNode(base + path + (f"?page={found.page}" if found.page > 1 else ""))
    targets = [
        (RDF.type, FOAF.Document),
        (FOAF.primaryTopic, found.iri),
        (VOID.inDataset, f"{base}void#dataset"),
        (DCT.license, published().license),
    ]
    if found.page < found.pages:
        targets.append(("http://www.w3.org/1999/xhtml/vocab#next", f"{base}{path}?page={found.page + 1}"))
    return [ox.Triple(this, ox.NamedNode(name), ox.NamedNode(target)) for name, target in targets if target]


def _file(path: str, ending: str, page: int) -> str:
    more: dict[str, str | int] = {"page": page} if page > 1 else {}
    if path == "describe":
        return address(path, iri=request.args.get("iri", ""), format="html" if ending == "html" else ending, **more)
    return address(f"{path}.{ending}", **more)


def _links(found: Description, path: str) -> list[tuple[str, str, dict[str, str]]]:
    """Where else to go: other formats, pages, the dataset, its licence (RFC 8288; PROV-AQ section 3.1)."""
    base = context().about.base
    links = [(_file(path, name, found.page), "alternate", {"type": _type(format)}) for name, format in _ENDINGS.items()]
    links += [
        (address("void"), "describedby", {"type": "text/turtle"}),
        (published().license, "license", {}),
        (found.iri, "describes", {}),
        (address("sparql"), str(SD.endpoint), {}),
    ]
    if base and path != "describe":
        links.append((base + path, "canonical", {}))
    if found.citations:
        provenance = _file(path, "ttl", found.page)
        links.append((provenance, "http://www.w3.org/ns/prov#has_provenance", {"anchor": found.iri}))
    stem = {"iri": request.args.get("iri", "")} if path == "describe" else {}
    if found.page > 1:
        links.append((address(path, **stem, page=found.page - 1), "prev", {}))
    if found.page < found.pages:
        links.append((address(path, **stem, page=found.page + 1), "next", {}))
    return links


def _type(format: Format | str) -> str:
    return format if isinstance(format, str) else format.media_type
