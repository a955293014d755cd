"""What a remote dataset without a mark tells of itself: title, size, graphs and classes, each asked with an end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from miit_graph.engine.errors import TOO_MUCH
from miit_graph.vocabulary import STANDARD_PREFIXES

_MOST = 200
_TITLE = """PREFIX dct: <http://purl.org/dc/terms/> PREFIX void: <http://rdfs.org/ns/void#>
PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?a ?title (LANG(?title) AS ?tag) {
  VALUES ?kind { void:Dataset dcat:Dataset } VALUES ?called { dct:title rdfs:label } ?a a ?kind ; ?called ?title
} LIMIT 50"""
_ANYTHING = "SELECT * {}"
_SIZE = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
_GRAPHS = f"SELECT ?a (COUNT(*) AS ?n) {{ GRAPH ?a {{ ?s ?p ?o }} }} GROUP BY ?a ORDER BY DESC(?n) LIMIT {_MOST}"
_NAMES = f"SELECT DISTINCT ?a {{ GRAPH ?a {{ ?s ?p ?o }} }} LIMIT {_MOST}"
_CLASSES = f"SELECT ?a (COUNT(*) AS ?n) {{ ?s a ?a }} GROUP BY ?a ORDER BY DESC(?n) LIMIT {_MOST}"
_PREFIXES = """PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT ?a ?n { [] sh:declare ?d . ?d sh:prefix ?a ; sh:namespace ?n } LIMIT 200"""

Rows = list[dict[str, str]]
_NO_TABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What comes of reading as a table what is none."""


def ask_about(rows: Callable[[str], Rows], host: str) -> dict[str, Any]:
    """What `miit_graph.web.about.About.read` takes.

    What wants more than ``rows`` allows, or is no answer to what was asked, is left out. Raises the QueryError of an
    endpoint that is in trouble: too little would be told of its dataset, and for long.
    """

    about: dict[str, Any] = {"title": {"en": host}, "short_title": {"en": host}, "whole": True}

    def of(query: str, *names: str) -> Rows:
        try:
            return [row for row in rows(query) if all(name in row for name in names)]
        except TOO_MUCH:
            rows(_ANYTHING)
            about["whole"] = False
        except _NO_TABLE:
            pass
        return []

    def counted(query: str, *names: str) -> Rows:
        return [row for row in of(query, "n", *names) if row["n"].isdecimal()]

    titles = of(_TITLE, "a", "title")
    if titles:
        first = titles[0]["a"]
        about["title"] = {row.get("tag") or "en": row["title"] for row in titles if row["a"] == first}
        about["short_title"] = about["title"]
    if size := counted(_SIZE):
        about["triples"] = int(size[0]["n"])
    graphs = [{"iri": row["a"], "triples": int(row["n"])} for row in counted(_GRAPHS, "a")]
    about["graphs"] = graphs or [{"iri": row["a"], "triples": None} for row in of(_NAMES, "a")]
    about["classes"] = [{"iri": row["a"], "label": {}, "count": int(row["n"])} for row in counted(_CLASSES, "a")]
    about["prefixes"] = {**STANDARD_PREFIXES, **{row["a"]: row["n"] for row in of(_PREFIXES, "a", "n")}}
    return about


def table(results: bytes) -> Rows:
    """The texts of a result in JSON."""
    bindings = json.loads(results)["results"]["bindings"]
    return [{name: str(cell["value"]) for name, cell in row.items()} for row in bindings]
