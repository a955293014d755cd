"""What versions there are and what each changed, as people and programs ask for it."""

from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from miit_graph.versions.patch import Patch
from tests.versions.conftest import BASE, ID, UPDATES

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_list_names_every_version_newest_first(offices, history):
    found = offices.get(accept="application/json").json
    assert [version["number"] for version in found["versions"]] == [4, 3, 2, 1]
    assert found["present"] == 4 and found["total"] == 4
    assert [(v["author"], v["message"]) for v in found["versions"]][:3] == [(a, m) for a, m, _ in UPDATES[::-1]]
    assert found["versions"][0]["hash"] == history.versions[-1].snapshot
    page = offices.get(accept=BROWSER).text
    assert "The bureau left the ministry &lt;in&gt; 2013" in page and "served now" in page
    assert "当前版本" in offices.get(accept=BROWSER, lang="zh").text
    assert offices.get(page=2).status == 404 and offices.get(page="x").status == 400


def test_a_list_that_was_seen_is_not_sent_again(offices):
    etag = offices.get().headers["ETag"]
    assert offices.get(headers={"If-None-Match": etag}).status == 304
    assert offices.at("/versions/2").get().headers["ETag"] != etag


def test_data_without_a_journal_have_one_version(without_journal):
    found = without_journal.get(accept="application/json").json
    assert [version["hash"] for version in found["versions"]] == ["abcdef0123456789"] and found["present"] == 1
    assert "there is one version" in without_journal.get(accept=BROWSER).text
    assert without_journal.at("/versions/1").get(accept=BROWSER).status == 200
    assert without_journal.at("/versions/2").get().status == 404
    assert without_journal.at("/changes").get().json["changes"]["added"] == []
    assert without_journal.at("/versions.atom").get().status == 200


@pytest.mark.parametrize("name", ["2", "hash", "beginning"])
def test_a_version_is_named_by_number_or_hash(offices, history, name):
    version = history.versions[1]
    place = {"2": "2", "hash": version.snapshot, "beginning": version.snapshot[:8]}[name]
    found = offices.at(f"/versions/{place}").get(accept="application/json").json
    assert found["number"] == 2 and found["author"] == "curator"
    (added,), (removed,) = found["changes"]["added"], found["changes"]["removed"]
    assert added["object"] == {"type": "literal", "value": "Bureau of Posts", "xml:lang": "en"}
    assert removed["object"]["value"] == "Bureau" and removed["subject"]["value"] == f"{ID}bureau"
    assert added["graph"]["value"] == f"{BASE}graph/data/offices"


@pytest.mark.parametrize("place", ["/versions/5", "/versions/0", "/versions/nonsense", "/changes?from=1&to=9"])
def test_an_unknown_version_is_answered_with_those_there_are(offices, place):
    reply = offices.request("GET", place)
    assert reply.status == 404
    assert reply.json["versions"] == {"first": 1, "last": 4}
    assert "1 to 4" in reply.json["detail"]


@pytest.mark.parametrize("accept", ["text/x-rdf-patch", "application/rdf-patch"])
def test_patches_lead_from_any_version_to_any_other(offices, history, accept):
    for old in range(1, 5):
        for new in range(1, 5):
            reply = offices.at("/changes").get(accept=accept, **{"from": old, "to": new})
            assert reply.type == "text/x-rdf-patch"
            patch = Patch.parse(reply.text.split("\n"))
            store = ox.Store()
            store.extend(history.quads(history.find(old)))
            patch.apply(store)
            assert frozenset(store) == history.quads(history.find(new))
    of_version = Patch.parse(offices.at("/versions/3").get(format="rdfp").text.split("\n"))
    assert of_version.header["author"] == "registry" and of_version.header["version"] == "3"


def test_turtle_has_what_was_added_or_what_was_removed(offices):
    added = offices.at("/versions/2").get(accept="text/turtle", part="added")
    assert '"Bureau of Posts"@en' in added.text and '"Bureau"@en' not in added.text
    assert '"Bureau"@en' in offices.at("/versions/2").get(format="ttl", part="removed").text
    assert "graph/data/offices" in offices.at("/versions/2").get(format="nq", part="added").text
    unclear = offices.at("/versions/2").get(accept="text/turtle")
    assert unclear.status == 400 and "part=added" in unclear.json["detail"]
    assert offices.at("/versions/2").get(accept="image/png").status == 406


def test_a_change_is_told_with_names_and_what_follows_is_folded_away(offices):
    page = offices.at("/versions/3").get(accept=BROWSER).text
    written, _, made = page.partition('<details class="follows">')
    assert "Bureau under the ministry" in written and "1 May 2013" in written
    assert "graph/description" not in written and "description" in made
    chinese = offices.at("/changes").get(accept=BROWSER, lang="zh", **{"from": 1, "to": 4}).text
    assert "从版本 1 到版本 4" in chinese and "局隶属于部" in chinese and "新增" in chinese
    same = offices.at("/changes").get(accept=BROWSER, **{"from": 2, "to": 2}).text
    assert "The data are the same" in same


def test_the_feed_is_atom(offices):
    reply = offices.at("/versions.atom").get()
    assert reply.type == "application/atom+xml"
    feed = ElementTree.fromstring(reply.body)
    for name in ("title", "id", "updated"):  # RFC 4287, section 4.1.1
        assert feed.find(f"{ATOM}{name}").text
    entries = feed.findall(f"{ATOM}entry")
    assert [e.find(f"{ATOM}author/{ATOM}name").text for e in entries] == ["curator", "registry", "curator", "build"]
    assert len({e.find(f"{ATOM}id").text for e in entries}) == 4
    assert entries[1].find(f"{ATOM}updated").text == "2026-03-01T12:00:00.250000Z"
    assert entries[1].find(f"{ATOM}title").text == "Version 3: The bureau left the ministry <in> 2013"
    assert "/versions.atom" in offices.get(accept=BROWSER).text


def test_blame_of_a_thing_tells_its_facts_too(offices):
    found = offices.at("/blame").get(iri=f"{ID}bureau").json
    since = {(n["subject"]["value"], n["object"]["value"]): n["since"]["number"] for n in found["now"]}
    assert since[f"{ID}bureau", "Bureau of Posts"] == 2
    assert since[f"{ID}bureau", "局"] == 1
    assert since[f"{ID}sits", f"{ID}day-2013"] == 3
    assert [event["version"]["number"] for event in found["events"]] == [3, 2]
    page = offices.at("/blame").get(accept=BROWSER, iri=f"{ID}bureau").text
    assert "Corrects the name of the bureau" in page and "registry" in page
    assert "历史：" in offices.at("/blame").get(accept=BROWSER, iri=f"{ID}bureau", lang="zh").text


@pytest.mark.parametrize("text", [f'<{ID}bureau> skos:prefLabel "Bureau"@en .', 'd:bureau skos:prefLabel "Bureau"@en'])
def test_blame_of_a_triple_that_is_gone(offices, text):
    found = offices.at("/blame").get(triple=text).json
    assert found["now"] == []
    (event,) = found["events"]
    assert event["version"]["number"] == 2 and not event["added"] and len(event["removed"]) == 1


def test_blame_of_nothing(offices, without_journal):
    assert offices.at("/blame").get(iri="http://example.org/nobody").status == 404
    for text in ("", "a b", "<x> <y> .", '"literal"'):
        reply = offices.at("/blame").get(triple=text)
        assert reply.status == 400 and "http://example.org/a" in reply.json["detail"]
    assert without_journal.at("/blame").get(iri="http://e/s").status == 404
