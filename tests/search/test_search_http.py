"""The search as HTTP has it: JSON, pages, suggestions, OpenSearch; what it makes of nonsense and attacks."""

import json
from html.parser import HTMLParser
from urllib.parse import quote
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from miit_graph.web import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
OPEN = "{http://a9.com/-/spec/opensearch/1.1/}"
ODD = [
    *(".*", "(", "[a-z", "\\", "^$", "a{99999}", "%", "_", "'", '"', "<script>alert(1)</script>", "--", ";", "|"),
    *("\x00", "\x07\x1b[0m", "\u202e", "\ufeff", "\u200d", "\U000e0001", "\n", "\r\nX: y", "\ud7ff", "\uffff"),
    *("局" * 200, "a " * 100, "部 局 司 " * 30, "的" * 200, "l" * 200, "ﷺ" * 100, "e" + "\u0301" * 190),
    *("../../etc/passwd", "${7*7}", "{{7*7}}", "%00", "?q=a&kind=b", "a" * 200),
]


OTHER = """@prefix ex: <http://example.org/v#> . @prefix schema: <http://schema.org/> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix dc: <http://purl.org/dc/elements/1.1/> .
    <http://example.org/a> a ex:Ship ; schema:name "Pequod" .
    <http://example.org/b> dc:title "莫比·迪克"@zh , "Moby-Dick"@en ; ex:master <http://example.org/hasCaptain> .
    <http://example.org/hasCaptain> ex:moniker "亚哈"@zh . ex:moniker rdfs:subPropertyOf rdfs:label .
    ex:Ship rdfs:label "Schiff"@de .
    GRAPH <http://example.org/g> { <http://example.org/c> rdfs:label "Nantucket" }
    <http://example.org/d%20e> a ex:X ."""


