"""Pages that arrive in pieces, as over a slow line: what has been shown stays where it is."""

from __future__ import annotations

import re
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser.conftest import Profiles
from tests.browser.pages import PAGES, is_steady, note_shifts
from tests.conftest import PATIENCE

_PIECES = 16
_CUT_IN = 40_000
"""Bytes from the beginning of a page that come in pieces: about what a screen shows."""
_KEPT = ("Content-Type", "Content-Security-Policy", "Content-Language")
_MORE = "(before) => document.all.length > before || document.readyState == 'complete'"
_DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


class Halting(ThreadingHTTPServer):
    """Passes on what ``site`` answers; of pages a piece each time that `go_on` is released."""

    daemon_threads = True

    def __init__(self, site: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.site = site
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.go_on = threading.Semaphore(0)

    def handle_error(self, *_: object) -> None:
        """Who asks may go at any time."""


class _Handler(BaseHTTPRequestHandler):
    server: Halting

    def do_GET(self) -> None:
        headers = {"Accept": self.headers["Accept"] or "*/*", "Accept-Language": "en"}
        with urllib.request.urlopen(urllib.request.Request(self.server.site + self.path, headers=headers)) as answer:
            body = answer.read()
            self.send_response(200)
            for name in _KEPT:
                if answer.headers[name]:
                    self.send_header(name, answer.headers[name])
            self.end_headers()
        go_on = self.server.go_on
        whole = not answer.headers["Content-Type"].startswith("text/html")
        for piece in [body] if whole else pieces(body):
            self.wfile.write(piece)
            self.wfile.flush()
            if not whole:
                go_on.acquire(timeout=PATIENCE)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def pieces(page: bytes) -> list[bytes]:
    """A page cut before elements: the head, pieces of about the same size, and all that is below the screen."""
    body = page.index(b"<main")
    step = max(200, (min(len(page), _CUT_IN) - body) // _PIECES)
    places = [body]
    for match in re.finditer(rb"<(?:p|li|ul|div|section|figure|h\d|td|tr|dt|dd|a|path|text|g)\b", page[:_CUT_IN]):
        if match.start() >= places[-1] + step:
            places.append(match.start())
    return [page[begin:end] for begin, end in zip([0, *places], [*places, len(page)], strict=True)]


@pytest.fixture(scope="module")
def halting(site: str) -> Iterator[Halting]:
    with Halting(site) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("name", ["home", "ministry", "institution", "timeline", "chart", "disputes"])
def test_nothing_moves_while_a_page_arrives(
    halting: Halting, profiles: Profiles, request: pytest.FixtureRequest, name: str, width: int
) -> None:
    viewport = {"width": width, "height": 1000}
    with profiles.lend(request, base_url=halting.address, viewport=viewport) as watched:
        page = watched.page
        session = watched.context.new_cdp_session(page)
        note_shifts(session)
        halting.go_on = threading.Semaphore(0)
        page.goto(PAGES[name], wait_until="commit")
        while page.evaluate("document.readyState") != "complete":
            elements = page.evaluate("document.all.length")
            halting.go_on.release()
            page.wait_for_function(_MORE, arg=elements)
            page.evaluate(_DRAWN)
        session.detach()
        is_steady(page)
