"""A description as what its page shows: named values in groups, each with where it leads and where it was said."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from miit_graph.publish.ask import Term
from miit_graph.vocabulary import DCT, FOAF, PROV, RDF, RDFS, SCHEMA, SKOS, XSD, M
from miit_graph.web.linked_data.descriptions import LABELS, Description
from miit_graph.web.linked_data.names import link_to
from miit_graph.web.linked_data.texts import name_of_language, text

Origins = Mapping[tuple[str, Term], frozenset[str]]
"""For the predicate and object of an own triple: the named graphs that hold it."""
_DEPTH = 6
_OBVIOUS = frozenset((XSD.string, XSD.integer, XSD.decimal, XSD.boolean, XSD.date))
"""Datatypes that a reader sees without being told."""
_QUIET = frozenset((*LABELS, RDF.type, PROV.wasDerivedFrom, M.rank, RDFS.label))
_TIMES = (M.validFrom, M.validUntil)
_FIRST = (SKOS.prefLabel, SKOS.altLabel, SKOS.definition, SKOS.scopeNote, DCT.description)
_OTHER_VOCABULARIES = (str(SCHEMA), str(FOAF), str(RDFS))


@dataclass(frozen=True, slots=True)
class Value:
    """A term as it is shown; ``parts`` are the properties of a blank node."""

    text: str
    link: str = ""
    language: str = ""
    datatype: str = ""
    parts: tuple[Property, ...] = ()


@dataclass(frozen=True, slots=True)
class Property:
    """A predicate with its values, and where they were said."""

    name: Value
    values: tuple[Value, ...]
    origins: tuple[Value, ...] = ()
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """A citation: source, lines, and the words themselves."""

    citation: Value
    source: Value | None
    lines: str
    quotes: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact node."""

    name: Value
    kinds: tuple[Value, ...]
    roles: tuple[Value, ...]
    rank: tuple[Value, ...]
    times: tuple[Property, ...]
    properties: tuple[Property, ...]
    receipts: tuple[Receipt, ...]


