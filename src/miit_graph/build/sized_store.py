"""An Oxigraph store for rdflib that is cheap to validate."""

from __future__ import annotations

from oxrdflib.store import OxigraphStore
from rdflib import Graph


class SizedStore(OxigraphStore):
    """Counts itself once.

    pySHACL asks for the graph's length per result, and oxrdflib answers each time by counting all triples; the graph
    does not change under validation, so one count will do.
    """

    _size: int | None = None

    def __len__(self, context: Graph | None = None) -> int:
        if self._size is None:
            self._size = super().__len__(context)
        return self._size
