"""The arguments of the commands that make a graph: new, build, validate, coverage."""

from __future__ import annotations

from pathlib import Path

from miit_graph.arguments.shared import Commands, command, processor_option, sources_option

REPORT_FORMATS = ("text", "json", "sarif", "turtle", "jsonld", "ntriples", "rdfxml")


def new(commands: Commands) -> None:
    """Declare ``new``."""
    parser = command(
        commands,
        "new",
        "Make a project of your own, with an example in it that builds, validates and serves at once.",
        "  miit-graph new my-club --title 'Rowing club' --base https://example.org/club/",
    )
    parser.add_argument("folder", type=Path, metavar="NAME", help="folder to make")
    parser.add_argument(
        "--base", default="", metavar="IRI", help="where IRIs begin (default https://example.org/NAME/)"
    )
    parser.add_argument("--title", default="", metavar="TEXT", help="what the graph is called (default: NAME)")


def build(commands: Commands) -> None:
    """Declare ``build``."""
    parser = command(
        commands,
        "build",
        "Parse, derive, validate and freeze a project into a snapshot.",
        "  miit-graph build",
    )
    parser.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    sources_option(parser)
    processor_option(parser)
    parser.add_argument(
        "--no-inference", dest="inference", action="store_false", help="leave out what follows from the ontology"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder of snapshots (default: build/snapshots in the project)",
    )


def validate(commands: Commands) -> None:
    """Declare ``validate``."""
    parser = command(
        commands,
        "validate",
        "Check a project, or any RDF files, against shapes.",
        "  miit-graph validate\n  miit-graph validate --data my.ttl --shapes my-shapes.ttl --format json",
    )
    parser.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    parser.add_argument(
        "--data", type=Path, nargs="+", metavar="PATH", help="check these files instead of the project's data"
    )
    parser.add_argument(
        "--shapes",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="with --data: SHACL files (default: the project's shapes)",
    )
    sources_option(parser)
    processor_option(parser)
    parser.add_argument("--format", choices=REPORT_FORMATS, default="text")
    parser.add_argument("--lang", choices=("en", "zh"), default="en", help="language of labels and messages")
    parser.add_argument(
        "--limit", type=int, default=20, metavar="N", help="findings shown per rule in text (default 20)"
    )


def coverage(commands: Commands) -> None:
    """Declare ``coverage``."""
    parser = command(
        commands,
        "coverage",
        "Show for each line of the source texts which facts cite it.",
        "  miit-graph coverage --sources path/to/texts --missing",
    )
    parser.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    sources_option(parser, required=True)
    parser.add_argument("--missing", action="store_true", help="only lines that are neither cited nor explained")
