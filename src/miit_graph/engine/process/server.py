"""The serving part of the engine process: listens, forks a worker for every connection, and looks after the workers.

It has one thread and runs no query itself, so it is always there to

- tell the other side of a connection why its worker died (it keeps a copy of each connection's descriptor for that);
- end a worker as soon as the other side hangs up;
- give long queries a low priority, so that short ones go first;
- end a worker that has touched more memory than its query may, which its own limit does not count exactly;
- end the largest worker when all of them together take too much.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from miit_graph.engine.process import confinement, packets
from miit_graph.engine.process.slots import Page, Slot
from miit_graph.engine.process.worker import Service, work

_log = logging.getLogger(__name__)
_TICK = 0.05
_SLOW_AFTER = 0.1
_SLOW_NICENESS = 19
_HUNG_UP = select.POLLRDHUP | select.POLLHUP | select.POLLERR | select.POLLNVAL
RETIRE = b"retire\n"
_REASONS = {
    signal.SIGALRM: "time",
    signal.SIGABRT: "memory",
    signal.SIGSEGV: "stack",
    signal.SIGBUS: "stack",
    signal.SIGKILL: "killed",
}
"""What the signal means that ended a worker; SIGKILL came from outside (a person, a system without memory)."""


@dataclass
class _Worker:
    """A worker as the engine process sees it."""

    pid: int
    connection: socket.socket
    slot: Slot
    meter: confinement.MemoryMeter
    born_with: int
    killed_for: str = ""
    growth: int = field(default=0)


class Server:
    """Forks workers for ``listener`` until ``leash`` (a descriptor) closes or SIGTERM comes.

    ``memory_bytes`` is what all workers together may take beyond the memory they share. A line that comes over the
    leash says that another engine process has taken over (`RETIRE`): what runs is done, nothing new is begun, and at
    the latest ``retire_seconds`` later this one ends. ``say`` hears of each worker that was ended, and why.
    """

    def __init__(
        self,
        listener: socket.socket,
        leash: int,
        service: Service,
        memory_bytes: int,
        retire_seconds: float = 0.0,
        say: Callable[[dict[str, Any]], None] = lambda _: None,
    ) -> None:
        self._say = say
        self._listener = listener
        self._leash = leash
        self._service = service
        self._memory_bytes = memory_bytes
        self._retire_seconds = retire_seconds
        self._ends_at = 0.0
        self._page = Page()
        self._workers: dict[int, _Worker] = {}
        self._connections: dict[int, _Worker] = {}
        self._poll = select.poll()
        self._wake_read, self._wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        self._stopping = False

    def run(self) -> None:
        """Work until told to stop; then no worker is left."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C goes to all; whoever started us tells us when to stop
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        self._poll.register(self._listener, select.POLLIN)
        self._poll.register(self._leash, select.POLLIN | _HUNG_UP)
        self._poll.register(self._wake_read, select.POLLIN)
        looked = 0.0
        while not self._stopping:
            for descriptor, _ in self._poll.poll(_TICK * 1000):
                self._handle(descriptor)
            now = time.monotonic()
            if now - looked >= _TICK:
                looked = now
                self._look_after(now)
            if self._ends_at and (not self._workers or now > self._ends_at):
                break
        for worker in self._workers.values():
            os.kill(worker.pid, signal.SIGKILL)

    @property
    def retired(self) -> bool:
        """Whether another engine process has taken over."""
        return bool(self._ends_at)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _handle(self, descriptor: int) -> None:
        if not self._ends_at and descriptor == self._listener.fileno():
            self._accept()
        elif descriptor == self._leash:
            if not os.read(self._leash, len(RETIRE)):
                self._stopping = True
            elif not self._ends_at:
                self._retire()
        elif descriptor == self._wake_read:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_read, 4096)
            self._reap()
        elif worker := self._connections.get(descriptor):
            # The other side has gone, so nobody wants what this worker does.
            self._poll.unregister(descriptor)
            self._kill(worker, "gone")

    def _retire(self) -> None:
        """Let workers end: those that wait for a request at once, the others when they are done.

        Shutting our copy of a connection for reading shuts it for its worker: a request that is there already is
        still answered, and whoever sends another one learns at once that it has to go elsewhere.
        """
        self._ends_at = time.monotonic() + self._retire_seconds
        self._poll.unregister(self._listener)
        self._listener.close()
        for worker in self._workers.values():
            with contextlib.suppress(OSError, KeyError):
                self._poll.modify(worker.connection, 0)  # from now on only a hang-up of the other side counts
                worker.connection.shutdown(socket.SHUT_RD)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError as error:
            _log.warning("a connection could not be accepted: %s", error)
            return
        packets.widen(connection)
        slot = self._page.take()
        parent = os.getpid()
        try:
            pid = os.fork() if slot else -1
        except OSError as error:
            _log.warning("no worker could be forked: %s", error)
            pid = -1
        if slot is None or pid < 0:
            with contextlib.suppress(OSError):
                connection.send(packets.DEATH + json.dumps({"reason": "busy", "busy": False}).encode())
            connection.close()
            if slot:
                self._page.give_back(slot)
            return
        if pid == 0:
            self._leave_all_to_the_parent()
            work(connection, slot, self._service, parent)
        meter = confinement.MemoryMeter(pid)
        worker = _Worker(pid, connection, slot, meter, meter.own())
        self._workers[pid] = self._connections[connection.fileno()] = worker
        self._poll.register(connection, select.POLLRDHUP)

    def _leave_all_to_the_parent(self) -> None:
        """In the worker: a copy of another connection would keep it open after its worker's death."""
        for worker in self._workers.values():
            os.close(worker.connection.fileno())
            worker.meter.close()
        for descriptor in (self._listener.fileno(), self._wake_read, self._wake_write):
            os.close(descriptor)
        os.dup2(self._nothing, self._leash)  # keeps its number taken: see `confinement.no_new_files`

    def _reap(self) -> None:
        while self._workers:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if worker := self._workers.pop(pid, None):
                self._bury(worker, status)

    def _bury(self, worker: _Worker, status: int) -> None:
        """Tell the other side why its worker is dead, and forget the worker."""
        descriptor = worker.connection.fileno()
        reason = worker.killed_for
        told: dict[str, Any] = {}
        if os.WIFSIGNALED(status) and not reason:
            number = os.WTERMSIG(status)
            reason = _REASONS.get(signal.Signals(number), "crash")
            if reason == "crash":
                told["signal"] = number
            self._tell(worker, reason)
        if reason and (reason != "gone" or worker.slot.busy_since):
            self._say({"event": "worker-ended", "reason": reason, "worker": worker.pid, **told})
        with contextlib.suppress(KeyError):
            self._poll.unregister(descriptor)
        del self._connections[descriptor]
        worker.connection.close()
        worker.meter.close()
        self._page.give_back(worker.slot)

    def _tell(self, worker: _Worker, reason: str) -> None:
        content = json.dumps({"reason": reason, "busy": worker.slot.busy_since > 0}).encode()
        with contextlib.suppress(OSError):
            worker.connection.send(packets.DEATH + content, socket.MSG_DONTWAIT)

    def _look_after(self, now: float) -> None:
        total, largest = 0, None
        for worker in self._workers.values():
            since = worker.slot.busy_since
            if not since:
                continue
            if 0 < worker.slot.deadline < now:
                self._kill(worker, "time")
            if now - since > _SLOW_AFTER and not worker.slot.slowed:
                worker.slot.slowed = True
                with contextlib.suppress(OSError):
                    os.setpriority(os.PRIO_PROCESS, worker.pid, _SLOW_NICENESS)
            try:
                own = worker.meter.own()
            except (OSError, IndexError):
                continue  # dead, and about to be reaped
            worker.growth = max(0, own - worker.born_with)
            if 0 < worker.slot.ceiling < own:
                self._kill(worker, "memory")
            if worker.killed_for:
                continue
            total += worker.growth
            if largest is None or worker.growth > largest.growth:
                largest = worker
        if largest is not None and total > self._memory_bytes:
            self._kill(largest, "memory")

    def _kill(self, worker: _Worker, reason: str) -> None:
        """End a worker, and say so at once: under load it takes a large process seconds to die."""
        if worker.killed_for:
            return
        worker.killed_for = reason
        with contextlib.suppress(ProcessLookupError):
            os.kill(worker.pid, signal.SIGKILL)
        if reason != "gone":
            self._tell(worker, reason)
