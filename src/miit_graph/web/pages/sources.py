"""The sources: which there are, how much of each is used, and line by line which facts rest on them.

The texts themselves are other people's and no part of a graph; pages show line numbers, quotes and facts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import cast

import pyoxigraph as ox
from flask import Blueprint, Response, request, url_for

from miit_graph.build.citing import CITED, lines
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.vocabulary import DCT, RDF, SKOS, M
from miit_graph.web.kept import rendered
from miit_graph.web.linked_data.names import address, document_of
from miit_graph.web.linked_data.terms import Known, Value
from miit_graph.web.page import page
from miit_graph.web.pages.sources_texts import TEXTS
from miit_graph.web.problems import Problem

blueprint = Blueprint("sources", __name__)
_MOST = 100_000
_OTHER = "other"


@dataclass(slots=True)
class Source:
    """A source document; ``cited`` has, by first and last line, the nodes that rest on them, each with its citation."""

    iri: str
    slug: str
    name: Value
    title: Value | None
    kinds: tuple[Value, ...]
    licence: tuple[Value, ...]
    file: str
    length: int
    cited: dict[tuple[int, int], list[tuple[str, str]]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where the source is told line by line."""
        return address(f"sources/{self.slug}")

    @property
    def nodes(self) -> set[str]:
        """Everything that rests on it."""
        return {node for pairs in self.cited.values() for node, _ in pairs}

    @property
    def used(self) -> list[int]:
        """The lines that something rests on."""
        return sorted({line for span in self.cited for line in range(span[0], span[1] + 1)})

    @property
    def share(self) -> int:
        """How much of it is used, in per cent of its lines."""
        return round(100 * len(self.used) / self.length) if self.length else 0

    @property
    def runs(self) -> list[tuple[int, int]]:
        """The used lines as runs: the first line of each and its length."""
        found: list[tuple[int, int]] = []
        for line in self.used:
            if found and line == sum(found[-1]):
                found[-1] = (found[-1][0], found[-1][1] + 1)
            else:
                found.append((line, 1))
        return found


@dataclass(frozen=True, slots=True)
class Node:
    """Something that rests on a line."""

    name: Value
    kind: str
    deprecated: bool


@dataclass(frozen=True, slots=True)
class Span:
    """Lines with the quotes from them and what rests on each; without any it is a gap."""

    first: int
    last: int
    anchors: tuple[int, ...]
    quotes: tuple[tuple[Value, tuple[Node, ...]], ...] = ()


@blueprint.get("/sources")
@rendered
def sources() -> Response:
    """All sources with what is known of them, and how much of each is used."""
    return page("sources.html", texts=TEXTS, sources=_sources(Known.here()))


@blueprint.get("/sources/<path:name>")
@rendered
def source(name: str) -> Response:
    """One source, line by line; ``?kind=`` leaves only the facts of one class. Raises Problem (404)."""
    known = Known.here()
    found = next((one for one in _sources(known) if one.slug == name), None)
    if found is None:
        raise Problem(404, "not-found", "There is nothing here", f"The graph has no source called {name}.")
    known.read({citation for pairs in found.cited.values() for _, citation in pairs})
    predicates = f"<{RDF.type}>, <{M.rank}>"
    known.construct(found.nodes, "?x ?p ?o", f"?x ?p ?o FILTER(?p IN ({predicates}))")
    known.read_names()
    kinds = {node: _kind(known, node) for node in found.nodes}
    counts = Counter(kinds.values())
    wanted = request.args.get("kind", "")
    if wanted and wanted not in map(_slug, counts):
        raise Problem(404, "not-found", "There is nothing here", f"No fact of the kind {wanted} rests on this source.")
    chips = [(_slug(kind), _title(known, kind), n) for kind, n in counts.most_common()]
    spans = _spans(known, found, kinds, wanted)
    return page(
        "source.html",
        texts=TEXTS,
        source=found,
        chips=sorted(chips, key=lambda chip: -chip[2]),
        chosen=wanted,
        spans=spans,
        entity=known.named(found.iri),
        query=_query(found.iri),
    )


