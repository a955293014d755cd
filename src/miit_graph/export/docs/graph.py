"""A loaded dataset taken apart by what its named graphs hold: ontology, alignments, codes, data, shapes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import pyoxigraph as ox

from miit_graph.vocabulary import DCT, OWL, RDF, RDFS, SKOS, prefixes_for

Node: TypeAlias = ox.NamedNode | ox.BlankNode
Value: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Texts: TypeAlias = Mapping[str, str]
"""Language → text."""

LANGUAGES = ("en", "zh")
"""Languages in which documentation is written, the default first."""

_GRAPH = re.compile(
    r"^(?P<base>.+)graph/(?P<role>ontology/alignments|ontology|codes|data|shapes|derived|derivations|inferred)(?:/|$)"
)
_AFTER_NAMESPACE = re.compile(r"[#/]")
_LOCAL_NAME = re.compile(r"[A-Za-z0-9_](?:[\w-]*\w)?", re.ASCII)
_LABELS = (SKOS.prefLabel, RDFS.label, DCT["title"])
_NOT_USE = ("shapes", "inferred")
"""Graphs that say nothing of how a term is used: rules about the data, and what a reasoner repeats."""


def iri(text: str) -> ox.NamedNode:
    """The node named `text`."""
    return ox.NamedNode(text)


def natural(text: str) -> tuple[tuple[int, int | str], ...]:
    """A sort key by which R9 comes before R10."""
    return tuple((0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", text) if part)


class Part:
    """Triples of one or more named graphs, read as one graph. Every list that it gives is sorted."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.store = ox.Store()
        self.store.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)

    def __len__(self) -> int:
        return len(self.store)

    def objects(self, subject: Node, *predicates: str) -> list[Any]:
        """What `subject` has for any of `predicates`."""
        found = {
            quad.object: None
            for predicate in predicates
            for quad in self.store.quads_for_pattern(subject, iri(predicate), None, None)
        }
        return sorted(found, key=str)

    def subjects(self, predicate: str, value: Value | None = None) -> list[Any]:
        """What has `predicate`, with `value` if one is given."""
        found = {quad.subject for quad in self.store.quads_for_pattern(None, iri(predicate), value, None)}
        return sorted(found, key=str)

    def pairs(self, predicate: str) -> list[tuple[Any, Any]]:
        """Subject and object of each triple with `predicate`."""
        quads = self.store.quads_for_pattern(None, iri(predicate), None, None)
        return sorted(((quad.subject, quad.object) for quad in quads), key=str)

    def about(self, subject: Node) -> list[tuple[str, Any]]:
        """Predicate and object of each triple about `subject`."""
        quads = self.store.quads_for_pattern(subject, None, None, None)
        return sorted(((quad.predicate.value, quad.object) for quad in quads), key=str)

    def iris(self, subject: Node, *predicates: str) -> list[str]:
        """The objects that are IRIs."""
        return [node.value for node in self.objects(subject, *predicates) if isinstance(node, ox.NamedNode)]

    def literal(self, subject: Node, *predicates: str) -> str | None:
        """The text of the first literal, None if there is none."""
        return next((o.value for o in self.objects(subject, *predicates) if isinstance(o, ox.Literal)), None)

    def texts(self, subject: Node, *predicates: str) -> dict[str, str]:
        """Language → text, of the first of `predicates` that has any; several in one language are joined."""
        for predicate in predicates:
            found: dict[str, list[str]] = defaultdict(list)
            for node in self.objects(subject, predicate):
                if isinstance(node, ox.Literal):
                    found[node.language or ""].append(node.value)
            if found:
                return {language: " ".join(texts) for language, texts in found.items()}
        return {}

    def members(self, head: Node) -> list[Any]:
        """The members of an RDF list, in its order."""
        found: list[Any] = []
        seen: set[Node] = set()
        while head not in seen and head != iri(RDF.nil):
            seen.add(head)
            found += self.objects(head, RDF.first)[:1]
            rest = self.objects(head, RDF.rest)
            if not rest:
                break
            head = rest[0]
        return found

    def instances(self, *classes: str) -> list[str]:
        """IRIs of what is typed as one of `classes`."""
        found = {node.value for c in classes for node in self.subjects(RDF.type, iri(c)) if _named(node)}
        return sorted(found)

    def rows(self, query: str) -> list[ox.QuerySolution]:
        """The solutions of a SELECT query."""
        solutions = self.store.query(query)
        assert isinstance(solutions, ox.QuerySolutions)
        return list(solutions)

    def reasons(self) -> dict[tuple[Any, Any, Any], dict[str, str]]:
        """Triple → why it is stated, from comments on annotated axioms (OWL 2, section 10.1)."""
        found = {}
        for axiom in self.subjects(RDF.type, iri(OWL.Axiom)):
            parts = (OWL.annotatedSource, OWL.annotatedProperty, OWL.annotatedTarget)
            triple = tuple(next(iter(self.objects(axiom, part)), None) for part in parts)
            found[triple] = self.texts(axiom, RDFS.comment, SKOS.note, DCT.description)
        return found  # type: ignore[return-value]


