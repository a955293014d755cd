"""The query editor as people use it: run, change, look, share, stop; by mouse and by keyboard alone."""

import json
import re
import urllib.request
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import PATIENCE, wait_until

EDITOR = "#editor .CodeMirror-lines"
FOREVER = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
KINDS = "SELECT ?kind (COUNT(*) AS ?n) { ?x a ?kind } GROUP BY ?kind ORDER BY DESC(?n) ?kind LIMIT 8"
PLATES = "CONSTRUCT { ?plate m:plateOf ?bearer } { ?plate m:plateOf ?bearer }"


def open_editor(page: Page, query: str = "", more: str = "") -> None:
    page.goto(f"/query?query={quote(query)}{more}" if query else "/query")
    expect(page.locator(EDITOR)).to_be_visible()


def value(page: Page) -> str:
    return page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")


def write(page: Page, text: str) -> None:
    page.click(EDITOR)
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def run(page: Page, text: str) -> None:
    write(page, text)
    page.keyboard.press("Control+Enter")


def rows(page: Page) -> list[str]:
    return page.locator("#view tbody tr").all_inner_texts()


def refused(watched) -> None:
    """The browser itself notes each answer that is an error; this one was asked for."""
    assert watched.troubles and all("Failed to load resource" in trouble for trouble in watched.troubles)
    watched.troubles.clear()


