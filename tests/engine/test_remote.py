"""An engine behind an endpoint that does what it shouldn't: gone, slow, cut off, garbage; and one that is in order."""

import contextlib
import threading
import time
from dataclasses import replace

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
from miit_graph.engine.nesting import Brackets
from miit_graph.engine.remote.breaker import Breaker
from miit_graph.engine.remote.endpoint import Endpoint, EndpointError
from miit_graph.engine.remote.engine import RemoteEngine
from miit_graph.engine.remote.kinds import KINDS, kind_of
from miit_graph.engine.remote.state import QUERY as MARK
from miit_graph.engine.remote.state import Mark, State, read_mark
from miit_graph.settings import SettingError, Settings
from miit_graph.web import create_app
from tests.engine.endpoints import endpoint, table
from tests.engine.remote_servers import free_port

ALL = "SELECT * { ?s ?p ?o }"
NO_MARK = table(names=("name", "value"))
ROW = {"x": {"type": "literal", "value": "one"}}


def ask(engine, text="SELECT * { ?s ?p ?x }", format=formats.JSON, gone=None, **limits):
    return b"".join(engine.run(Query(text), format, Limits(**{"seconds": 10, **limits}), gone))


def engine_at(found, **more):
    return RemoteEngine(Endpoint(found.address, **{"kind": "other", **more}))


def raw(*parts, status="200 OK", type="application/sparql-results+json", length=None, chunked=False):
    """An answer written byte by byte, after which the connection is closed."""

    def answer(handler, query):
        if query == MARK:
            handler.reply(200, NO_MARK)
            return
        head = [f"HTTP/1.1 {status}", f"Content-Type: {type}", "Connection: close"]
        head += [f"Content-Length: {length}"] if length is not None else []
        head += ["Transfer-Encoding: chunked"] if chunked else []
        handler.wfile.write(("\r\n".join(head) + "\r\n\r\n").encode())
        for part in parts:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            handler.wfile.flush()
        handler.close_connection = True

    return answer


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


def test_a_word_of_the_search_in_a_string_or_another_name_is_no_call():
    with endpoint() as found:
        ask(engine_at(found), "SELECT * { ?s <urn:matches> 'matches' # m:matches\n }")
    assert "urn:matches" in found.queries[-1]


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


def test_an_answer_that_breaks_off_late_breaks_off_here():
    head = b'{"head":{"vars":["x"]},"results":{"bindings":[' + b'{"x":{"type":"literal","value":"one"}},' * 20_000
    with endpoint(answer=raw(head, length=10_000_000)) as found:
        answer = engine_at(found).run(Query(ALL), formats.JSON, Limits())
        assert next(answer)
        with pytest.raises(EndpointFailed):
            list(answer)


def test_limits_of_time_and_size_hold():
    def slowly(handler, query):
        if query == MARK:
            handler.reply(200, NO_MARK)
            return
        handler.connection.settimeout(10)
        handler.connection.recv(1)  # until the other side goes

    with endpoint(answer=slowly) as found, pytest.raises(TimeLimitExceeded):
        ask(engine_at(found), seconds=0.2)
    with endpoint(answer=raw(table(*[ROW] * 1000))) as found, pytest.raises(ResultTooLarge):
        ask(engine_at(found), result_bytes=2_000)


def test_who_goes_away_ends_the_conversation():
    ended = threading.Event()

    def slowly(handler, query):
        if query == MARK:
            handler.reply(200, NO_MARK)
            return
        handler.connection.settimeout(60)
        if handler.connection.recv(1) == b"":
            ended.set()

    with endpoint(answer=slowly) as found:
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


def state_of(now, *marks):
    """A state at a time that is set by hand; its mark is each of these in turn, or what is raised."""
    waiting = list(marks)

    def read():
        mark = waiting.pop(0)
        if isinstance(mark, Exception):
            raise mark
        return mark

    return State("http://example.org/", 30.0, read, clock=lambda: now[0])


def test_a_state_without_a_mark_lasts_no_longer_than_said():
    now = [100.0]
    state = state_of(now, None, None)
    first = state.now()[1]
    now[0] = 119.9
    assert state.now()[1] == first == state.known
    now[0] = 120.0
    assert not state.known and state.now()[1] != first


def test_a_mark_names_the_push_and_is_read_again():
    now = [0.0]
    state = state_of(now, Mark("v1", "a", ""), Mark("v1", "b", ""))
    assert state.now()[1] == "v1-a"
    now[0] = 30.0
    assert state.now()[1] == "v1-b"


def test_while_the_mark_cannot_be_read_nobody_says_what_the_state_is():
    now, away = [0.0], EndpointFailed("away")
    state = state_of(now, Mark("v1", "a", ""), away, Mark("v1", "a", ""))
    state.now()
    now[0] = 30.0
    for _ in range(2):  # the second time nobody is asked
        with pytest.raises(EndpointFailed):
            state.now()
    assert state.mark == Mark("v1", "a", "") and not state.known
    now[0] = 31.0
    assert state.now()[1] == "v1-a"


def test_a_mark_is_read_before_it_is_too_old():
    now, read = [0.0], threading.Event()

    def ahead():
        read.set()
        return Mark("v1", "b", "")

    state = State("http://example.org/", 30.0, lambda: Mark("v1", "a", ""), ahead, lambda: now[0])
    state.now()
    now[0] = 20.0
    assert state.now()[1] == "v1-a" and read.wait(60)
    until = time.monotonic() + 60
    while state.now()[1] == "v1-a" and time.monotonic() < until:
        time.sleep(0.01)
    now[0] = 49.0
    assert state.known == "v1-b"


