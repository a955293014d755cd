"""What is true of a server at the moment when it is asked: versions, processes, memory, room on the disk."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from miit_graph import __version__
from miit_graph.engine.errors import QueryError
from miit_graph.web.context import Context
from miit_graph.web.disk import free_bytes
from miit_graph.web.processes import processes
from miit_graph.web.versions.recorded import number_of

_STARTED = time.time()


class Now:
    """A collector, as `prometheus_client` wants it. Made within a request."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def collect(self) -> Iterator[Metric]:
        """Each figure with its samples."""
        settings = self._context.settings
        family = GaugeMetricFamily(
            "miit_graph_build_info", "The program: always 1.", labels=("version", "python", "engine")
        )
        kind = "remote" if settings.endpoint else "process" if settings.engine_socket else "local"
        family.add_metric((__version__, platform.python_version(), kind), 1)
        yield family
        yield from self._dataset()
        yield from _processes(os.getppid() if settings.engine_socket or settings.endpoint else os.getpid())
        free = free_bytes(settings)
        if free is not None:
            yield GaugeMetricFamily(
                "miit_graph_disk_free_bytes", "Room on the disk that versions are recorded on.", value=free
            )

    def _dataset(self) -> Iterator[Metric]:
        try:
            version = self._context.engine.version
        except QueryError:
            return  # nobody knows while the engine is away
        family = GaugeMetricFamily(
            "miit_graph_dataset_info", "The data that are served: always 1.", labels=("version", "number")
        )
        family.add_metric((version, str(number_of(version) or "")), 1)
        yield family


def _processes(server: int) -> Iterator[Metric]:
    found = processes(server)
    numbers = GaugeMetricFamily("miit_graph_processes", "Processes by what they do.", labels=("role",))
    memory = GaugeMetricFamily(
        "miit_graph_process_resident_memory_bytes",
        "Memory that processes have, by what they do; workers share theirs with the engine, so they are left out.",
        labels=("role",),
    )
    for role, entry in sorted(found.items()):
        numbers.add_metric((role,), entry.number)
        if role != "worker":
            memory.add_metric((role,), entry.resident)
    yield numbers
    yield memory
    yield GaugeMetricFamily(
        "miit_graph_process_start_time_seconds", "When this web process began, by the Unix clock.", value=_STARTED
    )
