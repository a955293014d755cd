"""What holds for every page: accessible, steady, as wide as the screen, light, safe, and readable without a script.

Each page is loaded in English, light and wide; there the theme and then the language are switched by pointer. In the
Chinese page that comes of it, dark and narrow, both are switched by keyboard, and what comes of that runs no script.
All else is looked at in these three loads.
MIIT_GRAPH_EVERY_LOOK=1 asks all rules of axe in all looks (wide and narrow, light and dark) in both languages; else
they are asked in one look per language (light in English, dark in Chinese), and in its other width what depends on
colour and size.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Locator, Page, Response, expect

from tests.browser.conftest import Profiles, Watched
from tests.browser.pages import PAGES, is_steady, note_shifts, settled
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
_TOO_WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > wide + 1).map((it) => it.outerHTML.slice(0, 120));
}"""
_ALIKE = 4
"""Of so many rows or parts beside each other that are alike the rules are asked, else they take minutes."""
_SHORTER = f"""() => {{
    const parents = ":is(main, nav.contents) :is(ul, ol, dl, tbody, section, article, .parts, svg, svg g), main > div";
    for (const parent of document.querySelectorAll(parents)) {{
        if (parent.closest("#explorer, #workbench")) continue;
        const alike = Map.groupBy(parent.children, (child) => `${{child.tagName}} ${{child.getAttribute("class")}}`);
        for (const [kind, children] of alike)
            if (!/^H[1-4] /.test(kind)) children.slice({_ALIKE}).forEach((child) => child.remove());
    }}
    document.querySelectorAll("section.module ~ section.module ~ section.module").forEach((module) => module.remove());
}}"""
_CODE = "[...document.scripts].filter((it) => !it.src && !it.type.endsWith('json')).map((it) => it.outerHTML)"
_WEIGHT = 100_000
"""Bytes over the wire, before the bundles of the network and of the query editor."""
_BUNDLES = ("/built/explore.", "/built/query.", "/built/chunk-", "/built/network-")
_SLOW = 40_000
"""Bytes a second: a page is drawn several times while it arrives."""
WIDE = {"width": 1440, "height": 1000}
NARROW = {"width": 390, "height": 844}
_EVERY = os.environ.get("MIIT_GRAPH_EVERY_LOOK") == "1"


@pytest.fixture(scope="module")
def axe() -> str:
    """The text of axe-core."""
    if not _AXE.is_file():
        missing("axe-core is not installed; make test does it")
    return _AXE.read_text(encoding="utf-8")


