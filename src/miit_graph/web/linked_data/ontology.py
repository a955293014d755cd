"""The ontology's own IRIs: ``/ont`` with all terms (they are hash IRIs), and its modules ``/ont/…``.

A browser is led to the documentation in its language, made from the snapshot once per version; a program to the RDF.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from miit_graph.build.snapshot import Snapshot
from miit_graph.engine import formats
from miit_graph.publish.ask import Asker
from miit_graph.publish.files import FileCache
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.publish.sparql_text import is_iri, literal
from miit_graph.vocabulary import OWL
from miit_graph.web.choice import choose
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import (
    asker,
    link_header,
    published,
    snapshot,
    tag,
    unchanged,
    validated,
)
from miit_graph.web.linked_data.names import address, iri_of
from miit_graph.web.linked_data.rdf import NotExpressible, serialize
from miit_graph.web.linked_data.routes import check, document, see_other
from miit_graph.web.negotiation import HTML
from miit_graph.web.problems import Problem
from miit_graph.web.software import software

blueprint = Blueprint("linked_data_ontology", __name__)
_FROM = "export/docs"
_PLACES = "places.json"
_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "js": "text/javascript",
}


@blueprint.get("/ont")
@blueprint.get("/ont/<path:name>")
def ontology(name: str = "") -> AnyResponse:
    """303 to the documentation for a browser, to the RDF for a program."""
    path = f"ont/{name}" if name else "ont"
    choice = choose(request.args.get("format"), request.headers.get("Accept", ""), formats.GRAPHS, "an ontology")
    if not name and not _graphs(asker(), iri_of(path)):
        return _whatever_there_is()
    moved = check(iri_of(path)) if not _graphs(asker(), iri_of(path)) else None
    if moved is not None:
        return moved
    place = _place(iri_of(path)) if choice == HTML else None
    response = redirect(address(place), 303) if place else see_other(path)
    response.headers["Cache-Control"] = "public, no-cache"
    response.vary.update(("Accept", "Accept-Language"))
    return response


@blueprint.get("/doc/ont")
@blueprint.get("/doc/ont.<ending>", endpoint="ontology_file")
@blueprint.get("/doc/ont/<path:name>", endpoint="module")
def ontology_document(name: str = "", ending: str = "") -> AnyResponse:
    """The RDF of the ontology or of a module; what is neither is described as any IRI is."""
    if not ending and name:
        stem, _, last = name.rpartition(".")
        if stem and any(last == format.extension for format in formats.GRAPHS):
            name, ending = stem, last
    path = f"ont/{name}" if name else "ont"
    graphs = _graphs(asker(), iri_of(path))
    wanted = ending or request.args.get("format")
    choice = choose(wanted, request.headers.get("Accept", ""), formats.GRAPHS, "an ontology")
    if not graphs or isinstance(choice, str):
        return document(f"{path}.{ending}" if ending else path)
    etag = tag(path, choice.name)
    same = unchanged(etag)
    if same is not None:
        return same
    sources = " ".join(f"FROM {text_of(graph)}" for graph in graphs)
    triples = asker().triples(f"CONSTRUCT {{ ?s ?p ?o }} {sources} WHERE {{ ?s ?p ?o }}")
    try:
        content = serialize(triples, choice, published().prefixes, iri_of(path))
    except NotExpressible as error:
        raise Problem(406, "not-acceptable", "No format fits", f"{choice.label} can't say this: {error}") from error
    response = Response(content, content_type=choice.content_type)
    links = [(address(f"doc/{path}.{f.extension}"), "alternate", {"type": f.media_type}) for f in formats.GRAPHS]
    links += [
        (address("ontology/"), "alternate", {"type": HTML}),
        (published().license, "license", {}),
        (iri_of(f"doc/{path}"), "canonical", {}),
        (address("void"), "describedby", {"type": "text/turtle"}),
    ]
    response.headers["Link"] = link_header(links)
    return validated(response, etag)


@blueprint.get("/ontology/")
@blueprint.get("/ontology/<path:name>")
def documentation(name: str = "") -> AnyResponse:
    """A file of the documentation. Raises Problem (404)."""
    if not name:
        return redirect(address(f"ontology/{page_language()}/index.html"), 303)
    etag = tag("ontology", name, software(_FROM))
    same = unchanged(etag)
    if same is not None:
        return same
    content = _read(name)
    ending = name.rpartition(".")[2]
    if content is None or ending not in _TYPES:
        raise Problem(404, "not-found", "There is nothing here", "The documentation of the ontology has no such page.")
    return validated(Response(content, content_type=_TYPES[ending]), etag)


def _whatever_there_is() -> AnyResponse:
    """303 to the ontology of data without a project. Raises Problem (404), which says where their terms are told."""
    rows = asker().rows(
        f"SELECT DISTINCT ?o {{ {{ ?o a <{OWL.Ontology}> }} UNION {{ GRAPH ?g {{ ?o a <{OWL.Ontology}> }} }}"
        " FILTER(isIRI(?o)) } ORDER BY ?o LIMIT 1"
    )
    if rows:
        return redirect(address("describe", iri=str(rows[0]["o"]).strip("<>")), 303)
    terms, home = address("query/terms.json"), address("")
    raise Problem(
        404,
        "not-found",
        "There is nothing here",
        f"The data bring no ontology: nothing in them is an owl:Ontology. The classes that they use are told at {home},"
        f" classes and properties with their counts at {terms}.",
        chinese=(
            "此处无内容",
            f"数据未附本体，其中没有 owl:Ontology。所用的类见首页 {home}，类与属性及其数量见 {terms}。",
        ),
    )


def _graphs(asker: Asker, iri: str) -> list[str]:
    """The named graphs with an ontology: the module ``iri``, or for the ontology itself all modules one step below.

    A project that took its model from elsewhere has that ontology.
    """
    if not is_iri(iri):
        return []
    below = (
        f" || STRSTARTS(STR(?o), {literal(iri + '/')}) && !CONTAINS(SUBSTR(STR(?o), {len(iri) + 2}), '/')"
        if iri == iri_of("ont")
        else ""
    )
    rows = asker.rows(
        f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?o a <{OWL.Ontology}> }} FILTER(?o = {text_of(iri)}{below}) }} ORDER BY ?g"
    )
    if not rows and iri == iri_of("ont"):
        rows = asker.rows(
            f"SELECT DISTINCT ?g {{ GRAPH ?g {{ ?o a <{OWL.Ontology}> FILTER(isIRI(?o)) }} }} ORDER BY ?g"
        )
    return [str(row["g"]).strip("<>") for row in rows]


def _place(iri: str) -> str | None:
    """Where the documentation tells about an ontology, as a local path."""
    content = _read(_PLACES)
    if content is None:
        return None
    place = json.loads(content).get(iri) or ("index.html" if iri == iri_of("ont") else None)
    return f"ontology/{page_language()}/{place}" if place else None


def _read(name: str) -> bytes | None:
    """A file of the documentation, which is made at the first request and kept as one archive."""
    found = snapshot()
    if found is None:
        return None
    made = FileCache.beside(found).make(f"ontology-{software(_FROM)[:16]}.zip", lambda target: _write(found, target))
    with zipfile.ZipFile(made.path) as archive:
        return archive.read(name) if name in archive.namelist() else None


def _write(found: Snapshot, target: Path) -> None:
    # Imported late: most processes never make the documentation.
    from miit_graph.export.docs.documents import Documents
    from miit_graph.export.docs.links import Links
    from miit_graph.export.docs.site import render

    documents = Documents.read(found.load(), found.manifest)
    links = Links(documents)
    headers = [*documents.headers, *(alignment.header for alignment in documents.alignments)]
    places = {header.iri: links.to(header.iri, "") for header in headers}
    if documents.whole:
        places[documents.whole.iri] = "index.html"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (*render(documents, home="../../"), (_PLACES, json.dumps(places))):
            archive.writestr(zipfile.ZipInfo(name), content)
