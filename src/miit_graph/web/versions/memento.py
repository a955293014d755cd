"""Documents as they stood at an earlier time: Memento (RFC 7089).

The document ``/doc/x`` is the original resource and, asked with Accept-Datetime, its own TimeGate: 302 to the memento
(section 4.1, pattern 1.1). Mementos are ``/versions/N/doc/x``, their list is ``/timemap/doc/x``. Each version of the
data is a memento of every document that it has something to tell in.
"""

from __future__ import annotations

import datetime
import json
import re

from flask import Blueprint, Response, g, redirect, request
from werkzeug.http import http_date, parse_date
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as AnyResponse

from miit_graph.engine.formats import Format
from miit_graph.publish.sparql_text import iri as text_of
from miit_graph.publish.sparql_text import is_iri
from miit_graph.versions.history import time_of
from miit_graph.versions.journal import Version
from miit_graph.web.choice import choose
from miit_graph.web.linked_data import routes
from miit_graph.web.linked_data.answers import asker, link_header, tag, unchanged, validated
from miit_graph.web.linked_data.names import MEMENTO, address, iri_of_document
from miit_graph.web.problems import Problem
from miit_graph.web.versions.past import pin
from miit_graph.web.versions.recorded import history, named, present

blueprint = Blueprint("memento", __name__)
_LINK_FORMAT = Format("link", "Link format", "application/link-format", "link", "")
_JSON = Format("json", "JSON", "application/json", "json", "")
_DATETIME = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT"
)
_ORIGINAL, _THING = "linked_data.document", "linked_data.thing"

_Link = tuple[str, str, dict[str, str]]


@blueprint.before_app_request
def time_gate() -> AnyResponse | None:
    """Lead a request with Accept-Datetime to the version that stood then (section 4.1.1).

    Before the first and after the last memento it is that one (section 4.5.3); 400 for what is no date.
    """
    wanted = request.headers.get("Accept-Datetime")
    if wanted is None or request.endpoint not in (_ORIGINAL, _THING) or request.method not in ("GET", "HEAD"):
        return None
    arguments = request.view_args or {}
    name = str(arguments.get("name", ""))
    if request.endpoint == _THING:  # the thing may be gone by now: its document knows
        kind = str(arguments.get("kind", "id"))
        return routes.see_other(name if kind == "id" else f"{kind}/{name}")
    moment = _moment(wanted)
    if not history().recorded:
        return None
    versions = _mementos(name)
    earlier = [version for version in versions if _second(version) <= moment]
    chosen = earlier[-1] if earlier else versions[0]
    response = redirect(address(f"versions/{chosen.number}/doc/{name}", **request.args.to_dict()), 302)
    response.vary.add("Accept-Datetime")
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Link"] = link_header([*_ways(name), *_ends(name, versions)])
    return response


@blueprint.get("/versions/<number>/doc/<path:name>")
def memento(number: str, name: str) -> AnyResponse:
    """The document as it stood in a version; links in it lead to documents of the same version."""
    version = named(number)
    if number != str(version.number):
        return redirect(address(f"versions/{version.number}/doc/{name}", **request.args.to_dict()), 301)
    g.memento_versions = _mementos(name)
    pin(version)
    setattr(g, MEMENTO, version)
    return routes.document(name)


@blueprint.after_app_request
def tell(response: Response) -> Response:
    """The headers of originals (section 2.2.1) and of mementos (section 4.1.2), of failures too (section 4.5.5)."""
    version: Version | None = g.get(MEMENTO)
    name = str((request.view_args or {}).get("name", ""))
    if version is not None and request.endpoint == "memento.memento":
        response.headers["Memento-Datetime"] = http_date(time_of(version))
        links = [*_ways(name), *_around(name, version, g.memento_versions)]
        response.headers.add("Link", link_header(links))
    elif request.endpoint == _ORIGINAL and response.status_code in (200, 304, 404, 410) and history().recorded:
        response.vary.add("Accept-Datetime")
        response.headers.add("Link", link_header(_ways(name)))
    return response


