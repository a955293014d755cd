"""Finds things by a part of their name, where nothing better is there to do it."""

from __future__ import annotations

from miit_graph.export.graph.naming import LABELS
from miit_graph.export.network.network import DEFAULT_GROUPS, Network
from miit_graph.publish.sparql_text import iris, literal
from miit_graph.vocabulary import SKOS

_LOOKED_AT = 500


def find(network: Network, text: str, limit: int) -> list[str]:
    """Entities that have ``text`` in a name, whatever its case; those with the shortest such name first."""
    wanted = literal(" ".join(text.lower().split())[:100])
    rows = network.slices.ask.rows(
        f"""SELECT ?s (MIN(STRLEN(STR(?name))) AS ?length) {{
          VALUES ?p {{ {iris((*LABELS, SKOS.altLabel))} }}
          {network.slices.pattern("?s ?p ?name")}
          FILTER(isIRI(?s) && CONTAINS(LCASE(STR(?name)), {wanted}))
        }} GROUP BY ?s ORDER BY ?length ?s LIMIT {_LOOKED_AT}"""
    )
    things = [str(row["s"].value) for row in rows]  # type: ignore[union-attr]
    return network.in_order(things, DEFAULT_GROUPS)[:limit]
