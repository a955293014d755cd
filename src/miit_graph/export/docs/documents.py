"""Everything that the documentation of one dataset says, read once and independent of language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import pyoxigraph as ox

from miit_graph.export.docs.alignments import read_alignments
from miit_graph.export.docs.codes import read_schemes
from miit_graph.export.docs.examples import Examples
from miit_graph.export.docs.graph import Parts, Texts, local_name
from miit_graph.export.docs.model import (
    Alignment,
    Check,
    Correspondence,
    Expression,
    Module,
    Ref,
    Rule,
    Scheme,
    Term,
    Usage,
)
from miit_graph.export.docs.picture import Chooser, Picture
from miit_graph.export.docs.rules import RuleReader
from miit_graph.export.docs.terms import TermReader, read_modules
from miit_graph.export.docs.usage import count, nearest, superclasses

Branch: TypeAlias = tuple[str, list["Branch"]]
"""A class and the branches below it."""


@dataclass
class Documents:
    """The content of all pages."""

    parts: Parts
    about: Mapping[str, Any]

    @classmethod
    def read(cls, store: ox.Store, about: Mapping[str, Any] | None = None) -> Documents:
        """Read a loaded dataset; `about` is its manifest, of which every key may be missing."""
        return cls(Parts.of(store, about), about or {})

    @cached_property
    def namespaces(self) -> tuple[str, ...]:
        """Where the IRIs of own terms begin."""
        return tuple(self.parts.namespaces.values()) or tuple(module.iri for module in self.headers)

    @cached_property
    def headers(self) -> list[Module]:
        """The headers of all ontologies but the alignments."""
        return read_modules(self.parts.ontology)

    @cached_property
    def terms(self) -> dict[str, Term]:
        """IRI → term, for all terms but those that only alignments declare."""
        found = TermReader(self.parts, self.parts.ontology, self.namespaces).terms()
        return {term.iri: term for term in found}

    @cached_property
    def own(self) -> dict[str, Term]:
        """The terms of this ontology."""
        return {iri: term for iri, term in self.terms.items() if term.own}

    @cached_property
    def reused(self) -> list[tuple[str, str, list[Term]]]:
        """The terms of other vocabularies: prefix (or namespace, if it has none), namespace, terms."""
        groups: dict[str, list[Term]] = {}
        for term in self.terms.values():
            if not term.own:
                groups.setdefault(term.iri.removesuffix(local_name(term.iri)), []).append(term)
        prefixes = {namespace: prefix for prefix, namespace in self.parts.prefixes.items()}
        found = [(prefixes.get(space, space), space, sorted(terms, key=_by_kind)) for space, terms in groups.items()]
        return sorted(found, key=lambda group: ("/" in group[0], group[0]))

    @cached_property
    def whole(self) -> Module | None:
        """The header of the ontology as a whole: the one that defines no term, or the only one."""
        homes = {term.module for term in self.own.values()}
        rest = [module for module in self.headers if module.iri not in homes]
        rest = [m for m in rest if any(other.iri.startswith(m.iri) for other in self.headers if other != m)] or rest
        return min(rest or self.headers, key=lambda m: (len(m.iri), m.iri), default=None)

    @cached_property
    def modules(self) -> list[tuple[Module, list[Term]]]:
        """The modules that define own terms, those first that others build on; classes before properties."""
        homes: dict[str, list[Term]] = {}
        fallback = self.whole.iri if self.whole else ""
        known = {module.iri: module for module in self.headers}
        for term in self.own.values():
            homes.setdefault(term.module if term.module in known else fallback, []).append(term)
        mentions = dict.fromkeys(homes, 0)
        where = {term.iri: name for name, terms in homes.items() for term in terms}
        for name, terms in homes.items():
            for term in terms:
                for iri in _mentioned(term):
                    if where.get(iri, name) != name:
                        mentions[where[iri]] += 1
        order = sorted(homes, key=lambda name: (-mentions[name], name))
        return [(known[name], self._sorted(homes[name])) for name in order if name in known]

    def _sorted(self, terms: list[Term]) -> list[Term]:
        """Classes from the top of the hierarchy down, then properties by name."""
        depth = {term.iri: len(self.above.get(term.iri, ())) for term in terms}
        return sorted(terms, key=lambda t: (_by_kind(t)[0], depth[t.iri] if t.is_class else 0, t.anchor.lower()))

    @cached_property
    def above(self) -> dict[str, set[str]]:
        """Class → all classes above it."""
        return superclasses(self.parts.ontology)

    @cached_property
    def usage(self) -> Usage:
        """How often each term is used."""
        return count(self.parts)

    @cached_property
    def rules(self) -> list[Rule]:
        """The rules of the shapes."""
        return RuleReader(self.parts).rules()

    @cached_property
    def schemes(self) -> list[Scheme]:
        """The code lists."""
        return read_schemes(self.parts, self.terms.values())

    @cached_property
    def alignments(self) -> list[Alignment]:
        """The mappings to other vocabularies."""
        return read_alignments(self.parts, self.namespaces)

    @cached_property
    def labels(self) -> dict[str, Texts]:
        """Term → its names."""
        aligned = {term.iri: term.label for alignment in self.alignments for term in alignment.terms}
        return aligned | {iri: term.label for iri, term in self.terms.items()}

    @cached_property
    def examples(self) -> Examples:
        """Finds examples in the data."""
        return Examples(self.parts, self.terms)

    @cached_property
    def picture(self) -> Picture:
        """What the class diagram shows."""
        return Chooser(self.terms.values(), self.usage, self.above).picture()

    @cached_property
    def checks(self) -> dict[str, list[tuple[Rule, Check]]]:
        """Term → what the rules check about it."""
        found: dict[str, list[tuple[Rule, Check]]] = {}
        for rule in self.rules:
            for check in rule.checks:
                for iri in check.mentions:
                    found.setdefault(iri, []).append((rule, check))
        return found

    @cached_property
    def correspondences(self) -> dict[str, list[Correspondence]]:
        """Term → its mappings."""
        found: dict[str, list[Correspondence]] = {}
        for alignment in self.alignments:
            for mapping in alignment.mappings:
                found.setdefault(mapping.source, []).append(mapping)
        return found

    def class_tree(self) -> list[Branch]:
        """All own classes below what is above them; a class with two parents stands below each."""
        shown = {iri for iri, term in self.own.items() if term.is_class}
        shown |= {a for iri in shown for a in self.above.get(iri, ()) if a in self.terms}
        parents = {iri: nearest(self.above.get(iri, set()) & shown - {iri}, self.above) for iri in sorted(shown)}

        def branch(iri: str, path: tuple[str, ...]) -> Branch:
            path = (*path, iri)
            below = [child for child, above in parents.items() if iri in above and child not in path]
            return iri, [branch(child, path) for child in below]

        return [branch(iri, ()) for iri, above in parents.items() if not above]


def _by_kind(term: Term) -> tuple[int, str]:
    order = ("class", "object", "datatype", "property", "annotation", "type", "individual")
    return order.index(term.kind), term.anchor.lower()


def _mentioned(term: Term) -> Iterable[str]:
    """The terms that the axioms of a term speak of."""
    expressions: tuple[Expression, ...] = (*term.supers, *term.domain, *term.range, *term.equivalents)
    return (piece.iri for e in expressions for piece in e if isinstance(piece, Ref))
