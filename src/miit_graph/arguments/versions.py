"""The arguments of the commands about versions: blame, versions."""

from __future__ import annotations

from miit_graph.arguments.shared import Commands, command, source_options


def blame(commands: Commands) -> None:
    """Declare ``blame``."""
    parser = command(
        commands,
        "blame",
        "Say which version said what of a thing or a triple: who, when and why.",
        "  miit-graph blame d:miit\n  miit-graph blame 'd:miit skos:prefLabel \"MIIT\"@en'",
    )
    parser.add_argument("what", metavar="IRI|TRIPLE", help="an IRI or prefixed name, or one triple in Turtle")
    source_options(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")


def versions(commands: Commands) -> None:
    """Declare ``versions``."""
    parser = command(
        commands, "versions", "List all versions: number, time, hash, change, who and why.", "  miit-graph versions"
    )
    parser.add_argument(
        "--prune",
        action="store_true",
        help="remove the snapshots that needn't be kept (see MIIT_GRAPH_KEEP_VERSIONS, MIIT_GRAPH_KEEP_EVERY);"
        " every version can still be read",
    )
    source_options(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
