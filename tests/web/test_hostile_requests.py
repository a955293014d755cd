"""Requests that no honest client sends, byte by byte, to what is really served: framing, headers, paths."""

import contextlib
import itertools
import json
import re
import socket

import pytest

from miit_graph.web.front.client_connection import SLOWEST, Allowance
from miit_graph.web.front.strict import HEADER_BYTES
from miit_graph.web.security import CORS, SECURITY

POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
KEPT = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
GET = KEPT + b"Connection: close\r\n"
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
CLOSE = b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


def send(client, *parts, end=False):
    """All that comes back for these bytes, until the server closes, or has said nothing for two seconds."""
    with socket.create_connection(("127.0.0.1", client.port), timeout=60) as connection:
        for part in parts:
            connection.sendall(part)
        if end:
            connection.shutdown(socket.SHUT_WR)
        heard = b""
        with contextlib.suppress(TimeoutError, ConnectionError):
            while more := connection.recv(65536):
                heard += more
                connection.settimeout(2)
        return heard


def statuses(heard):
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", heard)]


class TestFraming:
    """RFC 9112 sections 5.2, 6.1, 6.3, 7.1, 11.2: where one request ends and the next begins is never in doubt."""

    @pytest.mark.parametrize(
        "request_bytes",
        [
            POST + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n" + SMUGGLED,
            POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nASK{}X",
            POST + b"Content-Length: 5, 5\r\n\r\nASK{}",
            POST + b"Content-Length: +5\r\n\r\nASK{}",
            POST + b"Content-Length: -5\r\n\r\nASK{}",
            POST + b"Content-Length: 0x5\r\n\r\nASK{}",
            POST + b"Content-Length: 99999999999999999999999\r\n\r\nASK{}",
            POST + b"Content-Length : 5\r\n\r\nASK{}",
            POST + b"Transfer-Encoding: xchunked\r\n\r\n5\r\nASK{}\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding: identity\r\n\r\nASK{}",
            POST + CHUNKED + b"Transfer-Encoding: identity\r\n\r\n5\r\nASK{}\r\n0\r\n\r\n",
            POST + b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nX",
            POST + CHUNKED + b"\r\n-5\r\nASK{}\r\n0\r\n\r\n",
            POST + CHUNKED + b"\r\n0x5\r\nASK{}\r\n0\r\n\r\n",
            POST + CHUNKED + b"\r\nfffffffffffffffff\r\nASK{}\r\n0\r\n\r\n",
            POST + CHUNKED + b"\r\n5\nASK{}\n0\n\n",
            POST + CHUNKED + b"\r\n6\r\nASK{}\r\n0\r\n\r\n",
            POST + CHUNKED + b"\r\n5;" + b"a" * 100_000 + b"\r\nASK{}\r\n0\r\n\r\n",
            POST.replace(b"1.1", b"1.0") + CHUNKED + b"\r\n5\r\nASK{}\r\n0\r\n\r\n",
            GET + b"X-A: b\r\n c\r\n\r\n",
            GET + b"X-A: a\x00b\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: x\rX-A: b\r\n\r\n",
            b"GET /a\x00b HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET /health/live HTTP/9.9\r\nHost: x\r\n\r\n",
            b"GET /health/live\r\n\r\n",
        ],
        ids=repr,
    )
    def test_what_can_be_read_in_two_ways_is_refused_once(self, front, request_bytes):
        assert statuses(send(front, request_bytes)) == [400]

    @pytest.mark.parametrize("size", [b"Content-Length: 36\r\n", b"Content-Length: 36\r\nContent-Length: 36\r\n"])
    def test_a_body_that_nobody_reads_is_no_request(self, front, size):
        assert statuses(send(front, KEPT + size + b"\r\n" + SMUGGLED)) == [200]

    @pytest.mark.parametrize(
        "request_bytes",
        [
            POST + b"Content-Length: 100\r\n\r\nASK{}",
            POST + CHUNKED + b"\r\n5\r\nASK{}\r\n",
            POST + CHUNKED + b"\r\n100\r\nASK{}",
            POST + CHUNKED + b"\r\n5\r\nASK{}\r\nzz\r\n",
        ],
        ids=repr,
    )
    def test_a_body_that_breaks_off_is_not_taken_for_a_whole_one(self, front, request_bytes):
        assert statuses(send(front, request_bytes, end=True)) in ([400], [])

    def test_chunks_win_over_a_length_and_nothing_comes_after(self, front):
        body = b"5\r\nASK{}\r\n0\r\n\r\n" + SMUGGLED
        heard = send(front, POST + CHUNKED + b"Content-Length: 5\r\n\r\n" + body)
        assert statuses(heard) == [200], heard

    @pytest.mark.parametrize(("kind", "told"), [(b"application/json", b'"boolean":true'), (b"text/html", b"</html>")])
    def test_chunks_are_put_together(self, front, kind, told):
        """Also on the long way, through Flask, which is that of pages, updates and graphs."""
        body = b"\r\n2\r\nAS\r\n3;x=y\r\nK{}\r\n0\r\n\r\n"
        heard = send(front, POST + b"Accept: " + kind + b"\r\n" + CHUNKED, body, GET + b"\r\n")
        assert statuses(heard) == [200, 200]
        assert told in heard


