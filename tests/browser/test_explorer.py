"""The network explorer as people use it: by pointer, by keyboard, by link."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import networkx as nx
import pytest
from lxml import etree
from playwright.sync_api import Page, expect


def ready(page: Page, things: int | None = None) -> None:
    """Wait until the network is there, with so many things, and nothing is being fetched."""
    expect(page.locator("#explorer[data-ready]")).to_be_visible()
    if things is not None:
        expect(page.locator("#explorer")).to_have_attribute("data-things", str(things))
    expect(page.locator("body:not([aria-busy])")).to_be_attached()


def shown(page: Page) -> int:
    return int(page.locator("#explorer").get_attribute("data-things") or 0)


def choose(page: Page, box: str, text: str, name: str) -> None:
    page.locator(box).fill(text)
    page.locator(f"{box}-list").get_by_role("option").filter(has_text=name).first.click()


def saved(page: Page, button: str, tmp_path: Path) -> bytes:
    if page.locator("#export").get_attribute("open") is None:
        page.locator("#export summary").click()
    with page.expect_download() as download:
        page.locator(button).click()
    target = tmp_path / download.value.suggested_filename
    download.value.save_as(target)
    return target.read_bytes()


def test_the_network_is_expanded_twice_and_exported(page: Page, tmp_path: Path) -> None:
    page.goto("/explore?root=caict")
    ready(page)
    first = shown(page)
    page.get_by_role("button", name="List").click()
    page.locator("#list tr", has_text="Ministry of Industry and Information Technology").get_by_role(
        "button", name="Expand: Ministry of Industry", exact=False
    ).click()
    expect(page.locator("#explorer")).not_to_have_attribute("data-things", str(first))
    second = shown(page)
    page.get_by_role("button", name=re.compile(r"\d+ more: show 50")).click()
    expect(page.locator("#explorer")).to_have_attribute("data-things", str(second + 50))
    page.get_by_role("button", name="List").click()

    graph = nx.read_gexf(io.BytesIO(saved(page, "[data-file=gexf]", tmp_path)), version="1.3")
    assert graph.number_of_nodes() == second + 50
    assert graph.number_of_edges() == int(page.locator("#explorer").get_attribute("data-ties") or 0)
    elements = json.loads(saved(page, "[data-file=cyjs]", tmp_path))["elements"]
    assert {node["data"]["id"] for node in elements["nodes"]} == set(graph.nodes)
    drawing = etree.fromstring(saved(page, "[data-picture=svg]", tmp_path))
    circles = drawing.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(circles) == second + 50
    assert saved(page, "[data-picture=png]", tmp_path).startswith(b"\x89PNG")


def test_who_was_secretary_in_2015_is_seen_on_the_slider(page: Page) -> None:
    page.goto("/explore?root=post-party-secretary")
    ready(page)
    slider = page.locator("#slider")
    slider.focus()
    page.locator("#day").fill("2015-06-01")
    page.locator("#day").press("Tab")
    expect(page.locator("#day-counts")).to_contain_text("2015-06-01")
    secretaries = page.evaluate(
        "canvas._cyreg.cy.edges('[valid_from]').filter((tie) => !tie.hasClass('not') && !tie.hasClass('possible'))"
        ".map((tie) => tie.source().data('label_en'))"
    )
    assert secretaries == ["Miao Wei"]
    assert page.evaluate("canvas._cyreg.cy.edges('.not').length") == 5
    slider.press("Home")
    expect(page.locator("#day")).to_have_value("2008-03-01")
    page.get_by_role("button", name="All times").click()
    expect(page.locator("#day")).to_have_value("")
    assert page.evaluate("canvas._cyreg.cy.elements('.not').length") == 0


def test_a_path_leads_from_one_thing_to_another(page: Page) -> None:
    page.goto("/explore?root=miit")
    ready(page)
    page.get_by_role("button", name="Path", exact=True).click()
    choose(page, "#path-from", "Miao Wei", "Miao Wei")
    choose(page, "#path-to", "CAICT", "China Academy of Information")
    page.get_by_role("button", name="Find the path").click()
    expect(page.locator("#path-said")).to_have_text(re.compile(r"Path of \d steps"))
    assert page.evaluate("canvas._cyreg.cy.nodes('.onpath').length") >= 3


def test_a_link_restores_what_was_shown_and_back_undoes_it(page: Page) -> None:
    page.goto("/explore?root=miit")
    ready(page)
    before = shown(page)
    page.locator("#edge-kinds input").first.uncheck()
    page.locator("#day").fill("2015-06-01")
    page.locator("#day").press("Tab")
    choose(page, "#find", "Made in China 2025", "Made in China 2025")
    expect(page.locator("#explorer")).to_have_attribute("data-things", str(before + 1))
    address = page.url
    other = page.context.new_page()
    other.goto(address)
    ready(other, before + 1)
    expect(other.locator("#day")).to_have_value("2015-06-01")
    expect(other.locator("#edge-kinds input").first).not_to_be_checked()
    expect(other.locator("#card")).to_contain_text("Made in China 2025")
    page.get_by_role("button", name="Undo").click()
    ready(page, before)
    page.go_back()
    expect(page.locator("#day")).to_have_value("")
    page.go_back()
    expect(page.locator("#edge-kinds input").first).to_be_checked()
    page.get_by_role("button", name="Redo").click()
    expect(page.locator("#edge-kinds input").first).not_to_be_checked()


def test_everything_is_done_by_keyboard(page: Page) -> None:
    page.goto("/explore?root=caict")
    ready(page)
    first = shown(page)
    page.locator("#canvas").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#said")).to_contain_text("ties.")
    page.keyboard.press("e")
    expect(page.locator("#card [data-tie]")).to_be_attached()
    expect(page.locator("#card dt").first).to_have_text("Origin")
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("MIIT")
    expect(page.locator("#find-list [role=option]").first).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#canvas")).to_be_focused()
    expect(page.locator("#card")).to_contain_text("工业和信息化部")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Technology expanded")
    grown = shown(page)
    assert grown > first
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("collapsed")
    page.keyboard.press("z")
    ready(page, grown)
    page.keyboard.press(" ")
    expect(page.locator("#card-title")).to_be_focused()
    page.locator("#canvas").focus()
    page.keyboard.press("Delete")
    ready(page, grown - 1)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    expect(page.locator("#list table")).to_be_visible()


def test_theme_and_language_are_switched(page: Page) -> None:
    page.goto("/explore?root=miit")
    ready(page)
    light = page.evaluate("canvas._cyreg.cy.nodes()[0].style('color')")
    page.locator("#theme").click()
    assert page.evaluate("canvas._cyreg.cy.nodes()[0].style('color')") != light
    page.get_by_role("link", name="中文").click()
    ready(page)
    expect(page.locator("#card")).to_contain_text("国务院组成部门")
    expect(page.get_by_role("button", name="撤销")).to_be_visible()
    labels = page.evaluate("canvas._cyreg.cy.nodes().map((node) => node.data('label'))")
    assert "工业和信息化部" in labels


def test_disputed_ties_are_dashed_and_tell_their_receipt(page: Page) -> None:
    page.goto("/explore?root=miit")
    ready(page)
    disputed = page.evaluate(
        "canvas._cyreg.cy.edges('.disputed').filter((tie) => tie.data('origin') !== 'claimed')[0].id()"
    )
    assert page.evaluate("(id) => canvas._cyreg.cy.getElementById(id).style('line-style')", disputed) == "dashed"
    # void, else the answer is the whole network, and half a minute of work
    page.evaluate("(id) => void canvas._cyreg.cy.getElementById(id).emit('tap')", disputed)
    card = page.locator("#card")
    expect(card.locator("dt", has_text="Source")).to_be_visible()
    expect(card.locator("q").first).not_to_be_empty()
    expect(card.get_by_role("link", name="see the dispute").first).to_have_attribute("href", re.compile("^/doc/"))


@pytest.mark.parametrize("watched", [{"viewport": {"width": 390, "height": 844}}], indirect=True)
def test_on_a_narrow_screen_the_panel_is_a_sheet(page: Page) -> None:
    page.goto("/explore?root=caict")
    ready(page)
    expect(page.locator("#sheet-body")).to_be_hidden()
    page.get_by_role("button", name="Details and filters").click()
    expect(page.locator("#card")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("watched", [{"java_script_enabled": False}], indirect=True)
def test_without_a_script_there_is_a_picture_and_a_table(page: Page) -> None:
    page.goto("/explore?root=caict")
    expect(page.locator("figure svg")).to_be_visible()
    page.locator("table.ties").get_by_role("link", name="Put in the middle").first.click()
    expect(page).to_have_url(re.compile("root="))
    expect(page.locator("table.ties")).to_be_visible()


def test_any_other_graph_can_be_explored(watched, serve_graph, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    data = tmp_path / "people.ttl"
    data.write_text(
        "@prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix ex: <http://example.org/> .\n"
        'ex:anna a foaf:Person ; foaf:name "Anna" ; foaf:knows ex:bert . ex:bert foaf:knows ex:cleo, ex:dora .\n',
        encoding="utf-8",
    )
    page = watched.context.new_page()
    page.goto(serve_graph("--data", data) + "/explore")
    ready(page, 4)
    page.get_by_role("button", name="List").click()
    expect(page.locator("#list")).to_contain_text("Anna")
