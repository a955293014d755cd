"""Dumps: complete, the same bytes for the same version, in pieces if wanted."""

import base64
import gzip
import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pyoxigraph as ox
import pytest
from rdflib import Dataset, Graph

from miit_graph.build.snapshot import Snapshot
from miit_graph.cli import main
from miit_graph.engine.local import LocalEngine
from miit_graph.publish.dumps import ENDINGS, FORMATS, REIFIED, WITH_GRAPHS
from miit_graph.publish.files import FileCache
from miit_graph.publish.reifiers import reified
from miit_graph.settings import Settings
from tests.web.linked_helpers import BASE, BROWSER, get

RDF_PREFIX = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
pytest_plugins = ("tests.web.linked_fixtures",)


def content(reply, ending):
    return gzip.decompress(reply.body) if ending.endswith(".gz") else reply.body


def quads(data, name):
    """The content with canonical blank nodes."""
    dataset = ox.Dataset(ox.parse(io.BytesIO(data), format=ox.RdfFormat.from_media_type(FORMATS[name].media_type)))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return set(dataset)


@pytest.fixture(scope="module")
def expected(published):
    """The quads of a source of the snapshot, with canonical blank nodes."""
    return cache(lambda source: quads((published.path / source).read_bytes(), "nq"))


@pytest.mark.parametrize("name", FORMATS)
def test_every_dump_holds_everything(shipped, expected, name):
    reply = get(shipped, f"/dump/miit-graph.{name}")
    assert reply.headers.get_content_type() == FORMATS[name].media_type
    assert reply.headers["Content-Disposition"] == f"attachment; filename=miit-graph.{name}"
    wanted = expected("dataset.nq" if name in WITH_GRAPHS else "merged.nt")
    if name == REIFIED:
        wanted = {ox.Quad(*triple) for triple in reified(quad.triple for quad in wanted)}
    assert quads(reply.body, name) == wanted


@pytest.mark.parametrize("ending", [ending for ending in ENDINGS if ending.endswith(".gz")])
def test_a_packed_dump_is_the_plain_one(shipped, ending):
    reply = get(shipped, f"/dump/miit-graph.{ending}")
    assert reply.headers.get_content_type() == "application/gzip"
    assert reply.headers["Content-Disposition"] == f"attachment; filename=miit-graph.{ending}"
    assert gzip.decompress(reply.body) == get(shipped, f"/dump/miit-graph.{ending.removesuffix('.gz')}").body


@pytest.fixture(scope="module")
def twelve(shipped):
    store = ox.Store()
    store.load(get(shipped, "/dump/miit-graph.rdf12.ttl").body, format=ox.RdfFormat.TURTLE)
    return store


class TestTripleTerms:
    """The dump in RDF 1.2: facts are the reifiers of the triples that were derived from them."""

    def test_every_derived_triple_is_reified_by_its_facts(self, twelve, published):
        told = published.load().query(
            "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX prov: <http://www.w3.org/ns/prov#>"
            f"SELECT ?s ?p ?o ?fact {{ ?record a <{BASE}ont#Derivation> ; rdf:subject ?s ; rdf:predicate ?p ;"
            " rdf:object ?o ; prov:wasDerivedFrom ?fact }"
        )
        expected = {(row["fact"], ox.Triple(row["s"], row["p"], row["o"])) for row in told}
        reifies = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
        found = {(quad.subject, quad.object) for quad in twelve.quads_for_pattern(None, reifies, None)}
        assert found >= expected and len(expected) > 300

    def test_citations_annotate_the_triple(self, twelve):
        (row,) = twelve.query(
            "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX org: <http://www.w3.org/ns/org#>"
            f"PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX m: <{BASE}ont#> PREFIX d: <{BASE}id/>"
            "SELECT (COUNT(DISTINCT ?line) AS ?n) {"
            " ?unit org:unitOf d:miit {| prov:wasDerivedFrom [ m:lineStart ?line ] |} }"
        )
        assert int(row["n"].value) > 10

    def test_the_records_of_rdf_1_1_are_gone(self, twelve):
        assert not twelve.query(f"ASK {{ ?record a <{BASE}ont#Derivation> }}")

    @pytest.mark.parametrize(
        "said",
        [
            "<urn:r> rdf:subject <urn:s> ; rdf:predicate <urn:p> .",
            "<urn:r> rdf:subject <urn:s> , <urn:t> ; rdf:predicate <urn:p> ; rdf:object 1 .",
            '<urn:r> rdf:subject "s" ; rdf:predicate <urn:p> ; rdf:object 1 .',
            '<urn:r> rdf:subject <urn:s> ; rdf:predicate "p" ; rdf:object 1 .',
        ],
    )
    def test_half_a_statement_is_left_as_it_is(self, said):
        triples = [quad.triple for quad in ox.parse(RDF_PREFIX + said, format=ox.RdfFormat.TURTLE)]
        assert reified(triples) == sorted(triples, key=str)

    def test_a_statement_without_a_fact_reifies_by_itself(self):
        said = (
            "<urn:r> a rdf:Statement ; rdf:subject <urn:s> ; rdf:predicate <urn:p> ; rdf:object 1 ; <urn:by> <urn:me> ."
        )
        expected = "<urn:r> a rdf:Statement ; rdf:reifies <<( <urn:s> <urn:p> 1 )>> ; <urn:by> <urn:me> ."
        before, after = (
            [q.triple for q in ox.parse(RDF_PREFIX + text, format=ox.RdfFormat.TURTLE)] for text in (said, expected)
        )
        assert reified(before) == sorted(after, key=str)


