"""A project so small that a change takes tens of milliseconds: scales, whose two pans must always weigh the same."""

from miit_graph.build.pipeline import build
from miit_graph.build.sources import Project

BASE = "https://example.org/scales/"
ID, DATA = BASE + "id/", BASE + "graph/data/"
SCALES = DATA + "scales"
PREFIXES = f"""@prefix : <{BASE}ont#> .
@prefix d: <{ID}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
FILES = {
    "graph.toml": f'base = "{BASE}"\nname = "scales"\n[title]\nen = "Scales"\nzh = "天平"\n',
    "ontology/scales.ttl": f'{PREFIXES}<{BASE}ont> a owl:Ontology .\n:Scale a owl:Class ; skos:prefLabel "a"@en .\n',
    "data/scales.ttl": PREFIXES + "\n".join(f"d:scale-{n} a :Scale ; :left 0 ; :right 0 ." for n in range(4)) + "\n",
    "shapes/scales.ttl": f"""{PREFIXES}
<{BASE}shape/balance> a sh:NodeShape ; sh:targetClass :Scale ; skos:prefLabel "In balance"@en , "平衡"@zh ;
    sh:property <{BASE}shape/left> , <{BASE}shape/right> , <{BASE}shape/note> .
<{BASE}shape/left> a sh:PropertyShape ; sh:path :left ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ;
    sh:equals :right ; sh:message "Left and right differ"@en , "左右不等"@zh .
<{BASE}shape/right> a sh:PropertyShape ; sh:path :right ; sh:minCount 1 ; sh:maxCount 1 .
<{BASE}shape/note> a sh:PropertyShape ; sh:path skos:note ; sh:maxCount 1 ; sh:severity sh:Warning ;
    sh:message "Many notes"@en , "备注过多"@zh .
""",
    "rules/weight.rq": f"""# What lies on both sides is the weight.
PREFIX : <{BASE}ont#>
SELECT ?subject (:weighs AS ?predicate) (?left AS ?object) (?subject AS ?fact) {{ ?subject :left ?left }}
""",
}


def write_project(root):
    """The project in a folder."""
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return Project.open(root)


def built(root):
    """The project, and its folder of snapshots with the first one."""
    project = write_project(root)
    build(project, root / "build" / "snapshots")
    return project, root / "build" / "snapshots"


def setting(scale, left, right=None):
    """An update that sets both pans of a scale."""
    right = left if right is None else right
    name = f"<{ID}scale-{scale}>"
    return f"""PREFIX : <{BASE}ont#>
DELETE {{ GRAPH <{SCALES}> {{ {name} :left ?l ; :right ?r }} }}
INSERT {{ GRAPH <{SCALES}> {{ {name} a :Scale ; :left {left} ; :right {right} }} }}
WHERE {{ OPTIONAL {{ GRAPH <{SCALES}> {{ {name} :left ?l ; :right ?r }} }} }}"""
