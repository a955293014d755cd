"""Query results as a table for people on a terminal."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from miit_graph.vocabulary import shorten


def print_results(document: bytes, console: Console) -> None:
    """Print SPARQL 1.1 JSON results: a table for SELECT, yes or no for ASK."""
    results: dict[str, Any] = json.loads(document)
    if "boolean" in results:
        console.print("yes" if results["boolean"] else "no")
        return
    names: list[str] = results["head"]["vars"]
    table = Table(*(f"?{name}" for name in names), header_style="bold", row_styles=["", "dim"])
    rows = results["results"]["bindings"]
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in names))
    console.print(table)
    console.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", style="dim")


def _cell(term: dict[str, str] | None) -> Text:
    """One RDF term: IRIs shortened, the language of a literal faint behind it."""
    if term is None:
        return Text("")
    if term["type"] == "uri":
        return Text(shorten(term["value"]), style="cyan")
    if term["type"] == "bnode":
        return Text("_:" + term["value"])
    text = Text(term["value"])
    if language := term.get("xml:lang"):
        text.append(f" @{language}", style="dim")
    return text
