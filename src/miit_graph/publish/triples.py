"""Makes triples from terms written as text."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import pyoxigraph as ox

from miit_graph.vocabulary import XSD, Namespace

Triples: TypeAlias = Iterator[ox.Triple]
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")


def link(subject: str, predicate: str, target: str) -> ox.Triple:
    """A triple between IRIs."""
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(target))


def value(subject: str, predicate: str, text: str, datatype: str = XSD.string) -> ox.Triple:
    """A triple with a literal."""
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.Literal(text, datatype=ox.NamedNode(datatype)))


def number(subject: str, predicate: str, count: int | None) -> Triples:
    """A triple with a number, if it is known."""
    if count is not None:
        yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.Literal(count))


def texts(subject: str, predicate: str, said: Mapping[str, str]) -> Triples:
    """A triple per language."""
    for language, text in sorted(said.items()):
        yield ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.Literal(text, language=language))


def moved(triples: Iterable[ox.Triple], places: Mapping[str, str]) -> Triples:
    """The triples with the IRIs that `places` names replaced, as subjects and as objects."""
    nodes: dict[object, ox.NamedNode] = {ox.NamedNode(old): ox.NamedNode(new) for old, new in places.items()}
    for subject, predicate, target in triples:
        yield ox.Triple(nodes.get(subject, subject), predicate, nodes.get(target, target))


def short(*parts: str) -> str:
    """A name made from these texts: the same texts, the same name."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
