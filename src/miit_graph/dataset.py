"""Which graph to work on: a project (built when stale), a snapshot, or any RDF files; and opening it.

Between `build` and everything that serves or queries: what comes out is an Oxigraph store and an account of it.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from miit_graph.build.errors import ProjectError
from miit_graph.build.snapshot import Snapshot
from miit_graph.build.sources import PROJECT_FILE, Project, shipped_graph
from miit_graph.user_cache import cache_folder
from miit_graph.vocabulary import STANDARD_PREFIXES

if TYPE_CHECKING:
    import pyoxigraph as ox

    from miit_graph.engine.api import Engine
    from miit_graph.engine.remote.engine import RemoteEngine
    from miit_graph.settings import Settings

_PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Selection:
    """What the user pointed at; with nothing set, the project around the working folder or the shipped graph."""

    project: Path | None = None
    snapshot: Path | None = None
    data: tuple[Path, ...] = ()
    union: bool = False
    """With `data`: merge all named graphs into the default graph."""
    endpoint: str = ""
    """A SPARQL endpoint of another engine."""

    def environment(self) -> dict[str, str]:
        """The settings that make another process select the same (a project is replaced by its snapshot first)."""
        return {
            "MIIT_GRAPH_SNAPSHOT": str(self.snapshot or ""),
            "MIIT_GRAPH_DATA": os.pathsep.join(str(path.resolve()) for path in self.data),
            "MIIT_GRAPH_DEFAULT_GRAPH": "union" if self.union else "own",
            "MIIT_GRAPH_ENDPOINT": self.endpoint,
        }

    @classmethod
    def from_settings(cls, settings: Settings) -> Selection:
        """What the settings name."""
        union = settings.default_graph == "union"
        return cls(snapshot=settings.snapshot, data=settings.data, union=union, endpoint=settings.endpoint)


@dataclass(frozen=True)
class Dataset:
    """A store in memory, the version of its content, and what is known about it (title, counts, graphs …)."""

    store: ox.Store
    version: str
    about: Mapping[str, Any]
    place: str
    """Where it was read from, for people."""

    @property
    def quads(self) -> int:
        """How many there are, in all graphs."""
        return len(self.store)


def default_project() -> Project:
    """The project that the working folder lies in, else the graph that is shipped with the program."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return Project.open(folder)
    if (shipped := shipped_graph()) is not None:
        return Project.open(shipped)
    raise ProjectError(
        f"No graph is shipped with this installation; name one with --project DIR (with a {PROJECT_FILE})."
    )


def snapshots_folder(project: Project, settings: Settings) -> Path:
    """Where the snapshots of `project` are kept: as set, else in its build/ folder, else in the user's cache."""
    if settings.snapshots is not None:
        return settings.snapshots
    if not project.root.is_relative_to(_PACKAGE) and os.access(project.root, os.W_OK):
        return project.root / "build" / "snapshots"
    return cache_folder() / "snapshots" / project.name


def prepare(selection: Selection, settings: Settings, progress: Callable[[str], None]) -> Selection:
    """Replace a project by its snapshot, building it first unless the published one is of the present files.

    Raises BuildError. A snapshot is opened once, so that a bad one is refused here rather than in a server process.
    """
    if selection.data or selection.endpoint:
        return selection
    if selection.snapshot is not None:
        return replace(selection, snapshot=Snapshot.open(selection.snapshot).path)
    # Imported late: the validator's libraries take a second to import, and a fresh snapshot needs none of them.
    project = Project.open(selection.project) if selection.project else default_project()
    folder = snapshots_folder(project, settings)
    from miit_graph.build.freshness import current

    found = current(project, folder)
    if found is None:
        from miit_graph.versions.sync import build_version

        found, _ = build_version(project, folder, progress)
    return Selection(snapshot=found.path)


def open_dataset(selection: Selection, settings: Settings, progress: Callable[[str], None] = lambda _: None) -> Dataset:
    """Load what `selection` points at into memory. Raises BuildError.

    The setting ``past_version`` names another version in the folder of the selected snapshot.
    """
    if settings.past_version and selection.snapshot is not None:
        from miit_graph.versions.past import load_version

        folder = selection.snapshot.parent
        loaded_past = load_version(folder, settings.past_version)
        return Dataset(loaded_past.store, loaded_past.about["version"], loaded_past.about, str(folder))
    if selection.endpoint:
        raise ProjectError("An endpoint cannot be loaded. Serve it, and take its dump from there.")
    ready = prepare(selection, settings, progress)
    progress("Loading the graph")
    if ready.data:
        from miit_graph.build.files import load_files

        loaded = load_files(ready.data, union=ready.union)
        about = _about_files(ready, loaded.version, len(loaded.store))
        return Dataset(loaded.store, loaded.version, about, ", ".join(map(str, ready.data)))
    assert ready.snapshot is not None  # prepare() leaves either data or a snapshot
    snapshot = Snapshot.open(ready.snapshot)
    return Dataset(snapshot.load(), snapshot.version, snapshot.manifest, str(snapshot.path))


