"""What is sloppy in an ontology without being wrong in logic: one query per defect.

After ROBOT's report and the hygiene tests of FIBO. Each query must find nothing in the shipped project (but for listed
exceptions, each with its reason), and must find the small example of its defect that stands beside it. The queries run
over the named graphs, and over a graph ``urn:use`` that says which rule, query or shape (as text) mentions which term.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

import pyoxigraph as ox
import pytest

from miit_graph.build.pipeline import assemble
from miit_graph.build.sources import Project
from miit_graph.vocabulary import PREFIXES as SHARED
from tests.ontology.defects import DEFECTS, SPARQL_PREFIXES, TURTLE_PREFIXES, Defect

USE = ox.NamedNode("urn:use")
MENTIONS = ox.NamedNode("urn:use:mentions")
_COMMENT_OR_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|(<[^<>"{}|^`\\\s]*>)|#[^\n]*'
)
_PREFIX = re.compile(r"PREFIX\s+([\w-]*):\s*<([^>]*)>", re.IGNORECASE)
_NAME = re.compile(r"(?<![\w<:?$@-])([A-Za-z][\w-]*):([A-Za-z][\w-]*)|<([^<>\s]+)>")


def mentioned(query: str) -> Iterator[str]:
    """The IRIs that a SPARQL query names, in full or with a prefix; not those in comments and strings."""
    text = _COMMENT_OR_STRING.sub(lambda match: match[1] or " ", query)
    prefixes = SHARED | dict(_PREFIX.findall(text))
    for prefix, local, iri in _NAME.findall(_PREFIX.sub(" ", text)):
        if iri:
            yield iri
        elif prefix in prefixes:
            yield prefixes[prefix] + local


def test_mentioned_terms_are_found() -> None:
    query = """PREFIX x: <urn:x#> # not m:comment
        SELECT ?a { ?a m:rank/x:part <urn:full> ; rdfs:label "m:string <urn:no>"@en FILTER(?a != x:p-1) }"""
    found = set(mentioned(query))
    assert {iri.removeprefix("urn:x#") for iri in found if iri.startswith("urn:")} == {"part", "p-1", "urn:full"}
    assert SHARED["m"] + "rank" in found
    assert not [iri for iri in found if iri.endswith(("comment", "string"))]


@pytest.fixture(scope="module")
def graphs(project: Project) -> ox.Store:
    """All named graphs, what the queries mention, and everything merged, so that paths can cross files."""
    store = assemble(project).store
    texts = [(path.name, path.read_text(encoding="utf-8")) for path in (*project.rule_files(), *project.query_files())]
    for predicate in ("select", "ask"):
        texts += [
            (str(quad.subject), quad.object.value)
            for quad in store.quads_for_pattern(None, ox.NamedNode(SHARED["sh"] + predicate), None)
        ]
    for name, text in texts:
        for iri in mentioned(text):
            store.add(ox.Quad(ox.NamedNode("urn:use:" + re.sub(r"\W", "-", name)), MENTIONS, ox.NamedNode(iri), USE))
    for quad in list(store):
        store.add(ox.Quad(quad.subject, quad.predicate, quad.object))
    return store


VOCABULARIES = ("m", "org", "cv", "prov", "dct", "skos", "schema", "time", "foaf")


def written_out(query: str) -> str:
    """The query in plain SPARQL.

    In the list above ``data(?g)`` (or ontology, codes, shapes) is short for: the graph is that of such a file;
    ``own(?t)``: a term of ours; ``vocabulary(?t)``: a term of one of the vocabularies that we use.
    """
    query = re.sub(r"\b(ontology|codes|data|shapes)\((\?\w+)\)", r'STRSTARTS(STR(\2), CONCAT(STR(g:), "\1/"))', query)
    query = re.sub(r"\bown\((\?\w+)\)", r"STRSTARTS(STR(\1), STR(m:))", query)
    one_of = " || ".join(rf"STRSTARTS(STR(\1), STR({prefix}:))" for prefix in VOCABULARIES)
    return SPARQL_PREFIXES + re.sub(r"\bvocabulary\((\?\w+)\)", rf"({one_of})", query)


def find(store: ox.Store, defect: Defect) -> list[list[str]]:
    rows = store.query(written_out(defect.query))
    assert isinstance(rows, ox.QuerySolutions)
    found = [["" if value is None else value.value for value in row] for row in rows]
    return sorted(row for row in found if row[0] not in defect.exceptions)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_project_is_free_of(graphs: ox.Store, defect: Defect) -> None:
    assert find(graphs, defect) == []


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_the_query_finds(project: Project, graphs: ox.Store, defect: Defect) -> None:
    graph = ox.NamedNode(project.graph(defect.graph))
    quads = [
        ox.Quad(quad.subject, quad.predicate, quad.object, name)
        for quad in ox.parse(TURTLE_PREFIXES + defect.example, format=ox.RdfFormat.TURTLE)
        for name in (graph, ox.DefaultGraph())
    ]
    new = [quad for quad in quads if quad not in graphs]
    graphs.extend(new)
    try:
        assert find(graphs, defect) != []
    finally:
        for quad in new:
            graphs.remove(quad)


@pytest.mark.parametrize("defect", [d for d in DEFECTS if d.exceptions], ids=lambda defect: defect.name)
def test_an_exception_is_still_needed(graphs: ox.Store, defect: Defect) -> None:
    without = Defect(defect.name, defect.query, defect.graph, defect.example)
    assert {row[0] for row in find(graphs, without)} >= set(defect.exceptions)


def test_unused_codes_are_made_known(graphs: ox.Store) -> None:
    """Information only: a list may have codes that no fact needs today."""
    unused = Defect(
        "unused code",
        """SELECT ?code { GRAPH ?g { ?code a skos:Concept } FILTER(codes(?g))
            FILTER NOT EXISTS { GRAPH ?d { ?s ?p ?code } FILTER(?p NOT IN (skos:broader, skos:related)) }
            FILTER NOT EXISTS { GRAPH ?d { ?low skos:broader ?code } }
            FILTER NOT EXISTS { GRAPH <urn:use> { ?text use:mentions ?code } } }""",
        "",
        "",
    )
    codes = [row[0].removeprefix(SHARED["c"]) for row in find(graphs, unused)]
    if codes:
        warnings.warn(f"codes that nothing uses: {', '.join(codes)}", stacklevel=1)
