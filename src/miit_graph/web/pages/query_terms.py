"""The classes and properties that occur in the data, with their names and sizes: what a query editor can offer."""

from __future__ import annotations

import contextlib
from typing import Any, cast

import pyoxigraph as ox

from miit_graph.engine.errors import QueryError
from miit_graph.publish.ask import Asker
from miit_graph.publish.sparql_text import iris
from miit_graph.vocabulary import DCT, RDFS, SKOS
from miit_graph.web.linked_data.descriptions import LABELS

_COMMENTS = (SKOS.definition, RDFS.comment, DCT.description)
_CLASSES = "SELECT ?t (COUNT(DISTINCT ?s) AS ?n) { ?s a ?t FILTER(isIRI(?t)) } GROUP BY ?t ORDER BY DESC(?n) ?t"
_PROPERTIES = "SELECT ?t (COUNT(*) AS ?n) { ?s ?t ?o } GROUP BY ?t ORDER BY DESC(?n) ?t"
# Each subject and property once before the classes are looked up: a sixth of the time of the plain join.
_USES = "SELECT DISTINCT ?c ?p { { SELECT DISTINCT ?s ?p { ?s ?p ?o } } ?s a ?c FILTER(isIRI(?c)) } ORDER BY ?p ?c"


def read_terms(asker: Asker) -> dict[str, Any]:
    """Classes and properties, the most frequent first.

    Each has `iri`, `count` (members of a class, triples of a property), `label` and `comment` (texts by language);
    properties have `on`, the places in `classes` of those whose members have them. What can't be found within the
    limits of the server is missing.
    """
    classes, properties = _counted(asker, _CLASSES), _counted(asker, _PROPERTIES)
    texts = _texts(asker, [iri for iri, _ in classes + properties])
    uses: dict[str, list[int]] = {}
    places = {iri: place for place, (iri, _) in enumerate(classes)}
    with contextlib.suppress(QueryError):
        for row in asker.rows(_USES):
            place = places.get(cast(ox.NamedNode, row["c"]).value)
            if place is not None:
                uses.setdefault(cast(ox.NamedNode, row["p"]).value, []).append(place)
    return {
        "classes": [{"iri": iri, "count": count, **texts.get(iri, {})} for iri, count in classes],
        "properties": [
            {"iri": iri, "count": count, **texts.get(iri, {}), "on": uses.get(iri, [])} for iri, count in properties
        ],
    }


def _counted(asker: Asker, query: str) -> list[tuple[str, int]]:
    with contextlib.suppress(QueryError):
        rows = asker.rows(query)
        return [(cast(ox.NamedNode, row["t"]).value, int(cast(ox.Literal, row["n"]).value)) for row in rows]
    return []


def _texts(asker: Asker, terms: list[str]) -> dict[str, dict[str, dict[str, str]]]:
    """The texts of terms by IRI, then `label` or `comment`, then language (`und` if it is not told)."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for kind, predicates in (("label", LABELS), ("comment", _COMMENTS)):
        for predicate in predicates:  # the best first; a later one fills in what is missing
            query = f"SELECT ?t ?text {{ VALUES ?t {{ {iris(terms)} }} ?t <{predicate}> ?text }} ORDER BY ?text"
            with contextlib.suppress(QueryError):
                for row in asker.rows(query):
                    text = row["text"]
                    if isinstance(text, ox.Literal):
                        texts = found.setdefault(cast(ox.NamedNode, row["t"]).value, {}).setdefault(kind, {})
                        texts.setdefault(text.language or "und", text.value)
    return found
