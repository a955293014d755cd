"""The routes of the server in OpenAPI 3.1."""

from __future__ import annotations

from typing import Any

from miit_graph.publish.published import Published
from miit_graph.web.openapi.parts import STRING
from miit_graph.web.openapi.reading import paths
from miit_graph.web.openapi.schemas import CHANGE, REPORT, SEARCH_ANSWER
from miit_graph.web.openapi.writing import SECURITY_SCHEMES, with_writing


def document(root: str, published: Published, *, writing: bool = False) -> dict[str, Any]:
    """The whole document for the server at the address ``root``; ``writing`` says whether it takes changes."""
    members = {name: {"type": kind} for name, kind in (("type", "string"), ("title", "string"), ("status", "integer"))}
    problem = {"type": "object", "properties": {**members, "detail": STRING}, "required": ["type", "title", "status"]}
    info: dict[str, Any] = {
        "title": published.title.get("en") or next(iter(published.title.values())),
        "version": published.version,
    }
    if published.description.get("en"):
        info["description"] = published.description["en"]
    if published.license:
        info["license"] = {"name": published.license, "url": published.license}
    schemas: dict[str, Any] = {"Problem": problem, "SearchAnswer": SEARCH_ANSWER}
    components: dict[str, Any] = {
        "schemas": schemas,
        "responses": {
            "Problem": {
                "description": "A problem (RFC 9457)",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        },
    }
    if writing:
        report = {"properties": {"report": {"$ref": "#/components/schemas/Report"}}}
        schemas |= {"Change": CHANGE, "Report": REPORT}
        schemas["Invalid"] = {"allOf": [{"$ref": "#/components/schemas/Problem"}, report]}
        components["securitySchemes"] = SECURITY_SCHEMES
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": root.rstrip("/") or "/"}],
        "paths": with_writing(paths()) if writing else paths(),
        "components": components,
    }
