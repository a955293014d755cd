"""What is answered to a change: an account of the version it made, or a problem that says why it made none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox
from flask import Response, request

from miit_graph.engine import formats
from miit_graph.engine.formats import Format
from miit_graph.engine.process.packets import unpack_error
from miit_graph.export.graph.text import Shortener
from miit_graph.web.context import context
from miit_graph.web.language import Texts
from miit_graph.web.linked_data.answers import published
from miit_graph.web.linked_data.names import link_to
from miit_graph.web.negotiation import negotiate
from miit_graph.web.page import page
from miit_graph.web.problems import Problem, Refused
from miit_graph.writing.client import Request

_PROBLEM = Format("problem", "JSON", "application/problem+json", "json", "", ("application/json",))
_REPORTS = (_PROBLEM, formats.TURTLE, formats.JSON_LD, formats.N_TRIPLES, formats.RDF_XML)
_RDF = {
    formats.TURTLE: ox.RdfFormat.TURTLE,
    formats.JSON_LD: ox.RdfFormat.JSON_LD,
    formats.N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    formats.RDF_XML: ox.RdfFormat.RDF_XML,
}
_LIMITS = {
    "time": (503, "time-limit", "The change took too long", "It was not done after {seconds:g} seconds"),
    "memory": (503, "memory-limit", "The change needs too much memory", "It needed more than {memory:,} bytes"),
    "nesting": (400, "query-too-complex", "The change is too complex", "It is nested too deep for the engine"),
}
TEXTS: Texts = {
    "heading": {"en": "Nothing was changed", "zh": "数据未作改动"},
    "why": {
        "en": "With this change the graph would break these rules. Mend the change and send it again.",
        "zh": "若作此改动，图谱将违反以下规则。请修正后重新提交。",
    },
    "value": {"en": "Value: ", "zh": "值："},
    "path": {"en": "Property: ", "zh": "属性："},
    "mend": {"en": "To mend: ", "zh": "修正方法："},
    "shown": {"en": "{shown} of {all} findings are shown.", "zh": "共 {all} 条，此处列出 {shown} 条。"},
}


def answer(asked: Request, told: Mapping[str, Any]) -> Response:
    """The response to what the writer has told. Raises Problem and QueryError."""
    outcome = told["outcome"]
    if outcome in ("accepted", "unchanged", "would-be-accepted"):
        return _account(asked, told)
    if outcome == "invalid":
        return _invalid(told)
    if outcome == "error":
        raise unpack_error(told["error"].encode())
    raise _problem(asked, told)


def _account(asked: Request, told: Mapping[str, Any]) -> Response:
    """What was done, or would be: ``version`` is the one that the data are at now."""
    version = told["version"]
    changed = told["outcome"] == "accepted"
    account: dict[str, Any] = {
        "changed": changed and not told["repeated"],
        "version": version["number"],
        "snapshot": version["snapshot"],
        "time": version["time"],
        "author": version["author"],
        "message": version["message"],
        "added": told.get("added", version["added"] if changed else 0),
        "removed": told.get("removed", version["removed"] if changed else 0),
    }
    if asked.dry_run:
        account["dryRun"] = True
    if changed and told["repeated"]:
        account["repeated"] = True
    if "report" in told:
        account["report"] = told["report"]
    status = 201 if changed and told.get("created") and asked.operation.graph else 200
    if changed and not told["served"]:
        status = 202
        account["served"] = False
    response = Response(json.dumps(account, ensure_ascii=False) + "\n", status, content_type="application/json")
    _name(response, version)
    if status == 201:
        response.headers["Location"] = request.url
    return response


def _name(response: Response, version: Mapping[str, Any]) -> None:
    """Say which version the data are at."""
    response.headers["ETag"] = f'"{version["snapshot"]}"'
    response.headers["Data-Version"] = str(version["number"])
    response.headers["Dataset-Version"] = f'{version["number"]}; hash="{version["snapshot"]}"'
    response.headers["Cache-Control"] = "no-store"


def _invalid(told: Mapping[str, Any]) -> Response:
    """422 with the validation report, in the form that the client likes best."""
    report = told["report"]
    choice = negotiate(request.headers.get("Accept", ""), _REPORTS, html=True) or _PROBLEM
    if isinstance(choice, str):
        findings = [finding for finding in report["findings"] if finding["severity"] == "Violation"]
        response = page(
            "violations.html",
            422,
            texts=TEXTS,
            findings=findings,
            total=report["counts"]["Violation"],
            link=link_to,
            short=Shortener(published().prefixes).short,
        )
    elif choice is _PROBLEM:
        count = report["counts"]["Violation"]
        detail = f"With this change the graph would have {count} violation(s) of its shapes, so nothing was changed."
        found = {name: value for name, value in report.items() if name != "graph"}
        base = context().about.base or "/"
        problem = {
            "type": f"{base}problems#invalid",
            "title": "The change breaks rules of the graph",
            "status": 422,
            "detail": detail,
            "version": told["version"]["number"],
            "report": found,
        }
        response = Response(json.dumps(problem, ensure_ascii=False), 422, content_type=_PROBLEM.media_type)
    else:
        quads = ox.parse(report["graph"].encode(), format=ox.RdfFormat.N_TRIPLES)
        prefixes = {"sh": "http://www.w3.org/ns/shacl#"}
        triples = sorted((quad.triple for quad in quads), key=str)  # so that what belongs together stands together
        content = ox.serialize(triples, format=_RDF[choice], prefixes=prefixes)
        response = Response(content, 422, content_type=choice.content_type)
    _name(response, told["version"])
    response.vary.add("Accept")
    return response


def _problem(asked: Request, told: Mapping[str, Any]) -> Problem:
    outcome, settings = told["outcome"], context().settings
    if outcome == "refused":
        return Refused(told["detail"])
    if outcome == "missing":
        detail = f"There is no graph <{asked.operation.graph[:200]}> here, so there is nothing to delete."
        return Problem(404, "not-found", "There is nothing here", detail)
    if outcome == "conflict":
        version = told["version"]
        detail = (
            f"The data are at version {version['number']} ({version['snapshot']}), not at one that If-Match names."
            " Look at what has changed, and send the change again with this version."
        )
        tags = {"ETag": f'"{version["snapshot"]}"', "Data-Version": str(version["number"])}
        return Problem(412, "version", "The data have changed meanwhile", detail, tags, version=version["number"])
    if outcome == "key-reused":
        detail = (
            f"This Idempotency-Key was used for another change, which made version {told['version']['number']}."
            " Take a new key for a new change."
        )
        return Problem(422, "key-reused", "The key was used before", detail)
    if outcome == "limit":
        status, slug, title, what = _LIMITS[told["reason"]]
        detail = what.format(seconds=settings.update_timeout, memory=settings.update_memory)
        return Problem(status, slug, title, f"{detail}, and was given up. Nothing was changed. Split it into several.")
    if outcome == "disk-full":
        detail = "There is no room left to record the change. Nothing was changed. Whoever runs the server must help."
        return Problem(507, "disk-full", "The disk is full", detail)
    detail = "The writer could not do this. Nothing was changed. The server has noted the reason in its log."
    return Problem(500, "server", "The server has failed", detail)
