"""The arguments of the commands around a server: serve, reload, token, mcp."""

from __future__ import annotations

from pathlib import Path

from miit_graph.arguments.shared import Commands, command, services_option, source_options


def serve(commands: Commands) -> None:
    """Declare ``serve``."""
    parser = command(
        commands,
        "serve",
        "Serve the graph over HTTP with a SPARQL endpoint.",
        "  miit-graph serve --port 8000\n  miit-graph serve --data my-graph.ttl.gz\n"
        "  miit-graph serve --allow-service https://query.wikidata.org/sparql\n"
        "  miit-graph serve --endpoint http://127.0.0.1:7878/query\n  miit-graph serve --follow https://origin.example/",
    )
    source_options(parser, endpoint=True, follow=True)
    parser.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: $HOST, else 127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="N", help="port to listen on (default: $PORT, else 8000)")
    parser.add_argument(
        "--store",
        choices=("auto", "memory", "disk"),
        help="where the graph is queried: in memory, in a store on the disk, or as its size needs"
        " (default: $MIIT_GRAPH_STORE, else auto)",
    )
    parser.add_argument(
        "--log",
        choices=("off", "events", "requests"),
        help="what to say on standard error: also one line for each request, or only what goes wrong"
        " (default: $MIIT_GRAPH_LOG, else events)",
    )
    services_option(parser)


def reload(commands: Commands) -> None:
    """Declare ``reload``."""
    parser = command(
        commands,
        "reload",
        "Have running servers serve the snapshot that is published now, without dropping a request.",
        "  miit-graph build && miit-graph reload\n  miit-graph reload --to c86972771c9b293c",
    )
    parser.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    parser.add_argument("--snapshot", type=Path, metavar="DIR", help="the folder that the servers were started with")
    parser.add_argument("--to", metavar="VERSION", help="publish this kept snapshot (its hash) first: go back to it")


def token(commands: Commands) -> None:
    """Declare ``token``."""
    parser = command(
        commands,
        "token",
        "Make a token for somebody who may change the data of a server.",
        "  miit-graph token curator",
    )
    parser.add_argument("name", metavar="NAME", help="who gets it; versions carry this name")


def mcp(commands: Commands) -> None:
    """Declare ``mcp``."""
    parser = command(
        commands,
        "mcp",
        "Offer the graph to agents by the Model Context Protocol, on standard streams or over HTTP.",
        "  miit-graph mcp\n  miit-graph mcp --endpoint http://127.0.0.1:8000/\n  miit-graph mcp --http --port 8001",
    )
    source_options(parser, endpoint=True)
    parser.add_argument("--http", action="store_true", help="Streamable HTTP at /mcp instead of standard streams")
    parser.add_argument("--host", metavar="ADDRESS", help="with --http: address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, metavar="N", help="with --http: port to listen on (default 8001)")
