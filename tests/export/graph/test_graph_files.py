"""The files themselves: schemas, intervals, colours, equal bytes, and pictures."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from lxml import etree

from miit_graph.build.snapshot import Snapshot
from miit_graph.export.graph import FORMATS, Options, Source, write_graph
from tests.conftest import missing
from tests.export.graph.conftest import graph_of, written
from tests.export.graph.graph_readers import HERE

D = "https://w3id.org/miit-graph/id/"
VARIANTS: dict[str, dict[str, str]] = {
    "default": {},
    "Chinese": {"lang": "zh"},
    "facts kept": {"facts": "keep"},
    "as of a day": {"as-of": "2012-06-30"},
    "everything": {"nodes": "all", "edges": "all"},
    "neighbourhood": {"root": "miit"},
    "empty": {"nodes": "m:Region", "edges": "org:unitOf"},
}
GEXF = {"g": "http://gexf.net/1.3", "viz": "http://gexf.net/1.3/viz"}


@cache
def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(HERE / "schemas" / f"{name}.xsd"))


@pytest.mark.parametrize(("name", "dialect"), [("gexf", "plain"), ("graphml", "plain"), ("graphml", "yed")])
@pytest.mark.parametrize("variant", VARIANTS)
def test_valid_by_schema(source: Source, name: str, dialect: str, variant: str) -> None:
    tree = etree.fromstring(written(source, name, dialect=dialect, **VARIANTS[variant]))
    schema(name).assertValid(tree)


def test_every_attribute_is_declared(source: Source) -> None:
    """A reader as strict as graphology's stops at an attribute that is not."""
    tree = etree.fromstring(written(source, "gexf", facts="keep"))
    for part in ("node", "edge"):
        types = {a.get("id"): a.get("type") for a in tree.xpath(f"//g:attributes[@class='{part}']/*", namespaces=GEXF)}
        values = tree.xpath(f"//g:{part}/g:attvalues/g:attvalue", namespaces=GEXF)
        assert values
        for value in values:
            match types[value.get("for")]:
                case "boolean":
                    assert value.get("value") in ("true", "false")
                case "long":
                    int(value.get("value"))
                case "double":
                    float(value.get("value"))


def test_time_line(source: Source, graph_store: ox.Store) -> None:
    """Intervals are the first and last day that the stated dates can mean; an open end is left out."""
    tree = etree.fromstring(written(source, "gexf"))
    (graph,) = tree.xpath("g:graph", namespaces=GEXF)
    assert (graph.get("mode"), graph.get("timeformat")) == ("dynamic", "date")
    (secretary,) = (
        edge
        for edge in tree.iterfind(".//g:edge", GEXF)
        if edge.get("source") == D + "miao-wei" and edge.get("target") == D + "post-party-secretary"
    )
    rows = graph_store.query(
        """PREFIX m: <https://w3id.org/miit-graph/ont#> PREFIX d: <https://w3id.org/miit-graph/id/>
        PREFIX org: <http://www.w3.org/ns/org#>
        SELECT ?start ?end { ?t org:member d:miao-wei ; m:inPost d:post-party-secretary ;
          m:validFrom/m:earliest ?start ; m:validUntil/m:latest ?end }"""
    )
    assert [(secretary.get("start"), secretary.get("end"))] == [(a.value, b.value) for a, b in rows]  # type: ignore[union-attr]
    (current,) = (
        edge
        for edge in tree.iterfind(".//g:edge", GEXF)
        if (edge.get("source"), edge.get("target")) == (D + "li-lecheng", D + "post-party-secretary")
    )
    assert current.get("start") == "2025-02-01" and current.get("end") is None
    assert etree.fromstring(written(source, "gexf", nodes="m:Region")).find("g:graph", GEXF).get("mode") == "static"


