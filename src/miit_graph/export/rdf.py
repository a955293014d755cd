"""The whole dataset as RDF."""

from __future__ import annotations

from typing import IO

import pyoxigraph as ox

from miit_graph.vocabulary import PREFIXES

FORMATS: dict[str, ox.RdfFormat] = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdf": ox.RdfFormat.RDF_XML,
}
"""Short names of the formats."""

DATASET_FORMATS = ("nq", "trig")
"""Those that carry the named graphs. JSON-LD could, but most of its readers look at the default graph only."""


def write_dataset(store: ox.Store, name: str, stream: IO[bytes]) -> None:
    """Write `store` to `stream` in the format `name`, sorted, so that equal graphs give equal bytes.

    Formats of datasets get the named graphs only (the default graph is their merge), unless there are none.
    """
    fmt = FORMATS[name]
    default = store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    if name in DATASET_FORMATS and any(True for _ in store.named_graphs()):
        quads = [quad for quad in store if not isinstance(quad.graph_name, ox.DefaultGraph)]
        quads.sort(key=lambda quad: (str(quad.graph_name), *_key(quad)))
        ox.serialize(quads, stream, format=fmt, prefixes=PREFIXES)
    else:
        triples = [quad.triple for quad in sorted(default, key=_key)]
        ox.serialize(triples, stream, format=fmt, prefixes=PREFIXES)


def _key(quad: ox.Quad) -> tuple[str, str, str]:
    return str(quad.subject), str(quad.predicate), str(quad.object)
