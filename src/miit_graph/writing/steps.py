"""The operations of one update request, apart: they are done one after the other, and each sees what came of the last.

An engine would do them all at once on a copy in which the default graph is a graph like others. Here it is what all
named graphs say together, so it has to follow them after each operation (see `miit_graph.versions.change.settle`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from miit_graph.engine.lexer import Token, tokenize


class Step(NamedTuple):
    """One operation, as an update of its own with the prefixes that were declared before."""

    text: str
    start: int
    end: int
    """Where it stands in the whole text."""
    settles: bool
    """Whether the default graph has to follow before the next one: not if this only adds or only deletes some data of
    named graphs, and the next one does, too."""


def steps(text: str) -> list[Step]:
    """The operations of an update in their order; a single one is the text as it is. Raises LexicalError.

    Declarations may stand before each of them (SPARQL 1.1 Query, rule 29); Oxigraph takes them before the first only.
    """
    tokens = tokenize(text)
    found = list(_operations(tokens))
    if len(found) < 2:
        return [Step(text, 0, len(text), True)]
    parts: list[Step] = []
    declared = ""
    for number, (first, last) in enumerate(found):
        begins = first + _prologue(tokens[first:last])
        end = tokens[last].start if last < len(tokens) else len(text)
        declared += text[tokens[first].start : tokens[begins].start if begins < last else end]
        if begins == last:
            continue  # only declarations, after the last operation
        following = found[number + 1] if number + 1 < len(found) else None
        quiet = following is not None and _named_data(tokens[begins:last]) and _named_data(_rest(tokens, following))
        start = tokens[begins].start
        parts.append(Step(f"{declared}\n{text[start:end]}", start, end, not quiet))
    return parts


def alone(text: str, parts: list[Step], step: Step) -> str:
    """The text up to the end of a step, with spaces in place of other operations: what is wrong keeps its place."""
    found = list(text[: step.end])
    for part in parts[: parts.index(step)]:
        found[part.start : part.end] = [c if c == "\n" else " " for c in text[part.start : part.end]]
    tokens = tokenize(text)
    for index in _dividers(tokens):
        if tokens[index].start < step.end:
            found[tokens[index].start] = " "
    return "".join(found)


def _dividers(tokens: list[Token]) -> Iterator[int]:
    """The numbers of the semicolons that end operations; those inside of braces belong to triples."""
    depth = 0
    for index, token in enumerate(tokens):
        if token.kind == "mark":
            depth += (token.text == "{") - (token.text == "}")
            if token.text == ";" and not depth:
                yield index


def _operations(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    """Where the operations begin and end, as numbers of tokens."""
    first = 0
    for index in (*_dividers(tokens), len(tokens)):
        if index > first:
            yield first, index
        first = index + 1


def _prologue(tokens: list[Token]) -> int:
    """How many of these tokens are declarations: BASE <…>, PREFIX a: <…>, VERSION "…"."""
    position = 0
    while position < len(tokens) and tokens[position].word in ("base", "prefix", "version"):
        position += 3 if tokens[position].word == "prefix" else 2
    return position


def _rest(tokens: list[Token], place: tuple[int, int]) -> list[Token]:
    found = tokens[place[0] : place[1]]
    return found[_prologue(found) :]


def _named_data(tokens: list[Token]) -> bool:
    """Whether an operation is INSERT DATA or DELETE DATA about named graphs alone."""
    if len(tokens) < 2 or tokens[1].word != "data":
        return False
    depth = 0
    expects = "graph"  # inside of the outer braces: GRAPH, then a name, then braces
    for token in tokens[2:]:
        mark = token.text if token.kind == "mark" else ""
        depth -= mark == "}"
        if depth == 1 and mark not in (".", "{", "}"):
            if expects == "graph" and token.word != "graph":
                return False
            expects = "name" if expects == "graph" else "graph"
        depth += mark == "{"
    return True
