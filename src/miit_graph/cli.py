"""The command line: parses arguments (see `miit_graph.arguments`) and calls `miit_graph.commands`.

Exit codes: 0 done, 1 the data or the query is at fault (the message says where), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from miit_graph import __version__
from miit_graph.arguments import building, exporting, keeping, querying, serving, versions, writing
from miit_graph.arguments.exporting import DUMP_FORMATS, GRAPH_FORMATS, GRAPH_OPTIONS, PICTURE_OPTIONS, PICTURES

__all__ = ["GRAPH_FORMATS", "GRAPH_OPTIONS", "PICTURE_OPTIONS", "main", "parser"]

_COMMANDS = (
    building.new,
    building.build,
    building.validate,
    building.coverage,
    serving.serve,
    querying.query,
    serving.reload,
    writing.update,
    serving.token,
    exporting.push,
    exporting.export,
    serving.mcp,
    versions.blame,
    versions.versions,
    keeping.backup,
    keeping.restore,
    querying.info,
)
"""In the order in which --help tells of them."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="miit-graph",
        description="Build, validate, query and serve a knowledge graph in which every fact names its source.",
        epilog="example:\n  miit-graph serve --port 8000",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"miit-graph {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for declare in _COMMANDS:
        declare(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    arguments = parser().parse_args(argv)
    if getattr(arguments, "shapes", None) and not arguments.data:
        parser().error("--shapes goes with --data; a project has its own shapes/ folder.")
    if arguments.command == "validate" and arguments.data and arguments.sources:
        parser().error("--sources goes with a project, not with --data.")
    if arguments.command == "export" and arguments.format:
        fitting = {"rdf": DUMP_FORMATS, "graph": GRAPH_FORMATS}.get(arguments.what, ())
        if arguments.format not in fitting:
            parser().error(
                f"export {arguments.what} has no format {arguments.format}"
                + (f"; it has: {', '.join(fitting)}" if fitting else "; leave --format out")
            )
    if arguments.command == "export" and (arguments.what == "picture") != bool(arguments.picture):
        parser().error(
            f"export picture draws one of: {', '.join(PICTURES)}"
            if arguments.what == "picture"
            else f"{arguments.picture} goes with export picture, not with export {arguments.what}."
        )
    # Imported late: --help and wrong usage should answer at once.
    from miit_graph import commands

    try:
        return commands.run(arguments)
    except commands.FAULTS as error:
        print(f"miit-graph {arguments.command}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader has enough (… | head). Point stdout elsewhere, so that Python's flush at exit stays quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
