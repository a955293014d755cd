"""No text makes a regular expression of ours take more than linear time (ReDoS), nor one in a query of a client.

All that the package compiles are found in its source, attacked with repetitions of what they are made of, and measured
in processor time of this thread: twice as much text may not take three times as long.
"""

from __future__ import annotations

import ast
import importlib
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from re import _constants as opcodes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import pyoxigraph as ox
import pytest

import miit_graph

SOURCE = Path(miit_graph.__file__).parent
METHODS = ("match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer", "scanner")
OWN_FILES = {
    "build.narrow._TOKEN": "queries in the shapes of a project",
    "build.sources._BLANK": "a line of a project's file, in which something is wrong",
}
"""Quadratic, but over what the people write who run the server."""
MADE_LATER = {
    "build.validate": "made of a message in the shapes of a project",
    "engine.remote.kinds": "made of names in this module",
    "library.endpoint": "made of prefixes; runs in the program of who asks",
}
"""Put together while running, and of nothing that a client sends."""
MOST = int(os.environ.get("MIIT_GRAPH_LETTERS", "7"))
"""Characters of an expression that are tried, in all pairs; with 16 it takes a minute."""
SCREEN, LONG = 3_000, 100_000
_NOTICED = 0.004
"""Seconds below which a ratio says nothing."""
_TRIES = 5


class Use(NamedTuple):
    name: str
    pattern: re.Pattern[Any]
    method: str


def uses() -> tuple[list[Use], set[str]]:
    """All regular expressions with the method they are used by, and the modules that put some together later."""
    found, later = [], set()
    for file in sorted(SOURCE.rglob("*.py")):
        module = ".".join(file.relative_to(SOURCE).with_suffix("").parts)
        methods: dict[str, set[str]] = {}
        for call in (n for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)):
            if not (isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)):
                continue
            owner, method = call.func.value.id, call.func.attr
            if owner == "re" and method in METHODS:
                if not isinstance(call.args[0], ast.Constant):
                    later.add(module)
                    continue
                flags = eval("|".join(ast.unparse(a) for a in call.args if "re." in ast.unparse(a)) or "0")
                found.append(Use(f"{module}:{call.lineno}", re.compile(call.args[0].value, flags), method))
            elif method in METHODS:
                methods.setdefault(owner, set()).add(method)
        if "re.compile" in file.read_text(encoding="utf-8"):
            content = vars(importlib.import_module(f"miit_graph.{module}".removesuffix(".__init__")))
            compiled = {name: thing for name, thing in content.items() if isinstance(thing, re.Pattern)}
            found += [Use(f"{module}.{n}", p, m) for n, p in compiled.items() for m in sorted(methods.get(n, {"sub"}))]
    return found, later


USES, LATER = uses()


def alphabet(pattern: re.Pattern[Any]) -> list[str]:
    """A character for each part of an expression, and one for none of them."""
    text = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    found = set[str]()

    def walk(parts: Any) -> None:
        for part in parts:
            code, given = part
            if code is opcodes.LITERAL:
                found.add(chr(given))
            elif code is opcodes.RANGE:
                found.add(chr(given[0]))
            elif code is opcodes.CATEGORY:
                found.add("1" if "DIGIT" in str(given) else " " if "SPACE" in str(given) else "a")
            elif code in (opcodes.MAX_REPEAT, opcodes.MIN_REPEAT, opcodes.POSSESSIVE_REPEAT):
                walk(given[2])
            elif code is opcodes.IN:
                walk(given)
            elif code is opcodes.SUBPATTERN:
                walk(given[3])
            elif code is opcodes.BRANCH:
                for branch in given[1]:
                    walk(branch)
            elif code is opcodes.ATOMIC_GROUP:
                walk(given)
            elif code in (opcodes.ASSERT, opcodes.ASSERT_NOT):
                walk(given[1])

    walk(parser.parse(text, 0 if isinstance(pattern.pattern, bytes) else pattern.flags))
    few = sorted(found)
    return [*few[:: 1 + len(few) // MOST], "\u00e9"]


def attacks(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """What stands at the beginning, and what is repeated after it."""
    letters = alphabet(pattern)
    for first in letters:
        for second in letters:
            yield from ((start, first + second) for start in ("", letters[0], letters[-2 % len(letters)]))


def spent(use: Use, start: str, again: str, length: int) -> float:
    """Seconds of processor time."""
    text: Any = start + again * (length // len(again)) + "\u00e9"
    pattern = use.pattern
    if isinstance(pattern.pattern, bytes):
        text = text.encode()
    empty = text[:0]
    began = time.thread_time()
    if use.method in ("sub", "subn"):
        pattern.sub(empty, text)
    elif use.method == "finditer":
        for _ in pattern.finditer(text):
            pass
    elif use.method == "scanner":
        scanner = pattern.scanner(text)  # type: ignore[attr-defined]
        while scanner.match():
            pass
    else:
        getattr(pattern, use.method)(text)
    return time.thread_time() - began


def is_linear(use: Use, start: str, again: str, length: int) -> bool:
    """Whether twice as much takes less than three times as long, or too short to say; another try if it doesn't."""
    for _ in range(_TRIES):
        twice = spent(use, start, again, 2 * length)
        if twice < _NOTICED or twice < 3 * spent(use, start, again, length):
            return True
    return False


@pytest.mark.parametrize("use", [u for u in USES if u.name not in OWN_FILES], ids=lambda u: f"{u.name}-{u.method}")
def test_time_grows_no_faster_than_the_text(use: Use) -> None:
    worst = sorted(((spent(use, *attack, SCREEN), attack) for attack in set(attacks(use.pattern))), reverse=True)[:3]
    for took, attack in worst:
        if took * LONG / SCREEN > _NOTICED or took * (LONG / SCREEN) ** 2 > 1:
            assert is_linear(use, *attack, SCREEN), attack  # a quadratic one would take minutes for what comes next
            assert is_linear(use, *attack, LONG // 2), attack


def test_the_exceptions_are_still_there() -> None:
    assert set(OWN_FILES) <= {use.name for use in USES}
    assert set(MADE_LATER) == LATER


@pytest.mark.parametrize(
    ("pattern", "again", "end"),
    [
        ("^(a+)+$", "a", "!"),
        ("^(a|a)*$", "a", "!"),
        ("^(a|aa)+$", "a", "!"),
        ("(.*a){20}", "a", "!"),
        ("(x+x+)+y", "x", ""),
    ],
)
@pytest.mark.parametrize("call", ["REGEX(?text, '%s')", "REPLACE(?text, '%s', '')"])
def test_an_expression_in_a_query_takes_linear_time(pattern: str, again: str, end: str, call: str) -> None:
    """The classic ones; Oxigraph's have no backtracking."""
    store = ox.Store()
    query = f"SELECT ({call % pattern} AS ?x) {{ VALUES ?text {{ '%s' }} }}"

    def took(length: int) -> float:
        began = time.thread_time()
        list(store.query(query % (again * length + end)))
        return time.thread_time() - began

    assert any((twice := took(LONG)) < _NOTICED or twice < 3 * took(LONG // 2) for _ in range(_TRIES))


def test_an_expression_that_would_be_enormous_is_no_harm() -> None:
    """It counts as an error of the expression (SPARQL 1.1 section 17.2), so the variable stays unbound."""
    rows = list(ox.Store().query("SELECT (REGEX('a', '((a{1000}){1000}){1000}') AS ?x) {}"))  # type: ignore[arg-type]
    assert [row["x"] for row in rows] == [None]
