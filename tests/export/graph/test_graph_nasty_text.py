"""Any text at all in labels and values comes back from every format as it was, but for control characters."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miit_graph.export.graph import Options, write_graph
from miit_graph.export.graph.text import clean, joined
from tests.export.graph.conftest import READERS, reader_named
from tests.export.graph.graph_readers import Read

NASTY = (
    *('"', "'", "''", "`", "\\", '\\"', "a\\", "\\n", "\\|", "\\L", "\\N", "\\G", "\\E"),
    *("a\nb", "\n", "\t", "\r", "\r\n", " lead", "trail ", "  "),
    *(
        "<b>&amp;</b>",
        "&",
        "&#0;",
        "]]>",
        "<!--",
        "-->",
        "->",
        "{}[];,|",
        "%s%n",
        "${x}",
        "=1+1",
        "null",
        "NaN",
        "true",
    ),
    *("\x00", "\x01", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffe", "\u202eabc"),
    *("😀", "👩\u200d👩\u200d👧", "עברית", "مرحبا", "工业和信息化部", "𠮷野家", "e\u0301"),
)
texts = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=4
).map("".join)
things = st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=12)
locals_ = st.text("abcXYZ09-._~:@!$&'()*+,;=%/?é部", max_size=12)
EX = "http://example.org/"


def store_of(items: list[tuple[str, str, str]], suffix: str) -> ox.Store:
    """A chain of things with the given names in English and Chinese, and a property with the third text."""
    store = ox.Store()
    for number, (en, zh, other) in enumerate(items):
        thing = ox.NamedNode(iri(number, suffix))
        for predicate, value in (
            ("http://www.w3.org/2004/02/skos/core#prefLabel", ox.Literal(en, language="en")),
            ("http://www.w3.org/2004/02/skos/core#prefLabel", ox.Literal(zh, language="zh")),
            (f"{EX}ns#text", ox.Literal(other)),
            (f"{EX}ns#texts", ox.Literal(other)),
            (f"{EX}ns#texts", ox.Literal(en)),
            (f"{EX}ns#texts", ox.Literal("always")),
            (f"{EX}ns#next", ox.NamedNode(iri((number + 1) % len(items), suffix))),
        ):
            store.add(ox.Quad(thing, ox.NamedNode(predicate), value))
    return store


def iri(number: int, suffix: str) -> str:
    return f"{EX}{number}/{suffix.replace('%', '%25')}"


def check(read: Read, items: list[tuple[str, str, str]], suffix: str, reader: str) -> None:
    assert set(read.nodes) == {iri(number, suffix) for number in range(len(items))}
    assert len(read.edges) == len(items)
    for number, (en, zh, other) in enumerate(items):
        values = read.nodes[iri(number, suffix)]
        assert values.get("label_en", "") == clean(en)
        assert values.get("label_zh", "") == clean(zh)
        assert values.get("ns_text", "") == clean(other)
        several = sorted({clean(text) for text in (other, en, "always")} - {""})
        assert values["ns_texts"] == (several if isinstance(values["ns_texts"], list) else joined(several))
        if clean(en) and "dot" not in reader:
            assert values["label"] == clean(en)


PYTHON = [name for name in READERS if "js" not in name and "graphology" not in name]


@pytest.mark.parametrize("reader", PYTHON)
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=things, suffix=locals_)
def test_round_trip(
    reader: str, items: list[tuple[str, str, str]], suffix: str, request: pytest.FixtureRequest
) -> None:
    round_trip(reader, items, suffix, request)


@pytest.mark.parametrize("reader", [name for name in READERS if name not in PYTHON])
@settings(deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=st.lists(st.tuples(texts, texts, texts), min_size=20, max_size=40), suffix=locals_)
def test_round_trip_in_javascript(
    reader: str, items: list[tuple[str, str, str]], suffix: str, request: pytest.FixtureRequest
) -> None:
    round_trip(reader, items, suffix, request)


def test_every_nasty_text_in_every_format(request: pytest.FixtureRequest) -> None:
    items = [(text, f"中{text}文", text * 2) for text in NASTY]
    for reader in READERS:
        round_trip(reader, items, "x", request)


def round_trip(reader: str, items: list[tuple[str, str, str]], suffix: str, request: pytest.FixtureRequest) -> None:
    name, dialect = READERS[reader]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"graph.{name}"
        with path.open("wb") as stream:
            write_graph(store_of(items, suffix), name, stream, Options.from_strings({"dialect": dialect}))
        check(reader_named(reader, request)(path), items, suffix, reader)


@given(texts)
def test_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert [ch for ch in once if ch not in "\n"] == [
        ch
        for ch in text.replace("\r\n", "\n").replace("\r", "\n")
        if ch != "\n" and (ch == "\t" or not (ord(ch) < 32 or 127 <= ord(ch) < 160 or ord(ch) in (0xFFFE, 0xFFFF)))
    ]