@pytest.fixture
def watched(profiles: Profiles, site: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """The profile that all pages of this file are seen in."""
    with profiles.lend(request, base_url=site, viewport=WIDE) as lent:
        yield lent


@pytest.fixture
def session(watched: Watched) -> Iterator[CDPSession]:
    """What is set here for the tab is gone with it. Nothing comes from the cache, and shifts are noted."""
    begun = watched.context.new_cdp_session(watched.page)
    note_shifts(begun)
    begun.send("Network.enable")
    begun.send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield begun
    begun.detach()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_accessible_steady_light_and_safe(
    watched: Watched, page: Page, session: CDPSession, name: str, axe: str
) -> None:
    sizes = _sizes(session)
    _needs_no_unsafe_script(_go(watched, page, name))
    _is_steady_and_light(page, sizes)
    found = _against_the_rules(page, axe, [WIDE, NARROW], ["light", "dark"])

    page.emulate_media(color_scheme="light")
    _switch_theme(page, by_keyboard=False)
    page.emulate_media(color_scheme="dark")
    sizes.clear()
    _needs_no_unsafe_script(_switch_language(watched, page, by_keyboard=False))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    _is_steady_and_light(page, sizes)
    page.evaluate("delete document.documentElement.dataset.theme")  # from here on it is that of the system again
    page.mouse.move(0, 0)
    found += _against_the_rules(page, axe, [NARROW, WIDE], ["dark", "light"])
    assert not found, "\n".join(found)

    _switch_theme(page, by_keyboard=True)
    session.send("Emulation.setScriptExecutionDisabled", {"value": True})
    _switch_language(watched, page, by_keyboard=True)
    _reads_without_a_script(page)


@pytest.mark.parametrize("name", ["table", "dumps"])
def test_a_table_that_arrives_in_pieces_moves_nothing(
    watched: Watched, page: Page, session: CDPSession, name: str
) -> None:
    session.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": "identity"}})
    slow = {"offline": False, "latency": 0, "uploadThroughput": -1, "downloadThroughput": _SLOW}
    session.send("Network.emulateNetworkConditions", slow)
    _go(watched, page, name)
    is_steady(page)


def _go(watched: Watched, page: Page, name: str) -> Response:
    answer = page.goto(PAGES[name])  # what is made at the first request may take its time
    assert answer is not None
    if answer.status >= 400:
        _forget_the_status(watched)
    return answer


def _forget_the_status(watched: Watched) -> None:
    """The browser notes an answer that is an error; nothing else may be wrong."""
    watched.troubles[:] = [text for text in watched.troubles if "Failed to load resource" not in text]


def _is_steady_and_light(page: Page, sizes: dict[str, float]) -> None:
    settled(page)
    is_steady(page)
    assert 1_000 < sum(sizes.values()) < _WEIGHT, sizes
    assert page.evaluate(_CODE) == []


def _against_the_rules(page: Page, axe: str, widths: list[Any], schemes: list[Any]) -> list[str]:
    """What axe finds, in the first width and scheme most."""
    if not _EVERY:
        page.evaluate(_SHORTER)
    page.evaluate(axe)
    found: list[str] = []
    for size in widths:
        page.set_viewport_size(size)
        found += [f"wider than {size['width']}: {text}" for text in page.evaluate(_TOO_WIDE)]
        for scheme in schemes if _EVERY else schemes[:1]:
            page.emulate_media(color_scheme=scheme)
            most = _EVERY or (size, scheme) == (widths[0], schemes[0])
            asked = [_LEVELS, _ORDER] if most else [_LOOKS, []]
            found += [f"{size['width']} {scheme} {text}" for text in page.evaluate(_RUN, asked)]
    return found


def _reads_without_a_script(page: Page) -> None:
    assert page.locator("h1").first.is_visible()
    assert len(page.locator("main").inner_text()) > 40


def _switch_theme(page: Page, *, by_keyboard: bool) -> None:
    color = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(color)
    _press(page, page.locator("#theme"), by_keyboard=by_keyboard)
    assert page.evaluate(color) != before


def _switch_language(watched: Watched, page: Page, *, by_keyboard: bool) -> Response:
    control = page.locator("header a[hreflang]")
    other = control.get_attribute("hreflang")
    with page.expect_navigation() as moved:
        _press(page, control, by_keyboard=by_keyboard)
    expect(page.locator("html")).to_have_attribute("lang", str(other))
    _forget_the_status(watched)
    return moved.value


def _press(page: Page, control: Locator, *, by_keyboard: bool) -> None:
    if not by_keyboard:
        control.click()
        return
    for _ in range(20):
        page.keyboard.press("Tab")
        if control.evaluate("(it) => it === document.activeElement"):
            break
    expect(control).to_be_focused()
    page.keyboard.press("Enter")


def _needs_no_unsafe_script(answer: Response) -> None:
    """A browser says what the policy forbids as an error on the console, which every test takes as a failure."""
    policy = {part.split()[0]: part.split()[1:] for part in answer.headers["content-security-policy"].split(";")}
    allowed = policy.get("script-src", policy["default-src"])
    assert allowed == ["'self'"], policy


def _sizes(session: CDPSession) -> dict[str, float]:
    """What comes over the wire from now on: bytes by address, without the bundles."""
    addresses: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def add(got: dict[str, Any]) -> None:
        address = addresses.get(got["requestId"], "")
        if not any(bundle in address for bundle in _BUNDLES):
            sizes[address] = got["encodedDataLength"]

    session.on("Network.requestWillBeSent", lambda sent: addresses.update({sent["requestId"]: sent["request"]["url"]}))
    session.on("Network.loadingFinished", add)
    return sizes
