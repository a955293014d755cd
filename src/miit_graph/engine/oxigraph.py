"""What every engine over pyoxigraph shares: how a query is evaluated, and what its exceptions mean."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.api import Query
from miit_graph.engine.diagnosis import diagnose
from miit_graph.engine.errors import (
    BadGraphName,
    EngineFailure,
    MemoryLimitExceeded,
    QueryError,
    UnknownFunction,
)
from miit_graph.engine.federation.inline import FUNCTIONS as _INLINED
from miit_graph.engine.federation.inline import splice
from miit_graph.engine.formats import Format
from miit_graph.matching.functions import FUNCTIONS as _FUNCTIONS

_ALL_FUNCTIONS = {**_FUNCTIONS, **_INLINED}
_log = logging.getLogger(__name__)
_UNKNOWN_FUNCTION = re.compile(r"The custom function <(.*)> is not supported")

_NamedGraph = ox.NamedNode | ox.BlankNode
_Graph = _NamedGraph | ox.DefaultGraph
FORMATS: dict[Format, ox.QueryResultsFormat | ox.RdfFormat] = {
    formats.JSON: ox.QueryResultsFormat.JSON,
    formats.XML: ox.QueryResultsFormat.XML,
    formats.CSV: ox.QueryResultsFormat.CSV,
    formats.TSV: ox.QueryResultsFormat.TSV,
    formats.TURTLE: ox.RdfFormat.TURTLE,
    formats.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    formats.RDF_XML: ox.RdfFormat.RDF_XML,
    formats.JSON_LD: ox.RdfFormat.JSON_LD,
    formats.TRIG: ox.RdfFormat.TRIG,
    formats.N_QUADS: ox.RdfFormat.N_QUADS,
}
"""What Oxigraph calls the formats."""


class Writer(Protocol):
    """The file Oxigraph writes to, 8 KiB at a time; what `write` raises ends the evaluation."""

    def write(self, data: bytes) -> int:
        """Take some output."""
        ...

    def flush(self) -> None:
        """Called by Oxigraph at the end."""
        ...


class Source:
    """A store that answers queries. With ``union`` its default graph is by default the merge of all graphs.

    ``prefixes`` need no declaration in a query; one that declares them itself gets what it declares.
    """

    def __init__(self, store: ox.Store | Path, prefixes: Mapping[str, str], *, union: bool = False) -> None:
        self._place = store if isinstance(store, Path) else None
        self._store = ox.Store() if isinstance(store, Path) else store
        self.prefixes = dict(prefixes)
        self._union = union

    def open(self) -> None:
        """Open a store that was named by its path, read-only; before that it is empty."""
        if self._place is not None:
            self._store = ox.Store.read_only(str(self._place))

    def files(self) -> int:
        """How many files a store on the disk may open at a query: a large one doesn't open all at the start."""
        return 0 if self._place is None else sum(1 for _ in self._place.glob("*.sst"))

    def evaluate(self, query: Query, format: Format, writer: Writer, *, has_dataset: bool) -> None:
        """Answer ``query`` into ``writer``; ``has_dataset`` says that the query itself has FROM clauses.

        Raises what the writer raises, and whatever pyoxigraph does: see `explain`.
        """
        # An empty list is not None: it takes away every graph, as a dataset given in part must (Protocol
        # 2.1.4).
        default_graphs: list[_Graph] | None = None
        named_graphs: list[_NamedGraph] | None = None
        chosen = bool(query.default_graphs or query.named_graphs)
        if chosen:
            default_graphs = [_graph(name) for name in query.default_graphs]
            named_graphs = [_graph(name) for name in query.named_graphs]
        results = self._store.query(
            splice(query.text, query.inlined) if query.inlined else query.text,
            prefixes=self._prefixes_in(query.text),
            use_default_graph_as_union=self._union and not chosen and not has_dataset,
            default_graph=default_graphs,
            named_graphs=named_graphs,
            custom_functions=_ALL_FUNCTIONS if query.inlined else _FUNCTIONS,
        )
        try:
            results.serialize(writer, format=FORMATS[format])  # type: ignore[arg-type]
        finally:
            del results  # it must end in its thread, and an exception keeps the frame

    def _prefixes_in(self, text: str) -> dict[str, str] | None:
        """Those prefixes that the text may use: Oxigraph reads the IRI of each it is given."""
        return {prefix: iri for prefix, iri in self.prefixes.items() if f"{prefix}:" in text} or None

    def explain(self, error: BaseException, text: str) -> QueryError:
        """The error that tells a person why evaluating ``text`` raised ``error`` (a panic is not an Exception)."""
        if isinstance(error, QueryError):
            return error
        if isinstance(error, SyntaxError):
            return diagnose(text, str(error), self.parse, self.prefixes)
        if isinstance(error, MemoryError):
            return MemoryLimitExceeded()
        unknown = _UNKNOWN_FUNCTION.match(str(error))
        if unknown is not None:
            return UnknownFunction(unknown.group(1))
        members = {"query": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16], "text": text[:2000]}
        _log.error("a query failed in the engine", exc_info=error, extra={"members": members})
        return EngineFailure()

    def parse(self, text: str) -> str | None:
        """What Oxigraph has against a text as a query, or None."""
        try:
            self._store.query(text, prefixes=self.prefixes, default_graph=[], named_graphs=[])
        except SyntaxError as error:
            return str(error)
        return None


def _graph(name: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(name)
    except ValueError:
        raise BadGraphName(name) from None
