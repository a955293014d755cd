"""Which versions there are, and what each of them changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, request

from miit_graph.engine import formats
from miit_graph.engine.formats import Format
from miit_graph.versions.history import split
from miit_graph.versions.journal import Version
from miit_graph.versions.patch import Patch
from miit_graph.web.choice import choose
from miit_graph.web.context import context
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import link_header, published, tag, unchanged, validated
from miit_graph.web.linked_data.names import address
from miit_graph.web.linked_data.rdf import RDF_FORMATS, NotExpressible, serialize
from miit_graph.web.linked_data.routes import page_number
from miit_graph.web.page import page
from miit_graph.web.problems import Problem
from miit_graph.web.versions.diff import quad_json, read_diff
from miit_graph.web.versions.feed import atom
from miit_graph.web.versions.recorded import history, missing, named, present, told
from miit_graph.web.versions.texts import TEXTS

blueprint = Blueprint("versions", __name__)
JSON = Format("json", "JSON", "application/json", "json", "")
PATCH = Format("rdfp", "RDF Patch", "text/x-rdf-patch", "rdfp", "", ("application/rdf-patch",), ("rdf-patch",))
_CHANGES = (JSON, PATCH, *formats.GRAPHS)
_WITH_GRAPHS = (formats.TRIG, formats.N_QUADS)
_AT_ONCE = 50
_PARTS = ("added", "removed")


@blueprint.get("/versions")
def versions() -> Response:
    """All versions, newest first: ``?page=``, as a page or as JSON."""
    choice = choose(request.args.get("format"), request.headers.get("Accept", ""), (JSON,), "the list of versions")
    html = isinstance(choice, str)
    found = history().versions[::-1]
    number, pages = page_number(), max(1, -(-len(found) // _AT_ONCE))
    if number > pages:
        raise Problem(404, "not-found", "There is nothing here", f"The list of versions has no page {number}.")
    language = page_language() if html else ""
    etag = tag("versions", len(found), number, html, language, request.query_string)
    if same := unchanged(etag):
        return same
    shown, now = found[(number - 1) * _AT_ONCE : number * _AT_ONCE], present()
    if html:
        response = page(
            "versions.html",
            texts=TEXTS,
            versions=shown,
            total=len(found),
            present=now,
            recorded=history().recorded,
            served=context().engine.version,
            number=number,
            pages=pages,
            page_address=lambda to: address("versions", page=to),
            version_address=lambda version: address(f"versions/{version.number}"),
            feed=address("versions.atom"),
            json=address("versions", format="json"),
        )
    else:
        document = {
            "versions": [told(version) for version in shown],
            "total": len(found),
            "page": number,
            "pages": pages,
            "present": now.number if now else None,
        }
        response = _json(document)
    links = [
        (address("versions", page=number - 1), "prev", {}) if number > 1 else ("", "", {}),
        (address("versions", page=number + 1), "next", {}) if number < pages else ("", "", {}),
        (address("versions.atom"), "alternate", {"type": "application/atom+xml"}),
    ]
    response.headers["Link"] = link_header(links)
    return validated(response, etag)


@blueprint.get("/versions.atom")
def feed() -> Response:
    """The newest versions as an Atom feed (RFC 4287)."""
    found = history().versions[::-1][:_AT_ONCE]
    language = page_language()
    etag = tag("feed", len(history().versions), language)
    if same := unchanged(etag):
        return same
    response = Response(atom(found, language), content_type="application/atom+xml; charset=utf-8")
    response.headers["Content-Language"] = language
    response.vary.update(("Accept-Language", "Cookie"))
    return validated(response, etag)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A change that somebody wants to see; ``of`` is set if it is what one version did."""

    old: int
    new: int
    of: Version | None = None

    def address(self, **more: str | int) -> str:
        """Its local address."""
        if self.of is not None:
            return address(f"versions/{self.of.number}", **more)
        return address("changes", **{"from": self.old, "to": self.new}, **more)


@blueprint.get("/versions/<name>")
def version(name: str) -> Response:
    """What a version (number or hash) changed, as a page, JSON, RDF Patch, or as RDF with ``?part=``."""
    found = named(name)
    return _change(_Asked(found.number - 1, found.number, found))


@blueprint.get("/changes")
def changes() -> Response:
    """What happened between two versions, ``?from=&to=``: numbers or hashes; by default since the one before."""
    last = history().versions[-1:]
    if not last:
        raise missing("No versions are recorded.")
    new = named(request.args.get("to") or str(last[0].number))
    old = request.args.get("from")
    return _change(_Asked(named(old).number if old else max(1, new.number - 1), new.number))


