"""Commands that make a graph from a project's files, and check it: new, build, validate, coverage."""

from __future__ import annotations

import argparse
import sys

from miit_graph import dataset
from miit_graph.build.errors import ValidationError
from miit_graph.commands.chosen import project_of, reporting
from miit_graph.settings import Settings
from miit_graph.vocabulary import shorten


def new(arguments: argparse.Namespace) -> int:
    """Make a project and say how to go on."""
    from miit_graph.build.new import new_project

    folder = new_project(arguments.folder, arguments.base, arguments.title)
    print(f"{folder}: made. Go on with:\n  cd {folder}\n  miit-graph validate --sources sources\n  miit-graph serve")
    return 0


def build(arguments: argparse.Namespace) -> int:
    """Build and publish a snapshot; a graph that does not conform is reported and leaves the old one in place."""
    from miit_graph.build import report
    from miit_graph.versions.sync import build_version

    project = project_of(arguments)
    snapshots = arguments.out or dataset.snapshots_folder(project, Settings.from_environment())
    try:
        with reporting() as progress:
            snapshot, result = build_version(
                project, snapshots, progress, arguments.sources, arguments.processor, arguments.inference
            )
    except ValidationError as error:
        sys.stderr.write(report.render(error.report, severities=("Violation",)))
        print("Nothing was published; the snapshot that was there stays as it is.", file=sys.stderr)
        return 1
    print(f"{snapshot.path}: version {snapshot.version}, {snapshot.manifest['triples']:,} triples")
    print(report.summary(result))
    return 0


def validate(arguments: argparse.Namespace) -> int:
    """Check and print the report; exit code 1 if there is a violation."""
    from miit_graph.build import pipeline, report

    with reporting() as progress:
        if arguments.data:
            shapes = arguments.shapes or [f.path for f in project_of(arguments).files if f.role == "shapes"]
            result = pipeline.check_files(arguments.data, shapes, arguments.processor)
        else:
            project = project_of(arguments)
            assembled = pipeline.assemble(project, progress=progress)
            result = pipeline.check(project, assembled, progress, arguments.sources, arguments.processor)
    sys.stdout.write(report.render(result, arguments.format, arguments.lang, arguments.limit))
    return 0 if result.conforms else 1


def coverage(arguments: argparse.Namespace) -> int:
    """Say for each line of the sources which facts cite it; exit code 1 if a line is neither cited nor explained."""
    from miit_graph.build import pipeline
    from miit_graph.build.evidence import coverage as read_coverage

    project = project_of(arguments)
    store = pipeline.assemble(project).store
    lines = list(read_coverage(store, arguments.sources, project.root / "data" / "NOT-MODELLED.md"))
    missing = [line for line in lines if not line.explained]
    for line in missing if arguments.missing else lines:
        if line.text.strip():
            what = " ".join(shorten(node) for node in line.citing) or line.reason or "NOT COVERED"
            print(f"{line.file}:{line.number}  {what}")
    written = [line for line in lines if line.text.strip()]
    cited = sum(bool(line.citing) for line in written)
    print(
        f"{len(written)} lines with text: {cited} cited, {len(written) - cited - len(missing)} explained, "
        f"{len(missing)} not covered",
        file=sys.stderr,
    )
    return 1 if missing else 0
