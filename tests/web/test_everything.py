"""Every IRI that the dataset mints answers, and following what comes back from one of them leads to all the others.

Asked in this process: there are thousands of documents. Those about things are read until every IRI has been mentioned,
and besides one in four of them; all are read if ``MIIT_GRAPH_EVERY_IRI`` is 1.
"""

import os
import random
import zlib
from dataclasses import dataclass, field

import pyoxigraph as ox
import pytest

from miit_graph.engine.local import LocalEngine
from miit_graph.settings import Settings
from miit_graph.web import create_app
from tests.web.linked_helpers import BASE, BROWSER, TYPES

pytest_plugins = ("tests.web.linked_fixtures",)
START = BASE + "id/miit"
SD = "http://www.w3.org/ns/sparql-service-description#"
FILES = BASE + "dump/"
THINGS = tuple(BASE + kind for kind in ("id/", "code/", "shape/"))
PART = 1 if os.environ.get("MIIT_GRAPH_EVERY_IRI") == "1" else 4


@dataclass
class Crawl:
    """What came back for each document, by its IRI without a fragment."""

    statuses: dict[str, int] = field(default_factory=dict)
    mentioned: set[str] = field(default_factory=set)
    described: set[str] = field(default_factory=set)
    """Subjects that their own document tells something about."""


def document(iri):
    return iri.partition("#")[0]


def path(iri):
    return "/" + iri.removeprefix(BASE)


def get(web, target, accept):
    """GET below our base, following redirects; the addresses on the way must be our own."""
    for _ in range(4):
        reply = web.get(target, headers={"Accept": accept})
        if reply.status_code not in (301, 303):
            return reply
        target = reply.headers["Location"]
        assert target.startswith("/")
    raise AssertionError(f"too many redirects to {target}")


def is_new(iri):
    """Whether there is something to learn at an IRI: a document (doc/x) was read on the way to what it is about."""
    return iri.startswith(BASE) and not iri.startswith(BASE + "doc/")


def is_read(iri):
    """Whether a document is read even if nothing is missing: one in four of `THINGS`, and all others."""
    return not iri.startswith(THINGS) or zlib.crc32(iri.encode()) % PART == 0


def further(reply):
    """The next page, as the Link header has it."""
    for part in reply.headers.get("Link", "").split(", <"):
        if 'rel="next"' in part:
            return part.lstrip("<").partition(">")[0]
    return None


@pytest.fixture(scope="module")
def web(published):
    engine = LocalEngine(published.load(), published.version, prefixes=published.manifest["prefixes"], workers=1)
    return create_app(Settings(snapshot=published.path), engine, published.manifest).test_client()


@pytest.fixture(scope="module")
def minted(published):
    """Every IRI below our base, whether it is a subject, a predicate, an object or a graph."""
    terms = set()
    for quad in published.load():
        terms |= {t.value for t in quad if isinstance(t, ox.NamedNode) and t.value.startswith(BASE)}
    return terms


@pytest.fixture(scope="module")
def crawl(web, minted):
    """Begin at one IRI and follow each IRI of ours that is mentioned, and each next page. Nothing else is known."""
    found, waiting, others = Crawl(mentioned={START}), [START], []
    missing = {document(iri) for iri in minted} - {START}
    while waiting or (others and missing):
        iri = (waiting or others).pop()
        if iri.startswith(FILES):
            found.statuses[iri] = web.head(path(iri)).status_code
            continue
        reply = get(web, path(iri), TYPES["nt"])
        found.statuses[iri] = reply.status_code
        while reply.status_code == 200 and reply.mimetype == TYPES["nt"]:
            for quad in ox.parse(reply.data, format=ox.RdfFormat.N_TRIPLES):
                terms = {t.value for t in (quad.subject, quad.predicate, quad.object) if isinstance(t, ox.NamedNode)}
                for new in {document(t) for t in terms if is_new(t)} - found.mentioned:
                    found.mentioned.add(new)
                    (waiting if is_read(new) else others).append(new)
                if isinstance(quad.subject, ox.NamedNode) and document(quad.subject.value) == iri:
                    found.described.add(quad.subject.value)
            page = further(reply)
            if page is None:
                break
            reply = web.get(page, headers={"Accept": TYPES["nt"]})
        missing -= found.mentioned
    return found


def test_one_iri_leads_to_all(crawl, minted):
    assert len(minted) > 5000
    missing = {document(iri) for iri in minted} - crawl.mentioned
    assert not sorted(missing)[:20]


def test_every_iri_answers(crawl):
    assert {iri: status for iri, status in crawl.statuses.items() if status != 200} == {}


def test_every_document_says_something_about_what_it_is_of(crawl, minted, published):
    """Also about terms and parts of the description, whose names are fragments of one document.

    A graph is itself a document, and answers with its triples. Of the version of an ontology (ont/0.1.0) is known only
    whose it is.
    """
    apart = (FILES, BASE + "graph/")
    places = (BASE, BASE + "sparql", BASE + "ont#")
    things = {iri for iri in minted if not iri.startswith(apart) and iri not in places}
    things = {iri for iri in things if not iri.rpartition("/")[2][:1].isdecimal()}
    functions = published.load().query(f"SELECT ?f {{ ?service <{SD}extensionFunction> ?f }}")
    things -= {row["f"].value for row in functions}  # told of in the service description, not in the ontology
    read = {iri for iri in things if document(iri) in crawl.statuses}
    assert len(read) >= len(things) / PART and not sorted(read - crawl.described)[:20]


def test_a_sample_as_pages(web, crawl):
    things = sorted(iri for iri in crawl.statuses if iri.startswith(THINGS))
    for iri in random.Random(6).sample(things, 25):
        reply = get(web, path(iri), BROWSER)
        assert reply.status_code == 200 and "<h1" in reply.text, iri