@pytest.mark.parametrize("name", FORMATS)
def test_the_command_line_writes_the_same_bytes(shipped, published, tmp_path, name):
    target = tmp_path / "dump"
    arguments = ["export", "rdf", "--snapshot", str(published.path), "--format", name, "--out", str(target)]
    assert main(arguments) == 0
    assert target.read_bytes() == get(shipped, f"/dump/miit-graph.{name}").body


def test_rdflib_reads_the_dumps(shipped, published):
    graph = Graph().parse(shipped.at("/dump/miit-graph.ttl").address)
    assert len(graph) == published.manifest["triples"]
    dataset = Dataset()
    dataset.parse(data=get(shipped, "/dump/miit-graph.trig").body, format="trig")
    assert len(set(dataset.quads())) == published.manifest["quads"]


def test_two_servers_make_the_same_bytes(shipped, published, serve, tmp_path):
    folder = tmp_path / published.version
    folder.mkdir()
    for file in published.path.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    other = Snapshot.open(folder)
    second = serve(Settings(snapshot=other.path), LocalEngine(other.load(), other.version), other.manifest)
    assert get(second, "/dump/SHA256SUMS").body == get(shipped, "/dump/SHA256SUMS").body


class TestHttp:
    def test_ranges(self, shipped):
        path = "/dump/miit-graph.nq"
        whole = get(shipped, path)
        assert whole.headers["Accept-Ranges"] == "bytes"
        first, rest = get(shipped, path, Range="bytes=0-999"), get(shipped, path, Range="bytes=1000-")
        assert (first.status, rest.status) == (206, 206)
        assert first.headers["Content-Range"] == f"bytes 0-999/{len(whole.body)}"
        assert first.body + rest.body == whole.body
        assert get(shipped, path, Range=f"bytes={len(whole.body)}-").status == 416
        other = get(shipped, path, Range="bytes=0-9", If_Range='"other"')
        assert other.status == 200 and other.body == whole.body

    @pytest.mark.parametrize("coding", ["gzip", "zstd", "br", "gzip, deflate, br, zstd"])
    @pytest.mark.parametrize("ending", ["nq", "ttl.gz"])
    def test_ranges_are_of_the_file_whatever_coding_is_asked_for(self, shipped, ending, coding):
        path = f"/dump/miit-graph.{ending}"
        plain = get(shipped, path)
        whole = get(shipped, path, Accept_Encoding=coding)
        assert (whole.headers["Content-Encoding"], whole.headers["ETag"]) == (None, plain.headers["ETag"])
        parts = [get(shipped, path, Accept_Encoding=coding, Range=part) for part in ("bytes=0-999", "bytes=1000-")]
        for part in parts:
            assert (part.status, part.headers["Content-Encoding"]) == (206, None)
            assert int(part.headers["Content-Length"]) == len(part.body)
            assert part.headers["ETag"] == whole.headers["ETag"]
        assert parts[0].body + parts[1].body == whole.body == plain.body
        goes_on = get(shipped, path, Accept_Encoding=coding, Range="bytes=5-", If_Range=whole.headers["ETag"])
        assert (goes_on.status, goes_on.body) == (206, plain.body[5:])

    def test_validators(self, shipped):
        reply = get(shipped, "/dump/miit-graph.ttl.gz")
        assert get(shipped, "/dump/miit-graph.ttl.gz", If_None_Match=reply.headers["ETag"]).status == 304
        since = reply.headers["Last-Modified"]
        assert get(shipped, "/dump/miit-graph.ttl.gz", If_Modified_Since=since).status == 304

    def test_head(self, shipped):
        head, full = (get(shipped, "/dump/miit-graph.nt", method=method) for method in ("HEAD", "GET"))
        assert (head.body, head.headers["Content-Length"]) == (b"", str(len(full.body)))

    def test_digest(self, shipped):
        reply = get(shipped, "/dump/miit-graph.nt")
        digest = base64.b64encode(hashlib.sha256(reply.body).digest()).decode()
        assert reply.headers["Repr-Digest"] == f"sha-256=:{digest}:"

    @pytest.mark.parametrize(
        "name", ["x.ttl", "miit-graph", "miit-graph.zip", "miit-graph.ttl.bz2", "../manifest.json", "a/b.nt", ".lock"]
    )
    def test_404_for_other_names(self, shipped, name):
        assert get(shipped, f"/dump/{name}").status == 404

    def test_writes_are_refused(self, shipped):
        assert get(shipped, "/dump/miit-graph.nt", method="DELETE").status == 405


