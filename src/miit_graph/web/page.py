"""Renders the pages of the server."""

from __future__ import annotations

import re
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response, current_app, g, render_template, request, url_for

from miit_graph.web.about import pick
from miit_graph.web.assets import asset
from miit_graph.web.context import context
from miit_graph.web.language import COOKIE, LANGUAGES, Texts, asked_language, page_language, text
from miit_graph.web.linked_data.names import MEMENTO
from miit_graph.web.of_version import lacking
from miit_graph.web.offered import empty_pages
from miit_graph.web.structured_data import Card, page_card, render

_WAYS = (
    ("explore.explore", "nav_explore"),
    ("chart.chart", "nav_chart"),
    ("timeline.timeline", "nav_timeline"),
    ("query.query", "nav_query"),
    ("sources.sources", "nav_sources"),
    ("disputes.disputes", "nav_disputes"),
    ("versions.versions", "nav_versions"),
    ("downloads.index", "nav_data"),
)
"""The entries of the navigation: those whose page exists and shows something are shown."""
_BETWEEN = re.compile(r"[\W_]+")
_LINE = 13
HTML_TYPE = "text/html; charset=utf-8"
_YEAR = 365 * 24 * 3600


def page(
    template: str, status: int = 200, *, texts: Texts | None = None, card: Card | None = None, **values: Any
) -> Response:
    """A page in the language the request likes best.

    ``texts`` are the page's own texts, before those that all pages share; ``card`` is what it tells search engines that
    it is about (see `structured_data`). Templates get `language`, `about`,
    `t(key, name=value…)` for texts, `say(texts)` for texts of the data, `asset(name)` for files to load and
    `way(endpoint, **values)` for the address of another page, empty if this server has none of that name, and
    `offer(endpoint)` for the same, empty also if that page has nothing to show.
    """
    language = page_language()
    other = next(name for name in LANGUAGES if name != language)
    empty = empty_pages(surely=status < 400) if status < 500 and status != 429 else ()

    def offer(endpoint: str) -> str:
        return "" if endpoint in empty else way(endpoint)

    parameters = request.args.to_dict(flat=False) | {"lang": [other]}
    content = render_template(
        template,
        language=language,
        other_language=other,
        other_address="?" + urlencode(parameters, doseq=True),
        about=context().about if status < 400 else context().about_or_last,
        t=partial(text, language=language, own=texts or {}),
        say=partial(pick, language=language),
        asset=asset,
        way=way,
        offer=offer,
        ways=[(address, key) for endpoint, key in _WAYS if (address := offer(endpoint))],
        memento=g.get(MEMENTO),
        memento_now=_now(),
        lacking=lacking(),
        card=render(card or page_card(language)) if status < 400 else "",
        **values,
    )
    response = in_language(Response(content, status, content_type=HTML_TYPE), language)
    if lacking():
        response.headers["Cache-Control"] = "no-store"
    return response


def in_language(response: Response, language: str) -> Response:
    """Say in which language a page is and what decided that, and remember the language if it was asked for."""
    response.headers["Content-Language"] = language
    response.vary.update(("Accept", "Accept-Language", "Cookie"))
    if asked_language() and request.cookies.get(COOKIE) != language:
        response.set_cookie(COOKIE, language, max_age=_YEAR, samesite="Lax", path=request.script_root or "/")
    return response


def _now() -> str:
    """The address of the page of an earlier version as it is now."""
    if request.endpoint == "memento.memento":  # /versions/N/doc/x
        return f"{request.script_root}/{request.path.split('/', 3)[3]}"
    now = [(name, value) for name, value in request.args.items(multi=True) if name != "version"]
    return request.script_root + request.path + (f"?{urlencode(now)}" if now else "")


def headed(text: str) -> str:
    """A name as a heading: its first letter large, unless it is code (``foaf:knows``, an IRI, a file)."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


def phrased(text: str) -> bool:
    """Whether a text has parts between marks or spaces that each fit a line of a Chinese heading on a telephone.

    The lines of such a heading may end at marks alone; any other would leave its last character on a line of its own.
    """
    parts = _BETWEEN.split(text)
    return len(parts) > 1 and max(map(len, parts)) <= _LINE


def way(endpoint: str, **values: Any) -> str:
    """The address of another page; empty if this server has none of that name."""
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""