@dataclass(frozen=True)
class DatasetOnDisk:
    """A store on the disk, to be opened read-only by whoever queries it; else as `Dataset`."""

    path: Path
    version: str
    quads: int
    about: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Storage:
    """Where the graph is to be queried, and the sentence that says why."""

    on_disk: bool
    why: str


def choose_storage(selection: Selection, settings: Settings) -> Storage:
    """Memory or disk for what `selection` points at (nothing that has to be built). Raises BuildError.

    Graphs that take changes, and versions of the past, are always in memory.
    """
    if settings.store != "disk" and (settings.store == "memory" or settings.tokens or settings.past_version):
        return Storage(False, "in memory")
    from miit_graph.build.on_disk import memory_of_files, memory_of_snapshot

    if selection.data:
        needed = memory_of_files(selection.data, union=selection.union)
    elif selection.snapshot is not None:
        needed = memory_of_snapshot(Snapshot.open(selection.snapshot))
    else:
        return Storage(False, "in memory")
    free = available_memory()
    on_disk = settings.store == "disk" or needed > free // 2
    why = f"it needs about {needed / 1e9:,.1f} GB of memory, and {free / 1e9:,.1f} GB are free"
    return Storage(on_disk, f"{'on disk' if on_disk else 'in memory'}: {why}")


def available_memory() -> int:
    """Bytes of memory that are free on this machine, and within the limit of its control group (Linux)."""
    free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = 1024 * int(next(line.split()[1] for line in lines if line.startswith("MemAvailable:")))
    with contextlib.suppress(OSError, ValueError):  # "max" if there is no limit
        group = Path("/sys/fs/cgroup")
        most, used = (int((group / name).read_text(encoding="ascii")) for name in ("memory.max", "memory.current"))
        free = min(free, max(0, most - used))
    return free


def open_on_disk(selection: Selection, settings: Settings) -> DatasetOnDisk:
    """The store on the disk of what `selection` points at, made if it is not there. Raises BuildError.

    It is made in a process of its own: this one may fork others afterwards.
    """
    from miit_graph.build.on_disk import in_child, store_of_files, store_of_snapshot

    folder = settings.stores
    if folder is None:
        folder = cache_folder() / "stores"
    if selection.data:
        store = in_child(lambda: store_of_files(selection.data, folder, union=selection.union))
        return DatasetOnDisk(
            store.path, store.version, store.quads, _about_files(selection, store.version, store.quads)
        )
    if selection.snapshot is None:
        raise ProjectError("Only files and snapshots can be served from the disk.")
    snapshot = Snapshot.open(selection.snapshot)
    store = in_child(lambda: store_of_snapshot(snapshot, folder))
    return DatasetOnDisk(store.path, store.version, store.quads, snapshot.manifest)


def _about_files(selection: Selection, version: str, quads: int) -> dict[str, Any]:
    return {
        "title": {"en": ", ".join(path.name for path in selection.data)},
        "version": version,
        "triples": quads,
        "union": selection.union,
        "prefixes": STANDARD_PREFIXES,
    }


def remote_engine(settings: Settings, places: int) -> RemoteEngine:
    """The engine behind the endpoint that the settings name. Raises ProjectError if it can't be set up."""
    from miit_graph.engine.remote.endpoint import EndpointError
    from miit_graph.engine.remote.engine import RemoteEngine

    try:
        return RemoteEngine(settings.remote(), places=places, stall_seconds=settings.stall_seconds)
    except EndpointError as error:
        raise ProjectError(str(error)) from None


def engine_for(opened: Dataset, settings: Settings) -> Engine:
    """An engine in this process over the opened dataset: for a single query, or where nothing else runs."""
    from miit_graph.engine.local import LocalEngine

    return LocalEngine(
        opened.store,
        opened.version,
        prefixes=opened.about.get("prefixes", STANDARD_PREFIXES),
        workers=settings.query_threads,
    )
