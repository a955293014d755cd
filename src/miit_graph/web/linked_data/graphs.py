"""What is told about a named graph: its size, and what it speaks of."""

from __future__ import annotations

from typing import cast

import pyoxigraph as ox

from miit_graph.publish.ask import Asker
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.publish.sparql_text import is_iri
from miit_graph.vocabulary import DCT, FOAF, RDF, SD, VOID
from miit_graph.web.context import context
from miit_graph.web.linked_data.answers import asker
from miit_graph.web.linked_data.descriptions import OWN, Description, add_labels


def is_graph(iri: str) -> bool:
    """Whether the dataset has a named graph of this name."""
    if not is_iri(iri):
        return False
    if any(graph.iri == iri for graph in context().about.graphs):
        return True
    # Not ASK, to which Virtuoso says yes whatever the graph is.
    return bool(asker().rows(f"SELECT ?p {{ GRAPH {text_of(iri)} {{ ?s ?p ?o }} }} LIMIT 1"))


def describe_graph(asker: Asker, iri: str, page: int) -> Description | None:
    """The page ``page`` of the description of a named graph; None if there is no such page."""
    graph = text_of(iri)
    row = asker.rows(
        f"SELECT (COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?things) {{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    )[0]
    triples, things = (int(cast(ox.Literal, row[name]).value) for name in ("triples", "things"))
    found = Description(iri, page, (things, 0, 0), [])
    if page > found.pages:
        return None
    this = ox.NamedNode(iri)
    topics = asker.rows(
        f"SELECT DISTINCT ?s {{ GRAPH {graph} {{ ?s ?p ?o }} FILTER(isIRI(?s)) }}"
        f" ORDER BY ?s LIMIT {OWN} OFFSET {(page - 1) * OWN}"
    )
    found.own = [
        ox.Triple(this, ox.NamedNode(RDF.type), ox.NamedNode(SD.Graph)),
        ox.Triple(this, ox.NamedNode(RDF.type), ox.NamedNode(VOID.Dataset)),
        ox.Triple(this, ox.NamedNode(VOID.triples), ox.Literal(triples)),
        *(ox.Triple(this, ox.NamedNode(FOAF.topic), cast(ox.NamedNode, row["s"])) for row in topics),
    ]
    if base := context().about.base:
        whole = ox.NamedNode(f"{base}void#dataset")
        found.own.append(ox.Triple(this, ox.NamedNode(DCT.isPartOf), whole))
    add_labels(asker, found)
    return found