class TestHead:
    @pytest.mark.parametrize(
        "hosts", [b"", b"Host: a\r\nHost: b\r\n", b'Host: a b<>"\r\n', b"Host: a/b\r\n", b"Host: @\r\n"]
    )
    def test_one_host_and_a_possible_one(self, front, hosts):
        heard = send(front, b"GET /void HTTP/1.1\r\nConnection: close\r\n" + hosts + b"\r\n")
        assert statuses(heard) == [400]
        assert b"Host" in heard.partition(b"\r\n\r\n")[2]

    @pytest.mark.parametrize("host", ["[::1]:8000", "xn--fiq228c.example:1", "a_b.example", "127.0.0.1"])
    def test_hosts_that_are_asked_for(self, front, host):
        assert front.request("GET", "/health/live", headers={"Host": host}).status == 200

    @pytest.mark.parametrize("path", ["/health/live", "/sparql?query=ASK%7B%7D%23head"])
    def test_headers_together_have_a_limit(self, front, path):
        assert front.request("GET", path, headers={"X-A": "a" * (HEADER_BYTES - 300)}).status == 200
        reply = front.request("GET", path + "1", headers={"X-A": "a" * HEADER_BYTES})
        assert (reply.status, reply.json["type"]) == (431, "/problems#headers-too-large")
        assert front.request("GET", path, headers={"Accept": "a/b," * HEADER_BYTES}).status in (431, 400)
        many = GET + b"".join(b"X-%d: a\r\n" % number for number in range(200)) + b"\r\n"
        assert statuses(send(front, many)) == [431]
        assert statuses(send(front, GET + b"X-A: " + b"a" * 500_000)) == [431]

    def test_addresses_have_a_limit(self, front):
        assert front.request("GET", "/sparql?query=" + "a" * 50_000).status == 400
        assert statuses(send(front, b"GET /sparql?query=" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")) == [414]

    def test_bytes_beyond_ascii_are_read_as_utf_8(self, front):
        query = 'SELECT ("工信部" AS ?x) {}'.replace(" ", "+").replace('"', "%22").encode()
        for _ in range(2):
            heard = send(front, b"GET /sparql?format=csv&query=" + query + CLOSE)
            assert statuses(heard) == [200] and "工信部".encode() in heard
        assert statuses(send(front, "GET /search?q=工".encode() + CLOSE)) == [200]
        for bad in (b"GET /search?q=%FF%FE" + CLOSE[:-2], b"GET /%FF%FE" + CLOSE[:-2], GET):
            status = statuses(send(front, bad + b"Accept: \xff\xfe\r\nAccept-Language: \xff\r\nCookie: \xff\r\n\r\n"))
            assert len(status) == 1 and status[0] < 500

    def test_other_protocols(self, front):
        for said in (
            bytes.fromhex("16030102000100"),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"FOO<script> / HTTP/1.1\r\n\r\n",
        ):
            assert statuses(send(front, said)) in ([], [400])
        upgrade = (
            b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AA==\r\n"
        )
        assert statuses(send(front, GET + upgrade + b"\r\n"))[0] in (200, 400, 403)
        assert statuses(send(front, b"CONNECT elsewhere:443" + CLOSE))[0] >= 400

    def test_a_header_takes_no_line_break(self, front):
        for path in ("/id/x%0D%0ASet-Cookie:%20a=b", "/doc/x?lang=en%0D%0AX-B:%20c", "/graph/x%0D%0AX-B:%20c"):
            heard = send(front, b"GET " + path.encode() + CLOSE).partition(b"\r\n\r\n")[0]
            assert statuses(heard) and b"\r\nSet-Cookie: a=b" not in heard and b"\r\nX-B" not in heard


class TestEveryAnswer:
    """Whoever makes an answer, it has the headers that keep a browser from harm."""

    ANSWERS = (
        *(("GET", path, 200) for path in ("/", "/health/live", "/metrics", "/openapi.json", "/dump/", "/query")),
        *(("GET", path, 200) for path in ("/sparql", "/static/icon.svg", "/sparql?query=ASK%7B%7D", "/sitemap.xml")),
        ("GET", "/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D", 200),
        ("GET", "/sparql?query=ASK", 400),
        ("GET", "/nothing", 404),
        ("GET", "/static/nothing", 404),
        ("PROPFIND", "/sparql", 405),
        ("OPTIONS", "/sparql", 204),
        ("HEAD", "/", 200),
        ("PUT", "/graph-store?default", 405),
    )

    @pytest.mark.parametrize(("method", "path", "status"), ANSWERS, ids=str)
    def test_it_has_the_headers(self, front, method, path, status):
        for again in range(2):  # the second time, a query's answer comes from the cache, past everything else
            reply = front.request(method, path)
            assert reply.status == status, again
            assert {name: reply.headers[name] for name in SECURITY | CORS} == SECURITY | CORS
            assert "X-Powered-By" not in reply.headers and "Strict-Transport-Security" not in reply.headers
            assert "granian/" not in reply.headers["Server"]

    def test_also_those_of_the_front_itself(self, front):
        for head in (
            b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
            GET + b"X-A: " + b"a" * HEADER_BYTES + b"\r\n\r\n",
        ):
            heard = send(front, head).decode()
            assert all(f"\r\n{name.lower()}: {value}\r\n" in heard for name, value in (SECURITY | CORS).items())
            assert json.loads(heard.partition("\r\n\r\n")[2])["status"] == statuses(heard.encode())[0]

    def test_the_policy_allows_nothing_inline(self):
        policy = dict(part.strip().split(" ", 1) for part in SECURITY["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'" and policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in str(policy) and policy["frame-ancestors"] == "'self'" and policy["base-uri"] == "'none'"

    def test_scripts_of_other_origins_can_send_no_token(self, front):
        asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        reply = front.request("OPTIONS", "/sparql", headers=asked | {"Access-Control-Request-Headers": "authorization"})
        assert "authorization" not in reply.headers["Access-Control-Allow-Headers"].lower()
        assert not {"PUT", "DELETE"} & set(reply.headers["Access-Control-Allow-Methods"].split(", "))
        assert reply.headers["Access-Control-Allow-Credentials"] is None


class TestPaths:
    UP = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..%252f", "..\\", "..%5c", "..%255c", "..%c0%af", "..;/", "%00../")
    ROOMS = ("/static/", "/static/built/", "/dump/", "/graph/", "/doc/", "/ontology/", "/versions/1/doc/", "/sources/")

    @pytest.mark.parametrize("room", ROOMS)
    def test_none_leads_out_of_its_room(self, front, room):
        for up, target in itertools.product(self.UP, ("etc/passwd", "app.py", "settings.py")):
            head, _, body = send(front, f"GET {room}{up * 6}{target}".encode() + CLOSE).partition(b"\r\n\r\n")
            assert statuses(head)[0] in (301, 303, 308, 400, 404)
            assert b"root:" not in body and b"import" not in body
            place = re.search(rb"\r\nlocation: (.*?)\r\n", head)
            assert place is None or re.match(rb"/[^/\\]", place[1])

    @pytest.mark.parametrize(
        "path", ["//evil.example/", "//evil.example", "/\\evil.example", "/id//evil.example", "/%2f/evil"]
    )
    def test_none_leads_elsewhere(self, front, path):
        heard = send(front, f"GET {path}".encode() + CLOSE)
        place = re.search(rb"\r\nlocation: (.*?)\r\n", heard)
        assert place is None or re.match(rb"/[^/\\]", place[1]), place

    def test_a_client_tells_nothing_of_hosts_and_prefixes(self, front):
        """Without proxies named in the settings, X-Forwarded-… and Forwarded are just headers."""
        said = {f"X-Forwarded-{name}": "evil.example" for name in ("Host", "Proto", "Prefix", "For", "Port")}
        for path in ("/", "/openapi.json", "/sitemap.xml", "/id/x", "/void", "/robots.txt"):
            reply = front.request("GET", path, headers=said | {"Forwarded": "host=evil.example"})
            assert b"evil" not in reply.body and "evil" not in str(reply.headers)


class TestSlowClients:
    def test_who_takes_little_in_the_long_run_is_given_up(self):
        quick, slow = Allowance(60), Allowance(60)
        for _ in range(1_000):
            quick.spend(5, 6 * SLOWEST)
            slow.spend(5, 4 * SLOWEST)
        assert quick.left == 60
        assert slow.left < 5  # it would have to take the next piece at once

    def test_bodies_that_do_not_come_take_no_place(self, front):
        """More half-sent requests than the server answers at a time, and everybody else is answered."""
        with contextlib.ExitStack() as stack:
            for _ in range(150):
                waiting = stack.enter_context(socket.create_connection(("127.0.0.1", front.port), timeout=60))
                waiting.sendall(POST + b"Content-Length: 100\r\n\r\nASK")
            for number in range(5):
                assert front.at("/sparql").get(f"ASK {{}} # {number}").status == 200
                assert front.at("/sparql").post("ASK {}", "application/sparql-query").status == 200
