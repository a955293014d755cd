"""The same search inside SPARQL: functions over any text (SPARQL 1.1 Query, section 17.6).

``m:matches(text, question)``
    true if the search page would find a thing by this name (corrected spellings apart);
``m:matchScore(text, question)``
    how well the name matches, from 0 (not at all) to 1 (exactly), as xsd:double;
``m:searchKey(text)``
    the folded text: the same for texts that differ in width, case, diacritics, traditional characters, punctuation.

Arguments that are no literals, or too few or too many, are errors as SPARQL knows them: the filter does not hold, the
variable stays unbound.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pyoxigraph as ox

from miit_graph.matching import pinyin
from miit_graph.matching.folding import fold
from miit_graph.matching.match import Name, Question, match
from miit_graph.vocabulary import XSD, M

Term: TypeAlias = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
MATCHES, MATCH_SCORE, SEARCH_KEY = M.matches, M.matchScore, M.searchKey
_DOUBLE = ox.NamedNode(XSD.double)
_LONGEST_TEXT = 2_000
"""Characters of a text that are looked at: names are short, and reading costs time."""
_REMEMBERED = 50_000
"""Names that a process keeps folded: none is given up for another, as each query goes through all in the same order."""
_names: dict[str, Name] = {}
_TRUE, _FALSE, _ZERO = ox.Literal(True), ox.Literal(False), ox.Literal("0.0", datatype=_DOUBLE)


def prepare() -> None:
    """Load what the functions need, before a process is confined."""
    fold("國")
    pinyin.prepare()


def _name(text: str) -> Name:
    name = _names.get(text)
    if name is None:
        name = Name.of(text[:_LONGEST_TEXT])
        if len(_names) < _REMEMBERED and len(text) <= _LONGEST_TEXT:
            _names[text] = name
    return name


def _score(text: Term, question: Term) -> float | None:
    if not isinstance(text, ox.Literal) or not isinstance(question, ox.Literal):
        return None
    found = match(_name(text.value), Question.of(question.value))
    return found.score if found else 0.0


def _matches(*terms: Term) -> ox.Literal | None:
    score = _score(*terms) if len(terms) == 2 else None
    return None if score is None else _TRUE if score else _FALSE


def _match_score(*terms: Term) -> ox.Literal | None:
    score = _score(*terms) if len(terms) == 2 else None
    return None if score is None else ox.Literal(f"{score:.4f}", datatype=_DOUBLE) if score else _ZERO


def _search_key(*terms: Term) -> ox.Literal | None:
    if len(terms) != 1 or not isinstance(terms[0], ox.Literal):
        return None
    return ox.Literal(fold(terms[0].value[:_LONGEST_TEXT]))


FUNCTIONS: dict[ox.NamedNode, Callable[..., Term | None]] = {
    ox.NamedNode(MATCHES): _matches,
    ox.NamedNode(MATCH_SCORE): _match_score,
    ox.NamedNode(SEARCH_KEY): _search_key,
}
