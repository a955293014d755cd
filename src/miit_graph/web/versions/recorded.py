"""The history of what is served, and how requests name a version."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app

from miit_graph.versions.history import JOURNAL, History, UnknownVersion
from miit_graph.versions.journal import Version
from miit_graph.web.context import context
from miit_graph.web.linked_data.names import address
from miit_graph.web.problems import Problem

_KEY = "miit_graph.history"
_NUMBER = "miit_graph.number"


def history() -> History:
    """The versions there are, as far as the journal beside the served snapshot says by now.

    Without a journal there is one: what is served.
    """
    folder = _folder()
    key = (folder, "" if folder is not None else context().engine.version)
    known: tuple[tuple[Path | None, str], History] | None = current_app.extensions.get(_KEY)
    if known is None or known[0] != key:
        if folder is not None:
            found = History(folder)
        else:
            found = History(None, Version(1, context().about.built, "", "", key[1], 0, 0))
        known = current_app.extensions[_KEY] = (key, found)
    known[1].refresh()
    return known[1]


def _folder() -> Path | None:
    """Where the journal is, if there is one."""
    place = context().settings.snapshot
    folder = place.resolve().parent if place is not None else None
    return folder if folder is not None and (folder / JOURNAL).is_file() else None


def number_of(version: str) -> int | None:
    """The number of what has this hash: the newest one that the journal gives it, 1 without a journal.

    None for what was built from files after the last one that is recorded.
    """
    if _folder() is None:
        return 1
    known: tuple[str, int | None] | None = current_app.extensions.get(_NUMBER)
    if known is None or known[0] != version:
        found = history().of_snapshot(version)
        known = current_app.extensions[_NUMBER] = (version, found.number if found else None)
    return known[1]


def version_header(version: str) -> str:
    """What `Dataset-Version` says of an answer from the data with this hash: ``7; hash="…"``."""
    number = number_of(version)
    return f'{"unrecorded" if number is None else number}; hash="{version}"'


def present() -> Version | None:
    """The version that is served; None if it was built from the files after the last one that is recorded."""
    return history().of_snapshot(context().engine.version)


def named(name: str) -> Version:
    """The version with a number or hash. Raises Problem (404), which tells the numbers there are."""
    try:
        return history().find(name)
    except UnknownVersion as error:
        raise missing(str(error)) from None


def missing(detail: str) -> Problem:
    """The 404 for a version, with the range of those there are."""
    versions = history().versions
    there = {"first": versions[0].number, "last": versions[-1].number} if versions else {}
    return Problem(404, "not-found", "There is no such version", detail, versions=there)


def told(version: Version) -> dict[str, Any]:
    """A version in JSON."""
    found = {
        "number": version.number,
        "hash": version.snapshot,
        "time": version.time,
        "author": version.author,
        "message": version.message,
        "added": version.added,
        "removed": version.removed,
        "report": version.report,
        "href": address(f"versions/{version.number}"),
    }
    return {name: value for name, value in found.items() if value != ""}
