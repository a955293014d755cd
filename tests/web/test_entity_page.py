"""The page of a thing: what is known of it, arranged as its graph says, each fact with its receipt."""

import gzip
import itertools
import re
from html.parser import HTMLParser

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from miit_graph.web.linked_data import when
from tests.web.linked_helpers import BASE, BROWSER, get

pytest_plugins = ("tests.web.linked_fixtures",)


class Page(HTMLParser):
    """Sections by heading, links, anchors, and whether anything would run or be styled in place."""

    def __init__(self, client, path, **headers):
        super().__init__()
        self.reply = get(client, path, BROWSER, **headers)
        assert self.reply.status == 200, self.reply.text
        self.links, self.ids = [], []
        self._heading, self._parts, self._all = None, {"": []}, []
        self._section = self._parts[""]
        self.feed(self.reply.text)
        self.text = "".join(self._all)
        self.sections = {name: " ".join(" ".join(parts).split()) for name, parts in self._parts.items()}

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert "style" not in attributes and not any(name.startswith("on") for name in attributes)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        if tag == "h2":
            self._heading = ""

    def handle_endtag(self, tag):
        if tag == "h2":
            self._section = self._parts[re.sub(r"[\d,]*$", "", self._heading.strip()).strip()] = []
            self._heading = None

    def handle_data(self, data):
        self._all.append(data)
        if self._heading is not None:
            self._heading += data
        else:
            self._section.append(data)


@pytest.fixture(scope="module")
def counted(serve, published):
    """The shipped graph behind an engine that counts what it is asked."""

    class Counting:
        version = published.version

        def __init__(self):
            self.engine = LocalEngine(
                published.load(), published.version, prefixes=published.manifest["prefixes"], workers=2
            )
            self.asked = 0

        def run(self, *arguments):
            self.asked += 1
            return self.engine.run(*arguments)

    engine = Counting()
    return serve(Settings(snapshot=published.path), engine, published.manifest), engine


@pytest.fixture(scope="module")
def ministry(shipped):
    return Page(shipped, "/doc/miit")


class TestTheMinistry:
    def test_sections_stand_in_the_order_in_which_one_asks(self, ministry):
        asked = ["What it is", "What it belongs to", "What belongs to it", "Posts and people", "Functions and aims"]
        asked += ["Laws, policies and programmes", "Events and changes", "Figures", "What is disputed"]
        places = [list(ministry.sections).index(title) for title in asked]
        assert places == sorted(places)

    def test_facts_stand_in_their_sections(self, ministry):
        sections = ministry.sections
        assert "State Council" in sections["What it belongs to"]
        assert "General Office" in sections["What belongs to it"]
        assert "Internal functional office 26" in sections["What belongs to it"]
        assert "Tian Yulong" in sections["Posts and people"] and "Chief Engineer" in sections["Posts and people"]
        assert "Ministry of Information Industry" in sections["Events and changes"]
        assert "Jurisdiction given as a government" in sections["What is disputed"]

    def test_in_chinese(self, shipped):
        page = Page(shipped, "/doc/miit?lang=zh")
        assert {"基本情况", "隶属于", "下属与关联单位", "职务与人员", "职能与目标", "争议"} <= set(page.sections)
        assert "国务院" in page.sections["隶属于"] and "办公厅" in page.sections["下属与关联单位"]

    def test_it_is_rendered_once_in_each_language(self, counted):
        client, engine = counted
        first = get(client, "/doc/caict", BROWSER)
        asked = engine.asked
        again = get(client, "/doc/caict", BROWSER)
        assert engine.asked == asked and again.body == first.body and "hit" in again.headers["Cache-Status"]
        for header in ("ETag", "Link", "Content-Language", "Vary", "Dataset-Version"):
            assert again.headers[header] == first.headers[header]
        chinese = get(client, "/doc/caict", BROWSER, Accept_Language="zh")
        assert chinese.headers["Content-Language"] == "zh" and chinese.headers["ETag"] != first.headers["ETag"]
        kept = get(client, "/doc/caict?lang=zh", BROWSER), get(client, "/doc/caict?lang=zh", BROWSER)
        assert kept[0].body == kept[1].body and all("lang=zh" in reply.headers["Set-Cookie"] for reply in kept)

    @pytest.mark.parametrize("accept", ["text/turtle", "application/ld+json"])
    def test_as_data_it_is_made_once_in_each_format(self, counted, accept):
        client, engine = counted
        first = get(client, "/doc/caict", accept)
        asked = engine.asked
        again = get(client, "/doc/caict", accept)
        assert engine.asked == asked and again.body == first.body and "hit" in again.headers["Cache-Status"]
        for header in ("Content-Type", "ETag", "Link", "Content-Location", "Vary", "Cache-Control", "Dataset-Version"):
            assert again.headers[header] == first.headers[header] is not None
        past = get(client, "/doc/caict?as-of=1950-01-01", accept)
        assert engine.asked > asked and past.headers["ETag"] != first.headers["ETag"]

    def test_every_receipt_names_its_line_and_leads_there(self, shipped, ministry):
        leading = [link for link in ministry.links if re.search(r"/sources/src-[ab](\?lang=\w+)?#L\d+$", link)]
        assert len(leading) > 150
        source = Page(shipped, "/sources/src-b")
        assert {link.partition("#")[2] for link in leading if "src-b" in link} <= set(source.ids)
        assert "Headquarters: Beijing" in ministry.sections["What it is"]

    def test_it_is_light_and_asks_little(self, counted):
        client, engine = counted
        get(client, "/doc/miit", BROWSER)
        engine.asked = 0
        reply = get(client, "/doc/miit?lang=en", BROWSER)  # another address, so it is not in the cache
        assert engine.asked <= 12
        assert len(gzip.compress(reply.body)) < 60_000
        engine.asked = 0
        get(client, "/doc/miao-wei", BROWSER)
        assert engine.asked <= 12

    def test_long_lists_lead_to_their_section_which_has_all(self, shipped, ministry):
        assert "/doc/miit?section=parts" in ministry.links
        section = Page(shipped, "/doc/miit?section=parts")
        assert section.reply.text.count('<li class="fact') == 96
        assert "/doc/miit" in section.links

    def test_no_fact_stands_twice(self, ministry):
        assert len(ministry.ids) == len(set(ministry.ids))

    def test_headings_are_in_order(self, ministry):
        levels = [int(level) for level in re.findall(r"<h([1-6])", ministry.reply.text)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))

    def test_the_picture_links_what_it_shows_and_has_a_name(self, ministry):
        picture = ministry.reply.text.split('<figure class="around"')[1].split("</figure>")[0]
        assert "aria-label=" in picture and "/doc/state-council" in picture and 'href="#parts"' in picture

    def test_contents_lead_to_sections_on_the_page(self, ministry):
        assert {link[1:] for link in ministry.links if link.startswith("#")} <= set(ministry.ids)

    def test_the_query_of_the_page_gives_its_facts(self, shipped, ministry):
        (link,) = [link for link in ministry.links if "CONSTRUCT" in link]
        told = get(shipped, link.replace("format=html", "format=nt").replace("/query?", "/sparql?"), "*/*").text
        assert f"<{BASE}id/aff-stma>" in told and f"<{BASE}id/cite-b-85>" in told

    def test_the_download_has_everything_in_one_file(self, shipped):
        told = get(shipped, "/doc/miit.nt").text
        assert told.count(f"<{BASE}ont#principal> <{BASE}id/miit>") == 96


