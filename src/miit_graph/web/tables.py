"""Reads the first rows of a SELECT result for a page, from the TSV an engine streams (a row a line)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from miit_graph.engine.api import Answer
from miit_graph.export.picture.measure import width

_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_SHORT = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}

_LEAST_WIDTHS = (4, 6, 8, 11, 14)
"""Of columns, in rem: the style sheet has a class `at-least-N` for each."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value; its kind is `iri`, `literal`, `other` or `none`."""

    kind: str
    text: str
    language: str = ""
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The head of a result. ``more``: it has rows that are not here."""

    variables: list[str]
    rows: list[list[Cell]]
    more: bool


def read_table(answer: Answer, limit: int) -> Table:
    """The first ``limit`` rows. Raises the `QueryError` of an answer that fails before that."""
    lines = _lines(answer)
    header = next(lines, "")
    variables = [name.removeprefix("?") for name in header.split("\t")] if header else []
    rows: list[list[Cell]] = []
    for line in lines:
        if len(rows) == limit:
            return Table(variables, rows, more=True)
        rows.append([_cell(value) for value in line.split("\t")] if variables else [])
    return Table(variables, rows, more=False)


def column_widths(columns: Iterable[Iterable[str]]) -> list[int]:
    """For each column, given by its texts, the step of `_LEAST_WIDTHS` in which its longest text has one line, if any.

    A browser that is told them need not wait for the last row: no row moves while more of the page arrives.
    """
    return [_step(max((_rem(text) for text in texts), default=0.0)) for texts in columns]


def _rem(text: str) -> float:
    return width(text[: 4 * _LEAST_WIDTHS[-1]], 1)  # no more of it decides anything


def _step(rem: float) -> int:
    return next((step for step in _LEAST_WIDTHS if step >= rem), _LEAST_WIDTHS[-1])


def _lines(answer: Answer) -> Iterator[str]:
    rest = b""
    for chunk in answer:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            yield line.decode()
    if rest:
        yield rest.decode()


def _cell(value: str) -> Cell:
    """One value in the syntax of Turtle (SPARQL 1.1 Query Results TSV, section 4)."""
    if not value:
        return Cell("none", "")
    if value.startswith("<") and value.endswith(">") and not value.startswith("<<"):
        return Cell("iri", _unescape(value[1:-1]))
    literal = _LITERAL.fullmatch(value)
    if literal:
        return Cell("literal", _unescape(literal.group(1)), literal.group(2) or "", literal.group(3) or "")
    return Cell("literal" if value[0] in "+-.0123456789tf" else "other", value)


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        digits = match.group(1) or match.group(2)
        return chr(int(digits, 16)) if digits else _SHORT.get(match.group(3), match.group(3))

    return _ESCAPE.sub(character, text)
