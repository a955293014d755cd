"""A graph that was opened: query it, search it, walk it, hand it to other libraries."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.api import Engine, Form
from miit_graph.engine.errors import QueryError
from miit_graph.engine.gate import Refuse
from miit_graph.library.rows import Rows
from miit_graph.publish.ask import Asker, read_rows
from miit_graph.publish.sparql_text import is_iri
from miit_graph.settings import Settings
from miit_graph.vocabulary import STANDARD_PREFIXES

if TYPE_CHECKING:
    import networkx
    import rdflib

    from miit_graph.export.network import Network
    from miit_graph.library.told import Description
    from miit_graph.search.finder import Finder


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that a search found: ``score`` is from 0 to 1, ``matched`` the name that matched."""

    iri: str
    label: str
    kind: str
    matched: str
    score: float


class Graph:
    """See `miit_graph.open`. Use it in a with statement, or call `close`. Queries raise `QueryError`."""

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        about: Mapping[str, Any],
        place: str,
        *,
        store: ox.Store | None = None,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.engine = engine
        self.settings = settings
        self.about = about
        self.place = place
        """Where it was opened from."""
        self._store = store
        self._close = close

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{self.title()}, version {self.version}>"

    def close(self) -> None:
        """Let go of the engine and of temporary files."""
        self._close()
        folder = self.__dict__.pop("_index_folder", None)
        if folder is not None:
            folder.cleanup()

    @property
    def version(self) -> str:
        """Names the state of the data; an endpoint is named by its address."""
        return self.engine.version

    @property
    def base(self) -> str:
        """Where the IRIs of the project begin that built the graph; empty for any other."""
        return str(self.about.get("base") or "")

    @property
    def prefixes(self) -> Mapping[str, str]:
        """Prefixes that queries may use without declaring them."""
        found: Mapping[str, str] = self.about.get("prefixes") or STANDARD_PREFIXES
        return found

    def title(self, lang: str = "en") -> str:
        """What the graph is called."""
        from miit_graph.build.texts import pick

        return pick(self.about.get("title") or {"en": self.place}, lang)

    @cached_property
    def ask(self) -> Asker:
        """The engine under the limits of the settings, for small questions."""
        return Asker(self.engine, self.settings.limits())

    def query(self, text: str, *, timeout: float | None = None) -> Any:
        """Run a query.

        Returns `Rows` for SELECT, a bool for ASK, an `rdflib.Graph` for CONSTRUCT and DESCRIBE. ``timeout`` is in
        seconds.
        """
        limits = self.settings.limits(timeout)
        decision = self.engine.examine(text, limits)
        if isinstance(decision, Refuse):
            raise decision.error.with_traceback(None)
        ask = Asker(self.engine, limits)
        if decision.form.is_graph:
            import rdflib

            content = b"".join(ask.stream(text, formats.N_TRIPLES))
            return rdflib.Graph().parse(data=content.decode(), format="nt")
        if decision.form is Form.ASK:
            return ask.truth(text)
        return Rows(*read_rows(b"".join(ask.stream(text, formats.JSON))))

    def search(self, text: str, *, lang: str = "en", limit: int = 10) -> list[Found]:
        """Things that are called so, in any language, by pinyin or initials; the best first."""
        from miit_graph.build.texts import pick
        from miit_graph.search.names import spelled_out

        finder = self.finder
        index = finder.index
        found = []
        for hit in finder.find(text).hits[:limit]:
            thing, labels = index.iri(hit.thing), index.labels(hit.thing)
            kind = index.kinds[index.thing_kinds[hit.thing]]
            label = pick(labels, lang) if labels else spelled_out(thing) or thing
            sort = pick(kind["label"], lang) if kind["label"] else spelled_out(kind["iri"])
            found.append(Found(thing, label, sort, index.name_as_written(hit.name).text, hit.score))
        return found

    def describe(self, thing: str, *, lang: str = "en") -> Description:
        """All that is said of a thing (an IRI or a prefixed name), with receipts. Raises LookupError for an unknown."""
        from miit_graph.library.told import Teller

        found = Teller(self.ask, self.base, lang).describe(self.iri(thing))
        if found is None:
            raise LookupError(f"Nothing is said of <{self.iri(thing)}> in {self.title()}. Search for its name first.")
        return found

    def iri(self, name: str) -> str:
        """The IRI of a prefixed name, or the IRI itself. Raises LookupError for anything else."""
        prefix, colon, local = name.strip().strip("<>").partition(":")
        text = self.prefixes[prefix] + local if colon and prefix in self.prefixes else name.strip().strip("<>")
        if not is_iri(text):
            known = ", ".join(f"{prefix}:" for prefix in self.prefixes)
            raise LookupError(f"{name!r} is neither an IRI nor a name with one of the prefixes {known}.")
        return text

    def short(self, thing: str) -> str:
        """The prefixed name of an IRI where a prefix fits, else the IRI."""
        from miit_graph.export.graph.text import Shortener

        return Shortener(self.prefixes).short(thing)

    @cached_property
    def finder(self) -> Finder:
        """The search, over an index that is made at the first use."""
        from miit_graph.search.keeper import Keeper

        folder = self.__dict__["_index_folder"] = tempfile.TemporaryDirectory(prefix="miit-graph-search-")
        settings = replace(self.settings, search_folder=Path(folder.name), engine_socket="")
        return Keeper(self.engine, settings, base=self.base, merged="base" in self.about).finder(seconds=600)

    @cached_property
    def network(self) -> Network:
        """The graph as a network, to walk through."""
        from miit_graph.export.network import Network

        return Network(self.ask, self.prefixes)

    def store(self) -> ox.Store:
        """All quads in a pyoxigraph store: the one in memory, or for an endpoint a copy of what it answers."""
        if self._store is None:
            store = ox.Store()
            store.bulk_extend(self._quads())
            self._store = store
        return self._store

    def _quads(self) -> Iterator[ox.Quad]:
        for row in self.ask.rows("SELECT ?g ?s ?p ?o { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } }"):
            graph = row.get("g", ox.DefaultGraph())
            yield ox.Quad(row["s"], row["p"], row["o"], graph)  # type: ignore[arg-type]

    def rdflib(self) -> rdflib.Dataset:
        """The dataset for rdflib, over the same store: no copy is made, and it must not be changed."""
        import rdflib

        return rdflib.Dataset(store=_oxigraph(self.store()))

    def networkx(self, lang: str = "en", *, facts: bool = False) -> networkx.MultiDiGraph[str]:
        """Things and what ties them as a networkx graph; ``facts`` adds fact nodes. Needs networkx.

        Nodes have ``label`` and ``kind``, edges ``label``, ``kind``, ``fact`` and, where they are dated, ``start`` and
        ``end`` (ISO 8601 days).
        """
        import networkx

        from miit_graph.export.graph import Options, Source, build_graph

        options = Options.from_strings({"lang": lang, **({"facts": "keep"} if facts else {})})
        built = build_graph(Source.read(self.store(), self.prefixes), options, self.title(lang))
        graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph(name=built.title)
        for node in built.nodes:
            graph.add_node(node.id, label=node.label, kind=node.kind.label, start=node.start, end=node.end)
        for edge in built.edges:
            told = {"label": edge.label, "kind": edge.kind.iri, "fact": edge.values.get("fact")}
            graph.add_edge(edge.source, edge.target, edge.id, **told, start=edge.start, end=edge.end)
        return graph


def _oxigraph(store: ox.Store) -> Any:
    from oxrdflib import OxigraphStore

    return OxigraphStore(store=store)


__all__ = ["Found", "Graph", "QueryError"]
