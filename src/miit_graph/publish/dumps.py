"""The whole dataset as files, plain and compressed, the same bytes for the same version.

Six formats of RDF 1.1, and Turtle of RDF 1.2 (see `miit_graph.publish.reifiers`). Everything is made from two
sorted files: the triples merged (``merged.nt``) and with their graphs (``dataset.nq``). A snapshot has them; of another
dataset they are asked of the engine.
"""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

import pyoxigraph as ox

from miit_graph.engine import formats
from miit_graph.engine.formats import Format
from miit_graph.publish.ask import Asker
from miit_graph.publish.files import FileCache, Made, second_name
from miit_graph.publish.reifiers import reified
from miit_graph.publish.sparql_text import iri as text_of

REIFIED = "rdf12.ttl"
"""The dump in RDF 1.2."""
FORMATS: dict[str, Format] = {
    "ttl": formats.TURTLE,
    "nt": formats.N_TRIPLES,
    "nq": formats.N_QUADS,
    "trig": formats.TRIG,
    "jsonld": formats.JSON_LD,
    "rdf": formats.RDF_XML,
    REIFIED: formats.TURTLE,
}
WITH_GRAPHS = ("nq", "trig")
"""The formats that say which graph a triple is in; the others hold the default graph."""
ENDINGS = tuple(f"{name}{packed}" for name in FORMATS for packed in ("", ".gz"))
_MERGED, _GRAPHS = "merged.nt", "dataset.nq"
_LEVEL = 6


def file_names(name: str) -> tuple[str, ...]:
    """The names of the dumps of the dataset ``name``, in the order of `ENDINGS`."""
    return tuple(f"{name}.{ending}" for ending in ENDINGS)


@dataclass(frozen=True, slots=True)
class Dumps:
    """The dumps of one version. ``frozen`` is the folder of its snapshot; without one, ``asker`` is asked.

    ``merged`` says that its default graph holds what the named graphs do and nothing else, as in a built dataset.
    """

    cache: FileCache
    prefixes: Mapping[str, str]
    asker: Asker
    frozen: Path | None = None
    merged: bool = False

    @classmethod
    def of_files(cls, cache: FileCache, frozen: Path) -> Self:
        """The dumps in the two formats that a snapshot's own files have: nothing is asked."""
        return cls(cache, {}, cast(Asker, None), frozen)

    def made(self, ending: str) -> Made | None:
        """The dump with this ending if it was made."""
        return self.cache.get(f"dump.{ending}")

    def make(self, ending: str) -> Made:
        """The dump with this ending, one of `ENDINGS`; made if need be.

        Raises ValueError where the format can't hold the data, and the `QueryError` of an engine that gives up.
        """
        name = ending.removesuffix(".gz")
        if name != ending:
            plain = self.make(name)
            return self.cache.make(f"dump.{ending}", lambda target: _compress(plain.path, target))
        return self.cache.make(f"dump.{ending}", lambda target: self._write(name, target))

    def _write(self, name: str, target: Path) -> None:
        source = self._source(name in WITH_GRAPHS)
        if name in ("nt", "nq"):
            second_name(source, target)
            return
        kind, prefixes = ox.RdfFormat.from_media_type(FORMATS[name].media_type), dict(self.prefixes)
        if name in WITH_GRAPHS:
            quads = sorted(ox.parse(path=str(source), format=ox.RdfFormat.N_QUADS), key=lambda q: str(q.graph_name))
            ox.serialize(quads, str(target), format=kind, prefixes=prefixes)
        else:
            triples: Iterable[ox.Triple] = (q.triple for q in ox.parse(path=str(source), format=ox.RdfFormat.N_TRIPLES))
            ox.serialize(reified(triples) if name == REIFIED else triples, str(target), format=kind, prefixes=prefixes)

    def _source(self, graphs: bool) -> Path:
        name = _GRAPHS if graphs else _MERGED
        if self.frozen is not None:
            return self.frozen / name
        return self.cache.make(name, self._ask_graphs if graphs else self._ask_merged).path

    def _ask_merged(self, target: Path) -> None:
        target.write_bytes(b"".join(self._lines("{ ?s ?p ?o }", b"")))

    def _ask_graphs(self, target: Path) -> None:
        rows = self.asker.rows("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g")
        found = [] if self.merged else self._lines("{ ?s ?p ?o }", b"")
        for row in rows:
            name = text_of(cast(ox.NamedNode, row["g"]).value)
            found += self._lines(f"{{ GRAPH {name} {{ ?s ?p ?o }} }}", f" {name}".encode())
        target.write_bytes(b"".join(sorted(found)))

    def _lines(self, where: str, graph: bytes) -> list[bytes]:
        content = b"".join(self.asker.stream(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {where}", formats.N_TRIPLES))
        return sorted({line[:-2] + graph + b" .\n" for line in content.splitlines() if line.endswith(b" .")})


def _compress(source: Path, target: Path) -> None:
    # Neither a name nor a time goes in: the same content gives the same bytes.
    with (
        source.open("rb") as plain,
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", _LEVEL, raw, mtime=0) as packed,
    ):
        shutil.copyfileobj(plain, packed, 1 << 20)
