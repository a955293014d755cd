"""What everything about a query speaks of: its form, and what it may use."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Form(Enum):
    """The query form, SPARQL 1.1 section 16."""

    SELECT = "SELECT"
    ASK = "ASK"
    CONSTRUCT = "CONSTRUCT"
    DESCRIBE = "DESCRIBE"

    @property
    def is_graph(self) -> bool:
        """Whether the answer is an RDF graph (else a table or a truth value)."""
        return self in (Form.CONSTRUCT, Form.DESCRIBE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use: seconds of time, bytes of memory and of answer, bytes of its text, depth of brackets.

    ``services`` are the endpoints that SERVICE may name (see `miit_graph.engine.federation.allowed`), and what one of
    them may take in seconds and in bytes of all answers together.
    """

    seconds: float = 30.0
    memory_bytes: int = 1024 * 1024 * 1024
    result_bytes: int = 512 * 1024 * 1024
    query_bytes: int = 256 * 1024
    nesting: int = 64
    services: tuple[str, ...] = ()
    service_seconds: float = 20.0
    service_bytes: int = 16 * 1024 * 1024
