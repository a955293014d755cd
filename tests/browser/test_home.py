"""The home page in a browser: what the shell of all pages does."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_theme_and_language_are_switched_and_kept(page: Page) -> None:
    page.goto("/")
    button = page.locator("#theme")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("link", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("知识图谱")
    expect(button).to_have_attribute("aria-pressed", "true")


def test_on_a_telephone_the_whole_organisation_is_seen(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    picture = page.locator(".organisation img:visible")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 360)
    frame, image = page.locator(".organisation > a").bounding_box(), picture.bounding_box()
    assert frame and image and image["height"] <= frame["height"] and image["width"] <= frame["width"] <= 390
    assert image["width"] > 320 and image["height"] <= 844  # the letters are as large as those around, and it fits


def test_on_paper_it_is_light_whatever_the_theme(page: Page) -> None:
    page.goto("/")
    page.locator("#theme").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    ink = "getComputedStyle(document.body).color"
    assert page.evaluate(ink) != "rgb(28, 36, 39)"
    page.emulate_media(media="print")
    assert page.evaluate(ink) == "rgb(28, 36, 39)"
    expect(page.locator(".organisation .for-light")).to_be_visible()
    expect(page.locator(".organisation .for-dark")).to_be_hidden()
    expect(page.locator("nav.ways")).to_be_hidden()