def test_nothing_is_asked_before_it_is_known_whether_there_is_a_mark():
    def only_queries(handler, query):
        handler.reply(*((500, b"") if query == MARK else (200, table(ROW))))

    with endpoint(answer=only_queries) as found, pytest.raises(EndpointFailed):
        ask(engine_at(found))


def test_a_mark_that_is_half_written_is_none():
    row = {"name": {"value": "urn:x-miit-graph:version"}, "value": {"value": "v1"}}
    assert read_mark(table(row, names=("name", "value")).decode()) is None


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


def nested(levels, closed=True):
    """A table whose only value is a triple term in a triple term and so on."""
    iri = '{"type":"uri","value":"urn:a"}'
    opened = f'{{"type":"triple","value":{{"subject":{iri},"predicate":{iri},"object":' * levels
    end = iri + "}}" * levels + "}]}}" if closed else ""
    return f'{{"head":{{"vars":["x"]}},"results":{{"bindings":[{{"x":{opened}{end}'.encode()


LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
PASSWORDS = '<!ENTITY a SYSTEM "file:///etc/passwd">'
TABLE = (
    "<?xml version='1.0'?>%s<sparql xmlns='http://www.w3.org/2005/sparql-results#'><head><variable name='x'/></head>"
    "<results><result><binding name='x'><literal>%s</literal></binding></result></results></sparql>"
)
TERMS = b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 100_000
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"


@pytest.mark.parametrize(
    ("content", "kind", "text", "format"),
    [
        (nested(50_000), formats.JSON, ALL, formats.CSV),
        (nested(50_000, closed=False), formats.JSON, ALL, formats.TSV),
        (b'{"head":{"vars":["x"]},"results":{"bindings":' + b"[" * 1_000_000 + b"}", formats.JSON, ALL, formats.CSV),
        (b'{"head":{"vars":"x"},"results":{"bindings":[]}}', formats.JSON, ALL, formats.CSV),
        (b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":5}]}}', formats.JSON, ALL, formats.CSV),
        (b'{"head":{"vars":["x"]},"results":[1e999999]}', formats.JSON, ALL, formats.CSV),
        ((TABLE % (f"<!DOCTYPE r [{LAUGHS}]>", "&a9;")).encode(), formats.XML, ALL, formats.CSV),
        ((TABLE % (f"<!DOCTYPE r [{PASSWORDS}]>", "&a;")).encode(), formats.XML, ALL, formats.TSV),
        (TERMS + b"<urn:c>" + b" )>>" * 100_000 + b" .\n", formats.N_TRIPLES, GRAPH, formats.TURTLE),
        (TERMS + b".", formats.N_TRIPLES, GRAPH, formats.RDF_XML),
    ],
    ids=["deep", "open", "brackets", "no-list", "no-term", "number", "laughs", "external", "terms", "open-terms"],
)  # fmt: skip
def test_bombs_are_refused_before_they_are_read(content, kind, text, format):
    """Deep ones would end this process (a stack is not endless), or keep it busy for minutes."""
    answer = raw(content, type=kind.media_type)

    def told(handler, query):
        if query.endswith(MARK) and kind is formats.XML:
            answer_to_mark = TABLE.replace("'x'", "'name'").partition("<result>")[0] % "" + "</results></sparql>"
            raw(answer_to_mark.encode(), type=kind.media_type)(handler, "")
        elif query.endswith(MARK):
            handler.reply(200, NO_MARK)
        else:
            answer(handler, query)

    other = "virtuoso" if kind is formats.XML else "other"
    with endpoint(answer=told) as found, pytest.raises((EndpointFailed, EndpointRefused)) as caught:
        ask(engine_at(found, kind=other), text, format)
    assert "root:" not in str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        nested(50_000),
        b"[" * 1_000_000,
        b"{}",
        b"[]",
        b"7",
        b'{"head":{},"results":{"bindings":{"a":"b"}}}',
        b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"value":"many"},"a":{"value":[]}}]}}',
        b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"value":"-1"}},{"n":null},{}]}}',
        b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"value":"1e9"}}]}}',
    ],
    ids=lambda content: content[:40].decode(),
)
def test_what_is_told_of_the_data_may_be_anything(content):
    """What can't be used is left out, or it is said whose fault it is; nothing fails in another way."""
    answer = raw(content)
    with endpoint(answer=lambda handler, query: answer(handler, "" if query == MARK else query)) as found:
        engine = engine_at(found)
        with pytest.raises(EndpointFailed):
            engine.read_mark()
    with endpoint(answer=answer) as found, contextlib.suppress(EndpointFailed):
        engine = engine_at(found)
        client = create_app(replace(Settings(), endpoint=found.address), engine, engine.about()).test_client()
        for path in ("/doc/x", "/search?q=x", "/health/live", "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D"):
            reply = client.get(path, headers={"Accept": "text/html"})
            assert "Traceback" not in reply.text


def test_texts_with_brackets_are_no_nesting():
    """Also where they are cut in two on the way, behind a backslash or in a quote."""
    text = '[{"' * 200 + "\\" * 3 + "{" * 400
    rows = table(*({"x": {"type": "literal", "value": text}} for _ in range(200)))
    with endpoint(answer=raw(rows)) as found:
        assert ask(engine_at(found), format=formats.CSV).count(b"\r\n") == 201
    for step in (1, 3, 4):
        looker = Brackets()
        for start in range(0, 6_000, step):
            looker.look(rows[start : start + step])
