"""The queries with their expected answers, and the two engines that have to give them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib

from tests.conftest import ROOT

FOLDERS = (ROOT / "queries", Path(__file__).resolve().parent / "twenty")
QUERIES = sorted(path for folder in FOLDERS for path in folder.glob("*.rq"))


@dataclass(frozen=True)
class Answer:
    """A table of texts: what SPARQL's CSV format keeps of an answer."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def expected_file(query: Path) -> Path:
    """Where the expected answer of `query` stands."""
    return query.with_suffix(".csv")


def expected(query: Path) -> Answer:
    """The expected answer of `query`."""
    text = expected_file(query).read_bytes().decode("utf-8")
    columns, *rows = csv.reader(io.StringIO(text, newline=""))
    return Answer(tuple(columns), tuple(map(tuple, rows)))


def oxigraph_csv(store: ox.Store, query: Path) -> bytes:
    """What Oxigraph answers, in SPARQL 1.1's CSV format."""
    solutions = store.query(query.read_text(encoding="utf-8"))
    assert isinstance(solutions, ox.QuerySolutions)
    csv_bytes = solutions.serialize(format=ox.QueryResultsFormat.CSV)
    assert csv_bytes is not None  # only None when a stream was given
    return csv_bytes


def ask_oxigraph(store: ox.Store, query: Path) -> Answer:
    """What Oxigraph answers."""
    text = oxigraph_csv(store, query).decode("utf-8")
    columns, *rows = csv.reader(io.StringIO(text, newline=""))
    return Answer(tuple(columns), tuple(map(tuple, rows)))


def ask_rdflib(graph: rdflib.Graph, query: Path) -> Answer:
    """What rdflib's own SPARQL engine answers; an unbound variable is an empty text, as in CSV."""
    result = graph.query(query.read_text(encoding="utf-8"))
    assert result.vars is not None
    rows = [tuple("" if term is None else str(term) for term in row) for row in result]  # type: ignore[union-attr]
    return Answer(tuple(map(str, result.vars)), tuple(rows))
