"""Run the shapes over a few Turtle files, laid over the ontology and the codes as a build would do it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph

from miit_graph.build.derive import derive
from miit_graph.build.pipeline import merge
from miit_graph.build.shacl import load_shapes
from miit_graph.build.sources import Project, SourceFile, parse
from miit_graph.build.validate import validate

ROOT = Path(__file__).resolve().parents[1]
FIXTURES = ROOT / "tests" / "shapes"

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
    """The ontology and the codes."""
    return tuple(
        quad for file in project().files if file.role in ("ontology", "codes") for quad in parse(file)
    )


def dataset_of(files: Iterable[Path]) -> ox.Store:
    """Ontology, codes and the files with all that the rules derive, merged into one default graph."""
    store = ox.Store()
    store.bulk_extend(_vocabulary())
    derived = True
    for path in files:
        derived &= not path.read_text(encoding="utf-8").startswith(NOT_DERIVED)
        store.bulk_extend(parse(SourceFile(path, path.name, project().graph(f"data/{path.stem}"), "data")))
    if derived:
        derive(store, project())
    return merge(store)


def report_for(*turtle_files: Path, processor: str = "rudof") -> list[Result]:
    """What the shapes say about the files, laid over the ontology and the codes."""
    report = validate(dataset_of(turtle_files), shapes(), processor=processor)
    return sorted({Result(f.rule, f.severity, f.focus, f.value, f.shape) for f in report.findings}, key=repr)
