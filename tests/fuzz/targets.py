"""What is fuzzed: functions of one text that raise AssertionError (or anything else) if a promise is broken.

`python -m tests.fuzz` lets a coverage-guided fuzzer look for such texts; test_fuzz.py replays what it has found.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.api import Form, Limits
from miit_graph.engine.federation.allowed import is_allowed
from miit_graph.engine.federation.clauses import read_clauses
from miit_graph.engine.gate import Allow, examine
from miit_graph.engine.lexer import LexicalError, tokenize
from miit_graph.engine.update_gate import examine_update
from miit_graph.web.compression import choose_coding
from miit_graph.web.negotiation import HTML, by_name, negotiate, prefers_html

# A port that the engine refuses to connect to: were a SERVICE clause run, nothing would be sent.
_NOBODY = "http://127.0.0.1:1/"
_LIMITS = Limits()
_FEDERATED = Limits(services=(_NOBODY,))
_HEAD = f"PREFIX : <{_NOBODY}> PREFIX x: <p:> PREFIX a: <http://h:> PREFIX b: <p:> "
_CHANCE = ("now", "rand", "uuid", "struuid", "bnode")
_ANSWERS = {
    Form.SELECT: ox.QuerySolutions,
    Form.ASK: ox.QueryBoolean,
    Form.CONSTRUCT: ox.QueryTriples,
    Form.DESCRIBE: ox.QueryTriples,
}


def queries(text: str) -> None:
    """The tokenizer and the gates read a text as Oxigraph does, as it is and inside of a query or an update."""
    for whole in (text, f"{_HEAD}ASK {{ {text} \n}}", f"{_HEAD}SELECT * {{ {text} \n}}"):
        _tokens(whole)
        _query(whole)
    for whole in (text, f"{_HEAD}INSERT {{}} WHERE {{ {text} \n}}"):
        _update(whole)


def _tokens(text: str) -> None:
    try:
        tokens = tokenize(text)
    except LexicalError as error:
        assert 0 <= error.position < len(text)
        return
    end = 0
    for token in tokens:
        between = text[end : token.start]
        assert text.startswith(token.text, token.start) and token.text
        assert not between.strip(" \t\r\n") or between.lstrip(" \t\r\n").startswith("#"), between
        end = token.start + len(token.text)


def _query(text: str) -> None:
    decision = examine(text, _LIMITS)
    if isinstance(decision, Allow):
        answer = _parsed(text)
        if answer is None:
            return
        assert isinstance(answer, (_ANSWERS[decision.form], RuntimeError)), "another form than the gate says"
        assert not _uses(text, ("service",)), "SERVICE was let through"
        assert decision.has_dataset or not _uses(text, ("from",)), "a dataset was not seen"
        assert not decision.stable or not _uses(text, _CHANCE), "an answer that may differ counts as stable"
        return
    decision = examine(text, _FEDERATED)
    if isinstance(decision, Allow):
        clauses = read_clauses(tokenize(text))
        assert decision.federated and clauses, "refused where nothing is allowed, but no clause is seen"
        assert all(is_allowed(iri, _FEDERATED.services) for clause in clauses for iri in clause.endpoints)
        for clause in clauses:
            text = text[: clause.start] + " " * (clause.group - clause.start) + text[clause.group :]
        if _parsed(text) is not None:
            assert not _uses(text, ("service",)), "a SERVICE clause was overlooked"


def _update(text: str) -> None:
    if examine_update(text, _LIMITS.nesting) is None:
        assert not _uses(text, ("load", "service"), _parses_as_update), "LOAD or SERVICE was let through"


def _parsed(text: str) -> object:
    """What Oxigraph answers over no data; None if it finds a syntax error."""
    try:
        return ox.Store().query(text)
    except SyntaxError:
        return None
    except RuntimeError as error:  # read, but of no use: it asks for a function that there is not
        return error


def _parses(text: str) -> bool:
    return _parsed(text) is not None


def _parses_as_update(text: str) -> bool:
    try:
        ox.Store().update(text)
    except SyntaxError:
        return False
    except (RuntimeError, OSError):  # read, but then it failed
        return True
    return True


def _uses(text: str, words: tuple[str, ...], parses: Callable[[str], bool] = _parses) -> bool:
    """Whether one of the words is a keyword in a text that the engine can read: misspelt, it can't any more.

    In a string, a comment, an IRI or a name (wherever that is used) it would make no difference.
    """
    misspelt = re.sub("|".join(words), lambda found: found[0][0] + "q" + found[0][2:], text, flags=re.I | re.A)
    return misspelt != text and parses(text) and not parses(misspelt)


def negotiation(text: str) -> None:
    """Any header gives a decision, and the right one; the lines are Accept, Accept-Encoding and `format=`."""
    accept, coding, name, *_ = [*text.split("\n"), "", ""]
    for offers in (formats.TABLES, formats.TRUTHS, formats.GRAPHS):
        for html in (False, True):
            choice = negotiate(accept, offers, html=html)
            types = [*(kind for offer in offers for kind in offer.media_types), *([HTML] if html else [])]
            likings = {kind: _quality(accept, kind) for kind in types}
            chosen = (choice,) if isinstance(choice, str) else choice.media_types if choice else ()
            assert choice is None or choice in (*offers, HTML)
            assert html or choice != HTML
            best = max(likings.values())
            if choice is None:
                proper = [likings[offer.media_type] for offer in offers]
                assert not any(proper) and not (html and likings[HTML]), "nothing fits, but something does"
            else:
                assert best > 0 and max(likings[kind] for kind in chosen) > 0, "what was refused was chosen"
        found = by_name(name, offers)
        assert found is None or found in offers
    if prefers_html(accept):
        assert _quality(accept, HTML) > 0 and HTML in accept.lower()
    choice_of_coding = choose_coding(coding)
    assert choice_of_coding.coding in ("", "zstd", "br", "gzip")
    assert not choice_of_coding.coding or not _refused(coding, choice_of_coding.coding)


def _quality(accept: str, wanted: str) -> float:
    """What RFC 9110 section 12.5.1 says of a type, written once more: the closest range that matches it decides."""
    entries: dict[str, float] = {}
    for item in accept.lower().split(","):
        media, *parameters = [part.strip() for part in item.split(";")]
        kind, slash, subtype = ("*", "/", "*") if media == "*" else media.partition("/")
        if not (kind and slash and subtype):
            continue
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                quality = _number(value)
        entries.setdefault(f"{kind}/{subtype}", quality)
    if not entries:
        return 1.0
    for closest in (wanted, f"{wanted.partition('/')[0]}/*", "*/*"):
        if closest in entries:
            return entries[closest]
    return 0.0


def _number(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        return 0.0
    return 0.0 if number != number else min(1.0, max(0.0, number))


def _refused(header: str, coding: str) -> bool:
    """Whether an Accept-Encoding header names a coding with the weight nought, and nothing else about it."""
    said = [item.partition(";") for item in header.lower().replace("x-gzip", "gzip").split(",")]
    weights = [weight.replace(" ", "") for name, _, weight in said if name.strip() == coding]
    return bool(weights) and all(weight in ("q=0", "q=0.0", "q=0.000") for weight in weights)


TARGETS: dict[str, Callable[[str], None]] = {"queries": queries, "negotiation": negotiation}
