"""What several commands take: where the graph is, and how a command is declared."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
"""Where commands are added."""


def command(commands: Commands, name: str, text: str, example: str) -> argparse.ArgumentParser:
    """A new command, with what it does and how it is called."""
    return commands.add_parser(
        name,
        help=text,
        description=text,
        epilog=f"example:\n{example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def source_options(parser: argparse.ArgumentParser, endpoint: bool = False, follow: bool = False) -> None:
    """What to work on: a project (the default), a built snapshot, any RDF files, an endpoint, or another server."""
    which = parser.add_mutually_exclusive_group()
    if endpoint:
        which.add_argument(
            "--endpoint", metavar="URL", help="a running server, or any SPARQL endpoint ($MIIT_GRAPH_ENDPOINT)"
        )
    if follow:
        which.add_argument("--follow", metavar="URL", help="copy and serve what this server serves, now and later")
    which.add_argument(
        "--project",
        type=Path,
        metavar="DIR",
        help="folder with a graph.toml (default: the one you are in, else the one that is shipped)",
    )
    which.add_argument("--snapshot", type=Path, metavar="DIR", help="a built snapshot")
    which.add_argument(
        "--data",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="RDF files or folders (.ttl .trig .nt .nq .jsonld .rdf, also .gz), without ontology or shapes",
    )
    parser.add_argument(
        "--default-graph",
        choices=("own", "union"),
        default="own",
        help="with --data: default graph as in the files (own), or with all named graphs merged into it (union)",
    )


def services_option(parser: argparse.ArgumentParser) -> None:
    """Which endpoints queries may ask."""
    parser.add_argument(
        "--allow-service",
        nargs="+",
        metavar="URL",
        help="SPARQL endpoints that queries may ask with SERVICE; one that ends in / stands for all that begin with it"
        " (default: $MIIT_GRAPH_SERVICES, else none)",
    )


def sources_option(parser: argparse.ArgumentParser, required: bool = False) -> None:
    """Where the source texts are."""
    parser.add_argument(
        "--sources",
        type=Path,
        metavar="DIR",
        required=required,
        help="folder with the source texts" + ("" if required else ": also compare every quote with its lines"),
    )


def processor_option(parser: argparse.ArgumentParser) -> None:
    """What validates."""
    parser.add_argument(
        "--processor",
        choices=("rudof", "pyshacl"),
        default="rudof",
        help="SHACL processor: rudof is fast, pyshacl the reference",
    )
