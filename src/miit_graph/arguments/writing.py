"""The arguments of the command that changes the data: update."""

from __future__ import annotations

import os
from pathlib import Path

from miit_graph.arguments.shared import Commands, command


def update(commands: Commands) -> None:
    """Declare ``update``."""
    parser = command(
        commands,
        "update",
        "Run a SPARQL update: what conforms to the shapes becomes a version, anything else changes nothing.",
        "  miit-graph update fix.ru --message 'Corrects a date'\n"
        "  MIIT_GRAPH_TOKEN=… miit-graph update - --endpoint http://127.0.0.1:8000/sparql --dry-run < fix.ru",
    )
    parser.add_argument("update", metavar="FILE|-|TEXT", help="a file, - for standard input, or the update itself")
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--project", type=Path, metavar="DIR", help="folder with a graph.toml; no server may run over it"
    )
    where.add_argument("--endpoint", metavar="URL", help="the /sparql address of a server that takes changes")
    parser.add_argument(
        "--token",
        default="",
        help="with --endpoint (default: $MIIT_GRAPH_TOKEN, which other users of the machine can't read)",
    )
    parser.add_argument("--message", default="", help="why, for those who read the versions")
    parser.add_argument(
        "--author", default=os.environ.get("USER", "somebody"), help="with a project: who (default: $USER)"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the report")
