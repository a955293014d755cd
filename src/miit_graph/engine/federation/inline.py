"""Puts what endpoints have answered into the place of the SERVICE clauses, as inline data (SPARQL 1.1 section 10).

Answers are SPARQL 1.1 Query Results in JSON, read here and not where they were fetched: this runs where the query
runs, under its limits for time and memory. Inline data can't hold blank nodes; they travel as IRIs, which a function
that only such a query has (`FUNCTIONS`) turns into blank nodes again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import pyoxigraph as ox

from miit_graph.engine.errors import ServiceFailed

_BLANK = "urn:x-service-blank-node:"
_TO_BLANK = "urn:x-service-to-blank-node"
_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Inlined(NamedTuple):
    """What takes the place of the characters from ``start`` to ``end``.

    ``variables`` are those that the clause binds, without ?; ``answers`` what each endpoint has said: its IRI and its
    answer, or None if it failed and the clause is SILENT. ``variable`` is that of ``SERVICE ?s``, else empty. An answer
    that is no SPARQL result counts as none if the clause is ``silent``, else ``line`` and ``column`` tell whose it was.
    """

    start: int
    end: int
    variable: str
    variables: tuple[str, ...]
    answers: tuple[tuple[str, str | None], ...]
    silent: bool
    line: int
    column: int


def splice(text: str, items: Iterable[Inlined]) -> str:
    """The text with every item in its place. Raises ServiceFailed if an answer is no SPARQL result."""
    parts, position = [], 0
    for number, item in enumerate(sorted(items)):
        parts += [text[position : item.start], _data(item, number)]
        position = item.end
    return "".join([*parts, text[position:]])


def _to_blank(term: _Term) -> _Term:
    if isinstance(term, ox.NamedNode) and term.value.startswith(_BLANK):
        return ox.BlankNode(term.value.removeprefix(_BLANK))
    return term


FUNCTIONS: dict[ox.NamedNode, Callable[..., Any]] = {ox.NamedNode(_TO_BLANK): _to_blank}


def _data(item: Inlined, number: int) -> str:
    """A group that holds the solutions of the clause."""
    columns = list(dict.fromkeys((*item.variables, *([item.variable] if item.variable else []))))
    blank: set[str] = set()
    rows: list[dict[str, str]] = []
    for place, (endpoint, answer) in enumerate(item.answers):
        fixed = {item.variable: f"<{endpoint}>"} if item.variable else {}
        labels = _Labels(f"service{number}x{place}x")
        try:
            read = [{}] if answer is None else [_row(row, item.variables, labels, blank) for row in _solutions(answer)]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            if not item.silent:
                reason = "its answer is not a table in the SPARQL 1.1 Query Results JSON Format"
                raise ServiceFailed(endpoint, reason, line=item.line, column=item.column) from error
            read = [{}]
        # The group may bind the clause's own variable too: then to what was asked, or there is no solution.
        rows += [
            fixed | row for row in read if not fixed or row.get(item.variable, fixed[item.variable]) in fixed.values()
        ]
    lines = (f"({' '.join(row.get(name, 'UNDEF') for name in columns)})" for row in rows)
    head = " ".join(f"?{name}" + ("_from_service" if name in blank else "") for name in columns)
    values = f"VALUES ({head}) {{ {' '.join(lines)} }}"
    if not blank:
        return f"{{ {values} }}"
    restored = (
        f"(<{_TO_BLANK}>(?{name}_from_service) AS ?{name})" if name in blank else f"?{name}" for name in columns
    )
    return f"{{ SELECT {' '.join(restored)} {{ {values} }} }}"


def _solutions(answer: str) -> Iterator[dict[str, Any]]:
    for row in json.loads(answer)["results"]["bindings"]:
        yield row if isinstance(row, dict) else {}[row]


def _row(row: dict[str, Any], names: Iterable[str], labels: _Labels, blank: set[str]) -> dict[str, str]:
    return {name: _cell(row[name], labels, blank, name) for name in names if name in row}


class _Labels(dict[str, str]):
    """Names for the blank nodes of one answer, which are nobody else's."""

    def __init__(self, start: str) -> None:
        super().__init__()
        self._start = start

    def __missing__(self, label: str) -> str:
        self[label] = f"{self._start}{len(self)}"
        return self[label]


def _cell(value: dict[str, Any], labels: _Labels, blank: set[str], name: str) -> str:
    """One RDF term of an answer; ``blank`` notes the variables that are bound to blank nodes."""
    if value["type"] == "bnode":
        blank.add(name)
        return f"<{_BLANK}{labels[str(value['value'])]}>"
    return cell(value)


def cell(value: dict[str, Any]) -> str:
    """An IRI or a literal of the JSON format as SPARQL writes it. Raises ValueError and the like if it is neither."""
    kind, text = value["type"], value["value"]
    if kind == "uri":
        return str(ox.NamedNode(text))
    if kind not in ("literal", "typed-literal"):
        raise ValueError(kind)
    text.encode()  # half of a surrogate pair is not a character
    if "xml:lang" in value:
        return str(ox.Literal(text, language=value["xml:lang"]))
    if "datatype" in value:
        return str(ox.Literal(text, datatype=ox.NamedNode(value["datatype"])))
    return str(ox.Literal(text))