def test_kinds_have_colours(source: Source) -> None:
    """One colour per kind, another for each of the first twenty, the same in a part of the graph."""

    def colours(**options: str) -> dict[str, set[tuple[str, ...]]]:
        found: dict[str, set[tuple[str, ...]]] = {}
        for node in etree.fromstring(written(source, "gexf", **options)).iterfind(".//g:node", GEXF):
            (kind,) = node.xpath("g:attvalues/g:attvalue[@for='kind']/@value", namespaces=GEXF)
            color = node.find("viz:color", GEXF)
            found.setdefault(kind, set()).add(tuple(color.get(part) for part in "rgb"))
        return found

    everything, part = colours(), colours(root="miit")
    assert all(len(colour) == 1 for colour in everything.values())
    assert len({*map(str, everything.values())}) == len(everything) > 20
    assert all(everything[kind] == colour for kind, colour in part.items())


def test_claims_are_told_apart(source: Source) -> None:
    tree = etree.fromstring(written(source, "gexf"))
    shapes = {edge.get("id"): edge.find("viz:shape", GEXF).get("value") for edge in tree.iterfind(".//g:edge", GEXF)}
    claims = {edge.id for edge in graph_of(source, Options()).edges if edge.claimed}
    assert claims and {name for name, shape in shapes.items() if shape == "dashed"} == claims
    dot = written(source, "dot").decode()
    assert len(re.findall(r'"style"="dashed"', dot)) == len(claims)
    assert written(source, "graphml", dialect="yed").count(b'type="dashed"') == len(claims)


@pytest.fixture(scope="module")
def shuffled(graph_store: ox.Store) -> Source:
    """The same triples, come in another order."""
    quads = list(graph_store)
    random.Random(7).shuffle(quads)
    store = ox.Store()
    store.extend(quads)
    return Source.read(store)


@pytest.mark.parametrize("name", FORMATS)
def test_equal_bytes(source: Source, shuffled: Source, name: str) -> None:
    """Whatever the order in which the triples came, and whatever the seed of Python's hashes."""
    stream = io.BytesIO()
    write_graph(shuffled, name, stream)
    assert stream.getvalue() == written(source, name)


def test_equal_bytes_in_another_process(snapshot: Snapshot, source: Source) -> None:
    program = (
        "import hashlib, io, pathlib, sys; from miit_graph.build.snapshot import Snapshot\n"
        "from miit_graph.export.graph import FORMATS, Options, Source, build_graph\n"
        "source = Source.read(Snapshot.open(pathlib.Path(sys.argv[1])).load())\n"
        "graph = build_graph(source, Options())\n"
        "for name in FORMATS:\n"
        "    stream = io.BytesIO(); FORMATS[name].write(graph, stream)\n"
        "    print(name, hashlib.sha256(stream.getvalue()).hexdigest())"
    )
    expected = "".join(f"{name} {hashlib.sha256(written(source, name)).hexdigest()}\n" for name in FORMATS)
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", program, str(snapshot.path)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert ran.stdout == expected


def test_no_control_characters(source: Source) -> None:
    for name in FORMATS:
        if name != "csv":
            text = written(source, name, facts="keep").decode("utf-8")
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", text)
    for table in ("nodes", "edges"):
        text = written(source, "csv", table=table).decode("utf-8")
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text)
        assert not text.startswith("\ufeff")


def test_ids_are_the_same_in_every_export(source: Source) -> None:
    everything = {edge.id: edge for edge in graph_of(source, Options(facts="collapse", nodes=("all",))).edges}
    for options in VARIANTS.values():
        if "facts" not in options:
            for edge in graph_of(source, Options.from_strings({**options, "edges": ""})).edges:
                other = everything[edge.id]
                assert (edge.source, edge.kind.iri, edge.target) == (other.source, other.kind.iri, other.target)


def test_parallel_edges(source: Source) -> None:
    """What two facts say are two edges; and the same pair may be tied in more than one way."""
    edges = graph_of(source, Options.from_strings({"nodes": "entities,concepts"})).edges
    triples = [(edge.source, edge.kind.iri, edge.target) for edge in edges]
    assert len(set(triples)) < len(triples) and len({edge.id for edge in edges}) == len(edges)


def test_json_has_lists_and_places(source: Source) -> None:
    graph: Any = json.loads(written(source, "graphology"))
    node = next(node["attributes"] for node in graph["nodes"] if node["key"] == D + "miit")
    assert isinstance(node["types"], list) and len(node["cited_lines"]) > 1
    places = {(n["attributes"]["x"], n["attributes"]["y"]) for n in graph["nodes"]}
    assert len(places) == len(graph["nodes"])


