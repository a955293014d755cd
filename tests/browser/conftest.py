"""A real browser over a really started server: both once per session, a fresh profile (context) for each test.

A test fails if its page logs an error, throws, breaks the content security policy or asks another host. The browser is
Chromium as the system has it, or what MIIT_GRAPH_CHROMIUM names. Without one the tests are skipped, saying what to
install; where CI is set they fail instead.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from miit_graph.build.snapshot import Snapshot
from tests.conftest import PATIENCE, ROOT, Serve

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
_MISSING = (
    "The browser tests need Chromium (Debian: apt-get install chromium fonts-noto-cjk), or set MIIT_GRAPH_CHROMIUM to "
    "the path of one."
)


@dataclass
class Watched:
    """A context and what went wrong in its pages. A test that expects an error takes it out of `troubles`."""

    context: BrowserContext
    address: str
    troubles: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note whatever this page complains of."""
        page.on("console", lambda message: self._note(message.type == "error", message.text))
        page.on("pageerror", lambda error: self._note(True, f"{error.name}: {error.message}"))
        page.on("request", lambda request: self._note(self._is_elsewhere(request.url), f"asked for {request.url}"))

    def _note(self, wrong: bool, text: str) -> None:
        if wrong:
            self.troubles.append(text)

    def _is_elsewhere(self, url: str) -> bool:
        return url.startswith(("http:", "https:", "ws:", "wss:")) and not url.startswith("http://127.0.0.1:")


def _chromium() -> str:
    wanted = os.environ.get("MIIT_GRAPH_CHROMIUM", "")
    found = next(filter(None, map(shutil.which, [wanted] if wanted else _NAMES)), None)
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(_MISSING, pytrace=False)
    pytest.skip(_MISSING)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's own process."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium, with a new profile, for all tests."""
    launched = playwright.chromium.launch(executable_path=_chromium(), headless=True, args=list(_FLAGS))
    yield launched
    launched.close()


@pytest.fixture(scope="session")
def site(snapshot: Snapshot, serve_graph: Serve) -> str:
    """The address of a server of the shipped graph. Its front end must be built: `make front`."""
    built = ROOT / "src" / "miit_graph" / "web" / "static" / "built" / "shell.js"
    assert built.is_file(), "The front end is not built. Run 'make front' first."
    return serve_graph("--snapshot", snapshot.path)


@pytest.fixture
def watched(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A fresh profile. Settings of the context come as `@pytest.mark.parametrize("watched", [{…}], indirect=True)`."""
    settings: dict[str, Any] = {
        "base_url": site,
        "locale": "en-GB",
        "viewport": {"width": 1280, "height": 900},
        "reduced_motion": "reduce",
        **getattr(request, "param", {}),
    }
    context = browser.new_context(**settings)
    context.set_default_timeout(PATIENCE * 1000)
    seen = Watched(context, site)
    context.on("page", seen.watch)
    yield seen
    context.close()
    assert not seen.troubles, "The page complained:\n" + "\n".join(seen.troubles)


@pytest.fixture
def page(watched: Watched) -> Page:
    """An empty page; `page.goto("/explore")` is relative to the server."""
    return watched.context.new_page()
