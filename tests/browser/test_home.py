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
