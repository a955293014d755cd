"""The build as a whole, in one direction: parse → derive → validate → freeze."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import Graph

from miit_graph.build.checks import check_texts_and_dates
from miit_graph.build.derive import derive
from miit_graph.build.describe import describe
from miit_graph.build.errors import ProjectError, ValidationError
from miit_graph.build.evidence import check_quotes
from miit_graph.build.examples import read_queries
from miit_graph.build.files import discover, load_files
from miit_graph.build.freshness import program_versions
from miit_graph.build.infer import infer
from miit_graph.build.shacl import load_shapes
from miit_graph.build.snapshot import FROM_CHANGE, FROM_FILES, Snapshot, freeze
from miit_graph.build.sources import Locator, Project, SourceFile, parse
from miit_graph.build.validate import Report, validate
from miit_graph.vocabulary import RDFS, SKOS

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Assembled:
    """Everything that is to be frozen, before it was checked."""

    store: ox.Store
    """All named graphs; the default graph is empty."""
    files: tuple[SourceFile, ...]
    per_rule: dict[str, int]


def assemble(project: Project, extra: Iterable[SourceFile] = (), progress: Progress = _silent) -> Assembled:
    """Parse all files of `project` (and `extra` ones) and derive the plain triples.

    Raises SourceError (file, line, column) or RuleError.
    """
    progress("Reading the authored files")
    store = ox.Store()
    files = (*project.files, *extra)
    for file in files:
        store.bulk_extend(parse(file))
    progress("Deriving plain triples")
    return Assembled(store, files, derive(store, project))


def merge(store: ox.Store, leave_out: Iterable[str] = ()) -> ox.Store:
    """A new store whose default graph has every triple of `store` once, but for those of the graphs `leave_out`."""
    skip = {ox.NamedNode(iri) for iri in leave_out}
    merged = ox.Store()
    merged.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in store if q.graph_name not in skip)
    return merged


def check(
    project: Project,
    assembled: Assembled,
    progress: Progress = _silent,
    sources: Path | None = None,
    processor: str = "rudof",
) -> Report:
    """Validate what was assembled against the project's shapes. The shapes are not part of the data they check.

    With `sources`, the folder of the source texts, each quote is compared with the lines that it cites.
    """
    progress("Validating against the shapes")
    data = merge(assembled.store, leave_out=(file.graph for file in assembled.files if file.role == "shapes"))
    locator = Locator(tuple(file for file in assembled.files if file.role != "shapes" and file.path.exists()))
    report = validate(data, shapes_of(project), locator, processor)
    report = report.with_findings(check_texts_and_dates(data, locator))
    if sources is None:
        return report
    progress("Comparing quotes with the sources")
    return report.with_findings(check_quotes(assembled.store, sources, locator))


def shapes_of(project: Project) -> Graph:
    """The shapes of `project`; read again only if its files have changed. Raises ProjectError."""
    texts = [(file.name, file.path.read_bytes()) for file in project.files if file.role == "shapes"]
    if project.model:
        texts.append(("model", project.model.deactivations()))
    return _loaded_shapes(tuple(texts))


@lru_cache(maxsize=1)
def _loaded_shapes(texts: tuple[tuple[str, bytes], ...]) -> Graph:
    return load_shapes(texts)


def check_files(data: Iterable[Path], shapes: Iterable[Path], processor: str = "rudof") -> Report:
    """Validate any RDF files against any SHACL files in Turtle, without deriving anything."""
    loaded = load_files(data, union=True)
    shape_files = discover(shapes)
    for path in shape_files:
        if path.suffix != ".ttl":
            raise ProjectError(f"{path}: shapes are read as Turtle, from files ending in .ttl.")
        for _ in parse(SourceFile(path, str(path), "urn:shapes", "shapes")):
            pass  # for its error message, which names line and column
    texts = tuple(SourceFile(path, str(path), "urn:data", "data") for path in loaded.files if path.suffix == ".ttl")
    graph = load_shapes((str(path), path.read_bytes()) for path in shape_files)
    return validate(merge(loaded.store), graph, Locator(texts), processor)


def build(
    project: Project,
    snapshots: Path,
    progress: Progress = _silent,
    sources: Path | None = None,
    processor: str = "rudof",
    inference: bool = True,
) -> tuple[Snapshot, Report]:
    """Build `project` and publish the result below the folder `snapshots`; see `check` for `sources`.

    With `inference`, what follows from the ontology is added in the graph ``inferred``, after validation: shapes judge
    what was said, not what follows from it. Last comes the graph ``description``, see `miit_graph.build.describe`.

    Raises BuildError of some kind (ValidationError carries the report) and then leaves what was published untouched.
    """
    assembled = assemble(project, progress=progress)
    return finish(project, assembled, snapshots, progress, sources, processor, inference)


def finish(
    project: Project,
    assembled: Assembled,
    snapshots: Path,
    progress: Progress = _silent,
    sources: Path | None = None,
    processor: str = "rudof",
    inference: bool = True,
    publish: bool = True,
    changed: Snapshot | None = None,
) -> tuple[Snapshot, Report]:
    """The second half of `build`: check what was assembled, complete it and freeze it.

    Without `publish` the snapshot is complete but not the one that is served. `changed` is the snapshot that a change
    has made this one of, without looking at the files.
    """
    inputs = project.inputs_digest() if changed is None else changed.manifest.get("inputs", "")
    report = check(project, assembled, progress, sources, processor)
    if not report.conforms:
        raise ValidationError(report)
    if inference:
        progress("Writing out what follows from the ontology")
        infer(assembled.store, project)
    manifest = _describe(project, assembled, report, inputs)
    manifest["origin"] = FROM_FILES if changed is None else FROM_CHANGE
    progress("Describing the dataset")
    manifest["graphs"].append(describe(assembled.store, project, manifest))
    progress("Freezing the snapshot")
    return freeze(assembled.store, snapshots, manifest, publish=publish), report


def refreeze(quads: Iterable[ox.Quad], snapshots: Path, like: Snapshot) -> Snapshot:
    """A snapshot of another state of the dataset that ``like`` is of, out of all its quads; it is not published."""
    store = ox.Store()
    store.bulk_extend(quads)
    files = {graph["iri"]: graph.get("file") for graph in like.manifest["graphs"]}
    names = sorted(graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode))
    counted = [
        {"iri": iri, "file": files.get(iri), "triples": _size(store, ox.NamedNode(iri))}
        for iri in {**files, **dict.fromkeys(names)}
    ]
    manifest = {**like.manifest, "graphs": counted, "classes": _class_counts(store)}
    for computed in ("layout", "version", "sha256", "quads", "triples"):
        del manifest[computed]
    return freeze(store, snapshots, manifest, publish=False)


def _describe(project: Project, assembled: Assembled, report: Report, inputs: str) -> dict[str, Any]:
    """The manifest's account of the build: what went in, what came out, how it was checked."""
    store = assembled.store
    return {
        "name": project.name,
        "base": project.base,
        "union": True,
        "title": dict(project.title),
        "short_title": dict(project.short_title),
        "description": dict(project.description),
        "license": project.license,
        "prefixes": project.prefixes,
        "built": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "program": program_versions(),
        "inputs": inputs,
        "report": {"conforms": report.conforms, **report.counts()},
        "rules": assembled.per_rule,
        "graphs": _graph_counts(project, assembled),
        "classes": _class_counts(store),
        "figures": list(project.figures),
        "start": list(project.start),
        "colours": project.colours.as_dict(),
        "examples": [query.as_dict() for query in read_queries(project.query_files())],
    }


