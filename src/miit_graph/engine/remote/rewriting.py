"""What a query needs before another engine takes it: prefixes, parameters of its dataset, no functions of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

import pyoxigraph as ox

from miit_graph.engine.api import Query
from miit_graph.engine.errors import BadGraphName
from miit_graph.engine.gate import Allow
from miit_graph.engine.lexer import LexicalError, tokenize
from miit_graph.engine.remote.state import NOTHING, Mark
from miit_graph.matching.functions import FUNCTIONS

_LOCAL_NAMES = re.compile(r"\b(matches|matchScore|searchKey|urn:x-service-to-blank-node)\b")
_DECLARED = re.compile(r"\bPREFIX\s+([A-Za-z][\w.-]*)?:", re.IGNORECASE)


def local_function(text: str, prefixes: Mapping[str, str]) -> str | None:
    """The first function that only the embedded engine has and that a query calls.

    A call is a name before a bracket (section 19.8, iriOrFunction): data may tell of functions, and be asked for them.
    """
    if not _LOCAL_NAMES.search(text):
        return None
    try:
        tokens = tokenize(text)
    except LexicalError:
        return None
    known = {prefix: f"<{iri}>" for prefix, iri in prefixes.items()}
    wanted = {f"<{function.value}>" for function in FUNCTIONS} | {"<urn:x-service-to-blank-node>"}
    for before, token in pairwise(tokens):
        if before.kind == "name" and token.kind == "iri":
            known[before.text.rstrip(":")] = token.text
    for token, after in pairwise(tokens):
        if after.text != "(":
            continue
        prefix, _, local = token.text.partition(":")
        full = token.text if token.kind == "iri" else f"{known.get(prefix, '<>')[:-1]}{local}>"
        if token.kind in ("iri", "name") and full in wanted and (found := _LOCAL_NAMES.search(full)):
            return found.group(1)
    return None


def with_prefixes(text: str, prefixes: Mapping[str, str]) -> str:
    """The query with declarations of the known prefixes that it may use, on its first line."""
    declared = {found.group(1) or "" for found in _DECLARED.finditer(text)}
    missing = [(name, iri) for name, iri in prefixes.items() if name not in declared and f"{name}:" in text]
    return "".join(f"PREFIX {name}: <{iri}> " for name, iri in missing) + text


def dataset_fields(query: Query, decision: Allow, mark: Mark | None) -> tuple[tuple[str, str], ...]:
    """The parameters of the Protocol for the dataset (section 2.1.4)."""
    if query.default_graphs or query.named_graphs:
        default, named = query.default_graphs or (NOTHING,), query.named_graphs or (NOTHING,)
    elif mark is not None and mark.default and not decision.has_dataset:
        default, named = (mark.default,), mark.graphs or (NOTHING,)
    else:
        return ()
    for name in (*default, *named):
        try:
            ox.NamedNode(name)
        except ValueError:
            raise BadGraphName(name) from None
    return (*(("default-graph-uri", name) for name in default), *(("named-graph-uri", name) for name in named))
