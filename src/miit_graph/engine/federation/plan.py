"""Answers the SERVICE clauses of a query before it runs: asks their endpoints, and inlines what they say.

A clause of the outermost group is asked only about what the patterns before it have found: the values that they give to
the variables of the clause go with it as VALUES (a bind join). So ``?a owl:sameAs ?b SERVICE <…> { ?b rdfs:label ?c }``
costs the endpoint a few look-ups, not all its labels. Otherwise the clause is asked as it stands.
"""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from miit_graph.engine import formats
from miit_graph.engine.api import Answer, Form, Gone, Limits, Query
from miit_graph.engine.errors import ClientGone, QueryError, QueryTooComplex, ServiceFailed, TimeLimitExceeded
from miit_graph.engine.federation import remote
from miit_graph.engine.federation.clauses import Clause, Prologue, read_clauses, read_prologue
from miit_graph.engine.federation.inline import Inlined, cell
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import place
from miit_graph.engine.lexer import Token, tokenize

MOST_REQUESTS = 64
"""Requests that one query may cause."""
_ROWS = 200
_MOST_ROWS = 4_000
_PART = 0.75
"""Of the time that is left, what one endpoint may take: something must be left for the others and the query itself."""
_LOCAL_PART = 0.25
_NOWHERE = ("urn:x-service-nowhere",)
Run = Callable[[Query, Format, Limits, Gone | None], Answer]


def federate(
    run: Run, query: Query, form: Form, limits: Limits, prefixes: Mapping[str, str], gone: Gone | None = None
) -> Query:
    """``query`` with the answers of its SERVICE clauses, ready to be evaluated.

    ``run`` evaluates the parts that are needed for that; ``prefixes`` need no declaration in a query. Raises a
    QueryError: ServiceFailed if an endpoint fails and its clause isn't SILENT, whatever ``run`` raises.
    """
    return _Plan(run, query, form, limits, prefixes, gone).carry_out()