@blueprint.get("/timemap/doc/<path:name>")
def timemap(name: str) -> Response:
    """All mementos of a document (section 5), in link format or JSON."""
    offers = (_LINK_FORMAT, _JSON)
    choice = choose(request.args.get("format"), request.headers.get("Accept", ""), offers, "a TimeMap")
    etag = tag("timemap", name, len(history().versions), choice if isinstance(choice, str) else choice.name)
    if same := unchanged(etag):
        return same
    versions = _mementos(name)
    times = [(http_date(time_of(version)), _place(name, version)) for version in versions]
    if choice is _JSON:
        mementos = [{"datetime": time_of(v).isoformat(), "uri": _place(name, v), "version": v.number} for v in versions]
        document = {
            "original_uri": _absolute(f"doc/{name}"),
            "timegate_uri": _absolute(f"doc/{name}"),
            "timemap_uri": {"link_format": _absolute(f"timemap/doc/{name}")},
            "mementos": {"first": mementos[0], "last": mementos[-1], "list": mementos},
        }
        response = Response(json.dumps(document) + "\n", content_type="application/json")
        return validated(response, etag)
    bounds = {"type": _LINK_FORMAT.media_type, "from": times[0][0], "until": times[-1][0]}
    links: list[_Link] = [
        (_absolute(f"doc/{name}"), "original timegate", {}),
        (_absolute(f"timemap/doc/{name}"), "self", bounds),
    ]
    for place, (moment, target) in enumerate(times):
        ends = (["first"] if place == 0 else []) + (["last"] if place == len(times) - 1 else [])
        links.append((target, " ".join([*ends, "memento"]), {"datetime": moment}))
    content = link_header(links).replace(", <", ",\n<") + "\n"
    response = Response(content, content_type=f"{_LINK_FORMAT.media_type}; charset=utf-8")
    return validated(response, etag)


def _moment(text: str) -> datetime.datetime:
    found = parse_date(text) if _DATETIME.fullmatch(text.strip()) else None
    if found is None:
        detail = f"Accept-Datetime: {text[:60]} is no date of HTTP. Write for example Sun, 01 Feb 2026 12:00:00 GMT."
        raise Problem(400, "request", "The request is not understood", detail)
    return found


def _mementos(name: str) -> list[Version]:
    """The versions that tell something of a document's topic, oldest first; all of them if that can't be known.

    Raises Problem (404) for what no version has spoken of.
    """
    iri = iri_of_document(routes.without_ending(name)[0])
    versions = list(history().versions)
    newest = present()
    if newest is None or newest != versions[-1] or not is_iri(iri):
        return versions
    x = text_of(iri)
    asking = f"{{ {x} ?p ?o }} UNION {{ ?s ?p {x} FILTER(?s != {x}) }}"
    now = asker().number(f"SELECT (COUNT(*) AS ?n) {{ GRAPH ?g {{ {asking} }} }}")
    standing = history().standing(iri, now)
    if not standing and not asker().truth(f"ASK {{ {{ {asking} }} UNION {{ GRAPH {x} {{ ?s ?p ?o }} }} }}"):
        raise Problem(404, "not-found", "There is nothing here", f"No version of the data says anything of <{iri}>.")
    return standing or versions


def _second(version: Version) -> datetime.datetime:
    """Dates of HTTP have no parts of seconds."""
    return time_of(version).replace(microsecond=0)


def _absolute(path: str) -> str:
    return iri_to_uri(f"{request.url_root}{path}")


def _place(name: str, version: Version) -> str:
    return _absolute(f"versions/{version.number}/doc/{name}")


def _ways(name: str) -> list[_Link]:
    here, ending = _absolute(f"doc/{name}"), {"type": _LINK_FORMAT.media_type}
    return [(here, "original timegate", {}), (_absolute(f"timemap/doc/{name}"), "timemap", ending)]


def _ends(name: str, versions: list[Version]) -> list[_Link]:
    first, last = versions[0], versions[-1]
    if first == last:
        return [(_place(name, first), "first last memento", {"datetime": http_date(time_of(first))})]
    return [
        (_place(name, version), f"{end} memento", {"datetime": http_date(time_of(version))})
        for end, version in (("first", first), ("last", last))
    ]


def _around(name: str, version: Version, versions: list[Version]) -> list[_Link]:
    """The memento itself, the first, the last, and its neighbours, each once."""
    relations: dict[int, list[str]] = {}
    by_number = {other.number: other for other in (*versions, version)}
    earlier = [other.number for other in versions if other.number < version.number]
    later = [other.number for other in versions if other.number > version.number]
    found = (("first", versions[:1]), ("last", versions[-1:]))
    for relation, some in found:
        for other in some:
            relations.setdefault(other.number, []).append(relation)
    for relation, numbers in (("prev", earlier[-1:]), ("next", later[:1])):
        for number in numbers:
            relations.setdefault(number, []).append(relation)
    relations.setdefault(version.number, [])
    return [
        (_place(name, by_number[n]), " ".join([*told, "memento"]), {"datetime": http_date(time_of(by_number[n]))})
        for n, told in sorted(relations.items())
    ]
