"""The organisation chart says what the data says: every body once, nameplates on their bearers, disputes marked."""

from __future__ import annotations

from collections import Counter

import pytest

from miit_graph.export.picture import OptionError, Options, Structure, build_chart
from miit_graph.publish.ask import Asker
from miit_graph.vocabulary import ORG, PREFIXES
from tests.export.picture.picture_reading import Picture, ask, drawn

D = PREFIXES["d"]


def iris(asker: Asker, query: str) -> list[str]:
    return [getattr(row["x"], "value", "") for row in asker.rows(query)]


@pytest.fixture(scope="module")
def picture(shipped: Asker) -> Picture:
    return drawn(shipped, "chart")


def test_every_body_with_a_place_is_there_once(shipped: Asker, picture: Picture) -> None:
    bodies = iris(shipped, "SELECT DISTINCT ?x { { ?f m:affiliate ?x } UNION { ?f m:principal ?x } }")
    assert Counter(picture.iris("unit")) == Counter(bodies)
    assert len(bodies) == 100


def test_every_nameplate_hangs_below_its_bearer(shipped: Asker, picture: Picture) -> None:
    plates = {
        row["p"].value: row["b"].value  # type: ignore[union-attr]
        for row in shipped.rows("SELECT ?p ?b { ?p m:plateOf ?b }")
    }
    assert sorted(picture.iris("plate")) == sorted(plates)
    order = [e.attrib["data-iri"] for e in picture.root.iter() if e.get("class") in ("unit", "plate")]
    for plate, bearer in plates.items():
        before = [iri for iri in order[: order.index(plate)] if iri not in plates]
        assert before[-1] == bearer


def test_the_list_order_of_the_source_is_kept(shipped: Asker, picture: Picture) -> None:
    listed = iris(
        shipped, "SELECT ?x { ?f m:affiliate ?x ; m:affiliationKind c:aff-internal ; m:listPosition ?n } ORDER BY ?n"
    )
    assert [iri for iri in picture.iris("unit") if iri in set(listed)] == listed


def test_kinds_of_affiliation_are_told_in_words(picture: Picture) -> None:
    for words in (
        "Regional unit · 31",
        "National bureau managed by a ministry · 2",
        "also: entrusted management · China Center for Information Industry Development",
        "managed, not contained",
        "attached, not subordinate",
        "nameplate: another name of the body above it",
    ):
        assert words in picture.words.replace("  ", " ") or all(part in picture.words for part in words.split())


def test_kinds_of_affiliation_differ_in_line_and_mark(picture: Picture) -> None:
    dashes = {e.get("stroke-dasharray") for e in picture.root.iter() if e.tag.endswith("path")}
    assert {None, "9 4", "9 3 2 3", "1.5 4", "4 3"} <= dashes


def test_what_is_only_claimed_is_marked_and_no_body(picture: Picture) -> None:
    assert (
        picture.words.count("said to be part of it · contested") + picture.words.count("said to be part of it ·") >= 2
    )
    assert D + "plate-cnsa" not in picture.iris("unit")


def test_a_dispute_leads_to_its_conflict(picture: Picture) -> None:
    targets = {e.get("href") for e in picture.of_class("sign")}
    assert D + "conflict-universities-nesting" in targets


def test_in_short_for_a_telephone_it_still_shows_every_body(shipped: Asker, picture: Picture) -> None:
    short = drawn(shipped, "chart", width="narrow")
    assert short.size[0] == 360 and short.size[1] <= 860  # beside each other and at once, on a usual screen
    assert Counter(short.iris("unit")) == Counter(picture.iris("unit"))
    for words in ("Internal functional office · 26", "Regional unit · 31", "General Office", "Also involved · 2"):
        assert words in short.words
    assert "办公厅" in drawn(shipped, "chart", width="narrow", lang="zh").words


def test_in_short_many_bodies_are_counted_and_deeper_ones_too() -> None:
    many = "".join(f'd:b{n} skos:prefLabel "Body {n}"@en ; org:unitOf d:a . ' for n in range(120))
    short = drawn(ask(many + "d:deep org:unitOf d:b7 ."), "chart", width="narrow")
    assert len(short.iris("unit")) < 100 and "· 120" in short.words
    assert "1 more below" in short.words and f"+{121 - len(short.iris('unit'))}" in short.words


def test_it_speaks_chinese_and_both(shipped: Asker) -> None:
    chinese, both = drawn(shipped, "chart", lang="zh"), drawn(shipped, "chart", lang="both")
    assert "工业和信息化部组织结构图" in chinese.words and "General Office" not in chinese.words
    assert "General Office" in both.words and "办公厅" in both.words


