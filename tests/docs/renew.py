"""Write the real answers below the queries of pages: ``python -m tests.docs.renew ADDRESS PAGE.md …``.

Look at the difference before you commit it. A ``csv`` block whose last row is … keeps its number of rows; an empty one
gets all.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from tests.docs.markdown import Reader

_TEXT = r"((?:(?!```).*\n)*)"
_PAIR = re.compile(rf"^```sparql\n{_TEXT}```(\s+)```csv\n{_TEXT}```$", re.M)


def renewed(text: str, reader: Reader) -> str:
    def pair(match: re.Match[str]) -> str:
        query, gap, shown = match.groups()
        real = reader.ask(query).replace("\r\n", "\n")
        if shown.rstrip().endswith("…"):
            real = "".join(real.splitlines(keepends=True)[: len(shown.splitlines()) - 1]) + "…\n"
        return f"```sparql\n{query}```{gap}```csv\n{real}```"

    return _PAIR.sub(pair, text)


if __name__ == "__main__":
    reader = Reader(Path.cwd(), sys.argv[1].rstrip("/"), {})
    for page in map(Path, sys.argv[2:]):
        page.write_text(renewed(page.read_text(encoding="utf-8"), reader), encoding="utf-8")
