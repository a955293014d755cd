"""What pages are made with: part of the name of what is kept, so that an update leaves nobody with a page of before."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import miit_graph

_PACKAGE = Path(miit_graph.__file__).parent


@cache
def software(*folders: str) -> str:
    """A digest of the program's version and of all files in ``folders`` of the package."""
    digest = hashlib.sha256(miit_graph.__version__.encode())
    for folder in folders:
        for path in sorted(filter(Path.is_file, (_PACKAGE / folder).rglob("*"))):
            if path.suffix != ".pyc":
                digest.update(path.read_bytes())
    return digest.hexdigest()
