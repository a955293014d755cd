"""The gate: what it lets through, what it refuses, and that it sees what Oxigraph sees."""

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from miit_graph.engine.api import Form, Limits
from miit_graph.engine.errors import (
    QuerySyntaxError,
    QueryTooComplex,
    QueryTooLong,
    QueryTooNested,
    ServiceRefused,
    UpdateRefused,
)
from miit_graph.engine.gate import MAX_TOKENS, Allow, Refuse, examine
from miit_graph.engine.lexer import LexicalError, tokenize

LIMITS = Limits()
# A port that pyoxigraph refuses to connect to: a SERVICE clause that is run raises, and nothing is sent.
TARGET = "<http://127.0.0.1:1/>"


def refusal(text, limits=LIMITS):
    decision = examine(text, limits)
    assert isinstance(decision, Refuse), text
    return decision.error


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", Form.SELECT),
        ("ask{}", Form.ASK),
        ("#c\nPREFIX a:<b:c> BASE <x:y> prefix : <d:e>\nConstruct {} {}", Form.CONSTRUCT),
        ("DESCRIBE <a:b>", Form.DESCRIBE),
        ('VERSION "1.2" SELECT * {}', Form.SELECT),
        ("PREFIX select: <ask:describe> ASK {}", Form.ASK),
    ],
)
def test_the_form_is_the_first_word_after_the_prologue(text, form):
    decision = examine(text, LIMITS)
    assert isinstance(decision, Allow)
    assert decision.form is form


@pytest.mark.parametrize("word", ["INSERT DATA {}", "delete where {}", "LOAD <a:b>", "PREFIX a:<b:c> CLEAR ALL"])
def test_updates_are_refused_with_their_place(word):
    error = refusal(word)
    assert isinstance(error, UpdateRefused)
    assert (error.status, error.line) == (403, 1)


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE {TARGET} {{}} }}",
        f"select*{{service{TARGET}{{}}}}",
        f"SELECT * {{ SERVICE SILENT {TARGET} {{}} }}",
        f"SELECT * {{ SERVICE#c\n{TARGET} {{}} }}",
        "SELECT * { ?s ?p ?o . SERVICE ?o {} }",
        f"SELECT * {{ ?s ?p 1SERVICE{TARGET}{{}} }}",
        f"SELECT * {{ ?s ?p 1.SERVICE{TARGET}{{}} }}",
        f"SELECT * {{ ?s ?p 1e3SERVICE{TARGET}{{}} }}",
        f'SELECT * {{ ?s ?p "x"SERVICE{TARGET}{{}} }}',
        f"SELECT * {{ FILTER(1<2)SERVICE#>\n{TARGET}{{}} }}",
        f"SELECT * {{ ?s ?p ?o FILTER(?o<'>') SERVICE{TARGET}{{}} #'\n}}",
        f"SELECT * {{ FILTER(?a<?b)SERVICE{TARGET}{{}} }}",
        "PREFIX : <http://127.0.0.1:1/> SELECT * { SERVICE:x {} }",
        "PREFIX a: <http://127.0.0.1:1/> SELECT * { SERVICEa:x {} }",
        "PREFIX a: <http://127.0.0.1:1/> SELECT * { SERVICESILENTa:x{} }",
        "PREFIX SERVICE: <http://127.0.0.1:1/> SELECT * { SERVICE:x {} }",
        f"PREFIX a: <http://h:> SELECT * {{ ?s ?p a:SERVICE{TARGET}{{}} }}",
        f"PREFIX a: <http://h:> SELECT * {{ ?s ?p a:SERVICE SILENT {TARGET} {{}} }}",
    ],
)
def test_service_is_refused_in_every_spelling(text):
    assert isinstance(refusal(text), ServiceRefused)


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ ?s ?p trueSERVICE{TARGET}{{}} }}",
        f'SELECT * {{ VALUES ?x {{ """a" }} SERVICE{TARGET}{{}} #\\q"""\n }}',
        f"SELECT * {{ \\u0053ERVICE {TARGET} {{}} }}",
        f'SELECT * {{ ?s ?p "\\uD800" . SERVICE {TARGET} {{}} }}',
    ],
)
def test_texts_that_engines_read_in_two_ways_are_syntax_errors(text):
    assert isinstance(refusal(text), QuerySyntaxError)


