"""What each command of the command line does, between its arguments and its output."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from miit_graph import dataset
from miit_graph.build.errors import BuildError, ProjectError, ValidationError
from miit_graph.build.sources import Project
from miit_graph.cli import GRAPH_OPTIONS, PICTURE_OPTIONS
from miit_graph.dataset import Dataset, Selection
from miit_graph.engine import formats
from miit_graph.engine.api import Engine, Query
from miit_graph.engine.errors import QueryError
from miit_graph.settings import SettingError, Settings
from miit_graph.versions.journal import JournalError
from miit_graph.vocabulary import shorten
from miit_graph.writing.tokens import Tokens, TokensError
from miit_graph.writing.tokens import make as make_token

if TYPE_CHECKING:
    from miit_graph.serve import Place

FAULTS = (BuildError, JournalError, QueryError, SettingError, TokensError)
"""Exceptions that mean that the data, the query or a setting is at fault: exit code 1 and the message, no trace."""

# The validator and the engine are imported by the commands that need them: they take longer to load than most
# commands take to run.


def run(arguments: argparse.Namespace) -> int:
    """Call the command that was asked for."""
    return COMMANDS[arguments.command](arguments)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line that says what is being done, on a terminal; nothing in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield lambda text: status.update(f"{text} …")


def _project(arguments: argparse.Namespace) -> Project:
    return Project.open(arguments.project) if arguments.project else dataset.default_project()


def _select(arguments: argparse.Namespace, settings: Settings) -> Selection:
    """What the options name, else what the settings do."""
    if getattr(arguments, "endpoint", None):
        return Selection(endpoint=arguments.endpoint)
    if not (arguments.project or arguments.snapshot or arguments.data):
        return Selection.from_settings(settings)
    return Selection(
        project=arguments.project,
        snapshot=arguments.snapshot,
        data=tuple(arguments.data or ()),
        union=arguments.default_graph == "union",
    )


def _endpoint(arguments: argparse.Namespace) -> str:
    """The endpoint that the options name, or the settings if they name nothing else."""
    return _select(arguments, Settings.from_environment()).endpoint


def _open(arguments: argparse.Namespace) -> Dataset:
    with _progress() as progress:
        settings = Settings.from_environment()
        return dataset.open_dataset(_select(arguments, settings), settings, progress)


def new(arguments: argparse.Namespace) -> int:
    """Make a project and say how to go on."""
    from miit_graph.build.new import new_project

    folder = new_project(arguments.folder, arguments.base, arguments.title)
    print(f"{folder}: made. Go on with:\n  cd {folder}\n  miit-graph validate --sources sources\n  miit-graph serve")
    return 0


def build(arguments: argparse.Namespace) -> int:
    """Build and publish a snapshot; a graph that does not conform is reported and leaves the old one in place."""
    from miit_graph.build import report
    from miit_graph.versions.sync import build_version

    project = _project(arguments)
    snapshots = arguments.out or dataset.snapshots_folder(project, Settings.from_environment())
    try:
        with _progress() as progress:
            snapshot, result = build_version(
                project, snapshots, progress, arguments.sources, arguments.processor, arguments.inference
            )
    except ValidationError as error:
        sys.stderr.write(report.render(error.report, severities=("Violation",)))
        print("Nothing was published; the snapshot that was there stays as it is.", file=sys.stderr)
        return 1
    print(f"{snapshot.path}: version {snapshot.version}, {snapshot.manifest['triples']:,} triples")
    print(report.summary(result))
    return 0


def validate(arguments: argparse.Namespace) -> int:
    """Check and print the report; exit code 1 if there is a violation."""
    from miit_graph.build import pipeline, report

    with _progress() as progress:
        if arguments.data:
            shapes = arguments.shapes or [f.path for f in _project(arguments).files if f.role == "shapes"]
            result = pipeline.check_files(arguments.data, shapes, arguments.processor)
        else:
            project = _project(arguments)
            assembled = pipeline.assemble(project, progress=progress)
            result = pipeline.check(project, assembled, progress, arguments.sources, arguments.processor)
    sys.stdout.write(report.render(result, arguments.format, arguments.lang, arguments.limit))
    return 0 if result.conforms else 1


def coverage(arguments: argparse.Namespace) -> int:
    """Say for each line of the sources which facts cite it; exit code 1 if a line is neither cited nor explained."""
    from miit_graph.build import pipeline
    from miit_graph.build.evidence import coverage as read_coverage

    project = _project(arguments)
    store = pipeline.assemble(project).store
    lines = list(read_coverage(store, arguments.sources, project.root / "data" / "NOT-MODELLED.md"))
    missing = [line for line in lines if not line.explained]
    for line in missing if arguments.missing else lines:
        if line.text.strip():
            what = " ".join(shorten(node) for node in line.citing) or line.reason or "NOT COVERED"
            print(f"{line.file}:{line.number}  {what}")
    written = [line for line in lines if line.text.strip()]
    cited = sum(bool(line.citing) for line in written)
    print(
        f"{len(written)} lines with text: {cited} cited, {len(written) - cited - len(missing)} explained, "
        f"{len(missing)} not covered",
        file=sys.stderr,
    )
    return 1 if missing else 0


def serve(arguments: argparse.Namespace) -> int:
    """Prepare the dataset (building it if it is stale) and serve it until interrupted."""
    from miit_graph.build import report
    from miit_graph.serve import serve as serve_forever

    settings = _settings(arguments)
    if arguments.host:
        settings = replace(settings, host=arguments.host)
    if arguments.port is not None:
        settings = replace(settings, port=arguments.port)
    if settings.tokens:
        Tokens.read(settings.tokens)  # what is wrong with them is told here, not by a server process
        if other := next((name for name in ("data", "snapshot", "endpoint") if getattr(arguments, name, None)), None):
            raise ProjectError(
                "Changes (MIIT_GRAPH_TOKENS) need a project with its shapes and rules, which"
                f" --{other} doesn't give. Serve a project, or unset the tokens."
            )
    try:
        with _progress() as progress:
            selection = dataset.prepare(_select(arguments, settings), settings, progress)
    except ValidationError as error:
        sys.stderr.write(report.render(error.report, severities=("Violation",)))
        return 1
    return serve_forever(selection, settings, _place(arguments, settings))


def _place(arguments: argparse.Namespace, settings: Settings) -> Place | None:
    """Where new versions of what is served come from; None if it is files."""
    from miit_graph.serve import Place

    if arguments.data or _endpoint(arguments):
        return None
    if arguments.snapshot:
        return Place(arguments.snapshot.absolute())
    project = _project(arguments)
    return Place(dataset.snapshots_folder(project, settings), project)


def update(arguments: argparse.Namespace) -> int:
    """Run a SPARQL update on a project's versions, or on a server."""
    from miit_graph.commands_writing import update

    return update(arguments)


