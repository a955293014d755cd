"""What the documentation speaks of: modules, terms, rules, code lists, mappings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from miit_graph.export.docs.graph import Texts


@dataclass(frozen=True)
class Ref:
    """A mention of something that has an IRI."""

    iri: str


@dataclass(frozen=True)
class Word:
    """A word of the language of OWL, by its key in `texts.TEXTS`."""

    key: str


Expression: TypeAlias = tuple[Ref | Word | str, ...]
"""A class or property, or what OWL builds of several."""


@dataclass(frozen=True)
class Axiom:
    """One side of an axiom, and why it is stated."""

    expression: Expression
    reason: Texts


@dataclass(frozen=True)
class Note:
    """A remark of a kind, by its key in `texts.TEXTS`."""

    kind: str
    texts: Texts


@dataclass(frozen=True)
class Term:
    """A class, property, datatype or individual of the ontology."""

    iri: str
    name: str
    """Prefixed name."""
    anchor: str
    own: bool
    """Whether its IRI is in a namespace of the ontology."""
    kind: str
    """class, object, datatype, annotation, property, type or individual."""
    traits: tuple[str, ...]
    label: Texts
    definition: Texts
    notes: tuple[Note, ...]
    module: str | None
    supers: tuple[Expression, ...]
    subs: tuple[str, ...]
    equivalents: tuple[Expression, ...]
    disjoint: tuple[Axiom, ...]
    inverses: tuple[str, ...]
    chains: tuple[Expression, ...]
    domain: tuple[Expression, ...]
    range: tuple[Expression, ...]
    schemes: tuple[str, ...]
    deprecated: bool
    replaced_by: tuple[str, ...]
    since: str | None
    see_also: tuple[str, ...]

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return self.kind == "class"

    @property
    def is_property(self) -> bool:
        """Whether it is a property of any kind."""
        return self.kind in ("object", "datatype", "annotation", "property")


@dataclass(frozen=True)
class Module:
    """One of the ontologies that the whole consists of; `iri` may be that of the whole."""

    iri: str
    anchor: str
    title: Texts
    description: Texts
    version: str | None
    version_iri: str | None
    issued: str | None
    license: str | None
    creator: Texts


@dataclass(frozen=True)
class Check:
    """One thing that a rule looks at: a constraint with its message and the hint that mends it."""

    iri: str
    severity: str
    """Violation, Warning or Info, or the name of another severity."""
    message: Texts
    hint: Texts
    constraints: tuple[str, ...]
    """The SHACL parameters, for a check that has no message."""
    mentions: frozenset[str]
    """What it is about: classes and properties in its targets, path and query."""


@dataclass(frozen=True)
class Rule:
    """A shape that no other shape is made of, with its checks."""

    iri: str
    anchor: str
    identifier: str
    title: Texts
    definition: Texts
    checks: tuple[Check, ...]
    targets: tuple[tuple[str, str], ...]
    """Kind of target (class, node, subjects, objects, query) and its IRI or query."""
    focus: int
    """How many nodes of the data it looks at."""

    @property
    def severities(self) -> tuple[str, ...]:
        """The severities of its checks, each once, worst first."""
        order = {"Violation": 0, "Warning": 1, "Info": 2}
        return tuple(sorted({check.severity for check in self.checks}, key=lambda name: (order.get(name, 3), name)))


@dataclass(frozen=True)
class Concept:
    """A code, and how deep it stands below the top of its list."""

    iri: str
    anchor: str
    name: str
    depth: int
    label: Texts
    definition: Texts
    notation: str | None
    deprecated: bool
    uses: int


@dataclass(frozen=True)
class Scheme:
    """A code list."""

    iri: str
    anchor: str
    name: str
    label: Texts
    definition: Texts
    concepts: tuple[Concept, ...]
    properties: tuple[str, ...]
    """Properties that take their values from it."""


@dataclass(frozen=True)
class Correspondence:
    """What one term means in another vocabulary, and why."""

    source: str
    relation: str
    """A key of `texts.TEXTS`."""
    target: Expression
    reason: Texts


@dataclass(frozen=True)
class Alignment:
    """The mappings to one vocabulary, and the terms of it that they need."""

    header: Module
    mappings: tuple[Correspondence, ...]
    terms: tuple[Term, ...]


Count: TypeAlias = tuple[str, int]


@dataclass(frozen=True)
class Usage:
    """How often terms are used."""

    instances: Mapping[str, int]
    """Class → nodes typed as it."""
    all_instances: Mapping[str, int]
    """Class → nodes typed as it or as one of its subclasses."""
    triples: Mapping[str, int]
    """Property → triples."""
    derived: Mapping[str, int]
    """Property → triples that the build derived."""
    domains: Mapping[str, tuple[Count, ...]]
    """Property → classes of its subjects, most first."""
    ranges: Mapping[str, tuple[Count, ...]]
    """Property → classes of its objects, or datatypes (with @language), most first."""
    schemes: Mapping[str, tuple[Count, ...]]
    """Property → code lists of its objects, most first."""
    properties: Mapping[str, tuple[Count, ...]]
    """Class → properties of its instances, most first."""