class TestFacts:
    def test_a_deprecated_fact_is_marked_and_says_why(self, shipped):
        page = Page(shipped, "/doc/mii").reply.text
        assert 'class="fact deprecated"' in page and "deprecated</span>" in page and 'class="reason"' in page

    def test_a_rejected_claim_stands_among_what_is_disputed(self, shipped):
        sections = Page(shipped, "/doc/mii").sections
        claim = "The Ministry of Information Industry supersedes"
        assert claim in sections["What is disputed"] and claim not in sections["Events and changes"]

    def test_tenures_are_a_table_in_the_order_of_time(self, shipped):
        page = Page(shipped, "/doc/post-party-secretary")
        told = page.sections["Posts and people"]
        assert '<table class="facts dated">' in page.reply.text
        names = ["Li Yizhong", "Miao Wei", "Xiao Yaqing", "Jin Zhuanglong", "Li Lecheng"]
        assert [told.index(name) for name in names] == sorted(told.index(name) for name in names)
        assert "from March 2008 to December 2010" in told and "since February 2025" in told
        zh = Page(shipped, "/doc/post-party-secretary?lang=zh").sections["职务与人员"]
        assert "2008年3月至2010年12月" in zh and "2025年2月起" in zh

    def test_an_undated_fact_says_so(self, shipped):
        assert "as attested; dates not stated" in Page(shipped, "/doc/tian-yulong").text
        assert "未言起止" in Page(shipped, "/doc/tian-yulong?lang=zh").text

    def test_names_tell_their_basis(self, shipped):
        page = Page(shipped, "/doc/state-council")
        assert "supplied by curators" in page.sections[""] and "国务院" in page.sections[""]

    def test_a_fact_has_a_page(self, shipped):
        page = Page(shipped, "/doc/aff-stma")
        assert "/doc/stma" in page.links and "/doc/miit" in page.links
        assert "State Tobacco Monopoly Bureau" in page.text

    def test_a_citation_has_a_page_with_what_rests_on_it(self, shipped):
        page = Page(shipped, "/doc/cite-b-26")
        assert "/sources/src-b#L26" in page.links and "Child1 Agency" in page.text
        assert "State Tobacco Monopoly Administration" in page.text

    def test_a_code_has_a_page_with_the_facts_that_use_it(self, shipped):
        page = Page(shipped, "/doc/code/fn-tobacco-control")
        assert "Ministry of Industry and Information Technology" in page.sections["Functions and aims"]

    def test_a_code_that_all_facts_use_pages(self, shipped):
        page = Page(shipped, "/doc/code/rank-normal")
        section = next(link for link in page.links if "section=" in link)
        first = Page(shipped, section)
        following = next((link for link in first.links if "page=2" in link), None)
        assert first.reply.text.count('<li class="fact') <= 200
        assert following is None or Page(shipped, following)


