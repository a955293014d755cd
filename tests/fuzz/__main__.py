"""Fuzz for some minutes: ``python -m tests.fuzz [queries] [negotiation] [http] [--minutes 10]``, or ``make fuzz``.

`queries` and `negotiation` (targets.py) are run by Atheris, which keeps every input that reaches code that no other
has; what it finds is added to the corpus in tests/fuzz/corpus, which test_fuzz.py replays. An input that breaks a
promise is added too, and told. `http` is schemathesis over /openapi.json of a started server.

Exit code 1 if something was found.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz import PIECES, ROOT, corpus_file, read_corpus, seeds
from tests.fuzz.http import run as run_http

_LONGEST = 400
_MOST = 300
_KEPT = 160
_TARGETS = ("queries", "negotiation")


def main(arguments: list[str]) -> int:
    """Fuzz what is named, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="queries, negotiation, http; default all")
    parser.add_argument("--minutes", type=float, default=10, help="time for each (default 10)")
    options = parser.parse_args(arguments)
    if unknown := set(options.targets) - {*_TARGETS, "http"}:
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    seconds = max(1, round(options.minutes * 60))
    found = 0
    for target in options.targets or (*_TARGETS, "http"):
        print(f"{target}: {seconds} seconds …", flush=True)
        found |= run_http(seconds) if target == "http" else _fuzz(target, seconds)
    return found


def _fuzz(target: str, seconds: int) -> int:
    with tempfile.TemporaryDirectory(prefix="miit-graph-fuzz-") as temporary:
        folder = Path(temporary)
        old, new = folder / "old", folder / "new"
        old.mkdir()
        new.mkdir()
        for number, text in enumerate({*read_corpus(target), *seeds(target)}):
            (old / str(number)).write_bytes(text.encode(errors="surrogateescape"))
        words = folder / "words"
        words.write_text("".join(f'"{_escaped(piece)}"\n' for piece in PIECES[target]), encoding="utf-8")
        options = [f"-dict={words}", f"-max_total_time={seconds}", f"-max_len={_LONGEST}", "-timeout=20"]
        options += [f"-artifact_prefix={folder}/", "-print_final_stats=1"]
        told = _run(target, folder, *options, new, old)
        last = re.findall(r"cov: (\d+) ft: (\d+)", told)
        runs = re.findall(r"#(\d+)\s", told)
        reached = "branches {}, features {}".format(*last[-1]) if last else "no coverage told"
        print(f"{target}: {runs[-1] if runs else 0} executions, {reached}, {len(list(new.iterdir()))} new inputs")
        broken = [_text(file) for file in folder.iterdir() if file.name.startswith(("crash-", "timeout-", "oom-"))]
        _keep(target, [_text(file) for file in new.iterdir()], broken)
        for text in broken:
            print(f"{target}: broken by {json.dumps(text, ensure_ascii=False)}")
        if broken or not last:
            print(told[-4_000:], file=sys.stderr)
        return int(bool(broken) or not last)


def _run(target: str, folder: Path, *options: object) -> str:
    command = [sys.executable, "-m", "tests.fuzz.child", target, *map(str, options)]
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    with (folder / "told").open("w+b") as told:
        subprocess.run(command, stdout=told, stderr=told, check=False, env={**os.environ, "PYTHONPATH": path})
        told.seek(0)
        return told.read().decode(errors="replace")


def _keep(target: str, texts: list[str], broken: list[str]) -> None:
    """Write the corpus anew: what was in it, new inputs while there is room (the shortest first), and ``broken``."""
    known = read_corpus(target)
    short = sorted({text for text in texts if len(text) <= _KEPT}, key=lambda text: (len(text), text))
    kept = dict.fromkeys([*known, *short[: max(0, _MOST - len(known))], *broken])
    corpus_file(target).parent.mkdir(exist_ok=True)
    corpus_file(target).write_text("".join(f"{json.dumps(text)}\n" for text in kept), encoding="utf-8")


def _text(file: Path) -> str:
    return file.read_bytes().decode(errors="surrogateescape")


def _escaped(piece: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in piece.encode())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
