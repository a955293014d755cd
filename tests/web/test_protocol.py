"""The SPARQL 1.1 Protocol over the wire; each test names the section it proves."""

import json
from http.client import IncompleteRead
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

from miit_graph.engine import formats

FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"
EX = "http://example.org/"
SLOW = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?a ?b ?c . ?d ?e ?f FILTER(?c != ?f) } }"
NUMBERS = "SELECT ?o { ?s <http://example.org/p> ?o } ORDER BY ?o"


def values(reply):
    assert reply.status == 200, reply.text
    return [row["o"]["value"] for row in reply.json["results"]["bindings"]]


def problem(reply, status):
    assert reply.status == status, reply.text
    assert reply.type == "application/problem+json"
    assert reply.json["status"] == status
    assert {"type", "title", "detail"} <= reply.json.keys()
    return reply.json


class TestSection_2_1_QueryOperation:
    def test_2_1_1_get(self, client):
        reply = client.get("ASK {}")
        assert (reply.status, reply.type, reply.json["boolean"]) == (200, "application/sparql-results+json", True)

    def test_2_1_2_post_with_urlencoded_parameters(self, client):
        body = urlencode({"query": NUMBERS, "default-graph-uri": EX + "g1"})
        assert values(client.post(body, FORM)) == ["1"]
        assert values(client.post(body, FORM + "; charset=UTF-8")) == ["1"]

    def test_2_1_3_post_directly(self, client):
        target = "/sparql?" + urlencode({"default-graph-uri": EX + "g2"})
        assert values(client.post(NUMBERS, DIRECT, target)) == ["2", "3"]
        assert values(client.post(NUMBERS, DIRECT + "; charset=utf-8", target)) == ["2", "3"]

    def test_2_1_3_a_direct_post_is_read_in_its_charset(self, client):
        query = 'SELECT ("工信" AS ?o) {}'
        assert values(client.post(query.encode("gb18030"), DIRECT + ";charset=gb18030")) == ["工信"]
        problem(client.post(query.encode("gb18030"), DIRECT), 400)
        problem(client.post(query, DIRECT + "; charset=klingon"), 415)

    def test_2_1_4_dataset_of_the_request(self, client):
        assert values(client.get(NUMBERS)) == []
        both = [EX + "g1", EX + "g2"]
        assert values(client.get(NUMBERS, default_graph_uri=both)) == ["1", "2", "3"]
        named = "SELECT ?o { GRAPH ?g { ?s <http://example.org/p> ?o } } ORDER BY ?o"
        assert values(client.get(named)) == ["1", "2", "3"]
        assert values(client.get(named, named_graph_uri=EX + "g2")) == ["2", "3"]

    def test_2_1_4_the_request_overrides_the_query(self, client):
        query = NUMBERS.replace("{", f"FROM <{EX}g1> {{", 1)
        assert values(client.get(query)) == ["1"]
        assert values(client.get(query, default_graph_uri=EX + "g2")) == ["2", "3"]

    def test_2_1_4_a_graph_name_that_is_no_iri_is_refused(self, client):
        assert "g1" in problem(client.get(NUMBERS, default_graph_uri="g1"), 400)["detail"]

    def test_2_1_exactly_one_query(self, client):
        problem(client.get(["ASK {}", "ASK {}"]), 400)
        problem(client.post("query=ASK{}&query=ASK{}", FORM), 400)
        problem(client.post("ASK {}", DIRECT, "/sparql?query=ASK{}"), 400)
        problem(client.post("", FORM), 400)
        problem(client.post("x=y", FORM), 400)
        problem(client.request("POST"), 400)
        problem(client.get(""), 400)

    def test_2_1_head_is_get_without_the_body(self, client):
        reply, full = client.get("ASK {}", method="HEAD"), client.get("ASK {}")
        assert (reply.status, reply.body) == (200, b"")
        for name in ("Content-Type", "Content-Length", "ETag", "Vary"):
            assert reply.headers[name] == full.headers[name]

    def test_2_1_the_address_with_a_slash_is_the_same(self, client):
        assert client.at("/sparql/").get("ASK {}").status == 200
        assert client.post("query=ASK{}", FORM, "/sparql/").status == 200

    @pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
    def test_other_methods_are_not_allowed(self, client, method):
        reply = client.request(method)
        problem(reply, 405)
        assert set(reply.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}

    @pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x"])
    def test_other_bodies_are_unsupported(self, client, kind):
        reply = client.post("ASK {}", kind)
        assert DIRECT in problem(reply, 415)["detail"]
        assert DIRECT in reply.headers["Accept-Post"] and FORM in reply.headers["Accept-Post"]

    def test_compressed_bodies_are_unsupported(self, client):
        problem(client.post(b"\x1f\x8b", DIRECT, headers={"Content-Encoding": "gzip"}), 415)

    @pytest.mark.parametrize("directly", [False, True])
    @pytest.mark.parametrize("accept", ["text/csv", "application/sparql-results+xml"])
    def test_an_answer_is_the_same_by_post_but_not_to_be_kept(self, client, directly, accept):
        dataset = {"default-graph-uri": EX + "g2"}
        got = client.get(NUMBERS, accept, **dataset)
        wanted = {"Accept": accept, "If-None-Match": got.headers["ETag"]}
        for _ in range(3):  # made, then from the cache
            if directly:
                reply = client.post(NUMBERS, DIRECT, "/sparql?" + urlencode(dataset), wanted)
            else:
                reply = client.post(urlencode({"query": NUMBERS, **dataset}), FORM, headers=wanted)
            assert (reply.status, reply.body) == (200, got.body)
            assert (reply.headers["ETag"], reply.headers["Cache-Control"]) == (None, "no-store")
            either = {"etag", "server-timing"}  # what came from the cache took no time to tell of
            assert {*map(str.lower, reply.headers)} - either == {*map(str.lower, got.headers)} - either
            for name in ("Content-Type", "Content-Length", "Vary", "Access-Control-Allow-Origin"):
                assert reply.headers[name] == got.headers[name]

    def test_a_query_by_post_that_comes_to_nothing(self, client):
        body = urlencode({"query": SLOW, "timeout": "0.1"})
        assert "0.1 seconds" in problem(client.post(body, FORM), 503)["detail"]
        assert problem(client.post("SELECT * { ?s ?p }", DIRECT), 400)["column"] == 18
        assert client.post(SLOW, DIRECT, headers={"Accept": "text/turtle"}).status == 406


