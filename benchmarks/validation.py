"""How long validation and a whole build take, and whether all SHACL processors find the same.

    .venv/bin/python benchmarks/validation.py [--sizes 0 10000 100000] [--ways …] [--limit 180]

A size is the number of authored triples of a generated graph (see generate.py); 0 is the shipped graph. Into each
generated graph ten mistakes are planted, and these, and nothing else but unused codes, must be found. What is validated
is more than the authored triples: the ontology, the codes and everything derived come to them; the table says how many.

Ways of validating, each in a process of its own, from data in a store to the report:

rudof            as a build does it
rudof-one-by-one the same, but every SPARQL constraint is asked for each focus node alone
pyshacl          pySHACL over our Oxigraph-backed graph that counts itself once
pyshacl-memory   pySHACL over rdflib's memory store

Seconds are wall clock and processor time of all threads (the latter says more on a machine that does other things
besides); memory is the peak of the process. What would take longer than the limit, judging by the size before, is
skipped. Exit code 1: the findings differ, or are not those expected.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import generate
import pyoxigraph as ox
from rdflib import Graph, URIRef

from miit_graph.build import shacl
from miit_graph.build.pipeline import assemble, build, check, merge
from miit_graph.build.sources import Project
from miit_graph.vocabulary import DCT, RDF, SH

ROOT = Path(__file__).resolve().parents[1]
WAYS = ("rudof", "rudof-one-by-one", "pyshacl", "pyshacl-memory")
MISTAKES = len(generate.MISTAKES)
TARGETS = {0: 3, 100_000: 20}
"""Seconds that a whole validation may take, by size (issue 4)."""

Result = tuple[str, str, str, str]
"""Focus node, shape, path and value."""


@contextmanager
def clock(into: dict[str, Any], name: str) -> Iterator[None]:
    """Put wall-clock and processor seconds of the block into `into`."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    into[name] = [time.perf_counter() - wall, time.process_time() - cpu]


# In processes of their own


def measure_way(way: str, project: Project) -> dict[str, Any]:
    """Validate `project` in one way: seconds, number of triples, and what was found."""
    answer: dict[str, Any] = {}
    assembled = assemble(project)
    texts = [(file.name, file.path.read_bytes()) for file in assembled.files if file.role == "shapes"]
    data = merge(assembled.store, leave_out=[file.graph for file in assembled.files if file.role == "shapes"])
    del assembled
    shapes = shacl.load_shapes(texts)
    answer["triples"] = len(data)
    if way == "pyshacl-memory":
        from pyshacl import validate

        memory = Graph().parse(data=data.dump(format=ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph()), format="nt")
        del data
        with clock(answer, "seconds"):
            _, report, text = validate(memory, shacl_graph=shapes, inference="none", inplace=True)
        assert isinstance(report, Graph), text
    else:
        if way == "rudof-one-by-one":
            shacl.narrow = lambda _, shapes: shapes  # type: ignore[attr-defined]
        with clock(answer, "seconds"):
            report = shacl.run(data, shapes, way.partition("-")[0])
    answer["results"] = sorted(results(report))
    answer["rules"] = {
        severity: Counter(
            str(shapes.value(report.value(node, URIRef(SH.sourceShape)), URIRef(DCT.identifier)))
            for node in report.subjects(URIRef(SH.resultSeverity), URIRef(SH[severity]))
        )
        for severity in ("Violation", "Warning")
    }
    return answer


def results(report: Graph) -> Iterator[Result]:
    """What a validation report says, without blank nodes, whose names differ between processors."""
    for node in report.subjects(URIRef(RDF.type), URIRef(SH.ValidationResult)):
        terms = (report.value(node, URIRef(SH[n])) for n in ("focusNode", "sourceShape", "resultPath", "value"))
        focus, shape, path, value = ("" if not isinstance(t, URIRef) and "_:" in str(t) else str(t) for t in terms)
        yield focus, shape, path if path.startswith("http") else "", value


def measure_build(project: Project) -> dict[str, Any]:
    """Build `project`, with the time of each stage; then validate it alone, as ``miit-graph validate`` does."""
    stages: list[tuple[str, float, float]] = []

    def progress(message: str) -> None:
        stages.append((message, time.perf_counter(), time.process_time()))

    with tempfile.TemporaryDirectory() as snapshots:
        build(project, Path(snapshots), progress)
    progress("")
    pairs = pairwise(stages)
    answer: dict[str, Any] = {
        "stages": {name: [until - wall, after - cpu] for (name, wall, cpu), (_, until, after) in pairs},
    }
    assembled = assemble(project)
    with clock(answer, "seconds"):
        check(project, assembled)
    return answer


