"""Nobody without a token changes anything: every way that came to mind, over the wire, none with a valid token."""

# ruff: noqa: E501 (a table of requests reads best with one on a line)

import base64
import gzip
import json
import socket
import zlib
from urllib.parse import quote, urlencode

import pytest

from tests.writing.conftest import ANN, ANN_LINE, UPDATE
from tests.writing.small import BASE, DATA, ID, setting

FORM = "application/x-www-form-urlencoded"
TEXT = setting(0, 666)
TURTLE = f"<{ID}evil> <{ID}p> 1 ."
IN_FORM = urlencode({"update": TEXT})
Q = quote(TEXT)
GRAPH = "/graph-store?graph=" + quote(DATA + "evil", safe="")
OVERRIDES = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-Method"]
HASH = ANN_LINE.rpartition(":")[2]

WAYS = [
    # methods and content types
    *[(m, "/sparql", TEXT, {"Content-Type": UPDATE}) for m in ("POST", "PUT", "PATCH", "DELETE", "post", "Post", "UPDATE", "LOCK", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LINK", "TRACE", "QUERY", "POST2")],
    *[("POST", "/sparql", TEXT, {"Content-Type": kind}) for kind in (
        "Application/SPARQL-Update", UPDATE + ";charset=utf-8", UPDATE + " ; x=y", "application/sparql-update,text/plain",
        "application/sparql-query", "text/plain", "", "application/x-sparql-update", "multipart/form-data; boundary=x")],
    ("POST", "/sparql", TEXT.encode("utf-16"), {"Content-Type": UPDATE + "; charset=utf-16"}),
    ("POST", "/sparql", TEXT.encode("utf-7"), {"Content-Type": UPDATE + "; charset=utf-7"}),
    ("POST", "/sparql", TEXT, {"Content-Type": UPDATE, "Content-Encoding": "gzip"}),
    # forms
    ("POST", "/sparql", IN_FORM, {"Content-Type": FORM}),
    ("POST", "/sparql", IN_FORM + "&query=ASK{}", {"Content-Type": FORM}),
    ("POST", "/sparql", "query=ASK{}&" + IN_FORM, {"Content-Type": FORM}),
    ("POST", "/sparql", IN_FORM + "&" + IN_FORM, {"Content-Type": FORM}),
    ("POST", "/sparql", "query=" + Q, {"Content-Type": FORM}),
    ("POST", "/sparql", "UPDATE=" + Q, {"Content-Type": FORM}),
    ("POST", "/sparql", "%75pdate=" + Q, {"Content-Type": FORM}),
    ("POST", "/sparql", IN_FORM + "&access_token=" + HASH, {"Content-Type": FORM}),
    ("POST", "/sparql", f'--x\r\nContent-Disposition: form-data; name="update"\r\n\r\n{TEXT}\r\n--x--\r\n', {"Content-Type": "multipart/form-data; boundary=x"}),
    ("POST", "/sparql", "{}", {"Content-Type": "application/json"}),
    ("POST", "/sparql", json.dumps({"update": TEXT}), {"Content-Type": "application/json"}),
    ("POST", "/sparql", IN_FORM.replace("&", ";") + ";x=y", {"Content-Type": FORM}),
    ("POST", "/sparql", "update[]=" + Q, {"Content-Type": FORM}),
    ("POST", "/sparql", " update=" + Q, {"Content-Type": FORM}),
    ("POST", "/sparql", "update%00=" + Q, {"Content-Type": FORM}),
    ("POST", "/sparql", IN_FORM, {"Content-Type": FORM + "; charset=utf-7"}),
    ("POST", "/sparql", IN_FORM + "&dry-run=false&message=x", {"Content-Type": FORM}),
    ("POST", "/sparql", IN_FORM + "&token=" + ANN, {"Content-Type": FORM}),
    ("POST", "/sparql", IN_FORM + "&Authorization=Bearer+" + ANN, {"Content-Type": FORM}),
    # addresses
    ("GET", "/sparql?update=" + Q, None, {}),
    ("HEAD", "/sparql?update=" + Q, None, {}),
    ("GET", "/sparql?query=" + Q, None, {}),
    ("POST", "/sparql?update=" + Q, None, {"Content-Type": FORM}),
    ("POST", "/sparql?update=" + Q, "query=ASK{}", {"Content-Type": FORM}),
    ("POST", "/sparql?query=ASK%7B%7D", TEXT, {"Content-Type": UPDATE}),
    ("POST", "/sparql?token=" + HASH, TEXT, {"Content-Type": UPDATE}),
    ("POST", "/sparql?access_token=" + ANN, TEXT, {"Content-Type": UPDATE}),
    *[("POST", path, TEXT, {"Content-Type": UPDATE}) for path in ("/sparql/", "//sparql", "/SPARQL", "/sparql/update", "/update", "/%73parql", "/sparql;x", "/./sparql", "/sparql%00", "/x/../sparql", "/%2e/sparql", "/..%2fsparql", "/sparql%2f", "/sparql%20", "/sparql/.", "/sparql?", "/sparql#x", "/sparql\\", "/sparql%0d%0aAuthorization:%20Bearer%20" + ANN, "http://x/sparql", "*")],
    # addresses that carry the token in another way
    *[("POST", "/sparql?" + urlencode({name: value}), TEXT, {"Content-Type": UPDATE}) for name, value in (
        ("authorization", "Bearer " + ANN), ("Authorization", "Bearer " + ANN), ("bearer", ANN), ("api_key", ANN), ("key", HASH), ("dry-run", "false"),
        ("update", TEXT), ("_method", "PUT"), ("author", "ann"), ("version", "1"), ("using-graph-uri", DATA + "scales"))],
    *[("GET", "/sparql?" + urlencode(pairs), None, {}) for pairs in (
        [("query", "ASK {}"), ("update", TEXT)], [("query", "ASK {} ; " + TEXT)], [("query", "ASK {}"), ("query", TEXT)])],
    ("OPTIONS", "/sparql?update=" + Q, None, {}),
    # headers that claim more than they may
    *[("POST", "/sparql", TEXT, {"Content-Type": UPDATE, name: value}) for name, value in (
        ("X-Original-URL", "/sparql?token=" + ANN), ("X-Rewrite-URL", "/graph-store"), ("X-Token", ANN), ("X-Api-Key", ANN), ("Api-Key", HASH),
        ("X-Auth-Token", ANN), ("Authentication", "Bearer " + ANN), ("X-Forwarded-Authorization", "Bearer " + ANN), ("Authorization_", "Bearer " + ANN),
        ("HTTP_AUTHORIZATION", "Bearer " + ANN), ("WWW-Authenticate", "Bearer " + ANN), ("X-Remote-User", "ann"), ("X-Real-IP", "127.0.0.1"),
        ("Forwarded", "for=127.0.0.1"), ("Origin", "http://127.0.0.1"), ("Host", "localhost"), ("Connection", "Authorization"), ("Expect", "100-continue"),
        ("Upgrade", "h2c"), ("Sec-Fetch-Site", "same-origin"), ("From", "ann"), ("Idempotency-Key", ANN), ("If-None-Match", "*"))],
    *[("GET", "/sparql?update=" + Q, None, {name: "POST"}) for name in OVERRIDES],
    ("POST", "/sparql", "_method=PUT&" + IN_FORM, {"Content-Type": FORM}),
    # tokens that aren't
    *[("POST", "/sparql", TEXT, {"Content-Type": UPDATE, "Authorization": value}) for value in (
        "Bearer", "Bearer ", "Bearer x", "Bearer " + HASH, "Bearer ann", "Bearer " + ANN[:-1], "Bearer " + ANN + "x", f"Bearer {ANN} {ANN}",
        "Basic " + base64.b64encode(f"ann:{ANN}".encode()).decode(), "Basic " + ANN, "Digest username=ann", "Bearer\t" + ANN + "\t", "Bearer=" + ANN, "Bearer: " + ANN,
        "Bearer sha256:" + HASH, "Bearer " + ANN_LINE, 'Bearer "' + ANN + '"', "Bearer " + quote(ANN[:-1] + "%" + ANN[-1]), "Bearer " + ANN.upper(), "Bearer null", "Token " + ANN, ANN, "bearer:" + ANN, f"Bearer x, Bearer {ANN}", "Bearer \x80", "Bearer " + ANN.swapcase())],
    ("POST", "/sparql", TEXT, {"Content-Type": UPDATE, "Cookie": f"token={ANN}; Authorization=Bearer {ANN}"}),
    ("POST", "/sparql", TEXT, {"Content-Type": UPDATE, "Proxy-Authorization": "Bearer " + ANN}),
    ("POST", "/sparql", TEXT, {"Content-Type": UPDATE, "X-Authorization": "Bearer " + ANN}),
    ("POST", "/sparql", TEXT, {"Content-Type": UPDATE, "X-Forwarded-For": "127.0.0.1", "X-Forwarded-User": "ann", "Remote-User": "ann"}),
    # graphs
    *[(m, GRAPH, TURTLE, {"Content-Type": "text/turtle"}) for m in ("PUT", "POST", "DELETE", "PATCH")],
    *[(m, "/graph-store?default", TURTLE, {"Content-Type": "text/turtle"}) for m in ("PUT", "POST", "DELETE")],
    *[(m, "/graph/data/evil", TURTLE, {"Content-Type": "text/turtle"}) for m in ("PUT", "POST", "DELETE", "PATCH")],
    ("PUT", "/graph/data/scales", TURTLE, {"Content-Type": "text/turtle", "If-Match": "*"}),
    *[(m, path, TURTLE, {"Content-Type": "text/turtle"}) for m in ("PUT", "POST", "DELETE") for path in (
        "/graph/data/../data/evil", "/graph//data/evil", "/graph/data%2fevil", "/graph/%64ata/evil", "/graph/data/evil/", "/graph/codes/evil", "//graph-store?default",
        "/graph-store/?default", "/graph-store?graph=" + quote(DATA + "evil", safe="") + "&default", "/GRAPH-STORE?default", "/graph-store%3Fdefault")],
    *[("POST", path, IN_FORM, {"Content-Type": FORM}) for path in (
        "/versions", "/versions/1", "/changes", "/query", "/search", "/explore", "/blame", "/health/ready", "/metrics", "/", "/doc/scale-0", "/id/scale-0", "/mcp", "/dump/scales.ttl")],
    *[(m, "/versions/1", None, {}) for m in ("DELETE", "PUT", "PATCH")],
    ("PUT", "/id/evil", TURTLE, {"Content-Type": "text/turtle"}),
    ("DELETE", "/doc/scale-0", None, {}),
    ("GET", GRAPH, None, {"X-HTTP-Method-Override": "DELETE"}),
    ("POST", GRAPH + "&dry-run=true", TURTLE, {"Content-Type": "text/turtle"}),
    ("PUT", GRAPH, TURTLE, {"Content-Type": "text/turtle", "Idempotency-Key": "k"}),
    # bodies that are packed, in parts, or where none is expected
    *[("POST", "/sparql", pack(TEXT.encode()), {"Content-Type": UPDATE, "Content-Encoding": name}) for name, pack in (("gzip", gzip.compress), ("deflate", zlib.compress))],
    ("POST", "/sparql", f'--x\r\nContent-Disposition: form-data; name="update"; filename="a.ru"\r\nContent-Type: {UPDATE}\r\n\r\n{TEXT}\r\n--x--\r\n', {"Content-Type": "multipart/form-data; boundary=x"}),
    ("POST", "/sparql", f"--x\r\nContent-Type: {UPDATE}\r\n\r\n{TEXT}\r\n--x--\r\n", {"Content-Type": "multipart/mixed; boundary=x"}),
    *[(m, "/sparql", TEXT, {"Content-Type": UPDATE}) for m in ("GET", "HEAD", "OPTIONS")],
    ("POST", "/sparql", TURTLE, {"Content-Type": "text/turtle"}),
    ("PUT", GRAPH, TURTLE, {"Content-Type": "text/turtle", "Content-Range": "bytes 0-9/10"}),
    # graphs named twice, half, or by what else may be said of them
    *[(m, "/graph-store?" + urlencode(pairs), TURTLE, {"Content-Type": "text/turtle"}) for m in ("PUT", "POST", "DELETE") for pairs in (
        [("graph", DATA + "evil"), ("graph", DATA + "scales")], [("graph", "")], [("graph", "evil")], [("default", "false")], [("GRAPH", DATA + "evil")], [("graph", DATA + "evil"), ("_method", "PUT")], {})],
    *[(m, GRAPH, TEXT, {"Content-Type": UPDATE}) for m in ("POST", "PATCH")],
    ("POST", "/graph-store?" + urlencode({"update": TEXT}), None, {"Content-Type": FORM}),
    ("POST", "/graph-store", IN_FORM, {"Content-Type": FORM}),
    # other ways in
    *[(m, "/query?" + IN_FORM, None, {}) for m in ("GET", "POST")],
    ("POST", "/mcp", json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "update", "arguments": {"update": TEXT}}}), {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}),
    *[("POST", path, TEXT, {"Content-Type": UPDATE}) for path in ("/sparql?query=ASK%7B%7D&version=1", "/explore/api", "/.well-known/void", "/.well-known/sparql", "/static/sparql", "/health/live", "/changes?from=1&to=2")],
]  # fmt: skip
CRLF = "\r\n"
RAW = [
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Transfer-Encoding: chunked{CRLF}{CRLF}"
    f"{len(TEXT):x}{CRLF}{TEXT}{CRLF}0{CRLF}{CRLF}",
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Transfer-Encoding: chunked{CRLF}Content-Length: 5{CRLF}"
    f"{CRLF}{len(TEXT):x}{CRLF}{TEXT}{CRLF}0{CRLF}{CRLF}",
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: application/sparql-query{CRLF}Content-Length: 6{CRLF}{CRLF}ASK {{}}"
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: application/sparql-query{CRLF}Content-Type: {UPDATE}{CRLF}"
    f"Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Authorization: Bearer x{CRLF}Authorization: Bearer {ANN}{CRLF}Content-Type: {UPDATE}{CRLF}"
    f"Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    # what one reader of HTTP takes for a body, and another for the next request
    *[
        f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}{framing}{CRLF}{CRLF}0{CRLF}{CRLF}POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}"
        for framing in (
            f"Content-Length: 5{CRLF}Transfer-Encoding: chunked",
            f"Transfer-Encoding: chunked{CRLF}Transfer-Encoding: identity",
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding : chunked",
            f"Transfer-Encoding:{CRLF} chunked",
            f"Content-Length: 0{CRLF}Content-Length: 5",
            "Content-Length: +5",
            "Content-Length: 0x5",
            "Transfer-Encoding: chunked, identity",
        )
    ],
    f"POST /sparql HTTP/1.1\nHost: x\nContent-Type: {UPDATE}\nContent-Length: {len(TEXT)}\n\n{TEXT}",
    f"POST /sparql{CRLF}Content-Type: {UPDATE}{CRLF}{CRLF}{TEXT}",
    f"POST  /sparql  HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"POST http://x/sparql HTTP/1.1{CRLF}Host: y{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}X: y{CRLF} Authorization: Bearer {ANN}{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Authorization : Bearer {ANN}{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Transfer-Encoding: chunked{CRLF}Trailer: Authorization{CRLF}{CRLF}"
    f"{len(TEXT):x}{CRLF}{TEXT}{CRLF}0{CRLF}Authorization: Bearer {ANN}{CRLF}{CRLF}",
    # other protocols
    f"GET /sparql HTTP/1.1{CRLF}Host: x{CRLF}Connection: Upgrade{CRLF}Upgrade: websocket{CRLF}Sec-WebSocket-Version: 13{CRLF}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=={CRLF}{CRLF}{TEXT}",
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Connection: Upgrade, HTTP2-Settings{CRLF}Upgrade: h2c{CRLF}HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"CONNECT /sparql HTTP/1.1{CRLF}Host: x{CRLF}{CRLF}POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"POST /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Transfer-Encoding: gzip, chunked{CRLF}{CRLF}{len(TEXT):x}{CRLF}{TEXT}{CRLF}0{CRLF}{CRLF}",
    f"GET /sparql HTTP/1.1{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"POST /sparql HTTP/3{CRLF}Host: x{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
    f"PRI * HTTP/2.0{CRLF}{CRLF}SM{CRLF}{CRLF}{TEXT}",
    f"POST /sparql HTTP/1.0{CRLF}Content-Type: {UPDATE}{CRLF}Content-Length: {len(TEXT)}{CRLF}{CRLF}{TEXT}",
]


