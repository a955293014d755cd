"""The arguments of the commands that keep versions safe: backup, restore."""

from __future__ import annotations

import argparse
from pathlib import Path

from miit_graph.arguments.shared import Commands, command


def _place_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="the backup")
    parser.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    parser.add_argument("--snapshots", type=Path, metavar="DIR", help="folder of versions (default: the project's)")


def backup(commands: Commands) -> None:
    """Declare ``backup``."""
    parser = command(
        commands,
        "backup",
        "Write all versions into one file, while others read and write, and check it.",
        "  miit-graph backup miit-graph-2026-11-22.tar.gz\n  miit-graph backup --check miit-graph-2026-11-22.tar.gz",
    )
    _place_options(parser)
    parser.add_argument("--check", action="store_true", help="only check a backup that was made before")
    parser.add_argument(
        "--all",
        action="store_true",
        help="also snapshots that could be made again from the journal",
    )
    parser.add_argument("--tokens", type=Path, metavar="FILE", help="also this file with names and hashes of tokens")


def restore(commands: Commands) -> None:
    """Declare ``restore``."""
    parser = command(
        commands,
        "restore",
        "Put the versions of a backup in place, after it was checked; no server may run over them.",
        "  miit-graph restore miit-graph-2026-11-22.tar.gz",
    )
    _place_options(parser)
    parser.add_argument("--tokens", type=Path, metavar="FILE", help="where to put names and hashes of tokens")
    parser.add_argument("--replace", action="store_true", help="put aside what is there, under another name")
