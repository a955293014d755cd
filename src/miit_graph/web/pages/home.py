"""Pages for people: the home page and the list of error messages."""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from miit_graph.web.context import context
from miit_graph.web.page import page
from miit_graph.web.problems import kinds

blueprint = Blueprint("pages", __name__)
_SHOWN = 24


@blueprint.get("/")
def home() -> Response:
    """What is in the graph, in figures, and ways in."""
    about = context().about
    known = sorted(about.classes, key=lambda item: -(item.count or 0))[:_SHOWN]
    graphs = [(graph, _members(graph.iri, "GRAPH <{}> {{ ?subject ?predicate ?object }}")) for graph in about.graphs]
    classes = [(item, _members(item.iri, "?thing a <{}>")) for item in known]
    return page("home.html", classes=classes, graphs=graphs, query="", examples=about.examples)


@blueprint.get("/problems")
def problem_list() -> Response:
    """What the types of problem documents mean; their IRIs lead here."""
    return page("problems.html", kinds=kinds())


def _members(iri: str, pattern: str) -> str:
    """The address of a query for the members of a class or graph."""
    query = f"SELECT *\nWHERE {{\n  {pattern.format(iri)}\n}}\nLIMIT 100\n"
    return url_for("sparql.sparql", query=query, format="html")
