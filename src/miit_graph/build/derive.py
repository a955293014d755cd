"""Plain triples out of fact nodes.

A rule is a file ``rules/NN-slug.rq``: a SELECT of ``?subject ?predicate ?object`` and, where the triple rests on a
fact node, ``?fact``. Rules run in the order of their names, each over everything that stands so far, merged. What they
give goes to the graph ``derived``; for each triple with a fact, a record of the derivation (`m:Derivation`, an RDF
reification, RDF Schema 1.1 section 5.3) goes to ``derivations``, so that one query leads from any plain triple to its
evidence.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyoxigraph as ox

from miit_graph.build.errors import RuleError
from miit_graph.build.sources import Project
from miit_graph.vocabulary import PROV, RDF, M

_TYPE = ox.NamedNode(RDF.type)
_SUBJECT, _PREDICATE, _OBJECT = (ox.NamedNode(RDF[part]) for part in ("subject", "predicate", "object"))
_DERIVATION = ox.NamedNode(M.Derivation)
_DERIVED_BY = ox.NamedNode(M.derivedBy)
_WAS_DERIVED_FROM = ox.NamedNode(PROV.wasDerivedFrom)


def derivation_iri(project: Project, triple: ox.Triple) -> ox.NamedNode:
    """The IRI of the record for `triple`: the same triple always gets the same one."""
    return ox.NamedNode(f"{project.base}id/derivation-{hashlib.sha256(str(triple).encode()).hexdigest()[:16]}")


def derive(store: ox.Store, project: Project) -> dict[str, int]:
    """Run all rules over `store`, add what they give, and return the number of new triples per rule file name.

    Raises RuleError, naming the rule, if one does not parse or gives something that is no triple.
    """
    return {path.name: _run(store, project, path) for path in project.rule_files()}


def _solutions(store: ox.Store, path: Path) -> tuple[set[str], list[ox.QuerySolution]]:
    """The variables and rows of a rule; what Oxigraph reads them from ends here, whoever keeps an exception."""
    try:
        solutions = store.query(path.read_text(encoding="utf-8"), use_default_graph_as_union=True)
    except SyntaxError as error:
        raise RuleError(f"rules/{path.name}: {error.msg or error}") from None
    try:
        if not isinstance(solutions, ox.QuerySolutions):
            raise RuleError(f"rules/{path.name}: a rule must be a SELECT query.")
        return {variable.value for variable in solutions.variables}, list(solutions)
    finally:
        del solutions


def _run(store: ox.Store, project: Project, path: Path) -> int:
    derived = ox.NamedNode(project.graph("derived"))
    records = ox.NamedNode(project.graph("derivations"))
    names, rows = _solutions(store, path)
    if missing := {"subject", "predicate", "object"} - names:
        raise RuleError(f"rules/{path.name}: the SELECT lacks ?{', ?'.join(sorted(missing))}.")
    quads: set[ox.Quad] = set()
    plain: set[ox.Quad] = set()
    for row in rows:
        subject, predicate, obj = row["subject"], row["predicate"], row["object"]
        if subject is None or predicate is None or obj is None:
            raise RuleError(f"rules/{path.name}: a row leaves ?subject, ?predicate or ?object unbound: {row}.")
        if not isinstance(subject, ox.NamedNode) or not isinstance(predicate, ox.NamedNode):
            raise RuleError(f"rules/{path.name}: subject and predicate must be IRIs, but a row has {row}.")
        plain.add(ox.Quad(subject, predicate, obj, derived))
        fact = row["fact"] if "fact" in names else None
        if fact is not None:
            record = derivation_iri(project, ox.Triple(subject, predicate, obj))
            quads.update(
                ox.Quad(record, p, o, records)
                for p, o in (
                    (_TYPE, _DERIVATION),
                    (_SUBJECT, subject),
                    (_PREDICATE, predicate),
                    (_OBJECT, obj),
                    (_WAS_DERIVED_FROM, fact),
                    (_DERIVED_BY, ox.Literal(path.name)),
                )
            )
    new = sum(quad not in store for quad in plain)
    store.extend(plain | quads)
    return new