def test_an_example_is_run_and_changed_and_undone(page: Page) -> None:
    open_editor(page)
    before = value(page)
    page.fill("#find-example", "sub-ministerial rank")
    page.click("[data-example='16-sub-ministerial-rank']")
    example = value(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#view tbody tr")).to_have_count(4)
    expect(page.locator("#view")).to_contain_text("国家航天局")
    expect(page.locator("#status")).to_contain_text("4 rows")
    page.locator("#view a", has_text="d:plate-cnsa").wait_for()
    run(page, example + "LIMIT 2")
    expect(page.locator("#view tbody tr")).to_have_count(2)
    for _ in range(4):
        page.keyboard.press("Control+z")
    assert value(page) == before


def test_an_answer_says_where_it_came_from(page: Page) -> None:
    query = "SELECT ?said { VALUES ?said { 'once' } }"
    open_editor(page, query)
    page.click("#run")
    expect(page.locator("#status")).to_contain_text(
        re.compile(r"1 row · .* ms in all · .* on the server · .*computed now")
    )
    page.click("#run")
    expect(page.locator("#status")).to_contain_text("from the cache")
    page.click("#side-history")
    expect(page.locator("#history button")).to_have_count(2)  # the query, and a way to clear


def test_a_table_is_sorted_filtered_and_paged(page: Page) -> None:
    open_editor(
        page, "SELECT ?n { { SELECT (COUNT(?b) AS ?n) ?a { ?a ?p ?b } GROUP BY ?a ORDER BY ?a LIMIT 120 } }", "&run=1"
    )
    expect(page.locator("#view .turn")).to_contain_text("1–50 of 120")
    page.click("#view th button")
    first = int(rows(page)[0])
    page.click("#view th button")
    assert int(rows(page)[0]) > first
    expect(page.locator("#view th")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("button", name="Later rows").click()
    expect(page.locator("#view .turn")).to_contain_text("51–100 of 120")
    page.get_by_placeholder("Filter rows").fill("no such number")
    expect(page.locator("#status")).to_have_text("0 of 120 rows")


def test_numbers_become_a_chart_and_the_view_is_remembered(page: Page) -> None:
    open_editor(page, KINDS, "&run=1")
    page.click("#view-chart")
    expect(page.locator("svg.chart .bar")).to_have_count(8)
    page.select_option("#chart-kind", "pie")
    expect(page.locator("svg.chart path.slice")).to_have_count(8)
    page.select_option("#chart-kind", "line")
    expect(page.locator("svg.chart .dot")).to_have_count(8)
    page.goto("/query")
    page.click("#run")
    expect(page.locator("svg.chart .dot")).to_have_count(8)


@pytest.mark.parametrize("query", [PLATES, "SELECT ?plate ?bearer { ?plate m:plateOf ?bearer }"])
def test_things_become_a_network(page: Page, query: str) -> None:
    open_editor(page, query, "&run=1")
    page.click("#view-network")
    expect(page.locator(".network canvas").first).to_be_visible()
    expect(page.locator("#view")).to_contain_text(re.compile(r"\d+ things, \d+ ties"))


def test_an_error_is_shown_at_its_place(page: Page, watched) -> None:
    open_editor(page)
    run(page, "SELECT ?x {\n  ?x m:plateOf ;; ?y ?\n}")
    expect(page.locator("#problem")).to_contain_text("The query has a syntax error")
    expect(page.locator("#editor .fault")).to_be_visible()
    line = re.search(r"Line (\d+), column (\d+)", page.inner_text("#problem"))
    page.get_by_role("button", name="Go there").click()
    cursor = page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getCursor()")
    assert line and (cursor["line"] + 1, cursor["ch"] + 1) == (int(line[1]), int(line[2]))
    expect(page.get_by_role("link", name="What this error means")).to_have_attribute("href", "/problems#syntax")
    page.keyboard.insert_text(" ")
    expect(page.locator("#editor .fault")).to_have_count(0)
    refused(watched)


def test_stopping_ends_the_work_on_the_server(page: Page, site: str) -> None:
    def given_up() -> float:
        with urllib.request.urlopen(f"{site}/metrics", timeout=PATIENCE) as reply:
            text = reply.read().decode()
        return sum(
            float(n) for n in re.findall(r'queries_total\{[^}]*outcome="(?:abandoned|client-gone)"\} (\S+)', text)
        )

    before = given_up()
    open_editor(page)
    run(page, FOREVER)
    page.click("#stop")
    expect(page.locator("#status")).to_have_text("Stopped.")
    expect(page.locator("#run")).to_be_visible()
    wait_until(lambda: given_up() > before)
    assert given_up() == before + 1
    run(page, "ASK {}")
    expect(page.locator("#view .truth")).to_have_text("Yes")


def test_a_link_brings_the_query_and_does_not_run_it_unless_it_says_so(page: Page) -> None:
    open_editor(page, KINDS)
    expect(page.locator("#view")).to_contain_text("Run a query")
    page.click("#share")
    link = page.input_value("#share-link")
    assert parse_qs(urlsplit(link).query) == {"query": [KINDS]}
    page.get_by_label("run it when the link is opened").check()
    page.goto(page.input_value("#share-link"))
    expect(page.locator("#view tbody tr")).to_have_count(8)
    assert page.locator("#tabs [role=tab]").count() == 1  # the same query is not opened twice


def test_tabs_keep_their_text_and_their_history(page: Page) -> None:
    open_editor(page, "ASK {}")
    page.click("#new-tab")
    page.keyboard.insert_text("ASK { ?a ?b ?c }")
    page.locator("#tabs [role=tab]").first.click()
    assert value(page) == "ASK {}"
    page.keyboard.press("ArrowRight")
    assert value(page) == "ASK { ?a ?b ?c }"
    page.reload()
    assert (page.locator("#tabs [role=tab]").count(), value(page)) == (2, "ASK { ?a ?b ?c }")
    page.get_by_role("button", name="Close Query 2").click()
    assert value(page) == "ASK {}"


@pytest.mark.parametrize("watched", [{"locale": "zh-CN"}], indirect=True)
def test_completion_by_short_form_and_by_name_in_chinese(page: Page) -> None:
    open_editor(page)
    write(page, "SELECT ?x {\n  ?x a m:Nameplate ; ")
    page.keyboard.type("m:plateO")
    expect(page.locator(".CodeMirror-hint-active")).to_contain_text("牌子归属")
    page.keyboard.press("Enter")
    page.keyboard.type(" ")
    page.keyboard.insert_text("工信部")
    page.keyboard.press("Control+Space")
    page.locator(".CodeMirror-hint", has_text="d:miit").first.click()
    expect(page.locator(".CodeMirror-hint")).to_have_count(0)
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.focus()")  # as it does itself, a moment later
    page.keyboard.type(" }")
    text = value(page)
    assert "?x a m:Nameplate ; m:plateOf d:miit }" in text
    assert (
        "PREFIX m: <https://w3id.org/miit-graph/ont#>" in text and "PREFIX d: <https://w3id.org/miit-graph/id/>" in text
    )
    page.keyboard.press("Control+Enter")
    expect(page.locator("#view")).to_contain_text("国家航天局")


def test_a_term_is_explained_below(page: Page) -> None:
    open_editor(page, "SELECT * { ?x m:plateOf d:miit }")
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.setCursor(0, 16)")
    expect(page.locator("#term")).to_contain_text(re.compile("m:plateOf .*property"))
    page.evaluate("document.querySelector('.CodeMirror').CodeMirror.setCursor(0, 28)")
    expect(page.locator("#term")).to_contain_text("Ministry of Industry and Information Technology")


def test_results_are_saved_in_the_formats_on_offer(page: Page) -> None:
    open_editor(page, "SELECT ?n { VALUES ?n { 1 2 } }", "&run=1")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert saved.value.suggested_filename == "result.csv"
    assert saved.value.path().read_text().split() == ["n", "1", "2"]
    run(page, PLATES)
    with page.expect_download() as saved:
        page.get_by_role("button", name="JSON-LD").click()
    assert isinstance(json.loads(saved.value.path().read_text()), list | dict)


def test_everything_by_keyboard(page: Page) -> None:
    open_editor(page)
    page.locator("#find-example").focus()
    page.keyboard.type("headquarters")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert "m:headquarters" in value(page) or "SELECT" in value(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#view tbody tr").first).to_be_visible()
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id"))
        if seen[-1] == "view-table":
            break
    assert seen[-1] == "view-table" and "run" in seen, seen  # the editor lets the focus go
    page.keyboard.press("ArrowRight")
    expect(page.locator("#view-chart")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#view-raw")).to_be_focused()
    expect(page.locator("pre.raw")).to_contain_text('"bindings"')


def test_theme_and_language_keep_the_query(page: Page) -> None:
    open_editor(page)
    write(page, "ASK { ?mine ?own ?query }")
    color = "getComputedStyle(document.querySelector('.CodeMirror')).backgroundColor"
    light = page.evaluate(color)
    page.click("#theme")
    assert page.evaluate(color) != light
    page.get_by_role("link", name="中文").click()
    expect(page.locator("h1")).to_have_text("查询编辑器")
    expect(page.locator(EDITOR)).to_be_visible()
    assert value(page) == "ASK { ?mine ?own ?query }"


@pytest.mark.parametrize("watched", [{"java_script_enabled": False}], indirect=True)
def test_without_a_script_there_is_a_form(page: Page) -> None:
    page.goto(f"/query?query={quote('SELECT ?x { ?x m:plateOf d:miit }')}")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("table")).to_contain_text("China National Space Administration")
    page.goto("/query")
    page.get_by_role("link", name="Which body is MIIT's parent?").click()
    assert "SELECT" in page.input_value("textarea")
