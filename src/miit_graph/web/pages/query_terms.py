"""The classes and properties that occur in the data, with their names and sizes: what a query editor can offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pyoxigraph as ox

from miit_graph.publish.ask import Asker, Row
from miit_graph.publish.sparql_text import iris
from miit_graph.vocabulary import DCT, RDFS, SKOS
from miit_graph.web.linked_data.descriptions import LABELS

_COMMENTS = (SKOS.definition, RDFS.comment, DCT.description)
_CLASSES = "SELECT ?t (COUNT(DISTINCT ?s) AS ?n) { ?s a ?t FILTER(isIRI(?t)) } GROUP BY ?t ORDER BY DESC(?n) ?t"
_PROPERTIES = "SELECT ?t (COUNT(*) AS ?n) { ?s ?t ?o } GROUP BY ?t ORDER BY DESC(?n) ?t"
# Each subject and property once before the classes are looked up: a sixth of the time of the plain join.
_USES = "SELECT DISTINCT ?c ?p { { SELECT DISTINCT ?s ?p { ?s ?p ?o } } ?s a ?c FILTER(isIRI(?c)) } ORDER BY ?p ?c"


@dataclass
class Terms:
    """Classes and properties, the most frequent first.

    Each has `iri`, `count` (members of a class, triples of a property), `label` and `comment` (texts by language);
    properties have `on`, the places in `classes` of those whose members have them. What can't be found within the
    limits of the server is missing; then this is not ``whole``. Raises the QueryError of an engine that is in trouble.
    """

    asker: Asker
    whole: bool = True
    told: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.told = _told(self)

    def rows(self, query: str) -> list[Row]:
        """The answer to a query; nothing if it takes too long."""
        found = self.asker.rows_if_possible(query)
        self.whole = self.whole and found is not None
        return found or []


def _told(ask: Terms) -> dict[str, Any]:
    classes, properties = _counted(ask, _CLASSES), _counted(ask, _PROPERTIES)
    texts = _texts(ask, [iri for iri, _ in classes + properties])
    uses: dict[str, list[int]] = {}
    places = {iri: place for place, (iri, _) in enumerate(classes)}
    for row in ask.rows(_USES):
        place = places.get(cast(ox.NamedNode, row["c"]).value)
        if place is not None:
            uses.setdefault(cast(ox.NamedNode, row["p"]).value, []).append(place)
    return {
        "classes": [{"iri": iri, "count": count, **texts.get(iri, {})} for iri, count in classes],
        "properties": [
            {"iri": iri, "count": count, **texts.get(iri, {}), "on": uses.get(iri, [])} for iri, count in properties
        ],
    }


def _counted(ask: Terms, query: str) -> list[tuple[str, int]]:
    return [(cast(ox.NamedNode, row["t"]).value, int(cast(ox.Literal, row["n"]).value)) for row in ask.rows(query)]


def _texts(ask: Terms, terms: list[str]) -> dict[str, dict[str, dict[str, str]]]:
    """The texts of terms by IRI, then `label` or `comment`, then language (`und` if it is not told)."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for kind, predicates in (("label", LABELS), ("comment", _COMMENTS)):
        for predicate in predicates:  # the best first; a later one fills in what is missing
            query = f"SELECT ?t ?text {{ VALUES ?t {{ {iris(terms)} }} ?t <{predicate}> ?text }} ORDER BY ?text"
            for row in ask.rows(query):
                text = row["text"]
                if isinstance(text, ox.Literal):
                    texts = found.setdefault(cast(ox.NamedNode, row["t"]).value, {}).setdefault(kind, {})
                    texts.setdefault(text.language or "und", text.value)
    return found
