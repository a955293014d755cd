"""The shipped graph, ready to be drawn."""

from __future__ import annotations

import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.engine.api import Limits
from miit_graph.engine.local import LocalEngine
from miit_graph.publish.ask import Asker


@pytest.fixture(scope="session")
def shipped(snapshot: Snapshot) -> Asker:
    engine = LocalEngine(snapshot.load(), snapshot.version, prefixes=snapshot.manifest["prefixes"], workers=2)
    return Asker(engine, Limits())