class _Plan:
    def __init__(
        self, run: Run, query: Query, form: Form, limits: Limits, prefixes: Mapping[str, str], gone: Gone | None
    ) -> None:
        self._run = run
        self._query = query
        self._text = query.text
        self._form = form
        self._limits = limits
        self._gone = gone
        self._until = time.monotonic() + limits.seconds
        self._tokens = tokenize(query.text)
        self._clauses = read_clauses(self._tokens)
        self._prologue: Prologue = read_prologue(self._tokens)
        self._prefixes = prefixes
        self._bytes = limits.service_bytes
        self._requests = 0

    def carry_out(self) -> Query:
        # As if the clauses were plain groups, over no data: so a mistake is told before anybody is asked.
        check = dataclasses.replace(self._query, text=self._without_heads(), default_graphs=_NOWHERE, named_graphs=())
        self._ask_here(check, formats.formats_for(self._form)[0], self._seconds_left())
        done: list[Inlined] = []
        for clause in self._clauses:
            if not clause.nested:
                done.append(self._answer(clause, done))
        return dataclasses.replace(self._query, inlined=tuple(done))

    def _answer(self, clause: Clause, done: list[Inlined]) -> Inlined:
        variables = self._in_scope(clause)
        tables = self._bindings(clause, variables, done)
        line, column = place(self._text, clause.name)
        answers: list[tuple[str, str | None]] = []
        for endpoint in clause.endpoints:
            for table in tables:
                self._requests += 1
                if self._requests > MOST_REQUESTS:
                    raise QueryTooComplex(
                        f"Line {line}, column {column}: the query needs more than {MOST_REQUESTS} requests to other"
                        " servers. Name fewer endpoints, or put fewer values into the clause.",
                        line=line,
                        column=column,
                    )
                try:
                    answers.append((endpoint, self._ask(endpoint, self._question(clause, table))))
                except remote.Failed as error:
                    if self._until - time.monotonic() <= 0:
                        raise TimeLimitExceeded(self._limits.seconds) from None
                    if not clause.silent:
                        raise ServiceFailed(endpoint, str(error), line=line, column=column) from None
                    answers.append((endpoint, None))
        return Inlined(
            clause.start, clause.end, clause.variable, variables, tuple(answers), clause.silent, line, column
        )

    def _ask(self, endpoint: str, question: str) -> str:
        limits = self._limits
        seconds = min(limits.service_seconds, _PART * self._seconds_left())
        answer = remote.ask(endpoint, question, limits.services, seconds, self._bytes, self._gone)
        self._bytes -= len(answer.encode())
        return answer

    def _question(self, clause: Clause, table: str) -> str:
        """The query that an endpoint gets."""
        group = self._text[clause.group : clause.end]
        declared = "".join(f"PREFIX {name}: <{self._prefixes[name]}>\n" for name in self._undeclared(clause))
        return f"{declared}{self._text[: self._prologue.end]}SELECT * " + (f"{{ {table} {group} }}" if table else group)

    def _undeclared(self, clause: Clause) -> Iterable[str]:
        used = (token.text.partition(":")[0] for token in self._inside(clause) if token.kind == "name")
        return dict.fromkeys(name for name in used if name not in self._prologue.prefixes and name in self._prefixes)

    def _inside(self, clause: Clause) -> list[Token]:
        return [token for token in self._tokens if clause.group <= token.start < clause.end]

    def _without_heads(self) -> str:
        """The text with spaces for ``SERVICE …`` before each group, so that all else stays in its place."""
        text = self._text
        for clause in self._clauses:
            text = text[: clause.start] + _blank(text[clause.start : clause.group]) + text[clause.group :]
        return text

    def _in_scope(self, clause: Clause) -> tuple[str, ...]:
        """The variables that the group of a clause binds (SPARQL 1.1 section 18.2.1)."""
        text = self._without_heads()
        query = f"{text[: self._prologue.end]}SELECT * {text[clause.group : clause.end]} LIMIT 0"
        content = self._ask_here(Query(query, _NOWHERE), formats.JSON, self._seconds_left())
        return tuple(json.loads(content)["head"]["vars"])

    def _bindings(self, clause: Clause, variables: tuple[str, ...], done: list[Inlined]) -> list[str]:
        """VALUES blocks with what stands before the clause has found, one a request; [""] if that's of no use."""
        before = [token for token in self._tokens if clause.around < token.start < clause.start]
        shared = sorted({token.text[1:] for token in before if token.kind == "variable"} & set(variables))
        if clause.around < 0 or not shared:
            return [""]
        start = clause.around + 1
        text = self._without_filters(before, start, clause.start)
        head = self._text[: self._prologue.end]
        names = " ".join(f"?{name}" for name in shared)
        opening = f"{head}SELECT DISTINCT {names} {self._dataset(clause.around)} {{ "
        moved = len(opening) - start
        items = tuple(item._replace(start=item.start + moved, end=item.end + moved) for item in done)
        query = dataclasses.replace(self._query, text=f"{opening}{text} }} LIMIT {_MOST_ROWS + 1}", inlined=items)
        try:
            content = self._ask_here(query, formats.JSON, _LOCAL_PART * self._seconds_left())
        except ClientGone:
            raise
        except QueryError:
            return [""]
        return _tables(json.loads(content)["results"]["bindings"], shared)

    def _dataset(self, group: int) -> str:
        """The FROM clauses of the query."""
        tokens = [token for token in self._tokens if token.start < group]
        first = next((token.start for token in tokens if token.word == "from"), group)
        return " ".join(token.text for token in tokens if token.start >= first and token.word != "where")

    def _without_filters(self, tokens: list[Token], start: int, end: int) -> str:
        """A part of the text without the filters of its own level: they may need what comes after it."""
        text, depth, opened = self._text[start:end], 0, -1
        for index, token in enumerate(tokens):
            mark = token.text if token.kind == "mark" else ""
            if token.word == "filter" and depth == 0:
                opened = token.start
            depth += mark in ("(", "{", "[")
            depth -= mark in (")", "}", "]")
            if opened >= 0 and depth == 0 and mark in (")", "}"):
                stop = token.start + 1
                if index + 1 < len(tokens) and tokens[index + 1].text == ".":
                    stop = tokens[index + 1].start + 1
                text = text[: opened - start] + _blank(self._text[opened:stop]) + text[stop - start :]
                opened = -1
        return text

    def _ask_here(self, query: Query, format: Format, seconds: float) -> bytes:
        answer = self._run(query, format, dataclasses.replace(self._limits, seconds=seconds), self._gone)
        try:
            return b"".join(answer)
        finally:
            answer.close()

    def _seconds_left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeLimitExceeded(self._limits.seconds)
        return left


def _blank(text: str) -> str:
    return "".join(character if character in "\r\n" else " " for character in text)


def _tables(rows: list[dict[str, Any]], names: list[str]) -> list[str]:
    """VALUES blocks for the variables whose values mean the same everywhere: IRIs and strings, in every row."""
    if len(rows) > _MOST_ROWS:
        return [""]
    if not rows:
        return []
    fit = [name for name in names if all(_travels(row.get(name)) for row in rows)]
    if not fit:
        return [""]
    head = " ".join(f"?{name}" for name in fit)
    lines = list(dict.fromkeys(f"({' '.join(cell(row[name]) for name in fit)})" for row in rows))
    return [f"VALUES ({head}) {{ {' '.join(lines[start : start + _ROWS])} }}" for start in range(0, len(lines), _ROWS)]


def _travels(value: dict[str, Any] | None) -> bool:
    # Numbers and dates may be written differently there, though they are equal.
    return value is not None and (value["type"] == "uri" or (value["type"] == "literal" and "datatype" not in value))
