"""The formats of query answers: their names, media types and file extensions, once."""

from __future__ import annotations

from dataclasses import dataclass

from miit_graph.engine.terms import Form


@dataclass(frozen=True, slots=True)
class Format:
    """One serialisation; ``name`` is its value of ``?format=``, the other names and types also ask for it."""

    name: str
    label: str
    media_type: str
    extension: str
    iri: str
    other_types: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()

    @property
    def content_type(self) -> str:
        """The Content-Type header: text types say their charset, the others are always UTF-8."""
        return f"{self.media_type}; charset=utf-8" if self.media_type.startswith("text/") else self.media_type

    @property
    def media_types(self) -> tuple[str, ...]:
        """All media types that ask for this format, the proper one first."""
        return (self.media_type, *self.other_types)

    @property
    def names(self) -> tuple[str, ...]:
        """All values of ``?format=`` that ask for this format."""
        return (self.name, *self.other_names, *self.media_types)


_W3C = "http://www.w3.org/ns/formats/"

JSON = Format(
    "json",
    "JSON",
    "application/sparql-results+json",
    "srj",
    _W3C + "SPARQL_Results_JSON",
    (
        "application/json",
        "text/json",
        "application/x-javascript",
        "text/javascript",
        "application/javascript",
    ),
    ("srj",),
)
XML = Format(
    "xml",
    "XML",
    "application/sparql-results+xml",
    "srx",
    _W3C + "SPARQL_Results_XML",
    ("application/xml", "text/xml"),
    ("srx",),
)
CSV = Format("csv", "CSV", "text/csv", "csv", _W3C + "SPARQL_Results_CSV")
TSV = Format("tsv", "TSV", "text/tab-separated-values", "tsv", _W3C + "SPARQL_Results_TSV")

TURTLE = Format(
    "ttl",
    "Turtle",
    "text/turtle",
    "ttl",
    _W3C + "Turtle",
    ("application/x-turtle", "application/turtle", "text/n3", "text/rdf+n3"),
    ("turtle", "n3"),
)
N_TRIPLES = Format(
    "nt",
    "N-Triples",
    "application/n-triples",
    "nt",
    _W3C + "N-Triples",
    ("text/plain",),
    ("ntriples", "n-triples"),
)
RDF_XML = Format(
    "rdf",
    "RDF/XML",
    "application/rdf+xml",
    "rdf",
    _W3C + "RDF_XML",
    ("application/xml", "text/xml"),
    ("xml", "rdf+xml", "rdfxml", "rdf/xml"),
)
JSON_LD = Format(
    "jsonld",
    "JSON-LD",
    "application/ld+json",
    "jsonld",
    _W3C + "JSON-LD",
    ("application/json",),
    ("json-ld", "json"),
)
TRIG = Format("trig", "TriG", "application/trig", "trig", _W3C + "TriG", ("application/x-trig",))
N_QUADS = Format(
    "nq",
    "N-Quads",
    "application/n-quads",
    "nq",
    _W3C + "N-Quads",
    ("text/x-nquads", "text/nquads"),
    ("nquads",),
)

TABLES = (JSON, XML, CSV, TSV)
"""For SELECT, in the server's order of preference."""
TRUTHS = (JSON, XML)
"""For ASK: the CSV and TSV recommendation covers SELECT only."""
GRAPHS = (TURTLE, N_TRIPLES, RDF_XML, JSON_LD, TRIG, N_QUADS)
"""For CONSTRUCT and DESCRIBE; in TriG and N-Quads the answer is the default graph."""


def formats_for(form: Form) -> tuple[Format, ...]:
    """The formats a query of this form can be answered in, best first."""
    if form.is_graph:
        return GRAPHS
    return TRUTHS if form is Form.ASK else TABLES
