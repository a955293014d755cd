"""Pictures of every page, to be looked at: ``make screenshots`` puts them into build/screenshots/, with an index."""

from __future__ import annotations

import itertools
import shutil
import urllib.request
from collections.abc import Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from miit_graph.build.snapshot import Snapshot
from tests.browser.pages import PAGES, settled
from tests.browser.states import STATES
from tests.conftest import ROOT, Serve
from tests.versions.conftest import ID, small_project, snapshots  # noqa: F401

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


_SLOW = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?i) }"
_PEOPLE = """
@prefix ex: <http://example.org/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:anna a foaf:Person ; rdfs:label "Anna Berg"@en , "安娜·贝里"@zh ; foaf:knows ex:bert , ex:cara ; foaf:age 41 .
ex:bert a foaf:Person ; rdfs:label "Bert"@en ; foaf:knows ex:cara ; ex:lives ex:harbour .
ex:cara a foaf:Person ; rdfs:label "Cara"@en ; ex:lives ex:harbour ; ex:retired true .
ex:harbour a ex:Town ; rdfs:label "Harbour"@en . ex:old-town a ex:Town ; owl:deprecated true .
"""


def _describe(iri: str) -> str:
    return "/describe?iri=" + quote(iri, safe="")


ELSEWHERE = {
    "day": ("site", "/doc/miit?as-of=2015-05-01"),
    "earlier-version": ("site", "/doc/caict?version=1"),
    "no-format": ("site", "/doc/miit?format=csv"),
    "slow-query": ("site", "/sparql?format=html&timeout=0.01&query=" + quote(_SLOW, safe="")),
    "other-home": ("other", "/"),
    "other-thing": ("other", _describe("http://example.org/anna")),
    "other-class": ("other", _describe("http://xmlns.com/foaf/0.1/Person")),
    "other-search": ("other", "/search?q=anna"),
    "gone": ("other", _describe("http://example.org/old-town")),
    "too-often": ("limited", "/"),
    "coloured-home": ("coloured", "/"),
    "coloured-thing": ("coloured", "/doc/faculty-of-tides"),
    "coloured-chart": ("coloured", "/chart"),
    "changes": ("changing", "/changes?from=1&to=4"),
    "blame": ("changing", "/blame?iri=" + quote(f"{ID}bureau", safe="")),
    "earlier-thing": ("changing", "/doc/bureau?version=2"),
}
"""Further pages and the servers (fixtures) that have them: of other graphs, of other times, and what goes wrong."""


@pytest.fixture(scope="session")
def other(serve_graph: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server of data without an ontology or a project."""
    data = tmp_path_factory.mktemp("other") / "people.ttl"
    data.write_text(_PEOPLE, encoding="utf-8")
    return serve_graph("--data", data)


@pytest.fixture(scope="session")
def limited(serve_graph: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server that takes one page in a long time from each client, and has given it away."""
    data = tmp_path_factory.mktemp("limited") / "people.ttl"
    data.write_text(_PEOPLE, encoding="utf-8")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MIIT_GRAPH_RATE", "0.001")
        environment.setenv("MIIT_GRAPH_RATE_BURST", "1")
        address = serve_graph("--data", data)
    urllib.request.urlopen(address).close()
    return address


@pytest.fixture(scope="session")
def coloured(serve_graph: Serve, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A server of another project, in its own colours."""
    folder = tmp_path_factory.mktemp("coloured") / "university"
    shutil.copytree(ROOT / "examples" / "university", folder, ignore=shutil.ignore_patterns("build"))
    return serve_graph("--project", folder)


@pytest.fixture(scope="session")
def changing(serve_graph: Serve, snapshots: Path) -> str:  # noqa: F811
    """A server of data with four versions."""
    return serve_graph("--snapshot", Snapshot.open(snapshots).path)


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


@pytest.mark.parametrize("name", (*PAGES, *ELSEWHERE, *STATES))
def test_take(look: tuple[Page, Look], name: str, request: pytest.FixtureRequest) -> None:
    """``-k "home and narrow"`` takes these alone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page, kind = look
    across, high = WIDTHS[kind[0]]
    if name in STATES:
        STATES[name](page)
    else:
        server, address = ELSEWHERE.get(name) or ("site", PAGES[name])
        page.goto(request.getfixturevalue(server) + address)
        settled(page)
    tall = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
    clip = {"x": 0, "y": 0, "width": across, "height": max(tall, high)}
    page.screenshot(path=FOLDER / _file(name, *kind), full_page=True, clip=clip, caret="hide")  # type: ignore[arg-type]


def _write_index(folder: Path) -> None:
    """One page with all pictures, the kinds of one page side by side."""
    rows = []
    for name in (*PAGES, *ELSEWHERE, *STATES):
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