class TestSections:
    @pytest.mark.parametrize("query", ["section=none", "section=parts&page=2", "page=2", "section=&page=3"])
    def test_there_are_no_others(self, shipped, query):
        assert get(shipped, f"/doc/miit?{query}", BROWSER).status == 404

    def test_who_links_here_in_full(self, small):
        page = Page(small, "/doc/top")
        assert "/doc/top?section=links" in page.links
        first, last = Page(small, "/doc/top?section=links"), Page(small, "/doc/top?section=links&page=3")
        assert "/doc/member-0000" in first.links and "/doc/top?section=links&page=2" in first.links
        assert "/doc/top?section=links&page=4" not in last.links
        assert get(small, "/doc/top?section=links&page=4", BROWSER).status == 404


@pytest.fixture(scope="module")
def friends(serve):
    """A graph of somebody else's, without our ontology or any shapes."""
    store = ox.Store()
    store.load(
        b"""@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix schema: <https://schema.org/> .
        @prefix ex: <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        ex:alice a foaf:Person ; foaf:name "Alice" ; foaf:knows ex:bob , ex:carol ;
          schema:birthDate "1990-03"^^xsd:gYearMonth ;
          schema:memberOf ex:club ; foaf:based_near [ foaf:name "Here" ] ; foaf:homepage <javascript:alert(1)> .
        ex:bob foaf:name "Bob" ; foaf:knows ex:alice . ex:carol foaf:name "\xe5\x8d\xa1\xe8\x90\x9d\xe5\xb0\x94"@zh .
        ex:club schema:name "Club" ; schema:parentOrganization ex:league . ex:league schema:name "League"@en .""",
        format=ox.RdfFormat.TURTLE,
    )
    return serve(Settings(), LocalEngine(store, "f1", workers=2), {"title": "Friends"})


class TestAnyGraph:
    def test_a_person(self, friends):
        page = Page(friends, "/describe?iri=http://example.org/alice")
        assert "Alice" in page.sections[""]
        assert "Bob" in page.sections["Properties"] and "March 1990" in page.sections["Properties"]
        assert "Here" in page.sections["Properties"] and "Bob" in page.sections["What links here"]
        assert "卡萝尔" in page.text and 'lang="zh"' in page.reply.text
        assert not any(link.startswith("javascript") for link in page.links)
        assert 'class="around"' in page.reply.text

    def test_an_organisation_says_what_is_above_it(self, friends):
        text = get(friends, "/describe?iri=http://example.org/club", BROWSER).text
        assert text.index("League") < text.index("<h1")

    @pytest.mark.parametrize("language", ["en", "zh"])
    def test_no_sources_and_no_disputes_is_said(self, friends, language):
        said = {"en": ("names no source documents", "records no disputes"), "zh": ("未列出来源", "未记录争议")}[
            language
        ]
        for path, text in zip(("/sources", "/disputes"), said, strict=True):
            assert text in get(friends, f"{path}?lang={language}", BROWSER).text
        assert get(friends, "/sources/any", BROWSER).status == 404


class TestTimesInWords:
    @pytest.mark.parametrize(
        ("edtf", "en", "zh"),
        [
            ("2008-03", "March 2008", "2008年3月"),
            ("2008-03-09", "9 March 2008", "2008年3月9日"),
            ("2004", "2004", "2004年"),
            ("2021-22", "summer 2021", "2021年夏季"),
            ("2009-41", "late 2009", "2009年下半年"),
            ("2009-34", "quarter 2 of 2009", "2009年第二季度"),
            ("2010~", "about 2010", "约2010年"),
            ("../2011", "by 2011", "不晚于2011年"),
            ("2011/..", "2011 or later", "2011年或以后"),
            ("2004/2006-02", "between 2004 and February 2006", "2004年至2006年2月之间"),
            ("what?", "", ""),
            ("2004-99", "", ""),
        ],
    )
    def test_edtf(self, edtf, en, zh):
        assert (when.edtf(edtf, "en"), when.edtf(edtf, "zh")) == (en, zh)

    @given(st.text(max_size=20), st.sampled_from(["en", "zh"]))
    def test_any_text_is_said_or_left(self, text, language):
        assert isinstance(when.edtf(text, language), str)

    def test_bounds(self):
        assert when.bounds("2021-06-01", "2021-08-31", "en") == "between 1 June 2021 and 31 August 2021"
        assert when.bounds("2021-06-01", "2021-08-31", "zh") == "2021年6月1日至2021年8月31日之间"
        assert when.bounds("", "2021-08-31", "en") == "by 31 August 2021"
