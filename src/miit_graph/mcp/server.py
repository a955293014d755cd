"""Offers the tools with the official SDK, on standard streams or over HTTP (MCP 2025-11-25, Streamable HTTP)."""

from __future__ import annotations

import functools
import json
import socket
from collections.abc import Callable
from typing import Annotated, Any, Literal, ParamSpec

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from miit_graph import __version__
from miit_graph.engine.errors import QueryError
from miit_graph.library.graph import Graph
from miit_graph.mcp.answers import Answers
from miit_graph.publish.published import Published

Lang = Annotated[Literal["en", "zh"], Field(description="Language of names and words: en or zh.")]
Thing = Annotated[str, Field(description="An IRI, a prefixed name such as d:miit, or the exact name of a thing.")]
Offset = Annotated[int, Field(ge=0, description="Where the page begins: next_offset of the page before.")]
Limit = Annotated[int, Field(ge=1, le=100, description="How many entries the page has.")]
P = ParamSpec("P")

_READING = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
GUIDE = """# How to ask this graph

1. `search` finds things by any of their names (Chinese, English, pinyin, initials).
2. `describe` tells what is said of one, each fact with its sources: document, lines, quote. Give them with your answer.
3. `neighbours` and `path` walk; `timeline` tells what has a date.
4. For counting and comparing write SPARQL: `examples` has queries that work, `list_terms` the classes and properties
   there are. `query` first compares the names in a query with those of the dataset and tells the nearest ones.

Ranks: a *deprecated* fact is kept because a source says it, but known to be wrong; nothing rests on it. A *claim* is
what somebody says and the graph does not adopt. Dates are as precise as their source. What is not in the graph is
unknown, not false: say so.
"""


def _told(answer: Callable[P, dict[str, Any]]) -> Callable[P, dict[str, Any]]:
    """A tool whose mistakes are told to the agent in words."""

    @functools.wraps(answer)
    def tool(*arguments: P.args, **named: P.kwargs) -> dict[str, Any]:
        try:
            return answer(*arguments, **named)
        except QueryError as error:
            raise ToolError(f"{error}\n{error.excerpt}" if error.excerpt else str(error)) from None
        except (LookupError, ValueError) as error:
            raise ToolError(str(error.args[0] if error.args else error)) from None

    return tool


def make_server(graph: Graph) -> MCPServer:
    """The server with all tools and resources over an opened graph."""
    answers = Answers(graph)
    published = Published.read(graph.about, graph.version)
    server = MCPServer(
        published.name,
        title=graph.title(),
        version=__version__,
        instructions=f"{graph.title()}. {published.description.get('en', '')}\n\n{GUIDE}",
        log_level="WARNING",
    )
    tool = functools.partial(server.tool, annotations=_READING, structured_output=False)

    @tool(title="Find things by name")
    @_told
    def search(text: str, lang: Lang = "en", kind: str = "", offset: Offset = 0, limit: Limit = 10) -> dict[str, Any]:
        """Find things by any name: Chinese, English, pinyin, initials. `kind`: part of a class's name."""
        return answers.search(text, lang, kind, offset, limit)

    @tool(title="Describe a thing with receipts")
    @_told
    def describe(
        thing: Thing, lang: Lang = "en", about: str = "", offset: Offset = 0, limit: Limit = 20
    ) -> dict[str, Any]:
        """All that is said of a thing, each fact with document, lines, quote. `about`: only statements with it."""
        return answers.describe(thing, lang, about, offset, limit)

    @tool(title="List classes and properties")
    @_told
    def list_terms(
        sort: Literal["class", "property"] = "class",
        like: str = "",
        of_class: str = "",
        lang: Lang = "en",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> dict[str, Any]:
        """Classes or properties with how often they are used and an example. `like`: words in the name; `of_class`: the
        properties that members of this class have."""
        return answers.list_terms(sort, like, of_class, lang, offset, limit)

    @tool(title="What is tied to a thing")
    @_told
    def neighbours(
        thing: Thing, lang: Lang = "en", by: str = "", offset: Offset = 0, limit: Limit = 20
    ) -> dict[str, Any]:
        """The things next to a thing, with the property that ties them (`by`: only this one) and sources."""
        return answers.neighbours(thing, lang, by, offset, limit)

    @tool(title="Shortest path between two things")
    @_told
    def path(start: Thing, end: Thing, lang: Lang = "en") -> dict[str, Any]:
        """How two things are connected: a shortest path, each step with its sources."""
        return answers.path(start, end, lang)

    @tool(title="Timeline")
    @_told
    def timeline(
        about: Annotated[str, Field(description="Only what concerns this thing; empty for everything.")] = "",
        start: Annotated[str, Field(description="A year, month or day, as in 2008-03.")] = "",
        end: str = "",
        kind: Annotated[str, Field(description="Lanes such as organisations, people, programmes.")] = "",
        lang: Lang = "en",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> dict[str, Any]:
        """What has a date, in order of time, as precise as the sources are, with sources."""
        return answers.timeline(about, start, end, kind, lang, offset, limit)

    @tool(title="Run a SPARQL query")
    @_told
    def query(sparql: str, check_first: bool = True, offset: Offset = 0, limit: Limit = 50) -> dict[str, Any]:
        """Run a SELECT, ASK, CONSTRUCT or DESCRIBE. Names that the dataset does not have are told with the nearest ones
        instead of running it; check_first=false runs it all the same. Prefixes of the graph need no declaration."""
        return answers.query(sparql, check_first, offset, limit)

    @tool(title="Example queries")
    @_told
    def examples(
        about: str = "", slug: str = "", lang: Lang = "en", offset: Offset = 0, limit: Limit = 20
    ) -> dict[str, Any]:
        """Questions that SPARQL queries answer. `about`: words in the question; `slug`: the text of one query."""
        return answers.examples(about, slug, lang, offset, limit)

    @server.resource("graph://about", title="What this graph is", mime_type="application/json")
    def about() -> str:
        """Title, version, licence, size and prefixes."""
        told = {
            "title": dict(published.title),
            "description": dict(published.description),
            "version": graph.version,
            "license": published.license,
            "triples": published.triples,
            "prefixes": dict(published.prefixes),
        }
        return json.dumps(told, ensure_ascii=False, indent=1)

    @server.resource("graph://guide", title="How to ask this graph", mime_type="text/markdown")
    def guide() -> str:
        """How to use the tools, and what ranks, claims and dates mean."""
        return GUIDE

    @server.resource("graph://ontology", title="Classes and properties", mime_type="text/markdown")
    def ontology() -> str:
        """Every class and property in use, with definition and count."""
        terms = answers.terms
        parts = []
        for title, found in (("Classes", terms.classes), ("Properties", terms.properties)):
            told = terms.told(found, "en")
            lines = [f"- {one['name']} ({one['count']}): {one.get('definition', one['label'])}" for one in told]
            parts.append("\n".join((f"# {title}", *lines)))
        return "\n\n".join(parts) + "\n"

    return server


def serve_http(server: MCPServer, host: str, port: int) -> None:
    """Serve ``/mcp`` until interrupted; says on standard output where. Raises OSError if the address is taken."""
    import uvicorn

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()  # so that nobody who reads the address is refused
        app = server.streamable_http_app(host=host, stateless_http=True, json_response=True)
        name = f"[{host}]" if ":" in host else host
        print(f"Serving MCP at http://{name}:{listening.getsockname()[1]}/mcp (Ctrl+C stops)", flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
