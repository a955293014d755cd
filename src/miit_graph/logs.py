"""What a server says about itself: one line for each event of its life, and for each request if that is wanted.

Lines are JSON for programs or text for people, on standard error. Nobody waits for them to be written: they are handed
to a thread, and if whoever reads them is too slow, lines are left out and counted.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import os
import select
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from miit_graph.settings import Settings

_log = logging.getLogger("miit_graph")
_MOST = 10_000
"""Lines that wait to be written."""
_AT_ONCE = select.PIPE_BUF
"""What is written in one step to a pipe is not mixed with what other processes write there (POSIX, write)."""
_GATHER_SECONDS = 0.2
_LOOK_SECONDS = 0.005
_CLOSE_SECONDS = 1.0
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {0x2028: " ", 0x2029: " "}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


class Lines:
    """Writes lines to a descriptor, in a thread that starts with the first one.

    Not ``threaded``, for a process that forks, each is written at once, or left out if there is no room for it.
    """

    def __init__(self, descriptor: int, most: int = _MOST, *, threaded: bool = True) -> None:
        self._threaded = threaded
        self._descriptor = descriptor
        self._most = most
        self._waiting: deque[str] = deque()
        self._wake = threading.Event()
        self._awake = False
        self._hurry = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._thread: threading.Thread | None = None
        self.dropped = 0
        """Lines that were left out."""

    def say(self, line: str) -> None:
        """Have a line (without its end) written soon."""
        if not self._threaded:
            self._write_now(line)
            return
        if len(self._waiting) >= self._most:
            self.dropped += 1
            return
        self._waiting.append(line)
        if not self._awake:
            self._awake = True
            self._idle.clear()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="log", daemon=True)
                self._thread.start()
            self._wake.set()

    def close(self) -> None:
        """Wait until everything is written, for a second at most."""
        self._hurry.set()
        until = time.monotonic() + _CLOSE_SECONDS
        while (self._waiting or not self._idle.is_set()) and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)

    def _work(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            self._hurry.wait(_GATHER_SECONDS)  # each time that this thread runs costs those who answer requests
            self._awake = False  # what is said from here on wakes this thread again
            self._write_all()
            if not self._waiting:
                self._idle.set()

    def _write_now(self, line: str) -> None:
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        if poll.poll(0):
            self._write(_bytes(line)[:_AT_ONCE])
        else:
            self.dropped += 1

    def _write_all(self) -> None:
        part = b""
        while self._waiting:
            line = _bytes(self._waiting.popleft())
            if part and len(part) + len(line) > _AT_ONCE:
                self._write(part)
                part = b""
            part += line
        if part:
            self._write(part)

    def _write(self, content: bytes) -> None:
        with contextlib.suppress(OSError):  # nobody reads any more: nothing can be said about it
            while content:
                content = content[os.write(self._descriptor, content) :]


def _bytes(line: str) -> bytes:
    return line.encode("utf-8", "backslashreplace") + b"\n"


class LogHandler(logging.Handler):
    """Formats records of `logging` and events alike, and has them written; ``role`` names the kind of process.

    The text of a query is left out unless ``queries``.
    """

    def __init__(self, lines: Lines, role: str, *, as_json: bool, queries: bool = False) -> None:
        super().__init__()
        self._queries = queries
        self._lines = lines
        self._role = role
        self._as_json = as_json
        self._second = (0, "")

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record of `logging`."""
        told: dict[str, Any] = {"event": getattr(record, "event", "message")}
        if record.levelno >= logging.WARNING:
            told["level"] = record.levelname.lower()
        told["message"] = record.getMessage()
        told |= getattr(record, "members", {})
        if not self._queries:
            told.pop("text", None)
        if record.exc_info:
            told["traceback"] = logging.Formatter().formatException(record.exc_info)
        self.write(told, record.created)

    def write(self, told: Mapping[str, Any], moment: float) -> None:
        """Write one line; ``moment`` is in seconds of the Unix clock."""
        when = self._time(moment)
        if self._as_json:
            self._lines.say(_encode({"time": when, "process": self._role, "pid": os.getpid(), **told}))
        else:
            self._lines.say(f"{when[11:23]} {_text(told)}")

    def finish(self) -> None:
        """Wait until all is written."""
        self._lines.close()

    def take_dropped(self) -> int:
        """How many lines were left out since this was asked last."""
        dropped, self._lines.dropped = self._lines.dropped, 0
        return dropped

    def _time(self, moment: float) -> str:
        """RFC 3339 with milliseconds, in UTC."""
        second = int(moment)
        if second != self._second[0]:  # seldom, and strftime takes longer than the rest
            self._second = (second, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second)))
        return f"{self._second[1]}.{int((moment - second) * 1000):03d}Z"


def _text(told: Mapping[str, Any]) -> str:
    """The same for people. What comes from outside can't begin a new line or steer the terminal."""
    if "method" in told:
        words = [told["method"], told["path"], told["status"]]
        words += [told[name] for name in ("outcome", "form", "query") if told.get(name) not in (None, "ok")]
        words.append(f"{told['total_ms']:g} ms")
        parts = [f"{name} {told[f'{name}_ms']:g}" for name in ("queue", "engine") if told.get(f"{name}_ms")]
        words += [f"({', '.join(parts)})"] if parts else []
        words.append(f"{told['bytes']} bytes")
        words += [f"{name} {told[name]}" for name in ("rows", "cache", "client") if told.get(name) is not None]
        words += [told["text"]] if "text" in told else []
    else:
        words = [told.get("level", ""), told["message"], told.get("text", "")]
    lines = " ".join(str(word) for word in words if word != "").translate(_CONTROLS)
    return f"{lines}\n{told['traceback']}" if "traceback" in told else lines


def configure(settings: Settings, role: str, *, threaded: bool = True) -> LogHandler:
    """Have this process say what the settings ask for. What it says through `logging` goes the same way.

    ``threaded``: see `Lines`.
    """
    terminal = sys.stderr is not None and sys.stderr.isatty()
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not terminal)
    lines = Lines(2, threaded=threaded)
    handler = LogHandler(lines, role, as_json=as_json, queries=settings.log_queries)
    logging.getLogger().handlers[:] = [handler]
    _log.setLevel(logging.WARNING if settings.log == "off" else logging.INFO)
    atexit.register(lines.close)
    return handler


def tell(event: str, message: str, *, level: int = logging.INFO, **members: object) -> None:
    """Say that something happened: a short name of the kind of event, a sentence, and figures."""
    _log.log(level, "%s", message, extra={"event": event, "members": members})
