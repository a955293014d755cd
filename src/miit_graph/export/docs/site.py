"""Renders the pages and writes them into a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from miit_graph.export.docs.documents import Documents
from miit_graph.export.docs.graph import LANGUAGES
from miit_graph.export.docs.links import PAGES, Links
from miit_graph.export.docs.markdown import FILES, rules_of
from miit_graph.export.docs.view import View

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "docs"


def write_docs(store: ox.Store, about: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the documentation of a loaded dataset into `folder` and say which files were written.

    `store` has each authored file as a named graph (``Snapshot.load()``), `about` is the manifest. Written are
    ``index.html`` (a choice of language), ``en/`` and ``zh/`` with a page each for terms, code lists, rules, reused
    terms and alignments and the class diagram, ``docs.css``, ``theme.js``, and the table of rules as Markdown.
    Files of the same names are replaced, others left alone. Raises OSError if the folder cannot be written.
    """
    written = []
    for name, content in render(Documents.read(store, about)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def render(documents: Documents, home: str = "") -> Iterator[tuple[str, str]]:
    """Each file of the documentation as its name and content; ``home`` is where the title of each page leads."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    links = Links(documents)
    pages = [page for page in PAGES if _has(documents, page)]
    for language in LANGUAGES:
        for page in pages:
            view = View(documents, links, language, page)
            template = environment.get_template(f"{page}.html")
            yield (
                f"{language}/{page}.html",
                template.render(view=view, d=documents, pages=pages, home=home, **_title(view)),
            )
        if picture := View(documents, links, language, "index").diagram(standalone=True):
            yield f"{language}/diagram.svg", f"{picture}\n"
    view = View(documents, links, LANGUAGES[0], "index")
    yield "index.html", environment.get_template("languages.html").render(view=view, d=documents, **_title(view))
    for name in ("docs.css", "theme.js"):
        yield name, (_TEMPLATES / name).read_text(encoding="utf-8")
    for language, name in FILES.items():
        yield name, rules_of(documents, language)


def _has(documents: Documents, page: str) -> bool:
    """Whether there is anything to tell on a page."""
    content = {
        "codes": documents.schemes,
        "rules": documents.rules,
        "reused": documents.reused,
        "alignments": documents.alignments,
    }
    return page == "index" or bool(content[page])


def _title(view: View) -> dict[str, Any]:
    """The title of the whole, from the ontology's header or from the manifest."""
    whole = view.documents.whole
    title = whole.title if whole else view.documents.about.get("title", {})
    return {"title": view.say(title, view.documents.parts.base), "whole": whole}
