"""A real browser over a really started server, both once per session; in each test it is somebody who was never here.

Tests that want the same profile have the same tab one after the other, emptied in between: to start the process behind
a tab takes more than most tests do in it. The tab of a test that failed is closed.
A test fails if its page logs an error, throws, breaks the content security policy, opens a dialog or asks another host.
The browser is Chromium as the system has it, or what MIIT_GRAPH_CHROMIUM names. Without one the tests are skipped,
saying what to install; where CI is set they fail instead.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Playwright, expect, sync_playwright

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


_FAILED = pytest.StashKey[bool]()
_FORGET = (
    "for (const kept of [localStorage, sessionStorage]) kept.clear(); Storage.prototype.setItem = () => {}; void 0"
)
"""Nothing is kept, and nothing that a page still does when it is left keeps anything."""


@dataclass
class Watched:
    """A profile with a tab, and what went wrong there. A test that expects an error takes it out of `troubles`."""

    context: BrowserContext
    page: Page
    settings: dict[str, Any]
    asked: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Browser, settings: dict[str, Any]) -> Watched:
        """A new profile with these settings of Playwright's contexts."""
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE * 1000)
        page = context.new_page()
        watched = cls(context, page, settings)
        watched._watch(page)
        context.on("page", watched._watch)
        return watched

    def leave(self) -> bool:
        """Make it that of somebody who was never here, if it can be: only what this tab holds itself is surely gone."""
        own = self.settings["base_url"]
        if self.context.pages != [self.page] or self.asked - {own} or not self.page.url.startswith(own):
            return False
        self.page.evaluate(_FORGET)
        self.page.goto("about:blank")  # after which nothing is complained of any more
        self.context.clear_cookies()
        self.page.set_viewport_size(self.settings["viewport"])
        look = {name: self.settings.get(name) for name in ("color_scheme", "reduced_motion")}
        self.page.emulate_media(media="null", **look)
        self.asked.clear()
        return True

    def _watch(self, page: Page) -> None:
        page.on("console", lambda message: self._note(message.type == "error", message.text))
        page.on("pageerror", lambda error: self._note(True, f"{error.name}: {error.message}"))
        page.on("dialog", self._refuse)
        page.on("request", lambda request: self._asked(request.url))

    def _note(self, wrong: bool, text: str) -> None:
        if wrong:
            self.troubles.append(text)

    def _refuse(self, dialog: Dialog) -> None:
        self._note(True, f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss"):
            self._note(parts.hostname != "127.0.0.1", f"asked for {url}")
            self.asked.add(f"{parts.scheme}://{parts.netloc}")


class Profiles:
    """Lends a profile to one test after the other."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._idle: dict[str, Watched] = {}

    @contextmanager
    def lend(self, test: pytest.FixtureRequest, **settings: Any) -> Iterator[Watched]:
        """One with these settings of Playwright's contexts, added to those that all have."""
        settings = {
            "locale": "en-GB",
            "viewport": {"width": 1280, "height": 900},
            "color_scheme": "light",
            "reduced_motion": "reduce",
            **settings,
        }
        name = json.dumps(settings, sort_keys=True)
        watched = self._idle.pop(name, None) or Watched.open(self._browser, settings)
        yield watched
        if not test.node.stash.get(_FAILED, False) and watched.leave():
            self._idle[name] = watched
        else:
            watched.context.close()
        troubles, watched.troubles = watched.troubles, []
        assert not troubles, "The page complained:\n" + "\n".join(troubles)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Note for the fixtures whether their test failed."""
    report = yield
    item.stash[_FAILED] = report.failed or (call.when != "setup" and item.stash.get(_FAILED, False))
    return report


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


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Profiles:
    """The profiles of all tests."""
    return Profiles(browser)


@pytest.fixture
def watched(profiles: Profiles, site: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A profile. Settings of the context come as `@pytest.mark.parametrize("watched", [{…}], indirect=True)`."""
    with profiles.lend(request, base_url=site, **getattr(request, "param", {})) as lent:
        yield lent


@pytest.fixture
def page(watched: Watched) -> Page:
    """A tab; `page.goto("/explore")` is relative to the server."""
    return watched.page
