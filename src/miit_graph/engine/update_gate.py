"""Decides from its text alone whether a SPARQL update may be tried; see `gate` for queries.

An update is tried in a process that dies alone, so here only that is refused which reaches outside (LOAD, SERVICE),
and what is nested too deep to say anything better about it later.
"""

from __future__ import annotations

from miit_graph.engine.errors import LoadRefused, QueryError
from miit_graph.engine.gate import depth, excerpt, place, service, syntax_error
from miit_graph.engine.lexer import LexicalError, Token, tokenize


def examine_update(text: str, nesting: int) -> QueryError | None:
    """What is wrong with an update text, if that can be seen without parsing it; brackets may be ``nesting`` deep."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return syntax_error(text, error.start, "half of a surrogate pair is not a character")
    try:
        tokens = tokenize(text)
    except LexicalError as error:
        return syntax_error(text, error.position, str(error))
    return _load(text, tokens) or service(text, tokens, ()) or depth(text, tokens, nesting, _data_blocks(tokens))


def _load(text: str, tokens: list[Token]) -> QueryError | None:
    """LOAD in any reading: a parser that needs no space after a keyword also sees it in ``LOAD:x``."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        declares = before is not None and before.word == "prefix"
        if token.word == "load" or (token.kind == "name" and token.text.lower().startswith("load:") and not declares):
            line, column = place(text, token.start)
            return LoadRefused(line=line, column=column, excerpt=excerpt(text, token.start))
    return None


def _data_blocks(tokens: list[Token]) -> list[bool]:
    """For each token, whether it is inside INSERT DATA, DELETE DATA or VALUES: those are flat, however long."""
    marks = [False] * len(tokens)
    level, begins = 0, False
    for index, token in enumerate(tokens):
        if level:
            marks[index] = True
            level += (token.text == "{") - (token.text == "}") if token.kind == "mark" else 0
        elif begins and token.text == "{":
            level, begins = 1, False
        elif token.word in ("data", "values"):
            begins = True
        elif begins and not (token.kind == "variable" or token.text in ("(", ")")):
            begins = False
    return marks