class TestSection_2_1_6_Formats:
    @pytest.mark.parametrize("format", formats.TABLES)
    def test_tables(self, client, format):
        reply = client.get("SELECT ?s ?p ?o { ?s ?p ?o }", format.media_type)
        assert reply.headers["Content-Type"] == format.content_type
        assert "工业和信息化部" in reply.text

    @pytest.mark.parametrize("format", formats.GRAPHS)
    @pytest.mark.parametrize("query", ["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", f"DESCRIBE <{EX}miit>"])
    def test_graphs(self, client, format, query):
        reply = client.get(query, format.media_type)
        assert reply.headers["Content-Type"] == format.content_type
        kind = ox.RdfFormat.from_media_type(format.media_type)
        assert len({quad.triple for quad in ox.parse(reply.body, format=kind)}) == 3

    def test_charset_is_utf_8(self, client):
        assert "工业和信息化部".encode() in client.get("SELECT ?o { ?s ?p ?o }", "text/csv").body
        query = 'SELECT ?s { ?s ?p "工业和信息化部"@zh }'
        target = "/sparql?format=tsv&query=" + quote(query)
        assert client.request("GET", target).text == f"?s\n<{EX}miit>\n"


class TestSection_2_1_7_Failure:
    def test_400_with_line_and_column(self, client):
        details = problem(client.get("SELECT *\n{ ?s ?p }"), 400)
        assert (details["line"], details["column"]) == (2, 9)
        assert details["excerpt"] == "{ ?s ?p }\n        ^"
        assert details["type"] == "https://w3id.org/miit-graph/problems#syntax"

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("SELECT *\n{ ?s ?p }", "第 2 行第 9 列：此处不应出现 }。"),
            ("ASK { ?s nobody:p ?o }", "第 1 行第 10 列：前缀“nobody:”没有声明"),
            ("ASK { ?s ?p 'open }", "字符串没有闭合"),
            ("ASK { <body> ?p ?o }", "<body> 是相对 IRI"),
            ("nonsense", "“nonsense”不是 SPARQL 的词"),
            ("SELECT * { SERVICE <http://x/> {} }", "请在 { 之前的三元组后面加上句点"),
            ("CLEAR ALL", "不执行更新"),
            ("ASK { FILTER(<http://x/f>(1)) }", "此处没有函数 <http://x/f>"),
        ],
    )
    def test_who_reads_chinese_is_told_in_chinese(self, client, query, told):
        reply = client.get(query, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
        assert told in reply.json["detail"] and reply.headers["Content-Language"] == "zh"
        page = client.get(query, "text/html", headers={"Accept-Language": "zh"}).text
        assert "column" not in page.partition("<main")[2].partition("</main>")[0]
        assert "第 " not in client.get(query).json["detail"]

    @pytest.mark.parametrize(
        "query", ["query=%", "query=ASK%7B%7D&x=%zz", "query=%E5%B7", "query=%FF", "&".join(["a=b"] * 1001)]
    )
    def test_400_for_malformed_parameters(self, client, query):
        problem(client.request("GET", "/sparql?" + query), 400)
        problem(client.post(query, FORM), 400)

    def test_2_3_a_relative_iri_is_refused(self, client):
        told = problem(client.get("ASK { <body> ?p ?o }"), 400)
        assert "BASE" in told["detail"] and told["column"] == 7
        assert client.get("BASE <http://example.org/> ASK { <miit> ?p ?o }").json["boolean"] is True

    def test_403_for_service_and_updates(self, client):
        assert "SERVICE" in problem(client.get("SELECT * { SERVICE <http://x/> {} }"), 403)["title"]
        problem(client.get("INSERT DATA {}"), 403)
        problem(client.get(update="CLEAR ALL"), 403)
        problem(client.post("update=CLEAR+ALL", FORM), 403)
        problem(client.post("CLEAR ALL", "application/sparql-update"), 403)

    def test_413_for_large_bodies_and_queries(self, client):
        problem(client.post("x" * 300_000, DIRECT), 413)
        assert "100,000" in problem(client.post("ASK {}" + " " * 120_000, DIRECT), 413)["detail"]

    def test_a_chunked_body_that_is_too_large_is_not_cut(self, client):
        chunks = (b"ASK {} #" + b"x" * 100_000 for _ in range(4))
        assert client.request("POST", body=chunks, headers={"Content-Type": DIRECT}).status in (400, 413)

    def test_503_when_time_is_up(self, client):
        assert "0.1 seconds" in problem(client.get(SLOW, timeout="0.1"), 503)["detail"]

    @pytest.mark.parametrize("timeout", ["-1", "0", "soon", "nan", "inf"])
    def test_400_for_a_timeout_that_is_none(self, client, timeout):
        problem(client.get("ASK {}", timeout=timeout), 400)

    def test_an_answer_that_fails_on_the_way_is_visibly_broken(self, client):
        query = "SELECT * { GRAPH ?g { ?a ?b ?c } GRAPH ?h { ?d ?e ?f } }"
        with pytest.raises((ConnectionError, IncompleteRead)):
            client.get(query, "text/csv", timeout="0.5")


class TestCaching:
    def test_a_strong_etag_answers_304(self, client):
        first = client.get(NUMBERS)
        assert first.headers["ETag"].startswith('"')
        again = client.get(NUMBERS, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert "no-cache" in again.headers["Cache-Control"]

    def test_the_etag_tells_queries_datasets_and_formats_apart(self, client):
        replies = [
            client.get(NUMBERS),
            client.get(NUMBERS + " "),
            client.get(NUMBERS, format="xml"),
            client.get(NUMBERS, default_graph_uri=EX + "g1"),
            client.get(NUMBERS, named_graph_uri=EX + "g1"),
        ]
        assert len({reply.headers["ETag"] for reply in replies}) == len(replies)

    def test_what_depends_on_time_or_chance_is_not_cached(self, client):
        reply = client.get("SELECT (NOW() AS ?now) {}")
        assert reply.headers["ETag"] is None
        assert reply.headers["Cache-Control"] == "no-store"


class TestCors:
    """https://fetch.spec.whatwg.org/#http-cors-protocol"""

    def test_preflight(self, client):
        asked = {"Origin": "https://yasgui.example", "Access-Control-Request-Method": "POST"}
        reply = client.request("OPTIONS", headers=asked)
        assert (reply.status, reply.body) == (204, b"")
        assert reply.headers["Access-Control-Allow-Origin"] == "*"
        assert "POST" in reply.headers["Access-Control-Allow-Methods"]
        assert "Content-Type" in reply.headers["Access-Control-Allow-Headers"]
        assert int(reply.headers["Access-Control-Max-Age"]) > 0

    def test_errors_can_be_read_too(self, client):
        for reply in (client.get("ASK {}"), client.get("nonsense"), client.at("/nothing").get()):
            assert reply.headers["Access-Control-Allow-Origin"] == "*"


class TestServiceDescription:
    """SPARQL 1.1 Service Description, section 2."""

    @pytest.mark.parametrize("format", formats.GRAPHS)
    def test_section_2_a_get_without_query_returns_rdf(self, client, format):
        reply = client.get(accept=format.media_type)
        assert reply.headers["Content-Type"] == format.content_type
        store = ox.Store()
        store.load(reply.body, format=ox.RdfFormat.from_media_type(format.media_type))
        assert store.query(
            f"""PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
            PREFIX void: <http://rdfs.org/ns/void#>
            ASK {{ ?service a sd:Service ; sd:endpoint <{client.address}> ; sd:supportedLanguage sd:SPARQL11Query ;
                sd:resultFormat <http://www.w3.org/ns/formats/Turtle> ;
                sd:defaultDataset [ sd:defaultGraph [ void:triples 3006 ] ;
                    sd:namedGraph [ sd:name <{EX}g1> ; sd:graph [ void:triples 1 ] ] ] }}""",
            use_default_graph_as_union=True,
        )

    def test_it_is_the_default_for_clients_that_take_anything(self, client):
        assert client.get().type == "text/turtle"
        assert client.get(accept="*/*").type == "text/turtle"

    def test_it_can_be_revalidated(self, client):
        etag = client.get(format="ttl").headers["ETag"]
        assert client.get(format="ttl", headers={"If-None-Match": etag}).status == 304


def test_health(client):
    live, ready = client.at("/health/live").get(), client.at("/health/ready").get()
    assert json.loads(live.body) == {"status": "ok"}
    assert ready.json["status"] == "ok" and ready.json["version"]
    assert ready.headers["Cache-Control"] == "no-store"
