"""The part of the engine process that only holds the graph: what serves it is forked from it, and replaced at once.

Loading a large graph takes long, a fork of the process that has loaded it a few milliseconds. So that process serves
nobody: a child does, and when the child dies, another one is forked over the same socket, where those who connect
meanwhile wait. The child outlives its keeper, so that nobody notices while a new keeper loads the graph.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)
_SOON = 5.0
_MOST = 5


def keep(serve: Callable[[], int]) -> int:
    """Have a child of this process `serve`, again and again until it ends by itself; its exit code.

    One that is killed soon after its start several times in a row is given up (1).
    """
    in_a_row = 0
    while True:
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            try:
                os._exit(serve())
            except BaseException:
                _log.exception("the engine process failed")
            finally:
                os._exit(1)
        _, status = os.waitpid(pid, 0)
        if os.WIFEXITED(status):
            return os.WEXITSTATUS(status)
        in_a_row = in_a_row + 1 if time.monotonic() - began < _SOON else 1
        if in_a_row > _MOST:
            return 1
        _log.error("the process that serves the graph was ended by signal %s; another takes over", os.WTERMSIG(status))
