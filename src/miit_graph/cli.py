"""The command line: parses arguments and calls `miit_graph.commands`.

Exit codes: 0 done, 1 the data or the query is at fault (the message says where), 2 wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from miit_graph import __version__

RESULT_FORMATS = ("table", "json", "xml", "csv", "tsv", "ttl", "nt", "rdf", "jsonld", "trig", "nq")
REPORT_FORMATS = ("text", "json", "sarif", "turtle", "jsonld", "ntriples", "rdfxml")
GRAPH_FORMATS = ("gexf", "graphml", "dot", "cyjs", "graphology", "csv")
GRAPH_OPTIONS = {
    "root": ("IRI,…", "only what lies around these things"),
    "depth": ("N", "with --root: how many edges away (default 1)"),
    "nodes": ("KIND,…", "kinds of node (default entities)"),
    "edges": ("KIND,…", "kinds of edge (default stated, derived, claimed)"),
    "lang": ("TAG", "language of the labels (default en)"),
    "as-of": ("DAY", "leave out what certainly did not hold on that day"),
    "facts": ("HOW", "collapse facts to edges (default), or keep them as nodes"),
    "claims": ("YES|NO", "what is claimed but not adopted (default yes)"),
    "properties": ("YES|NO", "all properties as columns (default yes)"),
    "dialect": ("NAME", "graphml: plain (default) or yed"),
    "table": ("NAME", "csv: both (default), nodes or edges"),
}
"""What `miit_graph.export.graph.Options` takes; written here too, because --help should answer at once."""
PICTURES = ("chart", "timeline")
PICTURE_OPTIONS = {
    "theme": ("NAME", "light (default) or dark"),
    "width": ("NAME", "wide (default), or narrow: for a telephone, the chart in short"),
    "kind": ("NAME,…", "chart: only these kinds of affiliation; timeline: only these lanes"),
    "from": ("TIME", "timeline: where it begins: a year, month or day"),
    "to": ("TIME", "timeline: where it ends"),
}
"""What only `miit_graph.export.picture.Options` takes; it also takes root, depth, lang and as-of."""
DUMP_FORMATS = ("ttl", "nt", "nq", "trig", "jsonld", "rdf", "rdf12.ttl")


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, text: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=text,
        description=text,
        epilog=f"example:\n{example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _source_options(parser: argparse.ArgumentParser, endpoint: bool = False, follow: bool = False) -> None:
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


def _services_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-service",
        nargs="+",
        metavar="URL",
        help="SPARQL endpoints that queries may ask with SERVICE; one that ends in / stands for all that begin with it"
        " (default: $MIIT_GRAPH_SERVICES, else none)",
    )


def _sources_option(parser: argparse.ArgumentParser, required: bool = False) -> None:
    parser.add_argument(
        "--sources",
        type=Path,
        metavar="DIR",
        required=required,
        help="folder with the source texts" + ("" if required else ": also compare every quote with its lines"),
    )


def _processor_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--processor",
        choices=("rudof", "pyshacl"),
        default="rudof",
        help="SHACL processor: rudof is fast, pyshacl the reference",
    )


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

    new = _command(
        commands,
        "new",
        "Make a project of your own, with an example in it that builds, validates and serves at once.",
        "  miit-graph new my-club --title 'Rowing club' --base https://example.org/club/",
    )
    new.add_argument("folder", type=Path, metavar="NAME", help="folder to make")
    new.add_argument("--base", default="", metavar="IRI", help="where IRIs begin (default https://example.org/NAME/)")
    new.add_argument("--title", default="", metavar="TEXT", help="what the graph is called (default: NAME)")

    build = _command(
        commands,
        "build",
        "Parse, derive, validate and freeze a project into a snapshot.",
        "  miit-graph build",
    )
    build.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    _sources_option(build)
    _processor_option(build)
    build.add_argument(
        "--no-inference", dest="inference", action="store_false", help="leave out what follows from the ontology"
    )
    build.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="folder of snapshots (default: build/snapshots in the project)",
    )

    validate = _command(
        commands,
        "validate",
        "Check a project, or any RDF files, against shapes.",
        "  miit-graph validate\n  miit-graph validate --data my.ttl --shapes my-shapes.ttl --format json",
    )
    validate.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    validate.add_argument(
        "--data", type=Path, nargs="+", metavar="PATH", help="check these files instead of the project's data"
    )
    validate.add_argument(
        "--shapes",
        type=Path,
        nargs="+",
        metavar="PATH",
        help="with --data: SHACL files (default: the project's shapes)",
    )
    _sources_option(validate)
    _processor_option(validate)
    validate.add_argument("--format", choices=REPORT_FORMATS, default="text")
    validate.add_argument("--lang", choices=("en", "zh"), default="en", help="language of labels and messages")
    validate.add_argument(
        "--limit", type=int, default=20, metavar="N", help="findings shown per rule in text (default 20)"
    )

    coverage = _command(
        commands,
        "coverage",
        "Show for each line of the source texts which facts cite it.",
        "  miit-graph coverage --sources path/to/texts --missing",
    )
    coverage.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    _sources_option(coverage, required=True)
    coverage.add_argument("--missing", action="store_true", help="only lines that are neither cited nor explained")

    serve = _command(
        commands,
        "serve",
        "Serve the graph over HTTP with a SPARQL endpoint.",
        "  miit-graph serve --port 8000\n  miit-graph serve --data my-graph.ttl.gz\n"
        "  miit-graph serve --allow-service https://query.wikidata.org/sparql\n"
        "  miit-graph serve --endpoint http://127.0.0.1:7878/query\n  miit-graph serve --follow https://origin.example/",
    )
    _source_options(serve, endpoint=True, follow=True)
    serve.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: $HOST, else 127.0.0.1)")
    serve.add_argument("--port", type=int, metavar="N", help="port to listen on (default: $PORT, else 8000)")
    serve.add_argument(
        "--store",
        choices=("auto", "memory", "disk"),
        help="where the graph is queried: in memory, in a store on the disk, or as its size needs"
        " (default: $MIIT_GRAPH_STORE, else auto)",
    )
    serve.add_argument(
        "--log",
        choices=("off", "events", "requests"),
        help="what to say on standard error: also one line for each request, or only what goes wrong"
        " (default: $MIIT_GRAPH_LOG, else events)",
    )
    _services_option(serve)

    query = _command(
        commands,
        "query",
        "Run one SPARQL query.",
        "  miit-graph query 'SELECT ?name { d:miit skos:prefLabel ?name }'\n"
        "  miit-graph query queries/16-sub-ministerial-rank.rq --format csv\n"
        "  echo 'ASK {}' | miit-graph query -",
    )
    query.add_argument(
        "query", metavar="QUERY", help="a query, the path of a file that holds one, or - for standard input"
    )
    _source_options(query, endpoint=True)
    query.add_argument("--format", choices=RESULT_FORMATS, help="default: a table on a terminal, else JSON or Turtle")
    _services_option(query)
    query.add_argument("--timeout", type=float, metavar="SECONDS", help="longest time the query may take")

    reload = _command(
        commands,
        "reload",
        "Have running servers serve the snapshot that is published now, without dropping a request.",
        "  miit-graph build && miit-graph reload\n  miit-graph reload --to c86972771c9b293c",
    )
    reload.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    reload.add_argument("--snapshot", type=Path, metavar="DIR", help="the folder that the servers were started with")
    reload.add_argument("--to", metavar="VERSION", help="publish this kept snapshot (its hash) first: go back to it")

    update = _command(
        commands,
        "update",
        "Run a SPARQL update: what conforms to the shapes becomes a version, anything else changes nothing.",
        "  miit-graph update fix.ru --message 'Corrects a date'\n"
        "  MIIT_GRAPH_TOKEN=… miit-graph update - --endpoint http://127.0.0.1:8000/sparql --dry-run < fix.ru",
    )
    update.add_argument("update", metavar="FILE|-|TEXT", help="a file, - for standard input, or the update itself")
    where = update.add_mutually_exclusive_group()
    where.add_argument(
        "--project", type=Path, metavar="DIR", help="folder with a graph.toml; no server may run over it"
    )
    where.add_argument("--endpoint", metavar="URL", help="the /sparql address of a server that takes changes")
    update.add_argument(
        "--token",
        default="",
        help="with --endpoint (default: $MIIT_GRAPH_TOKEN, which other users of the machine can't read)",
    )
    update.add_argument("--message", default="", help="why, for those who read the versions")
    update.add_argument(
        "--author", default=os.environ.get("USER", "somebody"), help="with a project: who (default: $USER)"
    )
    update.add_argument("--dry-run", action="store_true", help="only say what would happen")
    update.add_argument("--lang", choices=("en", "zh"), default="en", help="language of the report")

    token = _command(
        commands,
        "token",
        "Make a token for somebody who may change the data of a server.",
        "  miit-graph token curator",
    )
    token.add_argument("name", metavar="NAME", help="who gets it; versions carry this name")

    push = _command(
        commands,
        "push",
        "Load the graph into another SPARQL engine (Graph Store Protocol), and check that all of it is there.",
        "  miit-graph push --endpoint http://127.0.0.1:7878/query --graph-store http://127.0.0.1:7878/store",
    )
    which = push.add_mutually_exclusive_group()
    which.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    which.add_argument("--snapshot", type=Path, metavar="DIR", help="a built snapshot")
    push.add_argument("--endpoint", metavar="URL", help="where the engine answers queries ($MIIT_GRAPH_ENDPOINT)")
    push.add_argument(
        "--graph-store",
        metavar="URL",
        help="where it takes graphs (default: beside the endpoint, as that engine has it)",
    )
    push.add_argument("--batch", type=int, default=20_000, metavar="N", help="triples in one request (default 20000)")
    push.add_argument(
        "--verify",
        choices=("hash", "counts"),
        default="hash",
        help="read everything back and compare its canonical hash (default), or only count the triples of each graph",
    )

    export = _command(
        commands,
        "export",
        "Write the dataset as RDF, as a graph file or as a picture, or the documentation of its ontology.",
        "  miit-graph export rdf --format ttl --out miit-graph.ttl\n"
        "  miit-graph export graph --format gexf --out miit-graph.gexf\n"
        "  miit-graph export picture chart --lang zh --out chart.svg\n"
        "  miit-graph export docs --out site",
    )
    export.add_argument(
        "what",
        choices=("rdf", "graph", "picture", "docs", "source"),
        help="rdf: the dataset; graph: for visualisation tools; picture: a chart or timeline as SVG; "
        "docs: pages about the ontology, codes and rules; source: accepted changes into the project's files",
    )
    export.add_argument(
        "picture", nargs="?", choices=PICTURES, help="picture: the organisation chart, or what has a date"
    )
    _source_options(export)
    export.add_argument(
        "--format",
        choices=(*DUMP_FORMATS, *GRAPH_FORMATS),
        help=f"rdf: {', '.join(DUMP_FORMATS)} (default ttl; nq and trig keep the named graphs, rdf12.ttl has "
        f"triple terms of RDF 1.2); "
        f"graph: {', '.join(GRAPH_FORMATS)} (default gexf)",
    )
    for name, (values, text) in GRAPH_OPTIONS.items():
        also = " (picture too)" if name in ("root", "depth", "lang", "as-of") else ""
        export.add_argument(f"--{name}", metavar=values, default="", help=f"graph: {text}{also}")
    for name, (values, text) in PICTURE_OPTIONS.items():
        export.add_argument(f"--{name}", metavar=values, default="", help=f"picture: {text}")
    export.add_argument(
        "--out", type=Path, metavar="FILE", help="file, or folder for docs (default: standard output; docs/ontology)"
    )

    mcp = _command(
        commands,
        "mcp",
        "Offer the graph to agents by the Model Context Protocol, on standard streams or over HTTP.",
        "  miit-graph mcp\n  miit-graph mcp --endpoint http://127.0.0.1:8000/\n  miit-graph mcp --http --port 8001",
    )
    _source_options(mcp, endpoint=True)
    mcp.add_argument("--http", action="store_true", help="Streamable HTTP at /mcp instead of standard streams")
    mcp.add_argument("--host", metavar="ADDRESS", help="with --http: address to listen on (default 127.0.0.1)")
    mcp.add_argument("--port", type=int, metavar="N", help="with --http: port to listen on (default 8001)")

    _version_commands(commands)

    info = _command(
        commands, "info", "Say what is in the graph, its version, and where things are.", "  miit-graph info"
    )
    _source_options(info)
    info.add_argument("--format", choices=("text", "json"), default="text")
    info.add_argument("--lang", choices=("en", "zh"), default="en")
    return top


def _version_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    blame = _command(
        commands,
        "blame",
        "Say which version said what of a thing or a triple: who, when and why.",
        "  miit-graph blame d:miit\n  miit-graph blame 'd:miit skos:prefLabel \"MIIT\"@en'",
    )
    blame.add_argument("what", metavar="IRI|TRIPLE", help="an IRI or prefixed name, or one triple in Turtle")
    versions = _command(
        commands, "versions", "List all versions: number, time, hash, change, who and why.", "  miit-graph versions"
    )
    backup = _command(
        commands,
        "backup",
        "Write all versions into one file, while others read and write, and check it.",
        "  miit-graph backup miit-graph-2026-11-22.tar.gz\n  miit-graph backup --check miit-graph-2026-11-22.tar.gz",
    )
    restore = _command(
        commands,
        "restore",
        "Put the versions of a backup in place, after it was checked; no server may run over them.",
        "  miit-graph restore miit-graph-2026-11-22.tar.gz",
    )
    for command in (backup, restore):
        command.add_argument("file", type=Path, metavar="FILE", help="the backup")
        command.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
        command.add_argument(
            "--snapshots", type=Path, metavar="DIR", help="folder of versions (default: the project's)"
        )
    backup.add_argument("--check", action="store_true", help="only check a backup that was made before")
    backup.add_argument(
        "--all",
        action="store_true",
        help="also snapshots that could be made again from the journal",
    )
    backup.add_argument("--tokens", type=Path, metavar="FILE", help="also this file with names and hashes of tokens")
    restore.add_argument("--tokens", type=Path, metavar="FILE", help="where to put names and hashes of tokens")
    restore.add_argument("--replace", action="store_true", help="put aside what is there, under another name")
    versions.add_argument(
        "--prune",
        action="store_true",
        help="remove the snapshots that needn't be kept (see MIIT_GRAPH_KEEP_VERSIONS, MIIT_GRAPH_KEEP_EVERY);"
        " every version can still be read",
    )
    for command in (blame, versions):
        _source_options(command)
        command.add_argument("--format", choices=("text", "json"), default="text")


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
