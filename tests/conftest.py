"""Fixtures that several test folders share: a copy of the shipped project to break, and a built snapshot of it."""

from __future__ import annotations

import fcntl
import os
import select
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from pytest_rerunfailures import suspended_finalizers

from miit_graph.build.pipeline import build
from miit_graph.build.snapshot import Snapshot
from miit_graph.build.sources import Project

ROOT = Path(__file__).resolve().parent.parent
PROJECT_PARTS = ("graph.toml", "ontology", "codes", "data", "rules", "shapes", "queries")

REQUIRED = os.environ.get("MIIT_GRAPH_ALL_READERS") == "1"
"""Whether a missing program is a failure: so in continuous integration."""
RunNode = Callable[..., "subprocess.CompletedProcess[str]"]
RunCli = Callable[..., "subprocess.CompletedProcess[str]"]
Serve = Callable[..., str]
settings.register_profile(
    "miit-graph", settings(), max_examples=int(os.environ.get("MIIT_GRAPH_EXAMPLES", "50")), deadline=None
)
settings.load_profile("miit-graph")

# Hundreds of processes are started; each would compile the program anew where Python must not keep what it compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

PATIENCE = 60.0
"""Seconds that a test waits for what must come: they cost nothing where it comes, and a busy machine is no defect."""


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Poll until it is so."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to that"
        select.select([], [], [], 0.02)


LONGEST = (
    "browser/test_every_page.py",
    "browser/",
    "test_shapes.py",
    "docs/test_documents.py",
    "engine/test_remote_engines.py",
    "test_cli.py",
    "web/test_everything.py",
    "writing/",
    "deploy/",
    "queries/",
    "web/test_downloads.py",
    "web/test_exports.py",
    "packaging/",
    "docs/",
    "test_",
    "web/",
)
"""Where the time goes, roughly in this order: begun first, so that no worker is left with a long file at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files in the order in which `make test` gives them to the workers."""

    def place(item: pytest.Item) -> int:
        name = item.path.relative_to(ROOT / "tests").as_posix() if item.path.is_relative_to(ROOT / "tests") else ""
        return next((number for number, start in enumerate(LONGEST) if name.startswith(start)), len(LONGEST))

    items.sort(key=place)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """What only a second attempt has set up is torn down too; pytest-rerunfailures keeps what the first one had."""
    for node, (finalizers, _) in item.session._setupstate.stack.items():
        kept, *_ = suspended_finalizers.get(node, ([],))
        kept.extend(finalizer for finalizer in finalizers if finalizer not in kept)
    return (yield)


@pytest.fixture(scope="session")
def project() -> Project:
    """The shipped MIIT graph."""
    return Project.open(ROOT)


@pytest.fixture(scope="session")
def snapshot(project: Project, tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Snapshot:
    """The shipped graph, built once for all tests; each worker of pytest-xdist has a copy of its own."""
    own = tmp_path_factory.mktemp("snapshots")
    if worker_id == "master":
        return build(project, own)[0]
    shared = tmp_path_factory.getbasetemp().parent / "built"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "current").exists():
            build(project, shared)
    shutil.copytree(shared, own, symlinks=True, dirs_exist_ok=True)
    return Snapshot.open(own)


def copy_project(target: Path) -> Path:
    """A copy of the shipped project in `target`, to be changed at will."""
    for part in PROJECT_PARTS:
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, target / part)
    return target


@pytest.fixture
def project_copy(tmp_path: Path) -> Path:
    """The shipped project in a folder of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    return copy_project(folder)


@pytest.fixture(scope="session")
def cli() -> RunCli:
    """Run the program as a user would: as a process of its own."""

    def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "miit_graph.cli", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            **options,  # type: ignore[call-overload]
        )

    return run


def missing(what: str) -> None:
    """Skip a test for want of a program, or fail if it must be there."""
    (pytest.fail if REQUIRED else pytest.skip)(what)


@pytest.fixture(scope="session")
def node() -> RunNode:
    """Run a script, or a command of an npm package by its name; ``make test`` installs tests/package.json."""
    path = os.pathsep.join((os.environ.get("PATH", ""), str(Path(sys.executable).parent)))
    program = shutil.which("node", path=path)
    packages = ROOT / "tests" / "node_modules"
    if program is None or not (packages / ".ready").exists():
        missing("programs in JavaScript are not installed; make test does it")

    def run(script: Path | str, *arguments: object) -> subprocess.CompletedProcess[str]:
        place = script if isinstance(script, Path) else (packages / ".bin" / script).resolve()
        return subprocess.run(
            [str(program), str(place), *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def serve_graph() -> Iterator[Serve]:
    """Have `miit-graph serve` run with these arguments on a free port; gives its address, without a slash at the end.

    Whoever asks for the same gets the same server.
    """
    started: list[subprocess.Popen[str]] = []

    @cache
    def serve(*arguments: object) -> str:
        process = subprocess.Popen(
            [sys.executable, "-m", "miit_graph.cli", "serve", "--port", "0", *map(str, arguments)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "MIIT_GRAPH_WEB_PROCESSES": "1"},
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Serving http://"), f"the server did not start: {line!r}"
        address = line.split()[1].rstrip("/")
        wait_until_ready(address, process)
        return address

    yield serve
    for process in started:
        process.terminate()
    for process in started:
        process.communicate(timeout=PATIENCE)


def wait_until_ready(address: str, process: subprocess.Popen[str]) -> None:
    """Wait until a server answers."""

    def ready() -> bool:
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(f"{address}/health/ready", timeout=PATIENCE):
                return True
        except OSError:
            return False  # it tells its address shortly before it listens there

    wait_until(ready)
