"""An engine behind an endpoint that does what it shouldn't: gone, slow, cut off, garbage; and one that is in order."""

import threading

import pytest

from miit_graph.dataset import remote_engine
from miit_graph.engine import formats
from miit_graph.engine.api import Limits, Query
from miit_graph.engine.errors import (
    BadGraphName,
    ClientGone,
    EndpointFailed,
    EndpointRefused,
    EndpointUnavailable,
    QueryError,
    QuerySyntaxError,
    ResultTooLarge,
    ServiceRefused,
    TimeLimitExceeded,
    UnknownFunction,
    UpdateRefused,
)
from miit_graph.engine.remote.breaker import Breaker
from miit_graph.engine.remote.endpoint import Endpoint, EndpointError
from miit_graph.engine.remote.engine import RemoteEngine
from miit_graph.engine.remote.kinds import KINDS, kind_of
from miit_graph.settings import SettingError, Settings
from tests.engine.endpoints import endpoint, table
from tests.engine.remote_answers import ALL, MARK, NO_MARK, ROW, ask, endless, engine_at, raw
from tests.engine.remote_servers import free_port


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        (formats.CSV, b"s,p,o\r\nurn:s,urn:p,o\r\n"),
        (formats.TSV, b'?s\t?p\t?o\n<urn:s>\t<urn:p>\t"o"@en\n'),
    ],
)
def test_a_table_is_written_here_in_what_the_other_side_is_not_trusted_with(format, expected):
    row = {
        "s": {"type": "uri", "value": "urn:s"},
        "p": {"type": "uri", "value": "urn:p"},
        "o": {"type": "literal", "value": "o", "xml:lang": "en"},
    }
    with endpoint(answer=raw(table(row, names=("s", "p", "o")))) as found:
        assert ask(engine_at(found), ALL, format) == expected


def test_the_query_is_sent_with_the_prefixes_that_it_lacks():
    with endpoint() as found:
        ask(engine_at(found), "SELECT * { ?s skos:prefLabel ?x }")
    assert found.queries[-1].startswith("PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("INSERT DATA { <urn:a> <urn:b> 1 }", UpdateRefused),
        ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", ServiceRefused),
        ("SELECT * { " + "{" * 100 + "}" * 101, QueryError),
        ("SELECT (<https://w3id.org/miit-graph/ont#matches>('a', 'b') AS ?x) {}", UnknownFunction),
        ("PREFIX x: <https://w3id.org/miit-graph/ont#> SELECT * { FILTER(x:matches('a', 'b')) }", UnknownFunction),
    ],
)
def test_what_may_not_run_is_never_sent(text, error):
    with endpoint() as found, pytest.raises(error):
        ask(engine_at(found), text)
    assert not [query for query in found.queries if query != MARK]


def test_a_function_of_the_embedded_engine_is_told_as_missing_elsewhere():
    with endpoint() as found, pytest.raises(UnknownFunction, match=r"m:matches .* another SPARQL engine"):
        ask(engine_at(found), "SELECT (m:matches('a', 'b') AS ?x) {}")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s <urn:matches> 'matches' # m:matches\n }",
        "SELECT * { VALUES ?f { m:matches <https://w3id.org/miit-graph/ont#matchScore> } ?service ?p ?f }",
    ],
)
def test_a_word_of_the_search_in_a_string_or_as_a_name_is_no_call(query):
    with endpoint() as found:
        ask(engine_at(found), query)
    assert query in found.queries[-1]


def test_a_syntax_error_points_at_its_place_in_the_text_that_was_asked():
    with endpoint() as found, pytest.raises(QuerySyntaxError) as caught:
        ask(engine_at(found), "SELECT * {\n ?s skos:x ?o")
    assert caught.value.line == 2


