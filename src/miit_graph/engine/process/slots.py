"""A page of memory that the engine process and its workers share: what each worker is doing right now.

Looking there costs the engine process nothing and tells it more than /proc could. Each slot is written by one worker;
only `slowed` is set by the engine process.
"""

from __future__ import annotations

import mmap
import struct

COUNT = 512
"""How many workers there can be at the same time."""
_SLOT = struct.Struct("dddd")  # busy since, deadline, ceiling, slowed
_QUERY = struct.Struct("ddd")


class Slot:
    """One worker's place on the page."""

    def __init__(self, page: mmap.mmap, number: int) -> None:
        self.page = page
        self.number = number

    def _write(self, field: int, value: float) -> None:
        struct.pack_into("d", self.page, self.number * _SLOT.size + 8 * field, value)

    def _read(self, field: int) -> float:
        value: float = struct.unpack_from("d", self.page, self.number * _SLOT.size + 8 * field)[0]
        return value

    def clear(self) -> None:
        """Make the slot ready for a new worker."""
        _SLOT.pack_into(self.page, self.number * _SLOT.size, 0.0, 0.0, 0.0, 0.0)

    def begin(self, moment: float, seconds: float, ceiling: int) -> None:
        """A query begins at ``moment``, must be done ``seconds`` later, and may touch ``ceiling`` bytes of memory."""
        _QUERY.pack_into(self.page, self.number * _SLOT.size, moment, moment + seconds, ceiling)

    def end(self) -> None:
        """The query is done."""
        _QUERY.pack_into(self.page, self.number * _SLOT.size, 0.0, 0.0, 0.0)

    @property
    def busy_since(self) -> float:
        """When the present query began, by the monotonic clock; 0 if there is none."""
        return self._read(0)

    @property
    def ceiling(self) -> float:
        """How much memory the worker may have touched while it does the present query, in bytes; 0 if there is none."""
        return self._read(2)

    @property
    def slowed(self) -> bool:
        """Whether the engine process has given the worker a low priority."""
        return bool(self._read(3))

    @slowed.setter
    def slowed(self, yes: bool) -> None:
        self._write(3, float(yes))

    @property
    def deadline(self) -> float:
        """When the present query must be done, by the monotonic clock; 0 while its clock stands still."""
        return self._read(1)

    @deadline.setter
    def deadline(self, moment: float) -> None:
        self._write(1, moment)


class Page:
    """All slots. Made before the first fork, so that every worker has it."""

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, COUNT * _SLOT.size)
        self._free = list(range(COUNT))

    def take(self) -> Slot | None:
        """A free slot, if there is one."""
        if not self._free:
            return None
        slot = Slot(self._page, self._free.pop())
        slot.clear()
        return slot

    def give_back(self, slot: Slot) -> None:
        """The worker of this slot is dead."""
        self._free.append(slot.number)