def _change(asked: _Asked) -> Response:
    choice = choose(request.args.get("format"), request.headers.get("Accept", ""), _CHANGES, "a change")
    language = page_language() if isinstance(choice, str) else ""
    name = choice if isinstance(choice, str) else choice.name
    etag = tag("change", asked.old, asked.new, name, language, request.query_string)
    if same := unchanged(etag):
        return same
    patch = history().change(asked.old, asked.new)
    if isinstance(choice, str):
        response = _page(asked, patch)
    elif choice is JSON:
        response = _json(_document(asked, patch))
    elif choice is PATCH:
        response = Response(_patch(asked, patch), content_type=PATCH.content_type)
    else:
        response = _rdf(patch, choice)
    links = [
        (address("versions"), "version-history", {}),
        (asked.address(format="rdfp"), "alternate", {"type": PATCH.media_type}),
        (asked.address(format="json"), "alternate", {"type": JSON.media_type}),
        (address(f"versions/{asked.new - 1}"), "predecessor-version", {}) if asked.of and asked.old else ("", "", {}),
        (address(f"versions/{asked.new + 1}"), "successor-version", {})
        if asked.of and asked.new < len(history().versions)
        else ("", "", {}),
    ]
    response.headers["Link"] = link_header(links)
    return validated(response, etag)


def _page(asked: _Asked, patch: Patch) -> Response:
    number = page_number()
    diff = read_diff(patch, number)
    if number > diff.pages:
        raise Problem(404, "not-found", "There is nothing here", f"This change has no page {number}.")
    turtles = [(part, asked.address(format="ttl", part=part)) for part in _PARTS if getattr(patch, part)]
    return page(
        "change.html",
        texts=TEXTS,
        version=asked.of,
        old=asked.old,
        new=asked.new,
        known=history().recorded,
        diff=diff,
        number=number,
        pages=diff.pages,
        first=asked.old == 0,
        page_address=lambda to: asked.address(page=to),
        version_address=lambda number: address(f"versions/{number}"),
        previous=address(f"versions/{asked.old}") if asked.of and asked.old else "",
        next=address(f"versions/{asked.new + 1}") if asked.of and asked.new < len(history().versions) else "",
        rdf_patch=asked.address(format="rdfp"),
        json=asked.address(format="json"),
        turtles=turtles,
        query=address("sparql", version=asked.new),
    )


def _document(asked: _Asked, patch: Patch) -> dict[str, Any]:
    written, made = split(patch, context().about.base)
    return {
        **(told(asked.of) if asked.of else {"from": asked.old, "to": asked.new}),
        "changes": {
            f"{kind}{part.capitalize()}" if kind else part: [quad_json(q) for q in sorted(getattr(some, part), key=str)]
            for kind, some in (("", written), ("made", made))
            for part in _PARTS
        },
    }


def _patch(asked: _Asked, patch: Patch) -> str:
    header = {"previous": str(asked.old), "version": str(asked.new)}
    if asked.of is not None:
        header |= {name: str(told(asked.of)[name]) for name in ("time", "author", "message") if name in told(asked.of)}
    return "".join(f"{line}\n" for line in Patch(patch.added, patch.removed, header).lines())


def _rdf(patch: Patch, format: Format) -> Response:
    part = request.args.get("part", "")
    if part not in _PARTS:
        detail = (
            f"{format.label} can't say what was added and what was removed. Ask for one of them with part=added or "
            f"part=removed, or for both as RDF Patch with format=rdfp."
        )
        raise Problem(400, "request", "The request is not understood", detail)
    quads: frozenset[ox.Quad] = getattr(patch, part)
    try:
        if format in _WITH_GRAPHS:
            ordered = sorted(quads, key=str)
            content = ox.serialize(ordered, format=RDF_FORMATS[format], prefixes=dict(published().prefixes))
        else:
            content = serialize({quad.triple for quad in quads}, format, published().prefixes)
    except NotExpressible as error:
        raise Problem(406, "not-acceptable", "No format fits", f"{format.label} can't say this: {error}") from error
    return Response(content, content_type=format.content_type)


def _json(document: dict[str, Any]) -> Response:
    return Response(json.dumps(document, ensure_ascii=False) + "\n", content_type="application/json")
