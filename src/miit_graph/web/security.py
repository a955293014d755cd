"""Headers that every answer has, whoever makes it: the application, the short way past it, or the front itself."""

from __future__ import annotations

from functools import lru_cache

from miit_graph.settings import Settings

_PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_UNUSED = (
    *("accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi"),
    *("payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": _PAGES,
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _UNUSED),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What a browser may do with an answer: run no script but ours, guess no type, frame it nowhere else."""
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Allow, Cache-Status, Content-Disposition, Content-Language, Content-Length, Content-Location, "
        "Content-Range, Dataset-Version, ETag, Last-Modified, Link, Memento-Datetime, RateLimit, RateLimit-Policy, "
        "Repr-Digest, Retry-After, Server-Timing"
    ),
}
"""The data are public, so pages of any origin may ask for them; never with a token, see `PREFLIGHT`."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": (
        "Accept, Accept-Datetime, Accept-Language, Content-Type, If-Modified-Since, If-None-Match, If-Range, Range, "
        "X-Requested-With"
    ),
    "Access-Control-Max-Age": "86400",
}
"""What scripts of other origins may send. Authorization is not among it: they can't change anything."""


def headers(settings: Settings) -> dict[str, str]:
    """The headers of every answer, however it goes to the client."""
    return _headers(settings.cors)


@lru_cache(maxsize=8)
def _headers(cors: str) -> dict[str, str]:
    return SECURITY | CORS if cors == "any" else SECURITY | {"Cross-Origin-Resource-Policy": "same-origin"}


def transport(settings: Settings) -> dict[str, str]:
    """What answers over HTTPS have besides, and no others (RFC 6797 section 7.2)."""
    return {"Strict-Transport-Security": f"max-age={settings.hsts}"} if settings.hsts else {}


def preflight(settings: Settings) -> dict[str, str]:
    """What an answer to OPTIONS has besides."""
    return PREFLIGHT if settings.cors == "any" else {}
