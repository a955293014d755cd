"""The timeline says what the data says: everything with a date, within its bounds, with its precision in words."""

from __future__ import annotations

from datetime import date

import pytest

from miit_graph.export.picture import OptionError, Options, Records, build_timeline
from miit_graph.export.picture.days import bounds_of, civil, day_number
from miit_graph.export.picture.reading import Stated
from miit_graph.export.picture.timeline_layout import WIDE, Scale
from miit_graph.export.picture.words import Lang, bounds_in_words, in_words
from miit_graph.publish.ask import Asker
from miit_graph.vocabulary import PREFIXES
from tests.export.picture.picture_reading import Picture, ask, drawn

D = PREFIXES["d"]
EX = "@prefix ex: <https://example.org/> .\n"


@pytest.fixture(scope="module")
def picture(shipped: Asker) -> Picture:
    return drawn(shipped, "timeline")


def test_every_dated_fact_is_there_once(shipped: Asker, picture: Picture) -> None:
    rows = shipped.rows("SELECT DISTINCT ?x { ?x m:validFrom|m:validUntil|m:at|m:refTime|m:claimedAt ?t }")
    dated = {getattr(row["x"], "value", "") for row in rows}
    found = picture.iris("fact")
    assert dated <= set(found) and len(found) == len(set(found))
    assert {D + "claim-mic2025-approved-2013", D + "miit", D + "mii"} <= set(found)


def test_bars_stand_where_their_bounds_are(shipped: Asker, picture: Picture) -> None:
    timeline = build_timeline(Records.read(shipped), Options(), PREFIXES)
    scale = Scale(timeline.first, timeline.last, WIDE.left, WIDE.right)
    tenure = next(e for e in picture.of_class("fact") if e.attrib["data-iri"] == D + "tenure-party-secretary-2")
    bars = {e.get("class"): e for e in tenure if e.get("data-first")}
    sure = bars["certain"]
    assert int(sure.attrib["data-first"]) == day_number(2010, 12, 31)
    assert int(sure.attrib["data-last"]) == day_number(2020, 7, 1)
    assert float(sure.attrib["x"]) == pytest.approx(scale.x(day_number(2010, 12, 31)), abs=0.1)
    unsure = [(int(e.attrib["data-first"]), int(e.attrib["data-last"])) for e in tenure if e.get("class") == "possible"]
    assert unsure == [
        (day_number(2010, 12, 1), day_number(2010, 12, 31)),
        (day_number(2020, 7, 1), day_number(2020, 7, 31)),
    ]


def test_what_is_not_stated_is_open(picture: Picture) -> None:
    shapes = {
        e.attrib["data-iri"].removeprefix(D): [child.get("class") for child in e if child.get("class")]
        for e in picture.of_class("fact")
    }
    assert shapes["mandate-tobacco-control"] == ["possible", "open"]
    assert shapes["tenure-party-secretary-5"] == ["possible", "open"]
    assert shapes["tenure-minister-1"] == ["undated"]
    assert shapes["event-government-reform-2018"] == ["point"]


def test_dates_are_in_words(shipped: Asker, picture: Picture) -> None:
    for words in ("December 2010 – July 2020", "from summer 2021", "late 2009", "by 2011", "no date (Source B)"):
        assert words in picture.words
    chinese = drawn(shipped, "timeline", lang="zh").words
    for words in ("2010年12月—2020年7月", "自2021年夏季", "2009年末", "截至2011年", "无日期（来源乙）"):
        assert words in chinese


def test_claimed_and_disputed_dates_are_marked(picture: Picture) -> None:
    assert "(contested)" in picture.words
    assert D + "conflict-mic2025" in {e.get("href") for e in picture.of_class("sign")}


def test_what_is_deprecated_is_struck_out() -> None:
    turtle = 'ex:e a schema:Event ; rdfs:label "E" ; m:at "2001" ; m:rank c:rank-deprecated .'
    picture = drawn(ask(EX + turtle), "timeline")
    assert "E (deprecated)" in picture.words and 'text-decoration="line-through"' in picture.source


def test_a_part_of_time_a_lane_and_a_thing(shipped: Asker) -> None:
    later = drawn(shipped, "timeline", from_="2019", to="2021-06").iris("fact")
    assert D + "tenure-party-secretary-3" in later and D + "tenure-party-secretary-1" not in later
    people = drawn(shipped, "timeline", kind="people").iris("fact")
    assert people and all("tenure" in iri for iri in people)
    about = drawn(shipped, "timeline", root="d:prog-every-village").iris("fact")
    assert D + "event-every-village-launch" in about and D + "tenure-party-secretary-1" not in about