@pytest.mark.parametrize(
    "text",
    [
        'SELECT ?service { ?service ?p "SERVICE <a:b> {}" }',
        "SELECT * { ?s ?p '''SERVICE <a:b> {}''' }",
        "SELECT * { ?s <http://x/SERVICE> ?o } # SERVICE <a:b> {}",
        "PREFIX service: <http://x/> SELECT * { ?s service:service ?o }",
        "PREFIX m: <http://x/> SELECT * { ?s a m:Service . { ?s ?p ?o } UNION { ?o ?p ?s } }",
        "PREFIX m: <http://x/> SELECT * { GRAPH m:service { ?s ?p ?o } }",
        "PREFIX m: <http://x/> SELECT * FROM m:service { ?s m:service-level ?o }",
        "SELECT * { _:service ?p 'x'@service }",
        "SELECT * { VALUES (?x ?y) { (<http://a/#it's> <http://b/service>) (UNDEF <http://c/#>) } }",
        "SELECT * { ?s <http://p> ( <http://a/'#> <http://b/'#> ) FILTER(?s<<http://c>) }",
        "SELECT (1<2 AS ?x) { ?s a ( <a:'b> <c:'d> ) } HAVING (?x<3) ORDER BY <f:g>(?x<'>')",
        "SELECT * { ?s ?p <<( ?a <b:'c> <d:'e> )>> FILTER(<<( ?a <b:c> <d:e> )>> = ?o) }",
    ],
)
def test_the_word_service_is_no_clause(text):
    assert isinstance(examine(text, LIMITS), Allow)


def test_a_refusal_points_at_the_line_and_column():
    error = refusal("SELECT *\n{ ?s ?p ?o .\n  SERVICE <a:b> {} }")
    assert (error.line, error.column) == (3, 3)
    assert error.excerpt == "  SERVICE <a:b> {} }\n  ^"


def test_limits_of_length_and_nesting():
    assert isinstance(refusal("ASK {}" + " " * 50, Limits(query_bytes=50)), QueryTooLong)
    assert isinstance(refusal("ASK " + "{" * 9 + "}" * 9, Limits(nesting=8)), QueryTooNested)
    assert isinstance(examine("ASK " + "{" * 8 + "}" * 8, Limits(nesting=8)), Allow)
    deep = "ASK { FILTER(1<" + "(" * 9 + "#>\n1" + ")" * 10 + "}"
    assert isinstance(refusal(deep, Limits(nesting=8)), QueryTooNested)


