"""Collects from an engine what the index is made of: names, kinds and links of every IRI that something is said about.

Six questions in SPARQL, each answered as a stream; any SPARQL 1.1 engine can answer them.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, cast

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.api import Answer, Engine, Limits, Query
from miit_graph.engine.errors import TOO_MUCH
from miit_graph.search.names import Basis, basis_of, spelled_out
from miit_graph.vocabulary import PROV, RDF, RDFS, SKOS, M

LONGEST_NAME = 400
"""Characters; what is longer is a text, not a name."""


@dataclass(frozen=True, slots=True)
class Use:
    """A node that says where a name is from: its IRI, and the code that says of what sort the name is."""

    iri: str
    code: str


@dataclass(slots=True)
class Found:
    """A name as found: best basis of all properties that hold it."""

    basis: Basis
    use: Use | None = None


@dataclass
class Collected:
    """All about the things of a dataset that searching needs, by IRI."""

    names: dict[str, dict[tuple[str, str], Found]] = field(default_factory=dict)
    """For each thing its names by text and language."""
    classes: dict[str, list[str]] = field(default_factory=dict)
    supers: dict[str, set[str]] = field(default_factory=dict)
    links: Counter[str] = field(default_factory=Counter)
    """How many triples lead to a thing."""


_Row: TypeAlias = "tuple[ox.NamedNode | ox.Literal | ox.BlankNode | None, ...]"


@dataclass(frozen=True)
class _Asker:
    engine: Engine
    limits: Limits

    def rows(self, pattern: str, *names: str) -> contextlib.closing[Generator[_Row, None, None]]:
        """Solutions of a SELECT, one by one: ``with asker.rows(…) as rows``.

        What pyoxigraph reads them from must end in the thread that reads; who leaves the loop with an exception would
        keep it, and with it the answer, until Python's garbage collector comes by in any thread.
        """
        return contextlib.closing(self._rows(pattern, names))

    def _rows(self, pattern: str, names: tuple[str, ...]) -> Generator[_Row, None, None]:
        answer = self.engine.run(Query(pattern), formats.TSV, self.limits)
        try:
            results = ox.parse_query_results(cast(bytes, _Reader(answer)), format=ox.QueryResultsFormat.TSV)
            try:
                for row in cast(ox.QuerySolutions, results):
                    yield tuple(cast("ox.NamedNode | ox.Literal | None", row[name]) for name in names)
            finally:
                del results  # an exception keeps the frame
        finally:
            answer.close()

    @contextlib.contextmanager
    def trying(self) -> Iterator[None]:
        """Goes on without what takes more than the engine gives, but not when the engine itself is in trouble."""
        try:
            yield
        except TOO_MUCH:
            with self.rows("SELECT * {}") as rows:
                list(rows)


class _Reader:
    """An answer as a file to read from."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._rest = b""

    def read(self, size: int = -1) -> bytes:
        """Some bytes, none at the end."""
        while not self._rest:
            part = next(self._answer, None)
            if part is None:
                return b""
            self._rest = part
        size = len(self._rest) if size < 0 else size
        part, self._rest = self._rest[:size], self._rest[size:]
        return part


def collect(engine: Engine, limits: Limits, *, merged: bool) -> Collected:
    """Ask ``engine`` for everything. ``merged`` says that the default graph holds all others.

    Raises QueryError if the names cannot be had; kinds and links that take too long are left out.
    """
    asker, found = _Asker(engine, limits), Collected()
    if not merged:
        # Without named graphs there is nothing to ask them.
        with asker.rows("SELECT ?g { GRAPH ?g { ?s ?p ?o } } LIMIT 1", "g") as rows:
            merged = not any(rows)
    for predicate, basis in _properties(asker, merged):
        _names(asker, found, predicate, basis, merged)
    _things(asker, found, merged)
    for step in (_uses, _classes, _links):
        with asker.trying():
            step(asker, found, merged)
    return found


def _everywhere(pattern: str, merged: bool) -> str:
    return f"{{ {pattern} }}" if merged else f"{{ {{ {pattern} }} UNION {{ GRAPH ?g {{ {pattern} }} }} }}"


def _properties(asker: _Asker, merged: bool) -> list[tuple[str, Basis]]:
    """The properties of this dataset that hold names, with what they make of them."""
    pattern = _everywhere("?s ?p ?o FILTER(isLiteral(?o) && isIRI(?s))", merged)
    with asker.rows(f"SELECT DISTINCT ?p {pattern}", "p") as rows:
        used = [cast(ox.NamedNode, p).value for (p,) in rows]
    above: dict[str, set[str]] = {}
    pattern = _everywhere(f"?p <{RDFS.subPropertyOf}> ?q", merged)
    with asker.trying(), asker.rows(f"SELECT ?p ?q {pattern}", "p", "q") as pairs:
        for low, high in pairs:
            if isinstance(low, ox.NamedNode) and isinstance(high, ox.NamedNode):
                above.setdefault(low.value, set()).add(high.value)
    found: list[tuple[str, Basis]] = []
    for predicate in used:
        if predicate == M.nameText:
            continue  # names not its subject, but what it is the name of
        basis = basis_of(predicate) or next(filter(None, map(basis_of, sorted(above_of(above, predicate)))), None)
        if basis:
            found.append((predicate, basis))
    return sorted(found)


