"""Parameters of a form are read as urllib reads them."""

from urllib.parse import parse_qsl, quote

from hypothesis import example, given
from hypothesis import strategies as st

from miit_graph.web.problems import Problem
from miit_graph.web.protocol import read_query_string

PIECES = st.one_of(
    st.sampled_from(
        ["&", "=", "+", "_", "query=", "format=", "=3D", "==", "%3D", "%0A", "=\n", "%25", "%e5%b7%a5", "%E5"]
    ),
    st.text(max_size=3),
    st.text(max_size=3).map(quote),
)


@given(st.lists(PIECES, max_size=12).map("".join))
@example("query==%0A&format=a=b")
@example("query=%F0")
def test_as_urllib_does(text):
    try:
        pairs = parse_qsl(text.encode("latin-1", "replace").decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        pairs = None
    queries = [value for name, value in pairs or [] if name == "query"]
    formats = [value for name, value in pairs or [] if name == "format"]
    try:
        operation = read_query_string(text)
    except Problem as problem:
        bad = "%" in text and ("hexadecimal" in problem.detail)
        assert bad or pairs is None or len(queries) > 1
        return
    except Exception as error:
        assert type(error).__name__ == "UpdateRefused" and "update" in dict(pairs)
        return
    assert ([operation.query.text] if operation.query else []) == queries
    assert operation.format == ((formats or [None])[0] or None)
