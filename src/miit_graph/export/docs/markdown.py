"""The table of rules as Markdown, for reading beside the code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from miit_graph.build.checks import RULES as CODE_RULES
from miit_graph.build.checks import Rule as CodeRule
from miit_graph.export.docs.documents import Documents
from miit_graph.export.docs.graph import LANGUAGES, Texts, natural
from miit_graph.export.docs.model import Check, Rule
from miit_graph.export.docs.texts import text

FILES: Final = {"en": "rules.md", "zh": "rules.zh.md"}
"""Language → name of the file."""


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
    heads = [text(key, lang) for key in ("rule", "name", "severity", "checks", "mend")]
    other = next(name for name in LANGUAGES if name != lang)
    cells = _Cells(documents, lang)
    rows = [(rule.identifier, cells.row(rule)) for rule in documents.rules]
    rows += [(rule.identifier, cells.code_row(rule)) for rule in CODE_RULES]
    lines = [
        f"# {text('rules-title', lang)}",
        "",
        f"{text('lead-rules', lang)} {text('generated', lang)} [{text('language-name', other)}]({FILES[other]})",
        "",
        f"| {' | '.join(heads)} |",
        f"|{'---|' * 5}",
        *(row for _, row in sorted(rows, key=lambda pair: natural(pair[0]))),
        "",
    ]
    return "\n".join(lines)


class _Cells:
    """Writes the cells of the table in one language."""

    def __init__(self, documents: Documents, lang: str) -> None:
        self._lang = lang
        prefixes = "|".join(map(re.escape, documents.parts.prefixes))
        self._code = re.compile(rf"\{{([$?]\w+)\}}|(?<![\w:/-])((?:{prefixes}):(?:[\w-]*\w)?)", re.ASCII)

    def row(self, rule: Rule) -> str:
        """One rule as a line of the table."""
        lang = self._lang
        cells = [
            _flat(rule.identifier),
            self.cell(rule.title) or f"`{rule.anchor}`",
            text("comma", lang).join(text(name, lang) for name in rule.severities),
            self.cell(rule.definition) or self._lines(self._check(check) for check in rule.checks),
            self._lines(self.cell(check.hint) for check in rule.checks),
        ]
        return f"| {' | '.join(cells)} |"

    def code_row(self, rule: CodeRule) -> str:
        """A rule that is checked by code, as a line of the table."""
        texts = (rule.title, rule.definition, rule.hint)
        title, definition, hint = (self.cell(words) for words in texts)
        return f"| {rule.identifier} | {title} | {text(rule.severity, self._lang)} | {definition} | {hint} |"

    def cell(self, texts: Texts) -> str:
        """A text that stays within its cell, names as code."""
        order = (self._lang, *LANGUAGES, *sorted(texts))
        found = next((texts[name] for name in order if texts.get(name)), "")
        return self._code.sub(lambda match: f"`{match[1] or match[2]}`", _flat(found))

    def _check(self, check: Check) -> str:
        return self.cell(check.message) or self._lines(f"`{_flat(one)}`" for one in check.constraints)

    @staticmethod
    def _lines(lines: Iterable[str]) -> str:
        """The lines that say something, each once."""
        return "<br>".join(dict.fromkeys(line for line in lines if line))


def _flat(words: str) -> str:
    """One line of text in which nothing is markup."""
    return re.sub(r"([\\|*<>\[\]`])", r"\\\1", " ".join(words.split()))
