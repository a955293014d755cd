"""What holds for every page: accessible, steady, as wide as the screen, light, and readable without a script."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watched
from tests.browser.pages import PAGES, settled
from tests.conftest import ROOT, missing

_AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
_LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = """(levels) => axe.run({
    runOnly: {type: "tag", values: levels},
    rules: {"heading-order": {enabled: true}, "page-has-heading-one": {enabled: true}, "landmark-unique": {enabled: true}},
    resultTypes: ["violations"],
}).then((found) => found.violations.map((rule) => ({
    rule: rule.id, help: rule.help, at: rule.nodes.map((node) => `${node.target}: ${node.failureSummary}`).slice(0, 5),
})))"""
_SHIFTS = """
globalThis.shifted = [];
new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
        shifted.push({value: entry.value, at: entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120))});
}).observe({type: "layout-shift", buffered: true});
"""
_TOO_WIDE = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    return [...document.body.querySelectorAll("*")]
        .filter((element) => element.getBoundingClientRect().right > wide + 1).map((element) => element.outerHTML.slice(0, 120));
}"""
_WEIGHT = 100_000
"""Bytes over the wire, before the scripts of the network and of the query editor."""
_BUNDLES = ("/built/explore.", "/built/query.")
WIDE_LIGHT = {"locale": "en-GB", "color_scheme": "light", "viewport": {"width": 1440, "height": 1000}}
NARROW_DARK = {"locale": "zh-CN", "color_scheme": "dark", "viewport": {"width": 390, "height": 844}}


def _axe() -> str:
    if not _AXE.is_file():
        missing("axe-core is not installed; make test does it")
    return _AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("watched", [WIDE_LIGHT, NARROW_DARK], indirect=True, ids=["wide-light-en", "narrow-dark-zh"])
def test_accessible_steady_and_within_the_screen(watched: Watched, page: Page, name: str) -> None:
    page.add_init_script(_SHIFTS)
    answer = page.goto(PAGES[name])
    assert answer is not None
    settled(page)
    if answer.status >= 400:  # the browser notes that, and nothing else may be wrong
        assert [text for text in watched.troubles if "Failed to load resource" not in text] == []
        watched.troubles.clear()
    assert page.evaluate(_TOO_WIDE) == []
    assert page.evaluate("shifted") == []
    page.evaluate(_axe())
    found: list[dict[str, Any]] = page.evaluate(_RUN, _LEVELS)
    assert not found, "\n".join(f"{item['rule']}: {item['help']}\n  " + "\n  ".join(item["at"]) for item in found)


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("watched", [{"java_script_enabled": False}], indirect=True, ids=["no-script"])
def test_the_content_comes_without_a_script(watched: Watched, page: Page, name: str) -> None:
    page.goto(PAGES[name])
    watched.troubles.clear()  # a browser logs the status of error pages
    main = page.locator("main")
    assert page.locator("h1").is_visible()
    assert len(main.inner_text()) > 100


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("ontology",)])
def test_light_over_the_wire(watched: Watched, page: Page, name: str) -> None:
    session = watched.context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session.on("Network.requestWillBeSent", lambda sent: addresses.update({sent["requestId"]: sent["request"]["url"]}))
    session.on("Network.loadingFinished", lambda got: sizes.update({got["requestId"]: got["encodedDataLength"]}))
    session.send("Network.enable")
    page.goto(PAGES[name])
    settled(page)
    watched.troubles.clear()
    weights = {addresses[key]: size for key, size in sizes.items() if not any(b in addresses[key] for b in _BUNDLES)}
    assert 1_000 < sum(weights.values()) < _WEIGHT, weights
