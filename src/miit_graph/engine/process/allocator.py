"""A faster memory allocator for the engine process: mimalloc instead of the C library's own.

Oxigraph makes and frees many small objects for each query. With mimalloc it takes about two thirds of the time for
short ones (decision 0006). It is loaded before the program starts, which only the environment can bring about.
"""

from __future__ import annotations

import ctypes
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_PACKAGE = "cmeel-mimalloc"
_LIBRARY = "cmeel.prefix/lib/libmimalloc.so"
_PRELOAD = "LD_PRELOAD"
_program = ctypes.CDLL(None) if sys.platform == "linux" else None
_OPTIONS = {
    # Memory is committed when it is used, so that the limit of a query (RLIMIT_DATA) counts what it really takes.
    "MIMALLOC_ARENA_EAGER_COMMIT": "0",
}


def environment(present: dict[str, str]) -> dict[str, str]:
    """``present``, with what makes a program started with it use mimalloc; unchanged where that isn't possible.

    A program that is preloaded already, by whoever started us, stays first.
    """
    library = _library()
    if library is None or "mimalloc" in present.get(_PRELOAD, ""):
        return present
    before = present.get(_PRELOAD, "")
    return {**_OPTIONS, **present, _PRELOAD: f"{before}:{library}" if before else str(library)}


def give_back_unused() -> None:
    """Return to the system what loading the graph has taken and freed: every worker would inherit it."""
    collect = getattr(_program, "mi_collect", None)
    if collect is not None:
        collect(ctypes.c_bool(True))


def _library() -> Path | None:
    """The shared library, if the package is installed and this is Linux."""
    if sys.platform != "linux":
        return None
    try:
        library = Path(str(distribution(_PACKAGE).locate_file(_LIBRARY)))
    except PackageNotFoundError:
        return None
    # The loader splits its list at colons and spaces.
    usable = library.is_file() and not any(character in ": \t" for character in str(library))
    return library if usable else None
