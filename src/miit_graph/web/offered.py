"""Which pages have something to show for the graph that is served: the navigation offers only those."""

from __future__ import annotations

from collections.abc import Container

from miit_graph.engine.errors import QueryError
from miit_graph.export.picture.terms import ORGANISATIONS, PLAIN, PLAIN_DOWN
from miit_graph.publish.sparql_text import iris
from miit_graph.vocabulary import M
from miit_graph.web.linked_data.answers import asker
from miit_graph.web.of_version import of_version

_KEY = "miit_graph.offered"
_NEEDED = {
    "sources.sources": f"{{ ?thing a <{M.SourceDocument}> }}",
    "disputes.disputes": f"{{ VALUES ?kind {{ <{M.Conflict}> <{M.Claim}> }} ?thing a ?kind }}",
    "chart.chart": f"{{ VALUES ?kind {{ {iris(ORGANISATIONS)} }} ?thing a ?kind }}"
    f" UNION {{ VALUES ?tie {{ {iris((M.affiliate, *PLAIN, *PLAIN_DOWN))} }} ?unit ?tie ?over }}",
}
"""By endpoint: a pattern without which the page is empty."""


def empty_pages() -> Container[str]:
    """The endpoints whose page would be empty; asked once per version, none where the engine can't say."""
    try:
        return of_version(_KEY, _empty)
    except QueryError:
        return ()


def _empty() -> frozenset[str]:
    return frozenset(name for name, pattern in _NEEDED.items() if not asker().truth(f"ASK {{ {pattern} }}"))
