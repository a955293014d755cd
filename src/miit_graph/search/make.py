"""Makes the index of a dataset: collects its names through an engine, folds them, orders them by importance.

``python -m miit_graph.search.make FILE [NUMBER VERSION]`` does so in a process of its own, over the engine process that
the environment names: so no web process is held up by it, or keeps the memory that it takes.
"""

from __future__ import annotations

import logging
import math
import os
import sys
from array import array
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from miit_graph.engine.api import Engine, Limits
from miit_graph.engine.errors import EngineUnavailable, QueryError
from miit_graph.engine.process.client import ProcessEngine
from miit_graph.engine.process.past_client import PastEngines
from miit_graph.logs import configure
from miit_graph.matching.folding import fold
from miit_graph.matching.match import Name
from miit_graph.search import storage
from miit_graph.search.collect import Collected, Found, Use, collect
from miit_graph.search.kinds import Kinds
from miit_graph.search.names import ORDER
from miit_graph.settings import Settings

_log = logging.getLogger(__name__)

_NO_USE = Use("", "")
_SECONDS = 3600.0
"""What each query may take over our own engine."""
SPELLED_FROM = 4
"""Letters of the words whose spelling can be corrected."""


@dataclass
class _Rows:
    """Texts one after the other, and where each begins."""

    content: bytearray = field(default_factory=bytearray)
    starts: array[int] = field(default_factory=lambda: array("I"))

    def add(self, text: str) -> None:
        self.starts.append(len(self.content))
        self.content += text.encode("utf-8", "surrogatepass") + b"\n"

    def sections(self, name: str) -> dict[str, bytes | array[Any]]:
        return {name: bytes(self.content), f"{name}.starts": self.starts}


def make_index(engine: Engine, limits: Limits, path: Path, *, base: str, merged: bool) -> None:
    """Make the index of what ``engine`` answers over, as a file at ``path``.

    ``limits`` are those of each query, ``base`` is where the dataset's own IRIs begin (or empty); ``merged`` says that
    the default graph holds all others.
    Raises QueryError if the engine fails, and StorageError if the file can't be written.
    """
    version = engine.version
    found = collect(engine, limits, merged=merged)
    head, sections = _lay_out(found, base)
    storage.write(path, {"version": version, **head}, sections)


def _lay_out(found: Collected, base: str) -> tuple[dict[str, Any], dict[str, bytes | array[Any]]]:
    kinds = Kinds(found, base)
    most = math.log1p(max(found.links.values(), default=1))
    order = sorted(
        ((kinds.worth(iri), math.log1p(found.links[iri]) / most, iri) for iri in found.names),
        key=lambda item: (-item[0] * (0.6 + 0.4 * item[1]), item[2]),
    )
    things, texts, keys, spoken, begins, initials = (_Rows() for _ in range(6))
    worths, degrees, thing_kinds, first_names = array("f"), array("f"), array("H"), array("I")
    owners, bases, languages, uses, sorts = array("I"), array("B"), array("H"), array("I"), array("H")
    known_kinds, known_languages, known_sorts = _Numbers(), _Numbers(), _Numbers()
    thing_classes, class_sets = array("I"), dict[frozenset[str], int]()
    use_rows = _Rows()
    use_rows.add("")
    words: Counter[str] = Counter()
    for number, (worth, degree, iri) in enumerate(order):
        things.add(iri)
        worths.append(worth)
        degrees.append(degree)
        thing_kinds.append(known_kinds.number(kinds.main(iri)))
        thing_classes.append(class_sets.setdefault(kinds.all(iri), len(class_sets)))
        first_names.append(len(owners))
        for (text, language), name in _sorted(found.names[iri]):
            folded = Name.of(text)
            owners.append(number)
            texts.add(text)
            keys.add(folded.key)
            spoken.add(folded.spoken.flat)
            begins.add(folded.spoken.begins)
            initials.add(folded.initials)
            bases.append(ORDER.index(name.basis))
            languages.append(known_languages.number(language))
            use = name.use or _NO_USE
            sorts.append(known_sorts.number(use.code))
            uses.append(len(use_rows.starts) if use.iri else 0)
            if use.iri:
                use_rows.add(use.iri)
            if name.basis != "identifier":
                words.update({w for w in folded.key.split() if len(w) >= SPELLED_FROM and w.isascii() and w.isalpha()})
    first_names.append(len(owners))
    vocabulary = "\n".join(word for word, _ in sorted(words.items(), key=lambda item: (-item[1], item[0])))
    sections: dict[str, bytes | array[Any]] = {
        **things.sections("things"),
        **texts.sections("texts"),
        **keys.sections("keys"),
        **spoken.sections("spoken"),
        "begins": bytes(begins.content),
        **initials.sections("initials"),
        **use_rows.sections("uses"),
        **{
            "worths": worths,
            "degrees": degrees,
            "kinds": thing_kinds,
            "classes": thing_classes,
            "first_names": first_names,
        },
        **{"owners": owners, "bases": bases, "languages": languages, "use": uses, "sorts": sorts},
        "words": vocabulary.encode(),
    }
    head = {
        "names": len(owners),
        "things": len(order),
        "kinds": [{"iri": iri, "label": _labels(found, iri)} for iri in known_kinds.values],
        "class_sets": [sorted(classes) for classes in class_sets],
        "languages": known_languages.values,
        "sorts": [{"iri": iri, "label": _labels(found, iri)} for iri in known_sorts.values],
    }
    return head, sections


@dataclass
class _Numbers:
    """Numbers texts in the order in which they come."""

    values: list[str] = field(default_factory=list)
    _known: dict[str, int] = field(default_factory=dict)

    def number(self, text: str) -> int:
        if text not in self._known:
            # 16 bits are enough for kinds and languages that somebody would tell apart; the rest share the last.
            if len(self.values) >= 65_535:
                return len(self.values) - 1
            self._known[text] = len(self.values)
            self.values.append(text)
        return self._known[text]


def _sorted(names: dict[tuple[str, str], Found]) -> list[tuple[tuple[str, str], Found]]:
    """The names of a thing, best basis first; a local name that folds like another name is left out."""
    keys = {fold(text) for (text, _), name in names.items() if name.basis != "identifier"}
    kept = [(key, name) for key, name in names.items() if name.basis != "identifier" or fold(key[0]) not in keys]
    return sorted(kept, key=lambda item: (ORDER.index(item[1].basis), item[0]))


def _labels(found: Collected, iri: str) -> dict[str, str]:
    labels: dict[str, str] = {}
    for (text, language), name in _sorted(found.names.get(iri, {})):
        if name.basis in ("preferred", "label"):
            labels.setdefault(language, text)
    return labels


def main(path: str, number: str = "", version: str = "") -> int:
    """Make the index over the engine process that the environment names, or over that of an earlier version."""
    settings = Settings.from_environment()
    configure(settings, "search")
    present = ProcessEngine(settings.engine_socket, workers=1, express=1)
    try:
        about = present.about()
        engine = PastEngines(settings.past_socket, 1).engine(int(number), version) if number else present
        # Nobody waits for it, and of a large graph all names are more than anybody may ask for at a time.
        limits = replace(settings.limits(), seconds=_SECONDS, result_bytes=sys.maxsize)
        make_index(engine, limits, Path(path), base=str(about.get("base") or ""), merged="base" in about)
    except (EngineUnavailable, FileNotFoundError):  # the folder goes with the server
        return os.EX_TEMPFAIL  # it stops, or is started again
    except (QueryError, storage.StorageError) as error:
        _log.error("the index of the search could not be made: %s", error)
        return os.EX_UNAVAILABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
