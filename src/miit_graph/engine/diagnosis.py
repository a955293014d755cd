"""Turns the syntax errors of Oxigraph into ones that point at the right place.

Oxigraph's parser reports the farthest character it looked at, and looks ahead by whole keywords: for
``SELECT * { ?s ?p }`` it names a column behind the end of the text. With every token followed by more space
than the longest keyword has letters, what it looked at is always inside the token that is wrong, or in the
space after it. So the text is parsed a second time in that shape, only on this path.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection

from miit_graph.engine.errors import QuerySyntaxError
from miit_graph.engine.gate import syntax_error, undeclared_prefix
from miit_graph.engine.lexer import LexicalError, Token, tokenize

_POSITION = re.compile(r"error at (\d+):(\d+): expected (.*)", re.DOTALL)
_PADDING = " " * 24  # ENCODE_FOR_URI has 14 letters
_MOST_TOKENS = 5_000
# Oxigraph mixes sentences into its list of expected tokens; these are for people.
_SENTENCE = re.compile(r"(?:one of |, |^)((?:SELECT \*|The SELECT|IRI|[A-Z][a-z]+) [a-z][^,\[\"']+)")


def diagnose(
    text: str, message: str, parse: Callable[[str], str | None], prefixes: Collection[str] = ()
) -> QuerySyntaxError:
    """Explain why Oxigraph refused ``text`` with ``message``.

    ``parse`` tries another text and returns Oxigraph's message about it, or None if it has nothing against
    it. ``prefixes`` are known without a declaration.
    """
    try:
        tokens = tokenize(text)
    except LexicalError as error:  # the gate does not look at every text so closely
        return syntax_error(text, error.position, str(error))
    unknown = undeclared_prefix(tokens, prefixes)
    if unknown is not None:
        prefix = unknown.text.partition(":")[0]
        what = f'the prefix "{prefix}:" is not declared; add PREFIX {prefix}: <…> at the start of the query'
        return syntax_error(text, unknown.start, what)
    if len(tokens) <= _MOST_TOKENS:
        again = parse("".join(token.text + _PADDING for token in tokens).replace("\n", " "))
        found = _POSITION.match(again or "")
        if found:
            return _at_token(text, tokens, int(found.group(2)) - 1, _reason(found.group(3)))
    found = _POSITION.match(message)
    if not found:
        return QuerySyntaxError(f"The query cannot be parsed: {message[:200]}")
    position = _offset(text, int(found.group(1)), int(found.group(2)))
    return syntax_error(text, position, "syntax error near here")


def _at_token(text: str, tokens: list[Token], offset: int, reason: str) -> QuerySyntaxError:
    starts, position = [], 0
    for token in tokens:
        starts.append(position)
        position += len(token.text) + len(_PADDING)
    if offset >= position and not reason:
        return syntax_error(text, len(text.rstrip()), "the query ends too early, or a bracket is not closed")
    token = tokens[max(0, bisect_right(starts, offset) - 1)]
    shown = token.text if len(token.text) <= 40 else token.text[:39] + "…"
    if not reason and token.kind == "iri" and ":" not in token.text:
        reason = f"{shown} is a relative IRI; write it in full, or declare a BASE"
    return syntax_error(text, token.start, reason or f"{shown} is not expected here")


def _reason(expected: str) -> str:
    """What Oxigraph itself says in words, if it does."""
    found = _SENTENCE.search(expected.replace("\n", " "))
    return found.group(1).strip() if found else ""


def _offset(text: str, line: int, column: int) -> int:
    """The character (from 0) at a line and column (from 1), kept inside the text."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column - 1, len(text))
