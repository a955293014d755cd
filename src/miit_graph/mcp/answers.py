"""What every tool answers: short, in pages, in one language, each fact with its source.

Errors are LookupError, ValueError and QueryError; their texts say what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from miit_graph.engine.api import Form
from miit_graph.engine.gate import Allow
from miit_graph.export.graph.model import Edge
from miit_graph.export.network import find_path
from miit_graph.export.picture import Options, Records, build_timeline
from miit_graph.export.picture.timeline_entries import Entry
from miit_graph.library.graph import Graph
from miit_graph.library.rows import Rows, to_python
from miit_graph.library.told import Source, Statement, Teller, said
from miit_graph.mcp.check import check, near
from miit_graph.mcp.terms import Sort, Terms
from miit_graph.publish.published import Published

MOST = 100
"""The largest page."""
_RECEIPTS = 3
_CELL = 400
_GRAPH_CHARACTERS = 20_000


class Answers:
    """The tools over one opened graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def terms(self) -> Terms:
        """The vocabulary of the dataset."""
        return Terms(self.graph)

    @cached_property
    def _records(self) -> Records:
        return Records.read(self.graph.ask)

    def _teller(self, lang: str) -> Teller:
        return Teller(self.graph.ask, self.graph.base, _language(lang))

    def thing(self, name: str) -> str:
        """The IRI that a name stands for: an IRI, a prefixed name, or what exactly one thing is called."""
        try:
            iri = self.graph.iri(name)
        except LookupError:
            found = self.graph.search(name, limit=5)
            exact = [one for one in found if one.matched.casefold() == name.casefold()]
            if len(exact) == 1 or (exact and exact[0] is found[0]):
                return exact[0].iri
            listed = [f"{self.graph.short(one.iri)} ({one.label})" for one in found]
            listed = listed or list(self.graph.finder.find(name).near)
            hint = f" Near to it: {'; '.join(listed)}." if listed else ""
            raise LookupError(f"Nothing is called exactly {name!r}.{hint}") from None
        if not self.graph.network.exists(iri):
            names = near(self.graph, self.terms, iri)
            raise LookupError(
                f"Nothing is said of {name}." + (f" Near to it: {', '.join(names)}." if names else " Search first.")
            )
        return iri

    def search(self, text: str, lang: str = "en", kind: str = "", offset: int = 0, limit: int = 10) -> dict[str, Any]:
        """Things called so."""
        found = self.graph.search(text, lang=_language(lang), limit=1_000)
        if kind:
            found = [one for one in found if kind.casefold() in one.kind.casefold()]
        shown, page = _page(found, offset, limit)
        return {
            **page,
            "found": [
                {"name": self.graph.short(one.iri), "label": one.label, "kind": one.kind, "matched": one.matched}
                for one in shown
            ],
        }

    def describe(
        self, thing: str, lang: str = "en", about: str = "", offset: int = 0, limit: int = 20
    ) -> dict[str, Any]:
        """All that is said of a thing, facts first, with receipts; ``about`` keeps statements with this text."""
        iri = self.thing(thing)
        found = self._teller(lang).describe(iri)
        if found is None:
            raise LookupError(f"Nothing is said of {thing}.")
        statements = [
            one for one in found.statements if about.casefold() in f"{one.text} {one.value} {one.property}".casefold()
        ]
        shown, page = _page(statements, offset, limit)
        return {
            "name": self.graph.short(iri),
            "iri": iri,
            "label": found.label,
            "kinds": list(found.kinds),
            "called": list(found.names),
            **page,
            "statements": [self._said(one) for one in shown],
        }

    def _said(self, statement: Statement) -> dict[str, Any]:
        told = said(statement)
        for key in ("property", "value", "fact"):
            if key in told:
                told[key] = self.graph.short(told[key])[:_CELL]
        if len(sources := told.get("sources", [])) > _RECEIPTS:
            told["sources"], told["more_sources"] = sources[:_RECEIPTS], len(sources) - _RECEIPTS
        if not told.get("sources"):
            told.pop("sources", None)
        return told

    def list_terms(
        self,
        sort: Sort = "class",
        like: str = "",
        of_class: str = "",
        lang: str = "en",
        offset: int = 0,
        limit: int = 20,
    ) -> dict[str, Any]:
        """Classes or properties with counts and examples."""
        if of_class:
            terms = self.terms.of_class(self.graph.iri(of_class))
        elif like:
            terms = self.terms.like(like, sort, _language(lang))
        else:
            terms = self.terms.classes if sort == "class" else self.terms.properties
        shown, page = _page(terms, offset, limit)
        return {**page, "terms": self.terms.told(shown, _language(lang))}

    def neighbours(
        self, thing: str, lang: str = "en", by: str = "", offset: int = 0, limit: int = 20
    ) -> dict[str, Any]:
        """What is tied to a thing, by what, and who says so."""
        iri = self.thing(thing)
        properties = frozenset([self.graph.iri(by)] if by else [])
        limit = max(1, min(limit, MOST))
        found = self.graph.network.neighbours(
            iri, _language(lang), properties=properties, offset=max(0, offset), limit=limit
        )
        ties = self._ties([iri, *found.nodes], lang)
        return {
            "of": self.graph.short(iri),
            "total": found.total,
            "offset": offset,
            **({"next_offset": offset + limit} if offset + limit < found.total else {}),
            "ties": [tie for tie in ties if self.graph.short(iri) in (tie["from"], tie["to"])],
        }

    def path(self, start: str, end: str, lang: str = "en") -> dict[str, Any]:
        """A shortest path between two things."""
        found = find_path(self.graph.network, self.thing(start), self.thing(end))
        if not found.nodes:
            return {"found": False, "exhausted": found.exhausted}
        pairs = {frozenset(pair) for pair in zip(found.nodes, found.nodes[1:], strict=False)}
        names = self._teller(lang).names
        names.learn(found.nodes)
        return {
            "found": True,
            "things": [{"name": self.graph.short(n), "label": names.text(n, _language(lang))} for n in found.nodes],
            "ties": self._ties(found.nodes, lang, pairs),
        }

    def _ties(self, nodes: Iterable[str], lang: str, pairs: set[frozenset[str]] | None = None) -> list[dict[str, Any]]:
        graph = self.graph.network.graph(nodes, _language(lang))
        edges = [edge for edge in graph.edges if pairs is None or frozenset((edge.source, edge.target)) in pairs]
        labels = {node.id: node.label for node in graph.nodes}
        facts = self._teller(lang).facts(str(fact) for edge in edges if (fact := edge.values.get("fact")))
        return [self._tie(edge, labels, facts.get(str(edge.values.get("fact")))) for edge in edges]

    def _tie(self, edge: Edge, labels: dict[str, str], fact: Statement | None) -> dict[str, Any]:
        told = {
            "from": self.graph.short(edge.source),
            "by": self.graph.short(edge.kind.iri),
            "to": self.graph.short(edge.target),
            "text": f"{labels[edge.source]} – {edge.label} – {labels[edge.target]}",
            **({"claimed": True} if edge.claimed else {}),
        }
        return {**told, **{key: part for key, part in self._said(fact).items() if key != "text"}} if fact else told

    def timeline(
        self,
        about: str = "",
        start: str = "",
        end: str = "",
        kind: str = "",
        lang: str = "en",
        offset: int = 0,
        limit: int = 20,
    ) -> dict[str, Any]:
        """What has a date, in order of time; OptionError (a ValueError) for options that can't be read."""
        root = self.thing(about) if about else ""
        given = {"root": root, "from": start, "to": end, "kind": kind, "lang": _language(lang)}
        line = build_timeline(self._records, Options.from_strings(given), self.graph.prefixes)
        entries = sorted((entry for lane in line.lanes for entry in lane.entries), key=lambda entry: entry.order)
        shown, page = _page(entries, offset, limit)
        receipts = self._teller(lang).sources([entry.claim or entry.iri for entry in shown])
        return {
            **page,
            "entries": [
                self._entry(entry, line.names.text, receipts.get(entry.claim or entry.iri, ()), _language(lang), line)
                for entry in shown
            ],
        }

    def _entry(self, entry: Entry, _: Any, sources: Sequence[Source], lang: str, line: Any) -> dict[str, Any]:
        name, more = entry.told(line.names, lang)
        dates = {"from": entry.start, "until": entry.end, "at": entry.at}
        statement = Statement(
            " – ".join(part for part in (name, more) if part),
            fact=entry.claim or entry.iri,
            when=tuple((key, time.written) for key, time in dates.items() if time),
            status=line.names.text(entry.status, lang) if entry.status.startswith("http") else entry.status,
            sources=tuple(sources),
        )
        return {"kind": entry.lane, **self._said(statement)}

    def query(self, text: str, check_first: bool = True, offset: int = 0, limit: int = 50) -> dict[str, Any]:
        """The answer to a query, once all names in it are known."""
        unknown = check(self.graph, self.terms, text)
        if unknown and check_first:
            return {
                "ran": False,
                "unknown": unknown,
                "note": "The dataset has none of these names, so the query was not run. Mend it, or check_first=false.",
            }
        decision = self.graph.engine.examine(text, self.graph.settings.limits())
        answer = self.graph.query(text)
        if isinstance(answer, bool):
            return {"ran": True, "answer": answer}
        if isinstance(answer, Rows):
            shown, page = _page(answer.terms, offset, limit)
            return {
                "ran": True,
                "columns": list(answer.columns),
                **page,
                "rows": [[self._cell(row.get(name)) for name in answer.columns] for row in shown],
            }
        assert isinstance(decision, Allow)
        for prefix, namespace in self.graph.prefixes.items():
            answer.bind(prefix, namespace, replace=True)
        turtle = answer.serialize(format="turtle")
        told = "description" if decision.form is Form.DESCRIBE else "graph"
        return {"ran": True, told: turtle[:_GRAPH_CHARACTERS], "triples": len(answer)}

    def _cell(self, term: Any) -> Any:
        found = to_python(term)
        if isinstance(found, str):
            return self.graph.short(found)[:_CELL]
        return found if isinstance(found, bool | int | float | None) else str(found)

    def examples(
        self, about: str = "", slug: str = "", lang: str = "en", offset: int = 0, limit: int = 20
    ) -> dict[str, Any]:
        """Example queries of the dataset: a list of questions, or one with its text."""
        published = Published.read(self.graph.about, self.graph.version)
        language = _language(lang)

        def question(texts: Any) -> str:
            return str(texts.get(language) or texts.get("en") or next(iter(texts.values()), ""))

        if slug:
            for one in published.examples:
                if one.slug == slug:
                    return {"slug": slug, "question": question(one.question or one.title), "query": one.query}
            raise LookupError(f"There is no example {slug!r}; list them without slug.")
        words = about.casefold().split()
        chosen = [
            one
            for one in published.examples
            if all(word in " ".join((*one.title.values(), *one.question.values())).casefold() for word in words)
        ]
        shown, page = _page(chosen, offset, limit)
        return {**page, "examples": [{"slug": e.slug, "question": question(e.question or e.title)} for e in shown]}


def _language(lang: str) -> str:
    if lang not in ("en", "zh"):
        raise ValueError(f"lang={lang!r} is neither en nor zh.")
    return lang


def _page(found: Sequence[Any], offset: int, limit: int) -> tuple[Sequence[Any], dict[str, int]]:
    """A page of a list, and where the next begins."""
    offset, limit = max(0, offset), max(1, min(limit, MOST))
    page = {"total": len(found), "offset": offset}
    if offset + limit < len(found):
        page["next_offset"] = offset + limit
    return found[offset : offset + limit], page
