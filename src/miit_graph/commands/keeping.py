"""Commands against loss: backup, restore."""

from __future__ import annotations

import argparse
import fcntl
from pathlib import Path

from miit_graph import dataset
from miit_graph.commands.chosen import project_of
from miit_graph.reload import serving
from miit_graph.settings import Settings
from miit_graph.versions import backup as backups
from miit_graph.versions.backup import Backup, BackupError
from miit_graph.versions.history import JOURNAL


def backup(arguments: argparse.Namespace) -> int:
    """Make a backup, or check one, and say what is in it."""
    if arguments.check:
        print(f"{arguments.file} is whole: {_told(backups.check(arguments.file))}")
        return 0
    made = backups.make(_folder(arguments), arguments.file, tokens=arguments.tokens, everything=arguments.all)
    size = arguments.file.stat().st_size
    print(f"{arguments.file}: {size:,} bytes, {_told(made)}")
    return 0


def restore(arguments: argparse.Namespace) -> int:
    """Restore a backup, and say what was restored and where things are."""
    folder = _folder(arguments)
    running = serving(folder)
    if running or _is_written(folder):
        which = f" (process {', '.join(map(str, running))})" if running else ""
        raise BackupError(f"A server runs over {folder}{which}; nothing was changed. Stop it, then restore.")
    found, aside = backups.restore(arguments.file, folder, tokens=arguments.tokens, replace=arguments.replace)
    print(f"{folder}: restored, {_told(found)}")
    if aside:
        print(f"What was there is in {aside}")
    if found.tokens and arguments.tokens is None:
        print("The backup has tokens too; restore them with --tokens FILE.")
    return 0


def _folder(arguments: argparse.Namespace) -> Path:
    if arguments.snapshots is not None:
        return Path(arguments.snapshots)
    return dataset.snapshots_folder(project_of(arguments), Settings.from_environment())


def _is_written(folder: Path) -> bool:
    """Whether somebody holds the journal."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _told(found: Backup) -> str:
    versions = f"versions 1 to {found.number}" if found.number > 1 else "one version"
    tokens = ", tokens" if found.tokens else ""
    return f"{versions}, {len(found.snapshots)} snapshot(s){tokens}, newest {found.current}, made {found.created}"
