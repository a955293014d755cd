"""pyoxigraph's results end in the thread that made them, whatever happens to the exceptions that passed by them."""

import gc
import sys
import threading

import pyoxigraph as ox
import pytest

from miit_graph.engine import formats
from miit_graph.engine.api import Form, Limits, Query
from miit_graph.engine.errors import EngineFailure
from miit_graph.engine.oxigraph import Source
from miit_graph.publish.ask import Asker
from miit_graph.search.collect import collect


class Given:
    """An engine with one answer, which breaks off unless it is ``whole``."""

    version, form, length = "v", Form.SELECT, None

    def __init__(self, content, *, whole=False):
        self._content = content
        self._whole = whole

    def run(self, query, format, limits, gone=None):
        return self

    def __iter__(self):
        return self

    def __next__(self):
        content, self._content = self._content, b""
        if content:
            return content
        raise StopIteration if self._whole else EngineFailure

    def close(self):
        pass


class Full:
    """A file that takes nothing."""

    def write(self, _):
        raise EngineFailure

    def flush(self):
        pass


def evaluate():
    store = ox.Store()
    store.extend(ox.Quad(ox.NamedNode(f"urn:{n}"), ox.NamedNode("urn:p"), ox.Literal("x" * 100)) for n in range(1_000))
    Source(store, {}).evaluate(Query("SELECT * { ?s ?p ?o }"), formats.JSON, Full(), has_dataset=False)


def search():
    collect(Given(b"?p\n<urn:p>\n<urn:q>\n"), Limits(), merged=True)


def small():
    content = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"urn:a"}},{"x":5}]}}'
    Asker(Given(content, whole=True), Limits()).rows("SELECT * {}")


@pytest.mark.parametrize("work", [evaluate, search, small])
def test_whoever_keeps_an_exception_keeps_no_results(work, monkeypatch):
    said, kept = [], []
    monkeypatch.setattr(sys, "unraisablehook", said.append)

    def run():
        try:
            work()
        except Exception as error:
            kept.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    (error,) = kept
    assert error.__traceback__ is not None
    kept.clear()
    del error
    gc.collect()
    assert said == []
