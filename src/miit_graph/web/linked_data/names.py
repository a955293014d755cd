"""Which local address stands for which IRI, and the other way round.

Below the base of a project, ``id/x`` has the document ``doc/x``; for the other kinds the document keeps the kind:
``doc/code/x``, ``doc/shape/x``, ``doc/graph/x``, ``doc/ont``, ``doc/ont/core``. No thing is called like a kind.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from flask import g, request

from miit_graph.web.context import context

KINDS = ("code", "shape", "graph", "ont")
"""The kinds of IRIs besides ``id``."""
MEMENTO = "memento"
"""The name in `flask.g` of the earlier version that the answer to the present request is told from."""
_SAFE = "/:@!$&'()*+,;=-._~%"


def iri_of(path: str) -> str:
    """The IRI that the local ``path`` (without its first slash) stands for; empty if the graph has no base."""
    base = context().about.base
    return base + path if base else ""


def iri_of_document(name: str) -> str:
    """The IRI that ``doc/name`` describes; empty if the graph has no base."""
    return iri_of(name if name in KINDS[-1:] or (name.partition("/")[0] in KINDS and "/" in name) else f"id/{name}")


def document_of(iri: str) -> str | None:
    """The name below ``doc/`` of the document about ``iri``; None for an IRI of somebody else's, or without one."""
    base = context().about.base
    if not base or not iri.startswith(base):
        return None
    path = iri.removeprefix(base)
    kind, slash, rest = path.partition("/")
    if kind == "id" and rest:
        return rest
    return path if kind in KINDS and "#" not in path and (slash or kind == KINDS[-1]) else None


def address(path: str, /, **parameters: str | int) -> str:
    """A local address: below the root path of the application, in the language that the request chose.

    While a document of an earlier version is told, documents are those of that version.
    """
    if path.startswith("doc/") and (version := g.get(MEMENTO)) is not None:
        path = f"versions/{version.number}/{path}"
    chosen = request.args.get("lang", "")
    wanted = ({"lang": chosen} if chosen in ("en", "zh") else {}) | parameters
    local, hash_, fragment = path.partition("#")
    query = "?" + urlencode(wanted) if wanted else ""
    return f"{request.script_root}/{quote(local, safe=_SAFE)}{query}{hash_}{quote(fragment, safe=_SAFE)}"


def link_to(iri: str) -> str:
    """Where a click on ``iri`` leads: to its document here, else to the web; without a base to /describe.

    Empty for IRIs that a browser must not follow.
    """
    base = context().about.base
    name = document_of(iri)
    if name is not None:
        return address(f"doc/{name}")
    if base and iri.startswith(base):
        return address(iri.removeprefix(base))
    if not base:
        return address("describe", iri=iri)
    return iri if iri.startswith(("http://", "https://")) else ""