def reload(arguments: argparse.Namespace) -> int:
    """Have the servers over a folder of snapshots serve what is published there now."""
    from miit_graph.reload import tell_servers

    folder = arguments.snapshot or dataset.snapshots_folder(_project(arguments), Settings.from_environment())
    found = tell_servers(folder)
    if not found:
        raise ProjectError(f"No server runs over the snapshots in {folder}.")
    print(f"{len(found)} server(s) told: {', '.join(map(str, found))}")
    return 0


def token(arguments: argparse.Namespace) -> int:
    """Print a new token, and the line that lets a server know it."""
    secret, line = make_token(arguments.name)
    print(f"Token (shown only now; keep it secret):\n  {secret}\nLine for MIIT_GRAPH_TOKENS, or for the file it names:")
    print(f"  {line}")
    return 0


def query(arguments: argparse.Namespace) -> int:
    """Run one query and print its result."""
    from miit_graph.engine.gate import Refuse, examine

    text = _query_text(arguments.query)
    settings = _settings(arguments)
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
        from miit_graph.tables import print_results

        print_results(b"".join(answer), Console())
        return 0
    for chunk in answer:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()
    if sys.stdout.isatty() and chosen is formats.JSON:
        print()
    return 0


def _query_engine(arguments: argparse.Namespace, settings: Settings) -> Engine:
    if endpoint := _endpoint(arguments):
        return dataset.remote_engine(replace(settings, endpoint=endpoint), places=4)
    return dataset.engine_for(_open(arguments), settings)


