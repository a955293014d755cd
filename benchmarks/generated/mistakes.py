"""Mistakes to plant in a generated graph, each about a node of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from generated.triples import (
    FIRST_YEAR,
    FROM,
    LABEL,
    LINES,
    NORMAL,
    RANK,
    SCHEMA,
    SOURCE,
    Pair,
    c,
    curated_name,
    d,
    i,
    names,
    node,
    text,
    typed,
)

from miit_graph.vocabulary import M

_CITED = (FROM, d("cite-ministry-0"))


def _group(name: str, *labels: Pair) -> Iterator[str]:
    return node(name, (M.UnnamedGroup,), *labels, _CITED)


def _trailing_space(name: str, number: int) -> Iterator[str]:
    yield from _group(name, *names(f"Mistake {number} ", f"第{number}误"))
    yield from curated_name(name, f"第{number}误")


def _no_chinese(name: str, number: int) -> Iterator[str]:
    return _group(name, (LABEL, text(f"Mistake {number}", "en")))


def _latin(name: str, number: int) -> Iterator[str]:
    yield from _group(name, *names(f"Mistake {number}", f"第{number}误 mistake"))
    yield from curated_name(name, f"第{number}误 mistake")


def _no_quote(name: str, number: int) -> Iterator[str]:
    line = typed(number % LINES + 1, "integer")
    return node(name, (M.Citation,), (SOURCE, d("src-0")), (i(M.lineStart), line), (i(M.lineEnd), line))


def _beyond_end(name: str, number: int) -> Iterator[str]:
    line = typed(LINES + 1 + number, "integer")
    quote = (i(M.quote), text("no such line"))
    return node(name, (M.Citation,), (SOURCE, d("src-0")), (i(M.lineStart), line), (i(M.lineEnd), line), quote)


def _aim(name: str, *more: Pair) -> Iterator[str]:
    pursued = (i(M.pursuedBy), d("ministry-0"))
    return node(name, (M.Aim,), pursued, (i(M.goal), c("goal-resilience")), _CITED, *more)


def _no_rank(name: str, number: int) -> Iterator[str]:
    return _aim(name)


def _stray_property(name: str, number: int) -> Iterator[str]:
    return _aim(name, (RANK, NORMAL), (i(M.ordinal), typed(number, "integer")))


def _foreign_code(name: str, number: int) -> Iterator[str]:
    return _aim(name, (RANK, NORMAL), (i(M.function), c("region-province")))


def _negative(name: str, number: int) -> Iterator[str]:
    return node(
        name,
        (M.Statistic, SCHEMA + "Observation"),
        (i(SCHEMA + "observationAbout"), d("ministry-0")),
        (i(SCHEMA + "measuredProperty"), c("ms-working-group-size")),
        (i(SCHEMA + "value"), typed(-1 - number, "integer")),
        (i(SCHEMA + "unitText"), text("people", "en")),
        (i(M.comparator), c("cmp-exactly")),
        (i(M.refTime), d(f"t-{FIRST_YEAR}")),
        (RANK, NORMAL),
        _CITED,
    )


def _second_parent(name: str, number: int) -> Iterator[str]:
    zh = f"第{number}误研究院"
    yield from node(name, (M.PublicInstitution,), *names(f"Institute of mistake {number}", zh), _CITED)
    yield from curated_name(name, zh)
    for above in ("ministry-0", "state-council"):
        yield from node(
            f"aff-{name}-{above}",
            (M.Affiliation,),
            (i(M.affiliate), d(name)),
            (i(M.principal), d(above)),
            (i(M.affiliationKind), c("aff-direct-unit")),
            (RANK, NORMAL),
            _CITED,
        )


MISTAKES: tuple[tuple[str, Callable[[str, int], Iterator[str]]], ...] = (
    ("R04", _trailing_space),
    ("R01", _no_chinese),
    ("R03", _latin),
    ("R12", _no_quote),
    ("R12", _beyond_end),
    ("R35", _no_rank),
    ("R36", _stray_property),
    ("R31", _foreign_code),
    ("R32", _negative),
    ("R26", _second_parent),
)
"""The kinds of planted mistakes: the rule that each breaks, once, and what writes it."""


def expected(mistakes: int) -> Counter[str]:
    """How often each rule is broken by so many planted mistakes."""
    return Counter(MISTAKES[number % len(MISTAKES)][0] for number in range(mistakes))