def test_a_day_is_marked_and_what_did_not_hold_is_faint(shipped: Asker) -> None:
    picture = drawn(shipped, "timeline", as_of="2015-05-15")
    faint = {
        fact.attrib["data-iri"]
        for e in picture.of_class("entry")
        if "faint" in e.attrib["class"]
        for fact in e
        if fact.get("data-iri")
    }
    assert D + "tenure-party-secretary-1" in faint and D + "tenure-party-secretary-2" not in faint


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"from": "soon"}, "2008-03"),
        ({"from": "2012", "to": "2011"}, "after that of"),
        ({"kind": "persons"}, "people"),
        ({"root": "nobody-at-all"}, "root"),
    ],
)
def test_what_is_wrong_is_said(shipped: Asker, options: dict[str, str], told: str) -> None:
    with pytest.raises(OptionError, match=told):
        build_timeline(Records.read(shipped), Options.from_strings(options), PREFIXES)


def test_other_vocabularies_and_any_years() -> None:
    turtle = """ex:m a org:Membership ; rdfs:label "M" ; org:memberDuring ex:i .
        ex:i time:hasBeginning [] ; time:hasEnd ex:end . ex:end time:inXSDgYear "1999"^^xsd:gYear .
        ex:p a prov:Activity ; rdfs:label "P" ; prov:startedAtTime "2001-02-03T04:05:06Z"^^xsd:dateTime .
        ex:old a schema:Event ; rdfs:label "Old" ; schema:startDate "-0044-03-15" ."""
    picture = drawn(ask(EX + turtle), "timeline")
    for words in ("until 1999", "from 3 February 2001", "from 15 March 45 BCE"):
        assert words in picture.words


def test_a_graph_without_dates_has_nothing_to_draw() -> None:
    assert "nothing here has a date" in drawn(ask(EX + 'ex:a rdfs:label "x" .'), "timeline").words
    dated = ask(EX + 'ex:a m:at "2004" .')
    assert "in this part of time" in drawn(dated, "timeline", to="1900").words


@pytest.mark.parametrize(
    ("written", "english", "chinese", "days"),
    [
        ("2013", "2013", "2013年", "between 1 January 2013 and 31 December 2013"),
        ("2008-03", "March 2008", "2008年3月", "between 1 March 2008 and 31 March 2008"),
        ("2008-03-05", "5 March 2008", "2008年3月5日", "5 March 2008"),
        ("2021-21", "spring 2021", "2021年春季", "between 1 March 2021 and 31 May 2021"),
        ("2021-24", "winter 2021", "2021年冬季", "between 1 December 2021 and 28 February 2022"),
        ("2009-41", "second half of 2009", "2009年下半年", "between 1 July 2009 and 31 December 2009"),
        ("../2011", "by 2011", "截至2011年", "by 31 December 2011"),
        ("2011/..", "after 2011", "2011年之后", "after 1 January 2011"),
        ("2004/2006", "2004 – 2006", "2004年—2006年", "between 1 January 2004 and 31 December 2006"),
        ("2004~", "about 2004", "约2004年", "between 1 January 2004 and 31 December 2004"),
        ("2004?", "2004, uncertain", "2004年（存疑）", "between 1 January 2004 and 31 December 2004"),
    ],
)
def test_precision_in_words(written: str, english: str, chinese: str, days: str) -> None:
    bounds = bounds_of(written)
    assert bounds is not None
    time = Stated(written, bounds)
    told: dict[Lang, str] = {"en": english, "zh": chinese}
    assert {lang: in_words(time, lang) for lang in told} == told
    assert bounds_in_words(time, "en") == days


@pytest.mark.parametrize(
    "written", ["", "2013-13", "2013-02-30", "13", "yesterday", "2013-3", "../..", "2001-02-03-04"]
)
def test_what_is_no_date_has_no_bounds(written: str) -> None:
    found = bounds_of(written)
    assert found is None or (found.first is None and found.last is None)


def test_days_are_those_of_the_calendar() -> None:
    for day in (date(1, 1, 1), date(1600, 2, 29), date(1970, 1, 1), date(2000, 2, 29), date(9999, 12, 31)):
        number = day_number(day.year, day.month, day.day)
        assert number == day.toordinal() - date(1970, 1, 1).toordinal()
        assert civil(number) == (day.year, day.month, day.day)
