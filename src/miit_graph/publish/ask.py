"""Asks an engine small questions and gives the answers as Oxigraph terms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.api import Engine, Limits, Query
from miit_graph.engine.errors import TOO_MUCH, EngineFailure
from miit_graph.engine.formats import Format
from miit_graph.engine.nesting import Brackets, TooDeep, TripleTerms, checked

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row: TypeAlias = Mapping[str, Term]
"""The bound variables of one solution."""
_ALIVE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Asker:
    """An engine and the limits under which it is asked.

    Every method takes the text of a query and raises the `QueryError` that the engine answers with. With ``graphs``
    the default graph is the merge of these named ones.
    """

    engine: Engine
    limits: Limits
    graphs: tuple[str, ...] = ()

    def stream(self, text: str, format: Format) -> Iterator[bytes]:
        """The bytes of an answer; the work stops when the iterator is closed."""
        answer = self.engine.run(Query(text, self.graphs, self.graphs), format, self.limits)
        try:
            yield from answer
        finally:
            answer.close()

    def _whole(self, text: str, format: Format) -> bytes:
        """An answer that Oxigraph's readers can take."""
        try:
            return checked(b"".join(self.stream(text, format)), Brackets() if format is formats.JSON else TripleTerms())
        except TooDeep:
            raise EngineFailure from None

    def triples(self, text: str) -> list[ox.Triple]:
        """The answer to CONSTRUCT or DESCRIBE, each triple once, in the order of N-Triples."""
        content = self._whole(text, formats.N_TRIPLES)
        ordered = b"".join(sorted(set(content.splitlines(keepends=True))))
        return list(dict.fromkeys(quad.triple for quad in ox.parse(ordered, format=ox.RdfFormat.N_TRIPLES)))

    def rows(self, text: str) -> list[Row]:
        """The answer to SELECT; a variable that is not bound is missing from its row."""
        return read_rows(self._whole(text, formats.JSON))[1]

    def rows_if_possible(self, text: str) -> list[Row] | None:
        """The answer to a SELECT that one can do without; None if it takes too much: see `manages`."""
        rows: list[Row] = []
        return rows if self.manages(lambda: rows.extend(self.rows(text))) else None

    def manages(self, work: Callable[[], None]) -> bool:
        """Whether the queries of ``work`` don't take more than the engine gives.

        Raises the QueryError of an engine that is in trouble itself: of that nothing follows for the dataset.
        """
        try:
            work()
            return True
        except TOO_MUCH:
            seconds = min(self.limits.seconds, _ALIVE_SECONDS)
            replace(self, limits=replace(self.limits, seconds=seconds)).truth("ASK {}")
            return False

    def truth(self, text: str) -> bool:
        """The answer to ASK."""
        content = self._whole(text, formats.JSON)
        return bool(ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON))

    def number(self, text: str) -> int:
        """The single number that a SELECT with one variable ``n`` counts."""
        return int(cast(ox.Literal, self.rows(text)[0]["n"]).value)


def read_rows(content: bytes) -> tuple[list[str], list[Row]]:
    """A table in JSON: the names of its variables, and its rows. Raises what pyoxigraph's reader does."""
    results = cast(ox.QuerySolutions, ox.parse_query_results(content, format=ox.QueryResultsFormat.JSON))
    rows: list[Row] = []
    try:
        names = [variable.value for variable in results.variables]
        for row in results:
            # By place: looking values up by name takes twice as long.
            rows.append({name: value for name, value in zip(names, row, strict=True) if value is not None})
        return names, rows
    finally:
        del results  # it must end in its thread, and an exception keeps the frames, also that of a comprehension
