"""Statements about statements in RDF 1.2: what reification says in RDF 1.1 is said with triple terms.

RDF 1.1 needs a resource with ``rdf:subject``, ``rdf:predicate`` and ``rdf:object`` (RDF Schema 1.1, section 5.3). RDF
1.2 has ``rdf:reifies`` with the triple itself (RDF 1.2 Concepts, on reification). A build's records of derivation
(`m:Derivation`) only say from which facts a triple was derived: there the facts are the reifiers, what is said of them
(rank, validity, citations) annotates the triple, and the record goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from miit_graph.vocabulary import PROV, RDF, M

_PARTS = tuple(ox.NamedNode(RDF[part]) for part in ("subject", "predicate", "object"))
_REIFIES = ox.NamedNode(RDF.reifies)
_DERIVATION = ox.NamedNode(M.Derivation)
_DERIVED_FROM = ox.NamedNode(PROV.wasDerivedFrom)


def reified(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """The triples in the order of N-Triples, with reification of RDF 1.1 replaced by triple terms.

    A record with more or less than one subject, predicate and object is left as it is.
    """
    told: dict[ox.NamedNode | ox.BlankNode | ox.Triple, list[ox.Triple]] = defaultdict(list)
    everything = list(triples)
    records = {triple.subject for triple in everything if triple.predicate == _PARTS[0]}
    for triple in everything:
        if triple.subject in records:
            told[triple.subject].append(triple)
    found = [triple for triple in everything if triple.subject not in records]
    for record, said in told.items():
        statement = _statement(said)
        if statement is None:
            found += said
        elif any(triple.object == _DERIVATION for triple in said):
            facts = [t.object for t in said if t.predicate == _DERIVED_FROM and isinstance(t.object, ox.NamedNode)]
            found += [ox.Triple(fact, _REIFIES, statement) for fact in facts]
        else:
            found.append(ox.Triple(record, _REIFIES, statement))
            found += [triple for triple in said if triple.predicate not in _PARTS]
    return sorted(set(found), key=str)


def _statement(said: list[ox.Triple]) -> ox.Triple | None:
    """The triple that a record is about."""
    parts = [[t.object for t in said if t.predicate == part] for part in _PARTS]
    if any(len(values) != 1 for values in parts):
        return None
    (subject,), (predicate,), (obj,) = parts
    if isinstance(subject, ox.Literal) or not isinstance(predicate, ox.NamedNode):
        return None
    return ox.Triple(subject, predicate, obj)
