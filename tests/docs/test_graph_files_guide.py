"""The guide to graph files tells the truth: its options are those there are, its examples give what it shows."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.export.graph import ENDINGS, HELP, OptionError, Options, Source, build_graph, file_format
from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "graph-files.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| `(root=[^`]+)` \| (.+) \|$", GUIDE, re.MULTILINE)
ADDRESSES = re.findall(r"'(http://127[^']+)'", GUIDE)


@pytest.fixture(scope="module")
def source(snapshot: Snapshot) -> Source:
    return Source.read(snapshot.load(), snapshot.manifest["prefixes"])


def options(query: str) -> Options:
    return Options.from_strings(parse_qs(query))


def test_it_names_every_option() -> None:
    (table,) = re.findall(r"\| option \| values \| default \|\n(.*?)\n\n", GUIDE, re.DOTALL)
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(HELP)


@pytest.mark.parametrize(("query", "names"), EXAMPLES)
def test_an_example_gives_the_nodes_shown(source: Source, query: str, names: str) -> None:
    kinds = "" if "nodes=" in query else "&nodes=foaf:Person,org:Post"
    found = build_graph(source, options(query + kinds))
    assert [node.id.rpartition("/")[2] for node in found.nodes] == re.findall("`([^`]+)`", names)


def test_states_and_errors_that_it_tells_of(source: Source) -> None:
    (july,) = (query for query, _ in EXAMPLES if "2020-07-15" in query)
    found = build_graph(source, options(july + "&nodes=foaf:Person,org:Post"))
    assert {edge.values["state"] for edge in found.edges} == {"undecided"} and len(found.edges) == 2
    (error,) = re.findall(r"is an error: `([^`]+)`", GUIDE)
    with pytest.raises(OptionError, match="1990-01-01"):
        build_graph(source, options(error))


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_can_be_asked(source: Source, address: str) -> None:
    parts = urlsplit(address)
    given = options(parts.query)
    assert file_format(ENDINGS[parts.path.removeprefix("/export/graph.")], given)
    assert build_graph(source, given).nodes


def test_there_are_examples() -> None:
    assert len(EXAMPLES) == 7 and len(ADDRESSES) == 4
