"""One page of every kind that the server shows for the shipped graph: what browser tests and screenshots go through."""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import CDPSession, Page, expect

_SHIFTS = """
globalThis.shifts = [];
new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
        shifts.push([entry.value, entry.sources.map((source) => source.node?.outerHTML?.slice(0, 120))]);
}).observe({type: "layout-shift", buffered: true});
"""
_STILL = 0.01
"""Cumulative layout shift that nobody sees; 0.1 still counts as good."""
_ASKED = "SELECT ?unit ?name WHERE { ?unit a m:PublicInstitution ; skos:prefLabel ?name } ORDER BY ?unit LIMIT 30"

PAGES = {
    "home": "/",
    "search": "/search?q=%E4%BF%A1%E6%81%AF",
    "search-start": "/search",
    "search-nothing": "/search?q=qqqqqq",
    "ministry": "/doc/miit",
    "institution": "/doc/caict",
    "person": "/doc/miao-wei",
    "post": "/doc/post-party-secretary",
    "law": "/doc/who-fctc",
    "nameplate": "/doc/plate-cnsa",
    "event": "/doc/npc-11-session-1",
    "programme": "/doc/thousand-talents",
    "figure": "/doc/stat-universities",
    "conflict": "/doc/conflict-xinjiang-name",
    "fact": "/doc/mandate-wireless-regulation",
    "citation": "/doc/cite-b-9",
    "code": "/doc/code/scheme-voice",
    "class": "/describe?iri=" + quote("https://w3id.org/miit-graph/ont#Nameplate", safe=""),
    "shape": "/doc/shape/within-lifetime",
    "document": "/doc/src-b",
    "foreign": "/describe?iri=" + quote("http://www.w3.org/ns/org#Organization", safe=""),
    "explore": "/explore?root=caict",
    "chart": "/chart",
    "timeline": "/timeline",
    "query": "/query",
    "sources": "/sources",
    "source": "/sources/src-b",
    "disputes": "/disputes",
    "dumps": "/dump/",
    "export": "/export/graph",
    "dataset": "/describe?iri=" + quote("https://w3id.org/miit-graph/void#dataset", safe=""),
    "ontology": "/ontology/",
    "table": "/sparql?format=html&query=" + quote(_ASKED, safe=""),
    "truth": "/sparql?format=html&query=" + quote("ASK { ?s ?p ?o }", safe=""),
    "wrong-query": "/sparql?format=html&query=" + quote("SELECT ?s WHERE { ?s ?p }", safe=""),
    "not-found": "/doc/no-such-thing",
    "similar": "/doc/rank-normall",
    "bad-option": "/timeline?from=yesterday",
    "versions": "/versions",
    "problems": "/problems",
}
"""Their names and where they are, relative to the server."""


def settled(page: Page) -> None:
    """Wait until what the page draws by itself is there."""
    if page.locator("#explorer, #workbench").count():
        expect(page.locator("#explorer[data-ready], #workbench .CodeMirror")).to_be_visible()
    page.evaluate("document.fonts.ready.then(() => null)")


def note_shifts(session: CDPSession) -> None:
    """From now on note what moves by itself in each page that the tab loads, for `is_steady`."""
    session.send("Page.enable")
    session.send("Page.addScriptToEvaluateOnNewDocument", {"source": _SHIFTS})


def is_steady(page: Page) -> None:
    """Fail if something has moved that somebody could see."""
    shifts = page.evaluate("shifts")
    assert sum(value for value, _ in shifts) < _STILL, shifts
