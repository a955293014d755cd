"""The home page, and the list of error messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, request, url_for

from miit_graph.publish.published import ExampleQuery
from miit_graph.vocabulary import ORG, OWL, RDF, RDFS, SH, SKOS, M
from miit_graph.web.about import Class
from miit_graph.web.context import context
from miit_graph.web.kept import rendered
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import CACHING, asker, published
from miit_graph.web.linked_data.names import link_to
from miit_graph.web.linked_data.terms import Known
from miit_graph.web.of_version import left_out, of_version
from miit_graph.web.page import page, way
from miit_graph.web.pages.home_texts import TEXTS
from miit_graph.web.problems import kinds
from miit_graph.web.structured_data import home_card

blueprint = Blueprint("pages", __name__)
_FIGURES = 8
_KEY = "miit_graph.numbers"
_QUESTIONS = 9
_OF_LANGUAGES = tuple(str(namespace) for namespace in (OWL, RDF, RDFS, SH, SKOS))
"""Classes with which a graph describes itself rather than its subject."""


@dataclass(frozen=True, slots=True)
class _Start:
    """A thing to begin with."""

    names: dict[str, str]
    address: str


@blueprint.get("/")
@rendered
def home() -> Response:
    """What is in the graph, in figures and a picture, and ways in."""
    about = context().about
    known = published()
    classes = about.classes or _counted()
    counts = {item.iri: item.count or 0 for item in classes}
    examples = known.examples
    return page(
        "home.html",
        texts=TEXTS,
        card=home_card(page_language()),
        description=known.description,
        figures=[(item, _members(item.iri)) for item in _figures(classes, known.figures)],
        begin=_named(known.start),
        facts=counts.get(M.Fact, 0),
        citations=counts.get(M.Citation, 0),
        sources=counts.get(M.SourceDocument, 0),
        conflicts=counts.get(M.Conflict, 0),
        organised=bool(counts.get(ORG.Organization)),
        questions=[(example, _answer(example)) for example in _spread(examples, _QUESTIONS)],
        total_questions=len(examples),
        graphs=[(graph, _content(graph.iri)) for graph in about.graphs],
    )


@blueprint.get("/colours.css")
def colours() -> Response:
    """The project's own colours, for the pages; nothing where it has chosen none."""
    found = context().about.colours.tokens
    lines = "".join(f"  --{name}: light-dark({light}, {dark});\n" for name, (light, dark) in found.items())
    response = Response(f":root {{\n{lines}}}\n" if lines else "", content_type="text/css; charset=utf-8")
    response.add_etag()
    response.headers["Cache-Control"] = CACHING
    response.make_conditional(request)
    return response


@blueprint.get("/problems")
def problem_list() -> Response:
    """What the types of problem documents mean; their IRIs lead here."""
    return page("problems.html", kinds=kinds())


def _counted() -> tuple[Class, ...]:
    """The classes of a graph that nobody has described, largest first; none if counting them takes too long."""
    numbers = of_version(_KEY, _numbers, whole=lambda found: found is not None)
    if numbers is None:  # figures are a help, not the page
        left_out()
        return ()
    known = Known.here()
    known.read_names(numbers)
    return tuple(Class(iri, {known.language: known.named(iri).text}, n) for iri, n in numbers.items())


def _numbers() -> dict[str, int] | None:
    rows = asker().rows_if_possible(
        "SELECT ?class (COUNT(?thing) AS ?n) { ?thing a ?class FILTER(isIRI(?class)) }"
        f" GROUP BY ?class ORDER BY DESC(?n) ?class LIMIT {5 * _FIGURES}"
    )
    if rows is None:
        return None
    return {cast(ox.NamedNode, row["class"]).value: int(cast(ox.Literal, row["n"]).value) for row in rows}


def _figures(classes: tuple[Class, ...], wanted: tuple[str, ...]) -> list[Class]:
    """The classes that the project names, else the largest that are about the subject."""
    by_iri = {item.iri: item for item in classes}
    chosen = [by_iri[iri] for iri in wanted if iri in by_iri]
    subject = sorted(
        (item for item in classes if not item.iri.startswith(_OF_LANGUAGES)), key=lambda c: -(c.count or 0)
    )
    return chosen or subject[:_FIGURES]


def _named(iris: tuple[str, ...]) -> list[_Start]:
    """Things with their names, in the given order; those without a name are left out."""
    if not iris:
        return []
    values = " ".join(f"<{iri}>" for iri in iris)
    rows = asker().rows(f"SELECT ?thing ?name {{ VALUES ?thing {{ {values} }} ?thing <{SKOS.prefLabel}> ?name }}")
    names: dict[str, dict[str, str]] = {iri: {} for iri in iris}
    for row in rows:
        name = cast(ox.Literal, row["name"])
        names[cast(ox.NamedNode, row["thing"]).value][name.language or "en"] = name.value
    return [_Start(found, link_to(iri)) for iri, found in names.items() if found]


def _spread(examples: tuple[ExampleQuery, ...], wanted: int) -> list[ExampleQuery]:
    """Some of the examples, evenly from first to last: they get harder on the way."""
    if len(examples) <= wanted:
        return list(examples)
    return [examples[round(i * (len(examples) - 1) / (wanted - 1))] for i in range(wanted)]


def _members(iri: str) -> str:
    """Where a class's members are listed."""
    if "search.search" in current_app.view_functions:
        return url_for("search.search", kind=iri)
    return _table(f"?thing a <{iri}>")


def _content(iri: str) -> str:
    return _table(f"GRAPH <{iri}> {{ ?subject ?predicate ?object }}")


def _table(pattern: str) -> str:
    return url_for("sparql.sparql", query=f"SELECT *\nWHERE {{\n  {pattern}\n}}\nLIMIT 100\n", format="html")


def _answer(example: ExampleQuery) -> str:
    """In the editor, else as a page of the endpoint."""
    editor = way("query.query", query=example.query, run=1)
    return editor or url_for("sparql.sparql", query=example.query, format="html")
