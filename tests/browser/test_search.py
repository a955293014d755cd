"""The search box as people use it: typing, arrow keys, the mouse, and without any script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watched


def test_typing_brings_suggestions_and_the_keyboard_chooses(page: Page) -> None:
    page.goto("/search")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.press_sequentially("gongxin")
    options = page.get_by_role("option")
    expect(options.first).to_contain_text("工信部")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id") or "")
    expect(box).to_have_value("工信部")
    box.press("ArrowUp")
    expect(box).to_have_value("gongxin")
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    expect(box).to_be_focused()
    box.press("ArrowDown")
    box.press("ArrowDown")
    box.press("Enter")
    expect(page).to_have_url(re.compile("/doc/"))


def test_a_suggestion_is_clicked(page: Page) -> None:
    page.goto("/")
    page.get_by_role("combobox").press_sequentially("国家航天")
    page.get_by_role("option").first.click()
    expect(page).to_have_url(re.compile("/doc/plate-cnsa"))


def test_suggestions_move_nothing(page: Page) -> None:
    page.goto("/search")
    heading = page.get_by_role("heading", level=2)
    before = heading.bounding_box()
    page.get_by_role("combobox").press_sequentially("信")
    expect(page.get_by_role("option").first).to_be_visible()
    assert heading.bounding_box() == before


def test_from_a_word_to_the_thing(page: Page) -> None:
    page.goto("/search")
    page.get_by_role("combobox").fill("信息")
    page.get_by_role("combobox").press("Enter")
    page.get_by_role("navigation", name="Kind").get_by_role("link", name="public institution").click()
    page.get_by_role("link", name="China Academy of Information and Communications Technology").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("China Academy")


@pytest.mark.parametrize("watched", [{"java_script_enabled": False, "locale": "zh-CN"}], indirect=True)
def test_without_script_it_is_a_form(watched: Watched, page: Page) -> None:
    page.goto("/search")
    page.get_by_role("searchbox").fill("CAICT")
    page.get_by_role("button", name="搜索").click()
    expect(page.get_by_role("link", name="中国信息通信研究院").first).to_be_visible()