def push(arguments: argparse.Namespace) -> int:
    """Load a snapshot into another engine and verify it."""
    from miit_graph.build.snapshot import Snapshot
    from miit_graph.publish.push import Push

    settings = Settings.from_environment()
    endpoint = arguments.endpoint or settings.endpoint
    if not endpoint:
        raise ProjectError("Name the engine with --endpoint URL.")
    with _progress() as progress:
        ready = dataset.prepare(Selection(arguments.project, arguments.snapshot), settings, progress)
        assert ready.snapshot is not None  # a project is prepared as one
        engine = dataset.remote_engine(replace(settings, endpoint=endpoint), places=4)
        done = Push(engine, Snapshot.open(ready.snapshot), arguments.graph_store or "", arguments.batch).carry_out(
            progress, by_hash=arguments.verify == "hash"
        )
    for line in done.lines:
        print(line)
    return 0 if done.good else 1


def _settings(arguments: argparse.Namespace) -> Settings:
    """The settings of the environment, with the endpoints that --allow-service names."""
    named = {"MIIT_GRAPH_SERVICES": " ".join(arguments.allow_service)} if arguments.allow_service else {}
    return Settings.from_environment({**os.environ, **named})


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


def export(arguments: argparse.Namespace) -> int:
    """Write the whole dataset in one RDF format or graph format, a picture, or the pages on its ontology."""
    if arguments.what == "source":
        from miit_graph.commands_writing import export_source

        return export_source(arguments)
    opened = _open(arguments)
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
            prefixes = opened.about["prefixes"]
            write_graph(opened.store, arguments.format or "gexf", content, options, prefixes=prefixes, title=title)
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


def info(arguments: argparse.Namespace) -> int:
    """Say what is in the graph, its version, and where things are."""
    opened = _open(arguments)
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


def mcp(arguments: argparse.Namespace) -> int:
    """Offer the graph to agents until they are done, or until interrupted."""
    try:
        from miit_graph.mcp.server import make_server, serve_http
    except ModuleNotFoundError as error:
        raise ProjectError(
            f"The module {error.name} is not installed. Install the program with what agents need: "
            "pip install 'miit-graph[mcp]'."
        ) from None
    from miit_graph.library.opening import open_graph, open_selection

    with contextlib.ExitStack() as stack:
        progress = stack.enter_context(_progress())
        progress("Opening the graph")
        settings = Settings.from_environment()
        graph = stack.enter_context(
            open_graph([endpoint], timeout=settings.timeout)
            if (endpoint := _endpoint(arguments))
            else open_selection(_select(arguments, settings), settings, isolated=settings.engine != "local")
        )
        server = make_server(graph)
        if not arguments.http:
            server.run("stdio")
            return 0
        host, port = arguments.host or "127.0.0.1", 8001 if arguments.port is None else arguments.port
        try:
            serve_http(server, host, port)
        except OSError as error:
            raise ProjectError(
                f"cannot listen on {host} port {port}: {error.strerror}. Choose another: --port."
            ) from None
    return 0


def blame(arguments: argparse.Namespace) -> int:
    """Say which version said what."""
    from miit_graph import version_commands

    return version_commands.blame(arguments, _open(arguments))


def versions(arguments: argparse.Namespace) -> int:
    """List the versions."""
    from miit_graph import version_commands

    return version_commands.versions(arguments, _open(arguments))


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "new": new,
    "build": build,
    "validate": validate,
    "coverage": coverage,
    "serve": serve,
    "query": query,
    "reload": reload,
    "token": token,
    "push": push,
    "update": update,
    "export": export,
    "info": info,
    "blame": blame,
    "versions": versions,
    "mcp": mcp,
}
