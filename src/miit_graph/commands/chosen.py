"""What the options of a command choose: the settings, the project, what to work on."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator

from miit_graph import dataset
from miit_graph.build.sources import Project
from miit_graph.dataset import Dataset, Selection
from miit_graph.settings import Settings


@contextlib.contextmanager
def reporting() -> Iterator[Callable[[str], None]]:
    """A line that says what is being done, on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(f"{text} …")


def project_of(arguments: argparse.Namespace) -> Project:
    """The project that --project names, else the one you are in, else the one that is shipped."""
    return Project.open(arguments.project) if arguments.project else dataset.default_project()


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings of the environment, with the endpoints that --allow-service names."""
    named = {"MIIT_GRAPH_SERVICES": " ".join(arguments.allow_service)} if arguments.allow_service else {}
    return Settings.from_environment({**os.environ, **named})


def select(arguments: argparse.Namespace, settings: Settings) -> Selection:
    """What the options name, else what the settings do."""
    if getattr(arguments, "endpoint", None):
        return Selection(endpoint=arguments.endpoint)
    if not (arguments.project or arguments.snapshot or arguments.data):
        return Selection.from_settings(settings)
    return Selection(
        project=arguments.project,
        snapshot=arguments.snapshot,
        data=tuple(arguments.data or ()),
        union=arguments.default_graph == "union",
    )


def endpoint_of(arguments: argparse.Namespace) -> str:
    """The endpoint that the options name, or the settings if they name nothing else."""
    return select(arguments, Settings.from_environment()).endpoint


def open_dataset(arguments: argparse.Namespace) -> Dataset:
    """The dataset that the options name, built first if it is stale."""
    with reporting() as progress:
        settings = Settings.from_environment()
        return dataset.open_dataset(select(arguments, settings), settings, progress)
