"""Which twenty sentences of the two sources became the questions of this folder.

Usage: ``python sample.py FOLDER`` with the folder that holds the source files. It prints source, line and the
place of the sentence in its line; the sentences themselves stay in the sources. Not run by the tests, which
have no sources.
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

SOURCES = {"A": "000_48422c44ba6fd6b5.txt", "B": "001_5a57c2250fa3489c.txt"}
SEED = 20261121
HOW_MANY = 20

Sentence = tuple[str, int, int, str]
"""Source, line from 1, place in the line from 1, text."""


def is_heading(source: str, line: str) -> bool:
    """In source A lines without a full stop; in source B lines with = and the heads of infobox and table."""
    if source == "A":
        return not line.endswith(".")
    return line.startswith("=") or line == "Infobox" or line.startswith(("| No.", "| Ministry of"))


def sentences(folder: Path) -> list[Sentence]:
    """All sentences and list lines of both sources, in order."""
    found: list[Sentence] = []
    for source, name in SOURCES.items():
        for number, raw in enumerate((folder / name).read_text(encoding="utf-8").splitlines(), start=1):
            line = raw.strip()
            if not line or is_heading(source, line):
                continue
            parts = re.split(r"(?<=[.!?])\s+(?=[A-Z])", line.removeprefix("- "))
            found += [(source, number, place, part) for place, part in enumerate(parts, start=1)]
    return found


def main(folder: Path) -> None:
    """Print the draw, in the order of the sources."""
    everything = sentences(folder)
    drawn = random.Random(SEED).sample(everything, HOW_MANY)
    print(f"{HOW_MANY} of {len(everything)}")
    for source, line, place, text in sorted(drawn):
        print(f"{source} {line}, sentence {place}: {len(text.split())} words")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
