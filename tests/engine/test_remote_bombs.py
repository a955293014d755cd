"""Answers of an engine elsewhere that are made to hurt whoever reads them."""

import contextlib
from dataclasses import replace

import pytest

from miit_graph.engine import formats
from miit_graph.engine.errors import EndpointFailed, EndpointRefused
from miit_graph.engine.nesting import Brackets
from miit_graph.settings import Settings
from miit_graph.web import create_app
from tests.engine.endpoints import endpoint, table
from tests.engine.remote_answers import ALL, MARK, NO_MARK, ask, engine_at, raw


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
