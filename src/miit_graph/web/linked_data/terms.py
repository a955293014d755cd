"""Terms as pages show them: names in the reader's language with a fallback that says so, and where they lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import pyoxigraph as ox

from miit_graph.publish.ask import Asker, Term
from miit_graph.publish.sparql_text import iris, is_iri
from miit_graph.vocabulary import DCT, PROV, SD, SKOS, VOID, XSD, M
from miit_graph.web.context import context
from miit_graph.web.language import page_language
from miit_graph.web.linked_data import when
from miit_graph.web.linked_data.answers import asker, published
from miit_graph.web.linked_data.descriptions import LABELS
from miit_graph.web.linked_data.names import link_to
from miit_graph.web.linked_data.standard_names import standard_names
from miit_graph.web.linked_data.texts import name_of_language, yes_or_no

AT_ONCE = 1_500
"""How many IRIs one query asks for."""
_PART_OF = (VOID["class"], VOID.property, VOID.linkPredicate, SD.name)
"""What names a part of a dataset that has no name of its own (VoID, SPARQL 1.1 Service Description)."""
_ALONG = (*LABELS, M.edtf, M.earliest, M.latest, SKOS.notation, DCT["identifier"], M.lineCount, *_PART_OF)
_OBVIOUS = frozenset((XSD.string, XSD.integer, XSD.decimal, XSD.boolean, XSD.date))
"""Datatypes that a reader sees without being told."""
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}
_DATES = frozenset((XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth))


@dataclass(frozen=True, slots=True)
class Value:
    """A term as it is shown; ``language`` is set if it isn't that of the page; ``parts`` are those of a blank node."""

    text: str
    link: str = ""
    language: str = ""
    datatype: str = ""
    parts: tuple[Property, ...] = ()

    @property
    def note(self) -> str:
        """The short mark of a text in another language, or of a datatype."""
        return self.language or self.datatype


@dataclass(frozen=True, slots=True)
class Property:
    """A predicate with its values, and where they were said."""

    name: Value
    values: tuple[Value, ...]
    origins: tuple[Value, ...] = ()
    derived: bool = False
    total: int = 0


