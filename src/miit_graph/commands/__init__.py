"""What each command of the command line does, between its arguments and its output: one module per concern."""

from __future__ import annotations

import argparse
from importlib import import_module

from miit_graph.build.errors import BuildError
from miit_graph.engine.errors import QueryError
from miit_graph.settings import SettingError
from miit_graph.versions.journal import JournalError
from miit_graph.writing.tokens import TokensError

FAULTS = (BuildError, JournalError, QueryError, SettingError, TokensError)
"""Exceptions that mean that the data, the query or a setting is at fault: exit code 1 and the message, no trace."""

_ROOMS = {
    "building": ("new", "build", "validate", "coverage"),
    "serving": ("serve", "reload", "token", "mcp"),
    "querying": ("query", "info"),
    "exporting": ("export", "push"),
    "writing": ("update",),
    "versions": ("blame", "versions"),
    "keeping": ("backup", "restore"),
}
"""Modules and their commands, each a function of the same name. A module is loaded when one of them is called."""


def run(arguments: argparse.Namespace) -> int:
    """Call the command that was asked for; returns its exit code."""
    room = next(room for room, commands in _ROOMS.items() if arguments.command in commands)
    code: int = getattr(import_module(f"{__name__}.{room}"), arguments.command)(arguments)
    return code
