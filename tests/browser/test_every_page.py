"""What holds for every page: accessible, steady, as wide as the screen, light, safe, and readable without a script.

Each page is loaded without a script, and once per language with; all else is looked at in the same load, and at the
end theme and language are switched, by pointer in the one and by keyboard in the other.
MIIT_GRAPH_EVERY_LOOK=1 asks all rules of axe in all four looks (wide and narrow, light and dark); else they are asked
in one look per language (light in English, dark in Chinese), and in its other width what depends on colour and size.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.conftest import Watched
from tests.browser.pages import PAGES, settled
from tests.conftest import ROOT, missing

_AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
_LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_ORDER = ["heading-order", "page-has-heading-one", "landmark-unique"]
_LOOKS = ["color-contrast", "link-in-text-block", "target-size"]
"""Rules whose answer another theme or another width may change."""
_RUN = """([only, order]) => axe.run({
    runOnly: {type: order.length ? "tag" : "rule", values: only},
    rules: Object.fromEntries(order.map((rule) => [rule, {enabled: true}])),
    resultTypes: ["violations"],
}).then((found) => found.violations.map((rule) => `${rule.id}: ${rule.help}\\n` +
    rule.nodes.slice(0, 5).map((node) => `  ${node.target}: ${node.failureSummary}`).join("\\n")))"""
_SHIFTS = """
globalThis.shifts = [];
new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
        shifts.push([entry.value, entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120))]);
}).observe({type: "layout-shift", buffered: true});
"""
_TOO_WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > wide + 1).map((it) => it.outerHTML.slice(0, 120));
}"""
_ALIKE = 4
"""Of so many rows or parts beside each other that are alike the rules are asked, else they take minutes."""
_SHORTER = f"""() => {{
    for (const parent of document.querySelectorAll("main :is(ul, ol, dl, tbody, section, article, .parts), main > div"))
        if (!parent.closest("#explorer, #workbench"))
            for (const tag of new Set([...parent.children].map((child) => child.tagName)))
                [...parent.children].filter((child) => child.tagName === tag && !child.matches(":is(h1, h2, h3, h4)"))
                    .slice({_ALIKE}).forEach((child) => child.remove());
    document.querySelectorAll("section.module ~ section.module ~ section.module").forEach((module) => module.remove());
}}"""
_CODE = "[...document.scripts].filter((it) => !it.src && !it.type.endsWith('json')).map((it) => it.outerHTML)"
_WEIGHT = 100_000
"""Bytes over the wire, before the bundles of the network and of the query editor."""
_BUNDLES = ("/built/explore.", "/built/query.", "/built/chunk-", "/built/network-")
_STILL = 0.01
"""Cumulative layout shift that nobody sees; 0.1 still counts as good."""
_SLOW = 40_000
"""Bytes a second: a page is drawn several times while it arrives."""
WIDE = {"width": 1440, "height": 1000}
NARROW = {"width": 390, "height": 844}
ENGLISH = {"locale": "en-GB", "color_scheme": "light", "viewport": WIDE}
CHINESE = {"locale": "zh-CN", "color_scheme": "dark", "viewport": NARROW}


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core."""
    if not _AXE.is_file():
        missing("axe-core is not installed; make test does it")
    return _AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("watched", [ENGLISH, CHINESE], indirect=True, ids=["en-wide-light", "zh-narrow-dark"])
def test_every_page_is_accessible_steady_light_and_safe(watched: Watched, page: Page, name: str, axe: str) -> None:
    session = watched.context.new_cdp_session(page)
    if page.viewport_size == WIDE:
        session.send("Emulation.setScriptExecutionDisabled", {"value": True})
        _go(watched, page, name)
        _reads_without_a_script(page)
        session.send("Emulation.setScriptExecutionDisabled", {"value": False})

    page.add_init_script(_SHIFTS)
    sizes = _sizes(session)
    _needs_no_unsafe_script(_go(watched, page, name))
    settled(page)
    shifts = page.evaluate("shifts")
    assert sum(value for value, _ in shifts) < _STILL, shifts
    assert 1_000 < sum(sizes().values()) < _WEIGHT, sizes()
    assert page.evaluate(_CODE) == []

    every = os.environ.get("MIIT_GRAPH_EVERY_LOOK") == "1"
    if not every:
        page.evaluate(_SHORTER)
    page.evaluate(axe)
    sizes_of_screen = [WIDE, NARROW] if page.viewport_size == WIDE else [NARROW, WIDE]
    schemes = ["light", "dark"] if page.viewport_size == WIDE else ["dark", "light"]
    found: list[str] = []
    for number, size in enumerate(sizes_of_screen):
        page.set_viewport_size(size)
        found += [f"wider than {size['width']}: {text}" for text in page.evaluate(_TOO_WIDE)]
        for scheme in schemes if every else schemes[:1]:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            first = number == 0 and scheme == schemes[0]
            asked = [_LEVELS, _ORDER] if first or every else [_LOOKS, []]
            found += [f"{size['width']} {scheme} {text}" for text in page.evaluate(_RUN, asked)]
    assert not found, "\n".join(found)
    _theme_and_language_are_switched(watched, page, by_keyboard=sizes_of_screen[0] == NARROW)


@pytest.mark.parametrize("name", ["table", "dumps"])
def test_a_table_that_arrives_in_pieces_moves_nothing(watched: Watched, page: Page, name: str) -> None:
    session = watched.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": "identity"}})
    slow = {"offline": False, "latency": 0, "uploadThroughput": -1, "downloadThroughput": _SLOW}
    session.send("Network.emulateNetworkConditions", slow)
    page.add_init_script(_SHIFTS)
    _go(watched, page, name)
    shifts = page.evaluate("shifts")
    assert sum(value for value, _ in shifts) < _STILL, shifts


def _go(watched: Watched, page: Page, name: str) -> Response:
    answer = page.goto(PAGES[name], timeout=60_000)  # what is made at the first request may take its time
    assert answer is not None
    if answer.status >= 400:  # the browser notes that, and nothing else may be wrong
        watched.troubles[:] = [text for text in watched.troubles if "Failed to load resource" not in text]
    return answer


def _reads_without_a_script(page: Page) -> None:
    assert page.locator("h1").first.is_visible()
    assert len(page.locator("main").inner_text()) > 40


def _theme_and_language_are_switched(watched: Watched, page: Page, *, by_keyboard: bool) -> None:
    def press(control: Locator) -> None:
        if not by_keyboard:
            control.click()
            return
        for _ in range(20):
            page.keyboard.press("Tab")
            if control.evaluate("(it) => it === document.activeElement"):
                break
        expect(control).to_be_focused()
        page.keyboard.press("Enter")

    theme, language = page.locator("#theme"), page.locator("header a[hreflang]")
    color = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(color)
    press(theme)
    assert page.evaluate(color) != before
    other = language.get_attribute("hreflang")
    press(language)
    expect(page.locator("html")).to_have_attribute("lang", str(other))
    watched.troubles[:] = [text for text in watched.troubles if "Failed to load resource" not in text]


def _needs_no_unsafe_script(answer: Response) -> None:
    """A browser says what the policy forbids as an error on the console, which every test takes as a failure."""
    policy = {part.split()[0]: part.split()[1:] for part in answer.headers["content-security-policy"].split(";")}
    allowed = policy.get("script-src", policy["default-src"])
    assert allowed == ["'self'"], policy


def _sizes(session: Any) -> Any:
    """What comes over the wire from now on: a function that gives bytes by address, without the bundles."""
    addresses: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda sent: addresses.update({sent["requestId"]: sent["request"]["url"]}))
    session.on("Network.loadingFinished", lambda got: sizes.update({got["requestId"]: got["encodedDataLength"]}))
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def counted() -> dict[str, float]:
        named = ((addresses.get(key, ""), size) for key, size in sizes.items())
        return {address: size for address, size in named if not any(bundle in address for bundle in _BUNDLES)}

    return counted
