"""The shapes of JSON answers, as JSON Schema for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from miit_graph.search.names import ORDER

_STRING = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_LABELS = {
    "type": "object",
    "description": "Texts by language tag; without a language `und`.",
    "additionalProperties": _STRING,
}


def _object(description: str, **members: Any) -> dict[str, Any]:
    """An object whose members are all there, but for those whose schema says `optional`."""
    properties = {name: {k: v for k, v in schema.items() if k != "optional"} for name, schema in members.items()}
    required = [name for name, schema in members.items() if "optional" not in schema]
    return {"type": "object", "description": description, "properties": properties, "required": required}


def _list(items: Any, description: str = "") -> dict[str, Any]:
    return {"type": "array", "items": items} | ({"description": description} if description else {})


_KIND = _object("The most special class.", iri=_STRING, label=_LABELS)
_USE = _object(
    "The node that says where the name is from.", iri=_STRING, page=_STRING, basis={**_KIND, "optional": True}
)
_MATCH = _object(
    "The name that matched best.",
    name=_STRING,
    language=_STRING,
    basis={"enum": list(ORDER), "description": "What the name rests on."},
    how={"enum": ["exact", "reading", "initials", "prefix", "word", "short", "part", "words"]},
    spans=_list(_list({"type": "integer"}), "Parts of the name that matched: first character, and one past the last."),
    use={**_USE, "optional": True},
)
_HIT = _object(
    "A thing that was found.",
    iri=_STRING,
    page={**_STRING, "description": "Address of its page on this server."},
    label=_LABELS,
    kind={"oneOf": [_KIND, {"type": "null"}]},
    match={"oneOf": [_MATCH, {"type": "null"}]},
    score={"type": "number", "minimum": 0, "maximum": 1},
)
_FACET = _object("A kind and how many hits are of it.", kind=_KIND, value=_STRING, count=_COUNT)
SEARCH_ANSWER = _object(
    "What was found, the best first.",
    query=_STRING,
    version={**_STRING, "description": "Version of the data."},
    total=_COUNT,
    complete={"type": "boolean", "description": "False if there may be more than `total`."},
    page=_COUNT,
    pages=_COUNT,
    limit=_COUNT,
    corrected={
        **_STRING,
        "description": "The question that was answered, if the spelling was corrected.",
        "optional": 1,
    },
    hits=_list(_HIT),
    facets=_object("Counts of all hits.", kind=_list(_FACET)),
    asOf={"type": "string", "format": "date", "description": "The day that was asked about.", "optional": 1},
    near=_list(_STRING, "If nothing was found: names that look like the question."),
)
_IRI = {"type": "string", "format": "iri"}
_FINDING = _object(
    "What is wrong, where, and what would mend it.",
    rule=_STRING,
    title=_LABELS,
    severity={"enum": ["Violation", "Warning", "Info"]},
    focus={**_IRI, "description": "The thing that it is about."},
    label=_LABELS,
    path={"type": ["string", "null"]},
    value={"type": ["string", "null"]},
    message=_LABELS,
    hint=_LABELS,
    shape=_STRING,
    file={"type": ["string", "null"]},
    line={"type": ["integer", "null"]},
)
REPORT = _object(
    "What the shapes say of the whole graph with the change: all violations, and what else is about things it touches.",
    conforms={"type": "boolean"},
    counts={"type": "object", "description": "How many findings of each severity.", "additionalProperties": _COUNT},
    findings=_list(_FINDING),
)
CHANGE = _object(
    "What came of a change; version, snapshot, time, author and message are of the version that the data are at now.",
    changed={"type": "boolean", "description": "False if there was nothing to change, or it was only tried."},
    version={"type": "integer"},
    snapshot={**_STRING, "description": "The hash of all data."},
    time={"type": "string", "format": "date-time"},
    author=_STRING,
    message=_STRING,
    added={**_COUNT, "description": "Triples added, with what is derived."},
    removed=_COUNT,
    dryRun={"type": "boolean", "optional": 1},
    repeated={"type": "boolean", "description": "True for an Idempotency-Key that was used before.", "optional": 1},
    served={"type": "boolean", "description": "False if readers don't see it yet.", "optional": 1},
    report={"$ref": "#/components/schemas/Report", "optional": 1},
)