def test_tokens_are_limited_but_not_those_of_values_blocks():
    rows = "(1 2) " * (MAX_TOKENS // 2)
    assert isinstance(examine(f"SELECT * {{ VALUES (?x ?y) {{ {rows} }} }}", LIMITS), Allow)
    assert isinstance(refusal("ASK { ?s ?p " + "1," * MAX_TOKENS + "1 }"), QueryTooComplex)


@pytest.mark.parametrize(
    ("start", "opening", "middle", "closing", "end"),
    [
        ("ASK { FILTER(", "REPLACE(", "1", ',"a","b")', ") }"),
        ("ASK ", "{ SELECT (COUNT(*) AS ?c) ", "{}", "}", ""),
        ("ASK { ?s ", "(", "<p:p>", ")+", " ?o }"),
    ],
)
def test_constructs_that_double_the_time_are_limited_in_depth(start, opening, middle, closing, end):
    def nested(depth):
        return start + opening * depth + middle + closing * depth + end

    assert isinstance(examine(nested(10), LIMITS), Allow)
    assert isinstance(refusal(nested(20)), QueryTooComplex)


@pytest.mark.parametrize("word", ["now()", "RAND()", "uuid()", "BNODE()"])
def test_queries_of_chance_and_time_are_not_stable(word):
    assert examine(f"SELECT ({word} AS ?x) {{}}", LIMITS).stable is False
    assert examine("SELECT * {}", LIMITS).stable is True


PIECES = (
    "SERVICE service SeRvIcE SERVICE:x :x x: a:SERVICE b:SERVICE SILENT ?a ?service $s <p:p> <p:o> <?b)SERVICE#>"
    " <'> a FILTER( FILTER BIND( AS ) ( { } [ ] , ; . < > <= = && || ! + * / | ^ 1 1.5 1e3 -1 true false 'x' '"
    ' " """ "x" "x"@en @en--ltr ^^ <http://127.0.0.1:1/> <http://127.0.0.1:1/>{} VALUES UNION OPTIONAL EXISTS'
    " IN( BOUND( REGEX( CONCAT( << >> <<( )>> {| |} ~ \\u0053ERVICE \\q _:b _:SERVICE SELECT ORDER BY UNDEF"
)
FRAGMENTS = st.sampled_from([*PIECES.split(" "), "#", "#>", "\n", "#\n", " "])


@settings(deadline=None)
@given(st.lists(FRAGMENTS, max_size=14), st.sampled_from(("", " ")))
@example(["FILTER(", "1", "<", "<?b)SERVICE#>", "\n", "<http://127.0.0.1:1/>{}"], "")
@example(["<p:p>", "<p:p>", "a:SERVICE", "<http://127.0.0.1:1/>{}"], " ")
def test_no_service_that_oxigraph_runs_passes_the_gate(fragments, space):
    body = space.join(fragments)
    text = f"PREFIX : <http://127.0.0.1:1/> PREFIX x: <p:> PREFIX a: <http://h:> PREFIX b: <p:> ASK {{ {body} \n}}"
    if isinstance(examine(text, LIMITS), Refuse):
        return
    try:
        ox.Store().query(text)
    except SyntaxError:
        pass
    except OSError as error:
        pytest.fail(f"Oxigraph ran a SERVICE clause that the gate has let through: {text!r}: {error}")


TERMS = st.one_of(
    st.from_regex(r"<[a-z]+:[^<>\"{}|^`\\\x00-\x20]*>", fullmatch=True),
    st.from_regex(r"[?$][A-Za-z_][A-Za-z0-9_]*", fullmatch=True),
    st.from_regex(r'"(?:[^"\\\n\r]|\\[tbnrf"\'])*"(?!")', fullmatch=True),
    st.from_regex(r"'(?:[^'\\\n\r]|\\[tbnrf\"'])+'(?!')", fullmatch=True),
    st.from_regex(r"[0-9]+|[0-9]*\.[0-9]+|[0-9]+e[0-9]+", fullmatch=True),
    st.from_regex(r"[a-z]+:[A-Za-z0-9]+", fullmatch=True),
    st.sampled_from(("SERVICE", "select", "{", "}", "(", ")", ".", ";", ",", "&&", "||", ">=")),
)


@settings(deadline=None, max_examples=50)
@given(st.lists(TERMS, max_size=20))
def test_tokens_separated_by_space_come_back_as_they_were(terms):
    text = " \n".join(terms)
    # Inside the brackets of an expression "<" after an operand compares; this is about everything else.
    if "(" in terms:
        return
    assert [token.text for token in tokenize(text)] == terms


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_a_decision_and_tokens_that_are_parts_of_it(text):
    examine(text, LIMITS)
    try:
        tokens = tokenize(text)
    except LexicalError as error:
        assert 0 <= error.position < len(text)
    else:
        assert all(text.startswith(token.text, token.start) for token in tokens)


WORDS = [
    "SELECT",
    "ASK",
    "*",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<<",
    "<http://x/>",
    "?s",
    "a",
    "m:p",
    "service",
    "SERVICE",
]
WORDS += [
    "FROM",
    "PREFIX",
    "m:",
    ":",
    ";",
    ".",
    "'",
    '"',
    "#",
    "\n",
    " ",
    "REPLACE",
    "NOW()",
    "LOAD",
    "INSERT",
    "\u0130",
]


@settings(max_examples=1000)
@given(
    st.sampled_from(["ASK ", "SELECT * ", "PREFIX m: <http://m/> SELECT * ", "PREFIX SERVICE: <http://x/> ASK ", ""]),
    st.lists(st.sampled_from(WORDS), max_size=25),
    st.sampled_from(["", " "]),
)
@example("SELECT ", ["*", "{", "}", "SELECT", "(", ")"], " ")
def test_a_text_that_is_not_cut_into_tokens_is_judged_like_one_that_is(start, words, space):
    text = start + space.join(words)
    # A backslash, here in a comment, is what every text with one is read closely for.
    closely = examine(text + "\n#\\", LIMITS)
    quickly = examine(text, LIMITS)
    if isinstance(quickly, Allow):
        assert closely == quickly or (isinstance(closely, Refuse) and isinstance(closely.error, QuerySyntaxError))
    else:
        assert isinstance(closely, Refuse) and type(closely.error) is type(quickly.error)