def _named(node: object) -> bool:
    return isinstance(node, ox.NamedNode)


@dataclass(frozen=True)
class Parts:
    """The parts of a dataset, and what its names are short for."""

    base: str
    prefixes: Mapping[str, str]
    namespaces: Mapping[str, str]
    """Those of `prefixes` that the ontology claims as its own."""
    ontology: Part
    alignments: tuple[Part, ...]
    """One for each file."""
    codes: Part
    data: Part
    shapes: Part
    derived: Part
    used: Part
    """Everything but the shapes and what a reasoner added: what a term's use is counted in."""

    @classmethod
    def of(cls, store: ox.Store, about: Mapping[str, Any] | None = None) -> Parts:
        """Take `store` apart by the names of its graphs; without such graphs, the default graph is every part.

        `about` is the manifest of the dataset, of which `prefixes` is read if it is there.
        """
        roles: dict[str, list[ox.NamedNode]] = defaultdict(list)
        base = ""
        for graph in store.named_graphs():
            if isinstance(graph, ox.NamedNode) and (found := _GRAPH.match(graph.value)):
                roles[found["role"]].append(graph)
                base = found["base"]

        def part(*names: str) -> Part:
            graphs: list[Any] = [graph for name in names for graph in roles[name]]
            return Part(quad for graph in graphs for quad in store.quads_for_pattern(None, None, None, graph))

        if not roles:
            whole = Part(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
            parts = {**dict.fromkeys(("ontology", "codes", "data", "shapes", "used"), whole), "derived": Part(())}
        else:
            parts = {name: part(name) for name in ("ontology", "codes", "data", "shapes")}
            parts["derived"] = part("derived", "derivations")
            parts["used"] = part(*(name for name in roles if name not in _NOT_USE))
        aligned = sorted(roles["ontology/alignments"], key=str)
        alignments = tuple(Part(store.quads_for_pattern(None, None, None, graph)) for graph in aligned)
        own = _own_prefixes(base, parts["ontology"])
        more = {**prefixes_for(base), **(about or {}).get("prefixes", {})}
        named = _namespaces(parts["used"]) | _namespaces(parts["shapes"])
        prefixes = own | {p: name for p, name in more.items() if p not in own and name in named - {*own.values()}}
        return cls(base, prefixes, own, alignments=alignments, **parts)

    def short(self, name: str) -> str:
        """The prefixed name of an IRI if one fits, else the IRI in angle brackets."""
        best = max((n for n in self.prefixes.values() if name.startswith(n)), key=len, default="")
        if best and _LOCAL_NAME.fullmatch(name.removeprefix(best)):
            prefix = next(prefix for prefix, namespace in self.prefixes.items() if namespace == best)
            return f"{prefix}:{name.removeprefix(best)}"
        return f"<{name}>"

    def label(self, node: Any) -> dict[str, str]:
        """Names of a node in all languages; nothing for a literal or a node without a name."""
        if not isinstance(node, (ox.NamedNode, ox.BlankNode)):
            return {}
        return self.used.texts(node, *_LABELS) or self.shapes.texts(node, *_LABELS)


def _own_prefixes(base: str, ontology: Part) -> dict[str, str]:
    """The prefixes and namespaces that the headers of an ontology ask for."""
    vann = "http://purl.org/vocab/vann/"
    own = {}
    for header in ontology.subjects(f"{vann}preferredNamespaceUri"):
        prefix = ontology.literal(header, f"{vann}preferredNamespacePrefix")
        namespace = str(ontology.objects(header, f"{vann}preferredNamespaceUri")[0].value)
        if prefix and namespace.startswith(base):
            own[prefix] = namespace
    return own


def _namespaces(part: Part) -> set[str]:
    """What the IRIs in a part begin with, up to the last # or /."""
    names: set[str] = set()
    for quad in part.store:
        for node in (quad.subject, quad.predicate, quad.object):
            if isinstance(node, ox.NamedNode):
                names.add(node.value)
            elif isinstance(node, ox.Literal):
                names.add(node.datatype.value)
    return {name.removesuffix(_AFTER_NAMESPACE.split(name)[-1]) for name in names}


def local_name(name: str) -> str:
    """What follows the last # or / of an IRI."""
    return _AFTER_NAMESPACE.split(name.rstrip("#/"))[-1]
