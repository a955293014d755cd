"""The pages of the organisation chart and of the timeline, and their pictures, as a browser gets them."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pyoxigraph as ox
import pytest

from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from tests.conftest import ROOT
from tests.web.linked_helpers import BASE, BROWSER, get

pytest_plugins = ("tests.web.linked_fixtures",)
PATHS = ("/chart", "/timeline")


class Page(HTMLParser):
    def __init__(self, reply):
        super().__init__()
        assert reply.status == 200, reply.text[:500]
        self.units, self.text, self.tags, self.links, self.ids = [], "", [], [], []
        self.feed(reply.text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        assert "style" not in found and not any(name.startswith("on") for name in found)
        self.tags.append(tag)
        if found.get("id"):
            self.ids.append(found["id"])
        if tag == "a":
            self.links.append(found["href"])
        if "unit" in (found.get("class") or "").split() and tag == "li":
            self.units.append(found["data-iri"])

    def handle_data(self, data):
        self.text += data


def browse(client, path, **headers):
    return get(client, path, BROWSER, **headers)


def test_the_tree_has_every_body_once(shipped):
    page = Page(browse(shipped, "/chart?lang=en"))
    assert len(page.units) == len(set(page.units)) == 100
    assert "100 bodies" in page.text and "16 nameplates" in page.text
    assert page.tags.count("details") > 8  # it opens and closes without a script
    assert "also: entrusted management · China Center for Information Industry Development" in page.text


def test_the_time_line_is_a_picture_and_a_list(shipped):
    page = Page(browse(shipped, "/timeline?lang=en"))
    assert page.tags.count("svg") >= 2 and len(page.ids) == len(set(page.ids))
    for words in ("summer 2021", "between 1 June 2021 and 31 August 2021", "B 181", "Attested without a date"):
        assert words in page.text
    assert "/doc/tenure-party-secretary-2?lang=en" in page.links


@pytest.mark.parametrize("path", PATHS)
def test_links_lead_somewhere(shipped, path):
    page = Page(browse(shipped, path))
    own = sorted({link for link in page.links if link.startswith("/") and ".svg" not in link})
    for link in own[:: max(1, len(own) // 12)]:
        assert browse(shipped, link).status in (200, 303), link
    for link in {link for link in page.links if ".svg" in link}:
        assert get(shipped, link).headers.get_content_type() == "image/svg+xml"


@pytest.mark.parametrize("path", PATHS)
def test_pages_speak_both_languages(shipped, path):
    assert "工业和信息化部" in Page(browse(shipped, path + "?lang=zh")).text
    assert browse(shipped, path, **{"Accept-Language": "zh"}).headers["Content-Language"] == "zh"


@pytest.mark.parametrize("path", [*PATHS, "/chart.svg", "/timeline.svg"])
def test_unchanged_pages_are_not_sent_again(shipped, path):
    first = browse(shipped, path)
    again = browse(shipped, path, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    assert browse(shipped, path + "?lang=zh").headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize("name", ["chart", "timeline"])
def test_pictures_are_those_of_the_documentation(shipped, name):
    for lang in ("en", "zh"):
        reply = get(shipped, f"/{name}.svg?lang={lang}")
        assert reply.body == (ROOT / f"docs/pictures/{name}-{lang}.svg").read_bytes()
    both = get(shipped, f"/{name}.svg?lang=both&theme=dark").text
    ET.fromstring(both)
    assert "工业和信息化部" in both and "Ministry of Industry" in both


def test_a_part_of_the_chart(shipped):
    universities = Page(browse(shipped, "/chart?lang=en&kind=" + quote(BASE + "code/aff-university", safe="")))
    assert len(universities.units) == 8
    assert Page(browse(shipped, "/chart?root=d:ccid")).units == [BASE + "id/ccid"]
    assert len(Page(browse(shipped, "/chart?depth=1")).units) == 4
    assert BASE + "id/miit" not in Page(browse(shipped, "/chart?as-of=2005-01-01")).units


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/chart?root=miiit", 404, "miit"),
        ("/chart?as-of=yesterday", 400, "2012-06-30"),
        ("/chart?depth=99", 400, "from 1 to 30"),
        ("/chart.svg?theme=blue", 400, "light, dark"),
        ("/timeline?from=2012&to=2010", 400, "after that of"),
        ("/timeline?kind=persons", 400, "people"),
        ("/timeline.svg?root=%00%22%3E", 404, "root"),
    ],
)
def test_errors_say_what_is_possible(shipped, path, status, told):
    reply = get(shipped, path, "application/problem+json")
    assert (reply.status, reply.type) == (status, "application/problem+json")
    assert told in reply.json["detail"]
    assert browse(shipped, path + "&lang=zh").status == status


def test_a_graph_without_organisations_or_dates(client):
    for path in PATHS:
        page = Page(browse(client, path + "?lang=en"))
        assert "There is nothing to draw" in page.text
        assert get(client, path + ".svg").status == 200


EVIL = "</script><script>alert(1)</script><b onclick=x>&\"'\u0008"


def test_evil_names_stay_text(serve):
    store = ox.Store()
    turtle = f"""@prefix org: <http://www.w3.org/ns/org#> . @prefix m: <https://w3id.org/miit-graph/ont#> .
        @prefix x: <https://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        x:a org:unitOf x:b ; rdfs:label {ox.Literal(EVIL)} ; m:at "2004" .
        <javascript:alert(1)> org:unitOf x:b ; m:at "2005" . x:p m:plateOf x:a ; rdfs:label {ox.Literal(EVIL)} ."""
    store.load(turtle.encode(), format=ox.RdfFormat.TURTLE)
    served = serve(Settings(), LocalEngine(store, "evil", workers=2), {})
    for path in PATHS:
        page = Page(browse(served, path))
        assert "<script>alert(1)" in page.text
        assert not any(link.lower().startswith("javascript") for link in page.links)
        assert page.tags.count("script") <= 4
        ET.fromstring(get(served, path + ".svg").body)
