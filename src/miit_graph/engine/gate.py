"""Decides from its text alone whether a query may run: a pure function from text to `Allow` or `Refuse`.

It refuses what this server must not do (SERVICE to endpoints that are not allowed, updates) and what the
engine does not survive. pyoxigraph 0.5.13 parses and plans by recursion and is killed by a stack
overflow, which no exception handler sees. Measured at 1 MiB of stack it dies of 104 nested EXISTS, 118
nested function calls, 272 nested groups, 576 nested parentheses, and also without any bracket of 320
BINDs, 160 members of an RDF list, 1160 `||`; at 128 KiB of 36 joined patterns or OPTIONALs. What it
needs grows evenly with their number, and the dearest token, a list member, costs 7 kB. So besides
nesting the gate bounds the number of tokens, and the engine gives its threads `STACK_BYTES`, more than
twice what the most expensive query within these bounds needs. Three constructs take time exponential in
their depth; `MAX_DOUBLING` bounds it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from miit_graph.engine.errors import (
    QueryError,
    QuerySyntaxError,
    QueryTooComplex,
    QueryTooLong,
    QueryTooNested,
    ServiceRefused,
    UpdateRefused,
)
from miit_graph.engine.federation.allowed import is_allowed
from miit_graph.engine.federation.clauses import Unclear, read_clauses
from miit_graph.engine.lexer import LexicalError, Token, tokenize
from miit_graph.engine.terms import Form, Limits

STACK_BYTES = 128 * 1024 * 1024
MAX_TOKENS = 8_000
"""Tokens outside VALUES blocks (those are flat: 32,768 values survive 1 MiB)."""
MAX_DOUBLING = 14
"""Nested REPLACE, subselects, ``(…)+`` paths: each level doubles the time (16 take 0.1 to 0.5 s)."""

_OPEN = frozenset(("(", "{", "[", "{|", "<<", "<<("))
_CLOSE = frozenset((")", "}", "]", "|}", ">>", ")>>"))
_UPDATES = frozenset(
    (
        "insert",
        "delete",
        "with",
        "load",
        "clear",
        "drop",
        "create",
        "add",
        "move",
        "copy",
    )
)
_UNSTABLE = frozenset(("now", "rand", "uuid", "struuid", "bnode"))
_NOT_PLAIN = ("service", "from", *sorted(_UNSTABLE))
_EXCERPT = 160
_NAMED = 10
_PLAIN = 4_000
_MEMORABLE = 16_000
_OPENING = ("{", "(", "[", "<<")
_PLAIN_PROLOGUE = re.compile(
    r"(?:\s|PREFIX\s+[A-Za-z0-9_-]*:\s*<[A-Za-z0-9:/#?=._%~-]*>)*(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![A-Za-z0-9_:])",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Allow:
    """The query may run.

    ``has_dataset``: it says itself, with FROM, which graphs it asks. ``stable``: asked again of the same
    data it gives the same answer (it uses neither the time nor chance nor other servers). ``federated``: it asks
    allowed endpoints with SERVICE.
    """

    form: Form
    has_dataset: bool
    stable: bool
    federated: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """The query may not run, and why."""

    error: QueryError


def examine(text: str, limits: Limits) -> Allow | Refuse:
    """Decide about a query text. Never raises; most syntax errors are left to the engine."""
    # Long texts are not remembered: hundreds of them would fill the memory.
    return (_remembered if len(text) <= _MEMORABLE else _examine)(text, limits)


def _examine(text: str, limits: Limits) -> Allow | Refuse:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        return Refuse(syntax_error(text, error.start, "half of a surrogate pair is not a character"))
    if size > limits.query_bytes:
        return Refuse(QueryTooLong(size, limits.query_bytes))
    plain = _plain(text, limits.nesting)
    if plain is not None:
        return plain
    try:
        tokens = tokenize(text)
    except LexicalError as error:
        return Refuse(syntax_error(text, error.position, str(error)))
    refusal = service(text, tokens, limits.services) or depth(text, tokens, limits.nesting)
    if refusal:
        return Refuse(refusal)
    return _form(text, tokens)


_remembered = lru_cache(maxsize=512)(_examine)


def _plain(text: str, nesting: int) -> Allow | None:
    """What can be said of a short text without cutting it into tokens, which takes ten times as long.

    Only texts in which no harm can hide, wherever its tokens begin and end: without the letters of what is refused,
    with fewer characters than tokens are allowed and fewer brackets and doubling words than may be nested. Whatever
    such a text turns out to be, its form is the first word behind a prologue of the plainest kind, or the engine
    finds a syntax error.
    """
    if len(text) > _PLAIN or "\\" in text or sum(map(text.count, _OPENING)) > nesting:
        return None
    found = _PLAIN_PROLOGUE.match(text)
    if found is None:
        return None
    lower = text.lower()
    for word in _NOT_PLAIN:
        if word in lower:
            return None
    if lower.count("select") + lower.count("replace") + text.count(")") > MAX_DOUBLING:
        return None
    return Allow(Form[found.group(1).upper()], has_dataset=False, stable=True)


def _form(text: str, tokens: list[Token]) -> Allow | Refuse:
    """The query form is the first word after the prologue (SPARQL 1.1 section 19.8, rules 1 to 6)."""
    for token in tokens:
        if token.kind != "word":
            if token.kind in ("name", "iri", "string") and token is not tokens[0]:
                continue  # what a PREFIX, BASE or VERSION declares
            return Refuse(_no_form(text, token.start))
        if token.word in ("prefix", "base", "version"):
            continue
        if token.word in _UPDATES:
            line, column = place(text, token.start)
            return Refuse(UpdateRefused(line=line, column=column, excerpt=excerpt(text, token.start)))
        try:
            form = Form[token.text.upper()]
        except KeyError:
            return Refuse(_no_form(text, token.start))
        words = {other.word for other in tokens}
        federated = "service" in words
        return Allow(form, "from" in words, stable=not federated and not words & _UNSTABLE, federated=federated)
    return Refuse(_no_form(text, len(text)))


def _no_form(text: str, position: int) -> QuerySyntaxError:
    what = "a query starts with SELECT, ASK, CONSTRUCT or DESCRIBE (after its PREFIXes)"
    return syntax_error(text, position, what)


def service(text: str, tokens: list[Token], allowed: tuple[str, ...]) -> QueryError | None:
    """What is wrong with the SERVICE clauses.

    Oxigraph also reads ``SERVICE:x {…}`` and (if the IRI made from prefix and local name is malformed)
    ``a:SERVICE <x> {…}`` as a SERVICE clause, even where the prefix is declared. A name is taken for one if
    it is followed by a group as the keyword would be, unless GRAPH or FROM precede it, where only a name can
    stand.
    """
    for index, token in enumerate(tokens):
        if (token.word == "service" and not allowed) or (token.kind == "name" and _reads_as_service(tokens, index)):
            return _refused(text, token.start)
    try:
        clauses = read_clauses(tokens)
    except Unclear as trouble:
        return _refused(text, trouble.position, f"{trouble.reason}.")
    for clause in clauses:
        for endpoint in clause.endpoints:
            if not is_allowed(endpoint, allowed):
                named = ", ".join(f"<{entry}>" + ("…" if entry.endswith("/") else "") for entry in allowed[:_NAMED])
                more = ", …" if len(allowed) > _NAMED else ""
                return _refused(text, clause.name, f"<{endpoint}> may not be asked from here, only {named}{more}.")
    return None


def _refused(text: str, position: int, reason: str = "") -> ServiceRefused:
    line, column = place(text, position)
    return ServiceRefused(reason, line=line, column=column, excerpt=excerpt(text, position))


def _reads_as_service(tokens: list[Token], index: int) -> bool:
    if "service" not in tokens[index].text.lower():
        return False
    following = tokens[index + 1 : index + 4]
    names_a_graph = index > 0 and tokens[index - 1].word in ("graph", "from", "named")
    if names_a_graph and following and following[0].text == "{":
        return False
    for token in following:
        if token.text == "{":
            return True
        if token.kind not in ("iri", "name", "variable") and token.word != "silent":
            return False
    return False


def depth(text: str, tokens: list[Token], nesting: int, flat: list[bool] | None = None) -> QueryError | None:
    """The first place where the query is too much for the engine's stack or patience.

    ``flat`` marks the tokens that don't count, because what they are part of is not nested (default: VALUES blocks).
    """
    open_brackets = [0]  # for each open bracket the deepest chain of doubling constructs inside it
    doubles = [False]  # and whether it is one itself
    counted, in_values, last = 0, flat or _values_blocks(tokens), ""
    for index, token in enumerate(tokens):
        counted += not in_values[index]
        if counted > MAX_TOKENS:
            return _too_complex(text, token, f"it has more than {MAX_TOKENS:,} tokens")
        if token.kind == "mark" and token.text in _OPEN:
            open_brackets.append(0)
            doubles.append(last == "replace")
            if len(open_brackets) - 1 > nesting:
                line, column = place(text, token.start)
                return QueryTooNested(nesting, line=line, column=column, excerpt=excerpt(text, token.start))
        elif token.kind == "mark" and token.text in _CLOSE and len(open_brackets) > 1:
            after = tokens[index + 1].text if index + 1 < len(tokens) else ""
            inside = open_brackets.pop() + (doubles.pop() or (token.text == ")" and after in ("*", "+", "?")))
            open_brackets[-1] = max(open_brackets[-1], inside)
            if inside > MAX_DOUBLING:
                return _too_complex(
                    text,
                    token,
                    f"REPLACE, subselects or repeated paths are nested more than {MAX_DOUBLING} deep",
                )
        elif token.word == "select":
            doubles[-1] = True
        last = token.word
    return None


def _values_blocks(tokens: list[Token]) -> list[bool]:
    """For each token, whether it is inside the data of a VALUES block."""
    marks = [False] * len(tokens)
    header = inside = False
    for index, token in enumerate(tokens):
        if inside:
            inside = token.text != "}"
            marks[index] = inside
        elif header:
            inside = token.text == "{"
            header = token.kind == "variable" or token.text in ("(", ")")
        else:
            header = token.word == "values"
    return marks


def _too_complex(text: str, token: Token, reason: str) -> QueryTooComplex:
    line, column = place(text, token.start)
    return QueryTooComplex(
        f"Line {line}, column {column}: the query is too complex for the engine: {reason}. Split it into several.",
        line=line,
        column=column,
        excerpt=excerpt(text, token.start),
    )


def place(text: str, position: int) -> tuple[int, int]:
    """Line and column, counted from 1, of a character counted from 0."""
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def excerpt(text: str, position: int) -> str:
    """The line at ``position``, cut to a readable length, and below it a caret under the character."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    start = max(start, position - _EXCERPT // 2)
    line = text[start : min(end, start + _EXCERPT)].rstrip("\r")
    return f"{line.replace(chr(9), ' ')}\n{' ' * (position - start)}^"


def syntax_error(text: str, position: int, what: str) -> QuerySyntaxError:
    """A syntax error at a character of the text; ``what`` completes "Line 1, column 1: …"."""
    line, column = place(text, position)
    return QuerySyntaxError(
        f"Line {line}, column {column}: {what}.", line=line, column=column, excerpt=excerpt(text, position)
    )


def undeclared_prefix(tokens: list[Token], known: Collection[str] = ()) -> Token | None:
    """The first prefixed name whose prefix is not ``known`` and used before the query declares it."""
    declared: set[str] = set(known)
    for before, token in _pairs(tokens):
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0]
        if before is not None and before.word == "prefix":
            declared.add(prefix)
        elif prefix not in declared:
            return token
    return None


def _pairs(tokens: list[Token]) -> Iterator[tuple[Token | None, Token]]:
    yield from zip([None, *tokens[:-1]], tokens, strict=True)
