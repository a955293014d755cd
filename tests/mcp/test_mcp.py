"""The server for agents, talked to by the SDK's own client over both transports."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from miit_graph.build.snapshot import Snapshot
from tests.conftest import RunCli, Serve
from tests.mcp.conftest import Call, Refused, conversation

TOOLS = {"search", "describe", "list_terms", "neighbours", "path", "timeline", "query", "examples"}


def test_over_standard_streams_and_a_running_server(serve_graph: Serve, snapshot: Snapshot) -> None:
    """`--endpoint` asks a server that runs elsewhere."""
    address = serve_graph("--snapshot", snapshot.path)
    arguments = ["-m", "miit_graph.cli", "mcp", "--endpoint", address]

    async def talk(client: Client) -> Any:
        listed = await client.list_tools()
        answer = await client.call_tool("describe", {"thing": "d:plate-cnsa", "lang": "zh"})
        return listed, json.loads(answer.content[0].text)  # type: ignore[union-attr]

    listed, told = conversation(
        StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ)), talk
    )
    assert {tool.name for tool in listed.tools} == TOOLS
    assert all(tool.description and tool.annotations.read_only_hint for tool in listed.tools)
    assert told["label"] == "国家航天局"
    assert any("工业和信息化部" in statement["text"] for statement in told["statements"])


@pytest.mark.parametrize("said", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}], ids=str)
def test_a_page_that_has_its_name_lead_here_is_refused(http: str, said: dict[str, str]) -> None:
    """DNS rebinding: a browser then sends the page's own name as Host, and always its Origin."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "ping"}).encode()
    kinds = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    with urllib.request.urlopen(urllib.request.Request(http, body, kinds)) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(http, body, kinds | said))
    assert refused.value.code in (403, 421)


def test_resources(http: str) -> None:
    async def talk(client: Client) -> Any:
        listed = await client.list_resources()
        return {str(r.uri): (await client.read_resource(r.uri)).contents[0].text for r in listed.resources}  # type: ignore[union-attr]

    found = conversation(http, talk)
    assert set(found) == {"graph://about", "graph://guide", "graph://ontology"}
    assert json.loads(found["graph://about"])["title"]["zh"]
    assert "m:Fact" in found["graph://ontology"]


def test_facts_come_with_their_source(call: Call) -> None:
    told = call("describe", thing="Miao Wei", about="Secretary")
    fact = told["statements"][0]
    assert fact["when"] == {"from": "2010-12", "until": "2020-07"}
    assert {"document", "lines", "quote", "citation"} <= set(fact["sources"][0])
    tie = call("neighbours", thing="d:caict")["ties"][0]
    assert tie["to"] == "d:miit" and tie["sources"]
    steps = call("path", start="Miao Wei", end="d:caict")
    assert [thing["name"] for thing in steps["things"]][-2:] == ["d:miit", "d:caict"]
    assert len(steps["ties"]) >= len(steps["things"]) - 1
    entries = call("timeline", start="2015", end="2015")["entries"]
    assert all(entry["when"] and entry["sources"] for entry in entries if entry["kind"] == "programmes")


def test_answers_come_in_pages(call: Call) -> None:
    first = call("describe", thing="d:miit", limit=5)
    assert len(first["statements"]) == 5 and first["next_offset"] == 5 and first["total"] > 100
    second = call("describe", thing="d:miit", limit=5, offset=5)
    assert second["statements"][0] not in first["statements"]
    rows = call("query", sparql="SELECT ?x { ?x a org:Organization } ORDER BY ?x", limit=3, offset=3)
    assert len(rows["rows"]) == 3 and rows["next_offset"] == 6
    last = call("query", sparql="SELECT ?x { ?x a org:Post }", limit=100)
    assert "next_offset" not in last and len(last["rows"]) == last["total"]


def test_unknown_names_get_the_nearest(call: Call) -> None:
    found = call("query", sparql="SELECT * { ?x m:administrativRank c:rank-ministeral }")
    assert not found["ran"]
    near = {one["name"]: one["near"] for one in found["unknown"]}
    assert "m:administrativeRank" in near["m:administrativRank"]
    assert "c:rank-ministerial" in near["c:rank-ministeral"]
    assert call("query", sparql="SELECT * { ?x m:administrativRank ?y }", check_first=False)["rows"] == []
    with pytest.raises(Refused, match="d:caict"):
        call("describe", thing="d:caic")
    with pytest.raises(Refused, match=r"Nothing is called.*Near"):
        call("describe", thing="Miao Wie")


@pytest.mark.parametrize(
    ("sparql", "says"),
    [
        ("DELETE WHERE { ?s ?p ?o }", "does not run updates"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "other servers"),
        ("SELECT * { ?s ?p }", "[Ll]ine 1"),
        ("SELECT * { ?s nix:p ?o }", "prefix of nix:p is not declared"),
    ],
)
def test_what_must_not_run_is_refused(call: Call, sparql: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        call("query", sparql=sparql)


def test_names_that_are_fine_pass_the_check(call: Call) -> None:
    query = """PREFIX ours: <https://w3id.org/miit-graph/ont#> SELECT (COUNT(*) AS ?n) {
      ?f a ours:Tenure ; m:validFrom/m:earliest ?day FILTER(xsd:date(?day) > "2000-01-01"^^xsd:date)
      GRAPH <https://w3id.org/miit-graph/graph/data/posts-and-tenures> { ?f a ?kind } }"""
    assert call("query", sparql=query)["rows"][0][0] > 0
    assert call("query", sparql="ASK { d:miit a org:Organization }") == {"ran": True, "answer": True}
    assert "d:miit" in call("query", sparql="DESCRIBE d:miit")["description"]


def test_terms_and_examples(call: Call) -> None:
    assert call("list_terms", like="nameplate")["terms"][0]["count"] > 0
    assert call("list_terms", sort="property", like="行政级别", lang="zh")["terms"][0]["name"] == "m:administrativeRank"
    assert call("list_terms", of_class="m:Tenure", limit=100)["total"] > 5
    listed = call("examples", about="rank")["examples"]
    text = call("examples", slug=listed[0]["slug"])["query"]
    assert call("query", sparql=text)["ran"]


def test_without_the_sdk_it_says_what_to_install(cli: RunCli, tmp_path: Any) -> None:
    blocked = tmp_path / "mcp"
    blocked.mkdir()
    (blocked / "__init__.py").write_text("raise ModuleNotFoundError('no', name='mcp')", encoding="utf-8")
    path = os.pathsep.join((str(tmp_path), *sys.path))
    result = cli("mcp", env={**os.environ, "PYTHONPATH": path})
    assert result.returncode == 1 and "miit-graph[mcp]" in result.stderr
