"""No term of a common vocabulary that the served graph uses goes without a name, in either language."""

from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.web.linked_data.descriptions import LABELS
from miit_graph.web.linked_data.standard_names import standard_names
from tests.web.linked_helpers import BASE

pytest_plugins = ("tests.web.linked_fixtures",)
SPACES = (
    "http://www.w3.org/",
    "http://xmlns.com/foaf/",
    "http://purl.org/",
    "http://rdfs.org/",
    "http://spdx.org/rdf/",
    "http://datashapes.org/",
)


def is_term(iri):
    """Whether it is a term, and neither a vocabulary as a whole nor the address of a document."""
    return iri.startswith(SPACES) and not iri.endswith(("#", "/")) and "/TR/" not in iri


def values(client, query):
    answer = client.request("POST", "/sparql", query.encode(), {"Content-Type": "application/sparql-query"})
    return [{name: term["value"] for name, term in row.items()} for row in answer.json["results"]["bindings"]]


def test_every_term_has_a_name_in_both_languages(shipped):
    predicates = "{ SELECT DISTINCT ?t { ?s ?t ?o } }"
    objects = "{ SELECT DISTINCT ?t { ?s ?p ?t FILTER(ISIRI(?t)) } }"
    rows = values(shipped, f"SELECT DISTINCT ?t {{ {predicates} UNION {objects} }}")
    terms = {row["t"] for row in rows if is_term(row["t"])}
    named = ", ".join(map(text_of, LABELS))
    found = {term: set(standard_names(term)) for term in terms}
    for row in values(shipped, f"SELECT ?t (LANG(?n) AS ?tag) {{ ?t ?p ?n FILTER(?p IN ({named}) && ISIRI(?t)) }}"):
        if row["t"] in found:
            found[row["t"]].add(row["tag"])
    assert len(terms) > 200 and not any(term.startswith(BASE) for term in terms)
    assert {term for term, tags in found.items() if not (tags >= {"en", "zh"} or "" in tags)} == set()
