"""What held on a day, on the pages and in the descriptions of things: ``?as-of=2012-06-30``.

This is valid time, what the facts speak of; which version of the data speaks is another question. Intervals are read
as in graph files (`miit_graph.export.graph.evidence.Period`): a time has a first and a last day that it can mean, so a
fact certainly held on the day, or possibly, or certainly not; what has no date is not ruled out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request

from miit_graph.export.graph.evidence import Period, State, Time
from miit_graph.publish.ask import Asker, Row
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.vocabulary import M
from miit_graph.web.problems import Problem

OPTION = "as-of"
_MOST = 50_000
_ENDS = {"from": M.validFrom, "until": M.validUntil, "at": M["at"]}


def asked_day() -> date | None:
    """The day that the request asks about. Raises Problem (400)."""
    value = request.args.get(OPTION, "").strip()
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        detail = f"{OPTION}={value[:40]} is not a day. Write for example {OPTION}=2012-06-30."
        raise Problem(400, "request", "The request is not understood", detail) from None


def states_of(asker: Asker, iri: str, day: date) -> Mapping[str, State]:
    """The facts about a thing that may have held on a day, and how sure that is; the others certainly did not."""
    times = " ".join(
        f"OPTIONAL {{ ?f <{predicate}> ?{end} . OPTIONAL {{ ?{end} <{M.earliest}> ?{end}First }}"
        f" OPTIONAL {{ ?{end} <{M.latest}> ?{end}Last }} }}"
        for end, predicate in _ENDS.items()
    )
    rows = asker.rows(
        f"SELECT * {{ {{ SELECT DISTINCT ?f {{ ?f ?role {text_of(iri)} . ?f a <{M.Fact}> }} LIMIT {_MOST} }} {times} }}"
    )
    found: dict[str, State] = {}
    for row in rows:
        period = Period(_time(row, "from"), _time(row, "until"), _time(row, "at"))
        state = period.state_on(day)
        if state is not None:
            found.setdefault(_text(row, "f"), state)
    return found


def _time(row: Row, end: str) -> Time | None:
    if end not in row:
        return None
    return Time("", _text(row, f"{end}First") or None, _text(row, f"{end}Last") or None)


def _text(row: Row, name: str) -> str:
    return str(getattr(row.get(name), "value", ""))