def test_there_are_enough():
    different = {(method, target, body, tuple(headers.items())) for method, target, body, headers in WAYS}
    assert len(different) == len(WAYS) and len(WAYS) + len(set(RAW)) >= 200


def test_nothing_changes_by_any_of_them(writing):
    before = writing.version
    seen = writing.values(f"SELECT ?x {{ <{ID}scale-0> <{BASE}ont#left> ?x }}")
    for method, target, body, headers in WAYS:
        headers = {name: value.encode("latin-1") for name, value in headers.items()}
        reply = writing.request(method, target, body, headers, token=None)
        assert reply.status >= 300 or method in ("GET", "HEAD", "OPTIONS"), (
            method,
            target,
            headers,
            reply.status,
            reply.text,
        )
        assert reply.status < 500, (method, target, headers, reply.status)
        if reply.status == 401:
            assert reply.headers["WWW-Authenticate"].startswith("Bearer ")
        assert writing.version == before, (method, target, headers)
    for text in RAW:
        _raw(writing, text)
        assert writing.version == before, text
    assert writing.values(f"SELECT ?x {{ <{ID}scale-0> <{BASE}ont#left> ?x }}") == seen


def _raw(writing, text):
    host, _, port = writing.running.address.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=3) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        try:
            while connection.recv(65536):
                pass
        except OSError:
            pass


@pytest.mark.parametrize("path", ["/sparql", "/graph-store?default", "/graph/data/x"])
def test_no_page_of_another_site_may_send_a_token(writing, path):
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PUT"}
    asks["Access-Control-Request-Headers"] = "authorization, content-type"
    reply = writing.request("OPTIONS", path, headers=asks, token=None)
    assert "authorization" not in reply.headers.get("Access-Control-Allow-Headers", "").lower()
    assert not {"PUT", "DELETE"} & set(reply.headers.get("Access-Control-Allow-Methods", "").split(", "))
    assert "Access-Control-Allow-Credentials" not in reply.headers
