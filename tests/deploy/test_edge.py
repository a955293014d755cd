"""Caches before the server, tried with nginx and the file that is shipped: each client gets what is meant for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from miit_graph.build.snapshot import Snapshot
from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from tests.conftest import wait_until
from tests.deploy.nginx import free_ports, nginx
from tests.web.conftest import Client

NAMES = "SELECT ?o { ?s skos:prefLabel ?o }"


@pytest.fixture(scope="module")
def reader(serve, snapshots):
    """One reader, whose answers caches may keep for a second, and for a minute while they ask again."""
    found = Snapshot.open(snapshots)
    engine = LocalEngine(found.load(), found.version, prefixes=found.manifest["prefixes"], workers=2)
    settings = Settings(snapshot=found.path, shared_seconds=1, stale_seconds=60, proxies=1, timeout=5)
    return serve(settings, engine, found.manifest)


@pytest.fixture(scope="module")
def edge(reader, tmp_path_factory):
    (dead,) = free_ports(1)
    with nginx(tmp_path_factory.mktemp("edge"), (reader.port, dead)) as port:
        yield Client(port, "/sparql")


def cache(reply):
    """What nginx says of its cache."""
    return reply.headers["X-Cache"]


def told_about(reader, path, **headers):
    return reader.at(path).get(headers=headers).headers


class TestWhatTheServerSays:
    def test_answers_for_everybody(self, reader):
        for path in ("/doc/ministry.ttl", "/doc/ministry", "/ont", "/versions", "/dump/", "/void", "/sitemap.xml"):
            found = told_about(reader, path, Accept="text/html")
            assert found["Cache-Control"] == "public, max-age=0, s-maxage=1, stale-while-revalidate=60", path
            assert found["ETag"] or path in ("/dump/", "/ont"), path
        for path in ("/", "/search?q=bureau", "/explore", "/query"):
            assert told_about(reader, path, Accept="text/html")["Cache-Control"], path

    def test_answers_for_one_client(self, reader):
        page = told_about(reader, "/versions?lang=zh", Accept="text/html")
        assert page["Set-Cookie"] and page["Cache-Control"] == "private, no-cache"

    def test_answers_that_nobody_may_keep(self, reader):
        posted = reader.at("/sparql").post(NAMES, "application/sparql-query")
        once = reader.at("/sparql").get("SELECT (NOW() AS ?x) {}")
        wrong = reader.at("/sparql").get("SELECT")
        for reply in (posted, once, wrong, reader.at("/nothing").get(), reader.at("/health/ready").get()):
            assert reply.headers["Cache-Control"] == "no-store"

    def test_it_is_off_unless_asked_for(self, offices):
        assert told_about(offices, "/versions")["Cache-Control"] == "public, no-cache"


class TestTheCache:
    def test_the_second_client_gets_what_the_first_got(self, edge):
        first = edge.get(NAMES, "text/csv", x="1")
        wait_until(lambda: cache(edge.get(NAMES, "text/csv", x="1")) == "HIT")
        again = edge.get(NAMES, "text/csv", x="1")
        assert (again.body, again.headers["ETag"]) == (first.body, first.headers["ETag"])
        assert again.headers["Dataset-Version"] == first.headers["Dataset-Version"]
        for name in ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Vary"):
            assert again.headers.get_all(name) == first.headers.get_all(name) != None  # noqa: E711
        unchanged = edge.get(NAMES, "text/csv", {"If-None-Match": first.headers["ETag"]}, x="1")
        assert (unchanged.status, unchanged.body) == (304, b"")
        head = edge.get(NAMES, "text/csv", method="HEAD", x="1")
        assert head.status == 200 and head.headers["Content-Length"] == str(len(first.body)) and not head.body

    def test_variants_are_never_mixed_up(self, edge, reader):
        wanted = [
            ("/sparql?query=SELECT+%2A+%7B%7D", {"Accept": accept, "Accept-Encoding": coding})
            for accept in ("text/csv", "application/sparql-results+json", "application/sparql-results+xml")
            for coding in ("identity", "gzip")
        ]
        wanted += [
            ("/doc/bureau", {"Accept": accept, "Accept-Language": language})
            for accept in ("text/html", "text/turtle", "application/ld+json")
            for language in ("en", "zh-CN")
        ]
        wanted += [("/versions", {"Accept": "text/html", "Cookie": f"lang={language}"}) for language in ("en", "zh")]
        wanted += [("/timemap/doc/bureau", {"Host": host}) for host in ("a.example", "b.example")]
        for path, headers in wanted:
            direct = reader.at(path).get(headers=headers)
            for _ in range(3):
                found = edge.at(path).get(headers=headers)
                assert found.status == 200
                for name in ("Content-Type", "Content-Language", "Content-Encoding"):
                    assert found.headers[name] == direct.headers[name], (path, headers)
        for language in ("en", "zh"):
            page = edge.at("/versions").get(headers={"Accept": "text/html", "Cookie": f"lang={language}"})
            assert f'lang="{language}' in page.text
        for host in ("a.example", "b.example"):
            listed = edge.at("/timemap/doc/bureau").get(headers={"Host": host}).text
            assert f"http://{host}/" in listed and listed.count("example/") == listed.count(f"{host}/")

    def test_one_clients_cookie_is_not_anothers(self, edge):
        for _ in range(2):
            page = edge.at("/versions?lang=zh").get(headers={"Accept": "text/html"})
            assert cache(page) in ("MISS", "EXPIRED") and page.headers["Set-Cookie"]

    def test_what_must_not_be_kept_is_not(self, edge):
        for _ in range(2):
            assert cache(edge.get("SELECT (NOW() AS ?x) {}")) == "MISS"
            assert cache(edge.at("/nothing").get()) == "MISS"
            assert cache(edge.get("SELECT")) == "MISS"
            assert cache(edge.post(NAMES, "application/sparql-query")) in (None, "BYPASS", "MISS")
        secret = edge.get(NAMES, "text/csv", {"Authorization": "Bearer x"}, x="secret")
        assert cache(secret) == "BYPASS" and cache(edge.get(NAMES, "text/csv", x="secret")) == "MISS"

    def test_what_has_become_old_is_asked_for_again_by_its_tag(self, edge, reader):
        first = edge.get(NAMES, "text/csv", x="old")
        seen = []

        def renewed():
            reply = edge.get(NAMES, "text/csv", x="old")
            assert (reply.status, reply.body) == (200, first.body)
            seen.append(cache(reply))
            return "STALE" in seen and seen[-1] == "HIT"  # given as it was, while it was asked for again

        wait_until(renewed)
        assert "MISS" not in seen

    def test_nobody_outside_sets_the_forwarded_headers(self, edge):
        evil = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Proto": "gopher"}
        evil |= {"Accept": "text/turtle", "Forwarded": "host=evil.example"}
        for path in ("/doc/bureau", "/id/bureau", "/openapi.json"):
            reply = edge.at(path).get(headers=evil)
            assert "evil" not in str(reply.headers) + reply.text and "gopher" not in reply.text


def test_large_files_in_ranges(edge, reader):
    version = reader.at("/snapshots/current").get().json["version"]
    for path in (f"/snapshots/{version}/dataset.nq.gz", "/dump/kg.nq"):
        whole = edge.at(path).get()
        part = replace(edge, path=path).get(headers={"Range": "bytes=100-"})
        assert (part.status, part.body) == (206, whole.body[100:])
