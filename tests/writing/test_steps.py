"""Operations of one request follow each other: each sees what those before it have done, in every graph."""

# ruff: noqa: E501 (a table of updates reads best with one on a line)

import pyoxigraph as ox
import pytest

from miit_graph.engine.errors import QuerySyntaxError
from miit_graph.versions.change import ChangeRefused, asked_change
from miit_graph.writing.operations import UPDATE, Operation
from miit_graph.writing.steps import steps
from tests.writing.small import BASE, DATA, ID, write_project

P, X, A, B, ADDED = f"<{ID}p>", f"<{ID}x>", f"<{DATA}a>", f"<{DATA}b>", f"<{DATA}added>"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return write_project(tmp_path_factory.mktemp("steps"))


def after(project, text, *present):
    """What is in the named graphs after an update of quads, as (object, graph) of the subject x."""
    store = ox.Store()
    for value, graph in present:
        quad = ox.Quad(ox.NamedNode(X[1:-1]), ox.NamedNode(P[1:-1]), ox.Literal(value), ox.NamedNode(graph[1:-1]))
        store.extend([quad, ox.Quad(quad.subject, quad.predicate, quad.object)])
    before = {quad for quad in store if not isinstance(quad.graph_name, ox.DefaultGraph)}
    patch = asked_change(project, store, Operation(UPDATE, text).change({})).authored
    return {(quad.object.value, str(quad.graph_name)) for quad in (before - patch.removed) | patch.added}


@pytest.mark.parametrize(
    ("text", "present", "expected"),
    [
        # What was deleted everywhere can be put into one graph.
        (f"DELETE DATA {{ {X} {P} '1' }} ; INSERT DATA {{ GRAPH {A} {{ {X} {P} '1' }} }}", [("1", A), ("1", B)], {("1", A)}),
        # What a named graph has got is in the default graph.
        (f"INSERT DATA {{ GRAPH {A} {{ {X} {P} '1' }} }} ; INSERT {{ {X} {P} '2' }} WHERE {{ {X} {P} '1' }}", [], {("1", A), ("2", ADDED)}),
        (f"INSERT DATA {{ GRAPH {A} {{ {X} {P} '1' }} }} ; DELETE WHERE {{ {X} {P} ?v }}", [("0", B)], set()),
        # What the default graph has got is in the graph for that, and no longer there once it was deleted.
        (f"INSERT DATA {{ {X} {P} '1' }} ; INSERT {{ GRAPH {A} {{ ?s ?p '2' }} }} WHERE {{ GRAPH {ADDED} {{ ?s ?p ?o }} }}", [], {("1", ADDED), ("2", A)}),
        (f"DELETE WHERE {{ {X} {P} ?v }} ; INSERT {{ GRAPH {A} {{ {X} {P} '9' }} }} WHERE {{ GRAPH {B} {{ ?s ?p ?o }} }}", [("1", B)], set()),
        (f"DELETE WHERE {{ GRAPH {A} {{ ?s ?p ?o }} }} ; INSERT {{ GRAPH {B} {{ {X} {P} '3' }} }} WHERE {{ FILTER NOT EXISTS {{ {X} {P} ?v }} }}", [("1", A)], {("3", B)}),
        # A triple that another graph has still is still there.
        (f"DELETE DATA {{ GRAPH {A} {{ {X} {P} '1' }} }} ; INSERT {{ GRAPH {B} {{ {X} {P} '2' }} }} WHERE {{ {X} {P} '1' }}", [("1", A), ("1", B)], {("1", B), ("2", B)}),
        # Prefixes count from where they are declared; semicolons in braces, strings and comments end nothing.
        (f"PREFIX d: <{ID}> INSERT DATA {{ d:x d:p '1;' ; d:p '2' }} # ; {{\n; BASE <{ID}> DELETE {{ ?s ?p '2' }} WHERE {{ ?s <p> '2' ; ?p '2' }} ;", [], {("1;", ADDED)}),
        (f"INSERT DATA {{ GRAPH {A} {{ {X} {P} '1' }} . GRAPH {B} {{ {X} {P} '1' }} }} ; DELETE DATA {{ GRAPH {A} {{ {X} {P} '1' }} }} ; PREFIX e: <{ID}>", [], {("1", B)}),
        (f"COPY {A} TO {B} ; DROP GRAPH {A} ; DELETE DATA {{ {X} {P} '2' }}", [("1", A), ("2", B)], {("1", B)}),
    ],
)  # fmt: skip
def test_each_sees_what_came_before(project, text, present, expected):
    assert after(project, text, *present) == expected


@pytest.mark.parametrize(
    ("text", "settled"),
    [
        ("INSERT DATA {}", [True]),
        ("INSERT DATA { GRAPH <a:> { <b:> <c:> 1 } GRAPH <d:> { <b:> <c:> 1 ; <e:> 2 } . } ; DELETE DATA { GRAPH <a:> {} } ; CLEAR ALL", [False, True, True]),
        ("INSERT DATA { GRAPH <a:> {} <b:> <c:> 1 } ; DELETE DATA { GRAPH <a:> {} }", [True, True]),
        ("", [True]),
        ("PREFIX a: <b:> ; ", [True]),
    ],
)  # fmt: skip
def test_data_of_named_graphs_alone_are_taken_together(text, settled):
    assert [step.settles for step in steps(text)] == settled


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("INSERT DATA { <a:x> <a:p> ';' } ;\nDELETE WHERE { ?s }", 2, 19),
        ("INSERT DATA {} ;\nPREFIX a: <a:> DELETE WHERE { ?s a:p } ; PREFIX b: <b:>\nINSERT DATA { b:c", 2, 38),
        ("INSERT DATA {} ; INSERT DATA { c:d c:e 1 }", 1, 32),
        (
            "INSERT DATA {} ; DELETE DATA { ?x <a:b> 1 } ; CLEAR ALL",
            1,
            43,
        ),  # the engine sees it at the end of the block
    ],
)
def test_nothing_is_done_if_something_is_wrong_and_its_place_is_told(project, text, line, column):
    with pytest.raises(QuerySyntaxError) as caught:
        after(project, text)
    assert (caught.value.line, caught.value.column) == (line, column)


def test_what_is_made_is_not_written_in_any_step(project):
    made = f"<{BASE}graph/derived>"
    with pytest.raises(ChangeRefused, match="follows from"):
        after(project, f"INSERT DATA {{ GRAPH {made} {{ {X} {P} '1' }} }} ; INSERT DATA {{ {X} {P} '2' }}")
    # What is deleted of it is left to the derivation: see test_http.
    assert after(project, f"DELETE DATA {{ {X} {P} '1' }} ; INSERT DATA {{ {X} {P} '2' }}", ("1", made)) == {
        ("1", made),
        ("2", ADDED),
    }
