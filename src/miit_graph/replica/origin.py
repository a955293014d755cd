"""The server whose snapshots are copied: what it lists, and its files, resumed where an earlier try broke off."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from miit_graph import __version__
from miit_graph.publish.files import digest_of
from miit_graph.publish.listing import Item, Listing, ListingError
from miit_graph.replica.errors import DamagedError, ReplicaError

_CONNECT_SECONDS = 5.0
_READ_SECONDS = 300.0
"""An origin that is asked for a large snapshot for the first time compresses it before it says anything."""
_LARGEST_LISTING = 1 << 20
_PIECE = 1 << 20
_TRIES = 3
"""How often in a row a download may break off without having got any further."""


class Origin:
    """The server at an address; ``headers`` are for what guards the way to it."""

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        try:
            parts = urlsplit(address)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        except ValueError:
            usable = False
        if not usable or "@" in parts.netloc:
            raise ReplicaError(
                f"{address!r} is not the address of a server to follow. Write it as https://example.org/, without a"
                " user or password (MIIT_GRAPH_FOLLOW_HEADER is for those)."
            )
        self.address = address.rstrip("/")
        self._headers = {"User-Agent": f"miit-graph/{__version__}", "Accept-Encoding": "identity", **(headers or {})}
        timeout = urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS)
        self._pool = urllib3.PoolManager(maxsize=1, timeout=timeout, retries=False)

    @property
    def name(self) -> str:
        """The address as the name of a folder."""
        return re.sub(r"[^A-Za-z0-9.-]+", "_", self.address.partition("://")[2])

    def listing(self, etag: str = "") -> tuple[Listing, str] | None:
        """The snapshot that is served there and the tag of its listing; None if it still has ``etag``.

        Raises ReplicaError.
        """
        address = f"{self.address}/snapshots/current"
        more = {"Accept": "application/json"} | ({"If-None-Match": etag} if etag else {})
        response = self._get(address, more)
        try:
            if response.status == 304:
                return None
            content = response.read(_LARGEST_LISTING + 1)
            if response.status != 200:
                raise ReplicaError(f"{address} answers {response.status}{_detail(content)}")
            if len(content) > _LARGEST_LISTING:
                raise ReplicaError(f"{address} answers with more than a listing of files")
            return Listing.read(json.loads(content)), response.headers.get("ETag", "")
        except (ValueError, ListingError) as error:
            said = str(error) if isinstance(error, ListingError) else "that is no JSON"
            raise ReplicaError(f"{address}: {said}") from None
        except HTTPError as error:
            raise ReplicaError(f"{address}: {_why(error)}") from None
        finally:
            response.release_conn()

    def fetch(self, version: str, item: Item, target: Path) -> None:
        """Complete the file ``target``, of which a beginning may be there already, and verify it.

        Raises DamagedError, having removed it, if it has the right size and the wrong content; else ReplicaError, and
        what has come stays for the next try.
        """
        address = f"{self.address}/snapshots/{version}/{item.name}"
        have, failures, why = -1, 0, ""
        while (size := target.stat().st_size if target.exists() else 0) != item.bytes:
            if size > item.bytes:
                target.unlink()
                continue
            failures = failures + 1 if size <= have else 0
            have = size
            if failures >= _TRIES:
                raise ReplicaError(
                    f"{address}: {why or 'it ends too soon'} ({size:,} of {item.bytes:,} bytes are here)"
                )
            why = self._more(address, item, target, size)
        if not target.exists():
            target.touch()
        if digest_of(target) != item.sha256:
            target.unlink()
            raise DamagedError(f"{address}: what came has another SHA-256 than the listing says")

    def _more(self, address: str, item: Item, target: Path, size: int) -> str:
        """Add to ``target``, which has ``size`` bytes, what comes; says why it ended, if it ended badly."""
        more = {"Range": f"bytes={size}-", "If-Range": f'"{item.sha256[:32]}"'} if size else {}
        try:
            response = self._get(address, more)
        except ReplicaError as error:
            return str(error).removeprefix(f"{address}: ")
        try:
            if response.status not in (200, 206):
                raise ReplicaError(f"{address} answers {response.status}{_detail(response.read(_LARGEST_LISTING))}")
            goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {size}-")
            if response.status == 206 and not goes_on:
                raise ReplicaError(f"{address} answers with another part of the file than was asked for")
            with target.open("ab" if response.status == 206 else "wb") as file:
                left = item.bytes - file.tell()
                for piece in response.stream(_PIECE, decode_content=False):
                    if len(piece) > left:
                        raise DamagedError(f"{address}: more came than the {item.bytes:,} bytes that the listing says")
                    file.write(piece)
                    left -= len(piece)
                file.flush()
                os.fsync(file.fileno())
        except DamagedError:
            target.unlink(missing_ok=True)
            raise
        except (HTTPError, OSError) as error:
            if isinstance(error, OSError) and error.errno:
                raise ReplicaError(f"{target.parent}: {error.strerror}") from None
            return _why(error)
        finally:
            response.close()
        return ""

    def _get(self, address: str, more: Mapping[str, str]) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(
                "GET", address, headers={**self._headers, **more}, preload_content=False, redirect=False
            )
        except HTTPError as error:
            raise ReplicaError(f"{address}: {_why(error)}") from None


def sha256_of_beginning(path: Path, size: int) -> str:
    """The SHA-256 of a file's first bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while size > 0 and (piece := stream.read(min(_PIECE, size))):
            digest.update(piece)
            size -= len(piece)
    return digest.hexdigest()


def _detail(content: bytes) -> str:
    """What a problem document says, if it is one."""
    try:
        found: Any = json.loads(content)
        return f": {found['detail']}"
    except (ValueError, KeyError, TypeError):
        return ""


def _why(error: Exception) -> str:
    """An error of urllib3 in a few words, without the addresses of objects."""
    text = str(error).rpartition(": ")[2] or type(error).__name__
    return text.strip("()'\" ")
