"""What is sloppy in an ontology without being wrong in logic: a query for each defect, and an example of it.

In the queries ``data(?g)`` (or ontology, codes, shapes) is short for: the graph is that of such a file; ``own(?t)``: a
term of ours; ``vocabulary(?t)``: a term of one of the vocabularies that we use.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from miit_graph.vocabulary import PREFIXES as SHARED

PREFIXES = SHARED | {
    "vann": "http://purl.org/vocab/vann/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "skosxl": "http://www.w3.org/2008/05/skos-xl#",
    "use": "urn:use:",
    "ont": "https://w3id.org/miit-graph/ont/",
}
SPARQL_PREFIXES = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in PREFIXES.items())
TURTLE_PREFIXES = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in PREFIXES.items())

# Parts of queries
TERM = """
    GRAPH ?g { ?term a ?type } FILTER(ontology(?g))
    VALUES ?type { owl:Class owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }"""
OWN = TERM + " FILTER(own(?term))"
DATA = "FILTER(data(?d) || codes(?d) || ?d = g:derived)"
ANY_PROPERTY = "owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty"


@dataclass(frozen=True)
class Defect:
    """A kind of defect: the query that finds it, and an example that it must find."""

    name: str
    query: str
    graph: str
    """The named graph into which the example goes."""
    example: str
    exceptions: dict[str, str] = field(default_factory=dict)
    """Rows to pass over, by the text of their first value, with the reason."""


def text_defect(name: str, prop: str, language: str) -> Defect:
    return Defect(
        f"{name} in {language}",
        f"""SELECT ?term {{ {OWN}
            FILTER NOT EXISTS {{ GRAPH ?x {{ ?term {prop} ?text }} FILTER(LANG(?text) = "{language}") }} }}""",
        "ontology/org",
        "m:Bare a owl:Class .",
    )


DEFECTS = [
    text_defect("no label", "rdfs:label", "en"),
    text_defect("no label", "rdfs:label", "zh"),
    text_defect("no definition", "skos:definition", "en"),
    text_defect("no definition", "skos:definition", "zh"),
    Defect(
        "a reused term without a label in both languages",
        f"""SELECT ?term ?lang {{ {TERM} VALUES ?lang {{ "en" "zh" }}
            FILTER NOT EXISTS {{ GRAPH ?x {{ ?term rdfs:label ?text }} FILTER(LANG(?text) = ?lang) }} }}""",
        "ontology/reused",
        'org:Role2 a owl:Class ; rdfs:label "role"@en .',
    ),
    Defect(
        "two labels or definitions in one language",
        """SELECT ?term ?prop { VALUES ?prop { rdfs:label skos:definition }
            GRAPH ?g { ?term ?prop ?one , ?two } FILTER(ontology(?g))
            FILTER(?one != ?two && LANG(?one) = LANG(?two)) }""",
        "ontology/org",
        'm:Nameplate rdfs:label "sign"@en .',
    ),
    Defect(
        "two own terms of one kind with one label",
        f"""SELECT ?term ?other ?text {{ {OWN} GRAPH ?h {{ ?other a ?type }}
            FILTER(own(?other) && ?other != ?term)
            GRAPH ?x {{ ?term rdfs:label ?text }} GRAPH ?y {{ ?other rdfs:label ?text }} }}""",
        "ontology/org",
        'm:Plate a owl:Class ; rdfs:label "nameplate"@en .',
    ),
    Defect(
        "two own terms with one definition",
        f"""SELECT ?term ?other {{ {OWN} GRAPH ?x {{ ?term skos:definition ?text }}
            GRAPH ?y {{ ?other skos:definition ?text }} FILTER(?other != ?term) }}""",
        "ontology/org",
        'm:Plate a owl:Class ; skos:definition "The body that bears the nameplate."@en .',
    ),
    Defect(
        "untidy text: space at an end, two spaces, or a definition without full stop",
        """SELECT ?s ?text { GRAPH ?g { ?s ?p ?text } FILTER(ontology(?g))
            VALUES ?p { rdfs:label skos:definition rdfs:comment dct:title dct:description }
            FILTER(REGEX(?text, "^ | $|  ") || (?p IN (skos:definition, rdfs:comment) && !REGEX(?text, "[.。]$"))) }""",
        "ontology/org",
        'm:Plate rdfs:label "plate "@en .',
    ),
    Defect(
        "English label with Chinese characters, or Chinese label without",
        """SELECT ?s ?text { GRAPH ?g { ?s rdfs:label ?text } FILTER(ontology(?g))
            BIND(REGEX(?text, "[一-鿿]") AS ?han)
            FILTER((LANG(?text) = "en" && ?han) || (LANG(?text) = "zh" && !?han)) }""",
        "ontology/org",
        'm:Plate rdfs:label "plate"@zh .',
    ),
    Defect(
        "no module that exists",
        f"""SELECT ?term {{ {OWN}
            FILTER NOT EXISTS {{ GRAPH ?x {{ ?term rdfs:isDefinedBy ?module }}
                                 GRAPH ?y {{ ?module a owl:Ontology }} }} }}""",
        "ontology/org",
        "m:Plate a owl:Class ; rdfs:isDefinedBy ont:elsewhere .",
    ),
    Defect(
        "defined in another file than its module",
        f"""SELECT ?term ?g ?module {{ {OWN} GRAPH ?g {{ ?term rdfs:isDefinedBy ?module }}
            FILTER(STRAFTER(STR(?module), "/ont/") != STRAFTER(STR(?g), "/graph/ontology/")) }}""",
        "ontology/org",
        "m:Plate a owl:Class ; rdfs:isDefinedBy ont:core .",
    ),
    Defect(
        "a foreign term that claims one of our modules",
        """SELECT ?term { GRAPH ?g { ?term rdfs:isDefinedBy ?module }
            FILTER(STRSTARTS(STR(?module), STR(ont:)) && !own(?term)) }""",
        "ontology/reused",
        "org:Role rdfs:isDefinedBy ont:reused .",
    ),
    Defect(
        "declared twice",
        f"SELECT ?term ?g ?h {{ {TERM} GRAPH ?h {{ ?term a ?type }} FILTER(STR(?g) < STR(?h)) }}",
        "ontology/time",
        "m:Nameplate a owl:Class .",
    ),
    Defect(
        "an own term that is no class and no kind of property",
        f"""SELECT DISTINCT ?term {{ GRAPH ?g {{ ?term ?p ?o }} FILTER(own(?term))
            FILTER(ontology(?g))
            FILTER NOT EXISTS {{ GRAPH ?x {{ ?term a ?type }}
                VALUES ?type {{ owl:Class {ANY_PROPERTY} }} }} }}""",
        "ontology/org",
        "m:plate a rdf:Property .",
    ),
    Defect(
        "two kinds of property, or class and property, under one name",
        f"""SELECT ?term ?type ?other {{ {TERM} GRAPH ?h {{ ?term a ?other }}
            VALUES ?other {{ owl:Class {ANY_PROPERTY} }} FILTER(STR(?type) < STR(?other)) }}""",
        "ontology/org",
        "m:rank a owl:DatatypeProperty .",
    ),
    Defect(
        "the local name of a class is not UpperCamelCase, or that of a property not lowerCamelCase",
        f"""SELECT ?term {{ {OWN} BIND(STRAFTER(STR(?term), STR(m:)) AS ?name)
            FILTER(!REGEX(?name, IF(?type = owl:Class, "^[A-Z][A-Za-z0-9]*$", "^[a-z][A-Za-z0-9]*$"))) }}""",
        "ontology/org",
        "m:name_plate a owl:Class .",
    ),
    Defect(
        "an own term that neither data nor codes, shapes, rules or queries use",
        f"""SELECT DISTINCT ?term {{ {OWN}
            FILTER NOT EXISTS {{ GRAPH ?d {{ ?s ?term ?o }} FILTER(!ontology(?d)) }}
            FILTER NOT EXISTS {{ GRAPH ?d {{ ?s ?p ?term }} FILTER(!ontology(?d)) }}
            FILTER NOT EXISTS {{ GRAPH ?e {{ ?low rdfs:subClassOf ?term }} GRAPH ?d {{ ?s a ?low }} }}
            FILTER NOT EXISTS {{ GRAPH <urn:use> {{ ?text use:mentions ?term }} }} }}""",
        "ontology/org",
        "m:Unused a owl:Class .",
    ),
    Defect(
        "a property in data or codes that nobody declares",
        f"""SELECT DISTINCT ?p {{ GRAPH ?d {{ ?s ?p ?o }} {DATA}
            FILTER(?p NOT IN (rdf:type, rdfs:label, rdfs:seeAlso, rdfs:comment, owl:deprecated,
                rdf:subject, rdf:predicate, rdf:object))
            FILTER NOT EXISTS {{ GRAPH ?h {{ ?p a ?type }} VALUES ?type {{ {ANY_PROPERTY} }} }} }}""",
        "data/miit",
        'd:miit m:formelName "x"@en .',
    ),
    Defect(
        "a class in data or codes that nobody declares",
        f"""SELECT DISTINCT ?c {{ GRAPH ?d {{ ?s a ?c }} {DATA}
            FILTER NOT EXISTS {{ GRAPH ?h {{ ?c a owl:Class }} }} }}""",
        "data/miit",
        "d:miit a m:Ministry .",
    ),
    Defect(
        "a term in the ontology that nobody declares",
        f"""SELECT DISTINCT ?term {{
            {{ GRAPH ?g {{ ?s ?p ?term }} }}
            UNION {{ GRAPH ?g {{ ?term ?p ?o }} }}
            UNION {{ GRAPH ?g {{ ?s ?term ?o }} }}
            FILTER(ontology(?g)) FILTER(isIRI(?term))
            FILTER(vocabulary(?term))
            FILTER NOT EXISTS {{ GRAPH ?h {{ ?term a ?type }} VALUES ?type {{ owl:Class {ANY_PROPERTY} }} }} }}""",
        "ontology/org",
        "m:Nameplate rdfs:subClassOf m:Sign .",
    ),
    Defect(
        "a term in shapes, rules or queries that nobody declares",
        f"""SELECT DISTINCT ?term ?text {{
            {{ GRAPH <urn:use> {{ ?text use:mentions ?term }} }}
            UNION {{ GRAPH ?text {{ ?s ?p ?term }} FILTER(shapes(?text)) FILTER(isIRI(?term)) }}
            UNION {{ GRAPH ?text {{ ?s ?term ?o }} FILTER(shapes(?text)) }}
            FILTER(vocabulary(?term))
            FILTER NOT EXISTS {{ GRAPH ?h {{ ?term a ?type }} VALUES ?type {{ owl:Class {ANY_PROPERTY} }} }} }}""",
        "shapes/org",
        "shp:wrong sh:path m:plateKindd .",
        {"https://w3id.org/miit-graph/ont#none": "stands in a rule for «no third property»; it must not exist"},
    ),
    Defect(
        "a code in data, shapes, rules or queries that no list has",
        """SELECT DISTINCT ?code {
            { GRAPH ?d { ?s ?p ?code } } UNION { GRAPH <urn:use> { ?text use:mentions ?code } }
            FILTER(isIRI(?code) && STRSTARTS(STR(?code), STR(c:)))
            FILTER NOT EXISTS { GRAPH ?h { ?code a ?type } VALUES ?type { skos:Concept skos:ConceptScheme } } }""",
        "data/miit",
        "d:miit m:administrativeRank c:rank-minsterial .",
    ),
    Defect(
        "a code without name in both languages, or without its scheme",
        """SELECT ?code { GRAPH ?g { ?code a skos:Concept } FILTER(codes(?g))
            FILTER NOT EXISTS { GRAPH ?g { ?code skos:prefLabel ?en , ?zh ; skos:inScheme ?scheme }
                FILTER(LANG(?en) = "en" && LANG(?zh) = "zh") GRAPH ?h { ?scheme a skos:ConceptScheme } } }""",
        "codes/rank",
        'c:rank-odd a skos:Concept ; skos:prefLabel "odd"@en ; skos:inScheme c:scheme-administrative-rank .',
    ),
    Defect(
        "a property that takes its values from a scheme that does not exist",
        """SELECT ?property ?scheme { GRAPH ?g { ?property m:codeScheme ?scheme }
            FILTER NOT EXISTS { GRAPH ?h { ?scheme a skos:ConceptScheme } } }""",
        "ontology/org",
        "m:plateKind m:codeScheme c:scheme-sign-kind .",
    ),
    Defect(
        "a circle of classes or of properties",
        """SELECT DISTINCT ?term { VALUES ?up { rdfs:subClassOf rdfs:subPropertyOf }
            GRAPH ?g { ?term ?up ?any } FILTER(ontology(?g))
            { ?term rdfs:subClassOf+ ?term }
            UNION { ?term rdfs:subPropertyOf+ ?term } }""",
        "ontology/org",
        "m:Fact rdfs:subClassOf m:Nameplate .",
    ),
    Defect(
        "a superclass that follows from another one",
        """SELECT ?low ?high ?between { GRAPH ?g { ?low rdfs:subClassOf ?high , ?between }
            FILTER(ontology(?g) && ?between != ?high)
            GRAPH ?h { ?between rdfs:subClassOf ?higher } ?higher rdfs:subClassOf* ?high }""",
        "ontology/org",
        "m:Nameplate rdfs:subClassOf prov:Entity .",
    ),
    Defect(
        "a subject outside the domain of its property",
        f"""SELECT ?s ?p {{ GRAPH ?g {{ ?p rdfs:domain ?class }} FILTER(ontology(?g))
            GRAPH ?d {{ ?s ?p ?o }} {DATA}
            FILTER NOT EXISTS {{ ?s a/(rdfs:subClassOf|owl:equivalentClass)* ?class }} }}""",
        "data/miit",
        "d:miit m:plateOf d:caict .",
    ),
    Defect(
        "a value outside the range of its property",
        f"""SELECT ?s ?p ?o {{ GRAPH ?g {{ ?p rdfs:range ?class }} FILTER(ontology(?g))
            GRAPH ?d {{ ?s ?p ?o }} {DATA}
            FILTER(?class != rdfs:Literal)
            FILTER(IF(isLiteral(?o), DATATYPE(?o) != ?class,
                      !EXISTS {{ ?o a/(rdfs:subClassOf|owl:equivalentClass)* ?class }})) }}""",
        "data/miit",
        'd:cite-x a m:Citation ; m:lineStart "seven" .',
    ),
    Defect(
        "a header that lacks something",
        """SELECT ?module ?lacking { GRAPH ?g { ?module a owl:Ontology } FILTER(ontology(?g))
            VALUES ?lacking { owl:versionIRI owl:versionInfo dct:title dct:description dct:creator dct:issued
                              dct:license vann:preferredNamespacePrefix vann:preferredNamespaceUri }
            FILTER NOT EXISTS { GRAPH ?g { ?module ?lacking ?value } } }""",
        "ontology/extra",
        "ont:extra a owl:Ontology .",
    ),
    Defect(
        "a header whose title or description lacks a language",
        """SELECT ?module ?p ?lang { GRAPH ?g { ?module a owl:Ontology } FILTER(ontology(?g))
            VALUES ?p { dct:title dct:description } VALUES ?lang { "en" "zh" }
            FILTER NOT EXISTS { GRAPH ?g { ?module ?p ?text } FILTER(LANG(?text) = ?lang) } }""",
        "ontology/extra",
        'ont:extra a owl:Ontology ; dct:title "Extra"@en .',
    ),
    Defect(
        "a version that is not that of the whole, or a version IRI that does not end in it",
        """SELECT ?module ?version { GRAPH ?g { ?module a owl:Ontology } FILTER(ontology(?g))
            GRAPH ?g { ?module owl:versionInfo ?version ; owl:versionIRI ?iri }
            GRAPH ?h { <https://w3id.org/miit-graph/ont> owl:versionInfo ?whole }
            FILTER(STR(?iri) != CONCAT(STR(?module), "/", ?version) || ?version != ?whole
                || !REGEX(?version, "^(0|[1-9][0-9]*)[.](0|[1-9][0-9]*)[.](0|[1-9][0-9]*)$")) }""",
        "ontology/extra",
        """ont:extra a owl:Ontology ; owl:versionInfo "7.0.0" ;
            owl:versionIRI <https://w3id.org/miit-graph/ont/extra/7> .""",
    ),
    Defect(
        "a module that the whole does not list, or a listed one that is missing",
        """SELECT ?module { BIND(<https://w3id.org/miit-graph/ont> AS ?whole)
            { GRAPH ?g { ?module a owl:Ontology } FILTER(STRSTARTS(STR(?module), STR(ont:)))
              FILTER NOT EXISTS { GRAPH ?h { ?whole dct:hasPart ?module } GRAPH ?g { ?module dct:isPartOf ?whole } } }
            UNION { GRAPH ?h { ?whole dct:hasPart ?module }
                    FILTER NOT EXISTS { GRAPH ?g { ?module a owl:Ontology } } } }""",
        "ontology/extra",
        "ont:extra a owl:Ontology .",
    ),
    Defect(
        "a file of the ontology without a header, or with two",
        """SELECT ?g (COUNT(?module) AS ?headers) { { SELECT DISTINCT ?g { GRAPH ?g { ?any ?p ?o }
            FILTER(ontology(?g)) } }
            OPTIONAL { GRAPH ?g { ?module a owl:Ontology } } } GROUP BY ?g HAVING(COUNT(?module) != 1)""",
        "ontology/extra",
        "m:Plate a owl:Class .",
    ),
    Defect(
        "a deprecated term or code without successor or reason in both languages",
        """SELECT ?term { GRAPH ?g { ?term owl:deprecated true }
            FILTER NOT EXISTS { GRAPH ?g { ?term dct:isReplacedBy ?next } }
            FILTER NOT EXISTS { GRAPH ?g { ?term rdfs:comment ?en , ?zh }
                                FILTER(LANG(?en) = "en" && LANG(?zh) = "zh") } }""",
        "ontology/org",
        "m:Plate a owl:Class ; owl:deprecated true .",
    ),
    Defect(
        "a successor that does not exist or is deprecated itself",
        """SELECT ?term ?next { GRAPH ?g { ?term owl:deprecated true ; dct:isReplacedBy ?next }
            FILTER(!EXISTS { GRAPH ?h { ?next a ?type } } || EXISTS { GRAPH ?h { ?next owl:deprecated true } }) }""",
        "ontology/org",
        "m:Plate a owl:Class ; owl:deprecated true ; dct:isReplacedBy m:Sign .",
    ),
    Defect(
        "a deprecated term or code that is still in use",
        """SELECT DISTINCT ?term { GRAPH ?g { ?term owl:deprecated true }
            { GRAPH ?d { ?s ?p ?term } FILTER(?p NOT IN (dct:isReplacedBy, owl:annotatedSource, owl:annotatedTarget)) }
            UNION { GRAPH ?d { ?s ?term ?o } } UNION { GRAPH <urn:use> { ?text use:mentions ?term } } }""",
        "ontology/org",
        "m:plateOf owl:deprecated true .",
    ),
]
