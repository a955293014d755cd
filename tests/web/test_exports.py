"""Graph files by HTTP: what other people's programs read there is what SPARQL says; and errors that help."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import zipfile
from collections import Counter
from urllib.parse import quote

import html5lib
import pyoxigraph as ox
import pytest
from lxml import etree

from miit_graph.engine.local import LocalEngine
from miit_graph.export.graph import ENDINGS, HELP, Options, Source, file_format, write_graph
from miit_graph.settings import Settings
from tests.export.graph.conftest import READERS, reader_named
from tests.export.graph.graph_readers import HERE
from tests.export.graph.sparql_says import EDGES, NODES, assert_same
from tests.web.linked_helpers import ABOUT, BROWSER, get, small_store

pytest_plugins = ("tests.web.linked_fixtures",)
ENDING_OF = {name: ending for ending, name in ENDINGS.items()}
ALL_OPTIONS = (
    "root=miit&depth=2&nodes=entities,concepts&edges=all&lang=zh&as-of=2012-06-30&facts=keep&claims=no&properties=no"
)


def rows(client, query):
    """What the SPARQL endpoint answers, as texts."""
    reply = get(client, "/sparql?query=" + quote(query), "application/sparql-results+json")
    names = reply.json["head"]["vars"]
    return [tuple(row.get(name, {"value": ""})["value"] for name in names) for row in reply.json["results"]["bindings"]]


@pytest.fixture(scope="module")
def nodes(shipped):
    return {node: (en, zh) for node, en, zh in rows(shipped, NODES)}


@pytest.fixture(scope="module")
def edges(shipped):
    return Counter(rows(shipped, EDGES))


@pytest.fixture(scope="module")
def source(published):
    return Source.read(published.load())


class TestReadByOthers:
    @pytest.mark.parametrize("reader", READERS)
    def test_nodes_edges_and_labels_are_those_of_sparql(self, shipped, nodes, edges, reader, tmp_path, request):
        name, dialect = READERS[reader]
        reply = get(shipped, f"/export/graph.{ENDING_OF[name]}" + ("?dialect=yed" if dialect == "yed" else ""))
        assert reply.status == 200
        path = tmp_path / f"graph.{name}"
        path.write_bytes(reply.body)
        assert len(nodes) > 150 and edges.total() > 200
        assert_same(reader, reader_named(reader, request)(path), nodes, edges)

    @pytest.mark.parametrize("options", ["", ALL_OPTIONS])
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_the_bytes_are_those_of_the_library(self, shipped, published, source, ending, options):
        given = dict(pair.split("=") for pair in options.split("&") if pair)
        read = Options.from_strings(given)
        stream = io.BytesIO()
        title, prefixes = published.manifest["title"][read.lang], published.manifest["prefixes"]
        write_graph(source, ENDINGS[ending], stream, read, prefixes=prefixes, title=title)
        assert get(shipped, f"/export/graph.{ending}?{options}").body == stream.getvalue()

    @pytest.mark.parametrize(
        ("path", "schema"), [("gexf?", "gexf"), ("graphml?", "graphml"), ("graphml?dialect=yed", "graphml")]
    )
    def test_valid_by_schema(self, shipped, path, schema):
        valid = etree.XMLSchema(etree.parse(HERE / "schemas" / f"{schema}.xsd"))
        for options in ("", "&lang=zh&as-of=2010-01-01", "&facts=keep&root=miit"):
            valid.assertValid(etree.fromstring(get(shipped, f"/export/graph.{path}{options}").body))

    def test_csv_tables(self, shipped, nodes, edges):
        with zipfile.ZipFile(io.BytesIO(get(shipped, "/export/graph.csv").body)) as archive:
            for table, expected in (("nodes", len(nodes)), ("edges", edges.total())):
                reply = get(shipped, f"/export/graph.csv?table={table}")
                assert reply.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
                assert archive.read(f"{table}.csv") == reply.body
                assert len(list(csv.DictReader(io.StringIO(reply.text, newline="")))) == expected


class TestHttp:
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_headers(self, shipped, ending):
        reply = get(shipped, f"/export/graph.{ending}?root=miit&as-of=2012-06-30&lang=zh")
        chosen = file_format(ENDINGS[ending], Options())
        assert reply.headers["Content-Type"] == chosen.media_type
        assert reply.headers["Content-Language"] == "zh"
        name = f"miit-graph_miit_2012-06-30.{chosen.extension}"
        assert reply.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert {"Accept", "Accept-Encoding"} & set(re.split(", *", reply.headers["Vary"]))
        assert reply.headers["Cache-Control"] == "public, no-cache"
        assert 'rel="license"' in reply.headers["Link"]

    def test_validators(self, shipped):
        path = "/export/graph.gexf?root=miit"
        reply = get(shipped, path)
        same = get(shipped, path, If_None_Match=reply.headers["ETag"])
        assert (same.status, same.body, same.headers["ETag"]) == (304, b"", reply.headers["ETag"])
        assert get(shipped, path, If_Modified_Since=reply.headers["Last-Modified"]).status == 304
        assert get(shipped, path, If_Modified_Since="Mon, 01 Jan 2001 00:00:00 GMT").status == 200
        assert get(shipped, path, If_None_Match='"x"', If_Modified_Since=reply.headers["Last-Modified"]).status == 200
        others = [path + "&lang=zh", path + "&depth=2", path.replace("gexf", "dot"), "/export/graph.gexf"]
        assert len({reply.headers["ETag"], *(get(shipped, other).headers["ETag"] for other in others)}) == 5

    def test_head(self, shipped):
        head, full = (get(shipped, "/export/graph.dot?root=miit", method=method) for method in ("HEAD", "GET"))
        assert (head.status, head.body, head.headers["Content-Length"]) == (200, b"", str(len(full.body)))
        assert head.headers["ETag"] == full.headers["ETag"]

    def test_gzip(self, shipped):
        path = "/export/graph.graphml?root=miit"
        plain, packed = get(shipped, path), get(shipped, path, Accept_Encoding="gzip")
        assert packed.headers["Content-Encoding"] == "gzip" and len(packed.body) < len(plain.body) / 4

    def test_writes_are_refused(self, shipped):
        assert get(shipped, "/export/graph.gexf", method="POST").status == 405

    @pytest.mark.parametrize(
        ("accept", "kind"),
        [
            ("*/*", "application/gexf+xml"),
            ("application/graphml+xml", "application/graphml+xml"),
            ("text/vnd.graphviz", "text/vnd.graphviz"),
            ("application/json", "application/json"),
            ("text/csv;q=0.5, application/gexf+xml;q=0.1", "application/zip"),
            (BROWSER, "text/html"),
        ],
    )
    def test_negotiation(self, shipped, accept, kind):
        reply = get(shipped, "/export/graph?root=miit", accept)
        assert reply.headers.get_content_type() == kind
        if kind != "text/html":
            assert get(shipped, reply.headers["Content-Location"]).body == reply.body
        assert get(shipped, "/export/graph?format=dot", accept).headers.get_content_type() == "text/vnd.graphviz"

    def test_not_acceptable(self, shipped):
        assert get(shipped, "/export/graph", "image/png").status == 406
        assert get(shipped, "/export/graph?format=xlsx").status == 400


class TestErrors:
    @pytest.mark.parametrize(
        ("ending", "query", "parameter", "value", "told"),
        [
            ("gexf", "depth=x&root=miit", "depth", "x", "0 to 999"),
            ("gexf", "depth=2", "depth", "2", "a root beside it"),
            ("gexf", "as-of=2012-02-30", "as-of", "2012-02-30", "2012-06-30"),
            ("gexf", "as-of=2012-06-30&as-of=2013-06-30", "as-of", "2012-06-30, 2013-06-30", "one value"),
            ("gexf", "lang=!", "lang", "!", "zh"),
            ("gexf", "nodes=m:Regoin", "nodes", "m:Regoin", "m:Region"),
            ("gexf", "edges=org:unitof", "edges", "org:unitof", "org:unitOf"),
            ("gexf", "facts=maybe", "facts", "maybe", "collapse, keep"),
            ("gexf", "claims=perhaps", "claims", "perhaps", "yes or no"),
            ("gexf", "dialect=yed", "dialect", "yed", "graphml"),
            ("dot", "table=nodes", "table", "nodes", "csv"),
            ("gexf", "rooot=miit", "rooot", "miit", "root"),
            ("gexf", "root=miit&as-of=1950-01-01", "root", "d:miit", "1950-01-01"),
        ],
    )
    def test_a_wrong_option_is_named(self, shipped, ending, query, parameter, value, told):
        reply = get(shipped, f"/export/graph.{ending}?{query}")
        assert (reply.status, reply.type) == (400, "application/problem+json")
        assert (reply.json["parameter"], reply.json["value"]) == (parameter, value)
        assert parameter in reply.json["detail"] and told in reply.json["detail"]

    def test_an_unknown_root_is_not_found(self, shipped):
        reply = get(shipped, "/export/graph.gexf?root=MIITT")
        assert reply.status == 404 and reply.json["near"][0] == "d:miit"
        assert get(shipped, "/export/graph.png").status == 404

    @pytest.mark.parametrize(
        ("language", "title", "word"), [("en", "not in this dataset", "Near to it"), ("zh", "没有这个起点", "相近的有")]
    )
    def test_a_page_for_browsers(self, shipped, language, title, word):
        reply = get(shipped, "/export/graph.gexf?root=<script>miit", BROWSER, Accept_Language=language)
        assert (reply.status, reply.type, reply.headers["Content-Language"]) == (404, "text/html", language)
        assert title in reply.text and "<script>" not in reply.text
        assert word in get(shipped, "/export/graph.gexf?root=miitt", BROWSER, Accept_Language=language).text

    def test_every_option_has_a_chinese_explanation(self, shipped):
        for name in HELP:
            bad = f"root=miit&{name}=!!" if name != "root" else "root=!!"
            reply = get(shipped, f"/export/graph.gexf?{bad}", BROWSER, Accept_Language="zh")
            assert reply.status in (400, 404) and f"参数 {name} 的值" in reply.text


class TestLimits:
    @pytest.mark.parametrize("accept", ["*/*", BROWSER])
    def test_a_large_graph_is_refused_and_a_part_of_it_not(self, serve, accept):
        server = serve(Settings(export_size=500), LocalEngine(small_store(), "limited"), ABOUT)
        reply = get(server, "/export/graph.gexf", accept)
        assert reply.status == 422 and "500" in reply.text
        if accept == "*/*":
            assert reply.json["limit"] == 500 and reply.json["nodes"] + reply.json["edges"] > 500
        assert get(server, "/export/graph.gexf?nodes=m:Affiliation").status == 200

    def test_what_takes_too_long_is_given_up(self, serve):
        """The time is too short for anything, so the process is stopped before it has read the dataset."""
        server = serve(Settings(timeout=0.1, max_timeout=0.1), LocalEngine(small_store(), "slow"), ABOUT)
        for _ in range(2):
            reply = get(server, "/export/graph.gexf")
            assert (reply.status, reply.json["type"].rpartition("#")[2]) == (503, "export-limit")
            assert "0.1 seconds" in reply.json["detail"]

    def test_the_whole_graph_is_made_once_for_all_processes(self, serve, published):
        def server(seconds):
            engine = LocalEngine(published.load(), published.version, prefixes=published.manifest["prefixes"])
            settings = Settings(snapshot=published.path, timeout=seconds, max_timeout=seconds)
            return serve(settings, engine, published.manifest)

        first = get(server(60.0), "/export/graph.gexf?lang=zh")
        assert first.status == 200
        hasty = server(0.1)  # can't make one itself
        assert get(hasty, "/export/graph.gexf?lang=zh").body == first.body
        assert get(hasty, "/export/graph.gexf?lang=zh&root=miit").status == 503

    def test_without_a_cache(self, serve):
        server = serve(Settings(cache_bytes=0), LocalEngine(small_store(), "uncached"), ABOUT)
        first, second = (get(server, "/export/graph.graphml") for _ in range(2))
        assert first.status == 200 and first.body == second.body


PEOPLE = """@prefix : <http://example.org/people/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
    :ann a foaf:Person ; foaf:name "Ann" ; foaf:knows :bob , [] . :bob foaf:name "Bob"@en , "鲍勃"@zh ."""


@pytest.fixture(scope="module")
def other(serve):
    store = ox.Store()
    store.load(PEOPLE.encode(), format=ox.RdfFormat.TURTLE)
    return serve(Settings(), LocalEngine(store, "people"), {"title": {"en": "people.ttl"}})


class TestOtherData:
    """Whatever is served, without our ontology and without a base."""

    @pytest.mark.parametrize("reader", READERS)
    def test_every_reader(self, other, reader, tmp_path, request):
        name, dialect = READERS[reader]
        path = tmp_path / f"graph.{name}"
        reply = get(other, f"/export/graph.{ENDING_OF[name]}" + ("?dialect=yed" if dialect == "yed" else ""))
        path.write_bytes(reply.body)
        read = reader_named(reader, request)(path)
        ann, bob = "http://example.org/people/ann", "http://example.org/people/bob"
        assert {iri: values["label"] for iri, values in read.nodes.items()} == {
            ann: "Ann",
            bob: "Bob\n鲍勃" if "dot" in reader else "Bob",
        }
        (edge,) = read.edges.values()
        assert edge[:2] == (ann, bob) and edge[2]["predicate"] == "http://xmlns.com/foaf/0.1/knows"

    def test_roots(self, other):
        for root in ("ann", "http://example.org/people/ann", "<http://example.org/people/ann>"):
            assert b"Ann" in get(other, f"/export/graph.gexf?root={quote(root)}&depth=0").body
        refused = get(other, "/export/graph.gexf?root=anne")
        assert refused.status == 404 and "http://example.org/people/ann" in refused.json["allowed"]
        assert get(other, "/export/graph.gexf").headers["Content-Disposition"].endswith("=dataset.gexf")

    def test_pages(self, other):
        assert "/export/graph" in get(other, "/dump/", BROWSER).text
        assert get(other, "/export/graph", BROWSER).status == 200


def test_as_it_is_served(front):
    """Through the front: the same file from process to process, in a picture with Chinese text."""
    reply = get(front, "/export/graph.dot?lang=zh")
    assert reply.status == 200
    svg = subprocess.run(["dot", "-Tsvg"], input=reply.body, capture_output=True, check=True, timeout=60).stdout
    assert svg.startswith(b"<?xml")


class TestForm:
    @pytest.mark.parametrize(("language", "word"), [("en", "Download"), ("zh", "下载")])
    def test_every_option_is_there_with_its_meaning(self, shipped, language, word):
        reply = get(shipped, "/export/graph", BROWSER, Accept_Language=language)
        assert word in reply.text
        page = html5lib.parse(reply.text, treebuilder="lxml", namespaceHTMLElements=False)
        fields = {field.get("name") for field in page.iterfind(".//form[@class='stack options']//*[@name]")}
        assert fields == {"format", *HELP}
        for field in page.iterfind(".//form[@class='stack options']//*[@name]"):
            assert page.find(f".//label[@for='{field.get('id')}']") is not None

    def test_what_a_browser_sends(self, shipped):
        """All fields, the empty ones too."""
        empty = "&".join(f"{name}=" for name in ("depth", "as-of", "nodes", "edges", "facts", "claims", "table"))
        reply = get(shipped, f"/export/graph?format=gexf&root=miit&lang=en&{empty}", BROWSER)
        assert reply.body == get(shipped, "/export/graph.gexf?root=miit").body
