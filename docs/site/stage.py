"""Puts the Markdown of one language into a folder as the site wants it: links lead to its pages, or to nothing."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from pages import LANGUAGES, ROOT, Page, pages

ELSEWHERE = {"queries": "reference/questions.md", "README.md": "index.md", "docs/ministry.ipynb": "ministry.md"}
"""Pages that stand for what the repository has and the site has not."""
ONLY_ENGLISH = '!!! note ""\n    此页只有英文版。\n\n'
_LINK = re.compile(r"(!?)\[((?:[^][]|\[[^]]*\]\([^)]*\))*)\]\(((?!https?:|mailto:|#)[^()\s]+)\)")
_OTHER_LANGUAGE = re.compile(r" ?\(?\[(?:中文|English)\]\([\w./-]+\.md\)\)?")
_HAN = "\u3001-\u301f\u4e00-\u9fff\uff01-\uff65“”"
_ENDS_IN_HAN = re.compile(f"[{_HAN}]$")
_BEGINS_WITH_HAN = re.compile(f"\\[?[{_HAN}]")
_COMMENT = re.compile(r"^<!-- .*? -->\n", re.M)


class DeadLink(ValueError):
    """A link in Markdown for which the site has no page."""


def stage(lang: str, folder: Path, generated: dict[str, str]) -> None:
    """Write all pages in `lang` into `folder`; `generated` are those without a source, by place.

    Raises DeadLink for a link inside the repository that the site can't follow.
    """
    places = {page.source: page.place for page in pages() if page.source}
    for page in pages():
        text = _text(page, lang, places) if page.source else generated[page.place]
        target = folder / page.place
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _without_breaks(text: str) -> str:
    """Lines of Chinese prose joined, since a line break between two characters would become a blank."""
    lines: list[str] = []
    for line in text.split("\n"):
        before = lines[-1] if lines else ""
        if _ENDS_IN_HAN.search(before) and _BEGINS_WITH_HAN.match(line) and before[0] not in "#|":
            lines[-1] += line
        else:
            lines.append(line)
    return "\n".join(lines)


def source_of(page: Page, lang: str) -> Path:
    """The file of a page in `lang`, or in English if there is none."""
    own = ROOT / page.source.replace(".md", f".{lang}.md")
    return own if own.is_file() else ROOT / page.source


def _text(page: Page, lang: str, places: dict[str, str]) -> str:
    path = source_of(page, lang)
    text = _COMMENT.sub("", _OTHER_LANGUAGE.sub("", path.read_text(encoding="utf-8")))
    here = posixpath.dirname(page.source)

    def link(match: re.Match[str]) -> str:
        picture, words, target = match.groups()
        words = _LINK.sub(link, words)
        file, hash_, fragment = target.partition("#")
        inside = posixpath.normpath(posixpath.join(here, file))
        for other in LANGUAGES:
            inside = inside.replace(f".{other}.md", ".md")
        if inside in places or inside in ELSEWHERE:
            place = places.get(inside) or ELSEWHERE[inside]
        elif (ROOT / inside).exists():
            place = inside.removeprefix("docs/") if inside.startswith("docs/pictures/") else ""
        else:
            raise DeadLink(f"{path.relative_to(ROOT)} leads to {target}, which isn't there.")
        if lang != "en" and path == ROOT / page.source and (ROOT / inside.replace(".md", f".{lang}.md")).is_file():
            hash_ = fragment = ""  # from an untranslated page to a translated one, whose headings are others
        if not place:  # a file of the repository that is no page: its name is enough
            return words
        return f"{picture}[{words}]({posixpath.relpath(place, posixpath.dirname(page.place) or '.')}{hash_}{fragment})"

    parts = re.split(r"(^```.*?^```$)", text, flags=re.M | re.S)
    parts[::2] = [_LINK.sub(link, _without_breaks(part)) for part in parts[::2]]
    note = ONLY_ENGLISH if lang == "zh" and path == ROOT / page.source else ""
    wide = "---\nhide: [navigation]\n---\n" if page.place == "index.md" else ""
    return wide + note + "".join(parts)
