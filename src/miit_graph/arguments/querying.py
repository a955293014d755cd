"""The arguments of the commands that ask: query, info."""

from __future__ import annotations

from miit_graph.arguments.shared import Commands, command, services_option, source_options

RESULT_FORMATS = ("table", "json", "xml", "csv", "tsv", "ttl", "nt", "rdf", "jsonld", "trig", "nq")


def query(commands: Commands) -> None:
    """Declare ``query``."""
    parser = command(
        commands,
        "query",
        "Run one SPARQL query.",
        "  miit-graph query 'SELECT ?name { d:miit skos:prefLabel ?name }'\n"
        "  miit-graph query queries/16-sub-ministerial-rank.rq --format csv\n"
        "  echo 'ASK {}' | miit-graph query -",
    )
    parser.add_argument(
        "query", metavar="QUERY", help="a query, the path of a file that holds one, or - for standard input"
    )
    source_options(parser, endpoint=True)
    parser.add_argument("--format", choices=RESULT_FORMATS, help="default: a table on a terminal, else JSON or Turtle")
    services_option(parser)
    parser.add_argument("--timeout", type=float, metavar="SECONDS", help="longest time the query may take")


def info(commands: Commands) -> None:
    """Declare ``info``."""
    parser = command(
        commands, "info", "Say what is in the graph, its version, and where things are.", "  miit-graph info"
    )
    source_options(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--lang", choices=("en", "zh"), default="en")
