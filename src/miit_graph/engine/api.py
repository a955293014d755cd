"""The seam between those who ask and those who answer: a query, a format and limits go in, bytes come out.

Any engine (in this process, in processes of its own, behind another endpoint) fits behind `Engine`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from miit_graph.engine.federation.inline import Inlined
from miit_graph.engine.formats import Format
from miit_graph.engine.gate import Allow, Refuse
from miit_graph.engine.terms import Form, Limits

__all__ = ["Answer", "Engine", "Form", "Gone", "Limits", "Query"]

Gone = Callable[[], bool]
"""Says whether whoever asked has gone away, so that nobody wants the answer any more."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query and its dataset: absolute IRIs of graphs.

    If either tuple has members, both replace what the query says with FROM and FROM NAMED
    (SPARQL 1.1 Protocol, section 2.1.4); else the query's own clauses count, or the whole dataset of the
    server. ``inlined`` takes the place of parts of the text when it is evaluated; only
    `miit_graph.engine.federation` fills it.
    """

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    inlined: tuple[Inlined, ...] = ()


class Answer(Protocol):
    """The answer to one query, as chunks of bytes.

    Iterating raises a `QueryError` if the query fails after the first chunk: the bytes before it are a part,
    and must never be passed on as the whole. ``length`` is the number of bytes if it is already known, else
    None; ``version`` the state of the data that all of it comes from.
    """

    form: Form
    format: Format
    length: int | None
    version: str

    def __iter__(self) -> Iterator[bytes]: ...

    def __next__(self) -> bytes: ...

    def close(self) -> None:
        """Stop the work and free what it holds; harmless if it is done or was closed before."""
        ...


class Engine(Protocol):
    """Something that answers queries over one version of a dataset."""

    @property
    def version(self) -> str:
        """Names the state of the data: the same version, query, dataset and format give the same answer."""
        ...

    def examine(self, text: str, limits: Limits) -> Allow | Refuse:
        """Decide from its text whether a query may run, and tell its form; see `miit_graph.engine.gate`."""
        ...

    def run(self, query: Query, format: Format, limits: Limits, gone: Gone | None = None) -> Answer:
        """Start a query and wait until it fails or has something to say.

        ``gone`` is asked now and then while waiting; once it says yes the query is given up.

        Raises a `QueryError` (see `errors`) for everything that goes wrong before the first byte of the
        answer.
        """
        ...
