"""Headers that go along to an engine elsewhere: which trace a request belongs to (W3C Trace Context).

Whoever works for a request sets it for the thread that it works on, and takes it away afterwards.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

Headers = tuple[tuple[str, str], ...]


class Carried(threading.local):
    """Tells what to send along; made only when something is sent."""

    tell: Callable[[], Headers] | None = None

    def headers(self) -> Headers:
        """What to send along with a request that this thread makes now."""
        return self.tell() if self.tell is not None else ()


CARRIED = Carried()
