"""``version=`` beyond queries: pictures, files, search and graphs of any version; elsewhere an answer that says no."""

import shutil
from dataclasses import replace

import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from tests.versions.conftest import BASE, ID

BROWSER = "text/html,*/*;q=0.1"
TABLES = {"table": "nodes", "nodes": "org:Organization"}
PLACES = [
    ("/chart", {}),
    ("/chart.svg", {}),
    ("/dump/kg.nt", {}),
    ("/dump/kg.trig", {}),
    ("/export/graph.csv", TABLES),
    ("/search", {"q": "bureau", "format": "json"}),
    ("/search/suggest", {"q": "bureau"}),
    ("/graph-store", {"graph": f"{BASE}graph/data/offices", "format": "nt"}),
    ("/graph/data/offices", {"format": "ttl"}),
]


def at(client, path):
    return replace(client, path=path)


@pytest.mark.parametrize(("path", "parameters"), PLACES)
def test_each_version_has_its_own_answer(offices, history, path, parameters):
    client = at(offices, path)
    old, now = client.get(version=1, **parameters), client.get(**parameters)
    assert old.status == now.status == 200
    assert "Bureau" in old.text and "Bureau of Posts" not in old.text
    assert "Bureau of Posts" in now.text and now.headers["Dataset-Version"].startswith("4;")
    first = history.versions[0]
    assert old.headers["Dataset-Version"] == f'1; hash="{first.snapshot}"'
    assert old.headers["Memento-Datetime"] == "Thu, 01 Jan 2026 12:00:00 GMT"
    assert old.headers["ETag"] != now.headers["ETag"]
    again = client.get(version=first.snapshot[:6], **parameters, headers={"If-None-Match": old.headers["ETag"]})
    assert again.status in (200, 304) and again.headers["Dataset-Version"] == old.headers["Dataset-Version"]
    assert client.get(version=9, **parameters).json["versions"] == {"first": 1, "last": 4}


def test_both_clocks_turn_together(offices):
    """Version 1 knew of no end; version 3 says that the bureau left in 2013."""
    chart, table = at(offices, "/chart.svg"), at(offices, "/export/graph.csv")
    for version, there in [(1, True), (3, False)]:
        under = "Bureau" in chart.get(version=version, as_of="2020-01-01", root="d:ministry").text
        edges = table.get(version=version, as_of="2020-01-01", table="edges")
        assert (under, "bureau" in edges.text) == (there, there)
        assert f"filename=kg_2020-01-01_version-{version}.csv" in edges.headers["Content-Disposition"]
    hits = at(offices, "/search").get(q="bureau", version=1, as_of="2020-01-01", format="json").json["hits"]
    assert {hit["iri"] for hit in hits} == {f"{ID}bureau", f"{ID}sits"}
    hits = at(offices, "/search").get(q="bureau", version=3, as_of="2020-01-01", format="json").json["hits"]
    assert {hit["iri"] for hit in hits} == {f"{ID}bureau"}


def test_pages_say_which_version_they_are_and_lead_to_its_documents(offices):
    page = at(offices, "/chart").get(accept=BROWSER, version=2, as_of="2012-01-01").text
    assert "/versions/2/doc/bureau" in page and "how the data stood in version 2" in page
    assert 'href="/chart?as-of=2012-01-01"' in page  # to the present
    assert '<input type="hidden" name="version" value="2">' in page
    assert "/export/graph.gexf?root=" in page and "version=2" in page.partition("/export/graph.gexf?")[2].split('"')[0]
    page = at(offices, "/dump/").get(accept=BROWSER, version=2).text
    assert "/dump/kg.ttl?version=2" in page and "SHA256SUMS?version=2" in page and "version 2" in page
    assert "版本 2" in at(offices, "/search").get(accept=BROWSER, version=2, q="局", lang="zh").text


def test_documents_are_led_to_their_mementos(offices):
    for path in ("/doc/bureau", "/id/bureau"):
        reply = at(offices, path).get(version=2, as_of="2012-01-01")
        assert (reply.status, reply.headers["Location"]) == (302, "/versions/2/doc/bureau?as-of=2012-01-01")
    assert at(offices, "/doc/bureau.ttl").get(version=1).headers["Location"] == "/versions/1/doc/bureau.ttl"
    assert at(offices, "/doc/bureau").get(version=7).status == 404


@pytest.mark.parametrize("path", ["/", "/explore", "/explore/path", "/void", "/ont", "/query", "/timemap"])
def test_what_has_only_the_present_says_so(offices, path):
    reply = at(offices, path).get(version=1)
    if path == "/timemap":  # no address at all
        assert reply.status == 404
        return
    assert reply.status == 400 and "/chart" in reply.json["places"] and "/sparql?version=" in reply.json["detail"]
    assert "现行版本" in at(offices, path).get(accept=BROWSER, version=1, lang="zh").text


def test_a_version_that_is_not_kept_has_files_all_the_same(serve, snapshots, history, tmp_path):
    shutil.copytree(snapshots, tmp_path / "all", symlinks=True)
    kept = {}
    for version in history.versions[:-1]:
        lines = (tmp_path / "all" / version.snapshot / "dataset.nq").read_text(encoding="utf-8").splitlines()
        kept[version.number] = set(lines)
        shutil.rmtree(tmp_path / "all" / version.snapshot)
    found = Snapshot.open(tmp_path / "all")
    engine = LocalEngine(found.load(), found.version, prefixes=found.manifest["prefixes"])
    client = serve(Settings(snapshot=found.path, past_engines=1), engine, found.manifest)
    for number, lines in kept.items():
        dump = at(client, "/dump/kg.nq").get(version=number)
        assert set(dump.text.splitlines()) == lines
        assert dump.headers["Last-Modified"].startswith(("Thu, 01 Jan", "Sun, 01 Feb", "Sun, 01 Mar")[number - 1])