def test_a_graph_name_that_is_none_is_told():
    with endpoint() as found, pytest.raises(BadGraphName):
        engine_at(found).run(Query(ALL, ("not an iri",)), formats.JSON, Limits())


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (raw(b'{"head":{}', length=500), EndpointFailed),
        (raw(b'{"head":{"vars":["x"]},', chunked=True), EndpointFailed),
        (raw(b'{"head":{"vars":["x"]},"results":{"bindings":['), EndpointFailed),
        (raw(b"<html>It works!</html>", type="text/html"), EndpointFailed),
        (raw(b"\x00\x01 garbage"), EndpointFailed),
        (raw(b"", status="500 Broken"), EndpointFailed),
        (raw(b"", status="401 Who"), EndpointFailed),
        (raw(b"", status="302 There\r\nLocation: http://example.org/"), EndpointFailed),
        (raw(b"", status="503 Busy"), EndpointUnavailable),
        (raw(b"", status="504 Late"), TimeLimitExceeded),
        (raw(b"Query timed out", status="500 Broken"), TimeLimitExceeded),
        (raw(b"no such thing", status="400 No"), EndpointRefused),
        (raw(table(ROW), status="200 OK\r\nX-SQL-State: S1TAT"), TimeLimitExceeded),
        (raw(table(ROW), status="200 OK\r\nX-SPARQL-MaxRows: 1"), TimeLimitExceeded),
    ],
)
def test_what_is_no_whole_answer_is_an_error(answer, error):
    with endpoint(answer=answer) as found, pytest.raises(error):
        ask(engine_at(found))


@pytest.mark.parametrize(
    ("content", "format"),
    [
        (b"x\r\none\r\nThe SPARQL operation has been cancelled", formats.CSV),
        (b"?x\n<urn:a>\nThe SPARQL operation has been cancelled", formats.TSV),
        (b"x\r\none\r\ntw", formats.CSV),
        (b"x\r\n\xff\xfe\r\n", formats.CSV),
        (b"?x\n\x00\n", formats.TSV),
        (b'<sparql>"}', formats.JSON),
    ],
)
def test_a_body_that_ends_well_for_http_but_not_for_its_format_is_an_error(content, format):
    answer = raw(content, type=format.media_type, length=len(content))
    with endpoint(answer=answer) as found, pytest.raises((TimeLimitExceeded, EndpointFailed)):
        ask(engine_at(found, kind="oxigraph"), format=format)


def test_a_body_without_an_end_is_refused_where_the_format_cannot_tell():
    with endpoint(answer=raw(b"x\r\none\r\n", type="text/csv")) as found, pytest.raises(EndpointFailed):
        ask(engine_at(found, kind="oxigraph"), format=formats.CSV)


def test_what_is_not_http_is_told_at_once_though_its_line_never_ends():
    left = threading.Event()
    with endpoint(answer=endless(b"\x8a\x00 no line ever ends here", left)) as found:
        with pytest.raises(EndpointUnavailable, match="not HTTP"):
            ask(engine_at(found), seconds=50)
        assert left.wait(50)


def test_an_answer_that_breaks_off_late_breaks_off_here():
    head = b'{"head":{"vars":["x"]},"results":{"bindings":[' + b'{"x":{"type":"literal","value":"one"}},' * 20_000
    with endpoint(answer=raw(head, length=10_000_000)) as found:
        answer = engine_at(found).run(Query(ALL), formats.JSON, Limits())
        assert next(answer)
        with pytest.raises(EndpointFailed):
            list(answer)


def test_limits_of_time_and_size_hold():
    with endpoint(answer=endless()) as found, pytest.raises(TimeLimitExceeded):
        ask(engine_at(found), seconds=0.2)
    with endpoint(answer=raw(table(*[ROW] * 1000))) as found, pytest.raises(ResultTooLarge):
        ask(engine_at(found), result_bytes=2_000)


def test_who_goes_away_ends_the_conversation():
    ended = threading.Event()
    with endpoint(answer=endless(left=ended)) as found:
        with pytest.raises(ClientGone):
            ask(engine_at(found), gone=lambda: len(found.queries) > 1)
        assert ended.wait(60)


def test_an_endpoint_that_is_gone_is_not_asked_for_a_while():
    engine = RemoteEngine(Endpoint(f"http://127.0.0.1:{free_port()}/sparql"))
    for _ in range(4):
        with pytest.raises(EndpointUnavailable) as caught:
            engine.read_mark()
    assert "several times in a row" in str(caught.value)
    assert caught.value.retry_after


