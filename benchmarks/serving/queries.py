"""The queries of the comparison, by class. Each is a function of a number, so that no two are the same text."""

from __future__ import annotations

from collections.abc import Callable

PREFIXES = """PREFIX m: <https://w3id.org/miit-graph/ont#>
PREFIX d: <https://w3id.org/miit-graph/id/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX org: <http://www.w3.org/ns/org#>
"""
MINISTRIES = 44
"""In the smallest graph; the numbers of the queries go round these."""

Make = Callable[[int], str]


def _ministry(number: int) -> str:
    return f"d:gen-ministry-{number % MINISTRIES}"


CLASSES: dict[str, tuple[str, Make]] = {
    "ask": ("json", lambda i: "ASK {}"),
    "point": ("json", lambda i: f"SELECT ?p ?o {{ {_ministry(i)} ?p ?o }}"),
    "label search in zh": (
        "json",
        lambda i: f'SELECT ?s ?l {{ ?s skos:prefLabel ?l FILTER(LANG(?l) = "zh" && CONTAINS(?l, "{i % 90 + 10}司")) }}',
    ),
    "two-hop join": (
        "json",
        lambda i: (
            f"SELECT ?unit ?name {{ ?f m:principal {_ministry(i)} ; m:affiliate ?unit . ?unit skos:prefLabel ?name }}"
        ),
    ),
    "subtree path": (
        "json",
        lambda i: f"SELECT ?unit {{ ?unit (^m:affiliate/m:principal)+ {_ministry(i)} }}",
    ),
    "as of a date": (
        "json",
        lambda i: (
            "SELECT ?t ?who { ?t a m:Tenure ; org:member ?who ; m:validFrom/m:latest ?from"
            f' FILTER(STR(?from) <= "{1985 + i % 30}-01-01") }}'
        ),
    ),
    "group": ("json", lambda i: "SELECT ?kind (COUNT(*) AS ?n) { ?f m:affiliationKind ?kind } GROUP BY ?kind"),
    "order": ("json", lambda i: f"SELECT ?s ?l {{ ?s skos:prefLabel ?l }} ORDER BY ?l OFFSET {i % 50} LIMIT 20"),
    "optional": (
        "json",
        lambda i: f"SELECT * {{ ?f m:principal {_ministry(i)} ; m:affiliate ?u OPTIONAL {{ ?u skos:altLabel ?alt }} }}",
    ),
    "union": (
        "json",
        lambda i: f"SELECT * {{ {{ ?f m:principal {_ministry(i)} }} UNION {{ ?f m:affiliate {_ministry(i)} }} }}",
    ),
    "minus": (
        "json",
        lambda i: f"SELECT ?u {{ ?f m:principal {_ministry(i)} ; m:affiliate ?u MINUS {{ ?u skos:altLabel ?alt }} }}",
    ),
    "construct": (
        "nt",
        lambda i: f"CONSTRUCT {{ ?f ?p ?o }} {{ ?f m:principal {_ministry(i)} ; ?p ?o }}",
    ),
    "100k rows, JSON": ("json", lambda i: "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 100000"),
    "100k rows, CSV": ("csv", lambda i: "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 100000"),
    "100k rows, TSV": ("tsv", lambda i: "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 100000"),
}
"""Name: format, and the query with a number. The comment that makes each text its own is added by `text_of`."""

ACCEPT = {
    "json": "application/sparql-results+json",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "nt": "application/n-triples",
}


def text_of(name: str, number: int) -> str:
    """The query of a class with this number; two numbers give two texts."""
    return f"{PREFIXES}{CLASSES[name][1](number)} # {number}"