# In the process that is run


def make_project(size: int, mistakes: int, folder: Path) -> Path:
    """The shipped project, or one with its ontology, codes, rules and shapes and generated data."""
    if size == 0:
        return ROOT
    folder.mkdir()
    for part in ("ontology", "codes", "rules", "shapes"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "graph.toml", folder)
    (folder / "data").mkdir()
    with (folder / "data" / "generated.ttl").open("w", encoding="utf-8") as out:
        out.writelines(generate.triples(size, mistakes))
    return folder


def in_process(task: str, folder: Path, limit: float) -> dict[str, Any] | None:
    """What a process of its own measures; None if it takes longer than `limit` seconds."""
    command = [sys.executable, str(Path(__file__)), "--task", task, "--project", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        raise SystemExit(f"{task}: {done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def compare(size: int, ways: list[str], folder: Path, limit: float, last: dict[str, float], growth: float) -> bool:
    """Print a row per way for one size; whether all ways found the same, and that what was expected."""
    found: dict[str, Any] = {}
    for way in ways:
        guess = last.get(way, 0) * growth
        answer = None if guess > limit else in_process(way, folder, limit)
        if answer is None:
            last[way] = max(guess, limit)
            why = f"skipped, {guess:.0f} or more expected" if guess > limit else f"stopped after {limit:.0f}"
            print(f"| {size or 'shipped'} | | {way} | {why} | | | | |", flush=True)
            continue
        found[way] = answer
        wall, cpu = answer["seconds"]
        last[way] = cpu
        ratio = cpu / found[ways[0]]["seconds"][1]
        row = (size or "shipped", f"{answer['triples']:,}", way, f"{wall:.1f}", f"{cpu:.1f}", f"{ratio:.1f}")
        print("|", " | ".join(map(str, (*row, f"{answer['memory']} MB", len(answer["results"])))), "|", flush=True)
    same = len({json.dumps(answer["results"]) for answer in found.values()}) == 1
    wanted = {"Violation": dict(generate.expected(MISTAKES)), "Warning": {}}
    right = size == 0 or all(answer["rules"] == wanted for answer in found.values())
    if not same:
        print(f"\nThe ways of validating {size or 'the shipped graph'} differ:", file=sys.stderr)
        first = {tuple(result) for result in found[ways[0]]["results"]}
        for way, answer in found.items():
            for result in sorted(first ^ {tuple(result) for result in answer["results"]})[:10]:
                print(f"  {way} / {ways[0]}: {result}", file=sys.stderr)
    if not right:
        print(f"\nFound in {size}: {[answer['rules'] for answer in found.values()]}, not {wanted}", file=sys.stderr)
    return same and right


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[0, 10_000, 100_000], metavar="N")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--limit", type=float, default=180, help="seconds that one validation may take (180)")
    parser.add_argument("--task", help=argparse.SUPPRESS)
    parser.add_argument("--project", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.task:
        project = Project.open(arguments.project)
        answer = measure_build(project) if arguments.task == "build" else measure_way(arguments.task, project)
        answer["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        json.dump(answer, sys.stdout)
        return
    right = True
    with tempfile.TemporaryDirectory() as parent:
        print("| authored triples | validated | way | seconds | processor | ratio | memory | results |")
        print("|---|---|---|---|---|---|---|---|", flush=True)
        last: dict[str, float] = {}
        for before, size in zip([None, *arguments.sizes], arguments.sizes, strict=False):
            folder = make_project(size, MISTAKES, Path(parent, f"{size}-with-mistakes"))
            growth = size / before if before else 1
            right &= compare(size, arguments.ways, folder, arguments.limit, last, growth)
        print("\n| authored triples | stage | seconds | processor |\n|---|---|---|---|")
        for size in arguments.sizes:
            answer = in_process("build", make_project(size, 0, Path(parent, str(size))), 3600)
            assert answer is not None
            name = size or "shipped"
            for stage, (wall, cpu) in answer["stages"].items():
                print(f"| {name} | {stage} | {wall:.2f} | {cpu:.2f} |")
            wall, cpu = answer["seconds"]
            target = f", target {TARGETS[size]}" if size in TARGETS else ""
            print(f"| {name} | **validation alone, with the rules checked by code{target}** | {wall:.2f} | {cpu:.2f} |")
            print(f"| {name} | memory of the process | {answer['memory']} MB | |", flush=True)
    sys.exit(0 if right else 1)


if __name__ == "__main__":
    main()
