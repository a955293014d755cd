"""The pages of sources, line by line, and of what is disputed."""

import html
import re

import pytest

from tests.web.linked_helpers import BROWSER, follow, get
from tests.web.test_entity_page import Page

pytest_plugins = ("tests.web.linked_fixtures",)


def count(client, query):
    reply = client.request("POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-query"})
    return int(reply.json["results"]["bindings"][0]["n"]["value"])


class TestSources:
    def test_each_source_with_its_figures(self, shipped):
        page = Page(shipped, "/sources")
        for letter in "ab":
            assert f"/sources/src-{letter}" in page.links
            facts = count(
                shipped,
                "SELECT (COUNT(DISTINCT ?f) AS ?n) { ?f prov:wasDerivedFrom ?c ."
                f" ?c a m:Citation ; dct:source d:src-{letter} }}",
            )
            assert str(facts) in page.text
        assert "001_5a57c2250fa3489c.txt" in page.text and "not stated" in page.text
        assert "157 of 192 lines used" in page.text

    def test_every_line_has_its_anchor_once(self, shipped):
        page = Page(shipped, "/sources/src-b")
        assert sorted(int(i[1:]) for i in page.ids if re.fullmatch(r"L\d+", i)) == list(range(1, 193))

    def test_a_line_shows_its_quote_and_the_facts(self, shipped):
        text = get(shipped, "/sources/src-b", BROWSER).text
        line = text.split('id="L26"')[1].split('id="L27"')[0]
        assert "Child1 Agency: State Tobacco Monopoly Administration" in line and 'href="/doc/aff-stma"' in line

    def test_gaps_are_counted(self, shipped):
        page = Page(shipped, "/sources/src-b")
        assert "Lines 1–3" in page.text and "3 lines without facts" in page.text
        gaps = [int(n) for n in re.findall(r"(\d+) lines? without facts", page.text)]
        assert sum(gaps) == 192 - 157

    def test_filter_by_kind_of_fact(self, shipped):
        page = Page(shipped, "/sources/src-b?kind=Tenure")
        assert "/doc/aff-stma" not in page.links and "lines without facts of this kind" in page.text
        assert sorted(int(i[1:]) for i in page.ids if re.fullmatch(r"L\d+", i)) == list(range(1, 193))
        assert get(shipped, "/sources/src-b?kind=None", BROWSER).status == 404

    def test_chinese_and_links_between_source_and_entity(self, shipped):
        page = Page(shipped, "/sources/src-b?lang=zh")
        assert "第 26 行" in page.text and "/doc/src-b?lang=zh" in page.links
        assert any(link.startswith("/sources/src-b") for link in Page(shipped, "/doc/src-b").links)

    def test_unknown(self, shipped):
        assert get(shipped, "/sources/none", BROWSER).status == 404

    def test_unchanged(self, shipped):
        reply = get(shipped, "/sources/src-a", BROWSER)
        assert get(shipped, "/sources/src-a", BROWSER, If_None_Match=reply.headers["ETag"]).status == 304


class TestDisputes:
    def test_all_conflicts_are_there_page_by_page(self, shipped):
        titles, path = [], "/disputes"
        while path:
            page = Page(shipped, path)
            titles += re.findall(r'<article class="conflict" aria-labelledby="([^"]+)"', page.reply.text)
            following = re.search(r'rel="next" href="([^"]+)"', page.reply.text)
            path = following and html.unescape(following[1])
        assert len(titles) == len(set(titles)) == count(shipped, "SELECT (COUNT(*) AS ?n) { ?c a m:Conflict }")

    def test_sides_receipts_and_decision(self, shipped):
        page = Page(shipped, "/disputes?kind=structure")
        told = page.reply.text.split("Space and atomic energy")[1].split("</article>")[0]
        assert told.count('<section class="side') == 4
        assert "External nameplates" in told or "/sources/src-b" in told
        assert "names the ministry uses towards the outside" in told
        assert "Curators" in told

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_no_two_sides_read_alike(self, shipped, language):
        path = f"/disputes?lang={language}"
        while path:
            text = get(shipped, path, BROWSER).text
            for article in text.split('<article class="conflict"')[1:]:
                sides = article.split("</article>")[0].split('<div class="decision">')[0].split("<section")[1:]
                told = [re.sub(r"<h4.*?</h4>|<[^>]+>|\s+", " ", side.split("<figure")[0]).strip() for side in sides]
                assert len(set(told)) == len(told), told
            following = re.search(r'rel="next" href="([^"]+)"', text)
            path = following and html.unescape(following[1])

    def test_in_chinese(self, shipped):
        page = Page(shipped, "/disputes?lang=zh")
        assert {"如何处理及其理由", "各方主张"} <= {
            *page.sections,
            *re.findall(r"<h[1-4][^>]*>([^<]+)", page.reply.text),
        }

    def test_claims_with_their_stance_and_contested_links(self, shipped):
        page = Page(shipped, "/disputes")
        assert "Human Rights Watch" in page.sections["Who claims what"]
        assert "critical" in page.sections["Who claims what"]
        assert "China National Space Administration" in page.sections["Contested links"]
        assert "contested" in page.sections["Contested links"]

    def test_as_json(self, shipped):
        link = next(link for link in Page(shipped, "/disputes").links if "format=json" in link)
        assert len(get(shipped, link, "*/*").json["results"]["bindings"]) >= 292

    @pytest.mark.parametrize(
        ("query", "status"), [("kind=none", 404), ("page=99", 404), ("page=x", 400), ("page=0", 400)]
    )
    def test_what_there_is_not(self, shipped, query, status):
        assert get(shipped, f"/disputes?{query}", BROWSER).status == status

    def test_an_entity_leads_to_the_disputes(self, shipped):
        assert "/disputes" in Page(shipped, "/doc/miit").links


@pytest.mark.parametrize("path", ["/doc/miit", "/disputes?lang=zh", "/sources", "/sources/src-a", "/doc/aff-stma"])
def test_well_formed(shipped, path):
    import html5lib

    html5lib.HTMLParser(strict=True).parse(follow(shipped, path, BROWSER).body.decode())
