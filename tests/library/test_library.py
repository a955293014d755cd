"""`miit_graph.open` over everything it opens: the same graph gives the same answers."""

from __future__ import annotations

import datetime
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import rdflib

import miit_graph
from miit_graph.build.errors import BuildError
from miit_graph.build.snapshot import Snapshot
from miit_graph.engine.errors import QueryError
from miit_graph.library.graph import Graph
from tests.conftest import Serve

CNSA = "https://w3id.org/miit-graph/id/plate-cnsa"


@pytest.fixture(scope="module")
def graph(snapshot: Snapshot) -> Iterator[Graph]:
    with miit_graph.open(snapshot.path) as opened:
        yield opened


@pytest.fixture(scope="module", params=["isolated", "endpoint"])
def elsewhere(request: pytest.FixtureRequest, snapshot: Snapshot, serve_graph: Serve) -> Iterator[Graph]:
    """The same graph behind an engine process, and behind HTTP."""
    if request.param == "isolated":
        with miit_graph.open(snapshot.path, isolated=True) as opened:
            yield opened
        return
    with miit_graph.open(serve_graph("--snapshot", snapshot.path)) as opened:
        yield opened


def test_elsewhere_everything_is_the_same(graph: Graph, elsewhere: Graph) -> None:
    query = "SELECT ?post ?p ?o { ?post a org:Post ; ?p ?o FILTER(!isBlank(?o)) } ORDER BY ?post ?p STR(?o) LANG(?o)"
    assert list(elsewhere.query(query)) == list(graph.query(query))
    assert elsewhere.describe(CNSA, lang="zh") == graph.describe(CNSA, lang="zh")
    assert elsewhere.prefixes == graph.prefixes
    assert elsewhere.title("zh") == graph.title("zh")
    assert [e["slug"] for e in elsewhere.about["examples"]] == [e["slug"] for e in graph.about["examples"]]
    with pytest.raises(QueryError, match="updates"):
        elsewhere.query("DELETE WHERE { ?s ?p ?o }")
    with pytest.raises(QueryError, match=r"[Ll]ine 1|column"):
        elsewhere.query("SELECT * { ?s ?p }")


def test_an_endpoint_can_be_searched(elsewhere: Graph) -> None:
    assert elsewhere.search("工信部", lang="zh", limit=1)[0].label == "工业和信息化部"


def test_values_are_those_of_python(tmp_path: Path) -> None:
    file = tmp_path / "values.ttl"
    file.write_text(
        """@prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        ex:a ex:b 1 , 1.5 , 2e0 , true , "text"@en , ex:c , "2020-02-29"^^xsd:date , "2020-02-31"^^xsd:date ,
             "2021-01-02T03:04:05Z"^^xsd:dateTime , "2020-02"^^xsd:gYearMonth .""",
        encoding="utf-8",
    )
    with miit_graph.open(file) as graph:
        rows = graph.query("SELECT ?o ?nothing { ?s ?p ?o }")
        assert set(rows.column("o")) == {
            1,
            Decimal("1.5"),
            2.0,
            "text",
            "http://example.org/c",
            datetime.date(2020, 2, 29),
            "2020-02-31",
            datetime.datetime(2021, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
            "2020-02",
        }
        assert rows[0]["nothing"] is None
        assert len(rows[2:4]) == 2
        assert list(rows.pandas().columns) == ["o", "nothing"]
        with pytest.raises(KeyError, match="no variable"):
            rows.column("x")
        built = graph.query("CONSTRUCT WHERE { ?s ?p ?o }")
        assert isinstance(built, rdflib.Graph)
        assert len(built) == 10
        told = graph.describe("http://example.org/a")
        assert "text" in {statement.value for statement in told.statements}
        with pytest.raises(LookupError, match="Nothing is said"):
            graph.describe("http://example.org/none")
        with pytest.raises(LookupError, match="prefixes"):
            graph.describe("nonsense")


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="does not exist"):
        miit_graph.open(tmp_path / "none.ttl")
    with pytest.raises(BuildError, match="alone"):
        miit_graph.open("http://127.0.0.1:1/", "http://127.0.0.1:2/")
    with pytest.raises(QueryError, match="cannot be reached"):
        miit_graph.open("http://127.0.0.1:1/")


def test_importing_costs_little() -> None:
    """Nothing heavy comes with the import itself."""
    code = "import sys, miit_graph; print([m for m in ('pyoxigraph', 'rdflib', 'flask', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_rows_as_an_arrow_table(graph: Graph) -> None:
    """pyarrow is too large to be asked of everybody who tests; where it is, the table is as documented."""
    pyarrow = pytest.importorskip("pyarrow")
    table = graph.query(
        "SELECT ?iri ?text ?day ?exact ?mixed { VALUES (?iri ?text ?day ?exact ?mixed) {"
        " (d:miit 'a'@en '2008-03-15'^^xsd:date 1.5 1) (UNDEF UNDEF UNDEF UNDEF 'b') } }"
    ).arrow()
    assert table.column_names == ["iri", "text", "day", "exact", "mixed"]
    assert table.to_pylist() == [
        {
            "iri": "https://w3id.org/miit-graph/id/miit",
            "text": "a",
            "day": datetime.date(2008, 3, 15),
            "exact": Decimal("1.5"),
            "mixed": "1",
        },
        {"iri": None, "text": None, "day": None, "exact": None, "mixed": "b"},
    ]
    assert [table.schema.field(name).type for name in ("iri", "text", "day")] == [
        pyarrow.string(),
        pyarrow.string(),
        pyarrow.date32(),
    ]
    assert graph.query("SELECT * { d:miit d:nothing ?o }").arrow().num_rows == 0
