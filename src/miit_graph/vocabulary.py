"""Namespaces and terms that the code relies on, each written once.

Terms are plain strings (absolute IRIs), so that this module costs nothing to import on the way of a request.
"""


class Namespace(str):
    """An IRI that makes longer IRIs: ``SKOS.prefLabel`` or ``SKOS["prefLabel"]``."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        term = vars(self)[name] = self + name  # where it is found the next time, without this method
        return term

    def __getitem__(self, name: str) -> str:  # type: ignore[override]
        return self + name


M = Namespace("https://w3id.org/miit-graph/ont#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
DCT = Namespace("http://purl.org/dc/terms/")
PROV = Namespace("http://www.w3.org/ns/prov#")
ORG = Namespace("http://www.w3.org/ns/org#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VOID = Namespace("http://rdfs.org/ns/void#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
TIME = Namespace("http://www.w3.org/2006/time#")
SCHEMA = Namespace("https://schema.org/")

STANDARD_PREFIXES: dict[str, str] = {
    "m": M,
    "org": ORG,
    "cv": "http://data.europa.eu/m8g/",
    "prov": PROV,
    "dct": DCT,
    "skos": SKOS,
    "schema": SCHEMA,
    "time": TIME,
    "foaf": FOAF,
    "owl": OWL,
    "rdf": RDF,
    "rdfs": RDFS,
    "sh": SH,
    "sd": SD,
    "void": VOID,
    "xsd": XSD,
}
"""Prefixes that queries may use without declaring them, whatever graph is served."""


def prefixes_for(base: str) -> dict[str, str]:
    """The standard prefixes, and those of a project whose IRIs start with `base`."""
    own = {"d": "id/", "c": "code/", "shp": "shape/", "g": "graph/"}
    return {**STANDARD_PREFIXES, **{prefix: base + path for prefix, path in own.items()}}


PREFIXES = prefixes_for("https://w3id.org/miit-graph/")
"""Prefixes of the shipped graph, for output to people."""


def shorten(iri: str) -> str:
    """The prefixed name of an IRI where one of `PREFIXES` fits, else the IRI in angle brackets."""
    for prefix, namespace in PREFIXES.items():
        local = iri.removeprefix(namespace)
        if local != iri and local and all(ch.isalnum() or ch in "-_." for ch in local):
            return f"{prefix}:{local}"
    return f"<{iri}>"
