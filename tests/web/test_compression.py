"""Content codings (RFC 9110 sections 8.4.1 and 12.5.3), of Flask alone and of the front."""

import sys
import zlib

import brotli
import pytest

from miit_graph.web.compression import CODINGS, Compressed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MANY = "SELECT * { GRAPH ?g { ?s <http://example.org/n> ?n } } ORDER BY ?n LIMIT 500"
LARGE = "SELECT * { GRAPH ?g { ?s <http://example.org/n> ?n } GRAPH ?h { ?x <http://example.org/p> ?y } }"
SMALL = "ASK {}"


class _Gunzip:
    def __init__(self):
        self._state = zlib.decompressobj(16 + zlib.MAX_WBITS)

    def add(self, data):
        return self._state.decompress(data)


class _Unzstd:
    def __init__(self):
        self._state = zstd.ZstdDecompressor()

    def add(self, data):
        return self._state.decompress(data)


class _Unbrotli:
    def __init__(self):
        self._state = brotli.Decompressor()

    def add(self, data):
        read = piece = self._state.process(data)
        while piece and not self._state.is_finished():  # it gives out a bounded piece at a time
            read += (piece := self._state.process(b""))
        return read


READERS = {"gzip": _Gunzip, "zstd": _Unzstd, "br": _Unbrotli}


def plain(reply):
    coding = reply.headers["Content-Encoding"]
    return READERS[coding]().add(reply.body) if coding else reply.body


def get(client, query, accepted, **headers):
    return client.get(query, headers={"Accept-Encoding": accepted, **headers})


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("x-gzip", "gzip"),
        ("GZip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip;q=1.0, br;q=0.5, zstd;q=0.1", "gzip"),
        ("gzip;q=0.2,br;q=0.3", "br"),
        ("*", "zstd"),
        ("zstd;q=0, *", "br"),
        ("*;q=0.1, gzip", "gzip"),
        ("gzip;q=0", None),
        ("*;q=0, identity", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip", "gzip"),
        ("deflate, compress", None),
        ("gzip;q=high", None),
        ("gzip;q=2", None),
        ("", None),
    ],
)
def test_the_coding_the_client_likes_best(client, accepted, coding):
    expected = client.get(MANY).body
    for _ in range(3):  # made, then from the cache, then without being read again
        reply = get(client, MANY, accepted)
        assert (reply.status, reply.headers["Content-Encoding"]) == (200, coding)
        assert plain(reply) == expected
        assert int(reply.headers["Content-Length"] or len(reply.body)) == len(reply.body)
        assert "Accept-Encoding" in reply.headers["Vary"]


@pytest.mark.parametrize("accepted", ["gzip", "br", "zstd", ""])
@pytest.mark.parametrize("query", [LARGE, LARGE.replace("SELECT *", "SELECT ?s ?x (RAND() AS ?r)")])
def test_long_answers_are_compressed_as_they_come(client, query, accepted):
    reply = get(client, query, accepted)
    assert (reply.headers["Content-Encoding"] or "") == accepted
    assert plain(reply).endswith(b"]}}") and len(plain(reply)) > 500_000
    if accepted:
        assert len(reply.body) < len(plain(reply)) / 5


def test_a_small_answer_is_only_compressed_for_who_takes_nothing_else(client):
    for _ in range(3):
        assert get(client, SMALL, "gzip, br, zstd").headers["Content-Encoding"] is None
        reply = get(client, SMALL, "identity;q=0, gzip")
        assert reply.headers["Content-Encoding"] == "gzip" and plain(reply) == client.get(SMALL).body
        assert plain(get(client, SMALL, "br, *;q=0")) == client.get(SMALL).body


@pytest.mark.parametrize("accepted", ["identity;q=0", "*;q=0", "deflate, identity;q=0", "gzip;q=0, identity;q=0"])
def test_who_takes_nothing_is_told_so(client, accepted):
    for query in (SMALL, MANY):
        client.get(query)
        reply = get(client, query, accepted)
        assert (reply.status, reply.type) == (406, "application/problem+json")
        assert "zstd" in reply.headers["Accept-Encoding"]


def test_each_coding_has_a_tag_of_its_own(client):
    tags = {coding: get(client, MANY, coding).headers["ETag"] for coding in (*CODINGS, "identity")}
    assert len(set(tags.values())) == len(tags)
    for coding, tag in tags.items():
        for _ in range(2):
            reply = get(client, MANY, coding, **{"If-None-Match": tag})
            assert (reply.status, reply.body, reply.headers["ETag"]) == (304, b"", tag)


@pytest.mark.parametrize("coding", CODINGS)
def test_what_has_come_can_be_read_before_the_rest(coding):
    came, read, reader = [], [], READERS[coding]()

    def body():
        for part in (b"first " * 10_000, b"second"):
            came.append(part)
            yield part

    for piece in Compressed(body(), coding):
        read.append(reader.add(piece))
        if len(read) == 1:
            assert (came, read) == ([b"first " * 10_000], [b"first " * 10_000])
    assert b"".join(read) == b"first " * 10_000 + b"second"
