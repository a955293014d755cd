"""What a request does to the dataset: an update, or a graph put, added to or deleted (Graph Store Protocol)."""

from __future__ import annotations

import contextlib
import resource
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import pyoxigraph as ox

from miit_graph.build.untrusted import Untrusted, check_entities
from miit_graph.engine.diagnosis import diagnose
from miit_graph.engine.errors import (
    BadGraphName,
    EngineFailure,
    MemoryLimitExceeded,
    QueryError,
    QuerySyntaxError,
)
from miit_graph.engine.lexer import LexicalError, Token, tokenize
from miit_graph.engine.process import confinement
from miit_graph.engine.update_gate import examine_update
from miit_graph.matching.functions import FUNCTIONS
from miit_graph.versions.change import Change, ChangeRefused
from miit_graph.writing.steps import alone, steps

UPDATE, PUT, POST, DELETE = "update", "put", "post", "delete"


class NoSuchGraph(Exception):
    """The graph that is to be deleted doesn't exist."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One change as it was asked for.

    ``content`` is the text of an update, or of a graph in the syntax ``media_type``; ``graph`` the IRI of the graph
    (empty for the default graph); ``using`` and ``using_named`` the dataset of an update (SPARQL 1.1 Protocol,
    section 2.2.3); ``nesting`` how deep its brackets may be.
    """

    kind: str
    content: str = ""
    graph: str = ""
    media_type: str = ""
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    nesting: int = 64

    def as_dict(self) -> dict[str, Any]:
        """As it travels."""
        return asdict(self)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """What `as_dict` gave."""
        return cls(**{**told, "using": tuple(told["using"]), "using_named": tuple(told["using_named"])})

    def change(self, prefixes: Mapping[str, str]) -> Change:
        """The change; calling it raises QueryError for what is wrong with a text, ChangeRefused, NoSuchGraph."""
        if self.kind == UPDATE:
            return lambda store: self._update(store, prefixes)
        return self._write_graph

    def _update(self, store: ox.Store, prefixes: Mapping[str, str]) -> Iterator[None]:
        text = self.content
        refusal = examine_update(text, self.nesting)
        if refusal is not None:
            raise refusal
        for name in (*self.using, *self.using_named):
            _named(name)
        if self.using or self.using_named:
            text = with_dataset(text, self.using, self.using_named)
        known = {prefix: iri for prefix, iri in prefixes.items() if f"{prefix}:" in text} or None
        parts = steps(text)
        for part in parts if len(parts) > 1 else ():  # nothing is begun of what can't be read to its end
            if _parse(part.text, prefixes):
                whole = alone(text, parts, part)
                raise _diagnosed(whole, _parse(whole, prefixes) or "", prefixes)
        for part in parts:
            self._run(store, part.text, known, prefixes)
            if part.settles and part is not parts[-1]:  # after the last one, it is done in any case
                yield

    def _run(self, store: ox.Store, text: str, known: dict[str, str] | None, prefixes: Mapping[str, str]) -> None:
        try:
            with _no_files():
                store.update(text, prefixes=known, custom_functions=FUNCTIONS)
        except SyntaxError as error:
            raise _diagnosed(self.content, str(error), prefixes) from None
        except MemoryError:
            raise MemoryLimitExceeded from None
        except QueryError:
            raise
        except Exception as error:
            raise _explained(error) from error

    def _write_graph(self, store: ox.Store) -> None:
        if not self.graph and self.kind != POST:
            raise ChangeRefused(
                "The default graph is what all named graphs say together, so it can't be replaced or deleted as a"
                " whole. Name a graph with ?graph=, or delete single triples with an update."
            )
        graph = _named(self.graph) if self.graph else ox.DefaultGraph()
        wanted = set() if self.kind == DELETE else self._triples(graph)
        present = {quad.triple for quad in store.quads_for_pattern(None, None, None, graph)}
        if self.kind == DELETE and not present:
            raise NoSuchGraph(self.graph)
        if self.kind != POST:
            for triple in present - wanted:
                store.remove(ox.Quad(triple.subject, triple.predicate, triple.object, graph))
        store.extend(ox.Quad(t.subject, t.predicate, t.object, graph) for t in wanted - present)

    def _triples(self, graph: ox.NamedNode | ox.DefaultGraph) -> set[ox.Triple]:
        format = ox.RdfFormat.from_media_type(self.media_type)
        assert format is not None, "the media type was chosen from those that are known"
        base = graph.value if isinstance(graph, ox.NamedNode) else None
        try:
            if format == ox.RdfFormat.RDF_XML:
                check_entities(self.content)
            return {quad.triple for quad in ox.parse(self.content.encode(), format=format, base_iri=base)}
        except Untrusted as error:
            raise QuerySyntaxError(f"the graph cannot be read as {self.media_type}: {error.what}") from None
        except SyntaxError as error:
            place = f"Line {error.lineno}, column {error.offset}: " if error.lineno else ""
            raise QuerySyntaxError(
                f"{place}the graph cannot be read as {self.media_type}: {error.msg}",
                line=error.lineno,
                column=error.offset,
            ) from None


