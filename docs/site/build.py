"""Builds the documentation site: ``python docs/site/build.py [FOLDER]`` (default build/docs), or ``make docs``.

English stands at the root, Chinese in ``zh/``, at the same places. A warning of MkDocs is an error.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("NO_MKDOCS_2_WARNING", "1")  # an advertisement, which a strict build need not print

import jieba
from mkdocs.commands.build import build as build_site
from mkdocs.config import load_config
from mkdocs.exceptions import MkDocsException
from notebook import notebook_page
from pages import LANGUAGES, ROOT, navigation
from reference import generate
from stage import DeadLink, stage

from miit_graph.dataset import Dataset, Selection, open_dataset
from miit_graph.export.docs.documents import Documents
from miit_graph.export.docs.site import render
from miit_graph.settings import Settings

HERE = Path(__file__).resolve().parent


def build(opened: Dataset, target: Path) -> None:
    """Write the site into `target`. Raises DeadLink, and MkDocsException for whatever MkDocs warns of."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(message)s")
    jieba.setLogLevel(logging.WARNING)
    documents = Documents.read(opened.store, opened.about)
    with tempfile.TemporaryDirectory() as temporary:
        for lang in LANGUAGES:
            folder = Path(temporary) / lang
            made = generate(opened, documents, lang)
            made["ministry.md"] = notebook_page(ROOT / "docs" / "ministry.ipynb", folder, lang)
            stage(lang, folder, made)
            shutil.copytree(ROOT / "docs" / "pictures", folder / "pictures")
            shutil.copytree(HERE / "assets", folder / "assets")
            if lang == "en":
                _write_ontology(documents, folder / "ontology")
            config = load_config(
                str(HERE / "mkdocs.yml"),
                docs_dir=str(folder),
                site_dir=str(target if lang == "en" else target / lang),
                nav=navigation(lang),
                plugins=[{"search": {"lang": ["en"] if lang == "en" else ["zh", "en"]}}],
                strict=True,
            )
            config.theme["language"] = lang
            up = "" if lang == "en" else "../"
            config.extra["alternate"] = [
                {"lang": "en", "name": "English", "link": f"{up}index.html"},
                {"lang": "zh", "name": "中文", "link": f"{up}zh/index.html"},
            ]
            build_site(config)


def _write_ontology(documents: Documents, folder: Path) -> None:
    """The pages of `miit-graph export docs`, but for its tables in Markdown, which docs/rules.md is."""
    for name, content in render(documents):
        if not name.endswith(".md"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Build from the shipped graph and say where the site is."""
    target = Path(arguments[0]) if arguments else ROOT / "build" / "docs"
    opened = open_dataset(Selection(project=ROOT), Settings.from_environment())
    try:
        build(opened, target.resolve())
    except (DeadLink, MkDocsException) as error:
        print(f"docs: {error}", file=sys.stderr)
        return 1
    print(f"{target}: open {target / 'index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
