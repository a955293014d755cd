"""Examples out of the data: a node or a triple in Turtle, with the names of things as comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from miit_graph.export.docs.graph import Part, Parts
from miit_graph.export.docs.model import Term
from miit_graph.vocabulary import RDF, XSD

TRIPLES: Final = 12
"""A node with more triples than this is taken as an example only if there is no smaller one."""
_VALUES: Final = 3
"""Values of one property that are shown; a comment tells of the rest."""
_PLAIN: Final = (XSD.integer, XSD.decimal, XSD.boolean)
_COMMENT_LENGTH: Final = 60
_TITLE_LENGTH: Final = 100


@dataclass(frozen=True)
class Token:
    """A piece of Turtle: a name (then `iri` is what it names), a literal, a comment, or punctuation."""

    text: str
    kind: str
    iri: str | None = None
    language: str | None = None


Line: TypeAlias = tuple[Token, ...]

_SHAPE_OF_NODES = f"""SELECT ?s (COUNT(DISTINCT ?p) AS ?kinds) (COUNT(*) AS ?n) {{
  ?s <{RDF.type}> <%s> ; ?p ?o FILTER(isIRI(?s)) }} GROUP BY ?s"""

_PAIRS = "SELECT ?s ?o { ?s <%s> ?o FILTER(isIRI(?s)) } ORDER BY ?s ?o LIMIT 200"


class Examples:
    """Finds an example for each term, the same one every time."""

    def __init__(self, parts: Parts, terms: Mapping[str, Term]) -> None:
        self._parts = parts
        self._terms = terms
        self._node = cache(self._find_node)
        self._pair = cache(self._find_pair)

    def of(self, term: Term, language: str) -> tuple[Line, ...]:
        """Lines of Turtle that show `term` at work, comments in `language`; nothing if the term is not used.

        A class without instances of its own is shown by an instance of a subclass.
        """
        found = self._direct(term, language)
        subs = [self._terms[name] for name in term.subs if name in self._terms] if term.is_class else []
        return found or next((lines for sub in subs if (lines := self._direct(sub, language))), ())

    def _direct(self, term: Term, language: str) -> tuple[Line, ...]:
        for part in (self._parts.data, self._parts.derived, self._parts.used):
            found = self._node(part, term.iri) if term.is_class else None
            if found is not None:
                return tuple(self._lines(part, found, None, language))
            pair = self._pair(part, term.iri) if term.is_property else None
            if pair is not None:
                return tuple(self._lines(part, pair, term.iri, language))
        return ()

    def _find_node(self, part: Part, name: str) -> ox.NamedNode | None:
        """The instance with the most kinds of properties among those of readable size."""
        rows = [
            (int(row["n"].value) > TRIPLES, -int(row["kinds"].value), int(row["n"].value), row["s"].value)
            for row in part.rows(_SHAPE_OF_NODES % name)
        ]
        large = [row[0] for row in rows]
        if all(large):
            rows = [(True, 0, n, subject) for _, _, n, subject in rows]
        return ox.NamedNode(min(rows)[3]) if rows else None

    def _find_pair(self, part: Part, name: str) -> ox.NamedNode | None:
        """A subject that has the property; one with a name and a named value if there is one."""
        pairs = [(row["s"], row["o"]) for row in part.rows(_PAIRS % name)]
        return next((s for s, o in pairs if self._named(s) and self._named(o)), pairs[0][0] if pairs else None)

    def _named(self, node: Any) -> bool:
        return isinstance(node, ox.Literal) or bool(self._parts.label(node))

    def _lines(self, part: Part, node: ox.NamedNode, only: str | None, language: str) -> Iterator[Line]:
        if title := self._comment(node, language, _TITLE_LENGTH):
            yield (title,)
        groups: dict[str, list[Any]] = {}
        for predicate, value in part.about(node):
            if only in (None, predicate):
                groups.setdefault(predicate, []).append(value)
        order = sorted(groups, key=lambda p: (p != RDF.type, not self._own(p), p))
        for index, predicate in enumerate(order):
            verb = Token("a", "word") if predicate == RDF.type else self._name(predicate)
            start = (self._name(node.value), Token(" ", "space")) if index == 0 else (Token("    ", "space"),)
            stop = "." if index == len(order) - 1 else ";"
            told = None if predicate == RDF.type else language
            yield from self._objects((*start, verb, Token(" ", "space")), groups[predicate], stop, told)

    def _objects(self, start: Line, values: list[Any], stop: str, language: str | None) -> Iterator[Line]:
        shown = values[:_VALUES]
        for index, value in enumerate(shown):
            last = index == len(shown) - 1
            line: Line = (*start, *self._value(value), Token(f" {stop if last else ','}", "space"))
            remark = self._comment(value, language) if isinstance(value, ox.NamedNode) else None
            if last and len(values) > _VALUES:
                remark = Token(f"# + {len(values) - _VALUES}", "comment")
            yield (*line, Token("  ", "space"), remark) if remark else line
            start = (Token("        ", "space"),)

    def _value(self, value: Any) -> Line:
        if isinstance(value, ox.NamedNode):
            return (self._name(value.value),)
        if isinstance(value, ox.Literal):
            datatype = value.datatype.value
            if datatype in _PLAIN:
                return (Token(value.value, "literal"),)
            if value.language or datatype == XSD.string:
                return (Token(str(value), "literal", None, value.language),)
            return (Token(f"{ox.Literal(value.value)}^^", "literal"), self._name(datatype))
        return (Token("[]" if isinstance(value, ox.BlankNode) else str(value), "word"),)

    def _name(self, name: str) -> Token:
        return Token(self._parts.short(name), "name", name)

    def _own(self, name: str) -> bool:
        return bool(self._parts.base) and name.startswith(self._parts.base)

    def _comment(self, node: Any, language: str | None, length: int = _COMMENT_LENGTH) -> Token | None:
        """The node's name in the language of the page; if it has none, no comment."""
        text = self._parts.label(node).get(language) if language else None
        if not text:
            return None
        text = " ".join(text.split())
        return Token("# " + (text if len(text) <= length else text[: length - 1] + "…"), "comment")


def text_of(lines: tuple[Line, ...]) -> str:
    """The lines as plain Turtle."""
    return "".join("".join(token.text for token in line) + "\n" for line in lines)
