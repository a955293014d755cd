"""Which lines of which source carry which nodes: the question that coverage and the pages of sources both ask."""

from __future__ import annotations

from miit_graph.vocabulary import DCT, PROV, M

CITING = f"""
SELECT DISTINCT ?source ?first ?last ?node ?citation {{
  ?node <{PROV.wasDerivedFrom}> ?citation .
  ?citation a <{M.Citation}> ; <{DCT.source}> ?source ; <{M.lineStart}> ?first ; <{M.lineEnd}> ?last .
}} ORDER BY ?node ?citation"""
"""Every node with the source, the lines and the citation it rests on."""


def lines(first: str, last: str) -> range:
    """The lines of a citation, both ends included."""
    return range(int(first), int(last) + 1)
