"""SERVICE to endpoints that are allowed, and to nothing else: with real servers, which count who comes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miit_graph.engine import formats
from miit_graph.engine.api import Query
from miit_graph.engine.errors import QuerySyntaxError
from miit_graph.engine.federation.allowed import is_allowed, read_entry
from miit_graph.engine.gate import Allow, Refuse, examine
from miit_graph.engine.process.client import ProcessEngine
from tests.engine.federated import LABELS, column, limits, refused, run


def test_an_allowed_endpoint_is_joined(engine, there):
    rows = run(engine, LABELS % f"<{there.address}>", limits(there.address))
    assert column(rows, "l") == ["one", 'two "quoted" \\ line\nbreak', "一"]
    assert column(rows, "s") == ["http://d/a", "http://d/b", "http://d/a"]
    assert rows[2]["l"]["xml:lang"] == "zh"


def test_only_what_can_join_is_asked_for(engine, there):
    run(engine, LABELS % f"<{there.address}>", limits(there.address))
    assert "VALUES (?t)" in there.queries[-1] and "(<http://d/x1>)" in there.queries[-1]


THREE = "<http://d/x3> <http://d/label> ?l"
LABEL = "?t <http://d/label> ?l"
QUOTED = 'two "quoted" \\ line\nbreak'


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [
        ("PREFIX e: <AT> SELECT ?l { SERVICE e: { THREE } }", "l", ["three"]),
        ("BASE <AT> SELECT ?l { SERVICE <> { THREE } }", "l", ["three"]),
        ("SELECT ?l { service silent <AT> { THREE } }", "l", ["three"]),
        ("SELECT ?l { { SERVICE <AT> { THREE } } UNION { BIND(1 AS ?l) } }", "l", ["three", "1"]),
        (
            "SELECT ?l { ?s <http://d/same> ?t OPTIONAL { SERVICE <AT> { LABEL } } } ORDER BY ?l",
            "l",
            [None, "one", QUOTED, "一"],
        ),
        ("SELECT ?t { ?s <http://d/same> ?t FILTER NOT EXISTS { SERVICE <AT> { LABEL } } }", "t", ["http://d/x9"]),
        ("SELECT ?t { ?s <http://d/same> ?t MINUS { SERVICE <AT> { LABEL } } }", "t", ["http://d/x9"]),
        ("SELECT ?n { { SELECT (COUNT(*) AS ?n) { SERVICE <AT> { LABEL } } } }", "n", ["6"]),
        ("SELECT ?n { SERVICE <AT> { SELECT (COUNT(*) AS ?n) { LABEL } } }", "n", ["6"]),
        ("SELECT ?t { ?s <http://d/same> ?t . FILTER(?l = 'one'@en) . SERVICE <AT> { LABEL } }", "t", ["http://d/x1"]),
        ("SELECT ?s { ?s <http://d/year> ?y SERVICE <AT> { <http://d/x2> <http://d/year> ?y } }", "s", ["http://d/a"]),
        ("SELECT ?l { SERVICE <AT> { ex:x3 ex:label ?l } }", "l", ["three"]),
        (
            "SELECT ?s { SERVICE <AT> { <http://d/x3> ?p 'three'@en } ?s <http://d/same> <http://d/x1> }",
            "s",
            ["http://d/a"],
        ),
        ("SELECT ?g { GRAPH ?g { ?s <http://d/in> ?o SERVICE <AT> { THREE } } }", "g", ["http://d/g"]),
        ("SELECT ?s { ?s <http://d/none> ?t SERVICE <AT> { ?t ?p ?l } }", "s", []),
        ("SELECT ?s FROM <http://d/g> { ?s <http://d/in> ?t SERVICE <AT> { THREE } }", "s", ["http://d/a"]),
        ("SELECT ?s FROM <http://d/g> { ?s <http://d/in> ?t SERVICE <AT> { LABEL } }", "s", []),
    ],
)
def test_a_clause_may_stand_where_the_grammar_has_it(engine, there, query, name, expected):
    query = query.replace("THREE", THREE).replace("LABEL", LABEL).replace("AT", there.address)
    if "ex:" in query and isinstance(engine, ProcessEngine):
        query = "PREFIX ex: <http://d/> " + query
    rows = run(engine, query, limits(there.address))
    assert column(rows, name) == expected


def test_a_join_with_two_services_and_a_construct(engine, there, other):
    query = (
        f"CONSTRUCT {{ ?s <http://d/l> ?l , ?m }} WHERE {{ ?s <http://d/same> ?t"
        f" SERVICE <{there.address}> {{ ?t <http://d/label> ?l FILTER(LANG(?l) = 'en') }}"
        f" SERVICE <{other.address}> {{ ?t <http://d/label> ?m }} }}"
    )
    content = b"".join(engine.run(Query(query), formats.N_TRIPLES, limits(there.address, other.address)))
    assert sorted(content.decode().splitlines()) == [
        '<http://d/a> <http://d/l> "one"@en .',
        '<http://d/a> <http://d/l> "other" .',
    ]
    assert "VALUES" in other.queries[-1]


def test_blank_nodes_of_an_answer_stay_blank_and_the_same(engine, there):
    query = f"SELECT * {{ SERVICE <{there.address}> {{ ?x <http://d/part> ?b . ?b <http://d/label> ?l }} }} ORDER BY ?l"
    rows = run(engine, query, limits(there.address))
    assert [row["b"]["type"] for row in rows] == ["bnode", "bnode"]
    assert rows[0]["b"]["value"] != rows[1]["b"]["value"]
    query = query.replace(" } ORDER", " FILTER(isBlank(?b)) } ORDER")
    assert column(run(engine, query, limits(there.address)), "l") == ["blank", "shared"]


def test_many_rows_go_in_several_requests(engine, there):
    many = "VALUES ?i { " + " ".join(map(str, range(450))) + " } BIND(IRI(CONCAT('http://d/x', STR(?i))) AS ?t)"
    before = len(there.queries)
    query = f"SELECT ?l {{ {many} SERVICE <{there.address}> {{ ?t <http://d/label> ?l }} }}"
    assert len(run(engine, query, limits(there.address))) == 4
    assert len(there.queries) - before == 3


class TestVariables:
    """SPARQL 1.1 Federated Query, section 4: SERVICE with a variable."""

    @pytest.mark.parametrize(
        "pattern",
        [
            "VALUES ?s {{ <{0}> <{1}> }} SERVICE ?s {{ {p} }}",
            "SERVICE ?s {{ {p} }} VALUES ?s {{ <{0}> <{1}> }}",
            "VALUES (?n ?s) {{ (1 <{0}>) (2 <{1}>) }} SERVICE ?s {{ {p} }}",
            "VALUES ?s {{ <{0}> <{1}> }} {{ SERVICE ?s {{ {p} }} }}",
            "VALUES ?s {{ <{0}> <{1}> }} OPTIONAL {{ SERVICE ?s {{ {p} }} }}",
            "{{ BIND(<{0}> AS ?s) SERVICE ?s {{ {p} }} }} UNION {{ BIND(<{1}> AS ?s) SERVICE ?s {{ {p} }} }}",
        ],
    )
    def test_bound_in_the_text(self, engine, there, other, pattern):
        pattern = pattern.format(there.address, other.address, p="<http://d/x1> <http://d/label> ?l")
        rows = run(engine, f"SELECT ?s ?l {{ {pattern} }} ORDER BY ?l", limits(there.address, other.address))
        assert [(row["s"]["value"], row["l"]["value"]) for row in rows] == [
            (there.address, "one"),
            (other.address, "other"),
            (there.address, "一"),
        ]

    def test_values_restrict_what_the_data_say(self, engine, there, other):
        query = f"SELECT ?l {{ ?x ?y ?s VALUES ?s {{ <{there.address}> }} SERVICE ?s {{ ?t <http://d/label> ?l }} }}"
        assert run(engine, query, limits(there.address)) == []

    @pytest.mark.parametrize(
        "pattern",
        [
            "?x ?y ?s SERVICE ?s {{ ?a ?b ?c }}",
            "SERVICE ?s {{ ?a ?b ?c }}",
            "VALUES ?s {{ <{0}> UNDEF }} SERVICE ?s {{ ?a ?b ?c }}",
            "VALUES (?s ?z) {{ (UNDEF <{0}>) }} SERVICE ?s {{ ?a ?b ?c }}",
            "VALUES (?z ?s) {{ (<<(<a:b> <c:d> <{0}>)>> <{1}>) }} SERVICE ?s {{ ?a ?b ?c }}",
            "{{ VALUES ?s {{ <{0}> }} }} UNION {{ ?x ?y ?s }} SERVICE ?s {{ ?a ?b ?c }}",
            "BIND(IRI('{1}') AS ?s) SERVICE ?s {{ ?a ?b ?c }}",
            "BIND(IF(true, <{1}>, <{0}>) AS ?s) SERVICE ?s {{ ?a ?b ?c }}",
            "VALUES ?s {{ <{0}> }} {{ SELECT ?a {{ SERVICE ?s {{ ?a ?b ?c }} }} }}",
            "VALUES ?s {{ <{0}> }} MINUS {{ SERVICE ?s {{ ?a ?b ?c }} }}",
            "VALUES ?s {{ <{0}> }} FILTER EXISTS {{ SERVICE ?s {{ ?a ?b ?c }} }}",
            "{{ SERVICE ?s {{ ?a ?b ?c }} }} VALUES ?s {{ <{0}> }}",
            "VALUES ?s {{ <{0}> }} SERVICE <{0}> {{ SERVICE ?s {{ ?a ?b ?c }} }}",
        ],
    )
    def test_unknown_values_are_refused(self, engine, there, forbidden, pattern):
        before = there.connections
        query = f"SELECT * {{ {pattern.format(there.address, forbidden.address)} }}"
        error = refused(engine, query, limits(there.address))
        assert query[: error.column].count("SERVICE") >= 1 and error.line == 1
        assert there.connections == before

    def test_one_value_that_is_not_allowed_is_enough(self, engine, there, forbidden):
        before = there.connections
        query = f"SELECT * {{ VALUES ?s {{ <{there.address}> <{forbidden.address}> }}\nSERVICE ?s {{ ?a ?b ?c }} }}"
        error = refused(engine, query, limits(there.address))
        assert forbidden.address in error.detail and error.line == 2 and there.connections == before


class TestRefusals:
    def test_the_place_is_told(self, engine, there, forbidden):
        error = refused(engine, f"SELECT *\n{{ SERVICE <{forbidden.address}> {{}} }}", limits(there.address))
        assert (error.line, error.column) == (2, 11)
        assert forbidden.address in error.detail and there.address in error.detail
        assert error.excerpt.splitlines()[1] == " " * 10 + "^"

    def test_without_allowed_endpoints_there_is_no_service(self, engine, forbidden):
        assert "does not send" in refused(engine, LABELS % f"<{forbidden.address}>", limits()).detail

    @pytest.mark.parametrize(
        "spelling",
        [
            "http://127.0.0.1:{allowed}@127.0.0.1:{port}/sparql",
            "http://127.0.0.1:{port}/sparql#http://127.0.0.1:{allowed}/sparql",
            "http://127.0.0.1:{port}/sparql?http://127.0.0.1:{allowed}/sparql",
            "HTTP://127.0.0.1:{allowed}/sparql",
            "http://127.0.0.1:{allowed}/SPARQL",
            "http://127.0.0.1:{allowed}/sparql/../x",
            "http://127.1:{allowed}/sparql",
            "http://2130706433:{allowed}/sparql",
            "http://[::1]:{port}/sparql",
            "http://[::ffff:127.0.0.1]:{allowed}/sparql",
            "http://localhost:{allowed}/sparql",
            "https://127.0.0.1:{allowed}/sparql",
            "http://127.0.0.1:0{allowed}/sparql",
            "file:///etc/passwd",
            "ftp://127.0.0.1:{port}/",
            "urn:x",
        ],
    )
    @pytest.mark.parametrize("silent", ["", "SILENT "])
    def test_other_spellings_are_other_endpoints(self, engine, there, forbidden, spelling, silent):
        before = there.connections
        iri = spelling.format(allowed=there.port, port=forbidden.port)
        refused(engine, f"SELECT * {{ SERVICE {silent}<{iri}> {{ ?a ?b ?c }} }}", limits(there.address))
        assert there.connections == before

    @pytest.mark.parametrize(
        "start",
        ["SERVICE <{0}> {{ SERVICE <{1}> {{ ?a ?b ?c }} }}", "SERVICE <{0}> {{}} SERVICE <{1}> {{}}",
         "FILTER NOT EXISTS {{ SERVICE <{1}> {{}} }}", "<a:b> <c:d> <e:f> . SERVICE<{1}>{{}}",
         "SERVICE <http\\u003a//127.0.0.1:{2}/sparql> {{}}"],
    )  # fmt: skip
    def test_every_clause_counts(self, engine, there, forbidden, start):
        before = there.connections
        query = f"SELECT * {{ {start.format(there.address, forbidden.address, forbidden.port)} }}"
        refused(engine, query, limits(there.address))
        assert there.connections == before

    def test_prefixes_and_base_are_resolved_first(self, engine, there, forbidden):
        for prologue, name in ((f"PREFIX e: <{forbidden.address}>", "e:"), (f"BASE <{forbidden.address}>", "<sparql>")):
            refused(engine, f"{prologue} SELECT * {{ SERVICE {name} {{}} }}", limits(there.address))

    def test_a_long_query_is_read_the_same_way(self, engine, there, forbidden):
        long = "# " + "x" * 3000 + "\n"
        refused(engine, long + LABELS % f"<{forbidden.address}>", limits(there.address))
        assert len(run(engine, long + LABELS % f"<{there.address}>", limits(there.address))) == 3

    def test_a_mistake_is_told_before_anybody_is_asked(self, engine, there):
        before = there.connections
        for query in (
            f"SELECT * {{ SERVICE <{there.address}> {{ ?a ?b }} }}",
            f"SELECT * {{ SERVICE <{there.address}> {{ ?a ?b ?c }} FILTER(nonsense:f(1)) }}",
            f"SELECT ?a {{ SERVICE <{there.address}> {{ ?a ?b ?c }} }} GROUP BY",
        ):
            with pytest.raises(QuerySyntaxError) as caught:
                run(engine, query, limits(there.address))
            assert caught.value.line == 1 and caught.value.column > 40
        assert there.connections == before


class TestAllowList:
    def test_an_entry_with_a_slash_at_its_end_stands_for_what_begins_with_it(self):
        entries = ("https://a.example/sets/",)
        assert is_allowed("https://a.example/sets/1/sparql?x=y", entries) and is_allowed(entries[0], entries)
        for tail in ("", "/../x", "/%2e%2E/x", "/.", "/a#b", "/a b"):
            assert not is_allowed("https://a.example/sets" + tail, entries)

    @pytest.mark.parametrize(
        "text",
        [
            *("x", "ftp://a/", "file:///a", "http://", "http://u:p@a/", "http://a/#b", "http:///a", "http://a:0/"),
            *("http://a:99999/", "http://[::1/", "//a/b", "HTTP://a/", "http://a/../"),
        ],
    )
    def test_an_entry_is_the_address_of_an_endpoint(self, text):
        with pytest.raises(ValueError):
            read_entry(text)

    @settings(deadline=None)
    @given(st.text("http:/@a.b#?%2e\\[]1 \t", max_size=30))
    def test_no_text_is_allowed_that_is_not_listed(self, tail):
        entries = ("http://a.b/x", "http://a.b/y/")
        iri = "http://a.b/" + tail
        assert is_allowed("http://a.b" + tail, ("http://a.b",)) == (tail == "")
        assert not is_allowed(iri, entries) or iri == entries[0] or iri.startswith(entries[1])


def test_the_answer_is_not_to_be_kept():
    address = "http://a.example/sparql"
    decision = examine(LABELS % f"<{address}>", limits(address))
    assert isinstance(decision, Allow) and decision.federated and not decision.stable
    assert isinstance(examine(LABELS % f"<{address}>", limits()), Refuse)
