"""Commands that run a server or tell one something: serve, reload, token, mcp."""

from __future__ import annotations

import argparse
import contextlib
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from miit_graph import access, dataset
from miit_graph.build.errors import ProjectError, ValidationError
from miit_graph.commands.chosen import endpoint_of, project_of, reporting, select, settings_of
from miit_graph.settings import Settings
from miit_graph.user_cache import cache_folder
from miit_graph.versions.history import JOURNAL
from miit_graph.writing.tokens import Tokens
from miit_graph.writing.tokens import make as make_token

if TYPE_CHECKING:
    from miit_graph.serve import Place


def serve(arguments: argparse.Namespace) -> int:
    """Prepare the dataset (building it if it is stale) and serve it until interrupted."""
    from miit_graph.build import report
    from miit_graph.serve import serve as serve_forever

    settings = settings_of(arguments)
    named = next((name for name in ("project", "data", "snapshot", "endpoint") if getattr(arguments, name, None)), None)
    follow = arguments.follow or ("" if named else settings.follow)
    if arguments.host:
        settings = replace(settings, host=arguments.host)
    if arguments.port is not None:
        settings = replace(settings, port=arguments.port)
    if arguments.store:
        settings = replace(settings, store=arguments.store)
    if arguments.log:
        settings = replace(settings, log=arguments.log)
    if settings.traces and find_spec("opentelemetry.exporter") is None:
        raise ProjectError("Traces (MIIT_GRAPH_TRACES) need a few more packages: pip install 'miit-graph[otel]'")
    if settings.tokens:
        Tokens.read(settings.tokens)  # what is wrong with them is told here, not by a server process
        if other := "follow" if follow else named if named != "project" else None:
            raise ProjectError(
                "Changes (MIIT_GRAPH_TOKENS) need a project with its shapes and rules, which"
                f" --{other} doesn't give. Serve a project, or unset the tokens."
            )
    if follow:
        return _serve_copies(follow, settings)
    try:
        with reporting() as progress:
            selection = dataset.prepare(select(arguments, settings), settings, progress)
    except ValidationError as error:
        sys.stderr.write(report.render(error.report, severities=("Violation",)))
        return 1
    place = _place(arguments, settings)
    _warn_of_access(settings, place)
    return serve_forever(selection, settings, place)


def _warn_of_access(settings: Settings, place: Place | None) -> None:
    """Say which of the files that are trusted are open to other users of the machine."""
    snapshots = [place.snapshots, place.snapshots / JOURNAL] if place is not None else []
    project = [place.project.root] if place is not None and place.project is not None else []
    for told in access.warnings((*settings.data, *snapshots, *project)):
        print(f"Warning: {told}", file=sys.stderr)
    file = settings.tokens.strip()
    if file and ":sha256:" not in file and access.others_may_read(Path(file)):
        print(
            f"Warning: everybody on this machine can read {file}. Keep it to its owner: chmod 600 {file}",
            file=sys.stderr,
        )


def _serve_copies(address: str, settings: Settings) -> int:
    """Copy what another server serves, serve that, and go on with whatever it serves later."""
    from miit_graph.replica.follower import Follower
    from miit_graph.replica.origin import Origin
    from miit_graph.serve import Place, serve_copies

    name, _, value = settings.follow_header.partition(":")
    origin = Origin(address, {name.strip(): value.strip()} if name else {})
    folder = settings.snapshots or cache_folder() / "copies" / origin.name
    follower = Follower(origin, folder, settings.follow_seconds)
    with follower.alone():
        return serve_copies(follower, settings, Place(folder))


def _place(arguments: argparse.Namespace, settings: Settings) -> Place | None:
    """Where new versions of what is served come from; None if it is files."""
    from miit_graph.serve import Place

    if arguments.data or endpoint_of(arguments):
        return None
    if arguments.snapshot:
        return Place(arguments.snapshot.absolute())
    project = project_of(arguments)
    return Place(dataset.snapshots_folder(project, settings), project)


def reload(arguments: argparse.Namespace) -> int:
    """Have the servers over a folder of snapshots serve what is published there now."""
    from miit_graph.build.snapshot import Snapshot, publish_version
    from miit_graph.reload import tell_servers

    folder = arguments.snapshot or dataset.snapshots_folder(project_of(arguments), Settings.from_environment())
    if arguments.to:
        publish_version(folder, Snapshot.open(folder / arguments.to).version)
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
        progress = stack.enter_context(reporting())
        progress("Opening the graph")
        settings = Settings.from_environment()
        graph = stack.enter_context(
            open_graph([endpoint], timeout=settings.timeout)
            if (endpoint := endpoint_of(arguments))
            else open_selection(select(arguments, settings), settings, isolated=settings.engine != "local")
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
