"""What is known of the programs that answer at endpoints: how they take a time limit, which formats they write well.

What is said of Oxigraph and Virtuoso was tried; of the others it is what their documentation says (see
docs/remote-engines.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from miit_graph.engine import formats
from miit_graph.engine.formats import Format

_MOST = (formats.JSON, formats.XML, formats.CSV, formats.TSV, formats.TURTLE, formats.N_TRIPLES, formats.RDF_XML)


@dataclass(frozen=True, slots=True)
class Kind:
    """A program; ``writes`` are the formats that may be passed on as it writes them, others are made here.

    ``timeout`` is the parameter for the time that a query may take, in units of ``unit`` seconds, with ``suffix``
    behind the number. ``graph_store`` makes the address of the Graph Store Protocol from that of the queries: what the
    end of its path is replaced with.
    """

    name: str
    server: str = ""
    writes: tuple[Format, ...] = _MOST
    tables: Format = formats.JSON
    timeout: str = ""
    unit: float = 1.0
    suffix: str = ""
    graph_store: Mapping[str, str] = field(default_factory=dict)

    def time_limit(self, seconds: float) -> dict[str, str]:
        """The parameter that asks the program to stop after so many seconds."""
        return {self.timeout: f"{max(1, round(seconds / self.unit))}{self.suffix}"} if self.timeout else {}

    def graph_store_of(self, address: str) -> str:
        """The address of the Graph Store Protocol that goes with that of the queries; empty if unknown."""
        for end, other in self.graph_store.items():
            if address.endswith(end):
                return address.removesuffix(end) + other
        return ""


OTHER = Kind("other", writes=(formats.JSON, formats.XML, formats.N_TRIPLES, formats.TURTLE))
KINDS = (
    Kind("oxigraph", "oxigraph", formats.TABLES + formats.GRAPHS, graph_store={"/query": "/store"}),
    # Its CSV quotes everything, its TSV and its answers to ASK are not those of the recommendations. Asked for XML it
    # says if it stopped early; asked for CSV it doesn't.
    Kind(
        "virtuoso",
        "virtuoso",
        (formats.N_TRIPLES,),
        formats.XML,
        timeout="timeout",
        unit=0.001,
        graph_store={"/sparql": "/sparql-graph-crud", "/sparql/": "/sparql-graph-crud"},
    ),
    Kind("fuseki", "fuseki", timeout="timeout", graph_store={"/sparql": "/data", "/query": "/data"}),
    Kind("graphdb", "graphdb", timeout="timeout", graph_store={"": "/rdf-graphs/service"}),
    Kind("stardog", "stardog", timeout="timeout", unit=0.001, graph_store={"/query": ""}),
    Kind("neptune", "neptune", OTHER.writes, graph_store={"/sparql": "/sparql/gsp/"}),
    Kind("qlever", "qlever", OTHER.writes, timeout="timeout", suffix="s", graph_store={"": ""}),
    OTHER,
)
NAMES = tuple(kind.name for kind in KINDS)


def kind_named(name: str) -> Kind:
    """The kind of this name, else `OTHER`."""
    return next((kind for kind in KINDS if kind.name == name), OTHER)


def kind_of(server: str) -> Kind:
    """The kind that a Server header (RFC 9110 section 10.2.4) tells of, else `OTHER`."""
    return next((k for k in KINDS if k.server and re.search(rf"\b{k.server}\b", server, re.IGNORECASE)), OTHER)
