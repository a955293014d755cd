"""Puts texts of the graph into pages: escaped, names of terms linked, other languages marked as such."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from markupsafe import Markup, escape

from miit_graph.export.docs.graph import LANGUAGES, Texts

_HAN: Final = re.compile(
    "[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"
    "(?:[\u3000-\u303f\uff00-\uff65、。，；：“”…]*[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f])*"
)


class Prose:
    """Writes texts for pages in one language."""

    def __init__(self, language: str, prefixes: Mapping[str, str], link: Callable[[str], str | None]) -> None:
        self._language = language
        self._prefixes = prefixes
        self._link = link
        names = "|".join(sorted(map(re.escape, prefixes), key=len, reverse=True)) or "(?!)"
        self._pieces = re.compile(
            rf"\{{(?P<slot>[$?]\w+)\}}|(?<![\w:/-])(?P<prefix>{names}):(?P<local>\w[\w-]*\w|\w|(?=\W|$))", re.ASCII
        )

    def say(self, texts: Texts, fallback: str = "") -> Markup:
        """The text in the language of the page; in another one, marked as such, if there is none; or `fallback`."""
        if text := texts.get(self._language):
            return self.rich(text)
        for language in (*LANGUAGES, *sorted(texts)):
            if text := texts.get(language):
                body = escape(text)
                return Markup('<span lang="{}">{}</span>').format(language, body) if language else self.plain(text)
        return self.plain(fallback)

    def rich(self, text: str) -> Markup:
        """Text with the slots of messages and prefixed names as code, links on the names that have a page."""
        found = Markup("")
        position = 0
        for match in self._pieces.finditer(text):
            found += self.plain(text[position : match.start()])
            code = Markup("<code>{}</code>").format(match["slot"] or match[0])
            address = None
            if match["prefix"] is not None and match["local"]:
                address = self._link(self._prefixes[match["prefix"]] + match["local"])
            found += Markup('<a href="{}">{}</a>').format(address, code) if address else code
            position = match.end()
        return found + self.plain(text[position:])

    def plain(self, text: str) -> Markup:
        """Escaped text; on a page that is not Chinese, Chinese in it is marked as Chinese."""
        if self._language == "zh":
            return escape(text)
        found = Markup("")
        position = 0
        for match in _HAN.finditer(text):
            found += escape(text[position : match.start()]) + Markup('<span lang="zh">{}</span>').format(match[0])
            position = match.end()
        return found + escape(text[position:])
