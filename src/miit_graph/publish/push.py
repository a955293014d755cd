"""Loads a snapshot into another engine, graph by graph (SPARQL 1.1 Graph Store HTTP Protocol), and checks it there.

Where the engine's default graph is the union of everything that it holds, the merged triples go into a graph of their
own (`miit_graph.engine.remote.state.MERGED`), which the queries of `miit-graph serve --endpoint` then name; else into
the default graph. A push that was broken off is taken up: graphs that are there in full are not sent again. Every
request may be repeated without harm, as the triples with blank nodes of a graph all go into its first one.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from miit_graph.build.errors import ProjectError
from miit_graph.build.snapshot import Snapshot, canonical_lines
from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.errors import QueryError
from miit_graph.engine.remote.client import Client, Request, small
from miit_graph.engine.remote.engine import RemoteEngine
from miit_graph.engine.remote.state import GRAPH, MERGED, SUBJECT, TERM
from miit_graph.publish.ask import Asker

_SECONDS = 600.0
_NO_END = 1 << 40
_ROUNDS = 3
_SHOWN = 5
_NO_MARK = (
    "The mark was not set, as the engine does not hold the snapshot as it is; to accept that, add --verify counts."
)
_N_TRIPLES = "application/n-triples"


@dataclass(frozen=True, slots=True)
class Done:
    """How a push ended: whether all is there, and what to tell."""

    good: bool
    lines: tuple[str, ...]


class Push:
    """``snapshot`` on its way into what ``engine`` asks; ``store`` is where that takes graphs, ``batch`` in triples."""

    def __init__(self, engine: RemoteEngine, snapshot: Snapshot, store: str = "", batch: int = 20_000) -> None:
        self._engine = engine
        self._snapshot = snapshot
        self._store = store
        self._batch = max(1, batch)
        self._asker = Asker(engine, Limits(seconds=_SECONDS, result_bytes=_NO_END))
        self._client: Client | None = None
        self._sent = 0

    def carry_out(self, progress: Callable[[str], None], *, by_hash: bool = True) -> Done:
        """Send what is missing, verify all, and set the mark if it is right.

        Raises ProjectError if the engine cannot be asked or takes no graphs.
        """
        began = time.monotonic()
        try:
            known = self._engine.read_mark()
        except QueryError as error:
            raise ProjectError(f"{self._engine.endpoint.address} cannot be asked: {error}") from None
        address = self._store or self._engine.kind.graph_store_of(self._engine.endpoint.address)
        if not address:
            raise ProjectError("Where this engine takes graphs is not known; name it with --graph-store URL.")
        self._client = Client(self._engine.endpoint, address=address)
        union = self._begin()
        graphs = self._graphs()
        if known is not None:
            # A push before this one may have left graphs that this snapshot doesn't have.
            for gone in {*known.graphs} - {*graphs}:
                self._send("DELETE", gone, b"")
        merged = MERGED if union else ""
        stored = ox.parse(path=str(self._snapshot.path / "merged.nt"), format=ox.RdfFormat.N_TRIPLES)
        wanted: dict[str, Iterable[ox.Triple]] = {**graphs, merged: (quad.triple for quad in stored)}
        lines = []
        for number, (name, quads) in enumerate(wanted.items(), 1):
            triples = list(quads)
            progress(f"Graph {number} of {len(wanted)}, {self._sent:,} triples sent")
            if self._count(name) != len(triples):
                self._put(name, triples, progress)
        progress("Verifying")
        wrong = self._wrong(wanted_counts := {name: self._expected(name) for name in wanted})
        if by_hash and not wrong:
            wrong = self._differing(tuple(graphs), merged)
        if wrong:
            return Done(False, (*wrong, _NO_MARK))
        self._mark(merged)
        seconds = time.monotonic() - began
        how = "canonical hash and counts" if by_hash else "counts of every graph"
        where = f"the graph {MERGED}, as its default graph is a union" if union else "its default graph"
        lines.append(
            f"{self._engine.endpoint.address}: version {self._snapshot.version}, {len(wanted_counts)} graphs, "
            f"{self._sent:,} triples sent in {seconds:.1f} s"
        )
        lines.append(f"The merged triples are in {where}. Verified: {how}.")
        return Done(True, tuple(lines))

    def _begin(self) -> bool:
        """Take the mark away, and find out with what is left of it whether the default graph is a union."""
        note = f'<{SUBJECT}> <{TERM}begun> "{self._snapshot.version}" .\n'
        self._send("PUT", GRAPH, note.encode())
        return self._asker.truth(f"ASK {{ <{SUBJECT}> <{TERM}begun> ?version }}")

    def _graphs(self) -> dict[str, list[ox.Triple]]:
        graphs: dict[str, list[ox.Triple]] = {}
        for quad in ox.parse(path=str(self._snapshot.path / "dataset.nq"), format=ox.RdfFormat.N_QUADS):
            assert isinstance(quad.graph_name, ox.NamedNode)  # a snapshot names all graphs by IRIs
            graphs.setdefault(quad.graph_name.value, []).append(quad.triple)
        self._counts = {name: len(triples) for name, triples in graphs.items()}
        return graphs

    def _expected(self, name: str) -> int:
        return self._counts.get(name, int(self._snapshot.manifest["triples"]))

    def _count(self, name: str) -> int:
        pattern = f"GRAPH <{name}> {{ ?s ?p ?o }}" if name else "?s ?p ?o"
        return self._asker.number(f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")

    def _put(self, name: str, triples: list[ox.Triple], progress: Callable[[str], None]) -> None:
        labelled = [t for t in triples if ox.BlankNode in (type(t.subject), type(t.object))]
        plain = (t for t in triples if ox.BlankNode not in (type(t.subject), type(t.object)))
        first = [*labelled, *islice(plain, max(0, self._batch - len(labelled)))]
        self._send("PUT", name, _text(first))
        self._sent += len(first)
        while more := list(islice(plain, self._batch)):
            progress(f"{self._sent:,} triples sent")
            self._send("POST", name, _text(more))
            self._sent += len(more)

    def _send(self, method: str, graph: str, content: bytes) -> None:
        assert self._client is not None
        request = Request("*/*", method=method, content=content, content_type=_N_TRIPLES)
        parameters = {"graph": graph} if graph else {"default": ""}
        for attempt in range(1, _ROUNDS + 1):
            try:
                response = self._client.send(request, _SECONDS, parameters=parameters)
                break
            except QueryError as error:
                if attempt == _ROUNDS:
                    raise ProjectError(
                        f"The graphs could not be sent: {error} Run the command again to go on."
                    ) from None
                time.sleep(attempt)
        said = " ".join(small(response).split())[:300]
        if not (200 <= response.status < 300 or (method == "DELETE" and response.status == 404)):
            raise ProjectError(
                f"The engine does not take {graph or 'the default graph'}: status {response.status}. {said}\n"
                "Check --graph-store, and that the credentials (MIIT_GRAPH_ENDPOINT_…) may write."
            )

    def _wrong(self, expected: dict[str, int]) -> list[str]:
        wrong = []
        for name, number in expected.items():
            found = self._count(name)
            if found != number:
                wrong.append(f"{name or 'default graph'}: {found:,} triples instead of {number:,}")
        return wrong

    def _differing(self, graphs: tuple[str, ...], merged: str) -> list[str]:
        """What is not as in the snapshot, by the canonical form (RDFC-1.0) of what the engine gives back."""
        found = canonical_lines(quad for name in graphs for quad in self._read(name))
        digest = hashlib.sha256("".join(f"{line}\n" for line in found).encode()).hexdigest()
        wrong = []
        if digest != self._snapshot.manifest["sha256"]:
            content = (self._snapshot.path / "dataset.nq").read_text(encoding="utf-8")
            wrong += _difference("named graphs", content.split("\n")[:-1], found)
        stored = ox.parse(path=str(self._snapshot.path / "merged.nt"), format=ox.RdfFormat.N_TRIPLES)
        wanted = canonical_lines(stored)
        back = canonical_lines(ox.Quad(q.subject, q.predicate, q.object) for q in self._read(merged))
        if wanted != back:
            wrong += _difference(merged or "default graph", wanted, back)
        return wrong

    def _read(self, name: str) -> Iterator[ox.Quad]:
        pattern = f"GRAPH <{name}> {{ ?s ?p ?o }}" if name else "?s ?p ?o"
        text = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}"
        answer = self._engine.run(Query(text), formats.N_TRIPLES, self._asker.limits)
        graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        for quad in ox.parse(b"".join(answer), format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=True):
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)

    def _mark(self, merged: str) -> None:
        said = {
            "version": self._snapshot.version,
            "push": uuid.uuid4().hex[:12],
            "default": merged,
            "manifest": json.dumps(self._snapshot.manifest, ensure_ascii=False),
        }
        triples = (ox.Triple(ox.NamedNode(SUBJECT), ox.NamedNode(TERM + n), ox.Literal(v)) for n, v in said.items())
        self._send("PUT", GRAPH, _text(triples))


def _text(triples: Iterable[ox.Triple]) -> bytes:
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def _difference(what: str, wanted: list[str], found: list[str]) -> list[str]:
    missing, surplus = sorted({*wanted} - {*found}), sorted({*found} - {*wanted})
    lines = [f"{what}: {len(missing):,} triples are missing or different, {len(surplus):,} are there instead"]
    lines += [f"  - {line[:200]}" for line in missing[:_SHOWN]]
    return lines + [f"  + {line[:200]}" for line in surplus[:_SHOWN]]
