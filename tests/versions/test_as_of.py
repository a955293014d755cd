"""Two clocks: what was so on a day (as-of), and what we said on a day (version), apart and together."""

import pytest

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
    assert "facts that certainly did not hold then (1)" in page and 'value="2020-01-01"' in page
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
