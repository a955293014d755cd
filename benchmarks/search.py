"""How long the index of the search takes to make and to ask, over a file of N-Triples.

    .venv/bin/python benchmarks/generate.py 1000000 --out generated.nt
    .venv/bin/python benchmarks/search.py generated.nt 局 信息 CNSA

Times are CPU time of this process.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import pyoxigraph as ox

from miit_graph.engine.api import Limits
from miit_graph.engine.local import LocalEngine
from miit_graph.search.finder import Finder
from miit_graph.search.index import Index
from miit_graph.search.make import make_index

QUESTIONS = ["局", "信息", "gxb", "CNSA", "xinxi", "miao wei", "minstry", "a", "国际空间站"]


def main(file: str, *questions: str) -> None:
    store = ox.Store()
    store.bulk_load(path=file, format=ox.RdfFormat.N_TRIPLES)
    limits = Limits(seconds=600)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        began = time.process_time()
        make_index(LocalEngine(store, "1"), limits, path, base="", merged=True)
        print(f"made in {time.process_time() - began:.1f} s, {path.stat().st_size / 1e6:.1f} MB")
        began = time.process_time()
        finder = Finder(Index(path))
        print(f"opened in {(time.process_time() - began) * 1e3:.1f} ms: {len(finder.index):,} names")
        for question in questions or QUESTIONS:
            began = time.process_time()
            result = finder.find(question)
            more = "" if result.complete else " or more"
            print(f"{question}: {(time.process_time() - began) * 1e3:.1f} ms, {len(result.hits):,}{more}")


if __name__ == "__main__":
    main(*sys.argv[1:])
