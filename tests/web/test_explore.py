"""The network explorer over HTTP: its page without a script, and its answers as JSON and as graph files."""

import io
import json
from urllib.parse import urlencode

import networkx as nx
import pyoxigraph as ox
import pytest

from miit_graph.engine.local import LocalEngine
from miit_graph.web.linked_data import texts as entity_texts
from miit_graph.web.pages import explore_texts
from tests.conftest import ROOT
from tests.web.conftest import ABOUT, SETTINGS

DATA = """
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:anna a ex:Person ; rdfs:label "Anna"@en , "安娜"@zh ; ex:knows ex:bert .
ex:bert a ex:Person ; rdfs:label "Bert <b>" ; ex:livesIn ex:town .
ex:town a ex:Town ; rdfs:label "Town"@en ; ex:in ex:land .
ex:island rdfs:label "Island"@en ; ex:near ex:sea .
""" + "".join(f"ex:hub ex:has ex:part{number:03} .\n" for number in range(120))
EX = "http://example.org/"


@pytest.fixture(scope="module")
def explorer(serve):
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TURTLE)
    return serve(SETTINGS, LocalEngine(store, "v1", workers=4), {"title": ABOUT["title"]}).at("/explore")


def ids(elements, part="nodes"):
    return {element["data"]["id"].removeprefix(EX) for element in elements[part]}


def test_neighbours_come_page_by_page_with_the_edges_among_them(explorer):
    reply = explorer.at("/explore/neighbours").get(node=EX + "bert", lang="zh")
    assert reply.status == 200 and reply.type == "application/json"
    assert reply.json["total"] == 2 and set(reply.json["nodes"]) == {EX + "anna", EX + "town"}
    nodes = {node["data"]["id"]: node["data"] for node in reply.json["elements"]["nodes"]}
    assert nodes[EX + "anna"]["label"] == "安娜" and nodes[EX + "anna"]["label_en"] == "Anna"
    assert nodes[EX + "anna"]["page"].startswith("/describe?")
    assert {edge["data"]["kind"] for edge in reply.json["elements"]["edges"]} == {EX + "knows", EX + "livesIn"}
    first = explorer.at("/explore/neighbours").get(node=EX + "hub", limit=50, elements="no").json
    rest = explorer.at("/explore/neighbours").get(node=EX + "hub", limit=200, offset=50, elements="no").json
    assert first["total"] == 120 and len(first["nodes"]) == 50 and "elements" not in first
    assert len({*first["nodes"], *rest["nodes"]}) == 120


def test_an_answer_that_is_known_costs_nothing(explorer):
    client = explorer.at("/explore/neighbours")
    tag = client.get(node=EX + "bert").headers["ETag"]
    again = client.get(node=EX + "bert", headers={"If-None-Match": tag})
    assert again.status == 304 and not again.body
    assert client.get(node=EX + "bert", lang="zh").headers["ETag"] != tag


def test_a_path_leads_from_one_thing_to_another_or_there_is_none(explorer):
    client = explorer.at("/explore/path")
    found = client.get(**{"from": EX + "anna", "to": EX + "land"}).json
    assert [node.removeprefix(EX) for node in found["nodes"]] == ["anna", "bert", "town", "land"]
    assert len(found["elements"]["edges"]) == 3
    none = client.get(**{"from": EX + "anna", "to": EX + "sea"}).json
    assert none == {"nodes": [], "exhausted": False, "elements": {"nodes": [], "edges": []}}


def test_what_is_shown_comes_as_json_or_as_a_graph_file(explorer):
    nodes = [EX + "anna", EX + "bert"]
    client = explorer.at("/explore/graph")
    asked = client.request("GET", "/explore/graph?" + urlencode({"nodes": nodes}, doseq=True))
    assert ids(asked.json) == {"anna", "bert"}
    body = json.dumps({"nodes": [EX + "town"], "beside": nodes})
    more = client.post(body, "application/json", target="/explore/graph").json
    assert ids(more) == {"town"} and [edge["data"]["source"] for edge in more["edges"]] == [EX + "bert"]
    file = client.post(json.dumps({"nodes": nodes}), "application/json", target="/explore/graph?format=gexf")
    assert file.type == "application/gexf+xml" and "attachment" in file.headers["Content-Disposition"]
    graph = nx.read_gexf(io.BytesIO(file.body), version="1.3")
    assert set(graph.nodes) == set(nodes) and graph.number_of_edges() == 1
    form = client.post(
        urlencode({"nodes": " ".join(nodes), "format": "dot"}), "application/x-www-form-urlencoded", "/explore/graph"
    )
    assert form.status == 200 and b"digraph" in form.body


