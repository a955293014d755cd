"""What has to be known of an endpoint to ask it: its address, who asks, and how much may be assumed."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import ssl


class EndpointError(ValueError):
    """An endpoint that cannot be used as it was given; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A SPARQL endpoint.

    ``credentials`` are headers that are never shown; ``ttl`` is for how many seconds its data may be assumed to be what
    they were; ``kind`` is a name of `kinds`, or ``auto``.
    """

    address: str
    kind: str = "auto"
    ttl: float = 30.0
    credentials: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    authorities: Path | None = None
    """Certificates to trust instead of the system's (PEM)."""

    def __post_init__(self) -> None:
        check_address(self.address)

    def headers(self) -> dict[str, str]:
        """The credentials, as headers."""
        return dict(self.credentials)

    def tls(self) -> ssl.SSLContext:
        """What HTTPS connections trust. Raises EndpointError if the certificates can't be read."""
        import ssl  # takes long to load, and most have no endpoint

        try:
            return ssl.create_default_context(cafile=str(self.authorities) if self.authorities else None)
        except (OSError, ssl.SSLError) as error:
            raise EndpointError(f"{self.authorities} holds no certificates (PEM) that can be read.") from error


def credentials(user: str, password: str, token: str, header: str) -> tuple[tuple[str, str], ...]:
    """Headers for Basic (RFC 7617) or Bearer (RFC 6750) authentication, and any other header ``Name: value``."""
    found = []
    if user:
        pair = base64.b64encode(f"{user}:{password}".encode()).decode()
        found.append(("Authorization", f"Basic {pair}"))
    elif token:
        found.append(("Authorization", f"Bearer {token}"))
    if header:
        name, _, value = header.partition(":")
        found.append((name.strip(), value.strip()))
    return tuple(found)


def check_address(address: str) -> None:
    """Raise EndpointError unless ``address`` is an HTTP(S) address without credentials or a fragment."""
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or any(character <= " " for character in address):
        raise EndpointError("The endpoint is no http or https address, such as https://example.org/sparql.")
    if "@" in parts.netloc or parts.fragment:
        raise EndpointError(
            "The endpoint's address may not hold a user, a password or a fragment. Set MIIT_GRAPH_ENDPOINT_USER and"
            " MIIT_GRAPH_ENDPOINT_PASSWORD instead."
        )
