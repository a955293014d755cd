"""Files that would fetch something, or fill the memory: refused with a word, before that happens."""

import gzip

import pytest

from miit_graph.build import untrusted
from miit_graph.build.errors import SourceError
from miit_graph.build.files import load_files
from miit_graph.engine.errors import QuerySyntaxError
from miit_graph.writing.operations import PUT, Operation
from tests.engine.endpoints import endpoint

RDF = (
    '<?xml version="1.0"?>%s<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    '<rdf:Description rdf:about="http://e/a"><e:p>%s</e:p></rdf:Description></rdf:RDF>'
)
LAUGHS = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
LONG = f'<!ENTITY a11 "{"ha" * 10_000}">'


def load(folder, name, content):
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_files([file]).store


@pytest.mark.parametrize(
    "declared",
    [
        LAUGHS,
        LONG,
        "<!-- " + "x" * 70_000 + " -->" + LAUGHS,
        '<!ENTITY a11 SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a11 SYSTEM "file:///etc/passwd"> %a11;',
        "<!ENTITY" + " " * 600 + 'a11 "ha">',
        '<!ENTITY a11 "ha',
    ],
    ids=["nested", "long", "late", "external", "parameter", "spread", "open"],
)
def test_entities_that_grow_or_fetch_are_refused(tmp_path, declared):
    document = RDF % (f"<!DOCTYPE r [{declared}]>", "&a11;" * 3)
    for name, content in (("x.rdf", document), ("x.owl.gz", gzip.compress(document.encode()))):
        with pytest.raises(SourceError, match=r"x\.(rdf|owl).*ENTITY"):
            load(tmp_path, name, content)
    with pytest.raises(QuerySyntaxError, match="ENTITY"):
        Operation(PUT, document, "http://e/g", "application/rdf+xml")._triples(None)


def test_declarations_are_seen_wherever_a_piece_of_the_file_ends(tmp_path):
    for length in range(untrusted._READ - 30, untrusted._READ + 2):
        start = RDF.partition("%s")[0]
        document = RDF % ("<!--" + "x" * (length - len(start) - 7) + f"--><!DOCTYPE r [{LAUGHS}]>", "&a11;")
        with pytest.raises(SourceError):
            load(tmp_path, "x.rdf", document)


def test_the_entities_of_ontology_editors_are_read(tmp_path):
    document = RDF % ('<!DOCTYPE rdf:RDF [ <!ENTITY xsd "http://www.w3.org/2001/XMLSchema#" >\n]>', "&xsd;string")
    assert [quad.object.value for quad in load(tmp_path, "x.rdf", document)] == [
        "http://www.w3.org/2001/XMLSchema#string"
    ]


def test_nothing_is_fetched(tmp_path):
    with endpoint() as other:
        dtd = RDF % (f'<!DOCTYPE r SYSTEM "{other.address}">', "x")
        assert len(load(tmp_path, "x.rdf", dtd)) == 1
        with pytest.raises(SourceError, match="remote contexts"):
            load(tmp_path, "x.jsonld", f'{{"@context": "{other.address}", "@id": "http://e/a", "name": "x"}}')
        assert other.connections == 0


@pytest.mark.parametrize("line", [b'<http://e/a> <http://e/p> "%s" .\n', b"# %s\n<http://e/a> <http://e/p> 1 .\n"])
def test_a_term_without_end_is_refused(tmp_path, line):
    with pytest.raises(SourceError, match=r"x\.ttl\.gz.*16 MB"):
        load(tmp_path, "x.ttl.gz", gzip.compress(line % (b"a" * 40_000_000)))


def test_a_file_that_holds_far_more_than_its_size_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(untrusted, "_ALWAYS_ALLOWED", 1_000_000)
    statement = b"<http://e/a> <http://e/p> 1 .\n"
    assert len(load(tmp_path, "small.nt.gz", gzip.compress(b'<http://e/a> <http://e/p> "1" .\n' * 1_000))) == 1
    with pytest.raises(SourceError, match=r"bomb\.ttl\.gz.*200 times"):
        load(tmp_path, "bomb.ttl.gz", gzip.compress(statement * 400_000))