@pytest.mark.parametrize(
    ("target", "status", "said"),
    [
        ("/explore/neighbours", 400, "node is missing"),
        ("/explore/neighbours?node=%3Cscript%3E", 400, "node=<script> names nothing"),
        (f"/explore/neighbours?node={EX}nobody", 404, "nothing is said of http://example.org/nobody"),
        (f"/explore/neighbours?node={EX}anna&limit=1000", 400, "limit=1000 should be a whole number from 0 to 200"),
        (f"/explore/neighbours?node={EX}anna&groups=bodies", 400, "bodies is no group; there are: entities"),
        (f"/explore/path?from={EX}anna", 400, "to is missing"),
        ("/explore/graph", 400, "nodes is missing"),
        (f"/explore/graph?nodes={EX}anna&format=png", 400, "format=png is not a graph file"),
        (f"/explore?root={EX}nobody", 404, "nothing is said of http://example.org/nobody"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(explorer, target, status, said):
    reply = explorer.request("GET", target)
    assert reply.status == status and reply.type == "application/problem+json"
    assert said in reply.json["detail"]


@pytest.mark.parametrize("body", ['{"nodes": "x"}', '["x"]', "{", '{"nodes": [1]}'])
def test_a_wrong_body_is_refused(explorer, body):
    reply = explorer.post(body, "application/json", target="/explore/graph")
    assert reply.status == 400 and "list of texts" in reply.json["detail"]


def test_the_page_is_of_use_without_a_script(explorer):
    reply = explorer.get(root=EX + "bert")
    assert reply.status == 200
    assert "Bert &lt;b&gt;" in reply.text and "<b>" not in reply.text
    assert "<svg" in reply.text and 'href="/describe?iri=http%3A%2F%2Fexample.org%2Fanna"' in reply.text
    assert "暂" not in reply.text and "安娜" in explorer.get(root=EX + "bert", lang="zh").text
    assert "1–40 of 120" in explorer.get(root=EX + "hub").text
    assert "81–120 of 120" in explorer.get(root=EX + "hub", offset=80).text
    found = explorer.get(q="ann").text
    assert f'href="/explore?root={EX}anna"' in found and "Nothing here is called" in explorer.get(q="zzz").text


def test_the_page_begins_with_what_has_most_ties(explorer):
    assert "Around hub" in explorer.get().text


def test_ranks_and_statuses_are_called_the_same_everywhere():
    store = ox.Store()
    for name in ("rank", "claims"):
        store.load(path=ROOT / "codes" / f"{name}.ttl", format=ox.RdfFormat.TURTLE)
    found = store.query(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX c: <https://w3id.org/miit-graph/code/>"
        "SELECT ?code ?name { ?code skos:inScheme ?scheme ; skos:prefLabel ?name FILTER(LANG(?name) = 'zh')"
        " FILTER(?scheme IN (c:scheme-statement-rank, c:scheme-claim-status)) }"
    )
    names = {row["code"].value.rpartition("/")[2]: row["name"].value for row in found}
    ranks = {"rank-preferred": "首选", "rank-normal": "普通", "rank-deprecated": "弃用"}
    assert ranks.items() <= names.items()
    assert {"采纳", "有争议", "观点", "时代错置", "含混", "不采纳"} <= set(names.values())
    for code, name in ranks.items():
        assert explore_texts.SCRIPT_TEXTS[code.replace("-", "_")]["zh"] == name
        assert entity_texts.TEXTS.get(code.removeprefix("rank-"), {"zh": name})["zh"] == name
