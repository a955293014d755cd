"""Reads the rules out of the shapes: what they look at, what they say, and how many nodes they see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pyoxigraph as ox

from miit_graph.export.docs.focus import Focus
from miit_graph.export.docs.graph import Node, Parts, iri, local_name, natural
from miit_graph.export.docs.model import Check, Rule
from miit_graph.vocabulary import DCT, OWL, RDF, RDFS, SH, SKOS

TARGETS: Final = {
    SH.targetClass: "class",
    SH.targetNode: "node",
    SH.targetSubjectsOf: "subjects",
    SH.targetObjectsOf: "objects",
}
_PARTS: Final = (SH.property, SH.sparql)
"""What leads from a shape to constraints that speak for themselves."""
_HELPERS: Final = (SH["not"], SH.node, SH.qualifiedValueShape)
_HELPER_LISTS: Final = (SH["or"], SH["and"], SH.xone)
_SILENT: Final = {*TARGETS, *_PARTS, SH.message, SH.description, SH.severity, SH.path, SH.name, SH.order, SH.group}
"""Properties in the namespace of SHACL that are no constraint."""
_NOT_NAMES = re.compile(r"#[^\n]*|<[^<>\s]*>|\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?")
_PREFIX = re.compile(r"PREFIX\s+([\w.-]*):\s*<([^>]*)>", re.IGNORECASE)
_ABOUT_THIS = re.compile(r"[$?]this\b([^.{}]*)")
_NAME = re.compile(r"(?<![\w?$.-])([A-Za-z][\w.-]*)?:([\w-]+)")


class RuleReader:
    """Reads rules out of the shapes of a dataset."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._part = parts.shapes
        self._focus = Focus(parts.used)

    def rules(self) -> list[Rule]:
        """All rules, by identifier and IRI."""
        found = [self._rule(node) for node in self._roots()]
        views = set(self._part.subjects(SH.order))  # arrange pages, and check nothing without a target
        ruling = (r for r in found if r.checks and (r.targets or ox.NamedNode(r.iri) not in views))
        return sorted(ruling, key=lambda rule: (natural(rule.identifier), rule.iri))

    def _roots(self) -> list[ox.NamedNode]:
        """Shapes with an IRI that no other shape is made of."""
        part = self._part
        inner = {value for predicate in (*_PARTS, *_HELPERS) for _, value in part.pairs(predicate)}
        for predicate in _HELPER_LISTS:
            for _, head in part.pairs(predicate):
                inner |= set(part.members(head))
        shapes = {iri(name) for name in part.instances(SH.NodeShape, SH.PropertyShape)}
        shapes |= {node for predicate in (*TARGETS, *_PARTS) for node in part.subjects(predicate)}
        return sorted((s for s in shapes - inner if isinstance(s, ox.NamedNode)), key=str)

    def _rule(self, root: ox.NamedNode) -> Rule:
        part = self._part
        nodes = list(self._tree(root, set()))
        speaking = [node for node in nodes if part.texts(node, SH.message)] or nodes
        targets = tuple(dict.fromkeys(target for node in nodes for target in self._targets(node)))
        identifier = next((text for node in nodes if (text := part.literal(node, DCT.identifier))), None)
        return Rule(
            iri=root.value,
            anchor=local_name(root.value),
            identifier=identifier or local_name(root.value),
            title=part.texts(root, SKOS.prefLabel, SH.name, RDFS.label),
            definition=part.texts(root, SKOS.definition, RDFS.comment),
            checks=tuple(check for node in speaking if (check := self._check(root, node))),
            targets=targets,
            focus=self._focus.count(targets),
        )

    def _tree(self, node: Node, seen: set[Node]) -> Iterator[Node]:
        """`node` and the property shapes and SPARQL constraints below it, those that are switched off left out."""
        if node in seen or self._part.literal(node, SH.deactivated) == "true":
            return
        seen.add(node)
        yield node
        for child in self._part.objects(node, *_PARTS):
            yield from self._tree(child, seen)

    def _targets(self, node: Node) -> Iterator[tuple[str, str]]:
        part = self._part
        for predicate, kind in TARGETS.items():
            yield from ((kind, name) for name in part.iris(node, predicate))
        if isinstance(node, ox.NamedNode) and {RDFS.Class, OWL.Class} & {*part.iris(node, RDF.type)}:
            yield "class", node.value
        for target in part.objects(node, SH.target):
            if query := part.literal(target, SH.select):
                yield "query", self._prologue(target) + query

    def _prologue(self, node: Node) -> str:
        """The prefixes that a query gets from sh:prefixes (SHACL section 5.2.1)."""
        lines = []
        for holder in self._part.objects(node, SH.prefixes):
            for declared in self._part.objects(holder, SH.declare):
                prefix = self._part.literal(declared, SH.prefix) or ""
                lines.append(f"PREFIX {prefix}: <{self._part.literal(declared, SH.namespace)}>\n")
        return "".join(lines)

    def _check(self, root: Node, node: Node) -> Check | None:
        part = self._part
        constraints = tuple(self._constraints(node))
        message = part.texts(node, SH.message)
        if not message and not constraints:
            return None
        severity = next(iter(part.iris(node, SH.severity) or part.iris(root, SH.severity)), SH.Violation)
        return Check(
            iri=node.value,
            severity=local_name(severity),
            message=message,
            hint=part.texts(node, SH.description) or part.texts(root, SH.description),
            constraints=constraints,
            mentions=frozenset(self._mentions(root, node)),
        )

    def _constraints(self, node: Node) -> Iterator[str]:
        """The parameters of a shape, as far as they can be written in a line."""
        for predicate, value in self._part.about(node):
            if not predicate.startswith(SH) or predicate in _SILENT or isinstance(value, ox.BlankNode):
                continue
            text = self._parts.short(value.value) if isinstance(value, ox.NamedNode) else " ".join(value.value.split())
            yield f"{self._parts.short(predicate)} {text if len(text) < 80 else '…'}"

    def _mentions(self, root: Node, node: Node) -> Iterator[str]:
        """What a check is about: its targets, the properties in its path, and what its query says of $this."""
        for shape in (root, node):
            yield from (name for kind, name in self._targets(shape) if kind != "query")
        for path in self._part.objects(node, SH.path):
            yield from self._in_path(path, set())
        for query in self._part.objects(node, SH.select, SH.ask):
            yield from names_in_query(self._prologue(node) + query.value)

    def _in_path(self, path: Any, seen: set[Any]) -> Iterator[str]:
        """The properties in a path: a name, or lists and operators over paths."""
        if isinstance(path, ox.NamedNode):
            yield path.value
        elif path not in seen:
            seen.add(path)
            for _, value in self._part.about(path):
                if value != iri(RDF.nil):
                    yield from self._in_path(value, seen)


def names_in_query(query: str) -> Iterator[str]:
    """The IRIs that stand as prefixed names in what a SPARQL query says of $this."""
    prefixes = dict(_PREFIX.findall(query))
    for statement in _ABOUT_THIS.findall(_NOT_NAMES.sub(" ", query)):
        for prefix, local in _NAME.findall(statement):
            if prefix in prefixes:
                yield prefixes[prefix] + local
