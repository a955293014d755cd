"""The whole dataset as RDF, in the same bytes as a server's dumps of it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import IO

from miit_graph.build.errors import ProjectError
from miit_graph.dataset import Dataset
from miit_graph.engine.api import Limits
from miit_graph.engine.local import LocalEngine
from miit_graph.publish.ask import Asker
from miit_graph.publish.dumps import FORMATS, Dumps
from miit_graph.publish.files import FileCache
from miit_graph.vocabulary import STANDARD_PREFIXES

_UNLIMITED = Limits(seconds=24 * 3600.0, memory_bytes=1 << 50, result_bytes=1 << 50)


def write_dataset(opened: Dataset, name: str, stream: IO[bytes]) -> None:
    """Write the dataset to `stream` in the format `name`, one of `FORMATS`; the same dataset gives the same bytes.

    Raises ProjectError where the format can't hold the data.
    """
    engine = LocalEngine(opened.store, opened.version, workers=1)
    place = Path(opened.place)
    with tempfile.TemporaryDirectory(prefix="miit-graph-") as folder:
        dumps = Dumps(
            FileCache(Path(folder)),
            opened.about.get("prefixes", STANDARD_PREFIXES),
            Asker(engine, _UNLIMITED),
            place if (place / "manifest.json").is_file() else None,
        )
        try:
            made = dumps.make(name)
        except ValueError as error:
            raise ProjectError(f"{FORMATS[name].label} can't hold this dataset: {error}. Take nt or nq.") from error
        with made.path.open("rb") as content:
            shutil.copyfileobj(content, stream)
