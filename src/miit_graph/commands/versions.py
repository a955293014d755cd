"""Commands about versions, who said what and which there are: blame, versions."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from miit_graph import dataset
from miit_graph.build.errors import ProjectError
from miit_graph.commands.chosen import open_dataset, project_of
from miit_graph.dataset import Dataset
from miit_graph.publish.ask import Asker
from miit_graph.settings import Settings
from miit_graph.versions.blame import BadTriple, read_asked, read_blame
from miit_graph.versions.history import JOURNAL, History
from miit_graph.versions.journal import Version
from miit_graph.versions.prune import Policy, prune


def blame(arguments: argparse.Namespace) -> int:
    """Print which version said what of a thing or triple, and all that happened to it. Raises ProjectError."""
    opened = _open(arguments)
    history = _history(opened)
    settings = Settings.from_environment()
    asker = Asker(dataset.engine_for(opened, settings), settings.limits())
    try:
        asked = read_asked(arguments.what, opened.about["prefixes"])
    except BadTriple as error:
        raise ProjectError(str(error)) from None
    found = read_blame(history, asker, asked, str(opened.about.get("base", "")))
    if not found.lines and not found.events:
        raise ProjectError(f"No version says anything of {asked}.")
    if arguments.format == "json":
        now = [{"triple": str(quad.triple), **_told(version)} for quad, version in found.lines.items()]
        events = [
            {**_told(event.version), "added": [str(q) for q in event.added], "removed": [str(q) for q in event.removed]}
            for event in found.events
        ]
        print(json.dumps({"now": now, "events": events}, ensure_ascii=False, indent=2))
        return 0
    for quad, version in found.lines.items():
        print(f"{version.number:>5}  {version.time[:10]}  {version.author:<12.12}  {quad.triple}")
    for event in found.events:
        version = event.version
        print(f"\nversion {version.number}, {version.time}, {version.author}: {version.message}")
        for sign, quads in (("-", event.removed), ("+", event.added)):
            for quad in quads:
                print(f"  {sign} {quad.triple}")
    return 0


def versions(arguments: argparse.Namespace) -> int:
    """Print all versions, newest first; with ``--prune`` remove the snapshots that needn't be kept."""
    opened = _open(arguments)
    history = _history(opened)
    if arguments.prune:
        settings = Settings.from_environment()
        policy = Policy(settings.keep_versions, settings.keep_every)
        gone = prune(Path(opened.place).parent, history.versions, policy)
        print(f"{len(gone)} snapshots removed; their versions are made from the journal when they are asked for.")
        return 0
    if arguments.format == "json":
        print(json.dumps([_told(version) for version in reversed(history.versions)], ensure_ascii=False, indent=2))
        return 0
    for version in reversed(history.versions):
        line = version.message.split("\n")[0]
        counts = f"+{version.added} -{version.removed}"
        print(f"{version.number:>5}  {version.time[:19]}  {version.snapshot}  {counts:>12}  {version.author}: {line}")
    return 0


def _open(arguments: argparse.Namespace) -> Dataset:
    """What is published in a project with a journal, whatever its files say by now; else as in every command."""
    if not (arguments.snapshot or arguments.data):
        settings = Settings.from_environment()
        folder = dataset.snapshots_folder(project_of(arguments), settings)
        if (folder / JOURNAL).is_file():
            return dataset.open_dataset(dataset.Selection(snapshot=folder), settings)
    return open_dataset(arguments)


def _history(opened: Dataset) -> History:
    folder = Path(opened.place).parent
    if not (folder / JOURNAL).is_file():
        raise ProjectError(f"No versions are recorded for {opened.place}: there is no {JOURNAL} in {folder}.")
    return History(folder)


def _told(version: Version) -> dict[str, Any]:
    return {
        "version": version.number,
        "time": version.time,
        "author": version.author,
        "message": version.message,
        "hash": version.snapshot,
    }
