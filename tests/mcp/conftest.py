"""The server for agents over HTTP, and a way to talk to it by the SDK's own client."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from mcp import Client

from miit_graph.build.snapshot import Snapshot

Call = Callable[..., Any]


class Refused(Exception):
    """The tool said that it can't."""


def conversation(server: Any, talk: Callable[[Client], Any]) -> Any:
    async def hold() -> Any:
        async with Client(server) as client:
            return await talk(client)

    with ThreadPoolExecutor(1) as apart:  # the browser tests leave a loop in the thread of the tests
        return apart.submit(anyio.run, hold).result()


def caller(server: Any) -> Call:
    """Calls a tool in a conversation of its own, or several in one: ``call([(tool, arguments), …])``."""

    def call(tool: str | list[tuple[str, dict[str, Any]]], **arguments: Any) -> Any:
        calls = [(tool, arguments)] if isinstance(tool, str) else tool

        async def talk(client: Client) -> list[Any]:
            found = []
            for name, given in calls:
                result = await client.call_tool(name, given)
                content = result.content[0].text  # type: ignore[union-attr]
                found.append(Refused(content) if result.is_error else json.loads(content))
            return found

        found = conversation(server, talk)
        for one in found:
            if isinstance(one, Refused):
                raise one
        return found[0] if isinstance(tool, str) else found

    return call


@pytest.fixture(scope="session")
def http(snapshot: Snapshot) -> Iterator[str]:
    """The address of a server over HTTP."""
    command = [sys.executable, "-m", "miit_graph.cli", "mcp", "--snapshot", str(snapshot.path), "--http", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Serving MCP at "), line
        yield line.split()[3]
        process.terminate()


@pytest.fixture(scope="session")
def call(http: str) -> Call:
    return caller(http)