def test_themes_differ_in_colours_only(shipped: Asker, picture: Picture) -> None:
    dark = drawn(shipped, "chart", theme="dark")
    assert dark.words == picture.words and dark.source != picture.source


def test_a_root_and_a_depth(shipped: Asker) -> None:
    assert drawn(shipped, "chart", root="d:ccid").iris("unit") == [D + "ccid"]
    shallow = drawn(shipped, "chart", depth="1")
    assert "98 more below" in shallow.words or "more below" in shallow.words
    assert len(shallow.iris("unit")) == 4


def test_a_kind_of_affiliation_alone(shipped: Asker) -> None:
    units = drawn(shipped, "chart", kind="aff-university").iris("unit")
    assert len(units) == 8 and D + "beihang" in units


def test_before_it_was_founded_the_ministry_has_no_place(shipped: Asker) -> None:
    before = drawn(shipped, "chart", as_of="2005-01-01")
    assert D + "miit" not in before.iris("unit") and "as of 1 January 2005" in before.words
    after = drawn(shipped, "chart", as_of="2012-06-30")
    assert "as of 30 June 2012" in after.words and len(after.iris("unit")) == 100


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"root": "miiit"}, "miit"),
        ({"root": "https://example.org/x"}, "a body of the chart"),
        ({"kind": "aff-regionl"}, "aff-regional"),
        ({"as-of": "2012"}, "2012-06-30"),
        ({"depth": "0"}, "from 1 to 30"),
        ({"lang": "de"}, "en, zh, both"),
        ({"theme": "page"}, "light, dark"),
        ({"nodes": "all"}, "the name of an option"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_possible(shipped: Asker, options: dict[str, str], told: str) -> None:
    with pytest.raises(OptionError, match=told):
        build_chart(Structure.read(shipped), Options.from_strings(options), PREFIXES)


# any other graph

EX = "@prefix ex: <https://example.org/> .\n"


def test_plain_org_triples_draw_the_same(  # W3C ORG alone, without fact nodes
) -> None:
    picture = drawn(
        ask(
            EX
            + 'ex:a rdfs:label "Alpha" ; org:hasUnit ex:u . ex:b org:subOrganizationOf ex:a . ex:c m:managedBy ex:b .'
        ),
        "chart",
    )
    assert sorted(picture.iris("unit")) == [f"https://example.org/{name}" for name in "abcu"]
    assert "Alpha" in picture.words and "Managed bodies · 1" in picture.words


def test_a_part_of_a_part_is_drawn_below_that_part_only() -> None:
    asker = ask(EX + "ex:c org:subOrganizationOf ex:b , ex:a . ex:b org:subOrganizationOf ex:a .")
    chart = build_chart(Structure.read(asker), Options(), PREFIXES)
    (top,) = chart.roots
    assert [unit.iri[-1] for unit in chart.every()] == ["a", "b", "c"] and not any(u.also for u in chart.every())
    assert top.groups[0].units[0].groups[0].units[0].iri.endswith("c")


@pytest.mark.parametrize(
    "turtle",
    [
        "ex:a org:subOrganizationOf ex:b . ex:b org:subOrganizationOf ex:a .",
        "ex:a org:subOrganizationOf ex:a .",
        "ex:a org:subOrganizationOf ex:b . ex:b org:unitOf ex:c . ex:c m:managedBy ex:a . ex:d org:unitOf ex:b .",
    ],
)
def test_circles_are_cut(turtle: str) -> None:
    asker = ask(EX + turtle)
    chart = build_chart(Structure.read(asker), Options(), PREFIXES)
    found = [unit.iri for unit in chart.every()]
    assert len(found) == len(set(found))
    drawn(asker, "chart")


def test_the_closest_tie_makes_the_tree_and_others_are_told() -> None:
    asker = ask(
        EX + "ex:x m:coManagedBy ex:far ; org:subOrganizationOf ex:near . ex:near org:subOrganizationOf ex:top ."
    )
    chart = build_chart(Structure.read(asker), Options(), PREFIXES)
    unit = next(unit for unit in chart.every() if unit.iri.endswith("x"))
    assert unit.tie is not None and unit.tie.kind == ORG.subOrganizationOf
    assert [tie.over[-3:] for tie in unit.also] == ["far"]


def test_a_graph_without_organisations_has_nothing_to_draw() -> None:
    picture = drawn(ask(EX + 'ex:a rdfs:label "x" .'), "chart")
    assert "no organisation here is part of" in picture.words


def test_organisations_without_a_tie_are_known_as_such(shipped: Asker) -> None:
    chart = build_chart(Structure.read(shipped), Options(), PREFIXES)
    assert D + "who" in chart.loose and D + "miit" not in chart.loose
