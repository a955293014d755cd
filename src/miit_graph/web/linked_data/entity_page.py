"""What the page of a thing shows, in one language: names, sections, who links here, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from miit_graph.publish.ask import Term
from miit_graph.vocabulary import DCT, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, M
from miit_graph.web.linked_data.descriptions import LABELS
from miit_graph.web.linked_data.facts import Receipt, receipts
from miit_graph.web.linked_data.sections import Part
from miit_graph.web.linked_data.terms import Known, Property, Value, cited
from miit_graph.web.linked_data.texts import text
from miit_graph.web.linked_data.views import Views

Origins = dict[tuple[str, Term], frozenset[str]]
"""For the predicate and object of an own triple: the named graphs that hold it."""
_DEPTH = 6
_LEADING = (SKOS.definition, SKOS.scopeNote, DCT.description, RDFS.comment, SKOS.editorialNote)
_TOLD = frozenset((*LABELS, *_LEADING, RDF.type, PROV.wasDerivedFrom, RDFS.label, SKOS.altLabel))


@dataclass
class EntityPage:
    """The page of ``iri``: ``own`` are its triples (and those of blank nodes below), ``parts`` the sections."""

    iri: str
    known: Known
    views: Views
    own: list[ox.Triple]
    origins: Origins = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    links: list[Property] = field(default_factory=list)
    only: str = ""

    @property
    def language(self) -> str:
        """The language of the page."""
        return self.known.language

    @cached_property
    def names(self) -> dict[str, str]:
        """The names by language."""
        return self.known.names(self.iri)

    @property
    def title(self) -> Value:
        """The name of the thing."""
        return self.known.named(self.iri)

    @property
    def subtitle(self) -> Value | None:
        """Its name in the other language of the pages."""
        other = "zh" if self.language == "en" else "en"
        name = self.names.get(other)
        return Value(name, "", other) if name and name != self.title.text else None

    @property
    def title_note(self) -> str:
        """Says so if the name is in another language than the page, or missing."""
        if not self.names:
            return text("no_name", self.language)
        tag = self.title.language
        return text("other_language", self.language, other=self.known.language_name(tag)) if tag else ""

    @property
    def other_names(self) -> list[Value]:
        """Further names, whatever their language."""
        terms = [t.object for t in self._said if t.predicate.value == SKOS.altLabel]
        return sorted((self.known.value(term) for term in terms), key=lambda v: (v.language, v.text.casefold()))

    def basis(self, name: str) -> Value | None:
        """On what a name rests, if a fact tells (printed in a source, corrected, supplied)."""
        for part in self.parts:
            for found in part.lists:
                for entry in found.entries:
                    if entry.role == M.nameOf and self.known.first(entry.iri, M.nameText) == name:
                        return next(iter(self.known.values(self.known.terms(entry.iri, M.nameBasis))), None)
        return None

    @property
    def leading(self) -> list[Value]:
        """What the thing is, in a sentence."""
        found: list[Value] = []
        for predicate in _LEADING:
            terms = [t.object for t in self._said if t.predicate.value == predicate]
            found += [value for value in self.known.values(terms) if value not in found]
        return found

    @property
    def kinds(self) -> list[Value]:
        """The types that were stated or derived, not those that follow from them."""
        return [self.known.named(iri) for iri in self._types() if not self._is_inferred(RDF.type, ox.NamedNode(iri))]

    def _types(self) -> list[str]:
        """Those of the dataset's own model first; in an order that no engine has a part in."""
        this, base = ox.NamedNode(self.iri), self.known.base
        found = [t.object for t in self.own if t.predicate.value == RDF.type and t.subject == this]
        types = [term.value for term in found if isinstance(term, ox.NamedNode)]
        return sorted(types, key=lambda iri: (not (base and iri.startswith(base)), iri))

    def _from(self, predicate: str, term: Term) -> frozenset[str]:
        return self.origins.get((predicate, term), frozenset())

    def _is_inferred(self, predicate: str, term: Term) -> bool:
        return self._from(predicate, term) == {f"{self.known.base}graph/inferred"}

    def _follows(self, triple: ox.Triple) -> bool:
        """Whether a triple was only derived from facts, or inferred from others."""
        made = {f"{self.known.base}graph/{name}" for name in ("derived", "inferred")}
        where = self._from(triple.predicate.value, triple.object)
        return bool(self.known.base and where) and where <= made

    @cached_property
    def _said(self) -> list[ox.Triple]:
        this = ox.NamedNode(self.iri)
        return [t for t in self.own if t.subject == this]

    @cached_property
    def properties(self) -> list[tuple[str, Property]]:
        """The properties with their predicates that are neither told elsewhere on the page nor derived."""
        shown = [t for t in self._said if t.predicate.value not in _TOLD and not self._follows(t)]
        return self._properties(shown, origins=True)

    @cached_property
    def derived(self) -> list[Property]:
        """The properties that follow from the facts and the ontology's axioms."""
        found = [t for t in self._said if self._follows(t) and t.predicate.value not in (*LABELS, RDFS.label)]
        return [shown for _, shown in self._properties(found)]

    def _properties(
        self, triples: Iterable[ox.Triple], *, depth: int = _DEPTH, origins: bool = False
    ) -> list[tuple[str, Property]]:
        groups: dict[str, list[Term]] = {}
        for triple in triples:
            groups.setdefault(triple.predicate.value, []).append(triple.object)
        found = []
        for predicate, terms in groups.items():
            terms = self._without_translations(terms)
            values = tuple(
                sorted((self._value(term, depth) for term in terms), key=lambda v: (v.language, v.text.casefold()))
            )
            where = sorted({graph for term in terms for graph in self._from(predicate, term)} if origins else ())
            files = tuple(self._graph(graph) for graph in where if not self._is_made(graph))
            made = any(self._is_made(graph) for graph in where)
            found.append((predicate, Property(self.known.named(predicate), values, files, made, len(values))))
        return sorted(found, key=self._order)

    def _without_translations(self, terms: list[Term]) -> list[Term]:
        """Names are told in every language, sentences in the reader's if they are there in it."""
        texts = [t for t in terms if isinstance(t, ox.Literal) and t.language and t.value.endswith((".", "。"))]
        if not any(t.language == self.language for t in texts):
            return terms
        return [t for t in terms if not any(t == text and text.language != self.language for text in texts)]

    def _order(self, item: tuple[str, Property]) -> tuple[float, str, str]:
        block = self.views.properties.get(item[0])
        return block.place if block else 1e9, item[1].name.text.casefold(), item[0]

    def _graph(self, graph: str) -> Value:
        named = self.known.named(graph)
        return Value(graph.removeprefix(f"{self.known.base}graph/"), named.link)

    def _is_made(self, graph: str) -> bool:
        return graph.startswith((f"{self.known.base}graph/derived", f"{self.known.base}graph/inferred"))

    def _value(self, term: Term, depth: int) -> Value:
        def inside(node: Term) -> tuple[Property, ...]:
            below = [t for t in self.own if t.subject == node] if depth else []
            return tuple(shown for _, shown in self._properties(below, depth=depth - 1))

        return self.known.value(term, inside)

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Where the thing itself was taken from."""
        sources = [t.value for t in self.known.terms(self.iri, DCT.source) if isinstance(t, ox.NamedNode)]
        return receipts(self.known, [iri for iri in cited(self.known, self.iri) if iri not in sources])

    def structured_data(self, address: str) -> dict[str, Any] | None:
        """What search engines are told: the types and properties of schema.org that the ontology's alignments give it.

        A thing of none of its types is a schema:Thing; None for what has no name.
        """
        types = [iri.removeprefix(SCHEMA) for iri in self._types() if iri.startswith(SCHEMA)]
        if not self.names:
            return None
        texts = [{"@language": tag, "@value": name} if tag else name for tag, name in sorted(self.names.items())]
        card: dict[str, Any] = {
            "@type": sorted(types) or "Thing",
            "@id": self.iri,
            "name": texts,
            "mainEntityOfPage": address,
        }
        for triple in self.own:
            key = triple.predicate.value.removeprefix(SCHEMA)
            if key != triple.predicate.value and key != "name" and len(card.setdefault(key, [])) < 12:
                card[key].append(_json(triple.object))
        return card


def _json(term: Term) -> Any:
    if isinstance(term, ox.Literal):
        if term.language:
            return {"@language": term.language, "@value": term.value}
        return int(term.value) if term.datatype.value == XSD.integer and term.value.isdecimal() else term.value
    return {"@id": str(term).strip("<>")}
