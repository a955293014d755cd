"""What a validation found, in a form that people can act on.

SHACL says nothing about files; here each result is also led back to the line of the authored file that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, Graph, URIRef
from rdflib.term import Node

from miit_graph.build import shacl
from miit_graph.build.sources import Locator
from miit_graph.vocabulary import DCT, RDF, SH, SKOS, shorten

SEVERITIES = ("Violation", "Warning", "Info")

_IRI_IN_TEXT = re.compile(r"<?(https?://[^\s<>«»“”\"，。；、（）()]+[^\s<>«»“”\"，。；、（）().,:;])>?")


@dataclass(frozen=True)
class Finding:
    """One result: which rule, about which node and value, where it stands, and what would mend it."""

    rule: str
    """The rule's identifier (dct:identifier of the shape), or the shape's IRI where it has none."""
    title: dict[str, str]
    severity: str
    focus: str
    label: dict[str, str]
    path: str | None
    value: str | None
    message: dict[str, str]
    hint: dict[str, str]
    shape: str
    file: str | None
    line: int | None


@dataclass(frozen=True)
class Report:
    """All findings, worst first, and the SHACL report graph they were read from."""

    findings: tuple[Finding, ...]
    graph: Graph = field(repr=False)

    @cached_property
    def violations(self) -> tuple[Finding, ...]:
        """The findings that stop a build."""
        return tuple(finding for finding in self.findings if finding.severity == "Violation")

    @property
    def conforms(self) -> bool:
        """True if nothing found is a violation; warnings and infos don't stop a build."""
        return not self.violations

    def with_findings(self, more: Iterable[Finding]) -> Report:
        """This report and what other checks found; their findings are not part of the SHACL graph."""
        return Report(tuple(sorted([*self.findings, *more], key=_order)), self.graph)

    def counts(self) -> dict[str, int]:
        """How many findings of each severity."""
        return {name: sum(f.severity == name for f in self.findings) for name in SEVERITIES}


class _Counted(Report):
    def __init__(self, counts: Mapping[str, int]) -> None:
        super().__init__((), Graph())
        object.__setattr__(self, "_counts", dict(counts))

    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.__dict__["_counts"]
        return counts


def counted(counts: Mapping[str, int]) -> Report:
    """A report that conforms, of which only the figures are known."""
    return _Counted(counts)


def validate(data: ox.Store, shapes: Graph, locator: Locator | None = None, processor: str = "rudof") -> Report:
    """Check the default graph of `data` against `shapes` (SHACL Core and SHACL-SPARQL, no inference).

    Raises ProjectError if the shapes cannot be used.
    """
    results = shacl.run(data, shapes, processor)
    reader = _Reader(results, data, shapes, locator)
    findings = [reader.finding(node) for node in results.subjects(URIRef(RDF.type), _sh("ValidationResult"))]
    return Report(tuple(sorted(findings, key=_order)), results)


def _order(finding: Finding) -> tuple[int, str, str, int, str, str]:
    """Worst first, then by rule and place."""
    return (
        SEVERITIES.index(finding.severity),
        finding.rule,
        finding.file or "",
        finding.line or 0,
        finding.focus,
        finding.value or "",
    )


def _sh(name: str) -> URIRef:
    return URIRef(SH[name])


class _Reader:
    """Reads sh:ValidationResult nodes (SHACL section 3.6.2) with what shapes and data say about them."""

    def __init__(self, results: Graph, data: ox.Store, shapes: Graph, locator: Locator | None) -> None:
        self._results = results
        self._data = data
        self._shapes = shapes
        self._locator = locator

    def finding(self, node: Node) -> Finding:
        """The finding that the result `node` stands for."""
        focus, value = self._one(node, "focusNode"), self._one(node, "value")
        path, severity = self._one(node, "resultPath"), self._one(node, "resultSeverity")
        shape = self._one(node, "sourceShape")
        message = _by_language(self._results.objects(node, _sh("resultMessage")))
        source = self._one(node, "sourceConstraint") or self._constraint(shape, message) or shape
        identified = self._owner(source, URIRef(DCT.identifier))
        identifier = self._shapes.value(identified, URIRef(DCT.identifier)) if identified else None
        place = None
        if self._locator is not None and focus is not None:
            place = self._locator.find(str(focus), _as_written(path), _as_written(value) if value != focus else None)
        return Finding(
            rule=str(identifier) if identifier else shorten(str(source)),
            title=self._texts(self._owner(shape, URIRef(SKOS.prefLabel)), URIRef(SKOS.prefLabel)),
            severity=str(severity).removeprefix(SH) if severity else "Violation",
            focus=str(focus),
            label=self._labels(str(focus)),
            path=str(path) if isinstance(path, URIRef) else None,
            value=str(value) if value is not None and value != focus else None,
            message={lang: self._with_labels(text, lang) for lang, text in message.items()},
            hint=self._texts(self._owner(source, _sh("description")), _sh("description")),
            shape=str(shape),
            file=place[0] if place else None,
            line=place[1] if place else None,
        )

    def _one(self, node: Node, name: str) -> Any:
        return self._results.value(node, _sh(name))

    def _texts(self, subject: Node | None, predicate: Node) -> dict[str, str]:
        return {} if subject is None else _by_language(self._shapes.objects(subject, predicate))

    def _constraint(self, shape: Node | None, message: dict[str, str]) -> Node | None:
        """The SPARQL constraint of `shape` that gave `message`, where the processor does not name it."""
        if shape is None or (shape, _sh("message"), None) in self._shapes:
            return None
        constraints = list(self._shapes.objects(shape, _sh("sparql")))
        for constraint in constraints:
            for template in self._shapes.objects(constraint, _sh("message")):
                parts = re.split(r"\{[$?]\w+\}", str(template))
                pattern = ".*".join(map(re.escape, parts))
                if any(re.fullmatch(pattern, text, re.DOTALL) for text in message.values()):
                    return constraint
        return constraints[0] if len(constraints) == 1 else None

    def _owner(self, shape: Node | None, predicate: Node) -> Node | None:
        """`shape`, or the nearest shape that it is part of, which has a value for `predicate`."""
        seen: set[Node] = set()
        while shape is not None and shape not in seen:
            if (shape, predicate, None) in self._shapes:
                return shape
            seen.add(shape)
            shape = self._shapes.value(None, _sh("property"), shape) or self._shapes.value(None, _sh("sparql"), shape)
        return None

    def _labels(self, iri: str) -> dict[str, str]:
        try:
            node = ox.NamedNode(iri)
        except ValueError:  # a blank node
            return {}
        labels = self._data.quads_for_pattern(node, ox.NamedNode(SKOS.prefLabel), None, ox.DefaultGraph())
        return {q.object.language or "": q.object.value for q in labels if isinstance(q.object, ox.Literal)}

    def _with_labels(self, text: str, lang: str) -> str:
        """`text` with IRIs replaced by the labels of what they name."""

        def label(match: re.Match[str]) -> str:
            name = self._labels(match[1]).get(lang)
            return f"«{name}»" if name else shorten(match[1])

        return _IRI_IN_TEXT.sub(label, text)


def _by_language(terms: Iterable[Node]) -> dict[str, str]:
    """Language → text; where there are several texts in one language, the last by sorting."""
    return {getattr(term, "language", None) or "": str(term) for term in sorted(terms, key=str)}


def _as_written(term: Node | None) -> str | None:
    """The text by which a term is likely to stand in a Turtle file."""
    if term is None or isinstance(term, BNode):
        return None
    if isinstance(term, URIRef):
        short = shorten(str(term))
        return str(term) if short.startswith("<") else short
    return str(term)
