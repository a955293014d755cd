"""Fixtures for the tests of linked data, downloads, graph store and discovery."""

import shutil

import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from tests.web.linked_helpers import ABOUT, small_store


@pytest.fixture(scope="session")
def small(serve):
    """A server over a small graph that has no snapshot."""
    return serve(Settings(proxies=1), LocalEngine(small_store(), "s1", workers=4), ABOUT)


@pytest.fixture(scope="session")
def published(snapshot, tmp_path_factory):
    """The shipped graph's snapshot, in a folder of its own."""
    folder = tmp_path_factory.mktemp("published") / snapshot.version
    shutil.copytree(snapshot.path, folder)
    return Snapshot.open(folder)


@pytest.fixture(scope="session")
def shipped(serve, published):
    """A server over the shipped graph."""
    engine = LocalEngine(published.load(), published.version, prefixes=published.manifest["prefixes"], workers=4)
    return serve(Settings(snapshot=published.path), engine, published.manifest)