def test_the_breaker_lets_one_try_when_its_time_is_up():
    now = [0.0]
    breaker = Breaker(5.0, lambda: now[0])
    for _ in range(3):
        assert breaker.may_ask()
        breaker.failed()
    assert not breaker.may_ask()
    now[0] = 5.0
    assert [breaker.may_ask(), breaker.may_ask()] == [True, False]
    breaker.worked()
    assert breaker.may_ask() and breaker.may_ask()


def test_a_broken_connection_is_tried_again_before_the_first_byte():
    def second_time(handler, query):
        if len(found.queries) == 2:
            handler.close_connection = True
        else:
            handler.reply(200, NO_MARK if query == MARK else table(ROW))

    with endpoint(answer=second_time) as found:
        assert b"one" in ask(engine_at(found))
    assert found.queries == [MARK, "SELECT * { ?s ?p ?x }", "SELECT * { ?s ?p ?x }"]


def test_credentials_are_sent_and_never_shown():
    seen = []

    def look(handler, query):
        seen.append((handler.headers["Authorization"], handler.headers["X-Key"]))
        handler.reply(401, b"secret-word")

    environment = {"MIIT_GRAPH_ENDPOINT_USER": "me", "MIIT_GRAPH_ENDPOINT_PASSWORD": "secret-word"}
    environment["MIIT_GRAPH_ENDPOINT_HEADER"] = "X-Key: secret-key"
    with endpoint(answer=look) as found:
        settings = Settings.from_environment({**environment, "MIIT_GRAPH_ENDPOINT": found.address})
        engine = remote_engine(settings, 1)
        with pytest.raises(EndpointFailed) as caught:
            ask(engine)
    assert seen[-1] == ("Basic bWU6c2VjcmV0LXdvcmQ=", "secret-key")
    assert "secret" not in f"{caught.value} {settings!r} {engine.endpoint!r}"
    with pytest.raises(SettingError) as wrong:
        Settings.from_environment({"MIIT_GRAPH_ENDPOINT_HEADER": "secret-key"})
    assert "secret-key" not in str(wrong.value)


@pytest.mark.parametrize("address", ["ftp://a/", "http://", "http://u:p@a/", "http://a/#x", "http://a b/"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(EndpointError):
        Endpoint(address)


def test_nothing_is_asked_before_it_is_known_whether_there_is_a_mark():
    def only_queries(handler, query):
        handler.reply(*((500, b"") if query == MARK else (200, table(ROW))))

    with endpoint(answer=only_queries) as found, pytest.raises(EndpointFailed):
        ask(engine_at(found))


def test_kinds_are_known_by_their_server_header():
    assert kind_of("Virtuoso/07.20.3229 (Linux)").name == "virtuoso"
    assert kind_of("Oxigraph/0.5.13").name == "oxigraph"
    assert kind_of("nginx").name == "other"
    limits = {kind.name: kind.time_limit(20) for kind in KINDS}
    assert limits["virtuoso"] == {"timeout": "20000"}
    assert limits["qlever"] == {"timeout": "20s"}
    assert limits["oxigraph"] == {}


def test_names_of_blank_nodes_that_are_none_are_made_some():
    """Virtuoso calls them nodeID://b1 in XML; in a text the same characters stay."""
    cell = "<result><binding name='x'><bnode>nodeID://b%d</bnode></binding></result>"
    told = "<result><binding name='x'><literal>nodeID://b1</literal></binding></result>"
    table = "".join(cell % number for number in range(2_000)) + told

    def answer(handler, query):
        name, content = ("name", "") if query.endswith(MARK) else ("x", table)
        raw(
            "<?xml version='1.0'?><sparql xmlns='http://www.w3.org/2005/sparql-results#'>"
            f"<head><variable name='{name}'/></head><results>{content}</results></sparql>".encode(),
            type="application/sparql-results+xml",
        )(handler, "")

    with endpoint(answer=answer) as found:
        rows = ask(engine_at(found, kind="virtuoso"), format=formats.CSV).decode().split()
    assert rows[0] == "x" and len(set(rows[1:2001])) == 2_000 and rows[2001] == "nodeID://b1"
