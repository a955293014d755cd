"""What a query request comes down to: the format of its answer, and the tag that names that answer."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from miit_graph.engine import formats
from miit_graph.engine.formats import Format
from miit_graph.settings import Settings
from miit_graph.web.cache import Key
from miit_graph.web.negotiation import HTML, by_name, negotiate
from miit_graph.web.problems import Problem

REVALIDATE = "public, no-cache"
"""Cache-Control of what may be kept by anybody, but must be asked for again each time (which costs a 304)."""
NOT_KEPT = "no-store"
OWN = "private, no-cache"
"""The same for one client alone."""


def kept_by_others(settings: Settings) -> str:
    """Cache-Control of what anybody may keep: `REVALIDATE`, unless shared caches may keep it for a while.

    `s-maxage` is RFC 9111 (section 5.2.2.10), `stale-while-revalidate` RFC 5861 (section 3): a cache that knows it
    answers at once and asks afterwards. Browsers ask each time as before.
    """
    if not settings.shared_seconds:
        return REVALIDATE
    stale = f", stale-while-revalidate={settings.stale_seconds:.0f}" if settings.stale_seconds else ""
    return f"public, max-age=0, s-maxage={settings.shared_seconds:.0f}{stale}"


def choose(name: str | None, accept: str, offers: tuple[Format, ...], what: str) -> Format | str:
    """The format asked for with `?format=`, else by the Accept header ``accept``. Raises Problem (400, 406)."""
    types = [offer.media_type for offer in offers]
    names = [offer.name for offer in offers]
    if name == "html":
        return HTML
    if name is not None:
        found = by_name(name, offers)
        if found is not None:
            return found
        detail = f"format={name[:80]} is not a format for {what}. Use one of: {', '.join(names)}."
        told = f"此处没有 format={name[:80]} 这种格式。可用的格式：{'、'.join(names)}。"
        if by_name(name, (*formats.TABLES, *formats.GRAPHS)) is None:
            chinese = ("无法理解该请求", told)
            raise Problem(
                400, "request", "The request is not understood", detail, chinese=chinese, offered=types, formats=names
            )
    else:
        choice = _negotiated(accept, offers)
        if choice is not None:
            return choice
        detail = f"For {what} the server offers {', '.join(types)}; the Accept header allows none of them."
        told = f"此处可提供 {'、'.join(types)}，而请求的 Accept 头一概不接受。"
    chinese = ("没有合适的格式", told)
    raise Problem(406, "not-acceptable", "No format fits", detail, chinese=chinese, offered=types, formats=names)


@lru_cache(maxsize=1024)
def _negotiated(accept: str, offers: tuple[Format, ...]) -> Format | str | None:
    """Clients send the same few Accept headers again and again."""
    return negotiate(accept, offers, html=True)


def etag_of(key: Key) -> str:
    """A strong validator: the same data, query, dataset and format give the same bytes."""
    version, query, content_type = key
    parts = f"{version}\n{content_type}\n{query.text}"
    if query.default_graphs or query.named_graphs:
        parts = repr((parts, query.default_graphs, query.named_graphs))
    return f'"{hashlib.blake2b(parts.encode(), digest_size=16).hexdigest()}"'
