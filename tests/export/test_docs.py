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

from miit_graph.build.checks import RULES as CODE_RULES
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


@pytest.fixture(scope="module")
def tables(store: ox.Store) -> dict[str, str]:
    """The table of rules in both languages."""
    return {language: rules_table(store, language) for language in ("en", "zh")}


def _body(text: str) -> str:
    return text.removeprefix("<!DOCTYPE html>\n")


def _ids(tree: ET.Element) -> list[str]:
    return [value for element in tree.iter() if (value := element.get("id"))]


NO_ICON = "data:,"
"""An icon of nothing, so that browsers don't ask for one."""


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


def test_every_mapping_is_told_with_its_reason(documents: Documents, trees: dict[str, ET.Element]) -> None:
    assert documents.alignments
    for language in ("en", "zh"):
        text = " ".join("".join(trees[f"{language}/alignments.html"].itertext()).split())
        for alignment in documents.alignments:
            assert alignment.header.title[language] in text
            for mapping in alignment.mappings:
                assert documents.labels[mapping.source][language] in text
                assert not mapping.reason or " ".join(mapping.reason[language].split()) in text, mapping


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
    anchors = {name: set(_ids(tree)) for name, tree in trees.items()}
    for name, tree in trees.items():
        for href in _hrefs(tree):
            parts = urlsplit(href)
            if href == NO_ICON:
                continue
            if parts.scheme:
                assert parts.scheme in ("http", "https"), (name, href)
                continue
            target = normpath(f"{dirname(name)}/{parts.path}") if parts.path else name
            assert target.lstrip("/") in files, (name, href)
            if parts.fragment:
                assert unquote(parts.fragment) in anchors[target], (name, href)


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
            assert element.tag not in ("iframe", "img", "object"), name
            own = element.get("src", "").removeprefix("../") == "theme.js" and not element.text
            assert element.tag != "script" or own, name
            unwanted = {key for key in element.attrib if key in ("style", "src") or key.startswith("on")}
            assert unwanted <= ({"src"} if own else set()), name
            if name.endswith(".html"):
                assert element.tag != "style", name
            if element.tag == "link":
                href = element.get("href", "")
                assert href == NO_ICON or not urlsplit(href).scheme, name


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
def test_committed_table_of_rules_is_up_to_date(tables: dict[str, str], language: str, name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == tables[language], RENEW.format(name)


def test_table_of_rules_has_a_row_for_each_rule(documents: Documents, tables: dict[str, str]) -> None:
    for table in tables.values():
        rows = [line for line in table.splitlines() if re.match(r"\| R\d", line)]
        assert len(rows) == len(documents.rules) + len(CODE_RULES)
        assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {7}


def test_table_from_the_authored_files_is_that_of_the_snapshot(
    project: Project, tables: dict[str, str], tmp_path: Path
) -> None:
    english, _ = write_rules(assemble(project).store, tmp_path)
    assert english.read_text(encoding="utf-8") == tables["en"]


def test_files_are_written_where_asked_and_come_out_the_same_again(
    store: ox.Store, snapshot: Snapshot, files: Files, tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("stays", encoding="utf-8")
    written = write_docs(store, snapshot.manifest, tmp_path)
    assert {path.relative_to(tmp_path).as_posix(): path.read_text(encoding="utf-8") for path in written} == files
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "stays"


def test_names_in_a_query_are_those_of_this() -> None:
    query = """PREFIX a: <http://a.example/#>
        SELECT $this { $this a:one/a:two+ ?x ; a:three "a:no" . ?x a:other ?y . # a:comment
          FILTER(?y != $this) }"""
    assert {name.partition("#")[2] for name in names_in_query(query)} == {"one", "two", "three"}
