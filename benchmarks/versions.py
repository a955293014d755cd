"""What a version costs: bytes on disk as a folder and as a record of the journal, and the time to make it again.

    .venv/bin/python benchmarks/versions.py [--project DIR] [--changes 3] [--far 100]

A few names of the project are changed through the writer, so records have the size of real ones; the versions that
follow change one name each and are written to the journal alone. Times are CPU seconds of this process.
"""

from __future__ import annotations

import argparse
import gzip
import tempfile
import time
from pathlib import Path

import pyoxigraph as ox

from miit_graph.build.pipeline import build
from miit_graph.build.sources import Project
from miit_graph.versions.history import JOURNAL, History
from miit_graph.versions.journal import Journal, Version
from miit_graph.versions.past import load_version
from miit_graph.versions.patch import Patch
from miit_graph.versions.writer import Told, Writer
from miit_graph.vocabulary import SKOS


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--project", type=Path, default=Path(__file__).resolve().parent.parent)
    arguments.add_argument("--changes", type=int, default=3)
    arguments.add_argument("--far", type=int, default=100)
    options = arguments.parse_args()
    project = Project.open(options.project)
    with tempfile.TemporaryDirectory(prefix="miit-graph-versions-") as folder:
        measure(project, Path(folder), options.changes, options.far)


def measure(project: Project, folder: Path, changes: int, far: int) -> None:
    """Make versions in ``folder`` and time reading them."""
    first, _ = build(project, folder)
    whole = sum(file.stat().st_size for file in first.path.iterdir())
    packed = sum(len(gzip.compress(file.read_bytes())) for file in first.path.iterdir())
    label = ox.NamedNode(SKOS.prefLabel)
    named = sorted((q for q in first.quads() if q.predicate == label and "/graph/data/" in str(q.graph_name)), key=str)
    with Writer.open(project, folder) as writer:
        empty = (folder / JOURNAL).stat().st_size
        for quad in named[:changes]:
            began = time.process_time()
            proposal = writer.propose(renaming(quad))
            assert proposal.snapshot is not None, "the change breaks a rule"
            writer.accept(proposal, Told("benchmark", "renames one thing"))
            print(f"a change through the writer: {time.process_time() - began:.2f} s of CPU time here")
        written = (folder / JOURNAL).stat().st_size - empty
    print(f"folder of one version: {whole:,} bytes ({packed:,} compressed)")
    print(f"record of one version: {written // changes:,} bytes")
    with Journal(folder / JOURNAL, writing=True) as journal:
        for n in range(far):
            quad = named[(changes + n) % len(named)]
            latest = journal.latest
            assert latest is not None
            version = Version(latest.number + 1, latest.time, "benchmark", "", f"none-{n:04}", 1, 0)
            extra = ox.Quad(quad.subject, label, ox.Literal(f"name {n}", language="en-x-n"), quad.graph_name)
            journal.append(version, Patch(frozenset({extra})))
    last = changes + 1 + far
    for number in sorted({changes + 1, changes + 2, changes + 11, changes + 1 + far // 2, last}):
        began = time.process_time()
        load_version(folder, number)
        distance = max(0, number - changes - 1)
        print(f"loaded from a kept folder {distance} versions away: {time.process_time() - began:.2f} s")
    began = time.process_time()
    history = History(folder)
    history.touching([])
    print(f"index of {last} versions for blame: {time.process_time() - began:.3f} s")
    began = time.process_time()
    history.events([str(named[0].subject.value)])
    print(f"what happened to one thing, once indexed: {(time.process_time() - began) * 1000:.1f} ms")


def renaming(quad: ox.Quad):  # type: ignore[no-untyped-def]
    """A change that adds another name to what a quad names."""
    extra = ox.Quad(
        quad.subject, ox.NamedNode(SKOS.altLabel), ox.Literal("Another name", language="en"), quad.graph_name
    )
    return lambda store: store.add(extra)


if __name__ == "__main__":
    main()
