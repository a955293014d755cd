"""The documentation of the shipped graph, and of a small graph of another project."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from posixpath import dirname, normpath
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from miit_graph.build.pipeline import assemble
from miit_graph.build.snapshot import Snapshot
from miit_graph.build.sources import Project
from miit_graph.export.docs import rules_table, write_docs, write_rules
from miit_graph.export.docs.documents import Documents
from miit_graph.export.docs.layout import Box, Planner, text_width
from miit_graph.export.docs.rules import names_in_query
from miit_graph.export.docs.site import render
from miit_graph.export.docs.texts import TEXTS
from miit_graph.vocabulary import RDF

ROOT = Path(__file__).resolve().parents[2]
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
ENGLISH_WORDS = re.compile(r"[A-Za-z][a-z’'-]*(?:[ ,]+[a-z’'-]+){3,}")
"""Four words in a row, which no name of a product or format has."""
RENEW = "docs/{} is out of date; renew it with: python -m miit_graph.export.docs"

Files = dict[str, str]


@pytest.fixture(scope="module")
def store(snapshot: Snapshot) -> ox.Store:
    return snapshot.load()


@pytest.fixture(scope="module")
def documents(store: ox.Store, snapshot: Snapshot) -> Documents:
    return Documents.read(store, snapshot.manifest)


@pytest.fixture(scope="module")
def files(documents: Documents) -> Files:
    return dict(render(documents))


@pytest.fixture(scope="module")
def trees(files: Files) -> dict[str, ET.Element]:
    """Pages and pictures, which are well-formed XML as well as HTML."""
    return {name: ET.fromstring(_body(text)) for name, text in files.items() if name.endswith((".html", ".svg"))}


def _body(text: str) -> str:
    return text.removeprefix("<!DOCTYPE html>\n")


def _ids(tree: ET.Element) -> list[str]:
    return [value for element in tree.iter() if (value := element.get("id"))]


def _hrefs(tree: ET.Element) -> list[str]:
    return [value for element in tree.iter() if (value := element.get("href"))]


def _prose(element: ET.Element, skip: str) -> str:
    """The text of an element without code, and without what is marked as being in the language `skip`."""
    text = element.text or ""
    for child in element:
        if child.get("lang") != skip and child.tag not in ("code", "pre", "style"):
            text += _prose(child, skip)
        text += f" {child.tail or ''}"
    return text


def _element(tree: ET.Element, anchor: str) -> ET.Element:
    return next(element for element in tree.iter() if element.get("id") == anchor)


def test_every_term_is_on_its_page_in_both_languages(documents: Documents, trees: dict[str, ET.Element]) -> None:
    declared = {
        triple.subject.value
        for path in (ROOT / "ontology").glob("*.ttl")
        for triple in ox.parse(path=path, format=ox.RdfFormat.TURTLE)
        if isinstance(triple.subject, ox.NamedNode)
        and triple.predicate.value == RDF.type
        and re.search(r"owl#(Class|\w+Property)>", str(triple.object))
    }
    assert declared == set(documents.terms)
    for language in ("en", "zh"):
        for term in documents.terms.values():
            page = trees[f"{language}/{'index' if term.own else 'reused'}.html"]
            text = " ".join("".join(_element(page, term.anchor).itertext()).split())
            for expected in (term.iri, term.label[language], *([term.definition[language]] if term.own else ())):
                assert " ".join(expected.split()) in text, (language, term.name)


def test_own_terms_keep_their_fragment(documents: Documents) -> None:
    for term in documents.own.values():
        assert term.iri == f"{documents.namespaces[0]}{term.anchor}"


def test_english_pages_hold_no_unmarked_chinese(trees: dict[str, ET.Element]) -> None:
    for name in (n for n in trees if n.startswith("en/")):
        assert not HAN.search(_prose(trees[name], "zh")), name
        inside = ["".join(e.itertext()) for e in trees[name].iter("pre")]
        marked = ["".join(e.itertext()) for e in trees[name].iter() if e.get("lang") == "zh"]
        assert sum(len(HAN.findall(text)) for text in inside) <= sum(len(HAN.findall(text)) for text in marked)


def test_chinese_pages_hold_no_english_sentence(trees: dict[str, ET.Element]) -> None:
    for name in (n for n in trees if n.startswith("zh/")):
        assert not ENGLISH_WORDS.findall(_prose(trees[name], "en")), name


def test_every_text_of_the_pages_is_in_both_languages() -> None:
    for key, texts in TEXTS.items():
        assert set(texts) == {"en", "zh"}, key
        if key != "language-name":
            assert not HAN.search(texts["en"]), key
        assert not ENGLISH_WORDS.search(texts["zh"]), key
        assert Counter(re.findall(r"{\w*}", texts["en"])) == Counter(re.findall(r"{\w*}", texts["zh"])), key


def test_links_and_anchors_resolve(trees: dict[str, ET.Element], files: Files) -> None:
    for name, tree in trees.items():
        for href in _hrefs(tree):
            parts = urlsplit(href)
            if parts.scheme:
                assert parts.scheme in ("http", "https"), (name, href)
                continue
            target = normpath(f"{dirname(name)}/{parts.path}") if parts.path else name
            assert target.lstrip("/") in files, (name, href)
            if parts.fragment:
                assert unquote(parts.fragment) in _ids(trees[target]), (name, href)


def test_each_page_leads_to_its_counterpart(trees: dict[str, ET.Element]) -> None:
    for name, tree in trees.items():
        if name.endswith(".html") and "/" in name:
            language, page = name.split("/")
            other = "zh" if language == "en" else "en"
            assert f"../{other}/{page}" in [e.get("href") for e in tree.iter("a") if e.get("hreflang") == other]
            assert tree.get("lang") == language


def test_ids_are_unique(trees: dict[str, ET.Element]) -> None:
    for name, tree in trees.items():
        assert not [anchor for anchor, n in Counter(_ids(tree)).items() if n > 1], name


def test_html_is_valid(files: Files) -> None:
    html5lib = pytest.importorskip("html5lib")
    for name, text in files.items():
        if name.endswith(".html"):
            html5lib.HTMLParser(strict=True).parse(text)


def test_pages_need_nothing_from_elsewhere_and_fit_a_strict_policy(trees: dict[str, ET.Element]) -> None:
    for name, tree in trees.items():
        for element in tree.iter():
            assert element.tag not in ("script", "iframe", "img", "object"), name
            assert not {key for key in element.attrib if key == "style" or key == "src" or key.startswith("on")}, name
            if name.endswith(".html"):
                assert element.tag != "style", name
            if element.tag == "link":
                assert not urlsplit(element.get("href", "")).scheme, name


def test_pages_are_accessible_in_structure(trees: dict[str, ET.Element]) -> None:
    for name, tree in trees.items():
        if not name.endswith(".html"):
            continue
        levels = [int(e.tag[1]) for e in tree.iter() if re.fullmatch("h[1-6]", e.tag)]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name
        assert len(list(tree.iter("main"))) == 1, name
        assert tree.findtext("head/title"), name


def test_examples_are_triples_of_the_graph(trees: dict[str, ET.Element], store: ox.Store) -> None:
    page = trees["en/index.html"]
    blocks = ["".join(pre.itertext()) for pre in page.iter("pre") if pre.get("class") == "turtle"]
    prefixes, examples = blocks[0], blocks[1:]
    assert len(examples) > 100
    for example in examples:
        if "[]" in example:
            continue
        triples = list(ox.parse(prefixes + example, format=ox.RdfFormat.TURTLE))
        assert triples
        for t in triples:
            assert ox.Quad(t.subject, t.predicate, t.object) in store, example


def test_diagram_is_drawn_for_both_languages(documents: Documents, trees: dict[str, ET.Element]) -> None:
    for language in ("en", "zh"):
        picture = trees[f"{language}/diagram.svg"]
        assert picture.tag == "{http://www.w3.org/2000/svg}svg"
        texts = {element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")}
        for term in documents.own.values():
            if term.is_class:
                assert term.label[language] in texts, term.name
        assert len([e for e in picture.iter() if e.get("class") == "curve"]) > 20


@pytest.mark.parametrize("language", ["en", "zh"])
def test_boxes_of_the_diagram_hold_their_texts_and_stay_apart(documents: Documents, language: str) -> None:
    names = {iri: term.label[language] for iri, term in documents.terms.items()}
    words = {key: TEXTS[key][language] for key in ("anything", "also", "comma")}
    plan = Planner(documents.picture, names.__getitem__, documents.usage.all_instances, words).plan()
    assert plan.root is not None
    cards: list[Box] = [plan.root, *plan.left, *plan.right]
    for box in cards:
        for line in box.lines:
            assert text_width(f"{line.text} {line.target_text}", 12) <= box.width - 19
    frames = [(b.x, b.y, b.width, b.height) for b in cards]
    frames += [(b.x, b.y, b.width, plan.tree_height) for b in plan.tree]
    for index, (x, y, width, height) in enumerate(frames):
        assert min(x, y) >= 0
        assert x + width <= plan.width
        assert y + height <= plan.height + 1
        for ox_, oy, owidth, oheight in frames[index + 1 :]:
            apart = x + width <= ox_ or ox_ + owidth <= x or y + height <= oy or oy + oheight <= y
            assert apart


def test_the_same_graph_gives_the_same_files(store: ox.Store, snapshot: Snapshot, files: Files) -> None:
    assert dict(render(Documents.read(store, snapshot.manifest))) == files


def test_rules_are_shown_with_the_terms_they_are_about(documents: Documents) -> None:
    names = {documents.parts.short(iri): {rule.anchor for rule, _ in found} for iri, found in documents.checks.items()}
    assert "citation" in names["m:Citation"]
    assert "citation" in names["m:quote"]
    assert "no-cycle" in names["m:managedBy"]
    assert "closed-statement" not in names["m:rankReason"], "a list of allowed properties says nothing of each"


def test_focus_nodes_are_counted(documents: Documents, store: ox.Store) -> None:
    rule = next(rule for rule in documents.rules if rule.anchor == "citation")
    citation = ox.NamedNode("https://w3id.org/miit-graph/ont#Citation")
    typed = {quad.subject for quad in store.quads_for_pattern(None, None, citation, ox.DefaultGraph())}
    cited = {node for node in typed if isinstance(node, ox.NamedNode) and "/id/" in node.value}
    assert rule.focus == len(cited)


@pytest.mark.parametrize(("language", "name"), [("en", "rules.md"), ("zh", "rules.zh.md")])
def test_committed_table_of_rules_is_up_to_date(store: ox.Store, language: str, name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == rules_table(store, language), RENEW.format(name)


def test_table_of_rules_has_a_row_for_each_rule(documents: Documents, store: ox.Store) -> None:
    for language in ("en", "zh"):
        rows = [line for line in rules_table(store, language).splitlines() if re.match(r"\| R\d", line)]
        assert len(rows) == len(documents.rules)
        assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {8}


def test_table_from_the_authored_files_is_that_of_the_snapshot(
    project: Project, store: ox.Store, tmp_path: Path
) -> None:
    english, _ = write_rules(assemble(project).store, tmp_path)
    assert english.read_text(encoding="utf-8") == rules_table(store, "en")


def test_files_are_written_where_asked(store: ox.Store, snapshot: Snapshot, files: Files, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("stays", encoding="utf-8")
    written = write_docs(store, snapshot.manifest, tmp_path)
    assert {path.relative_to(tmp_path).as_posix() for path in written} == set(files)
    assert (tmp_path / "en" / "index.html").read_text(encoding="utf-8") == files["en/index.html"]
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "stays"


def test_names_in_a_query_are_those_of_this() -> None:
    query = """PREFIX a: <http://a.example/#>
        SELECT $this { $this a:one/a:two+ ?x ; a:three "a:no" . ?x a:other ?y . # a:comment
          FILTER(?y != $this) }"""
    assert {name.partition("#")[2] for name in names_in_query(query)} == {"one", "two", "three"}


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


def test_a_graph_of_another_project_is_documented(small: Files) -> None:
    for name, text in small.items():
        assert "miit" not in text.lower(), name
        if name.endswith((".html", ".svg")):
            ET.fromstring(_body(text))
    page = ET.fromstring(_body(small["en/index.html"]))
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
    page = ET.fromstring(_body(small["zh/index.html"]))
    marked = ["".join(e.itertext()) for e in _element(page, "Ship").iter() if e.get("lang") == "en"]
    assert any("Floats" in text for text in marked)


def test_shapes_without_words_show_their_constraints_and_those_switched_off_are_left_out(small: Files) -> None:
    rows = [line for line in small["rules.md"].splitlines() if line.startswith("| ship")]
    assert rows == ["| ship | `ship` | Violation | `sh:minCount 1` |  | 1 |"]
    assert "off" not in _element(ET.fromstring(_body(small["en/rules.html"])), "page-content").itertext()


def test_codes_are_counted_and_indented(small: Files) -> None:
    page = ET.fromstring(_body(small["en/codes.html"]))
    cells = ["".join(cell.itertext()).strip() for cell in _element(page, "barque")]
    assert cells == ["barque", "三桅帆船", "c:barque", "1"]
    assert _element(page, "barque")[0].get("class") == "depth-1"


def test_files_without_a_project_are_documented_as_far_as_they_go() -> None:
    store = ox.Store()
    store.load("<http://x/A> a <http://www.w3.org/2002/07/owl#Class> .", format=ox.RdfFormat.TURTLE)
    files = dict(render(Documents.read(store, {"title": {"en": "Anything"}})))
    assert "http://x/A" in files["en/reused.html"]
    assert dict(render(Documents.read(ox.Store())))["en/index.html"]
