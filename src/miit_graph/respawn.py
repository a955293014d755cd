"""When granian gives up: not as soon as a web process dies twice within seconds, as is its rule, but in a real loop.

Two in a row can be bad luck (a machine short of memory, a query that found a fault of the interpreter); a server that
ends for it answers nobody any more. What dies at its start time and again would die for ever, so then it is right.
"""

from __future__ import annotations

from collections import defaultdict, deque

_TIMES = 10
_SECONDS = 60.0


class Respawned(dict[int, float]):
    """When each web process was last started again, as granian keeps it (`Server.respawned_wrks`).

    Tells of a process only if that was the tenth time within a minute.
    """

    def __init__(self) -> None:
        super().__init__()
        self._times: defaultdict[int, deque[float]] = defaultdict(lambda: deque(maxlen=_TIMES))

    def __setitem__(self, number: int, moment: float) -> None:
        self._times[number].append(moment)
        super().__setitem__(number, moment)

    def get(self, number: int, default: float = 0.0) -> float:  # type: ignore[override]
        """The moment (seconds of a monotonic clock), or ``default``."""
        times = self._times[number]
        looping = len(times) == _TIMES and times[-1] - times[0] < _SECONDS
        return times[-1] if looping else default
