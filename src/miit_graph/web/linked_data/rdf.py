"""Descriptions as RDF bytes that are the same whenever their content is the same."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.formats import Format

RDF_FORMATS = {
    formats.TURTLE: ox.RdfFormat.TURTLE,
    formats.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    formats.RDF_XML: ox.RdfFormat.RDF_XML,
    formats.JSON_LD: ox.RdfFormat.JSON_LD,
    formats.TRIG: ox.RdfFormat.TRIG,
    formats.N_QUADS: ox.RdfFormat.N_QUADS,
}
_CANONICAL = 2_000
"""Up to so many blank nodes are named canonically; the algorithm can take very long on more."""


class NotExpressible(ValueError):
    """A format that can't say these triples (a predicate that is no XML name, a triple term in JSON-LD …)."""


def serialize(triples: Iterable[ox.Triple], format: Format, prefixes: Mapping[str, str], first: str = "") -> bytes:
    """The triples in ``format``, sorted, those with the subject ``first`` at the top. Raises NotExpressible."""
    ordered = sorted(_named(set(triples)), key=lambda t: (str(t.subject) != f"<{first}>", str(t)))
    try:
        content = ox.serialize(ordered, format=RDF_FORMATS[format], prefixes=_used(ordered, prefixes))
    except ValueError as error:
        raise NotExpressible(str(error)) from error
    assert content is not None  # only None when written to a stream
    return content


def _named(triples: set[ox.Triple]) -> list[ox.Triple]:
    """The triples with blank nodes whose names come from the content (RDFC-1.0), not from the store."""
    blank = {term for t in triples for term in (t.subject, t.object) if isinstance(term, ox.BlankNode)}
    if not blank or len(blank) > _CANONICAL:
        return list(triples)
    dataset = ox.Dataset(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return [quad.triple for quad in dataset]


def _used(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that shorten something here."""
    terms: set[str] = set()
    for triple in triples:
        for term in (triple.subject, triple.predicate, triple.object):
            if isinstance(term, ox.NamedNode):
                terms.add(term.value)
            elif isinstance(term, ox.Literal):
                terms.add(term.datatype.value)
    ordered = sorted(terms)
    ordered.append("")  # so that there is always one at the place where others of a prefix would begin
    return {name: s for name, s in prefixes.items() if ordered[bisect_left(ordered, s, hi=len(terms))].startswith(s)}
