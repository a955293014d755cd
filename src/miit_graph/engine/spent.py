"""How long this thread has waited for engines: whoever wants to know sets it to nothing before, and reads it after."""

from __future__ import annotations

import threading


class Spent(threading.local):
    """Seconds, by what was waited for."""

    queue = 0.0
    """For a place to run in."""
    engine = 0.0
    """For the engine to say something."""

    def clear(self) -> None:
        """Begin to count."""
        self.queue = self.engine = 0.0


SPENT = Spent()