class TestList:
    def test_sizes_and_checksums(self, shipped):
        files = get(shipped, "/dump/").json["files"]
        assert [file["name"] for file in files] == [f"miit-graph.{ending}" for ending in ENDINGS]
        for file in files:
            body = get(shipped, file["href"]).body
            assert (len(body), hashlib.sha256(body).hexdigest()) == (file["bytes"], file["sha256"])

    def test_a_page_for_people(self, shipped):
        for language, word in (("en", "Dumps of the whole dataset"), ("zh", "整个数据集的下载")):
            text = get(shipped, "/dump/", BROWSER, Accept_Language=language).text
            assert word in text and 'href="/dump/miit-graph.ttl.gz"' in text

    def test_sums_for_sha256sum(self, shipped):
        lines = get(shipped, "/dump/SHA256SUMS").text.splitlines()
        assert len(lines) == len(ENDINGS) and all(len(line.split("  ")[0]) == 64 for line in lines)


class TestWithoutSnapshot:
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_the_engine_is_asked(self, small, ending):
        reply = get(small, f"/dump/dataset.{ending}")
        name = ending.removesuffix(".gz")
        found = quads(content(reply, ending), name)
        graphs = {quad.graph_name for quad in found}
        assert len(graphs) == (4 if name in WITH_GRAPHS else 1)
        assert len(found) > 400


class TestCache:
    def test_many_at_once_make_a_file_once(self, tmp_path):
        made = []

        def write(path):
            made.append(path)
            path.write_text("x" * 100_000)

        with ThreadPoolExecutor(8) as pool:
            files = list(pool.map(lambda _: FileCache(tmp_path).make("f", write), range(16)))
        assert len(made) == 1 and len({file.sha256 for file in files}) == 1

    def test_what_fails_leaves_nothing(self, tmp_path):
        def write(path):
            path.write_text("half")
            raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            FileCache(tmp_path).make("f", write)
        assert FileCache(tmp_path).get("f") is None
        assert [path.name for path in tmp_path.iterdir()] == [".f.lock"]

    def test_without_any_folder_there_is_a_temporary_one(self, published, monkeypatch, tmp_path):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        refused = (published.path.parent, tmp_path)
        monkeypatch.setattr("os.access", lambda path, mode: not any(r in path.parents for r in refused))
        folder = FileCache.beside(published).folder
        assert folder == FileCache.beside(published).folder and not folder.is_relative_to(tmp_path)

    def test_what_was_made_of_a_removed_snapshot_is_removed(self, published):
        stale = published.path.parent / ".published" / "0123456789abcdef"
        stale.mkdir(parents=True)
        assert FileCache.beside(published).folder.is_dir() and not stale.exists()

    def test_of_versions_that_are_no_snapshots_the_latest_are_kept(self, tmp_path):
        caches, others = {}, [tmp_path / f"other-{number}" for number in range(20)]
        for other in others:
            other.mkdir()
            (other / "letter").write_text("dear")
        for number in range(20):
            caches[number] = FileCache.within(tmp_path, f"v{number}")
            caches[number].make("f", lambda path, number=number: path.write_text(str(number)))
        left = [number for number, cache in caches.items() if cache.get("f")]
        assert left == list(range(20))[-len(left) :] and 3 <= len(left) < 10
        assert all((other / "letter").is_file() for other in others)
        assert caches[0].make("f", lambda path: path.write_text("again")).path.read_text() == "again"

    def test_a_folder_that_cannot_be_written_is_not_used(self, published, monkeypatch, tmp_path):
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        monkeypatch.setattr("os.access", lambda path, mode: published.path.parent not in path.parents)
        assert FileCache.beside(published).folder.is_relative_to(tmp_path)
