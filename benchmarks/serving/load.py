"""From a file to a server that answers: seconds and memory, ours beside `oxigraph load` and Oxigraph in memory.

    .venv/bin/python -m benchmarks.serving.load --triples 10000000

Generates a graph in our own model (streamed to the disk, about 150 bytes a triple), then starts one after the other.
"Most memory" is what the largest process held at its height, "memory" what all processes together hold once they answer
(for `oxigraph load`, which makes an on-disk store and ends: the size of that store).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.serving.attack import family
from benchmarks.serving.compare import OURS, server

MIB = 1024 * 1024


def peak(pid: int) -> float:
    """MiB that the largest process of a family has held at its height."""
    most = 0
    for one in [pid, *family(pid)]:
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
            most = max(most, next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")))
    return most / 1024


def oxigraph_load(file: Path, location: Path) -> tuple[float, float, float]:
    """Seconds, most memory and size on the disk (MiB) of `oxigraph load`."""
    began = time.monotonic()
    command = ["oxigraph", "load", "--location", str(location), "--file", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    took = time.monotonic() - began
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return took, most, sum(part.stat().st_size for part in location.rglob("*") if part.is_file()) / MIB


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=10_000_000)
    parser.add_argument("--only", nargs="+", choices=["load", OURS, "memory"], default=["load", OURS, "memory"])
    options = parser.parse_args()
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        file = folder / "graph.nt"
        generator = Path(__file__).parent.parent / "generate.py"
        subprocess.run([sys.executable, str(generator), str(options.triples), "--out", str(file)], check=True)
        print(f"{options.triples:,} triples, {file.stat().st_size / MIB:,.0f} MiB of N-Triples\n")
        print("| | seconds | most memory, MiB | memory (or disk), MiB |\n|---|---|---|---|", flush=True)
        if "load" in options.only:
            took, most, size = oxigraph_load(file, folder / "store")
            print(f"| oxigraph load | {took:.1f} | {most:,.0f} | {size:,.0f} |", flush=True)
        for name, short in ((OURS, OURS), ("oxigraph, memory", "memory")):
            if short in options.only:
                with server(name, file, folder) as one:
                    print(
                        f"| {name} | {one.ready_after:.1f} | {peak(one.pid):,.0f} | {one.memory():,.0f} |", flush=True
                    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
