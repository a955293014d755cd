"""Run the shapes over a few Turtle files, laid over the ontology and the codes as a build would do it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph, Literal
from rdflib.namespace import DCTERMS, SKOS

from miit_graph.build.derive import derive
from miit_graph.build.pipeline import merge
from miit_graph.build.shacl import load_shapes
from miit_graph.build.sources import Project, SourceFile, parse
from miit_graph.build.validate import validate

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "shapes"
BASE = FIXTURES / "base.ttl"

NOT_DERIVED = "# not derived"
"""First line of a fixture over which the rules are not to run, because it shows what a broken rule leaves behind."""


@dataclass(frozen=True, order=True)
class Result:
    """One SHACL result."""

    rule_id: str
    severity: str
    focus: str
    value: str | None
    shape: str


@cache
def project() -> Project:
    return Project.open(ROOT)


@cache
def shapes() -> Graph:
    """All shapes of the project in one graph."""
    files = sorted((ROOT / "shapes").glob("*.ttl"))
    return load_shapes((file.name, file.read_bytes()) for file in files)


@cache
def _vocabulary() -> tuple[ox.Quad, ...]:
    """The ontology and the codes, each of them used, so that no result about an unused one hides what is looked for."""
    quads = [quad for file in project().files if file.role in ("ontology", "codes") for quad in parse(file)]
    codes = {quad.subject for quad in quads if quad.predicate.value == str(SKOS.inScheme)}
    user, uses = ox.NamedNode("urn:x-test:user"), ox.NamedNode(str(DCTERMS.subject))
    return (*quads, *(ox.Quad(user, uses, code, ox.NamedNode("urn:x-test:graph")) for code in codes))


@cache
def shapes_of(rule: str) -> Graph:
    """The shapes of one rule, with the shapes they refer to."""
    whole, part = shapes(), Graph()
    waiting = list(whole.subjects(DCTERMS.identifier, Literal(rule)))
    while waiting:
        node = waiting.pop()
        if (node, None, None) not in part:
            for predicate, value in whole.predicate_objects(node):
                part.add((node, predicate, value))
                waiting.append(value)
    return part


def _is_derived(path: Path) -> bool:
    return not path.read_text(encoding="utf-8").startswith(NOT_DERIVED)


@lru_cache(maxsize=4)
def dataset_of(files: tuple[Path, ...], *, derived: bool = True) -> ox.Store:
    """Ontology, codes and the files with all that the rules derive, merged into one default graph."""
    store = ox.Store()
    store.bulk_extend(_vocabulary())
    for path in files:
        store.bulk_extend(parse(SourceFile(path, path.name, project().graph(f"data/{path.stem}"), "fixture")))
    if derived:
        derive(store, project())
    return merge(store)


def report_for(
    *turtle_files: Path, derived: bool = True, processor: str = "rudof", rule: str | None = None
) -> frozenset[Result]:
    """What all shapes, or those of one rule, say about the files, laid over the ontology and the codes."""
    data = dataset_of(turtle_files, derived=derived)
    report = validate(data, shapes_of(rule) if rule else shapes(), processor=processor)
    return frozenset(Result(f.rule, f.severity, f.focus, f.value, f.shape) for f in report.findings)


@cache
def results_of(fixture: Path) -> frozenset[Result]:
    """What the shapes say about a fixture, laid over the little world."""
    return report_for(BASE, fixture, derived=_is_derived(fixture))


@cache
def _before(derived: bool) -> frozenset[Result]:
    return report_for(BASE, derived=derived)


def news_from(fixture: Path) -> frozenset[Result]:
    """What they say beyond what they say about that world alone (something, where the rules are not run over it)."""
    return results_of(fixture) - _before(_is_derived(fixture))


def reference_of(fixture: Path, rule: str) -> frozenset[Result]:
    """The same of one rule, by the reference implementation."""
    return report_for(BASE, fixture, derived=_is_derived(fixture), processor="pyshacl", rule=rule)
