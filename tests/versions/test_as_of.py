"""Two clocks: what was so on a day (as-of), and what we said on a day (version), apart and together."""

from datetime import date

import pytest

from miit_graph.engine.api import Limits
from miit_graph.engine.local import LocalEngine
from miit_graph.publish.ask import Asker
from miit_graph.web.linked_data.as_of import absent_on

BROWSER = "text/html,*/*;q=0.1"


@pytest.mark.parametrize(
    ("version", "day", "expected"),
    [
        # Version 1 says: since some day of 2008. Version 3 adds: until 1 May 2013.
        (1, "2007-12-31", None),
        (1, "2008-06-30", "possible"),
        (1, "2020-01-01", "certain"),
        (3, "2007-12-31", None),
        (3, "2008-06-30", "possible"),
        (3, "2013-05-01", "certain"),
        (3, "2013-05-02", None),
        (3, "2020-01-01", None),
    ],
)
def test_what_held_on_a_day_as_a_version_says(offices, version, day, expected):
    client = offices.at(f"/versions/{version}/doc/bureau")
    page = client.get(accept=BROWSER, as_of=day).text
    assert (">possible</span>" in page, ">certain</span>" in page) == (expected == "possible", expected == "certain")
    assert ('id="fact-sits"' in page) == (expected is not None)
    turtle = client.get(accept="text/turtle", as_of=day).text
    assert ("m:affiliate" in turtle) == (expected is not None)


def test_the_page_says_what_it_leaves_out(offices):
    page = offices.at("/doc/bureau").get(accept=BROWSER, as_of="2020-01-01").text
    assert (
        "facts that certainly did not hold then (1)" in page
        and "/doc/bureau.ttl?as-of=2020-01-01" in page
        and 'value="2020-01-01"' in page
    )
    assert "截至" in offices.at("/doc/bureau").get(accept=BROWSER, as_of="2010-01-01", lang="zh").text
    assert "as-of" in offices.at("/doc/bureau").get(accept=BROWSER).text
    assert offices.at("/doc/bureau").get(as_of="someday").status == 400


def test_the_page_of_a_thing_tells_its_history(offices):
    page = offices.at("/doc/bureau").get(accept=BROWSER).text
    section = page.partition('id="history"')[2]
    assert section.index("/versions/3") < section.index("/versions/2")
    assert "Corrects the name of the bureau" in section and "/blame?iri=" in section
    assert (
        "Unchanged since version 1, 2026-01-01"
        in offices.at("/describe").get(accept=BROWSER, iri="http://www.w3.org/ns/org#unitOf").text
    )
    assert 'id="history"' not in offices.at("/versions/2/doc/bureau").get(accept=BROWSER).text


def test_data_without_a_journal_have_no_history_section(without_journal):
    page = without_journal.at("/describe").get(accept=BROWSER, iri="http://e/s")
    assert page.status == 200 and 'id="history"' not in page.text


def found(client, day, **more):
    reply = client.at("/search").get(q="bureau", as_of=day, format="json", **more)
    return {hit["iri"].rpartition("/")[2] for hit in reply.json["hits"]}


def test_the_search_leaves_out_what_certainly_was_not_there(offices):
    assert found(offices, "2010-01-01") == found(offices, "") == {"bureau", "sits"}
    assert found(offices, "2020-01-01") == {"bureau"}  # the bureau itself has no dates
    page = offices.at("/search").get(accept=BROWSER, q="bureau", as_of="2020-01-01").text
    assert "Left out: what certainly was not there on 2020-01-01" in page
    assert offices.at("/search").get(q="bureau", as_of="x").status == 400


def test_bodies_come_and_go_with_changes(shipped_engine):
    day = absent_on(shipped_engine, date(1800, 1, 1))
    everything = absent_on(shipped_engine, date(2100, 1, 1))
    assert any(iri.startswith("https://w3id.org/miit-graph/id/") for iri in day)
    assert day != everything
    bodies = shipped_engine.rows(
        "SELECT DISTINCT ?x { ?c org:resultingOrganization ?x ; m:at/m:earliest ?d"
        " FILTER NOT EXISTS { ?c org:originalOrganization ?x } FILTER NOT EXISTS { ?c m:rank c:rank-deprecated } }"
    )
    assert bodies and {row["x"].value for row in bodies} <= day


@pytest.fixture(scope="module")
def shipped_engine(snapshot):
    engine = LocalEngine(snapshot.load(), snapshot.version, prefixes=snapshot.manifest["prefixes"])
    return Asker(engine, Limits())
