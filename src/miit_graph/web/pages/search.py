"""Search by name: a page, the same as JSON, suggestions while typing, and a description for browsers (OpenSearch)."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Flask, Response, current_app, g, request

from miit_graph.engine.api import Engine
from miit_graph.engine.formats import Format
from miit_graph.matching.match import LONGEST_QUESTION
from miit_graph.search.finder import Finder
from miit_graph.search.keeper import Keeper, NotReady
from miit_graph.versions.journal import Version
from miit_graph.web.about import pick
from miit_graph.web.choice import choose
from miit_graph.web.context import Context, context
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import asker, link_header, published, tag, unchanged, validated
from miit_graph.web.linked_data.as_of import OPTION, absent_on, asked_day
from miit_graph.web.linked_data.names import MEMENTO, address
from miit_graph.web.of_version import of_version, pinned
from miit_graph.web.page import page
from miit_graph.web.pages.search_answer import classes_named, kind_text, parts, suggestions, title, told
from miit_graph.web.pages.search_texts import TEXTS
from miit_graph.web.problems import Problem
from miit_graph.web.versions.asked import any_version
from miit_graph.web.versions.past import engine_of

blueprint = Blueprint("search", __name__)
_KEY, _PAST_KEY = "miit_graph.search", "miit_graph.past_search"
_JSON = Format("json", "JSON", "application/json", "json", "")
_SUGGESTIONS = "application/x-suggestions+json"
_LIMIT, _MOST = 20, 100
_SUGGESTED, _MOST_SUGGESTED = 8, 20
_FACETS = 14
_TRIED = 6


def keeper(app: Flask) -> Keeper:
    """What keeps the index of an application; its first call makes it."""
    known: Keeper | None = app.extensions.get(_KEY)
    if known is None:
        found: Context = app.extensions["miit_graph"]
        known = app.extensions.setdefault(_KEY, _keeper(found, found.engine))
    return known


def _keeper(known: Context, engine: Engine, number: int = 0) -> Keeper:
    merged = bool(known.about.base) or known.about.union
    return Keeper(engine, known.settings, base=known.about.base, merged=merged, number=number)


def ready_finder() -> Finder:
    """The search of the version that is asked for. Raises Problem (503) while its names are still being read."""
    version: Version | None = g.get(MEMENTO)
    try:
        if version is None or pinned().version == context().engine.version:
            return keeper(current_app).finder()
        return of_version(_PAST_KEY, partial(_keeper, context(), engine_of(version), version.number)).finder()
    except NotReady:
        raise Problem(
            503,
            "search-not-ready",
            "The search is not ready",
            "The names of the graph are still being read. Ask again in a few seconds.",
            {"Retry-After": "5"},
        ) from None


@blueprint.get("/search")
@any_version
def search() -> Response:
    """What is called so: ``?q=&kind=&page=&limit=``, as a page or as JSON."""
    choice = choose(request.args.get("format"), request.headers.get("Accept", ""), (_JSON,), "a search")
    html = isinstance(choice, str)
    question = _question()
    number, limit = _whole("page", 1, 100_000, 1), _whole("limit", 1, _MOST, _LIMIT)
    finder = ready_finder()
    etag = tag("search", finder.index.version, html, page_language() if html else "", request.query_string)
    same = unchanged(etag, weak=html)
    if same is not None:
        return same
    chosen = _chosen(finder)
    result = finder.find(question) if question or chosen is None else finder.of_kind(chosen)
    day = asked_day()
    if day is not None:
        absent = absent_on(asker(), day)
        kept = [hit for hit in result.hits if finder.index.iri(hit.thing) not in absent]
        result = replace(result, hits=kept)
    answer = told(finder, question, result, chosen, number, limit)
    if day is not None:
        answer["asOf"] = day.isoformat()
    if number > answer["pages"]:
        raise Problem(
            404, "not-found", "There is nothing here", f"The result has no page {number}; it has {answer['pages']}."
        )
    response = _page(finder, answer) if html else _json(answer, "application/json")
    response.headers["Link"] = link_header(_links(answer))
    return validated(response, etag, weak=html)


@blueprint.get("/search/suggest")
@any_version
def suggest() -> Response:
    """Names that somebody may be typing, in the format of OpenSearch suggestions."""
    question = _question()
    limit = _whole("limit", 1, _MOST_SUGGESTED, _SUGGESTED)
    finder = ready_finder()
    etag = tag("suggest", finder.index.version, page_language(), request.query_string)
    same = unchanged(etag)
    if same is not None:
        return same
    result = finder.find(question)
    response = _json(suggestions(finder, question, result, page_language(), limit), _SUGGESTIONS)
    response.vary.update(("Accept-Language", "Cookie"))
    return validated(response, etag)


@blueprint.get("/opensearch.xml")
def opensearch() -> Response:
    """The search in OpenSearch 1.1, so that browsers can offer it."""
    language = page_language()
    about, root = context().about, request.url_root
    texts = published().description or about.title
    urls = (
        ("text/html", "search?q={searchTerms}&page={startPage?}", "results"),
        ("application/json", "search?q={searchTerms}&page={startPage?}&limit={count?}&format=json", "results"),
        (_SUGGESTIONS, "search/suggest?q={searchTerms}", "suggestions"),
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">',
        f"<ShortName>{escape(published().name[:16])}</ShortName>",
        f"<Description>{escape(pick(texts, language)[:1024])}</Description>",
        "<InputEncoding>UTF-8</InputEncoding>",
        f'<Image type="image/svg+xml">{escape(root)}static/icon.svg</Image>',
        *(f'<Url type="{kind}" rel="{rel}" template={quoteattr(root + end)}/>' for kind, end, rel in urls),
        "</OpenSearchDescription>",
    ]
    response = Response("\n".join(lines) + "\n", content_type="application/opensearchdescription+xml")
    response.vary.update(("Accept-Language", "Cookie"))
    return response


def _question() -> str:
    """The question, trimmed. Raises Problem (400) if it is too long to be one."""
    text = " ".join(request.args.get("q", "").split())
    if len(text) > LONGEST_QUESTION:
        detail = f"q has {len(text):,} characters; a name to look for has {LONGEST_QUESTION} at most. Shorten it."
        raise Problem(400, "request", "The request is not understood", detail)
    return text


def _whole(name: str, low: int, high: int, usual: int) -> int:
    value = request.args.get(name, "")
    if not value:
        return usual
    if not (value.isascii() and value.isdecimal() and len(value) < 9 and low <= int(value) <= high):
        detail = f"{name}={value[:40]} is not a whole number from {low} to {high}."
        raise Problem(400, "request", "The request is not understood", detail)
    return int(value)


def _chosen(finder: Finder) -> frozenset[int] | None:
    """The kinds asked for; None for all."""
    wanted = [kind for kind in request.args.getlist("kind") if kind]
    return classes_named(finder.index, wanted) if wanted else None


def _json(value: Any, kind: str) -> Response:
    return Response(json.dumps(value, ensure_ascii=False) + "\n", content_type=kind)


def _address(**changes: Any) -> str:
    """This search with some parameters changed (or, as None, left out)."""
    parameters = request.args.to_dict(flat=False) | changes
    fields = {name: value for name, value in parameters.items() if value is not None}
    return f"{request.script_root}/search?{urlencode(fields, doseq=True)}"


def _links(answer: Any) -> list[tuple[str, str, dict[str, str]]]:
    number, pages = answer["page"], answer["pages"]
    links = [
        (_address(page=None), "first", {}),
        (_address(page=number - 1), "prev", {}) if number > 1 else ("", "", {}),
        (_address(page=number + 1), "next", {}) if number < pages else ("", "", {}),
        (_address(page=pages), "last", {}),
        (_address(format="json"), "alternate", {"type": "application/json"}),
        (address("opensearch.xml"), "search", {"type": "application/opensearchdescription+xml"}),
    ]
    return [link for link in links if link[0]]


def _page(finder: Finder, answer: Any) -> Response:
    language = page_language()
    kinds = request.args.getlist("kind")
    facets = [
        {
            "text": kind_text(facet["kind"], language),
            "count": facet["count"],
            "chosen": facet["value"] in kinds or facet["kind"]["iri"] in kinds,
            "address": _address(kind=facet["value"], page=None),
        }
        for facet in answer["facets"]["kind"]
    ]
    number, pages = answer["page"], answer["pages"]
    return page(
        "search.html",
        texts=TEXTS,
        answer=answer,
        hits=[_shown(hit, language) for hit in answer["hits"]],
        facets=facets[:_FACETS],
        more_facets=facets[_FACETS:],
        all_kinds=_address(kind=None, page=None),
        by_kind=bool(any(kinds)),
        near=[(text, _address(q=text, kind=None, page=None)) for text in answer["near"]],
        corrected=_address(q=answer["corrected"], page=None) if "corrected" in answer else "",
        previous=_address(page=number - 1) if number > 1 else "",
        next=_address(page=number + 1) if number < pages else "",
        as_json=_address(format="json"),
        all_times=_address(**{OPTION: None, "page": None}),
        tried=[] if answer["query"] or any(kinds) else _to_try(finder),
        index=finder.index,
    )


def _shown(hit: Any, language: str) -> dict[str, Any]:
    name, foreign = title(hit, language)
    other = "zh" if language == "en" else "en"
    match = hit["match"] or {"name": name, "language": "und", "basis": "label", "how": "", "spans": []}
    plain = match["name"] == name
    marked = parts(match["name"], match["spans"])
    called_otherwise = hit["label"].get(other, "")
    use = match.get("use", {})
    return {
        "address": hit["page"],
        "iri": hit["iri"],
        "name": marked if plain else [(name, False)],
        "language": foreign,
        "other": "" if called_otherwise in (name, "") else called_otherwise,
        "other_marked": marked if match["name"] == called_otherwise else [(called_otherwise, False)],
        "other_language": other,
        "kind": kind_text(hit["kind"], language),
        "match": None if plain or match["name"] == called_otherwise else marked,
        "match_language": "" if match["language"] == "und" else match["language"],
        "basis": f"basis_{match['basis']}",
        "how": f"how_{match['how']}" if match["how"] in ("reading", "initials", "short") else "",
        "use": use.get("page", ""),
        "use_text": kind_text(use["basis"], language) if "basis" in use else "",
    }


def _to_try(finder: Finder) -> list[tuple[str, str]]:
    """Names to begin with: the most important things, each in all its languages."""
    texts: list[str] = []
    for thing in range(min(_TRIED, finder.index.things)):
        texts.extend(finder.index.labels(thing).values())
    return [(text, _address(q=text)) for text in dict.fromkeys(texts)][: 2 * _TRIED]
