"""A graph of any size in our own model: bodies, people, posts, facts with ranks and citations, in both languages.

    .venv/bin/python benchmarks/generate.py 100000 --out generated.nt [--mistakes 9]

Written are about as many triples as asked (never fewer, at most a ministry's worth more), as N-Triples, always the
same for the same arguments, in constant memory: the graph is a row of ministries under one state council, each with
its own offices, regional administrations, institutes, people, tenures, claims, conflicts and source document, roughly
in the proportions of the shipped graph. What is written is what people would author; the rules of this repository make
the plain triples.

Over the ontology and the codes of this repository the graph breaks no rule (it leaves some codes unused), but for the
mistakes that are asked for: number N is of the kind ``MISTAKES[N % len(MISTAKES)]``, about nodes whose IRIs contain
``gen-mistake-N``, and ``expected(K)`` says how often each rule is broken.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from generated.ministry import Ministry
from generated.mistakes import MISTAKES, expected
from generated.triples import top

__all__ = ["MISTAKES", "expected", "triples"]


def triples(n: int, mistakes: int = 0) -> Iterator[str]:
    """Lines of N-Triples: whole ministries until there are `n`, then the mistakes."""
    count = 0
    for line in top():
        count += 1
        yield line
    number = 0
    while count < n or number == 0:
        for line in Ministry(number).triples():
            count += 1
            yield line
        number += 1
    for wrong in range(mistakes):
        _, write = MISTAKES[wrong % len(MISTAKES)]
        yield from write(f"mistake-{wrong}", wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("n", type=int, metavar="N", help="how many triples, about")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write them (default: standard output)")
    parser.add_argument("--mistakes", type=int, default=0, metavar="K", help="how many mistakes to plant (default: 0)")
    arguments = parser.parse_args()
    if arguments.out:
        with arguments.out.open("w", encoding="utf-8") as out:
            out.writelines(triples(arguments.n, arguments.mistakes))
    else:
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        sys.stdout.writelines(triples(arguments.n, arguments.mistakes))


if __name__ == "__main__":
    main()