def _sources(known: Known) -> list[Source]:
    """The sources in the order of their notations and names, with their citations."""
    rows = known.asker.rows(f"SELECT DISTINCT ?s {{ ?s a <{M.SourceDocument}> FILTER(isIRI(?s)) }} LIMIT 1000")
    iris = [cast(ox.NamedNode, row["s"]).value for row in rows]
    known.read(iris)
    known.read_names()
    found: dict[str, Source] = {}
    for iri in iris:
        kinds = [t for t in known.terms(iri, RDF.type) if isinstance(t, ox.NamedNode)]
        found[iri] = Source(
            iri,
            document_of(iri) or iri.replace("#", "/").rpartition("/")[2],
            known.named(iri),
            next(iter(known.values(known.terms(iri, DCT["title"]))), None),
            known.values(t for t in kinds if t.value.startswith(M)),
            known.values((*known.terms(iri, DCT.license), *known.terms(iri, DCT.rights))),
            known.first(iri, DCT.identifier),
            int(length) if (length := known.first(iri, M.lineCount)).isdecimal() else 0,
        )
    rows = known.asker.rows(f"{CITED} LIMIT {_MOST}")
    for row in sorted(rows, key=lambda row: (str(row["node"]), str(row["citation"]))):
        iri = str(getattr(row["source"], "value", ""))
        first, last = (str(getattr(row[name], "value", "")) for name in ("first", "last"))
        if iri in found and first.isdecimal() and last.isdecimal() and lines(first, last):
            pair = (cast(ox.NamedNode, row["node"]).value, cast(ox.NamedNode, row["citation"]).value)
            found[iri].cited.setdefault((int(first), int(last)), []).append(pair)
    for one in found.values():
        one.length = max(one.length, max((last for _, last in one.cited), default=0))
    return sorted(found.values(), key=lambda one: (known.first(one.iri, SKOS.notation), one.name.text))


def _kind(known: Known, node: str) -> str:
    """The class of facts a node belongs to; empty for a thing that rests on a line by itself."""
    kinds = sorted(t.value for t in known.terms(node, RDF.type) if isinstance(t, ox.NamedNode))
    if M.Fact not in kinds:
        return ""
    return next((kind for kind in kinds if kind.startswith(M) and kind != M.Fact), "")


def _slug(kind: str) -> str:
    return kind.removeprefix(M) if kind else _OTHER


def _title(known: Known, kind: str) -> str:
    return known.named(kind).text if kind else TEXTS["things"][known.language]


def _spans(known: Known, found: Source, kinds: dict[str, str], wanted: str) -> list[Span]:
    """The source from its first line to its last: what is cited, and the gaps between."""
    spans: list[Span] = []
    done = 0
    seen: set[int] = set()
    for (first, last), pairs in sorted(found.cited.items()):
        chosen = [(node, citation) for node, citation in pairs if not wanted or _slug(kinds[node]) == wanted]
        if not chosen:
            continue
        if first > done + 1:
            spans.append(_gap(done + 1, first - 1, seen))
        anchors = tuple(line for line in range(first, last + 1) if line not in seen)
        seen.update(anchors)
        quotes: dict[Value, dict[str, Node]] = {}
        for node, citation in chosen:
            quote = next(iter(known.values(known.terms(citation, M.quote))), Value(""))
            rank = known.first(node, M.rank)
            told = Node(known.named(node), _title(known, kinds[node]), rank.endswith("deprecated"))
            quotes.setdefault(quote, {})[node] = told
        shown = tuple((quote, _sorted(nodes)) for quote, nodes in quotes.items())
        spans.append(Span(first, last, anchors, shown))
        done = max(done, last)
    if done < found.length:
        spans.append(_gap(done + 1, found.length, seen))
    return spans


def _gap(first: int, last: int, seen: set[int]) -> Span:
    anchors = tuple(line for line in range(first, last + 1) if line not in seen)
    seen.update(anchors)
    return Span(first, last, anchors)


def _sorted(nodes: dict[str, Node]) -> tuple[Node, ...]:
    return tuple(sorted(nodes.values(), key=lambda node: (node.kind, node.name.text.casefold())))


def _query(iri: str) -> str:
    query = (
        f"# What rests on a source, by line\nPREFIX m: <{M}>\nPREFIX dct: <{DCT}>\n"
        "PREFIX prov: <http://www.w3.org/ns/prov#>\nSELECT ?line ?quote ?fact\nWHERE {\n"
        f"  ?fact prov:wasDerivedFrom ?citation .\n  ?citation dct:source {text_of(iri)} ;\n"
        "    m:lineStart ?line ; m:quote ?quote .\n}\nORDER BY ?line ?fact\n"
    )
    return url_for("sparql.sparql", query=query, format="html")
