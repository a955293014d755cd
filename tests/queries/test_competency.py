"""The questions that the graph has to answer, on two engines; answers were checked against the sources."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

from miit_graph.build.examples import read_queries
from miit_graph.build.snapshot import Snapshot
from tests.conftest import ROOT
from tests.queries.answers import FOLDERS, QUERIES, Answer, ask_oxigraph, ask_rdflib, expected

PREFIXES = """
PREFIX m: <https://w3id.org/miit-graph/ont#>
PREFIX d: <https://w3id.org/miit-graph/id/>
PREFIX c: <https://w3id.org/miit-graph/code/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX dct: <http://purl.org/dc/terms/>
"""


def name(query: Path) -> str:
    return f"{query.parent.name}/{query.stem}"


every_query = pytest.mark.parametrize("query", QUERIES, ids=name)


@pytest.fixture(scope="module")
def store(snapshot: Snapshot) -> ox.Store:
    return snapshot.load()


@pytest.fixture(scope="module")
def graph(snapshot: Snapshot) -> rdflib.Graph:
    """The same triples in rdflib's own memory store, for rdflib's own SPARQL engine."""
    return rdflib.Graph().parse(snapshot.path / "merged.nt", format="nt")


def assert_same(found: Answer, wanted: Answer) -> None:
    """All queries order their rows to the last tie, so the rows are compared in order."""
    assert found.columns == wanted.columns
    missing = [row for row in wanted.rows if row not in found.rows]
    surplus = [row for row in found.rows if row not in wanted.rows]
    assert not missing and not surplus, f"missing {missing[:3]}, surplus {surplus[:3]}"
    assert found.rows == wanted.rows


@every_query
def test_oxigraph_gives_the_expected_answer(query: Path, store: ox.Store) -> None:
    assert_same(ask_oxigraph(store, query), expected(query))


@every_query
def test_rdflib_gives_the_same_answer(query: Path, graph: rdflib.Graph) -> None:
    assert_same(ask_rdflib(graph, query), expected(query))


@every_query
def test_a_query_has_title_and_question_in_both_languages(query: Path) -> None:
    (read,) = read_queries([query])
    for texts in (read.title, read.question):
        assert set(texts) == {"en", "zh"}
        assert re.search(r"[\u4e00-\u9fff]", texts["zh"])
        assert not re.search(r"[\u4e00-\u9fff]", texts["en"])
    assert read.question["en"].endswith("?")
    assert read.question["zh"].endswith("？")


@every_query
def test_a_query_orders_its_rows_and_compares_dates_by_their_bounds(query: Path) -> None:
    text = query.read_text(encoding="utf-8")
    assert re.search(r"^ORDER BY ", text, re.MULTILINE)
    assert "xsd:gYear" not in text


@every_query
def test_a_query_declares_just_the_prefixes_that_it_uses(query: Path) -> None:
    head, body = query.read_text(encoding="utf-8").split("\nSELECT ", 1)
    code = re.sub(r'"[^"]*"', "", re.sub(r"#.*", "", body))
    declared = set(re.findall(r"^PREFIX (\w+):", head, re.MULTILINE))
    assert declared == set(re.findall(r"(?<![\w?])(\w+):\w", code))


def test_the_questions_are_numbered_without_gaps() -> None:
    for folder, count in zip(FOLDERS, (42, 20), strict=True):
        numbers = [int(path.name.split("-")[0]) for path in sorted(folder.glob("*.rq"))]
        assert numbers == list(range(1, count + 1))


def test_every_answer_belongs_to_a_query() -> None:
    for folder in FOLDERS:
        assert {path.stem for path in folder.glob("*.csv")} == {path.stem for path in folder.glob("*.rq")}


def test_the_twenty_name_the_line_that_they_ask_about() -> None:
    lines = [
        re.search(r"^# source: ([AB]) (\d+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        for path in sorted(FOLDERS[1].glob("*.rq"))
    ]
    assert [(line[1], int(line[2])) for line in lines if line] == [
        *(("A", number) for number in (2, 7, 9, 18, 20, 20, 20, 20)),
        *(("B", number) for number in (23, 36, 38, 40, 40, 42, 49, 89, 109, 111, 112, 169)),
    ]


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("?f m:affiliationKind c:aff-internal ; m:affiliate ?x", 26),
        ("?f m:affiliationKind c:aff-managed-bureau ; m:affiliate ?x", 2),
        ("?x m:plateKind c:plate-externally-retained", 2),
        ("?f m:affiliationKind c:aff-regional ; m:affiliate ?x", 31),
        ("?f m:affiliationKind c:aff-direct-unit ; m:affiliate ?x", 23),
        ("?f m:affiliationKind c:aff-university ; m:affiliate ?x", 7),
        ("?f m:affiliationKind c:aff-enterprise ; m:affiliate ?x", 1),
        ("?f m:affiliationKind c:aff-attached-association ; m:affiliate ?x", 3),
        ("?x m:inPost d:post-party-secretary", 5),
        ("?x m:plateOf ?body FILTER NOT EXISTS { ?x m:plateKind c:plate-externally-retained }", 14),
    ],
)
def test_the_lists_are_as_long_as_in_the_sources(store: ox.Store, pattern: str, count: int) -> None:
    rows = store.query(f"{PREFIXES} SELECT DISTINCT ?x {{ {pattern} }}")
    assert isinstance(rows, ox.QuerySolutions)
    assert sum(1 for _ in rows) == count


def test_the_query_for_evidence_answers_for_every_plain_triple(store: ox.Store) -> None:
    """Without its examples the query answers for all triples at once; each has a quote or a curator's reason.

    Set aside are sources, curators and dates, on which others rest, and the records of derivations.
    """
    text = (ROOT / "queries" / "41-evidence-of-a-triple.rq").read_text(encoding="utf-8")
    unbound, replaced = re.subn(r"(?s)VALUES \(\?subject \?predicate \?object\) \{.*?\n  \}\n", "", text)
    assert replaced == 1
    answered = {
        (row["subject"], row["predicate"], row["object"])
        for row in store.query(unbound)  # type: ignore[union-attr]
        if row["quote"] is not None or row["note"] is not None
    }
    everything = store.query(f"""{PREFIXES}
        SELECT ?s ?p ?o {{
          ?s ?p ?o FILTER(STRSTARTS(STR(?s), STR(d:)))
          FILTER NOT EXISTS {{ ?s a m:SourceDocument }}
          FILTER NOT EXISTS {{ ?s a m:Derivation }}
          FILTER NOT EXISTS {{ ?s m:edtf ?date }}
          FILTER(?s != d:curators)
        }}""")
    triples = {(row["s"], row["p"], row["o"]) for row in everything}  # type: ignore[union-attr]
    unexplained = sorted(map(str, triples - answered))
    assert len(triples) > 10_000
    assert not unexplained, unexplained[:5]


def test_the_query_about_everything_finds_each_fact_and_conflict_of_an_entity(store: ox.Store) -> None:
    """Asked about other entities than its example, it misses no fact node in which they stand."""
    entities = ("miit", "caict", "plate-cnsa", "mii", "post-party-secretary", "ca-shanxi")
    text = (ROOT / "queries" / "42-everything-about.rq").read_text(encoding="utf-8")
    values = f"VALUES ?entity {{ {' '.join(f'd:{entity}' for entity in entities)} }}"
    asked, replaced = re.subn(r"VALUES \?entity \{[^}]*\}", values, text)
    asked = asked.replace("SELECT DISTINCT ?kind", "SELECT DISTINCT ?entity ?kind", 1)
    assert replaced == 1
    found = {(row["entity"], row["what"]) for row in store.query(asked)}  # type: ignore[union-attr]
    facts = store.query(f"""{PREFIXES}
        SELECT DISTINCT ?entity ?x {{
          {values}
          {{ ?x ?role ?entity }} UNION {{ ?x m:side ?side . ?side ?any ?entity }}
          ?x m:rank ?rank
        }}""")
    expected = {(row["entity"], row["x"]) for row in facts}  # type: ignore[union-attr]
    assert len({entity for entity, _ in expected}) == len(entities)
    assert not expected - found
