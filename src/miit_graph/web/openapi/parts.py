"""What operations are described with: parameters, answers, and what many of them share."""

from __future__ import annotations

from typing import Any

from miit_graph.engine import formats
from miit_graph.export.graph import FORMATS

PROBLEM = {"$ref": "#/components/responses/Problem"}
STRING = {"type": "string"}
GRAPH_TYPES = [format.media_type for format in formats.GRAPHS]
GRAPH_FILE_TYPES = sorted({file.media_type.partition(";")[0] for file in FORMATS.values()} | {"text/csv"})
TABLE_TYPES = [format.media_type for format in formats.TABLES]


def parameter(place: str, name: str, text: str, schema: Any = None, *, required: bool = False) -> dict[str, Any]:
    """A parameter in the ``query``, the ``path`` or a ``header``; a string if no schema says otherwise."""
    return {"name": name, "in": place, "description": text, "required": required, "schema": schema or STRING}


def query(name: str, text: str, schema: Any = None) -> dict[str, Any]:
    """A parameter after the question mark."""
    return parameter("query", name, text, schema)


def path(name: str, text: str, schema: Any = None) -> dict[str, Any]:
    """A part of the address."""
    return parameter("path", name, text, schema, required=True)


def content(types: list[str]) -> dict[str, Any]:
    """Texts of these media types, or any JSON."""
    return {kind: {"schema": {} if kind.endswith("json") else STRING} for kind in types}


def get(summary: str, types: list[str], *parameters: Any, **answers: str) -> dict[str, Any]:
    """A GET operation; ``answers`` are further statuses (``_303="…"``) and what they mean."""
    responses: dict[str, Any] = {} if not types else {"200": {"description": "OK", "content": content(types)}}
    for status, text in answers.items():
        responses[status.strip("_")] = PROBLEM if status >= "_4" else {"description": text}
    responses.setdefault("default", PROBLEM)
    return {"summary": summary, "parameters": list(parameters), "responses": responses}


FORMAT = query("format", "Overrides the Accept header.", {"type": "string", "enum": [f.name for f in formats.GRAPHS]})
PAGE = query("page", "Page of a long description, from 1.", {"type": "integer", "minimum": 1})
LANG = query("lang", "Language of pages.", {"type": "string", "enum": ["en", "zh"]})
DOCUMENT = [*GRAPH_TYPES, "text/html"]
VERSION = query("version", "Answer from this version: its number, its hash, or the beginning of that.")
AS_OF = query("as-of", "Not what certainly did not hold on this day.", {"type": "string", "format": "date"})
NAME = path("name", "Local name; may hold slashes.")
SEE_OTHER = {"_303": "See the document about it.", "_301": "Replaced by another.", "_404": "", "_410": ""}
