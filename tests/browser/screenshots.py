"""Pictures of every page, to be looked at: ``make screenshots`` puts them into build/screenshots/, with an index."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import PAGES, settled
from tests.conftest import ROOT

FOLDER = ROOT / "build" / "screenshots"
WIDTHS = {"wide": (1440, 1000), "narrow": (390, 844)}
THEMES = ("light", "dark")
LANGUAGES = ("en", "zh")
Look = tuple[str, str, str]
"""Width, theme and language."""
TALLEST = 12_000
"""Pixels; of longer pages the beginning is shown."""


def _file(name: str, width: str, theme: str, language: str) -> str:
    return f"{name}-{width}-{theme}-{language}.png"


@pytest.fixture(
    scope="module",
    params=list(itertools.product(WIDTHS, THEMES, LANGUAGES)),
    ids="-".join,
)
def look(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[tuple[Page, Look]]:
    """A page of this width, theme and language."""
    width, theme, language = kind = request.param
    across, high = WIDTHS[width]
    context = browser.new_context(
        base_url=site,
        locale={"en": "en-GB", "zh": "zh-CN"}[language],
        timezone_id="Asia/Shanghai",
        color_scheme=theme,
        viewport={"width": across, "height": high},
        reduced_motion="reduce",
    )
    yield context.new_page(), kind
    context.close()
    _write_index(FOLDER)


@pytest.mark.parametrize("name", PAGES)
def test_take(look: tuple[Page, Look], name: str) -> None:
    """``-k "home and narrow"`` takes these alone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page, kind = look
    across, high = WIDTHS[kind[0]]
    page.goto(PAGES[name])
    settled(page)
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    clip = {"x": 0, "y": 0, "width": across, "height": max(tall, high)}
    page.screenshot(path=FOLDER / _file(name, *kind), full_page=True, clip=clip, caret="hide")  # type: ignore[arg-type]


def _write_index(folder: Path) -> None:
    """One page with all pictures, the kinds of one page side by side."""
    rows = []
    for name in PAGES:
        files = [_file(name, *kind) for kind in itertools.product(WIDTHS, THEMES, LANGUAGES)]
        shown = "".join(
            f'<a href="{escape(file)}"><img src="{escape(file)}" loading="lazy" alt="{escape(file)}"></a>'
            for file in files
            if (folder / file).is_file()
        )
        rows.append(f"<h2>{escape(name)}</h2><div>{shown}</div>")
    style = "div{display:flex;gap:1rem;align-items:start;overflow-x:auto}img{max-width:22rem;border:1px solid #999}"
    text = f"<!doctype html><meta charset=utf-8><title>Screenshots</title><style>{style}</style>{''.join(rows)}"
    (folder / "index.html").write_text(text, encoding="utf-8")
