"""The classes and properties that a dataset uses, with counts and examples; and the names that are near to another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from rapidfuzz import fuzz, process

from miit_graph.export.picture.reading import Names, portions, value
from miit_graph.library.graph import Graph
from miit_graph.publish.sparql_text import iris
from miit_graph.vocabulary import RDFS, SKOS

Sort = Literal["class", "property"]
_NEAR = 5
_CUTOFF = 55
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class Term:
    """A class or property, how often it is used, and a thing or triple that shows how."""

    iri: str
    sort: Sort
    count: int
    example: tuple[str, ...]


class Terms:
    """The vocabulary of one version of a dataset. Methods raise the `QueryError` of the engine."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.names = Names(graph.ask)

    @cached_property
    def classes(self) -> list[Term]:
        """Classes with at least one member, the largest first."""
        rows = self._graph.ask.rows(
            "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) (MIN(STR(?s)) AS ?x) { { ?s a ?c } UNION { GRAPH ?g { ?s a ?c } }"
            f" FILTER(isIRI(?c) && isIRI(?s)) }} GROUP BY ?c ORDER BY DESC(?n) ?c LIMIT {_MOST}"
        )
        return [Term(value(row, "c"), "class", int(value(row, "n")), (value(row, "x"),)) for row in rows]

    @cached_property
    def properties(self) -> list[Term]:
        """Properties with at least one triple, the most frequent first."""
        rows = self._graph.ask.rows(
            "SELECT ?p (COUNT(DISTINCT ?s) AS ?n) (SAMPLE(?s) AS ?x) (SAMPLE(?o) AS ?y)"
            " { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } FILTER(isIRI(?s)) }"
            f" GROUP BY ?p ORDER BY DESC(?n) ?p LIMIT {_MOST}"
        )
        return [
            Term(value(row, "p"), "property", int(value(row, "n")), (value(row, "x"), value(row, "y"))) for row in rows
        ]

    def of_class(self, kind: str) -> list[Term]:
        """The properties that the members of a class have, the most frequent first."""
        rows = self._graph.ask.rows(
            "SELECT ?p (COUNT(DISTINCT ?s) AS ?n) (SAMPLE(?s) AS ?x) (SAMPLE(?o) AS ?y)"
            f" {{ ?s a {iris([kind])} ; ?p ?o }} GROUP BY ?p ORDER BY DESC(?n) ?p LIMIT {_MOST}"
        )
        return [
            Term(value(row, "p"), "property", int(value(row, "n")), (value(row, "x"), value(row, "y"))) for row in rows
        ]

    def told(self, terms: Iterable[Term], lang: str) -> list[dict[str, Any]]:
        """Terms as an agent reads them: prefixed name, label, definition, count and example."""
        chosen = list(terms)
        self.names.learn([*(term.iri for term in chosen), *(part for term in chosen for part in term.example)])
        meanings = self._definitions([term.iri for term in chosen], lang)
        short = self._graph.short
        return [
            {
                "name": short(term.iri),
                "iri": term.iri,
                "label": self.names.text(term.iri, lang),
                **({"definition": meanings[term.iri]} if term.iri in meanings else {}),
                "count": term.count,
                "example": " → ".join(self._shown(part, lang) for part in term.example),
            }
            for term in chosen
        ]

    def _shown(self, part: str, lang: str) -> str:
        name = self.names.text(part, lang) if part.startswith(("http://", "https://", "urn:")) else part
        return f"{self._graph.short(part)} ({name})" if name != part else part[:120]

    def _definitions(self, terms: list[str], lang: str) -> dict[str, str]:
        found: dict[str, tuple[bool, str]] = {}
        for some in portions(terms):
            rows = self._graph.ask.rows(
                f"SELECT ?t ?text {{ VALUES ?t {{ {iris(some)} }}"
                f" ?t <{SKOS.definition}>|<{RDFS.comment}> ?text FILTER(LANG(?text) IN ('', 'en', '{lang}')) }}"
            )
            for row in rows:
                best = (getattr(row["text"], "language", None) == lang, value(row, "text"))
                found[value(row, "t")] = max(found.get(value(row, "t"), (False, "")), best)
        return {term: text for term, (_, text) in found.items() if text}

    def like(self, text: str, sort: Sort, lang: str) -> list[Term]:
        """Terms whose name or label in either language has all these words; else those that are near to it."""
        terms = self.classes if sort == "class" else self.properties
        self.names.learn(term.iri for term in terms)
        words = text.casefold().split()
        called = {term.iri: self._called(term.iri) for term in terms}
        found = [term for term in terms if all(word in called[term.iri] for word in words)]
        return found or [term for term in terms if term.iri in self._nearest(text, called)]

    def _called(self, term: str) -> str:
        return " ".join((self._graph.short(term), *(self.names.text(term, lang) for lang in ("en", "zh")))).casefold()

    def near(self, name: str) -> list[str]:
        """Classes and properties that are called much like a name that is unknown, as prefixed names."""
        local = {term.iri: _local(term.iri) for term in (*self.classes, *self.properties)}
        return [self._graph.short(term) for term in self._nearest(_local(name), local)]

    def _nearest(self, text: str, called: dict[str, str]) -> list[str]:
        found = process.extract(text.casefold(), called, scorer=fuzz.WRatio, score_cutoff=_CUTOFF, limit=_NEAR)
        return [str(key) for _, _, key in found]


def _local(iri: str) -> str:
    """The last part of an IRI as separate words: ``validFrom`` is ``valid from``."""
    last = re.split("[#/:]", iri.rstrip("#/:"))[-1]
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", last).replace("-", " ").casefold()
