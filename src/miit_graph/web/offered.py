"""Which pages have something to show for the graph that is served: the navigation offers only those."""

from __future__ import annotations

from collections.abc import Container

from miit_graph.engine.errors import QueryError
from miit_graph.export.picture.terms import ORGANISATIONS, PLAIN, PLAIN_DOWN
from miit_graph.publish.sparql_text import iris
from miit_graph.vocabulary import M
from miit_graph.web.linked_data.answers import asker
from miit_graph.web.of_version import left_out, of_version

_KEY = "miit_graph.offered"
_NEEDED = {
    "sources.sources": f"{{ ?thing a <{M.SourceDocument}> }}",
    "disputes.disputes": f"{{ VALUES ?kind {{ <{M.Conflict}> <{M.Claim}> }} ?thing a ?kind }}",
    "chart.chart": f"{{ VALUES ?kind {{ {iris(ORGANISATIONS)} }} ?thing a ?kind }}"
    f" UNION {{ VALUES ?tie {{ {iris((M.affiliate, *PLAIN, *PLAIN_DOWN))} }} ?unit ?tie ?over }}",
}
"""By endpoint: a pattern without which the page is empty."""


def empty_pages(*, surely: bool) -> Container[str]:
    """The endpoints whose page would be empty, asked once per version; none where that takes too much of the engine.

    With ``surely`` it raises the QueryError of an engine that is in trouble; without, as for a page that tells of an
    error itself, it then knows of none.
    """
    try:
        found = of_version(_KEY, _empty, whole=lambda known: known is not None)
    except QueryError:
        if surely:
            raise
        return ()
    if found is None:
        left_out()
        return ()
    return found


def _empty() -> frozenset[str] | None:
    found = set[str]()
    ask = asker()

    def look() -> None:
        found.update(name for name, pattern in _NEEDED.items() if not ask.truth(f"ASK {{ {pattern} }}"))

    return frozenset(found) if ask.manages(look) else None