def test_boxes_for_yed_do_not_overlap(source: Source) -> None:
    tree = etree.fromstring(written(source, "graphml", dialect="yed"))
    boxes = [
        tuple(float(box.get(name)) for name in ("x", "y", "width", "height"))
        for box in tree.iterfind(".//{http://www.yworks.com/xml/graphml}Geometry")
    ]
    assert len(boxes) == len(graph_of(source, Options()).nodes)
    for number, (x, y, width, height) in enumerate(boxes):
        for x2, y2, width2, height2 in boxes[number + 1 :]:
            assert x + width <= x2 or x2 + width2 <= x or y + height <= y2 or y2 + height2 <= y


def picture(dot: bytes) -> etree._Element:
    if shutil.which("dot") is None:
        missing("Graphviz is not installed")
    ran = subprocess.run(["dot", "-Tsvg"], input=dot, capture_output=True, check=True, timeout=120)
    # Without any CJK font Graphviz warns; a syntax error would have ended it.
    assert b"rror" not in ran.stderr, ran.stderr
    return etree.fromstring(ran.stdout)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_picture_of_the_organisation(source: Source, lang: str) -> None:
    options = {"root": "miit", "edges": "org:subOrganizationOf m:managedBy", "lang": lang}
    svg = picture(written(source, "dot", **options))
    text = "".join(
        item.text or "" for item in svg.iterfind(".//s:g[@class='node']//s:text", {"s": "http://www.w3.org/2000/svg"})
    )
    graph = graph_of(source, Options.from_strings(options))
    for node in graph.nodes:
        assert str(node.values["label_zh"]).replace(" ", "") in text.replace(" ", "")
        assert str(node.values["label_en"]).replace(" ", "") in text.replace(" ", "")
    links = svg.xpath("//@*[local-name()='href']")
    assert {node.id for node in graph.nodes} <= set(links)
    fonts = {f for item in svg.iter("{http://www.w3.org/2000/svg}text") if (f := item.get("font-family"))}
    assert all("CJK" in font for font in fonts)
    # It is a picture of a page's shape, not a strip.
    width, height = (float(svg.get(name).removesuffix("pt")) for name in ("width", "height"))
    assert 1 / 3 < width / height < 3
    # What is alike stands in one box, with one line.
    titles = [e.text for e in svg.iterfind(".//s:g[@class='cluster']/s:title", {"s": "http://www.w3.org/2000/svg"})]
    assert len(titles) >= 4
    lines = svg.xpath("//*[@class='edge']//*[local-name()='path']")
    assert len(titles) <= len(lines) < 20


def test_the_whole_graph_can_be_drawn(source: Source) -> None:
    svg = picture(written(source, "dot"))
    nodes = svg.findall(".//{http://www.w3.org/2000/svg}g[@class='node']")
    assert len(nodes) == len(graph_of(source, Options()).nodes)


def test_people_are_drawn_once_per_tenure(source: Source) -> None:
    """``holds`` and ``heldBy`` are one tenure, hence one line."""
    svg = picture(written(source, "dot", nodes="foaf:Person,org:Post"))
    lines = svg.xpath("//*[@class='edge']//*[local-name()='path']")
    facts = {
        edge.values["fact"] for edge in graph_of(source, Options.from_strings({"nodes": "foaf:Person,org:Post"})).edges
    }
    boxed = sum(
        int(re.findall(r"\((\d+)\)", text)[0]) - 1
        for text in svg.xpath("//*[@class='cluster']/*[local-name()='text']/text()")
    )
    assert len(lines) == len(facts) - boxed


def test_the_time_line_is_read_by_others(source: Source, tmp_path: Path) -> None:
    import networkx as nx

    path = tmp_path / "graph.gexf"
    path.write_bytes(written(source, "gexf"))
    graph = nx.read_gexf(path, version="1.3")
    assert graph.nodes[D + "miit"]["start"] == "2008-03-01" and "end" not in graph.nodes[D + "miit"]
    assert sum("start" in values for *_, values in graph.edges(data=True)) > 5
