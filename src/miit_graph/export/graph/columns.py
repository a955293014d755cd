"""Typed columns: the fixed ones, and one for each property that the nodes or facts of a graph have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from math import isfinite

import pyoxigraph as ox

from miit_graph.export.graph.model import Column, ColumnType, Value
from miit_graph.export.graph.naming import LABELS
from miit_graph.export.graph.source import Source
from miit_graph.export.graph.text import clean
from miit_graph.vocabulary import PROV, RDF, XSD, M

_TIME = (
    Column("valid_from", "string", "since when, as stated (EDTF)"),
    Column("valid_from_earliest", "string", "the first day that valid_from can mean"),
    Column("valid_from_latest", "string", "the last day that valid_from can mean"),
    Column("valid_to", "string", "until when, as stated (EDTF); empty: it goes on as far as the sources know"),
    Column("valid_to_earliest", "string", "the first day that valid_to can mean"),
    Column("valid_to_latest", "string", "the last day that valid_to can mean"),
    Column("at", "string", "when it took place, as stated (EDTF)"),
    Column("at_earliest", "string", "the first day that at can mean"),
    Column("at_latest", "string", "the last day that at can mean"),
    Column("state", "string", "on the day asked for: certain, undecided (dates allow it), undated"),
)
_EVIDENCE = (
    Column("rank", "string", "rank of the fact: preferred, normal, deprecated"),
    Column("status", "string", "what we make of a claim: contested, opinion, ambiguous …"),
    Column("cited_files", "list", "source files"),
    Column("cited_lines", "list", "places in them, as file:75 or file:75-80"),
    Column("quotes", "list", "what is written there"),
)
NODE_COLUMNS = (
    Column("label_en", "string", "name in English"),
    Column("label_zh", "string", "name in Chinese"),
    Column("iri", "string", "IRI"),
    Column("kind", "string", "the class that says most"),
    Column("kind_label", "string", "its name in the chosen language"),
    Column("kind_en", "string", "its name in English"),
    Column("kind_zh", "string", "its name in Chinese"),
    Column("types", "list", "IRIs of all classes"),
    Column("category", "string", "entities, concepts, facts …"),
    Column("color", "string", "colour of the kind"),
    Column("distance", "integer", "number of edges from the nearest root"),
    *_EVIDENCE,
    *_TIME,
)
EDGE_COLUMNS = (
    Column("label_en", "string", "name of the property in English"),
    Column("label_zh", "string", "name of the property in Chinese"),
    Column("predicate", "string", "IRI of the property"),
    Column("origin", "string", "stated, derived from a fact, claimed by somebody, inferred from the ontology"),
    Column("asserted", "boolean", "false for a claim that is not adopted"),
    Column("color", "string", "colour of the kind"),
    Column("fact", "string", "IRI of the fact it rests on"),
    Column("fact_kind", "string", "the fact's class"),
    Column("fact_label_en", "string", "name of the fact in English"),
    Column("fact_label_zh", "string", "name of the fact in Chinese"),
    *_EVIDENCE,
    *_TIME,
)
_STRUCTURE = ("id", "label", "source", "target", "kind", "type", "key", "x", "y", "size", "name", "interaction")
"""Names that formats use for parts of their own."""

_TOLD_ELSEWHERE = {
    RDF.subject,
    RDF.predicate,
    RDF.object,
    PROV.wasDerivedFrom,
    *(M.rank, M.status, M.validFrom, M.validUntil, M.at),
}
_INTEGERS = {
    *(XSD.integer, XSD.long, XSD.int, XSD.short, XSD.byte),
    *(XSD.nonNegativeInteger, XSD.positiveInteger, XSD.nonPositiveInteger, XSD.negativeInteger),
    *(XSD.unsignedLong, XSD.unsignedInt, XSD.unsignedShort, XSD.unsignedByte),
}
_NUMBERS = {XSD.decimal, XSD.double, XSD.float}
_Key = tuple[str, str]
"""A property and a language, or an empty one."""


class Properties:
    """Collects what nodes, or the facts behind edges, have beyond the fixed columns, and makes columns of it."""

    def __init__(self, source: Source, fixed: Iterable[Column]) -> None:
        self._source = source
        self._taken = {*_STRUCTURE, *(column.name for column in fixed)}
        self._found: dict[_Key, dict[str, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))

    def collect(self, owner: str, thing: str, not_to: Container[str], told: Container[str]) -> None:
        """Note what `thing` has for the node or edge `owner`.

        Links to one of `not_to` are edges, or the ends of the edge, and names among `told` are labels already.
        """
        for predicate, literal in self._source.literals.get(thing, ()):
            text = clean(literal.value)
            if text and not (predicate in LABELS and text in told):
                self._found[predicate, literal.language or ""][owner].add((_datatype(literal), text))
        for link in self._source.links.get(thing, ()):
            if link.origin != "inferred" and link.object not in not_to and link.predicate not in _TOLD_ELSEWHERE:
                # A time is told as the source states it; anything else that is no node, by its IRI.
                stated = self._source.texts(link.object, M.edtf)
                self._found[link.predicate, ""][owner].add(("", clean(stated[0]) if stated else link.object))

    def columns(self) -> tuple[tuple[Column, ...], Mapping[str, Mapping[str, Value]]]:
        """The columns, by name, and for each owner its values."""
        columns: list[Column] = []
        values: dict[str, dict[str, Value]] = defaultdict(dict)
        for key, owners in sorted(self._found.items()):
            column = Column(self._name(key), _type(owners), key[0])
            columns.append(column)
            for owner, found in owners.items():
                values[owner][column.name] = _value(column.type, sorted(text for _, text in found))
        columns.sort(key=lambda column: column.name)
        return tuple(columns), values

    def _name(self, key: _Key) -> str:
        predicate, lang = key
        wanted = self._source.names.identifier(predicate) + (f"_{lang.replace('-', '_')}" if lang else "")
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}_{number}"
        self._taken.add(name)
        return name


def _datatype(literal: ox.Literal) -> str:
    return literal.datatype.value


def _type(owners: Mapping[str, set[tuple[str, str]]]) -> ColumnType:
    """The narrowest type that holds every value as it is."""
    if any(len(found) > 1 for found in owners.values()):
        return "list"
    values = [value for found in owners.values() for value in found]
    if all(datatype == XSD.boolean and text in ("true", "false", "0", "1") for datatype, text in values):
        return "boolean"
    if all(datatype in _INTEGERS and _is_integer(text) for datatype, text in values):
        return "integer"
    if all(datatype in _INTEGERS | _NUMBERS and _is_double(text) for datatype, text in values):
        return "double"
    return "string"


def _is_integer(text: str) -> bool:
    digits = text.lstrip("+-")
    return digits.isdecimal() and digits.isascii() and len(digits) < 20 and abs(int(text)) < 2**53


def _is_double(text: str) -> bool:
    """Whether a double holds this number exactly as it is written."""
    try:
        number = float(text)
        return isfinite(number) and Decimal(repr(number)) == Decimal(text)
    except (ValueError, InvalidOperation):
        return False


def _value(kind: ColumnType, texts: list[str]) -> Value:
    if kind == "list":
        return tuple(texts)
    if kind == "boolean":
        return texts[0] in ("true", "1")
    if kind == "integer":
        return int(texts[0])
    return float(texts[0]) if kind == "double" else texts[0]
