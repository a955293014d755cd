"""A small graph with everything that linked data must cope with, and the shipped graph, each on a started server."""

import io
from dataclasses import replace

import pyoxigraph as ox

BASE = "https://w3id.org/miit-graph/"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
TYPES = {
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
    "jsonld": "application/ld+json",
    "trig": "application/trig",
    "nq": "application/n-quads",
}
DATA = """
@prefix m: <https://w3id.org/miit-graph/ont#> .
@prefix d: <https://w3id.org/miit-graph/id/> .
@prefix c: <https://w3id.org/miit-graph/code/> .
@prefix g: <https://w3id.org/miit-graph/graph/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix prov: <http://www.w3.org/ns/prov#> .
d:old owl:deprecated true ; dct:isReplacedBy d:new .
d:gone owl:deprecated true ; skos:prefLabel "gone"@en .
d:past dct:isReplacedBy d:new ; skos:prefLabel "past, but not retired"@en .
d:new skos:prefLabel "New bureau"@en , "新司局"@zh ; org:subOrganizationOf d:top ; prov:wasDerivedFrom d:cite ;
    rdfs:seeAlso <http://example.org/elsewhere> , <javascript:alert(1)> .
d:top skos:prefLabel "最高机关"@zh ; org:subOrganizationOf d:new .
d:nameless org:linkedTo d:new .
d:evil skos:prefLabel "</script><script>alert(1)</script>"@en , "<b>粗</b>"@zh .
d:cite a m:Citation ; dct:source d:source ; m:lineStart 3 ; m:lineEnd 4 ; m:quote "the words themselves" .
d:source skos:prefLabel "Source S"@en , "来源丙"@zh .
d:fact a m:Fact , m:Affiliation ; m:affiliate d:new ; m:principal d:top ; m:rank c:rank-normal ;
    skos:prefLabel "New bureau under the top"@en ; prov:wasDerivedFrom d:cite .
c:rank-normal skos:prefLabel "normal"@en , "普通"@zh .
d:boxed m:inside [ m:label "inner" ; m:deeper [ m:label "innermost" ] ] .
<https://w3id.org/miit-graph/ont/core> a owl:Ontology .
GRAPH g:data\\/one { d:new skos:prefLabel "New bureau"@en . }
GRAPH g:inferred { d:new a org:Organization . }
GRAPH g:ontology\\/core { <https://w3id.org/miit-graph/ont/core> a owl:Ontology . m:Fact a owl:Class . }
""" + "".join(f"d:member-{i:04} org:memberOf d:top .\n" for i in range(400))
ABOUT = {
    "name": "small",
    "title": {"en": "A small graph", "zh": "小图谱"},
    "base": BASE,
    "graphs": [{"iri": BASE + "graph/data/one", "triples": 1}],
}


def small_store():
    store = ox.Store()
    store.load(DATA.encode(), format=ox.RdfFormat.TRIG)
    return store


def triples(reply):
    """What a reply says, read by Oxigraph in the type that it claims to have."""
    kind = ox.RdfFormat.from_media_type(reply.headers.get_content_type())
    return {quad.triple for quad in ox.parse(io.BytesIO(reply.body), format=kind)}


def links(reply):
    """The Link header as (target, relation) pairs."""
    found = []
    for part in (reply.headers["Link"] or "").split(", <"):
        target, _, rest = part.lstrip("<").partition(">")
        found.append((target, rest.split('rel="')[1].split('"')[0]))
    return found


def get(client, path, accept=None, method="GET", **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.request(method, path, headers=named | ({"Accept": accept} if accept else {}))


def follow(client, path, accept=None, **headers):
    """GET, following redirects to the same server."""
    for _ in range(4):
        reply = get(client, path, accept, **headers)
        if reply.status not in (301, 302, 303, 307, 308):
            return reply
        path = reply.headers["Location"]
        assert path.startswith("/"), path
    raise AssertionError("too many redirects")


def with_headers(client, **headers):
    return replace(client, headers={**client.headers, **headers})
