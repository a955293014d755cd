"""Commands that take the graph elsewhere: export, push."""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import replace
from pathlib import Path

from miit_graph import dataset
from miit_graph.arguments.exporting import GRAPH_OPTIONS, PICTURE_OPTIONS
from miit_graph.build.errors import ProjectError
from miit_graph.colours import Colours
from miit_graph.commands.chosen import open_dataset, reporting
from miit_graph.dataset import Dataset, Selection
from miit_graph.settings import Settings


def export(arguments: argparse.Namespace) -> int:
    """Write the whole dataset in one RDF format or graph format, a picture, or the pages on its ontology."""
    if arguments.what == "source":
        from miit_graph.commands.writing import export_source

        return export_source(arguments)
    opened = open_dataset(arguments)
    if arguments.what == "docs":
        return _export_docs(opened, arguments.out or Path("docs/ontology"))
    content = io.BytesIO()  # written in full first: an option that is wrong must not leave half a file
    if arguments.what == "picture":
        content.write(_picture(opened, arguments).encode())
    elif arguments.what == "graph":
        from miit_graph.build.texts import pick
        from miit_graph.export.graph import OptionError, Options, write_graph

        given = {name: getattr(arguments, name.replace("-", "_")) for name in GRAPH_OPTIONS}
        try:
            options = Options.from_strings(given)
            title = pick(opened.about.get("title", {}), options.lang)
            write_graph(
                opened.store,
                arguments.format or "gexf",
                content,
                options,
                prefixes=opened.about["prefixes"],
                title=title,
                colors=Colours.told(opened.about.get("colours")).kinds,
            )
        except OptionError as error:
            raise ProjectError(str(error)) from None
    else:
        from miit_graph.export.rdf import write_dataset

        write_dataset(opened, arguments.format or "ttl", content)
    if arguments.out is None:
        sys.stdout.buffer.write(content.getbuffer())
        sys.stdout.buffer.flush()
        return 0
    try:
        arguments.out.write_bytes(content.getbuffer())
    except OSError as error:
        raise ProjectError(f"{arguments.out} cannot be written: {error.strerror}.") from None
    return 0


def _picture(opened: Dataset, arguments: argparse.Namespace) -> str:
    from miit_graph.export.picture import HELP, OptionError, Options, draw
    from miit_graph.publish.ask import Asker

    settings = Settings.from_environment()
    asker = Asker(dataset.engine_for(opened, settings), settings.limits())
    given = {name: getattr(arguments, name.replace("-", "_")) for name in (*GRAPH_OPTIONS, *PICTURE_OPTIONS)}
    try:
        unfit = next((name for name, value in given.items() if value and name not in HELP), None)
        if unfit:
            raise OptionError(unfit, given[unfit], "no value, as it goes with export graph")
        options = Options.from_strings({name: value for name, value in given.items() if name in HELP})
        options = replace(options, colours=Colours.told(opened.about.get("colours")))
        return draw(asker, arguments.picture, options, prefixes=opened.about["prefixes"])
    except OptionError as error:
        raise ProjectError(str(error)) from None


def _export_docs(opened: Dataset, folder: Path) -> int:
    from miit_graph.export.docs import write_docs

    try:
        written = write_docs(opened.store, opened.about, folder)
    except OSError as error:
        raise ProjectError(f"{folder} cannot be written to: {error.strerror}.") from None
    print(f"{folder}: {len(written)} files; open {folder / 'index.html'}")
    return 0


def push(arguments: argparse.Namespace) -> int:
    """Load a snapshot into another engine and verify it."""
    from miit_graph.build.snapshot import Snapshot
    from miit_graph.publish.push import Push

    settings = Settings.from_environment()
    endpoint = arguments.endpoint or settings.endpoint
    if not endpoint:
        raise ProjectError("Name the engine with --endpoint URL.")
    with reporting() as progress:
        ready = dataset.prepare(Selection(arguments.project, arguments.snapshot), settings, progress)
        assert ready.snapshot is not None  # a project is prepared as one
        engine = dataset.remote_engine(replace(settings, endpoint=endpoint), places=4)
        done = Push(engine, Snapshot.open(ready.snapshot), arguments.graph_store or "", arguments.batch).carry_out(
            progress, by_hash=arguments.verify == "hash"
        )
    for line in done.lines:
        print(line)
    return 0 if done.good else 1
