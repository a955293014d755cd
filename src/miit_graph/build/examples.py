"""The query files of a project: ``queries/NN-slug.rq`` with a title and a question in each language.

The head of a file is made of comments::

    # title@en: Bodies of sub-ministerial rank
    # title@zh: 副部级机构
    # question@en: Which bodies and nameplates hold sub-ministerial rank?
    # question@zh: 哪些机构和牌子为副部级？
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_HEAD = re.compile(r"^#\s*(title|question)@([\w-]+):\s*(.+?)\s*$")


@dataclass(frozen=True, slots=True)
class QueryFile:
    """A query with its texts."""

    slug: str
    title: dict[str, str]
    question: dict[str, str]
    text: str

    def as_dict(self) -> dict[str, Any]:
        """For the manifest."""
        return {"slug": self.slug, "title": self.title, "question": self.question, "query": self.text}


def read_queries(paths: Iterable[Path]) -> list[QueryFile]:
    """Read query files; the text keeps everything but the head."""
    return [_read(path) for path in paths]


def _read(path: Path) -> QueryFile:
    texts: dict[str, dict[str, str]] = {"title": {}, "question": {}}
    lines = path.read_text(encoding="utf-8").splitlines()
    start = 0
    for start, line in enumerate(lines):  # noqa: B007 - where the head ends is wanted
        head = _HEAD.match(line)
        if not head:
            break
        texts[head[1]][head[2]] = head[3]
    return QueryFile(path.stem, texts["title"], texts["question"], "\n".join(lines[start:]).strip() + "\n")
