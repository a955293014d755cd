"""The program of the engine process: ``python -m miit_graph.engine.process SOCKET``.

Which graph to load and how much a query may use stand in the environment. The standard input is a leash: this process
ends when it closes. The standard output gets one line of JSON: what is served, or what went wrong.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import shutil
import socket
import sys
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from miit_graph.build.errors import BuildError
from miit_graph.dataset import Dataset, DatasetOnDisk, Selection, choose_storage, open_dataset, open_on_disk
from miit_graph.engine.oxigraph import Source
from miit_graph.engine.process import allocator
from miit_graph.engine.process.keeper import keep
from miit_graph.engine.process.server import Server
from miit_graph.engine.process.worker import Service
from miit_graph.logs import configure, tell
from miit_graph.matching.functions import prepare
from miit_graph.settings import Settings
from miit_graph.versions.history import UnknownVersion
from miit_graph.versions.journal import JournalError
from miit_graph.vocabulary import STANDARD_PREFIXES

_BACKLOG = 512
_NICENESS = 10


def main(path: str, *, gently: bool = False) -> int:
    """Load, listen at ``path``, serve. Returns 0, or 1 if there is nothing to serve.

    With ``gently``, loading leaves the processor to others: to an engine process that answers meanwhile.
    """
    settings = Settings.from_environment()
    configure(settings, "engine", threaded=False)  # a fork copies one thread only
    readings = threading.Thread(target=prepare)  # takes as long as loading a small graph, so both at once
    readings.start()
    selection = Selection.from_settings(settings)
    opened: Dataset | DatasetOnDisk
    try:
        storage = choose_storage(selection, settings)
        if storage.on_disk:
            readings.join()  # the store is made by a fork
            tell("store", f"the graph is served from a store {storage.why}", store="disk")
            opened = open_on_disk(selection, settings)
        else:
            opened = _opened(selection, settings, gently)
    except (BuildError, JournalError, UnknownVersion) as error:
        print(json.dumps({"error": str(error)}), flush=True)
        return 1
    readings.join()  # no worker is forked while another thread runs
    allocator.give_back_unused()
    prefixes = opened.about.get("prefixes", STANDARD_PREFIXES)
    on_disk = isinstance(opened, DatasetOnDisk)
    source = Source(opened.path if isinstance(opened, DatasetOnDisk) else opened.store, prefixes)
    about = {**opened.about, "store": "disk" if on_disk else "memory"}
    service = Service(source, opened.version, about, settings.stall_seconds)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_CLOEXEC)
    Path(path).unlink(missing_ok=True)  # left by the engine process before this one
    listener.bind(path)
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    told = {"version": opened.version, "quads": opened.quads, "store": about["store"]}
    print(json.dumps(told), flush=True)
    os.set_blocking(sys.stdout.fileno(), False)  # whoever started us may be busy; nothing here waits for that
    retire_seconds = settings.max_timeout + settings.stall_seconds

    def serve() -> int:
        server = Server(listener, sys.stdin.fileno(), service, settings.memory_budget(), retire_seconds, _say)
        server.run()
        if not server.retired:  # whoever started us may have been killed before it could tidy up
            shutil.rmtree(Path(path).parent, ignore_errors=True)
        return 0

    # What is here now lives as long as the process: never look at it again, so that its pages stay shared.
    gc.collect()
    gc.freeze()
    gc.disable()
    return keep(serve)


def _opened(selection: Selection, settings: Settings, gently: bool) -> Dataset:
    """The dataset in memory, loaded by a thread of its own, which has ended: only a thread can give up priority
    for a while.
    """
    with ThreadPoolExecutor(1, initializer=_give_way if gently else None) as loading:
        return loading.submit(open_dataset, selection, settings).result()


def _give_way() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)  # Linux: of this thread alone


def _say(told: Mapping[str, Any]) -> None:
    """Tell whoever started us; if there is no room for it, nobody hears of it."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), json.dumps(told).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