def _graph_counts(project: Project, assembled: Assembled) -> list[dict[str, Any]]:
    """Each named graph with its file (None for what was derived) and its number of triples."""
    files: dict[str, str | None] = {file.graph: file.name for file in assembled.files}
    files |= {project.graph(name): None for name in ("derived", "derivations", "inferred")}
    counted = [
        {"iri": iri, "file": name, "triples": _size(assembled.store, ox.NamedNode(iri))} for iri, name in files.items()
    ]
    return [graph for graph in counted if graph["triples"] or graph["file"]]


def _size(store: ox.Store, graph: ox.NamedNode) -> int:
    return sum(1 for _ in store.quads_for_pattern(None, None, None, graph))


_CLASS_COUNTS = f"""
SELECT ?class (COUNT(DISTINCT ?thing) AS ?count) (SAMPLE(?english) AS ?en) (SAMPLE(?chinese) AS ?zh) {{
  ?thing a ?class . FILTER(isIRI(?class))
  OPTIONAL {{ ?class <{SKOS.prefLabel}>|<{RDFS.label}> ?english FILTER(LANG(?english) = "en") }}
  OPTIONAL {{ ?class <{SKOS.prefLabel}>|<{RDFS.label}> ?chinese FILTER(LANG(?chinese) = "zh") }}
}} GROUP BY ?class ORDER BY DESC(?count) ?class"""


def _class_counts(store: ox.Store) -> list[dict[str, Any]]:
    """Each class with its labels and its number of instances, most first."""
    rows = store.query(_CLASS_COUNTS, use_default_graph_as_union=True)
    assert isinstance(rows, ox.QuerySolutions)
    return [
        {
            "iri": row["class"].value,
            "label": {lang: row[lang].value for lang in ("en", "zh") if row[lang] is not None},
            "count": int(row["count"].value),
        }
        for row in rows
    ]
