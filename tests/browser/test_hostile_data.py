"""A graph whose every name, IRI and value is an attack, and requests that are: no page runs any of it.

The content security policy would stop most of it. That is the second line: a report of the policy fails the test too.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Profiles, Watched
from tests.browser.pages import settled
from tests.conftest import Serve

RUN = "window.pwned=1"
ATTACKS = (
    f"<script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}">',
    f"'><svg onload='{RUN}'>",
    f"</title></textarea></script></style><script>{RUN}</script>",
    f'" autofocus onfocus="{RUN}" x="',
    f"javascript:{RUN}",
    f"{{{{7*7}}}}${{{RUN}}}#{{7*7}}<%=7*7%>{{% raw %}}",
    f"<!--<script>{RUN}//--> ]]> \u2028{RUN}\u2029",
    f"<a href='javascript:{RUN}'>\u202ex</a>",
)
ASKED = ("".join(ATTACKS), ATTACKS[4], ATTACKS[5])
IRIS = (
    f"javascript:{RUN}",
    f"JaVaScRiPt:{RUN}//",
    f"vbscript:{RUN}",
    f"data:text/html,%3Cscript%3E{RUN}%3C/script%3E",
    f"http://e.example/'onmouseover='{RUN};",
    f"http://e.example/x#'-{RUN}-'",
    "http://e.example/{{7*7}}".replace("{", "%7B").replace("}", "%7D"),
)
PREFIXES = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix org: <http://www.w3.org/ns/org#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> . @prefix e: <http://e.example/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# What markup of ours never has: scripts inside, handlers, addresses that run, frames.
FOUND = """() => {
    const found = [];
    if (window.pwned !== undefined) found.push("ran");
    for (const element of document.querySelectorAll("*")) {
        for (const { name, value } of element.attributes) {
            const place = ["href", "src", "action", "formaction", "xlink:href", "data", "srcdoc"].includes(name);
            const runs = place && /^[\\s\\x00-\\x1f]*(javascript|vbscript|data:text)/i.test(value);
            if (name.startsWith("on") || name === "autofocus" && element.tagName !== "INPUT" || runs)
                found.push(`${element.tagName} ${name}=${value}`);
        }
        const tag = element.tagName.toLowerCase();
        if (tag === "script" && !element.src && !element.type.endsWith("json"))
            found.push(`script: ${element.textContent.slice(0, 80)}`);
        if (["iframe", "object", "embed", "base"].includes(tag)) found.push(tag);
    }
    for (const element of document.querySelectorAll("script[type$=json]"))
        try { JSON.parse(element.textContent); } catch (error) { found.push(`not JSON: ${error}`); }
    return found;
}"""


def literal(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def graph() -> str:
    """Things in a ring of parts; each value is an attack, and each place that a page shows has one."""
    lines = [PREFIXES]
    for number, attack in enumerate(ATTACKS):
        text, after = literal(attack), (number + 1) % len(ATTACKS)
        evil = " , ".join(f"<{iri}>" for iri in IRIS)
        lines.append(
            f"e:{number} a org:Organization , e:Class{number} ; skos:prefLabel {text}@en , {literal(attack)}@zh ;"
            f" rdfs:label {text} ; skos:altLabel {text}@en ; rdfs:comment {text}@en ; skos:notation {text} ;"
            f" org:subOrganizationOf e:{after} ; e:p{number} e:{after} , {evil} ; foaf:homepage {evil} ;"
            f" rdfs:seeAlso {evil} ; foaf:depiction {evil} ; dct:source {evil} ; owl:sameAs {evil} ;"
            f' dct:date {text}^^xsd:date , "2001-02-03"^^xsd:date ; dct:isReplacedBy {evil} .\n'
            f"e:p{number} a owl:ObjectProperty ; rdfs:label {text}@en .\n"
            f"e:Class{number} a owl:Class ; rdfs:label {text} ."
        )
    for number, iri in enumerate(IRIS):
        lines.append(f"<{iri}> rdfs:label {literal(ATTACKS[number])} ; org:subOrganizationOf e:0 ; <{iri}> e:1 .")
    return "\n".join(lines)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, serve_graph: Serve) -> str:
    """The address of a server of that graph."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    (folder / "<img src=x onerror=pwned=1>.ttl").write_text(graph(), encoding="utf-8")
    return serve_graph("--data", folder)


