"""Nothing overlaps and nothing is cut off, whatever the data holds; pictures are well-formed and run nothing."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miit_graph.export.picture.days import bounds_of
from miit_graph.export.picture.measure import width, wrap
from miit_graph.export.picture.svg import TOKENS
from miit_graph.export.picture.timeline_layout import Scale
from miit_graph.publish.ask import Asker
from miit_graph.publish.sparql_text import literal
from tests.conftest import ROOT
from tests.export.picture.picture_reading import Picture, ask, drawn

SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.text(
    st.one_of(
        st.sampled_from("abcdefgh WMil-/<&\">'"),
        st.sampled_from("工业和信息化部，（）办公厅"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=90,
)


def check(picture: Picture) -> None:
    wide, tall = picture.size
    boxes = picture.boxes()
    for left, top, right, bottom, words in boxes:
        assert left >= 0 and top >= 0 and right <= wide and bottom <= tall, words
    boxes.sort(key=lambda box: box[1])
    for index, (left, top, right, bottom, words) in enumerate(boxes):
        for other in boxes[index + 1 :]:
            if other[1] >= bottom - 0.5:
                break
            assert other[0] >= right - 0.5 or other[2] <= left + 0.5, (words, other[4], top)
    for element in picture.root.iter():
        assert not any(name.startswith("on") or name == "style" for name in element.attrib)
        assert not element.tag.endswith("script")
        href = element.get("href")
        assert href is None or href.startswith(("http://", "https://"))


@pytest.mark.parametrize("name", ["chart", "timeline"])
@pytest.mark.parametrize("lang", ["en", "zh", "both"])
@pytest.mark.parametrize("form", ["wide", "narrow"])
def test_the_shipped_graph(shipped: Asker, name: str, lang: str, form: str) -> None:
    check(drawn(shipped, name, lang=lang, width=form))


@SLOW
@given(st.lists(st.tuples(NAMES, st.integers(0, 12), st.integers(0, 4), NAMES), min_size=1, max_size=24))
def test_any_organisation(bodies: list[tuple[str, int, int, str]]) -> None:
    ties = ("org:unitOf", "org:subOrganizationOf", "m:managedBy", "m:coManagedBy", "org:subOrganizationOf")
    turtle = ""
    for number, (name, over, tie, plate) in enumerate(bodies):
        turtle += f"d:b{number} skos:prefLabel {literal(name, 'en')} ; {ties[tie]} d:b{min(over, number)} .\n"
        if plate:
            turtle += f"d:p{number} m:plateOf d:b{number} ; skos:prefLabel {literal(plate, 'zh')} .\n"
    asker = ask(turtle)
    for form in ("wide", "narrow"):
        picture = drawn(asker, "chart", width=form)
        check(picture)
        shown = picture.iris("unit")
        assert len(shown) == len(set(shown))


DATES = st.sampled_from(
    [
        "2004",
        "2004-02",
        "2004-02-29",
        "1000",
        "2021-22",
        "../2011",
        "2004/..",
        "-0044",
        "9999-12-31",
        "2004~",
        "no date",
    ]
)


@SLOW
@given(st.lists(st.tuples(NAMES, DATES, st.none() | DATES, st.booleans()), min_size=1, max_size=16))
def test_any_times(facts: list[tuple[str, str, str | None, bool]]) -> None:
    turtle = ""
    for number, (name, start, end, lasts) in enumerate(facts):
        turtle += f"d:e{number} rdfs:label {literal(name)} ; {'m:validFrom' if lasts else 'm:at'} {literal(start)} .\n"
        if end:
            turtle += f"d:e{number} m:validUntil {literal(end)} .\n"
    picture = drawn(ask(turtle), "timeline")
    check(picture)
    dated = {n for n, (_, start, end, _) in enumerate(facts) if bounds_of(start) or (end and bounds_of(end))}
    assert len(picture.iris("fact")) == len(dated)


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6), st.lists(st.integers(-(10**6), 2 * 10**6), min_size=2))
def test_time_runs_from_left_to_right(first: int, length: int, days: list[int]) -> None:
    scale = Scale(first, first + length, 100, 900)
    places = [scale.x(day) for day in sorted(set(days))]
    assert all(a < b for a, b in pairwise(places))
    assert all(100 <= scale.within(day) <= 900 for day in days)
    ticks = scale.ticks()
    assert all(b[0] - a[0] >= 50 for a, b in pairwise(ticks))


@given(NAMES, st.floats(40, 400))
def test_lines_fit_and_lose_nothing(text: str, room: float) -> None:
    lines = wrap(text, 13, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, 13) <= room or len(line.strip()) <= 2 for line in lines)


def test_evil_names_stay_text() -> None:
    evil = "</text><script>alert(1)</script>\u0000\u0008\u202e]]>&amp;\"'\u2028\ufffe"
    turtle = f'd:x skos:prefLabel {literal(evil, "en")} ; org:unitOf d:y . d:x m:at "2004" .'
    for name in ("chart", "timeline"):
        picture = drawn(ask(turtle), name)
        check(picture)
        assert "alert(1)" in picture.words and "<script" not in picture.source and "\u202e" not in picture.source


def test_the_colours_are_those_of_the_pages() -> None:
    sheet = (ROOT / "src/miit_graph/web/static/css/base.css").read_text(encoding="utf-8")
    found = {
        name: (light, dark) for name, light, dark in re.findall(r"--([a-z-]+): light-dark\((#\w+), (#\w+)\);", sheet)
    }
    assert {name: found[name] for name in TOKENS} == TOKENS