@dataclass
class EntityPage:
    """What the page of an entity shows, in one language. ``base`` is where the IRIs of the dataset begin."""

    found: Description
    language: str
    base: str
    prefixes: Mapping[str, str]
    origins: Origins = field(default_factory=dict)

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        names: dict[str, dict[str, str]] = {}
        for triple in (*self.found.labels, *self.found.own):
            subject, name = triple.subject, triple.object
            if triple.predicate.value in LABELS and isinstance(name, ox.Literal) and isinstance(subject, ox.NamedNode):
                texts = names.setdefault(subject.value, {})
                texts.setdefault((name.language or "").partition("-")[0], name.value)
        return names

    def named(self, iri: str) -> Value:
        """An IRI under its name in the page's language, else in English, Chinese, any; else shortened."""
        names = self._names.get(iri, {})
        for tag in (self.language, "en", "zh", *sorted(names)):
            if tag in names:
                return Value(names[tag], link_to(iri), "" if tag == self.language else tag)
        return Value(self._short(iri), link_to(iri))

    def _short(self, iri: str) -> str:
        for prefix, space in self.prefixes.items():
            local = iri.removeprefix(space)
            if local != iri and local and "/" not in local and "#" not in local:
                return f"{prefix}:{local}"
        return iri.removeprefix(self.base) if self.base else iri

    @property
    def title(self) -> Value:
        """The name of the entity."""
        return self.named(self.found.iri)

    @property
    def subtitle(self) -> Value | None:
        """Its name in the other language of the pages."""
        other = "zh" if self.language == "en" else "en"
        name = self._names.get(self.found.iri, {}).get(other)
        return Value(name, "", other) if name and name != self.title.text else None

    @property
    def title_note(self) -> str:
        """Says so if the name is in another language than the page, or missing."""
        if not self._names.get(self.found.iri):
            return text("no_name", self.language)
        tag = self.title.language
        return text("other_language", self.language, other=name_of_language(tag, self.language)) if tag else ""

    @property
    def kinds(self) -> list[Value]:
        """The types that were stated or derived, not those that follow from them."""
        return [self.named(iri) for iri in self._types(self.found.own) if not self._is_inferred(RDF.type, iri)]

    def _types(self, triples: Iterable[ox.Triple]) -> list[str]:
        return [t.object.value for t in triples if t.predicate.value == RDF.type and isinstance(t.object, ox.NamedNode)]

    def _is_inferred(self, predicate: str, iri: str) -> bool:
        return self._from(predicate, ox.NamedNode(iri)) == {f"{self.base}graph/inferred"}

    def _from(self, predicate: str, term: Term) -> frozenset[str]:
        return self.origins.get((predicate, term), frozenset())

    @cached_property
    def own(self) -> tuple[list[Property], list[Property]]:
        """The properties, and those that only follow from them."""
        said: list[ox.Triple] = []
        inferred: list[ox.Triple] = []
        for triple in self.found.own:
            if str(triple.subject) == f"<{self.found.iri}>":
                only = self._from(triple.predicate.value, triple.object) == {f"{self.base}graph/inferred"}
                repeated = triple.predicate.value == RDFS.label and self._repeats(triple.object)
                (inferred if only or repeated else said).append(triple)
        shown = [t for t in said if t.predicate.value not in (RDF.type, PROV.wasDerivedFrom)]
        return self._properties(shown, origins=True), self._properties(inferred)

    def _repeats(self, term: Term) -> bool:
        return any(t.predicate.value == SKOS.prefLabel and t.object == term for t in self.found.own)

    def _properties(
        self, triples: Iterable[ox.Triple], *, depth: int = _DEPTH, origins: bool = False
    ) -> list[Property]:
        groups: dict[str, list[Term]] = {}
        for triple in triples:
            groups.setdefault(triple.predicate.value, []).append(triple.object)
        found = []
        for predicate, terms in groups.items():
            values = sorted((self._value(term, depth) for term in terms), key=lambda v: (v.text.casefold(), v.language))
            where = sorted({graph for term in terms for graph in self._from(predicate, term)} if origins else ())
            derived = f"{self.base}graph/derived" in where
            files = [
                graph
                for graph in where
                if not graph.startswith((f"{self.base}graph/derived", f"{self.base}graph/inferred"))
            ]
            links = tuple(Value(graph.removeprefix(f"{self.base}graph/"), link_to(graph)) for graph in files)
            found.append((predicate, Property(self.named(predicate), tuple(values), links, derived)))
        return [p for _, p in sorted(found, key=self._order)]

    @staticmethod
    def _order(item: tuple[str, Property]) -> tuple[int, bool, str, str]:
        predicate, shown = item
        place = _FIRST.index(predicate) if predicate in _FIRST else len(_FIRST)
        return place, predicate.startswith(_OTHER_VOCABULARIES), shown.name.text.casefold(), predicate

    def _value(self, term: Term, depth: int) -> Value:
        if isinstance(term, ox.NamedNode):
            return self.named(term.value)
        if isinstance(term, ox.Literal):
            plain = term.language or term.datatype.value in _OBVIOUS
            return Value(term.value, "", term.language or "", "" if plain else self._short(term.datatype.value))
        inside = [t for t in self.found.own if t.subject == term]
        return Value("[ ]", parts=tuple(self._properties(inside, depth=depth - 1)) if depth else ())

    @cached_property
    def facts(self) -> list[Fact]:
        """The facts about the entity, in the order of the description."""
        return [self._fact(node, triples) for node, triples in self.found.facts.items()]

    def _fact(self, node: str, triples: list[ox.Triple]) -> Fact:
        about = ox.NamedNode(self.found.iri)
        types = [iri for iri in self._types(triples) if iri.startswith(M) and iri != M.Fact]
        roles = [t for t in triples if t.object == about]
        told = [
            t
            for t in triples
            if t.predicate.value not in _QUIET and t.predicate.value not in _TIMES and t.object != about
        ]
        return Fact(
            self.named(node),
            tuple(self.named(iri) for iri in types),
            tuple(self.named(t.predicate.value) for t in roles),
            tuple(self._value(t.object, 0) for t in triples if t.predicate.value == M.rank),
            tuple(self._properties([t for t in triples if t.predicate.value in _TIMES])),
            tuple(self._properties(told)),
            self._receipts(triples),
        )

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """Where the entity itself was taken from."""
        return self._receipts(self.found.own)

    def _receipts(self, triples: Iterable[ox.Triple]) -> tuple[Receipt, ...]:
        cited = [
            t.object.value
            for t in triples
            if t.predicate.value == PROV.wasDerivedFrom and isinstance(t.object, ox.NamedNode)
        ]
        return tuple(
            self._receipt(iri, self.found.citations[iri]) for iri in sorted(cited) if iri in self.found.citations
        )

    def _receipt(self, iri: str, triples: Collection[ox.Triple]) -> Receipt:
        def all_of(predicate: str) -> list[Value]:
            return [self._value(t.object, 0) for t in triples if t.predicate.value == predicate]

        first, last = all_of(M.lineStart), all_of(M.lineEnd)
        lines = ""
        if first:
            same = not last or last[0].text == first[0].text
            lines = text("line" if same else "lines", self.language, first=first[0].text, last=(last or first)[0].text)
        source = all_of(DCT.source)
        return Receipt(self.named(iri), source[0] if source else None, lines, tuple(all_of(M.quote)))

    @cached_property
    def links(self) -> list[Property]:
        """Who links to the entity, by predicate."""
        groups: dict[str, list[Value]] = {}
        for triple in self.found.links:
            groups.setdefault(triple.predicate.value, []).append(self._value(triple.subject, 0))
        return [
            Property(self.named(predicate), tuple(sorted(values, key=lambda v: v.text.casefold())))
            for predicate, values in sorted(groups.items())
        ]

    def structured_data(self, address: str) -> str:
        """A schema.org description as JSON-LD, safe inside a script element; empty for what has no name."""
        types = [iri.removeprefix(SCHEMA) for iri in self._types(self.found.own) if iri.startswith(SCHEMA)]
        names = self._names.get(self.found.iri)
        if not names:
            return ""
        texts = [{"@language": tag, "@value": name} if tag else name for tag, name in sorted(names.items())]
        card: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": sorted(types) or "Thing",
            "@id": self.found.iri,
            "name": texts,
            "mainEntityOfPage": address,
        }
        for triple in self.found.own:
            key = triple.predicate.value.removeprefix(SCHEMA)
            if key != triple.predicate.value and key != "name" and len(card.setdefault(key, [])) < 50:
                card[key].append(_json(triple.object))
        return json.dumps(card, ensure_ascii=False, sort_keys=True).translate(
            {60: "\\u003c", 62: "\\u003e", 38: "\\u0026"}
        )


def _json(term: Term) -> Any:
    if isinstance(term, ox.Literal):
        return {"@language": term.language, "@value": term.value} if term.language else term.value
    return {"@id": str(term).strip("<>")}
