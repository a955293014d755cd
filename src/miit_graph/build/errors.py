"""What can be at fault in a build, one class per situation; every message says what, where and what to do."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from miit_graph.build.validate import Report


_ADVICE = {
    "UTF-8": "Save the file as UTF-8.",
    "has not been declared": "Declare it at the top of the file (@prefix …: <…> .), or correct it.",
    "A dot is expected": "Look just before this place for a full stop, semicolon or comma that is missing.",
    "is not a valid subject": "Look just before this place for a quotation mark or full stop that is missing or stray.",
    "beginning of a prefix name": 'Texts stand between straight quotation marks (").',
}
"""What to do about some errors of the Turtle parser, by words of its message."""


class BuildError(Exception):
    """Something in the project stops the build; nothing has been published."""


class ProjectError(BuildError):
    """The folder is not a complete project."""


class SourceError(BuildError):
    """A file cannot be read or parsed."""

    def __init__(self, name: str, line: int | None, column: int | None, reason: str, excerpt: str = "") -> None:
        place = name + (f":{line}" if line else "") + (f":{column}" if line and column else "")
        super().__init__(f"{place}: {reason}" + (f"\n    {excerpt}" if excerpt else ""))
        self.name, self.line, self.column = name, line, column

    @classmethod
    def from_syntax(cls, name: str, path: Path, error: SyntaxError) -> SourceError:
        """Take place and reason out of the parser's error, and show the line it stumbled over."""
        reason = re.sub(r"^Parser error[^:]*: ", "", str(error.msg))
        excerpt = ""
        if path.read_bytes().startswith(codecs.BOM_UTF8):
            return cls(name, 1, None, "begins with a byte order mark. Save the file as UTF-8 without one (no BOM).")
        reason += next((f". {advice}" for words, advice in _ADVICE.items() if words in reason), "")
        if error.lineno:
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            if error.lineno <= len(lines):
                excerpt = lines[error.lineno - 1].strip()[:160]
        return cls(name, error.lineno, error.offset, f"not valid Turtle: {reason}", excerpt)


class RuleError(BuildError):
    """A derivation rule is not usable."""


class ValidationError(BuildError):
    """The graph does not conform to its shapes."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"{len(report.violations)} violation(s) of the shapes")
        self.report = report


class SnapshotError(BuildError):
    """A snapshot is missing, incomplete or damaged."""
