"""What pages tell search engines: schema.org in JSON-LD, one block in the head of each page.

It is a data block, which browsers never run (HTML, section 4.12.1), so the content security policy need not allow
inline scripts. Pages that know better pass what they are about to `miit_graph.web.page.page`; the others say that they
are pages of this site.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import current_app, request

from miit_graph.publish.dumps import FORMATS, file_names
from miit_graph.web.about import Texts
from miit_graph.web.context import context
from miit_graph.web.linked_data.answers import published

Card = Mapping[str, Any]
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def render(card: Card) -> str:
    """A card as the text of a script element: nothing in it can end the element or begin a comment."""
    text = json.dumps({"@context": "https://schema.org", **card}, ensure_ascii=False, sort_keys=True)
    return text.translate(_ESCAPES)


def page_card(language: str) -> Card:
    """A page of this site, of which no more is known."""
    return {"@type": "WebPage", "url": request.base_url, "inLanguage": language, "isPartOf": _site(language)}


def home_card(language: str) -> Card:
    """The site, how to search it, and the dataset with its dumps (as dataset search engines read them)."""
    known, root = published(), request.url_root
    site: dict[str, Any] = {**_site(language), "about": {"@id": _dataset()}}
    if "search.search" in current_app.view_functions:
        site["potentialAction"] = {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": f"{root}search?q={{search_term_string}}"},
            "query-input": "required name=search_term_string",
        }
    dataset: dict[str, Any] = {
        "@type": "Dataset",
        "@id": _dataset(),
        "name": _texts(known.title),
        "description": _texts(known.description),
        "url": root,
        "license": known.license,
        "version": known.version,
        "dateModified": known.modified,
        "inLanguage": ["en", "zh"] if {"en", "zh"} <= set(known.title) else sorted(known.title),
        "isAccessibleForFree": True,
        "distribution": [
            {
                "@type": "DataDownload",
                "contentUrl": f"{root}dump/{name}",
                "encodingFormat": FORMATS[name.removeprefix(f"{known.name}.")].media_type,
            }
            for name in file_names(known.name)
            if not name.endswith(".gz")
        ],
    }
    return {"@graph": [site, {name: value for name, value in dataset.items() if value}]}


def _site(language: str) -> dict[str, Any]:
    return {
        "@type": "WebSite",
        "@id": f"{request.url_root}#site",
        "url": request.url_root,
        "name": _texts(context().about.title),
        "inLanguage": language,
    }


def _dataset() -> str:
    return f"{context().about.base or request.url_root}void#dataset"


def _texts(texts: Texts) -> list[Card]:
    return [{"@language": language, "@value": text} for language, text in sorted(texts.items())]
