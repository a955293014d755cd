"""Cuts SPARQL text into tokens (SPARQL 1.1 section 19.8, and the triple terms of SPARQL 1.2).

The tokens are what decides whether a query may run, so they must be those the engine itself sees. Two things
make that harder than longest match:

- engines without a separate tokenizer read ``?a<'>'`` as a comparison, where longest match sees an IRI
  ``<'>``. So a ``<`` that follows an operand inside the brackets of an expression is an operator here, never
  an IRI; everywhere else it opens an IRI. `_Brackets` keeps track of which brackets hold expressions.
- they need no space after a keyword (``1SERVICE<x>{}``). So words are looked up in the closed list of
  SPARQL's keywords and everything else is an error, as are wrong escapes in strings, which make such engines
  try other readings.

Escapes ``\\uXXXX`` count only inside strings and IRIs, as in SPARQL 1.2 and Oxigraph; elsewhere they are an
error, so that an engine which resolves them first (SPARQL 1.1 section 19.2) can't see a keyword that was not
seen here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_U = f"{_BASE}_"
_CHARS = f"{_U}\\-0-9\u00b7\u0300-\u036f\u203f-\u2040"
_UNICODE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_ESCAPE = rf"\\[tbnrf\\\"']|{_UNICODE}"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[{_U}:0-9]|{_PLX})(?:(?:[{_CHARS}.:]|{_PLX})*(?:[{_CHARS}:]|{_PLX}))?"

_IRI = re.compile(rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]++|{_UNICODE})*+>")
_TOKEN = re.compile(
    rf"""
    (?P<space>   (?:[\ \t\r\n]++|\#[^\r\n]*+)++ )
  | (?P<string>  \"\"\"(?:\"{{0,2}}(?:[^\"\\]++|{_ESCAPE}))*+\"\"\" | '''(?:'{{0,2}}(?:[^'\\]++|{_ESCAPE}))*+'''
               | \"(?!\"\")(?:[^\"\\\n\r]++|{_ESCAPE})*+\"          | '(?!'')(?:[^'\\\n\r]++|{_ESCAPE})*+' )
  | (?P<variable>[?$][{_U}0-9][{_U}0-9\u00b7\u0300-\u036f\u203f-\u2040]*)
  | (?P<blank>   _:[{_U}0-9](?:[{_CHARS}.]*[{_CHARS}])? )
  | (?P<name>    (?:[{_BASE}](?:[{_CHARS}.]*[{_CHARS}])?)?:(?:{_LOCAL})? )
  | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--(?:ltr|rtl))? )
  | (?P<number>  (?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+ | [0-9]*\.[0-9]+ | [0-9]+ )
  | (?P<word>    [A-Za-z][A-Za-z0-9_]* )
  | (?P<mark>    \^\^ | \|\| | && | != | >= | \{{\| | \|\}} | [{{}}()\[\],;.=!*/+|^~?>\-] )
    """,
    re.VERBOSE,
)

_WORDS = """
base prefix version select distinct reduced as construct describe ask from named where order by asc desc
limit offset group having values undef optional graph service silent bind union minus filter lateral a
true false in not exists separator insert delete data into using with load clear drop create add move
copy to all default str lang langmatches langdir haslang haslangdir datatype bound iri uri bnode rand abs
ceil floor round concat substr strlen replace ucase lcase encode_for_uri contains strstarts strends
strbefore strafter year month day hours minutes seconds timezone tz now uuid struuid md5 sha1 sha256
sha384 sha512 coalesce if strlang strlangdir strdt sameterm isiri isuri isblank isliteral isnumeric
istriple triple subject predicate object regex adjust count sum min max avg sample group_concat
"""
KEYWORDS = frozenset(_WORDS.split())
_OPENERS = {"(": ")", "{": "}", "[": "]", "{|": "|}", "<<": ">>", "<<(": ")>>"}
_OPERANDS = frozenset(("string", "variable", "blank", "name", "language", "number", "iri"))


class Token(NamedTuple):
    """One token: its kind (a group of the token grammar, or `iri`), its text, and where it starts."""

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The keyword in lower case, or an empty text for every other kind."""
        return self.text.lower() if self.kind == "word" else ""


class LexicalError(ValueError):
    """Here the text stops being SPARQL; ``position`` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(slots=True)
class _Bracket:
    """An open bracket: does it hold an expression, and is a clause open in it that takes expressions?"""

    mark: str
    expression: bool = False
    clause: bool = False


@dataclass(slots=True)
class _Brackets:
    """Follows the brackets, to tell a comparison from an IRI."""

    open: list[_Bracket] = field(default_factory=lambda: [_Bracket("")])
    before: tuple[Token, Token] = (Token("", "", 0), Token("", "", 0))

    @property
    def after_operand(self) -> bool:
        """Whether a `<` at this place compares."""
        last = self.before[1]
        ends = last.kind in _OPERANDS or last.word in ("true", "false") or last.text in (")", "}", "]", ")>>")
        return self.open[-1].expression and ends

    def _opens_expression(self) -> bool:
        here, (earlier, last) = self.open[-1], self.before
        if here.expression or here.clause:
            return True
        if last.kind == "word":
            return last.word not in ("a", "values", "true", "false", "undef")
        return last.kind in ("iri", "name") and earlier.word == "filter"

    def see(self, token: Token) -> None:
        here, mark = self.open[-1], token.text
        if token.kind == "word":
            if token.word in ("select", "by", "having"):
                here.clause = True
            elif token.word in ("where", "from", "values", "limit", "offset"):
                here.clause = False
        elif token.kind == "mark" and mark in _OPENERS:
            if mark == "{":
                here.clause = False
            self.open.append(_Bracket(mark, expression=mark == "(" and self._opens_expression()))
        elif token.kind == "mark" and len(self.open) > 1 and mark == _OPENERS[here.mark]:
            self.open.pop()
        self.before = (self.before[1], token)


def tokenize(text: str) -> list[Token]:
    """The tokens of a SPARQL text without spaces and comments; LexicalError where it is no SPARQL."""
    tokens: list[Token] = []
    brackets = _Brackets()
    position, end = 0, len(text)
    while position < end:
        if text[position] == "<":
            token = _angle(text, position, brackets)
        elif text.startswith(")>>", position) and brackets.open[-1].mark == "<<(":
            token = Token("mark", ")>>", position)
        elif text.startswith(">>", position) and brackets.open[-1].mark == "<<":
            token = Token("mark", ">>", position)
        else:
            match = _TOKEN.match(text, position)
            if match is None:
                raise _trouble(text, position)
            if match.lastgroup == "space":
                position = match.end()
                continue
            token = Token(match.lastgroup or "", match.group(), position)
            _check(token)
        brackets.see(token)
        tokens.append(token)
        position += len(token.text)
    return tokens


def _angle(text: str, position: int, brackets: _Brackets) -> Token:
    """The token that starts with `<` here."""
    if not brackets.after_operand:
        iri = _IRI.match(text, position)
        if iri:
            _check_escapes(iri.group(), position)
            return Token("iri", iri.group(), position)
        for mark in ("<<(", "<<"):
            if text.startswith(mark, position):
                return Token("mark", mark, position)
    return Token("mark", "<=" if text.startswith("<=", position) else "<", position)


def _check(token: Token) -> None:
    if token.kind == "word" and token.text.lower() not in KEYWORDS:
        raise LexicalError(f'"{token.text}" is not a word of SPARQL', token.start)
    if token.kind == "string":
        _check_escapes(token.text, token.start)


def _check_escapes(text: str, start: int) -> None:
    if "\\" not in text:
        return
    # Pairs of backslashes are taken together, so that an escaped backslash before a u is not read as \u.
    for escape in re.finditer(r"\\(?:u(.{4})|U(.{8})|.)", text, re.DOTALL):
        digits = escape.group(1) or escape.group(2)
        if digits:
            code = int(digits, 16)
            if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise LexicalError(f'"{escape.group()}" is not a character', start + escape.start())


def _trouble(text: str, position: int) -> LexicalError:
    character = text[position]
    if character in "\"'":
        return LexicalError("this string is not closed, or holds a line break or a wrong escape", position)
    if character == "\\":
        return LexicalError("an escape is only allowed inside a string or an IRI", position)
    if character == "@":
        return LexicalError("a language tag is expected after @", position)
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return LexicalError(f'the character "{shown}" has no meaning here', position)
