"""What can be wrong with a query: one class per situation, each complete enough to tell a person what to do.

A text says what is wrong, where, and how to go on. It never holds a stack trace or a path of the server.
"""

from __future__ import annotations

from typing import ClassVar


class QueryError(Exception):
    """Base of everything that can go wrong with a query; carries what an RFC 9457 problem needs.

    ``line`` and ``column`` count from 1, in characters; ``excerpt`` is the line at fault with a caret below
    it. ``retry_after`` is in seconds, for troubles that pass.
    """

    status: ClassVar[int] = 400
    slug: ClassVar[str] = "query"
    title: ClassVar[str] = "The query cannot be answered"
    retry_after: ClassVar[int | None] = None

    def __init__(
        self, detail: str, *, line: int | None = None, column: int | None = None, excerpt: str | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.line = line
        self.column = column
        self.excerpt = excerpt

    def __str__(self) -> str:
        return self.detail


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL query."""

    slug = "syntax"
    title = "The query has a syntax error"


class UnknownFunction(QueryError):
    """The query calls a function that this server doesn't have."""

    slug = "unknown-function"
    title = "The query calls an unknown function"

    def __init__(self, iri: str) -> None:
        super().__init__(
            f"There is no function <{iri}> here. Use the functions of SPARQL 1.1, the casts of XML Schema, and those of"
            " the search: m:matches, m:matchScore, m:searchKey."
        )

    @classmethod
    def elsewhere(cls, name: str) -> UnknownFunction:
        """The query calls a function that only the embedded engine has."""
        error = cls(name)
        error.detail = (
            f"The function {name} is not available: this server sends queries to another SPARQL engine, which lacks it."
            " Use CONTAINS or REGEX, or the search at /search."
        )
        return error


class BadGraphName(QueryError):
    """A dataset parameter is not an absolute IRI."""

    slug = "graph-name"
    title = "A graph name is not an IRI"

    def __init__(self, name: str) -> None:
        super().__init__(f'"{name}" is not an absolute IRI. Give default-graph-uri and named-graph-uri in full.')


class ServiceRefused(QueryError):
    """The query asks this server to query another one that it may not ask."""

    status = 403
    slug = "service-refused"
    title = "This SERVICE is not allowed here"

    def __init__(self, reason: str = "", *, line: int, column: int, excerpt: str) -> None:
        reason = reason or (
            "this server does not send queries to other servers."
            " Remove the SERVICE clause, or run the query in an engine of your own that federates with this endpoint."
            " Whoever runs this server can name endpoints that may be asked: miit-graph serve --allow-service URL."
            " If no SERVICE clause is meant here, put a full stop after the triple, before the {."
        )
        super().__init__(f"Line {line}, column {column}: {reason}", line=line, column=column, excerpt=excerpt)


class ServiceFailed(QueryError):
    """The query asks another server with SERVICE, and that one gave no answer, or none that can be used."""

    status = 502
    slug = "service-failed"
    title = "Another server has failed"

    def __init__(self, endpoint: str, reason: str, *, line: int, column: int) -> None:
        super().__init__(
            f"Line {line}, column {column}: <{endpoint}> could not be asked: {reason}."
            " Try again later, ask it for less, or write SERVICE SILENT to go on without it.",
            line=line,
            column=column,
        )


class UpdateRefused(QueryError):
    """The request asks for a change of the data."""

    status = 403
    slug = "update-refused"
    title = "Writing is off"

    def __init__(self, *, line: int | None = None, column: int | None = None, excerpt: str | None = None) -> None:
        super().__init__(
            "This server only answers queries (SELECT, ASK, CONSTRUCT, DESCRIBE); it does not run updates.",
            line=line,
            column=column,
            excerpt=excerpt,
        )


class LoadRefused(QueryError):
    """The update asks this server to fetch a document from somewhere."""

    status = 403
    slug = "load-refused"
    title = "LOAD is not allowed here"

    def __init__(self, *, line: int, column: int, excerpt: str) -> None:
        super().__init__(
            f"Line {line}, column {column}: this server fetches nothing from other servers. Fetch the document"
            " yourself and send its triples, with INSERT DATA or by PUT or POST to /graph-store.",
            line=line,
            column=column,
            excerpt=excerpt,
        )


class QueryTooLong(QueryError):
    """The query text has more bytes than allowed."""

    status = 413
    slug = "query-too-long"
    title = "The query is too long"

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The query has {size:,} bytes; at most {limit:,} are allowed. Split it, for example its VALUES block."
        )