@dataclass
class Known:
    """What was read about IRIs, and how it is told in one language.

    ``base`` is where the IRIs of the dataset begin; ``prefixes`` shorten what has no name.
    """

    asker: Asker
    language: str
    base: str
    prefixes: Mapping[str, str]
    about: dict[str, dict[str, list[Term]]] = field(default_factory=dict)
    _named: set[str] = field(default_factory=set)
    _told: dict[str, Value] = field(default_factory=dict)

    @classmethod
    def here(cls) -> Self:
        """For the request at hand: its language, and the engine, base and prefixes of the server."""
        return cls(asker(), page_language(), context().about.base, published().prefixes)

    def add(self, triples: Iterable[ox.Triple]) -> None:
        """Remember triples with an IRI as subject; what is known already is not doubled."""
        self._told.clear()
        for triple in triples:
            if isinstance(triple.subject, ox.NamedNode):
                terms = self.about.setdefault(triple.subject.value, {}).setdefault(triple.predicate.value, [])
                if triple.object not in terms:
                    terms.append(triple.object)

    def construct(self, nodes: Iterable[str], template: str, *patterns: str) -> None:
        """Read CONSTRUCT ``template`` WHERE any of ``patterns``, in which ?x stands for each node in turn."""
        wanted = sorted(filter(is_iri, set(nodes)))
        for start in range(0, len(wanted), AT_ONCE):
            # In each branch, because a union that is joined to its values afterwards is looked up in full.
            some = f"VALUES ?x {{ {iris(wanted[start : start + AT_ONCE])} }}"
            branches = " UNION ".join(f"{{ {some} {pattern} }}" for pattern in patterns)
            self.add(self.asker.triples(f"CONSTRUCT {{ {template} }} {{ {branches} }}"))

    def read(self, nodes: Iterable[str]) -> None:
        """Read everything that is said of the nodes."""
        self.construct(nodes, "?x ?p ?o", "?x ?p ?o")

    def read_names(self, extra: Iterable[str] = ()) -> None:
        """Read the names of everything that is mentioned and of ``extra``, once."""
        mentioned = {
            t.value for terms in self.about.values() for ts in terms.values() for t in ts if isinstance(t, ox.NamedNode)
        }
        mentioned |= {predicate for terms in self.about.values() for predicate in terms}
        new = (mentioned | {*self.about} | {*extra}) - self._named
        self._read_names(new)
        self._read_names({term for iri in new for term in self._meant(iri)} - self._named)

    def _read_names(self, nodes: set[str]) -> None:
        self._named |= nodes
        along = ", ".join(f"<{predicate}>" for predicate in _ALONG)
        self.construct(nodes, "?x ?p ?o", f"?x ?p ?o FILTER(?p IN ({along}))")

    def _meant(self, iri: str) -> list[str]:
        """What a part of a dataset is a part for: the members of a class, the uses of a property, a graph's content."""
        return [t.value for by in _PART_OF for t in self.terms(iri, by) if isinstance(t, ox.NamedNode)]

    def terms(self, iri: str, predicate: str) -> list[Term]:
        """The values of a property."""
        return self.about.get(iri, {}).get(predicate, [])

    def first(self, iri: str, predicate: str) -> str:
        """The first value of a property as text; empty if there is none."""
        return next((str(getattr(term, "value", "")) for term in self.terms(iri, predicate)), "")

    def names(self, iri: str) -> dict[str, str]:
        """The names of a thing by language: those of the best naming property that it has."""
        for predicate in LABELS:
            found: dict[str, str] = {}
            for term in self.terms(iri, predicate):
                if isinstance(term, ox.Literal):
                    found.setdefault((term.language or "").partition("-")[0], term.value)
            if found:
                return found
        return standard_names(iri)

    def named(self, iri: str) -> Value:
        """An IRI under its name in the page's language, else in English, Chinese, any; else shortened."""
        told = self._told.get(iri)
        if told is None:  # a page says the same few hundred names thousands of times
            told = self._told[iri] = self._name(iri)
        return told

    def _name(self, iri: str) -> Value:
        if moment := self.moment(iri):
            return Value(moment, link_to(iri))
        for other in (iri, *self._meant(iri)):
            names = self.names(other)
            for tag in (self.language, "en", "zh", *sorted(names)):
                if tag in names:
                    return Value(names[tag], link_to(iri), "" if tag in (self.language, "") else tag)
        return Value(self.short((*self._meant(iri), iri)[0]), link_to(iri))

    def short(self, iri: str) -> str:
        """An IRI as a prefixed name, or without the base."""
        for prefix, space in self.prefixes.items():
            local = iri.removeprefix(space)
            if local != iri and local and "/" not in local and "#" not in local:
                return f"{prefix}:{local}"
        return (iri.removeprefix(self.base) if self.base else iri) or iri

    def moment(self, iri: str) -> str:
        """A time in words: by its own name if it has one beyond its date, else by its date; empty for what is none."""
        stated = self.first(iri, M.edtf)
        earliest, latest = self.first(iri, M.earliest), self.first(iri, M.latest)
        if not (stated or earliest or latest):
            return ""
        names = self.names(iri)
        if names.get("en", stated) != stated and self.language in names:
            return names[self.language]
        return (
            when.edtf(stated, self.language)
            or when.bounds(earliest, latest, self.language)
            or names.get(self.language, stated)
        )

    def value(self, term: Term, inside: Callable[[Term], tuple[Property, ...]] | None = None) -> Value:
        """A term as it is shown; ``inside`` gives the properties of a blank node."""
        if isinstance(term, ox.NamedNode):
            return self.named(term.value)
        if isinstance(term, ox.Literal):
            tag = term.language or ""
            kind = term.datatype.value
            text = (when.date(term.value, self.language) if kind in _DATES else "") or term.value
            if kind == XSD.boolean and text in _TRUTHS:
                text = yes_or_no(_TRUTHS[text], self.language)
            plain = tag or kind in _OBVIOUS or text != term.value
            return Value(text, "", "" if tag == self.language else tag, "" if plain else self.short(kind))
        return Value("[ ]", parts=inside(term) if inside else ())

    def values(self, terms: Iterable[Term]) -> tuple[Value, ...]:
        """Terms as they are shown, texts in the page's language only where there is one."""
        terms = list(terms)
        if any(isinstance(t, ox.Literal) and _speaks(t, self.language) for t in terms):
            terms = [t for t in terms if not (isinstance(t, ox.Literal) and t.language) or _speaks(t, self.language)]
        return tuple(sorted((self.value(term) for term in terms), key=lambda value: value.text.casefold()))

    def language_name(self, tag: str) -> str:
        """The name of a language."""
        return name_of_language(tag, self.language)


def _speaks(term: ox.Literal, language: str) -> bool:
    return (term.language or "").partition("-")[0] == language


def cited(known: Known, iri: str) -> list[str]:
    """The IRIs that a thing was derived from."""
    return sorted({t.value for t in known.terms(iri, PROV.wasDerivedFrom) if isinstance(t, ox.NamedNode)})
