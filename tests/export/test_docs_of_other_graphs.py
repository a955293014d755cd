"""The documentation of a small graph of another project, and of graphs that are hardly one."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from miit_graph.export.docs.documents import Documents
from miit_graph.export.docs.site import render

Files = dict[str, str]

SMALL = """
PREFIX s: <https://ships.example/ont#>
PREFIX d: <https://ships.example/id/>
PREFIX c: <https://ships.example/code/>
PREFIX shp: <https://ships.example/shape/>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX vann: <http://purl.org/vocab/vann/>
GRAPH <https://ships.example/graph/ontology/ships> {
  <https://ships.example/ont> a owl:Ontology ; dct:title "Ships & <boats>"@en , "船舶"@zh ;
    vann:preferredNamespacePrefix "s" ; vann:preferredNamespaceUri "https://ships.example/ont#" .
  s:Ship a owl:Class ; rdfs:label "ship <b>"@en , "船"@zh ; skos:definition "Floats, \\"mostly\\" & <i>well</i>."@en .
  s:Port a owl:Class ; rdfs:label "port"@en , "港口"@zh .
  s:Vessel a owl:Class ; owl:deprecated true ; dct:isReplacedBy s:Ship ; rdfs:label "vessel"@en , "船只"@zh .
  s:calls a owl:ObjectProperty ; rdfs:label "calls at"@en , "停靠"@zh ; owl:versionInfo "1.2.0" ;
    rdfs:domain s:Ship ; rdfs:range [ a owl:Class ; owl:unionOf ( s:Port [ owl:complementOf s:Ship ] ) ] .
  s:rig a owl:ObjectProperty ; rdfs:label "rig"@en ; s:list c:rigs .
  s:list a owl:AnnotationProperty ; rdfs:label "list"@en , "表"@zh .
  s:reaches a owl:ObjectProperty ; rdfs:label "reaches"@en , "抵达"@zh ; owl:propertyChainAxiom ( s:calls s:calls ) .
}
GRAPH <https://ships.example/graph/codes/rigs> {
  c:rigs a skos:ConceptScheme ; skos:prefLabel "Rigs"@en , "帆装"@zh .
  c:square a skos:Concept ; skos:inScheme c:rigs ; skos:prefLabel "square"@en , "横帆"@zh .
  c:barque a skos:Concept ; skos:inScheme c:rigs ; skos:broader c:square ; skos:prefLabel "barque"@en , "三桅帆船"@zh .
}
GRAPH <https://ships.example/graph/data/ships> {
  d:erebus a s:Ship ; skos:prefLabel "HMS Erebus"@en ; s:rig c:barque ; s:calls d:hobart .
  d:hobart a s:Port ; skos:prefLabel "Hobart"@en , "霍巴特"@zh .
}
GRAPH <https://ships.example/graph/shapes/ships> {
  shp:ship a sh:NodeShape ; sh:targetClass s:Ship ; sh:property [ sh:path s:rig ; sh:minCount 1 ] .
  shp:off a sh:NodeShape ; sh:targetClass s:Ship ; sh:deactivated true ; sh:property [ sh:path s:rig ; sh:maxCount 1 ] .
}
"""


@pytest.fixture(scope="module")
def small() -> Files:
    store = ox.Store()
    store.load(SMALL, format=ox.RdfFormat.TRIG)
    return dict(render(Documents.read(store)))


def _tree(text: str) -> ET.Element:
    return ET.fromstring(text.removeprefix("<!DOCTYPE html>\n"))


def _element(tree: ET.Element, anchor: str) -> ET.Element:
    return next(element for element in tree.iter() if element.get("id") == anchor)


def test_a_graph_of_another_project_is_documented(small: Files) -> None:
    for name, text in small.items():
        assert "miit" not in text.lower(), name
        if name.endswith((".html", ".svg")):
            _tree(text)
    page = _tree(small["en/index.html"])
    assert "".join(_element(page, "Ship").itertext()).count('Floats, "mostly" & <i>well</i>.') == 1
    calls = " ".join("".join(_element(page, "calls").itertext()).split())
    assert "port or (not ship <b>)" in calls
    assert "Since1.2.0" in calls
    assert "calls at ∘ calls at" in " ".join("".join(_element(page, "reaches").itertext()).split())
    vessel = "".join(_element(page, "Vessel").itertext())
    assert "Deprecated" in vessel
    assert "Use instead: ship <b>." in vessel
    assert "code list" in "".join(_element(page, "rig").itertext()).lower()
    assert "en/alignments.html" not in small
    assert "en/reused.html" not in small


def test_a_text_that_is_missing_is_given_in_another_language_and_marked(small: Files) -> None:
    page = _tree(small["zh/index.html"])
    marked = ["".join(e.itertext()) for e in _element(page, "Ship").iter() if e.get("lang") == "en"]
    assert any("Floats" in text for text in marked)


def test_shapes_without_words_show_their_constraints_and_those_switched_off_are_left_out(small: Files) -> None:
    rows = [line for line in small["rules.md"].splitlines() if line.startswith("| ship")]
    assert rows == ["| ship | `ship` | Violation | `sh:minCount 1` |  |"]
    assert "off" not in _element(_tree(small["en/rules.html"]), "page-content").itertext()


def test_codes_are_counted_and_indented(small: Files) -> None:
    page = _tree(small["en/codes.html"])
    cells = ["".join(cell.itertext()).strip() for cell in _element(page, "barque")]
    assert cells == ["barque", "三桅帆船", "c:barque", "1"]
    assert _element(page, "barque")[0].get("class") == "depth-1"


def test_files_without_a_project_are_documented_as_far_as_they_go() -> None:
    store = ox.Store()
    store.load("<http://x/A> a <http://www.w3.org/2002/07/owl#Class> .", format=ox.RdfFormat.TURTLE)
    files = dict(render(Documents.read(store, {"title": {"en": "Anything"}})))
    assert "http://x/A" in files["en/reused.html"]
    assert dict(render(Documents.read(ox.Store())))["en/index.html"]