def with_dataset(text: str, default: tuple[str, ...], named: tuple[str, ...]) -> str:
    """The update with USING clauses for a dataset that the request gives.

    Raises QuerySyntaxError if it has such clauses of its own, or WITH (SPARQL 1.1 Protocol, section 2.2.3).
    """
    clauses = "".join(f"USING <{iri}> " for iri in default) + "".join(f"USING NAMED <{iri}> " for iri in named)
    try:
        tokens = tokenize(text)
    except LexicalError as error:
        raise QuerySyntaxError(str(error)) from None
    parts, position = [], 0
    for index, token, depth in _depths(tokens):
        if depth or token.word not in ("using", "with", "where"):
            continue
        if token.word != "where":
            raise QuerySyntaxError(
                "The update says itself which graphs it asks (USING or WITH), and the request does too"
                " (using-graph-uri, using-named-graph-uri). Leave one of the two out."
            )
        parts.append(text[position : token.start])
        if index and tokens[index - 1].word == "delete":  # DELETE WHERE {…} has no place for a dataset
            parts.append(_braces(text, tokens, index + 1) + " ")
        parts.append(clauses)
        position = token.start
    return "".join((*parts, text[position:]))


def _depths(tokens: list[Token]) -> Iterator[tuple[int, Token, int]]:
    depth = 0
    for index, token in enumerate(tokens):
        depth -= token.kind == "mark" and token.text == "}"
        yield index, token, depth
        depth += token.kind == "mark" and token.text == "{"


def _braces(text: str, tokens: list[Token], start: int) -> str:
    """The text from the brace that is the token ``start`` to the one that closes it."""
    for index, token, depth in _depths(tokens[start:]):
        if index and depth == 0 and token.text == "}":
            return text[tokens[start].start : token.start + 1]
    return ""  # not closed: the parser will say so


def _named(name: str) -> ox.NamedNode:
    try:
        return ox.NamedNode(name)
    except ValueError:
        raise BadGraphName(name) from None


def _diagnosed(text: str, trouble: str, prefixes: Mapping[str, str]) -> QueryError:
    return diagnose(text, trouble, lambda other: _parse(other, prefixes), prefixes)


def _parse(text: str, prefixes: Mapping[str, str]) -> str | None:
    try:
        ox.Store().update(text, prefixes=dict(prefixes))
    except SyntaxError as error:
        return str(error)
    except Exception:
        return None
    return None


def _explained(error: Exception) -> QueryError:
    text = str(error)
    if any(words in text for words in ("does not exist", "already exists", "not found")):
        return QuerySyntaxError(f"The update cannot be done: {text}")
    return EngineFailure()


@contextlib.contextmanager
def _no_files() -> Iterator[None]:
    """Nothing can be opened meanwhile, neither file nor socket: what got past the gate still reaches nobody."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (confinement.lowest_free(), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
