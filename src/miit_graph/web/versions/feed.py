"""Versions as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from flask import request

from miit_graph.versions.history import time_of
from miit_graph.versions.journal import Version
from miit_graph.web.about import pick
from miit_graph.web.context import context
from miit_graph.web.versions.texts import text

_ATOM = "http://www.w3.org/2005/Atom"
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML can't hold (XML 1.0, section 2.2)."""


def atom(versions: Iterable[Version], language: str) -> bytes:
    """The feed in one language; entries are named by the hash of their data and number, wherever they are served."""
    found = list(versions)
    root = request.url_root
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": language})
    _add(feed, "title", text("feed_title", language, title=pick(context().about.title, language)))
    _add(feed, "id", f"{context().about.base or root}versions")
    _add(feed, "updated", _moment(found[0]) if found else "1970-01-01T00:00:00Z")
    ElementTree.SubElement(feed, "link", {"rel": "self", "type": "application/atom+xml", "href": request.url})
    ElementTree.SubElement(feed, "link", {"rel": "alternate", "type": "text/html", "href": f"{root}versions"})
    _author(feed, pick(context().about.title, language))
    for version in found:
        entry = ElementTree.SubElement(feed, "entry")
        place = f"{root}versions/{version.number}"
        line = version.message.strip().split("\n")[0]
        title = text("version_n", language, n=version.number)
        _add(entry, "title", f"{title}{text('colon', language)}{line}" if line else title)
        _add(entry, "id", f"urn:x-version:{version.snapshot}:{version.number}")
        _add(entry, "updated", _moment(version))
        ElementTree.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": place})
        patch = {"rel": "related", "type": "text/x-rdf-patch", "href": f"{place}?format=rdfp"}
        ElementTree.SubElement(entry, "link", patch)
        if version.author:
            _author(entry, version.author)
        counts = text("counts", language, added=f"{version.added:,}", removed=f"{version.removed:,}")
        _add(entry, "summary", "\n".join(part for part in (version.message.strip(), counts) if part))
    content: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return content


def _add(parent: ElementTree.Element, name: str, content: str) -> None:
    ElementTree.SubElement(parent, name).text = _UNSPEAKABLE.sub("", content)


def _author(parent: ElementTree.Element, name: str) -> None:
    _add(ElementTree.SubElement(parent, "author"), "name", name)


def _moment(version: Version) -> str:
    return time_of(version).isoformat().replace("+00:00", "Z")
