"""Which lines of which source carry which nodes: the question that coverage and the pages of sources both ask."""

from __future__ import annotations

from miit_graph.vocabulary import DCT, PROV, M

CITED = f"""
SELECT DISTINCT ?source ?first ?last ?node ?citation {{
  ?node <{PROV.wasDerivedFrom}> ?citation .
  ?citation a <{M.Citation}> ; <{DCT.source}> ?source ; <{M.lineStart}> ?first ; <{M.lineEnd}> ?last .
}}"""
"""Every node with the source, the lines and the citation it rests on, in no order: some engines sort few rows only."""

CITING = f"{CITED} ORDER BY ?node ?citation"
"""The same in order."""


def lines(first: str, last: str) -> range:
    """The lines of a citation, both ends included."""
    return range(int(first), int(last) + 1)
