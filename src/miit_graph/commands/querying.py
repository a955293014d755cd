"""Commands that ask: query, info."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from miit_graph import dataset
from miit_graph.build.errors import ProjectError
from miit_graph.commands.chosen import endpoint_of, open_dataset, settings_of
from miit_graph.dataset import Dataset
from miit_graph.engine import formats
from miit_graph.engine.errors import QueryError
from miit_graph.settings import Settings
from miit_graph.vocabulary import shorten

if TYPE_CHECKING:
    from miit_graph.engine.api import Engine


def query(arguments: argparse.Namespace) -> int:
    """Run one query and print its result."""
    from miit_graph.engine.api import Query  # reads SPARQL, which other commands needn't load
    from miit_graph.engine.gate import Refuse, examine

    text = _query_text(arguments.query)
    settings = settings_of(arguments)
    limits = settings.limits(arguments.timeout)
    decision = examine(text, limits)
    if isinstance(decision, Refuse):
        raise decision.error
    table = arguments.format == "table" or (arguments.format is None and sys.stdout.isatty())
    offered = formats.formats_for(decision.form)
    if decision.form.is_graph or not table:
        wanted = arguments.format if arguments.format not in (None, "table") else offered[0].name
        chosen = next((f for f in offered if wanted in f.names), None)
        if chosen is None:
            names = ", ".join(f.name for f in offered)
            raise QueryError(f"{decision.form.value} has no result in the format {wanted}. Take one of: {names}.")
    else:
        chosen = formats.JSON
    answer = _query_engine(arguments, settings).run(Query(text), chosen, limits)
    if table and not decision.form.is_graph:
        from rich.console import Console

        from miit_graph.tables import print_results

        print_results(b"".join(answer), Console())
        return 0
    for chunk in answer:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
    if sys.stdout.isatty() and chosen is formats.JSON:
        print()
    return 0


def _query_text(argument: str) -> str:
    """A query given as text, as a file, or by - on standard input."""
    if argument == "-":
        return sys.stdin.read()
    if "{" in argument:
        return argument
    path = Path(argument)
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ProjectError(f"There is no file {argument}, and it is no query either (no '{{' in it).") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{argument} cannot be read as a query: {error}") from None


def _query_engine(arguments: argparse.Namespace, settings: Settings) -> Engine:
    if endpoint := endpoint_of(arguments):
        return dataset.remote_engine(replace(settings, endpoint=endpoint), places=4)
    return dataset.engine_for(open_dataset(arguments), settings)


def info(arguments: argparse.Namespace) -> int:
    """Say what is in the graph, its version, and where things are."""
    opened = open_dataset(arguments)
    if arguments.format == "json":
        document = {**opened.about, "place": opened.place}
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    print(_describe(opened, arguments.lang))
    return 0


def _describe(opened: Dataset, lang: str) -> str:
    """The dataset's account of itself as lines of text."""
    from miit_graph.build.texts import pick

    about: dict[str, Any] = dict(opened.about)
    lines = [pick(about.get("title", {}), lang), ""]
    rows = [("version", opened.version), ("place", opened.place), ("built", about.get("built", ""))]
    rows += [("triples", f"{about.get('triples', len(opened.store)):,}")]
    if found := about.get("report"):
        rows.append(
            (
                "checked",
                f"{found['Violation']} violations, {found['Warning']} warnings, {found['Info']} infos",
            )
        )
    lines += [f"{name:<9}{value}" for name, value in rows if value]
    classes = [(e["count"], e["iri"], pick(e["label"], lang)) for e in about.get("classes", [])]
    graphs = [(e["triples"], e["iri"], e["file"] or "(derived)") for e in about.get("graphs", [])]
    for title, entries in (("Classes", classes), ("Graphs", graphs)):
        if entries:
            lines += ["", title, *(f"{count:>8,}  {shorten(iri)}  {name}" for count, iri, name in entries)]
    return "\n".join(lines)
