"""Memento (RFC 7089), section by section."""

import re

import pytest
from werkzeug.http import parse_date

BROWSER = "text/html,*/*;q=0.1"
MARCH = "Sun, 15 Mar 2026 00:00:00 GMT"


def links(reply):
    """Every Link by relation: (address, datetime)."""
    found = {}
    for value in reply.headers.get_all("Link") or []:
        for target, rest in re.findall(r'<([^>]*)>((?:;\s*[\w-]+="[^"]*")*)', value):
            told = dict(re.findall(r'([\w-]+)="([^"]*)"', rest))
            for relation in told["rel"].split():
                found.setdefault(relation, []).append((target, told.get("datetime", "")))
    return found


def at(client, path, moment, **headers):
    return client.request("GET", path, headers={"Accept-Datetime": moment, **headers})


def path_of(client, address):
    return address.removeprefix(f"http://127.0.0.1:{client.port}")


def test_2_2_1_the_original_names_its_timegate_and_timemap(offices):
    reply = offices.at("/doc/bureau").get()
    assert reply.status == 200 and "Accept-Datetime" in reply.headers["Vary"]
    found = links(reply)
    original = f"http://127.0.0.1:{offices.port}/doc/bureau"
    assert found["original"][0][0] == found["timegate"][0][0] == original
    assert found["timemap"][0][0].endswith("/timemap/doc/bureau")
    assert "Memento-Datetime" not in reply.headers  # section 2.1.1: only mementos have it


def test_4_1_1_the_timegate_leads_to_the_memento(offices):
    reply = at(offices, "/doc/bureau", MARCH)
    assert reply.status == 302 and reply.headers["Location"] == "/versions/3/doc/bureau"
    assert "Accept-Datetime" in reply.headers["Vary"] and "Memento-Datetime" not in reply.headers
    found = links(reply)
    assert {"original", "timegate", "timemap", "first", "last", "memento"} <= found.keys()
    thing = at(offices, "/id/bureau", MARCH)
    assert thing.status == 303 and thing.headers["Location"] == "/doc/bureau"


def test_4_1_2_the_memento_says_when_it_stood_and_where_the_others_are(offices):
    reply = offices.at("/versions/2/doc/bureau").get()
    assert reply.headers["Memento-Datetime"] == "Sun, 01 Feb 2026 12:00:00 GMT"
    found = links(reply)
    places = {r: [path_of(offices, t) for t, _ in found[r]] for r in ("first", "prev", "next", "last")}
    one, three, four = (f"/versions/{n}/doc/bureau" for n in (1, 3, 4))
    assert places == {"first": [one], "prev": [one], "next": [three], "last": [four]}
    assert all(parse_date(moment) for _, moment in found["memento"]) and len(found["memento"]) == 4
    assert path_of(offices, found["original"][0][0]) == "/doc/bureau"


@pytest.mark.parametrize(("number", "name"), [(1, "Bureau"), (2, "Bureau of Posts"), (4, "Bureau of Posts")])
def test_mementos_say_what_was_said_then(offices, number, name):
    turtle = offices.at(f"/versions/{number}/doc/bureau").get(accept="text/turtle")
    assert f'"{name}"@en' in turtle.text
    assert offices.at(f"/versions/{number}/doc/bureau.nt").get().text.count(f'"{name}"@en') == 1
    page = offices.at(f"/versions/{number}/doc/bureau").get(accept=BROWSER).text
    assert f">{name}</h1>" in page and f"/versions/{number}/doc/ministry" in page
    assert f"version {number} of 2026-0{number}-01" in page and 'href="/doc/bureau"' in page
    assert "此处为版本" in offices.at(f"/versions/{number}/doc/bureau").get(accept=BROWSER, lang="zh").text


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        ("Thu, 01 Jan 2026 12:00:00 GMT", 1),
        ("Sun, 01 Feb 2026 11:59:59 GMT", 1),
        ("Sun, 01 Feb 2026 12:00:00 GMT", 2),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 4),
    ],
)
def test_4_5_3_before_the_first_and_after_the_last_it_is_that_one(offices, moment, number):
    assert at(offices, "/doc/bureau", moment).headers["Location"] == f"/versions/{number}/doc/bureau"


@pytest.mark.parametrize("moment", ["yesterday", "2026-02-01", "", "Sun, 01 Feb 2026 12:00:00 CET", "Sun, 41 Feb 2026"])
def test_4_5_3_what_is_no_date_is_refused(offices, moment):
    reply = at(offices, "/doc/bureau", moment)
    assert reply.status == 400 and "Sun, 01 Feb 2026" in reply.json["detail"]


def test_4_5_5_a_version_that_knew_nothing_of_it_says_so(offices):
    reply = offices.at("/versions/2/doc/office").get()
    assert reply.status == 404 and reply.headers["Memento-Datetime"]
    assert path_of(offices, links(reply)["first"][0][0]) == "/versions/4/doc/office"
    assert at(offices, "/doc/office", MARCH).headers["Location"] == "/versions/4/doc/office"
    assert at(offices, "/doc/nobody", MARCH).status == 404
    assert offices.at("/versions/9/doc/bureau").get().status == 404


def test_5_the_timemap_lists_all(offices):
    reply = offices.at("/timemap/doc/bureau").get()
    assert reply.type == "application/link-format"
    lines = reply.text.strip().split(",\n")
    assert len(lines) == 6
    assert 'rel="original timegate"' in lines[0]
    assert 'rel="self"' in lines[1] and 'from="Thu, 01 Jan 2026' in lines[1] and 'until="Wed, 01 Apr 2026' in lines[1]
    assert 'rel="first memento"; datetime="Thu, 01 Jan 2026 12:00:00 GMT"' in lines[2]
    assert 'rel="last memento"' in lines[5]
    found = offices.at("/timemap/doc/bureau").get(accept="application/json").json
    assert [m["version"] for m in found["mementos"]["list"]] == [1, 2, 3, 4]
    assert [m["version"] for m in offices.at("/timemap/doc/office").get(format="json").json["mementos"]["list"]] == [4]
    assert offices.at("/timemap/doc/nobody").get().status == 404


def test_every_memento_of_a_timemap_answers_as_of_its_time(offices):
    for m in offices.at("/timemap/doc/sits").get(format="json").json["mementos"]["list"]:
        reply = offices.at(path_of(offices, m["uri"])).get(accept="text/turtle")
        assert parse_date(reply.headers["Memento-Datetime"]).isoformat()[:19] == m["datetime"][:19]
        assert ("validUntil" in reply.text) == (m["version"] >= 3)


def test_without_a_journal_there_is_no_negotiation_of_time(without_journal):
    reply = at(without_journal, "/describe?iri=http://e/s", MARCH)
    assert reply.status == 200 and "timegate" not in links(reply)


def test_a_memento_by_hash_moves_to_its_number(offices, history):
    reply = offices.at(f"/versions/{history.versions[1].snapshot}/doc/bureau").get()
    assert reply.status == 301 and reply.headers["Location"] == "/versions/2/doc/bureau"
