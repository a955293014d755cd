"""Commands that change data or files: update, export source."""

from __future__ import annotations

import argparse
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

from miit_graph import dataset
from miit_graph.build import report
from miit_graph.build.errors import ProjectError
from miit_graph.build.sources import Project
from miit_graph.commands.chosen import project_of
from miit_graph.settings import Settings
from miit_graph.versions.change import ChangeRefused
from miit_graph.versions.history import JOURNAL
from miit_graph.versions.journal import Journal
from miit_graph.versions.source import write_back
from miit_graph.versions.sync import accepted
from miit_graph.versions.writer import Told, Writer
from miit_graph.vocabulary import prefixes_for
from miit_graph.writing.attempt import discard
from miit_graph.writing.operations import UPDATE, Operation

_SECONDS = 600


def update(arguments: argparse.Namespace) -> int:
    """Run a SPARQL update; exit code 1 if it is refused."""
    text = _text(arguments.update)
    if arguments.endpoint:
        return _send(arguments, text)
    project, snapshots = _place(arguments)
    dataset.prepare(dataset.Selection(project=project.root), Settings.from_environment(), lambda _: None)
    with Writer.open(project, snapshots) as writer:
        try:
            proposal = writer.propose(Operation(UPDATE, text).change(prefixes_for(project.base)))
        except ChangeRefused as error:
            raise ProjectError(str(error)) from None
        if proposal.snapshot is None:
            sys.stderr.write(report.render(proposal.report, lang=arguments.lang, severities=("Violation",)))
            print("Nothing was changed.", file=sys.stderr)
            return 1
        counts = f"{len(proposal.patch.added)} triples added, {len(proposal.patch.removed)} removed"
        if not proposal.authored:
            print("Nothing to change.")
        elif arguments.dry_run:
            discard(writer, proposal)
            print(f"Would be accepted: {counts}.")
        else:
            version = writer.accept(proposal, Told(arguments.author, arguments.message))
            print(f"Version {version.number} ({version.snapshot}): {counts}.")
    return 0


def _text(argument: str) -> str:
    if argument == "-":
        return sys.stdin.read()
    path = Path(argument)
    if "{" in argument or not path.exists():
        return argument
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{argument} cannot be read as an update: {error}") from None


def _send(arguments: argparse.Namespace, text: str) -> int:
    """Have a server do it."""
    token = arguments.token or os.environ.get("MIIT_GRAPH_TOKEN", "")
    if not token:
        raise ProjectError("A server wants a token: MIIT_GRAPH_TOKEN in the environment, or --token.")
    if arguments.token:
        print("Warning: others on this machine can see --token; use MIIT_GRAPH_TOKEN instead.", file=sys.stderr)
    parameters = {"message": arguments.message} | ({"dry-run": "true"} if arguments.dry_run else {})
    request = urllib.request.Request(
        f"{arguments.endpoint}?{urlencode(parameters)}",
        text.encode(),
        {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:
            told = json.load(response)
    except urllib.error.HTTPError as error:
        content = error.read()
        try:
            told = json.loads(content)
        except ValueError:
            told = {"detail": content.decode("utf-8", "replace")[:500]}
        print(f"{error.code} {told.get('title', '')}\n{told.get('detail', '')}", file=sys.stderr)
        for finding in told.get("report", {}).get("findings", ()):
            message = finding["message"].get(arguments.lang) or next(iter(finding["message"].values()), "")
            print(f"  {finding['severity']} {finding['rule']}: {finding['focus']} {message}", file=sys.stderr)
            if hint := finding.get("hint", {}).get(arguments.lang):
                print(f"    → {hint}", file=sys.stderr)
        return 1
    except (urllib.error.URLError, ValueError, OSError) as error:
        raise ProjectError(f"{arguments.endpoint} could not be asked: {error}") from None
    counts = f"{told['added']} triples added, {told['removed']} removed"
    version = f"version {told['version']} ({told['snapshot']})"
    if arguments.dry_run:
        print(f"Would be accepted: {counts}. Nothing was changed: {version}.")
    elif told["changed"] or told.get("repeated"):
        print(f"{version.capitalize()}: {counts}.")
    else:
        print(f"Nothing to change: {version}.")
    return 0


def export_source(arguments: argparse.Namespace) -> int:
    """Write accepted changes back into the project's files."""
    project, snapshots = _place(arguments)
    journal = Journal(snapshots / JOURNAL)
    latest = journal.latest
    if latest is None:
        print("Nothing was changed since it was built, so there is nothing to write.")
        return 0
    written = write_back(project, accepted(journal, snapshots))
    for name, count in written.items():
        print(f"{name}: {count} subject(s)")
    print(f"{len(written)} file(s) written: up to version {latest.number}. Check with: miit-graph build")
    return 0


def _place(arguments: argparse.Namespace) -> tuple[Project, Path]:
    project = project_of(arguments)
    return project, dataset.snapshots_folder(project, Settings.from_environment())
