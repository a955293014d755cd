"""Content negotiation (RFC 9110 section 12.5.1): which of the offered formats does the client like best?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from miit_graph.engine.formats import Format

HTML = "text/html"
_NOTHING = (0.0, -1, 0)
_NAMED = 2


class _Range(NamedTuple):
    """One entry of an Accept header: its quality (0 to 1), and its place in the header."""

    quality: float
    place: int


def _ranges(accept: str) -> dict[str, _Range]:
    """The media ranges of an Accept header; what can't be read is skipped, none at all means anything.

    Of several with the same name the first counts.
    """
    ranges: dict[str, _Range] = {}
    for place, item in enumerate(accept.lower().split(",")):
        name, *parameters = (part.strip() for part in item.split(";"))
        if name == "*":  # sent by old Java clients
            name = "*/*"
        kind, slash, subtype = name.partition("/")
        quality = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                try:
                    quality = min(1.0, max(0.0, float(value)))
                except ValueError:
                    quality = 0.0
        if kind and slash and subtype:
            ranges.setdefault(name, _Range(quality, place))
    return ranges or {"*/*": _Range(1.0, 0)}


def _liking(media_type: str, ranges: Mapping[str, _Range]) -> tuple[float, int, int]:
    """How much a type is liked: by quality, then by how closely it is named, then by its place in the header.

    The most specific range that matches decides about the quality.
    """
    for closeness, name in ((_NAMED, media_type), (1, f"{media_type.partition('/')[0]}/*"), (0, "*/*")):
        found = ranges.get(name)
        if found is not None:
            return found.quality, closeness, -found.place
    return _NOTHING


def negotiate(accept: str, offers: Sequence[Format], *, html: bool = False) -> Format | str | None:
    """The best offer for an Accept header, `HTML` if a page is liked better (and ``html`` is offered), None
    if nothing fits.

    Among equals the earlier offer wins; HTML comes last, so only a client that names it gets it.
    """
    ranges = _ranges(accept)
    best: Format | str | None = None
    most = _NOTHING
    for offer in offers:
        liking = _liking(offer.media_type, ranges)
        for other in offer.other_types:
            named = _liking(other, ranges)
            if named[1] == _NAMED:  # `text/*` must not match a type that is only tolerated as an alias
                liking = max(liking, named)
        if liking[0] > 0 and liking > most:
            best, most = offer, liking
    if html:
        liking = _liking(HTML, ranges)
        if liking[0] > 0 and liking > most:
            best = HTML
    return best


def prefers_html(accept: str, over: str = "application/problem+json") -> bool:
    """Whether a page is liked better than a machine-readable type; only if HTML is named, as browsers do."""
    ranges = _ranges(accept)
    html = _liking(HTML, ranges)
    return html[0] > 0 and html[1] == _NAMED and html > max(_liking(over, ranges), _liking("application/json", ranges))


def by_name(name: str, offers: Sequence[Format]) -> Format | None:
    """The offer that ``?format=`` names, by short name or media type."""
    wanted = name.strip().lower().replace(" ", "+")  # an unescaped + arrives as a space
    return next((offer for offer in offers if wanted in offer.names), None)
