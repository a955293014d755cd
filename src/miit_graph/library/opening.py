"""Opens what a caller points at: an endpoint, a snapshot, a project, or RDF files."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from miit_graph import dataset
from miit_graph.build.errors import ProjectError, SnapshotError
from miit_graph.build.snapshot import Snapshot
from miit_graph.build.sources import PROJECT_FILE
from miit_graph.dataset import Selection
from miit_graph.engine.api import Engine
from miit_graph.library.graph import Graph
from miit_graph.settings import Settings


def open_graph(
    sources: Sequence[str | Path], *, timeout: float = 30.0, isolated: bool = False, union: bool = False
) -> Graph:
    """See `miit_graph.open`."""
    settings = Settings.from_environment()
    settings = replace(settings, timeout=timeout, max_timeout=max(timeout, settings.max_timeout))
    texts = [str(source) for source in sources]
    if any(text.startswith(("http://", "https://")) for text in texts):
        if len(texts) > 1:
            raise ProjectError("An endpoint is opened alone; combine graphs in a query with SERVICE, or save them.")
        from miit_graph.library.endpoint import RemoteEngine, about_endpoint

        remote = RemoteEngine(texts[0], timeout)
        about = about_endpoint(remote, settings.limits())
        remote.prefixes = about["prefixes"]
        return Graph(remote, settings, about, texts[0])
    selection = _selection([Path(text) for text in texts], union)
    return open_selection(selection, settings, isolated=isolated)


def open_selection(selection: Selection, settings: Settings, *, isolated: bool = False) -> Graph:
    """The graph that ``selection`` names; with ``isolated`` behind an engine process where the system can do it."""
    from miit_graph.engine import process

    if isolated and process.AVAILABLE:
        from miit_graph.engine.process.client import ProcessEngine
        from miit_graph.engine.process.host import EngineHost, EngineStartError

        ready = dataset.prepare(selection, settings, lambda _: None)
        stack = contextlib.ExitStack()
        try:
            host = stack.enter_context(EngineHost({**os.environ, **ready.environment()}))
        except EngineStartError as error:
            raise ProjectError(str(error)) from None
        client = ProcessEngine(host.path)
        stack.callback(client.close)
        place = str(ready.snapshot or ", ".join(map(str, ready.data)))
        return Graph(client, replace(settings, engine_socket=host.path), client.about(), place, close=stack.close)
    opened = dataset.open_dataset(selection, settings)
    engine: Engine = dataset.engine_for(opened, settings)
    return Graph(engine, settings, opened.about, opened.place, store=opened.store)


def _selection(paths: list[Path], union: bool) -> Selection:
    if not paths:
        return Selection()
    for path in paths:
        if not path.exists():
            raise ProjectError(
                f"{path} does not exist; name RDF files, a snapshot, a project or an endpoint's address."
            )
    if len(paths) == 1:
        if (paths[0] / PROJECT_FILE).is_file():
            return Selection(project=paths[0])
        if paths[0].is_dir():
            with contextlib.suppress(SnapshotError):
                return Selection(snapshot=Snapshot.open(paths[0]).path)
    return Selection(data=tuple(paths), union=union)