class QueryTooNested(QueryError):
    """The brackets of the query are nested too deep."""

    slug = "query-too-nested"
    title = "The query is nested too deep"

    def __init__(self, limit: int, *, line: int, column: int, excerpt: str) -> None:
        super().__init__(
            f"Line {line}, column {column}: brackets are nested more than {limit} deep here."
            " Flatten the query, or split it into several.",
            line=line,
            column=column,
            excerpt=excerpt,
        )


class QueryTooComplex(QueryError):
    """The query has too many parts for the engine to plan."""

    slug = "query-too-complex"
    title = "The query is too complex"


class TimeLimitExceeded(QueryError):
    """The query took longer than allowed."""

    status = 503
    slug = "time-limit"
    title = "The query took too long"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The query was not done after {seconds:g} seconds and was given up. Make it more selective,"
            " add a LIMIT, or ask for more time with the parameter timeout."
        )

    @classmethod
    def remote(cls) -> TimeLimitExceeded:
        """The remote engine gave the query up by a limit of its own."""
        error = cls(0.0)
        error.detail = (
            "The SPARQL engine behind this server gave the query up before it was done, by a limit of its own."
            " Make it more selective, or add a LIMIT."
        )
        return error


class MemoryLimitExceeded(QueryError):
    """The query needed more memory than allowed."""

    status = 503
    slug = "memory-limit"
    title = "The query needs too much memory"

    def __init__(self, limit: int | None = None) -> None:
        most = f"more than the {limit:,} bytes of memory that a query may use" if limit else "too much memory"
        super().__init__(
            f"The query needed {most} and was given up. Sort, group and join fewer rows: make it more"
            " selective, or ask in parts."
        )


class ResultTooLarge(QueryError):
    """The answer has more bytes than allowed."""

    status = 422
    slug = "result-too-large"
    title = "The result is too large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The result is larger than {limit:,} bytes. Ask for it in parts with ORDER BY, LIMIT, OFFSET."
        )


class EngineBusy(QueryError):
    """All places where a query can run are taken."""

    status = 503
    slug = "busy"
    title = "The server is busy"
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("All query slots are taken by other queries. Try again in a few seconds.")


class EngineUnavailable(QueryError):
    """The engine is being started again, or doesn't answer."""

    status = 503
    slug = "engine-unavailable"
    title = "The query engine is starting"
    retry_after = 5

    def __init__(self) -> None:
        super().__init__("The query engine is being started and takes no queries yet. Try again in a few seconds.")


class EndpointUnavailable(QueryError):
    """The remote engine behind this server can't be reached, or says that it is busy."""

    status = 503
    slug = "endpoint-unavailable"
    title = "The engine behind this server does not answer"
    retry_after = 5

    def __init__(self, reason: str) -> None:
        super().__init__(f"The SPARQL engine behind this server could not be asked: {reason}. Try again in a moment.")


class EndpointFailed(QueryError):
    """The remote engine has answered, but with something that cannot be passed on as the answer."""

    status = 502
    slug = "endpoint-failed"
    title = "The engine behind this server has failed"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The SPARQL engine behind this server gave no usable answer: {reason}.")


class EndpointCannot(EndpointFailed):
    """The remote engine has answered with an error of its own, which may well be about this one query."""


class EndpointRefused(QueryError):
    """The remote engine does not take a query that is right by SPARQL's grammar."""

    slug = "endpoint-refused"
    title = "The engine behind this server does not take the query"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The SPARQL engine behind this server does not take this query; it says: {reason}")


class ClientGone(QueryError):
    """Whoever asked has gone away; nobody will read this."""

    status = 499
    slug = "client-gone"
    title = "The client has gone away"

    def __init__(self) -> None:
        super().__init__("The client closed the connection before there was an answer.")


class EngineFailure(QueryError):
    """Something broke in the engine that is not the query's fault."""

    status = 500
    slug = "engine"
    title = "The query engine failed"

    def __init__(self) -> None:
        super().__init__("The engine could not finish this query. The server has noted the reason in its log.")


TOO_MUCH: tuple[type[QueryError], ...] = (
    QueryTooComplex,
    TimeLimitExceeded,
    MemoryLimitExceeded,
    ResultTooLarge,
    EndpointRefused,
    EndpointCannot,
)
"""What comes of a query that wants more than its engine gives; everything else passes, or is a mistake."""
