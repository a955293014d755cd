"""Prefixes and example queries in the SHACL vocabulary, as query editors read them from an endpoint."""

from __future__ import annotations

from miit_graph.engine.api import Form, Limits
from miit_graph.engine.gate import Allow, examine
from miit_graph.publish.published import Published
from miit_graph.publish.triples import Triples, link, texts, value
from miit_graph.publish.void import Places
from miit_graph.vocabulary import OWL, RDF, RDFS, SCHEMA, SH, XSD

_KINDS = {
    Form.SELECT: (SH.SPARQLSelectExecutable, SH.select),
    Form.ASK: (SH.SPARQLAskExecutable, SH.ask),
    Form.CONSTRUCT: (SH.SPARQLConstructExecutable, SH.construct),
}


def describe(published: Published, places: Places) -> Triples:
    """The prefixes and examples as triples; DESCRIBE, for which SHACL has no term, is left out."""
    prefixes = f"{places.document}#prefixes"
    yield link(prefixes, RDF.type, OWL.Ontology)
    for prefix, namespace in sorted(published.prefixes.items()):
        name = f"{prefixes}-{prefix}"
        yield link(prefixes, SH.declare, name)
        yield link(name, RDF.type, SH.PrefixDeclaration)
        yield value(name, SH.prefix, prefix)
        yield value(name, SH.namespace, namespace, XSD.anyURI)
    for example in published.examples:
        decision = examine(example.query, Limits())
        if not isinstance(decision, Allow) or decision.form not in _KINDS:
            continue
        kind, text = _KINDS[decision.form]
        name = f"{places.document}#example-{example.slug}"
        yield link(name, RDF.type, SH.SPARQLExecutable)
        yield link(name, RDF.type, kind)
        yield from texts(name, RDFS.label, example.title)
        yield from texts(name, RDFS.comment, example.question or example.title)
        yield link(name, SH.prefixes, prefixes)
        yield value(name, text, example.query)
        yield link(name, SCHEMA.target, places.endpoint)
