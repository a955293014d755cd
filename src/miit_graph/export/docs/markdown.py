"""The table of rules as Markdown, for reading beside the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from miit_graph.export.docs.documents import Documents
from miit_graph.export.docs.graph import LANGUAGES, Texts
from miit_graph.export.docs.model import Rule
from miit_graph.export.docs.texts import text

FILES: Final = {"en": "rules.md", "zh": "rules.zh.md"}
"""Language → name of the file."""

_SLOT = re.compile(r"\{([$?]\w+)\}")
_CODE = re.compile(r"`[^`]*`")


def rules_table(store: ox.Store, lang: str) -> str:
    """The rules of a loaded dataset as a page of Markdown in `lang` (en or zh)."""
    return rules_of(Documents.read(store), lang)


def write_rules(store: ox.Store, folder: Path, about: Mapping[str, Any] | None = None) -> list[Path]:
    """Write the table of rules in each language into `folder` and say which files were written."""
    documents = Documents.read(store, about)
    written = []
    for lang, name in FILES.items():
        path = folder / name
        path.write_text(rules_of(documents, lang), encoding="utf-8", newline="\n")
        written.append(path)
    return written


def rules_of(documents: Documents, lang: str) -> str:
    """The table of rules in `lang`."""
    heads = [text(key, lang) for key in ("rule", "name", "severity", "checks", "mend", "focus")]
    other = next(name for name in LANGUAGES if name != lang)
    lines = [
        f"# {text('rules-title', lang)}",
        "",
        f"{text('lead-rules', lang)} {text('generated', lang)} [{text('language-name', other)}]({FILES[other]})",
        "",
        f"| {' | '.join(heads)} |",
        f"|{'---|' * 5}---:|",
        *(f"| {' | '.join(_cells(rule, lang))} |" for rule in documents.rules),
        "",
    ]
    return "\n".join(lines)


def _cells(rule: Rule, lang: str) -> list[str]:
    hints = dict.fromkeys(cell for check in rule.checks if (cell := _cell(check.hint, lang)))
    severities = text("comma", lang).join(text(name, lang) for name in rule.severities)
    checks = _cell(rule.definition, lang) or "<br>".join(
        dict.fromkeys(
            _cell(c.message, lang) or "<br>".join(f"`{_flat(x)}`" for x in c.constraints) for c in rule.checks
        )
    )
    name = _cell(rule.title, lang) or f"`{rule.anchor}`"
    return [_flat(rule.identifier), name, severities, checks, "<br>".join(hints), f"{rule.focus:,}"]


def _cell(texts: Texts, lang: str) -> str:
    """A text that stays within its cell of a table."""
    found = texts.get(lang) or next((texts[name] for name in (*LANGUAGES, *sorted(texts)) if texts.get(name)), "")
    return _SLOT.sub(r"`\1`", _flat(found))


def _flat(words: str) -> str:
    escaped = re.sub(r"([\\|*_<>\[\]`])", r"\\\1", " ".join(words.split()))
    return escaped.replace("\\_", "_") if "__" not in escaped else escaped
