"""Pages after somebody has done something there: what the screenshots show beside the pages as they come.

Everything is found by its id, so that it works in both languages.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import Page, expect

from tests.browser.pages import settled

_KINDS = "SELECT ?kind (COUNT(*) AS ?n) { ?x a ?kind } GROUP BY ?kind ORDER BY DESC(?n) ?kind LIMIT 8"
_PLATES = "CONSTRUCT { ?plate m:plateOf ?bearer } { ?plate m:plateOf ?bearer }"
_WRONG = "SELECT ?x {\n  ?x m:plateOf ;; ?y ?\n}"


def _explore(page: Page, root: str) -> None:
    page.goto(f"/explore?root={root}")
    settled(page)
    _quiet(page)


def _quiet(page: Page) -> None:
    expect(page.locator("body:not([aria-busy])")).to_be_attached()


def _expanded(page: Page) -> None:
    _explore(page, "caict")
    for _ in range(2):  # whatever has most ties and is not expanded yet
        page.evaluate("void canvas._cyreg.cy.nodes().not('.expanded').max((it) => it.degree()).ele.emit('dbltap')")
        _quiet(page)


def _path(page: Page) -> None:
    _explore(page, "miit")
    page.locator("#path").click()
    for end, text in (("from", "Miao Wei"), ("to", "CAICT")):
        page.locator(f"#path-{end}").fill(text)
        page.locator(f"#path-{end}-list [role=option]").first.click()
    page.locator("#path-form button").click()
    expect(page.locator("#path-said")).not_to_be_empty()
    _quiet(page)


def _day(page: Page) -> None:
    _explore(page, "post-party-secretary")
    page.locator("#day").fill("2015-06-01")
    page.locator("#day").press("Tab")
    expect(page.locator("#day-counts")).to_contain_text("2015")


def _filtered(page: Page) -> None:
    _explore(page, "miit")
    sheet = page.locator("#sheet")
    if sheet.is_visible():
        sheet.click()
    page.locator("#edge-kinds input").first.uncheck()
    page.locator("#edge-kinds").scroll_into_view_if_needed()


def _asked(page: Page, query: str, view: str = "") -> None:
    page.goto(f"/query?query={quote(query)}")
    settled(page)
    page.locator("#run").click()
    if view:
        page.locator(f"#view-{view}").click()
        expect(page.locator("#view :is(svg, canvas, table)").first).to_be_visible()


def _refused(page: Page) -> None:
    _asked(page, _WRONG)
    expect(page.locator("#problem .card")).to_be_visible()


def _completing(page: Page) -> None:
    page.goto(f"/query?query={quote('SELECT ?x { ?x a m:Nameplate ; ')}")
    settled(page)
    page.locator("#editor .CodeMirror-lines").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("m:plate")
    expect(page.locator(".CodeMirror-hint-active")).to_be_visible()


def _suggesting(page: Page) -> None:
    page.goto("/")
    page.locator("input[type=search]").last.fill("信息")
    expect(page.locator(".suggestions li").first).to_be_visible()


def _first_kind(page: Page) -> None:
    page.goto("/search?q=%E4%BF%A1%E6%81%AF")
    page.locator(".facets li a").nth(2).click()
    expect(page.locator(".facets [aria-current]")).to_be_visible()


STATES: dict[str, Callable[[Page], None]] = {
    "explore-expanded": _expanded,
    "explore-path": _path,
    "explore-day": _day,
    "explore-filtered": _filtered,
    "query-error": _refused,
    "query-table": lambda page: _asked(page, _KINDS, "table"),
    "query-chart": lambda page: _asked(page, _KINDS, "chart"),
    "query-network": lambda page: _asked(page, _PLATES, "network"),
    "query-completing": _completing,
    "search-suggesting": _suggesting,
    "search-kind": _first_kind,
}
"""Their names and how to get there."""
