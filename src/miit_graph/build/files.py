"""Any RDF files as a dataset, without a project around them: what ``--data`` serves and validates."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from miit_graph.build.errors import ProjectError, SourceError
from miit_graph.build.untrusted import PlainEntities, Unpacked, Untrusted

FORMATS: dict[str, ox.RdfFormat] = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".trig": ox.RdfFormat.TRIG,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
}
"""File name endings and the format they stand for; each may be followed by .gz."""


@dataclass(frozen=True)
class LoadedFiles:
    """A dataset read from files, and a version that is the hash of their bytes."""

    store: ox.Store
    version: str
    files: tuple[Path, ...]


def format_of(path: Path) -> ox.RdfFormat | None:
    """The RDF format that the name of `path` stands for, None if it stands for none."""
    name = path.name.lower().removesuffix(".gz")
    return next((fmt for ending, fmt in FORMATS.items() if name.endswith(ending)), None)


def discover(paths: Iterable[Path]) -> list[Path]:
    """All RDF files among `paths`; folders are searched to the bottom.

    Raises ProjectError for a path that does not exist, a file of unknown format, or if nothing is found.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(file for file in path.rglob("*") if file.is_file() and format_of(file))
        elif not path.exists():
            raise ProjectError(f"{path} does not exist.")
        elif format_of(path) is None:
            raise ProjectError(
                f"{path}: the name tells no RDF format; it should end in {', '.join(FORMATS)}, or these with .gz."
            )
        else:
            found.append(path)
    if not found:
        raise ProjectError(f"No RDF file found in {', '.join(map(str, paths))}.")
    return found


@contextmanager
def _open(path: Path) -> Iterator[IO[bytes]]:
    with ExitStack() as stack:
        stream: IO[bytes] = stack.enter_context(path.open("rb"))
        if path.name.lower().endswith(".gz"):
            unpacking = cast("IO[bytes]", stack.enter_context(gzip.GzipFile(fileobj=stream)))
            stream = cast("IO[bytes]", Unpacked(unpacking, path.stat().st_size))
        if format_of(path) == ox.RdfFormat.RDF_XML:
            stream = cast("IO[bytes]", PlainEntities(stream))
        yield stream


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    """Turn what can go wrong with a file into a SourceError."""
    try:
        yield
    except Untrusted as error:
        raise SourceError(str(path), None, None, error.what) from None
    except MemoryError:
        raise SourceError(str(path), None, None, "holds a term or comment of more than 16 MB") from None
    except SyntaxError as error:
        raise SourceError(str(path), error.lineno, error.offset, str(error.msg)) from None
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SourceError(str(path), None, None, f"not a complete gzip file: {error}") from None
    except OSError as error:
        raise SourceError(str(path), None, None, f"cannot be read: {error.strerror or error}") from None


def load_files(paths: Iterable[Path], *, union: bool = False) -> LoadedFiles:
    """Read RDF files and folders into memory; blank nodes of different files stay apart.

    The dataset is as in the files: triples of Turtle, N-Triples and RDF/XML go to the default graph. With `union`, the
    triples of all named graphs are also put into the default graph. Raises ProjectError or SourceError.
    """
    files = discover(list(paths))
    store = ox.Store()
    digest = hashlib.sha256(b"union" if union else b"own")
    for path in files:
        read_into(store, path, digest)
    if union:
        store.bulk_extend([ox.Quad(q.subject, q.predicate, q.object) for q in store])
    return LoadedFiles(store, digest.hexdigest()[:16], tuple(files))


def read_into(store: ox.Store, path: Path, digest: hashlib._Hash) -> None:
    """Read a file into a store, and the hash of its bytes into ``digest``. Raises SourceError."""
    with _faults(path), _open(path) as stream:
        store.bulk_load(stream, format=format_of(path), base_iri=path.resolve().as_uri())
    with path.open("rb") as stream:
        digest.update(hashlib.file_digest(stream, "sha256").digest())
