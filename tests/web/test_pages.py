"""What a person with a browser gets: pages that parse, say the truth, and hold nothing that runs."""

from html.parser import HTMLParser

import pytest

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
EX = "http://example.org/"
DATA_TYPES = ("application/ld+json", "application/json")


class Page(HTMLParser):
    """The parts of a page that the tests look at."""

    def __init__(self, reply):
        super().__init__()
        assert reply.headers["Content-Type"] == "text/html; charset=utf-8"
        self.tags, self.links, self.language, self.text = [], [], "", ""
        self.feed(reply.text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        assert "style" not in attributes and not any(name.startswith("on") for name in attributes)
        if tag == "script":  # ours from the server, or data that doesn't run
            assert ("/static/built/" in attributes.get("src", "")) != (attributes.get("type") in DATA_TYPES)
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "html":
            self.language = attributes["lang"]

    def handle_data(self, data):
        self.text += data


def browse(client, query=None, **more):
    return client.get(query, BROWSER, **more)


@pytest.mark.parametrize("path", ["/", "/query", "/problems", "/nothing"])
@pytest.mark.parametrize(
    ("asked", "parameters", "language"),
    [
        ({}, {}, "en"),
        ({"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, {}, "zh"),
        ({"Accept-Language": "de,en;q=0.3"}, {}, "en"),
        ({"Accept-Language": "en"}, {"lang": "zh"}, "zh"),
        ({}, {"lang": "tlh"}, "en"),
    ],
)
def test_pages_speak_english_and_chinese(client, path, asked, parameters, language):
    reply = client.at(path).get(accept=BROWSER, headers=asked, **parameters)
    page = Page(reply)
    assert page.language == language == reply.headers["Content-Language"]
    assert ("测试图谱" if language == "zh" else "A test graph") in page.text
    assert "Accept-Language" in reply.headers["Vary"]


def test_the_home_page_has_figures_and_ways_in(client):
    page = Page(client.at("/").get())
    assert "3,006" in page.text and client.address in page.text
    assert "/sparql" in page.links
    for link in page.links:
        if link.startswith("/"):
            assert client.request("GET", link, headers={"Accept": BROWSER}).status in (200, 303)


def test_a_select_is_a_table(client):
    page = Page(browse(client, "SELECT ?p ?o { ?s ?p ?o } ORDER BY ?p"))
    assert "工业和信息化部" in page.text and "@zh" in page.text and "2008" in page.text
    assert EX + "label" in page.links


def test_a_long_table_says_that_it_is_cut_and_where_the_whole_is(client):
    query = f"SELECT * {{ GRAPH <{EX}many> {{ ?s ?p ?o }} }}"
    page = Page(browse(client, query))
    assert page.tags.count("tr") == 21
    assert "Only the first 20 rows" in page.text
    csv = next(link for link in page.links if link.endswith("format=csv"))
    assert client.request("GET", csv).text.count("\r\n") == 3001


def test_a_whole_table_does_not_say_so(client):
    page = Page(browse(client, "SELECT * { VALUES ?x { 1 2 } }"))
    assert "Only the first" not in page.text and "2 rows" in page.text


def test_no_rows_and_no_columns(client):
    assert "no results" in Page(browse(client, f"SELECT * {{ ?s <{EX}none> ?o }}")).text
    assert "1 row" in Page(browse(client, "SELECT * {}")).text


def test_an_ask_is_yes_or_no(client):
    assert "yes" in Page(browse(client, "ASK {}")).text
    assert "否" in Page(browse(client, "ASK { FILTER(false) }", lang="zh")).text


def test_a_graph_is_plain_text_in_turtle(client):
    reply = browse(client, f"DESCRIBE <{EX}miit>")
    assert reply.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "工业和信息化部" in reply.text


@pytest.mark.parametrize("term", ['"<script>alert(1)</script>"', "<javascript:alert(1)>", "'\"><b onclick=x>'"])
def test_nothing_of_the_data_or_the_query_runs(client, term):
    reply = browse(client, f"SELECT ({term} AS ?x) {{}}")
    page = Page(reply)
    assert "<script>" not in reply.text and "b" not in page.tags
    assert not any(link.startswith("javascript") for link in page.links)
    assert "alert(1)" in page.text or "onclick" in page.text


def test_values_survive_the_page(client):
    page = Page(browse(client, r'SELECT ("a\tb\\\"\u5DE5\n" AS ?x) (1.50 AS ?y) ("z"^^<http://t#d> AS ?w) {}'))
    assert 'a\tb\\"工\n' in page.text and "1.50" in page.text and "z d" in page.text


def test_errors_are_pages_for_browsers(client):
    reply = browse(client, "SELECT * {\n ?s ?p }")
    page = Page(reply)
    assert reply.status == 400
    assert "Line 2, column 8" in page.text
    assert "textarea" in page.tags  # to go on from there


def test_every_type_of_problem_is_explained(client):
    from miit_graph.web.problems import kinds

    text = client.at("/problems").get().text
    chinese = client.at("/problems").get(lang="zh").text
    for kind in kinds():
        assert all(part in chinese for part in kind["zh"])
        assert f'id="{kind["slug"]}"' in text and kind["meaning"]


@pytest.mark.parametrize("path", ["/", "/sparql", "/static/css/base.css", "/nothing", "/health/live"])
def test_security_headers(client, path):
    headers = client.at(path).get(accept=BROWSER).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"]


def test_an_unforeseen_error_tells_nothing_of_the_inside(serve, store):
    from miit_graph.settings import Settings

    class Broken:
        version = "v1"

        def run(self, query, format, limits):
            raise RuntimeError("/srv/secret/path")

    client = serve(Settings(), Broken(), {})
    reply = client.get("ASK {}")
    assert (reply.status, reply.type) == (500, "application/problem+json")
    assert "secret" not in reply.text and "Traceback" not in reply.text


def test_a_graph_that_says_nothing_about_itself_has_pages_too(serve, store):
    from miit_graph.engine.local import LocalEngine
    from miit_graph.settings import Settings

    client = serve(Settings(), LocalEngine(store, "v9"), {})
    assert "v9" in Page(client.at("/").get()).text
    assert client.get().status == 200
    assert client.get("nonsense").json["type"] == "/problems#syntax"