@pytest.fixture
def watched(profiles: Profiles, hostile: str, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A profile that fails the test if a page logs an error, a report of the policy is one, or opens a dialog."""
    with profiles.lend(request, base_url=hostile) as lent:
        yield lent


def check(page: Page, address: str, watched: Watched) -> None:
    page.goto(address)
    settled(page)
    assert page.evaluate(FOUND) == [], address
    # That a page was not found, or a query is wrong, is told by its status; the browser logs it.
    watched.troubles[:] = [text for text in watched.troubles if "the server responded with a status of 4" not in text]


def test_the_check_finds_what_it_looks_for(page: Page, watched: Watched) -> None:
    page.goto("/")
    page.evaluate("document.body.innerHTML = `<a href=' javascript:1'>a</a><b onclick=x>b</b><script>1</script>`")
    found = page.evaluate(FOUND)
    assert [entry.split()[0] for entry in found] == ["A", "B", "script:"]
    watched.troubles.clear()  # the policy has reported the handler


def test_pages_of_things(page: Page, watched: Watched) -> None:
    for iri in (*(f"http://e.example/{number}" for number in range(len(ATTACKS))), *IRIS, "http://e.example/p3"):
        check(page, f"/describe?iri={quote(iri, safe='')}", watched)


def test_pages_of_the_whole(page: Page, watched: Watched) -> None:
    paths = ("/", "/search", "/chart", "/timeline", "/query", "/sources", "/disputes", "/dump/", "/export/graph")
    everything = quote("SELECT * { ?s ?p ?o }")
    for path in (
        *paths,
        "/versions",
        "/problems",
        f"/sparql?format=html&query={everything}",
        "/chart.svg",
        "/timeline.svg",
    ):
        check(page, path, watched)
        if not path.endswith(".svg") and "sparql" not in path:
            check(page, f"{path}?lang=zh", watched)


@pytest.mark.parametrize("attack", ASKED, ids=["all", "attribute", "address"])
def test_what_a_request_says_is_only_told(page: Page, watched: Watched, attack: str) -> None:
    said = quote(attack, safe="")
    for path in (
        f"/search?q={said}",
        f"/doc/{said}",
        f"/describe?iri={said}",
        f"/?lang={said}&x={said}",
        f"/query?query={said}",
    ):
        check(page, path, watched)
    for path in (f"/sparql?format=html&query={said}", f"/explore?root={said}", f"/timeline?from={said}&as-of={said}"):
        check(page, path, watched)


def test_the_network_and_its_tips(page: Page, watched: Watched) -> None:
    check(page, f"/explore?root={quote('http://e.example/0', safe='')}", watched)
    for number, name in ((1, "node"), (2, "edge")):
        box = page.locator("#explorer canvas").first.bounding_box()
        assert box
        for part in range(1, 12):
            page.mouse.move(box["x"] + box["width"] * part / 12, box["y"] + box["height"] * part / 12 / number)
            page.mouse.click(box["x"] + box["width"] * part / 12, box["y"] + box["height"] * part / 12 / number)
        assert page.evaluate(FOUND) == [], name
    page.locator("#find").or_(page.get_by_role("combobox").first).first.fill("script")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(FOUND) == []


def test_results_in_the_query_editor(page: Page, watched: Watched) -> None:
    for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }"):
        check(page, f"/query?query={quote(query)}", watched)
        page.get_by_role("button", name="Run").first.click()
        expect(page.locator("body")).to_contain_text("e.example")
        page.wait_for_load_state("networkidle")
        assert page.evaluate(FOUND) == []