def above_of(hierarchy: dict[str, set[str]], name: str) -> set[str]:
    """All that stands above ``name`` in a hierarchy, which may have cycles; without ``name`` itself."""
    found: set[str] = set()
    todo = [name]
    while todo:
        new = hierarchy.get(todo.pop(), set()) - found
        found |= new
        todo.extend(new)
    return found - {name}


def _names(asker: _Asker, found: Collected, predicate: str, basis: Basis, merged: bool) -> None:
    pattern = f"?s <{predicate}> ?o FILTER(isIRI(?s) && isLiteral(?o))"
    with asker.rows(f"SELECT ?s ?o {_everywhere(pattern, merged)}", "s", "o") as rows:
        for thing, name in rows:
            if isinstance(thing, ox.NamedNode) and isinstance(name, ox.Literal):
                _add(found, thing.value, name, basis)


def _add(found: Collected, thing: str, name: ox.Literal, basis: Basis, use: Use | None = None) -> None:
    text = " ".join(name.value[: LONGEST_NAME + 1].split())
    if not text or len(text) > LONGEST_NAME:
        return
    names = found.names.setdefault(thing, {})
    key = (text, name.language or "")
    known = names.get(key)
    if known is None:
        names[key] = Found(basis, use)
        return
    order = ("preferred", "formal", "alternative", "label", "source", "notation", "identifier")
    # rdfs:label repeats what others say more exactly, so it only counts where nothing else holds the name.
    known.basis = min(known.basis, basis, key=order.index)
    known.use = known.use or use


def _things(asker: _Asker, found: Collected, merged: bool) -> None:
    """Every IRI that is a subject can be found by the end of it."""
    with asker.rows(f"SELECT DISTINCT ?s {_everywhere('?s ?p ?o FILTER(isIRI(?s))', merged)}", "s") as rows:
        for (thing,) in rows:
            iri = cast(ox.NamedNode, thing).value
            names = found.names.setdefault(iri, {})
            text = spelled_out(iri)[:LONGEST_NAME]
            if text and (text, "") not in names:
                names[text, ""] = Found("identifier")


def _uses(asker: _Asker, found: Collected, merged: bool) -> None:
    """Names as printed, corrected or supplied: nodes of their own, with evidence."""
    pattern = f"?u <{M.nameOf}> ?s ; <{M.nameText}> ?o OPTIONAL {{ ?u <{M.nameBasis}> ?b }}"
    with asker.rows(f"SELECT ?u ?s ?o ?b {_everywhere(pattern, merged)}", "u", "s", "o", "b") as rows:
        for use, thing, name, code in rows:
            if isinstance(use, ox.NamedNode) and isinstance(thing, ox.NamedNode) and isinstance(name, ox.Literal):
                sort = code.value if isinstance(code, ox.NamedNode) else ""
                _add(found, thing.value, name, "source", Use(use.value, sort))


def _classes(asker: _Asker, found: Collected, merged: bool) -> None:
    with asker.rows(f"SELECT ?s ?c {_everywhere(f'?s <{RDF.type}> ?c', merged)}", "s", "c") as rows:
        for thing, name in rows:
            if isinstance(thing, ox.NamedNode) and isinstance(name, ox.NamedNode):
                known = found.classes.setdefault(thing.value, [])
                if name.value not in known:
                    known.append(name.value)
    pattern = f"?s <{RDFS.subClassOf}> ?c"
    with asker.rows(f"SELECT ?s ?c {_everywhere(pattern, merged)}", "s", "c") as rows:
        for low, high in rows:
            if isinstance(low, ox.NamedNode) and isinstance(high, ox.NamedNode):
                found.supers.setdefault(low.value, set()).add(high.value)


def _links(asker: _Asker, found: Collected, merged: bool) -> None:
    # Who said something is linked from everywhere, and is not what people look for.
    skipped = f'?p NOT IN (<{RDF.type}>, <{SKOS.inScheme}>, <{M.rank}>) && !STRSTARTS(STR(?p), "{PROV}")'
    pattern = f"?s ?p ?o FILTER(isIRI(?o) && {skipped})"
    query = f"SELECT ?o (COUNT(*) AS ?n) {_everywhere(pattern, merged)} GROUP BY ?o"
    with asker.rows(query, "o", "n") as rows:
        for thing, count in rows:
            if isinstance(thing, ox.NamedNode) and isinstance(count, ox.Literal):
                found.links[thing.value] += int(count.value)
