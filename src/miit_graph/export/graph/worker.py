"""The process that makes graph files: reads a dataset once, then writes file after file until nobody wants another.

Started by `miit_graph.export.graph.maker`. Orders come in and outcomes go out as pickles, on the standard streams.
"""

from __future__ import annotations

import contextlib
import pickle
import select
import signal
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from miit_graph.engine.process.confinement import MemoryLimit, be_the_first_to_go, no_core_file
from miit_graph.export.graph import GraphTooLarge, OptionError, Options, Source, write_graph

_IDLE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Setup:
    """What the process works on: the file of the dataset (N-Quads), and its limits in bytes and in nodes and edges."""

    dataset: Path
    prefixes: Mapping[str, str]
    colors: Mapping[str, str]
    memory: int
    most: int


@dataclass(frozen=True, slots=True)
class Order:
    """One file to make."""

    format: str
    options: Options
    title: str
    target: Path


def main() -> None:
    """Work until the standard input ends or nothing comes for a while."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides when this ends
    no_core_file()
    be_the_first_to_go()
    setup: Setup = pickle.load(sys.stdin.buffer)
    if sys.platform == "linux":
        MemoryLimit().allow(setup.memory)
    try:
        source = _read(setup)
        _tell(None)
        while select.select([sys.stdin], [], [], _IDLE_SECONDS)[0]:
            _tell(_made(pickle.load(sys.stdin.buffer), source, setup.most))
    except EOFError:
        return
    except MemoryError as error:
        _tell(error)


def _read(setup: Setup) -> Source:
    store = ox.Store()
    store.bulk_load(path=str(setup.dataset), format=ox.RdfFormat.N_QUADS)
    return Source.read(store, setup.prefixes, setup.colors)


def _made(order: Order, source: Source, most: int) -> Exception | None:
    try:
        with order.target.open("wb") as stream:
            write_graph(source, order.format, stream, order.options, title=order.title, most=most)
    except (OptionError, GraphTooLarge) as error:
        return error
    except OSError as error:
        return OSError(error.errno, error.strerror)  # without the path: it is told to whoever asked
    return None


def _tell(outcome: Exception | None) -> None:
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.buffer.write(pickle.dumps(outcome))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
