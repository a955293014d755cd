"""Pages and documents that depend on the data, the address and the language alone: made once, then kept with the other
answers.

The entry and the validator of a page name all three, and the software that rendered it: after an update nobody is left
with a page whose style sheets are gone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from miit_graph.engine.api import Query
from miit_graph.web.cache import Key
from miit_graph.web.context import context
from miit_graph.web.how import HIT, miss
from miit_graph.web.language import page_language
from miit_graph.web.linked_data.answers import tag, unchanged, validated
from miit_graph.web.of_version import lacking, pinned
from miit_graph.web.page import HTML_TYPE, in_language
from miit_graph.web.software import software

_FROM = ("web/templates", "web/static")
_WITH = ("Link", "Content-Location")
"""Headers that are kept with an answer."""


def page_tag() -> str:
    """The validator of the page that is asked for."""
    return tag(software(*_FROM), page_language(), request.full_path)


def kept(etag: str, content_type: str = HTML_TYPE) -> Response | None:
    """The page or document with this validator, if it is in the cache."""
    stored = context().cache.get(_key(etag, content_type))
    if stored is None:
        return None
    found = Response(stored.body, content_type=content_type)
    found.headers.extend(stored.headers)
    found.headers.add(*HIT)
    return in_language(found, page_language()) if content_type == HTML_TYPE else found


def keep(etag: str, made: AnyResponse) -> AnyResponse:
    """Put a page or document into the cache if it is one (status 200), and pass it on."""
    if made.status_code == 200 and not lacking():
        headers = tuple((name, made.headers[name]) for name in _WITH if name in made.headers)
        context().cache.put(_key(etag, made.headers["Content-Type"]), made.get_data(), headers)
        context().metrics.cache_bytes.set(context().cache.bytes)
        made.headers.add(*miss(stable=True))
    return made


def rendered(view: Callable[..., AnyResponse]) -> Callable[..., AnyResponse]:
    """A view of such a page that is rendered once. Its validator is weak: equal things may be in any order."""

    @wraps(view)
    def answer(*parts: str, **named: str) -> AnyResponse:
        etag = page_tag()
        same = unchanged(etag, weak=True)
        return same or validated(kept(etag) or keep(etag, view(*parts, **named)), etag, weak=True)

    return answer


def _key(etag: str, content_type: str) -> Key:
    # No query reads like this, so the entry is never taken for an answer to one.
    return pinned().version, Query(f"page {etag}"), content_type
