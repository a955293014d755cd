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
from miit_graph.vocabulary import ORG, M
from miit_graph.web.problems import Problem

OPTION = "as-of"
_MOST = 50_000
_RESULTING, _ORIGINAL = f"<{ORG.resultingOrganization}>", f"<{ORG.originalOrganization}>"
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
    rows = asker.rows(
        f"SELECT * {{ {{ SELECT DISTINCT ?f {{ ?f ?role {text_of(iri)} . ?f a <{M.Fact}> }} LIMIT {_MOST} }}"
        f" {_times()} }}"
    )
    found: dict[str, State] = {}
    for row in rows:
        period = Period(_time(row, "from"), _time(row, "until"), _time(row, "at"))
        state = period.state_on(day)
        if state is not None:
            found.setdefault(_text(row, "f"), state)
    return found


def _times() -> str:
    return " ".join(
        f"OPTIONAL {{ ?f <{predicate}> ?{end} . OPTIONAL {{ ?{end} <{M.earliest}> ?{end}First }}"
        f" OPTIONAL {{ ?{end} <{M.latest}> ?{end}Last }} }}"
        for end, predicate in _ENDS.items()
    )


def absent_on(asker: Asker, day: date) -> frozenset[str]:
    """Things that certainly weren't there on a day: by their own dates, else by the changes that began or ended them.

    An event is there when it happens, and not any more afterwards; as in graph files.
    """
    rows = asker.rows(
        f"SELECT * {{ {{ SELECT DISTINCT ?f {{ ?f <{M.validFrom}>|<{M.validUntil}>|<{M['at']}> ?time }}"
        f" LIMIT {_MOST} }}"
        f" {_times()} }}"
    )
    periods: dict[str, Period] = {}
    for row in rows:
        at = _time(row, "at")
        period = Period(_time(row, "from") or at, _time(row, "until") or at, at)
        periods.setdefault(_text(row, "f"), period)
    changed: dict[str, dict[str, Time]] = {}
    for end, predicate, other in (("begun", _RESULTING, _ORIGINAL), ("ended", _ORIGINAL, _RESULTING)):
        rows = asker.rows(
            f"SELECT ?body ?at ?atFirst ?atLast {{ ?change {predicate} ?body ; <{M['at']}> ?at"
            f" FILTER NOT EXISTS {{ ?change {other} ?body }} FILTER NOT EXISTS {{ ?change <{M.rank}> ?rank"
            f' FILTER(STRENDS(STR(?rank), "deprecated")) }} OPTIONAL {{ ?at <{M.earliest}> ?atFirst }}'
            f" OPTIONAL {{ ?at <{M.latest}> ?atLast }} }} ORDER BY ?change LIMIT {_MOST}"
        )
        for row in rows:
            time = _time(row, "at")
            if time is not None:
                changed.setdefault(_text(row, "body"), {}).setdefault(end, time)
    for body, ends in changed.items():
        periods.setdefault(body, Period(ends.get("begun"), ends.get("ended")))
    return frozenset(iri for iri, period in periods.items() if period.state_on(day) is None)


def _time(row: Row, end: str) -> Time | None:
    if end not in row:
        return None
    return Time("", _text(row, f"{end}First") or None, _text(row, f"{end}Last") or None)


def _text(row: Row, name: str) -> str:
    return str(getattr(row.get(name), "value", ""))
