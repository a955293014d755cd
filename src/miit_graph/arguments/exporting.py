"""The arguments of the commands by which the graph leaves: export, push."""

from __future__ import annotations

from pathlib import Path

from miit_graph.arguments.shared import Commands, command, source_options

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


def export(commands: Commands) -> None:
    """Declare ``export``."""
    parser = command(
        commands,
        "export",
        "Write the dataset as RDF, as a graph file or as a picture, or the documentation of its ontology.",
        "  miit-graph export rdf --format ttl --out miit-graph.ttl\n"
        "  miit-graph export graph --format gexf --out miit-graph.gexf\n"
        "  miit-graph export picture chart --lang zh --out chart.svg\n"
        "  miit-graph export docs --out site",
    )
    parser.add_argument(
        "what",
        choices=("rdf", "graph", "picture", "docs", "source"),
        help="rdf: the dataset; graph: for visualisation tools; picture: a chart or timeline as SVG; "
        "docs: pages about the ontology, codes and rules; source: accepted changes into the project's files",
    )
    parser.add_argument(
        "picture", nargs="?", choices=PICTURES, help="picture: the organisation chart, or what has a date"
    )
    source_options(parser)
    parser.add_argument(
        "--format",
        choices=(*DUMP_FORMATS, *GRAPH_FORMATS),
        help=f"rdf: {', '.join(DUMP_FORMATS)} (default ttl; nq and trig keep the named graphs, rdf12.ttl has "
        f"triple terms of RDF 1.2); "
        f"graph: {', '.join(GRAPH_FORMATS)} (default gexf)",
    )
    for name, (values, text) in GRAPH_OPTIONS.items():
        also = " (picture too)" if name in ("root", "depth", "lang", "as-of") else ""
        parser.add_argument(f"--{name}", metavar=values, default="", help=f"graph: {text}{also}")
    for name, (values, text) in PICTURE_OPTIONS.items():
        parser.add_argument(f"--{name}", metavar=values, default="", help=f"picture: {text}")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="file, or folder for docs (default: standard output; docs/ontology)"
    )


def push(commands: Commands) -> None:
    """Declare ``push``."""
    parser = command(
        commands,
        "push",
        "Load the graph into another SPARQL engine (Graph Store Protocol), and check that all of it is there.",
        "  miit-graph push --endpoint http://127.0.0.1:7878/query --graph-store http://127.0.0.1:7878/store",
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--project", type=Path, metavar="DIR", help="folder with a graph.toml")
    which.add_argument("--snapshot", type=Path, metavar="DIR", help="a built snapshot")
    parser.add_argument("--endpoint", metavar="URL", help="where the engine answers queries ($MIIT_GRAPH_ENDPOINT)")
    parser.add_argument(
        "--graph-store",
        metavar="URL",
        help="where it takes graphs (default: beside the endpoint, as that engine has it)",
    )
    parser.add_argument("--batch", type=int, default=20_000, metavar="N", help="triples in one request (default 20000)")
    parser.add_argument(
        "--verify",
        choices=("hash", "counts"),
        default="hash",
        help="read everything back and compare its canonical hash (default), or only count the triples of each graph",
    )
