"""Compares a query with the dataset before it is run: a name that nothing has would only give an empty answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from miit_graph.engine.errors import QueryError
from miit_graph.engine.gate import Refuse, undeclared_prefix
from miit_graph.engine.lexer import LexicalError, Token, tokenize
from miit_graph.export.picture.reading import value
from miit_graph.library.graph import Graph
from miit_graph.mcp.terms import Terms
from miit_graph.publish.sparql_text import iris, is_iri
from miit_graph.vocabulary import XSD

_MOST = 200


def check(graph: Graph, terms: Terms, text: str) -> list[dict[str, Any]]:
    """The names in a query that the dataset doesn't have, each with those near to it.

    Raises the `QueryError` for which the query would be refused.
    """
    decision = graph.engine.examine(text, graph.settings.limits())
    if isinstance(decision, Refuse):
        raise decision.error.with_traceback(None)
    try:
        tokens = [token for token in tokenize(text) if token.kind != "space"]
    except LexicalError:
        return []  # the engine tells what is wrong
    if found := undeclared_prefix(tokens, graph.prefixes):
        known = ", ".join(f"{prefix}:" for prefix in graph.prefixes)
        raise QueryError(f"The prefix of {found.text} is not declared. Known without declaring: {known}.")
    named = dict(_names(tokens, graph.prefixes))
    wanted = [iri for iri in named if is_iri(iri) and not iri.startswith(XSD)][:_MOST]
    if not wanted:
        return []
    there = " UNION ".join(
        f"{{ {part} }} UNION {{ GRAPH ?g {{ {part} }} }}" for part in ("?x ?p ?o", "?s ?x ?o", "?s ?p ?x")
    )
    there += " UNION { GRAPH ?x { ?s ?p ?o } }"
    rows = graph.ask.rows(f"SELECT ?x {{ VALUES ?x {{ {iris(wanted)} }} FILTER(EXISTS {{ {there} }}) }}")
    there_are = {value(row, "x") for row in rows}
    return [{"name": named[iri], "near": near(graph, terms, iri)} for iri in wanted if iri not in there_are]


def near(graph: Graph, terms: Terms, iri: str) -> list[str]:
    """Names that are like that of an IRI: things for the IRI of a thing, else classes and properties."""
    own = graph.base and iri.startswith((f"{graph.base}id/", f"{graph.base}code/"))
    found = graph.search(iri.rsplit("/", 1)[-1].replace("-", " "), limit=5) if own else []
    return [graph.short(one.iri) for one in found] or terms.near(iri)


def _names(tokens: list[Token], prefixes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """IRIs that a query names, each as it is written; not its prefixes, datatypes and functions."""
    declared = dict(prefixes)
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place else None
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        if token.kind not in ("name", "iri"):
            continue
        if token.kind == "name" and before is not None and before.word == "prefix" and place + 1 < len(tokens):
            declared[token.text[:-1]] = tokens[place + 1].text[1:-1]
        elif not (before is not None and (before.text == "^^" or before.word in ("base", "service", "silent"))):
            if (place > 1 and tokens[place - 2].word == "prefix") or after == "(":
                continue
            prefix, _, local = token.text.partition(":")
            yield (token.text[1:-1] if token.kind == "iri" else declared.get(prefix, "") + local), token.text
