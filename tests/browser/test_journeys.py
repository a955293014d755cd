"""What people come for, from the home page on, by pointer and by keyboard alone: no script of the test looks inside."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Watched

_MOST_TRIES = 100
_FAR = """(it) => {
    if (it === document.activeElement) return 0;
    const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
        .filter((stop) => stop.tabIndex >= 0 && !stop.disabled && stop.checkVisibility());
    const [from, to] = [document.activeElement, it].map((stop) => stops.indexOf(stop));
    return from < 0 ? 1 : (to - from + stops.length) % stops.length;
}"""
"""How often the tabulator key must be pressed to come to this; too often where several controls are one stop."""
CAICT = "China Academy of Information and Communications Technology"
CNSA = "China National Space Administration"


class Pointer:
    """Somebody with a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, control: Locator) -> None:
        """Press a link, a button or a summary."""
        control.click()

    def write(self, box: Locator, text: str) -> None:
        """Write into a box."""
        box.click()
        self.page.keyboard.type(text)


class Keyboard(Pointer):
    """Somebody without: goes from one control to the next with the tabulator key."""

    def reach(self, control: Locator) -> None:
        """Go forward until this has the focus, which must be seen: fast at first, with a look after half of the way."""
        expect(control).to_be_visible()
        for _ in range(_MOST_TRIES):
            far = control.evaluate(_FAR)
            if not far:
                break
            for _ in range((far + 1) // 2):
                self.page.keyboard.press("Tab")
        expect(control).to_be_focused()
        assert control.evaluate("(it) => it.matches(':focus-visible')")

    def press(self, control: Locator) -> None:
        self.reach(control)
        self.page.keyboard.press("Enter")

    def write(self, box: Locator, text: str) -> None:
        self.reach(box)
        self.page.keyboard.type(text)


@pytest.fixture(params=[Pointer, Keyboard], ids=["pointer", "keyboard"])
def hand(request: pytest.FixtureRequest, page: Page) -> Pointer:
    """Both ways to use a page."""
    return request.param(page)  # type: ignore[no-any-return]


@pytest.fixture
def keys(page: Page) -> Iterator[Keyboard]:
    """The keyboard alone."""
    yield Keyboard(page)


def test_a_search_for_information_leads_to_caict(page: Page, hand: Pointer) -> None:
    page.goto("/")
    hand.write(page.get_by_role("combobox").first, "信息")
    page.keyboard.press("Enter")
    found = page.locator("main ol li, main .hits > li")
    expect(found.first).to_be_visible()
    assert any("工业和信息化部" in text for text in found.all_inner_texts()[:3])
    hand.press(page.locator("main").get_by_role("link", name=CAICT).first)
    expect(page.get_by_role("heading", level=1)).to_have_text(CAICT)


def test_who_says_that_cnsa_is_a_nameplate(page: Page, hand: Pointer) -> None:
    page.goto("/")
    hand.write(page.get_by_role("combobox").first, "CNSA")
    page.keyboard.press("Enter")
    hand.press(page.locator("main").get_by_role("link", name=CNSA).first)
    expect(page.get_by_role("heading", level=1)).to_have_text(CNSA)
    expect(page.locator(".kinds")).to_contain_text("nameplate")
    own = page.locator(".own-receipts figure", has_text="External nameplates used by MIIT")
    expect(own).to_contain_text(re.compile("Source B.*line 87"))
    said = page.locator("details.receipt", has_text="one institution with two names").first
    expect(said.locator("blockquote").first).to_be_hidden()
    hand.press(said.locator("summary"))
    expect(said.locator("figure", has_text="one institution with two names")).to_contain_text("line 171")
    hand.press(said.get_by_role("link", name="line 171").last)
    expect(page).to_have_url(re.compile("/sources/src-b#L171$"))
    line = page.locator("li:has(> h3 > #L171)")
    expect(line.get_by_role("heading")).to_be_in_viewport()
    expect(line).to_contain_text(CNSA)


def test_an_example_is_run_and_changed_by_keyboard(page: Page, keys: Keyboard) -> None:
    page.goto("/query")
    keys.write(page.locator("#find-example"), "sub-ministerial rank")
    keys.press(page.locator("[data-example='16-sub-ministerial-rank']"))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#view tbody tr")).to_have_count(4)
    keys.reach(page.locator("#editor textarea"))
    page.keyboard.press("Control+End")
    page.keyboard.type("\nLIMIT 2")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#view tbody tr")).to_have_count(2)


def test_the_network_is_expanded_twice_and_exported_by_keyboard(page: Page, keys: Keyboard, tmp_path: Path) -> None:
    page.goto("/explore?root=caict")
    explorer = page.locator("#explorer[data-ready]")
    expect(explorer).to_be_visible()
    keys.press(page.locator("#as-list"))
    ministry = "Expand: Ministry of Industry and Information Technology"
    for button in (
        page.get_by_role("button", name=ministry),
        page.get_by_role("button", name=re.compile("more: show 50")),
    ):
        before = explorer.get_attribute("data-things") or ""
        keys.press(button)
        expect(explorer).not_to_have_attribute("data-things", before)
        expect(page.locator("body:not([aria-busy])")).to_be_attached()
    keys.press(page.locator("#export summary"))
    with page.expect_download() as download:
        keys.press(page.locator("[data-file=gexf]"))
    graph = nx.read_gexf(io.BytesIO(download.value.path().read_bytes()), version="1.3")
    assert str(graph.number_of_nodes()) == explorer.get_attribute("data-things")


def test_the_slider_tells_who_was_secretary_in_2015_by_keyboard(page: Page, keys: Keyboard) -> None:
    page.goto("/explore?root=post-party-secretary")
    expect(page.locator("#explorer[data-ready]")).to_be_visible()
    keys.reach(page.locator("#slider"))
    page.keyboard.press("Home")
    day = page.locator("#day")
    for _ in range(200):  # in leaps of some years, then month by month
        if day.input_value() >= "2015":
            break
        page.keyboard.press("PageUp" if day.input_value() < "2012" else "ArrowRight")
    expect(day).to_have_value("2015-01-01")
    expect(page.locator("#day-counts")).to_contain_text("Ties on 2015-01-01")
    keys.reach(page.locator("#canvas"))
    secretaries = set[str]()
    card = page.locator("#card")
    seen = set[str | None]()
    while len(seen) < 30:
        page.keyboard.press("e")
        expect(card.locator("[data-tie]")).to_be_attached()
        tie = card.locator("[data-tie]").get_attribute("data-tie")
        if tie in seen:
            break
        seen.add(tie)
        on_day = card.locator("dt", has_text="On 2015-01-01").locator("xpath=following-sibling::dd[1]")
        if on_day.inner_text() == "so":
            secretaries.add(card.locator(".ends").inner_text())
    assert [text.split(" → ")[0].strip() for text in secretaries] == ["Miao Wei"], secretaries


def test_a_printed_page_keeps_the_receipts_and_leaves_the_navigation(watched: Watched, page: Page) -> None:
    page.goto("/doc/plate-cnsa")
    page.emulate_media(media="print", color_scheme="dark")
    for left in ("nav.ways", ".switches", "header .search-box", "nav.contents", "footer.site p + p"):
        expect(page.locator(left).first).to_be_hidden()
    expect(page.locator("footer.site p").first).to_be_visible()  # which graph, and which version of it
    said = page.locator("details.receipt", has_text="one institution with two names").first
    expect(said.locator("blockquote", has_text="one institution with two names")).to_be_visible()
    expect(said.get_by_role("link", name="line 171").first).to_be_visible()
    expect(page.locator(".own-receipts blockquote").first).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "light"
