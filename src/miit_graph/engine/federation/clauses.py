"""Finds the SERVICE clauses of a query in its tokens, and to which endpoints each of them can go.

A clause with a variable (``SERVICE ?s``) goes to the IRIs that the text itself gives the variable, with VALUES or BIND:
in the same group, or before it in a group around it. There every solution has one of these values, so asking only these
endpoints is asking all that could count. A variable that gets its values in another way is not resolved.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from miit_graph.engine.lexer import Token

_OPEN = {"{": "}", "(": ")", "[": "]", "{|": "|}", "<<": ">>", "<<(": ")>>"}
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})|\\(.)", re.DOTALL)


class Unclear(Exception):
    """A SERVICE clause of which it cannot be said where it goes; ``position`` counts characters from 0."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position


@dataclass(frozen=True, slots=True)
class Clause:
    """One SERVICE clause. Positions count characters from 0.

    ``start`` is that of the word SERVICE, ``name`` that of what names the endpoint; ``group`` and ``end`` are where its
    group begins and ends. ``variable`` is its variable without the ?, or empty; ``endpoints`` are the IRIs it can go
    to. ``around`` is where the group begins that holds it, if that is the query's outermost one, else -1. A ``nested``
    clause is inside another one, whose endpoint deals with it.
    """

    start: int
    name: int
    group: int
    end: int
    silent: bool
    variable: str
    endpoints: tuple[str, ...]
    around: int
    nested: bool


@dataclass(frozen=True, slots=True)
class Prologue:
    """What stands before the query form: where that begins, the base IRI and the prefixes."""

    end: int
    base: str
    prefixes: dict[str, str]


def read_prologue(tokens: list[Token]) -> Prologue:
    """The prologue of a query (SPARQL 1.1 section 4.1)."""
    base, prefixes = "", dict[str, str]()
    index = 0
    while index < len(tokens):
        word = tokens[index].word
        if word == "base" and index + 1 < len(tokens):
            base = urljoin(base, _bare(tokens[index + 1].text))
            index += 2
        elif word == "prefix" and index + 2 < len(tokens):
            prefixes[tokens[index + 1].text[:-1]] = urljoin(base, _bare(tokens[index + 2].text))
            index += 3
        elif word == "version":
            index += 2
        else:
            break
    return Prologue(tokens[index].start if index < len(tokens) else 0, base, prefixes)


def read_clauses(tokens: list[Token]) -> list[Clause]:
    """All SERVICE clauses, in the order of the text. Raises Unclear."""
    if not any(token.word == "service" for token in tokens):
        return []
    prologue = read_prologue(tokens)
    closing = _closing(tokens)
    around: list[int] = []
    clauses: list[Clause] = []
    for index, token in enumerate(tokens):
        if index in closing:
            around.append(index)
        elif around and closing[around[-1]] == index:
            around.pop()
        elif token.word == "service":
            nested = any(clause.start < token.start < clause.end for clause in clauses)
            clauses.append(_read(tokens, index, closing, around, prologue, nested=nested))
    return clauses


def _closing(tokens: list[Token]) -> dict[int, int]:
    """For each opening bracket that is closed, the place of the closing one."""
    found: dict[int, int] = {}
    stack: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind != "mark":
            continue
        if token.text in _OPEN:
            stack.append(index)
        elif stack and _OPEN[tokens[stack[-1]].text] == token.text:
            found[stack.pop()] = index
    return found


def _read(
    tokens: list[Token], index: int, closing: dict[int, int], around: list[int], prologue: Prologue, *, nested: bool
) -> Clause:
    start = tokens[index].start
    silent = index + 1 < len(tokens) and tokens[index + 1].word == "silent"
    place = index + 1 + silent
    if place + 1 not in closing or tokens[place + 1].text != "{" or not around:
        raise Unclear("SERVICE takes an IRI or a variable, and then a group in braces", start)
    name, end = tokens[place], tokens[closing[place + 1]]
    variable = name.text[1:] if name.kind == "variable" else ""
    if variable:
        if nested:
            raise Unclear("inside another SERVICE clause an IRI has to stand here", name.start)
        endpoints = _values(tokens, index, variable, closing, around, prologue)
        if endpoints is None:
            what = f"it cannot be seen from the query which endpoints ?{variable} stands for"
            raise Unclear(f"{what}; list them before the clause: VALUES ?{variable} {{ <…> }}", name.start)
    else:
        iri = _iri(name, prologue)
        if iri is None:
            raise Unclear("SERVICE takes an IRI or a variable", name.start)
        endpoints = (iri,)
    outer = tokens[around[0]].start if len(around) == 1 and tokens[around[0]].text == "{" else -1
    return Clause(start, name.start, tokens[place + 1].start, end.start + 1, silent, variable, endpoints, outer, nested)


def _values(
    tokens: list[Token], index: int, variable: str, closing: dict[int, int], around: list[int], prologue: Prologue
) -> tuple[str, ...] | None:
    """What the text gives the variable where the clause at ``index`` stands; None if that can't be said."""
    for level in range(len(around) - 1, -1, -1):
        opening = around[level]
        if tokens[opening].text != "{":
            return None
        until = closing[opening] if level == len(around) - 1 else around[level + 1]
        found = _given(tokens, opening + 1, until, variable, closing, prologue)
        if found is not None:
            return found
        before, earlier = tokens[opening - 1], tokens[opening - 2]
        if before.word in ("minus", "exists") or tokens[opening + 1].word == "select" or earlier.word == "service":
            return None
    return None


def _given(
    tokens: list[Token], index: int, until: int, variable: str, closing: dict[int, int], prologue: Prologue
) -> tuple[str, ...] | None:
    """The values that a VALUES or BIND directly between two places gives the variable."""
    while index < until:
        token = tokens[index]
        if token.word == "values":
            head = index + 1
            names = [head] if tokens[head].kind == "variable" else list(range(head + 1, closing.get(head, head)))
            body = closing.get(head, head) + 1
            rows = closing.get(body, body)
            columns = [tokens[place].text[1:] for place in names]
            if variable in columns:
                cells = [cell for cell in tokens[body + 1 : rows] if cell.text not in ("(", ")")]
                if any(cell.kind == "mark" for cell in cells):  # a triple term is several tokens
                    return None
                return _iris(cells[columns.index(variable) :: len(columns)], prologue)
            index = rows + 1
        elif token.word == "bind" and closing.get(index + 1) == index + 5:
            value, word, name = tokens[index + 2 : index + 5]
            if word.word == "as" and name.text[1:] == variable:
                return _iris([value], prologue)
            index += 6
        else:
            index = closing.get(index, index) + 1
    return None


def _iris(cells: list[Token], prologue: Prologue) -> tuple[str, ...] | None:
    """Different IRIs in their order; None if anything else is among them."""
    iris = [_iri(cell, prologue) for cell in cells]
    return None if None in iris else tuple(dict.fromkeys(iri for iri in iris if iri is not None))


def _iri(token: Token, prologue: Prologue) -> str | None:
    """The absolute IRI that a token stands for."""
    if token.kind == "iri":
        return urljoin(prologue.base, _bare(token.text)) if prologue.base else _bare(token.text)
    if token.kind == "name":
        prefix, _, local = token.text.partition(":")
        start = prologue.prefixes.get(prefix)
        return None if start is None else start + _unescaped(local)
    return None


def _bare(iri: str) -> str:
    return _unescaped(iri[1:-1])


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(lambda found: found[3] or chr(int(found[1] or found[2], 16)), text)