class Links(HTMLParser):
    """What a page links to, and its text."""

    def __init__(self, html):
        super().__init__()
        self.links, self.text, self.marked, self._mark = [], "", [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self._mark = tag == "mark"
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_endtag(self, tag):
        self._mark = False

    def handle_data(self, data):
        self.text += data
        if self._mark:
            self.marked.append(data)


@pytest.fixture(scope="module")
def other():
    """A graph without our vocabulary."""
    store = ox.Store()
    store.load(OTHER.encode(), format=ox.RdfFormat.TRIG)
    return create_app(Settings(), LocalEngine(store, "o1"), {"title": {"en": "Other"}}).test_client()


@pytest.fixture
def client(app):
    return app.test_client()


class TestAnswers:
    def test_a_hit_says_what_where_and_why(self, ask):
        hit = ask("Internet Safety Management Bureau")["hits"][0]
        assert hit["iri"] == "https://w3id.org/miit-graph/id/office-cybersecurity"
        assert hit["page"] == "/doc/office-cybersecurity"
        assert hit["label"] == {"en": "Cybersecurity Administration Bureau", "zh": "网络安全管理局"}
        assert hit["kind"]["label"] == {"en": "internal organ", "zh": "内设机构"}
        match = hit["match"]
        assert (match["name"], match["language"], match["basis"]) == (
            "Internet Safety Management Bureau",
            "en",
            "alternative",
        )
        assert match["spans"] == [[0, len(match["name"])]] and match["how"] == "exact"
        assert match["use"]["basis"]["label"]["en"] == "as printed in the source"
        assert 0 < hit["score"] <= 1

    @pytest.mark.parametrize(
        ("question", "marked"),
        [
            ("xinxi", ["信息"]),
            ("gxb", ["工信部"]),
            ("cyber bureau", ["Cyber", "Bureau"]),
            ("信通院", ["信", "通", "院"]),
            ("CNSA", ["C", "N", "S", "A"]),
            ("國家航天", ["国家航天"]),
        ],
    )
    def test_what_matched_is_marked(self, client, ask, question, marked):
        match = ask(question)["hits"][0]["match"]
        assert [match["name"][first:last] for first, last in match["spans"]] == marked
        page = client.get("/search", query_string={"q": question, "lang": "en"}, headers=BROWSER)
        assert Links(page.text).marked[: len(marked)] == marked

    def test_pages_follow_one_another_without_loss(self, client, ask):
        whole = [hit["iri"] for hit in ask("信息", limit=100)["hits"]]
        seen, address = [], "/search?q=" + quote("信息") + "&limit=25&format=json"
        for _ in range(4):
            reply = client.get(address)
            seen += [hit["iri"] for hit in reply.json["hits"]]
            address = next(
                link.split(">")[0].lstrip(" <") for link in reply.headers["Link"].split(",") if 'rel="next"' in link
            )
        assert seen == whole
        assert client.get("/search?q=miit&page=9999&format=json").status_code == 404

    def test_facets_count_and_narrow(self, ask):
        answer = ask("信息")
        facets = {facet["value"]: facet["count"] for facet in answer["facets"]["kind"]}
        assert facets["InternalOrgan"] > 1 and max(facets.values()) <= answer["total"] <= sum(facets.values())
        for value, count in facets.items():
            assert ask("信息", kind=value)["total"] == count
        narrowed = ask("信息", kind="InternalOrgan")
        assert narrowed["total"] == facets["InternalOrgan"]
        assert {hit["kind"]["iri"] for hit in narrowed["hits"]} == {"https://w3id.org/miit-graph/ont#InternalOrgan"}
        assert {f["value"]: f["count"] for f in narrowed["facets"]["kind"]} == facets
        assert ask("信息", kind="http://www.w3.org/ns/org#Organization")["total"] > facets["PublicInstitution"]
        assert ask("信息", kind="Dragon")["hits"] == []
        both = ask("信息", kind=["InternalOrgan", "https://w3id.org/miit-graph/ont#PublicInstitution"])
        assert both["total"] == facets["InternalOrgan"] + facets["PublicInstitution"]

    def test_a_kind_alone_lists_its_things(self, client, ask):
        answer = ask("", kind="RegionalAdministration")
        assert answer["total"] == 31 and {hit["match"] for hit in answer["hits"]} == {None}
        page = Links(client.get("/search?kind=RegionalAdministration", headers=BROWSER).text)
        assert sum(link.startswith("/doc/ca-") for link in page.links) == 20

    def test_unchanged_data_cost_nothing(self, client):
        for address, headers in (("/search?q=miit", {}), ("/search?q=miit", BROWSER), ("/search/suggest?q=mi", {})):
            reply = client.get(address, headers=headers)
            again = client.get(address, headers=headers | {"If-None-Match": reply.headers["ETag"]})
            assert (again.status_code, again.data) == (304, b"")
            assert client.get(address + "x", headers=headers).headers["ETag"] != reply.headers["ETag"]

    def test_format_by_name_and_by_negotiation(self, client):
        assert client.get("/search?q=a").mimetype == "application/json"
        assert client.get("/search?q=a", headers=BROWSER).mimetype == "text/html"
        assert client.get("/search?q=a&format=json", headers=BROWSER).mimetype == "application/json"
        assert client.get("/search?q=a&format=html").mimetype == "text/html"
        for address, status in (("/search?q=a&format=csv", 406), ("/search?q=a&format=xyz", 400)):
            assert client.get(address).status_code == status
        assert client.get("/search?q=a", headers={"Accept": "text/turtle"}).status_code == 406

    @pytest.mark.parametrize(
        "parameters",
        [
            *({"page": "0"}, {"page": "x"}, {"page": "9" * 30}, {"limit": "0"}, {"limit": "101"}, {"limit": "１"}),
            *({"q": "a" * 201}, {"q": "界" * 5000}),
        ],
        ids=str,
    )
    def test_what_makes_no_sense_is_refused_with_a_reason(self, client, parameters):
        reply = client.get("/search", query_string={"q": "miit", **parameters})
        assert (reply.status_code, reply.mimetype) == (400, "application/problem+json")
        assert next(iter(parameters)) in reply.json["detail"]


class TestPage:
    @pytest.mark.parametrize(("language", "says"), [("en", "found"), ("zh", "共找到")])
    def test_speaks_both_languages(self, client, language, says):
        page = Links(client.get("/search?q=miit&lang=" + language, headers=BROWSER).text)
        assert says in page.text and any(link.startswith("/doc/miit") for link in page.links)

    def test_without_a_question_it_helps(self, client, ask):
        page = Links(client.get("/search", headers=BROWSER).text)
        tried = [link for link in page.links if link.startswith("/search?q=")]
        assert tried and all(client.get(link).json["total"] for link in tried)
        assert ask("")["total"] == 0

    def test_nothing_found_offers_names_near_by(self, client):
        page = Links(client.get("/search?q=" + quote("国际空间站"), headers=BROWSER).text)
        near = [link for link in page.links if link.startswith("/search?q=")]
        assert near and client.get(near[0]).json["total"]

    def test_facets_and_pages_are_links(self, client):
        page = Links(client.get("/search?q=" + quote("信息"), headers=BROWSER).text)
        for part in ("kind=InternalOrgan", "page=2", "format=json"):
            link = next(link for link in page.links if part in link)
            assert client.get(link, headers=BROWSER).status_code == 200


class TestSuggestions:
    def test_names_with_what_they_name(self, client):
        reply = client.get("/search/suggest?q=gongxin&lang=en")
        assert reply.mimetype == "application/x-suggestions+json"
        question, names, descriptions, pages = reply.json
        assert (question, names[0], pages[0]) == ("gongxin", "工信部", "/doc/miit?lang=en")
        assert descriptions[0].startswith("Ministry of Industry and Information Technology · ")
        assert len(names) == len(descriptions) == len(pages) <= 8
        assert client.get("/search/suggest").json == ["", [], [], []]

    def test_every_beginning_of_a_name_leads_to_it(self, client):
        name = "国家烟草专卖局"
        for end in range(2, len(name) + 1):
            assert "/doc/stma" in client.get("/search/suggest", query_string={"q": name[:end], "limit": 20}).json[3]

    def test_browsers_can_offer_the_search(self, client):
        reply = client.get("/opensearch.xml")
        root = ElementTree.fromstring(reply.data)
        assert len(root.findtext(OPEN + "ShortName")) <= 16
        for url in root.iter(OPEN + "Url"):
            address = url.get("template").replace("{searchTerms}", "miit").replace("{startPage?}", "1")
            reply = client.get(address.replace("{count?}", "5"), headers={"Accept": url.get("type")})
            assert (reply.status_code, reply.mimetype) == (200, url.get("type"))
        assert "/opensearch.xml" in client.get("/", headers=BROWSER).text


class TestNonsense:
    @pytest.mark.parametrize("question", ODD, ids=ascii)
    def test_odd_questions_are_just_questions(self, client, question):
        for headers in ({}, BROWSER):
            reply = client.get("/search", query_string={"q": question}, headers=headers)
            assert reply.status_code == 200
            assert "<script>alert" not in reply.text or reply.mimetype == "application/json"
        assert client.get("/search/suggest", query_string={"q": question}).status_code == 200

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(question=st.text(max_size=200))
    def test_any_text_is_answered(self, client, question):
        reply = client.get("/search", query_string={"q": question})
        assert reply.status_code == 200
        for hit in reply.json["hits"]:
            name = hit["match"]["name"]
            spans = [place for span in hit["match"]["spans"] for place in span]
            assert spans == sorted(spans) and all(0 <= place <= len(name) for place in spans)


class TestOtherGraphs:
    @pytest.mark.parametrize(
        ("question", "end"),
        [
            *(("pequod", "a"), ("mobidike", "b"), ("moby dick", "b"), ("莫比迪克", "b"), ("yaha", "hasCaptain")),
            *(("has captain", "hasCaptain"), ("nantucket", "c"), ("d e", "d%20e"), ("pequot", "a")),
        ],
    )
    def test_any_vocabulary_is_searched(self, other, question, end):
        hit = other.get("/search", query_string={"q": question}).json["hits"][0]
        assert hit["iri"] == "http://example.org/" + end
        if end != "c":  # descriptions are taken from the default graph
            assert other.get(hit["page"]).status_code == 200

    def test_kinds_are_named_as_well_as_can_be(self, other):
        hits = other.get("/search?q=pequod").json["hits"]
        assert hits[0]["kind"]["label"] == {"de": "Schiff"}
        assert "Schiff" in other.get("/search?q=pequod", headers=BROWSER).text

    def test_an_empty_graph_is_no_error(self):
        client = create_app(Settings(), LocalEngine(ox.Store(), "e1"), {}).test_client()
        for headers in ({}, BROWSER):
            for address in ("/search", "/search?q=a", "/search/suggest?q=a"):
                assert client.get(address, headers=headers).status_code == 200

    def test_new_data_get_a_new_index(self):
        store = ox.Store()
        engine = LocalEngine(store, "n1")
        client = create_app(Settings(), engine, {}).test_client()
        assert client.get("/search?q=ahab").json["total"] == 0
        store.load(b'<http://example.org/x> <http://schema.org/name> "Ahab" .', format=ox.RdfFormat.TURTLE)
        engine.version = "n2"
        total = 0
        for _ in range(1000):  # the old index answers until the new one is made
            answer = client.get("/search?q=ahab").json
            total = answer["total"]
            if answer["version"] == "n2":
                break
        assert total == 1


def test_the_answer_is_as_openapi_says(client, ask):
    written = client.get("/openapi.json").json
    schema = written["components"]["schemas"]["SearchAnswer"]
    answer = ask("Internet Safety Management Bureau")
    assert set(schema["required"]) <= set(answer) <= set(schema["properties"])
    hit = schema["properties"]["hits"]["items"]
    assert set(hit["properties"]) == set(answer["hits"][0])
    assert set(answer["hits"][0]["match"]) <= set(hit["properties"]["match"]["oneOf"][0]["properties"])
    assert json.dumps(written["paths"]["/search"])
