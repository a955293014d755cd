"""Every setting of the server: its default, its environment variable and its meaning, once.

`HOST` and `PORT` are the names the outside relies on; all others start with `MIIT_GRAPH_`. Each is declared in one of
the modules of `miit_graph.setting_groups`.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from miit_graph.engine.remote.endpoint import Endpoint, credentials
from miit_graph.engine.terms import Limits
from miit_graph.setting_groups.changes import Changes
from miit_graph.setting_groups.operations import Operations
from miit_graph.setting_groups.queries import Queries
from miit_graph.setting_groups.remote import Remote
from miit_graph.setting_groups.served import Served
from miit_graph.setting_groups.web import Web


class SettingError(ValueError):
    """An environment variable has a value the server cannot use."""

    def __init__(self, variable: str, value: str, expected: str) -> None:
        super().__init__(f"{variable}={value!r}: expected {expected}. Correct it, or unset it to get the default.")
        self.variable = variable
        self.value = value
        self.expected = expected


@dataclass(frozen=True)
class Settings(Operations, Web, Changes, Remote, Queries, Served):  # a dataclass has the fields of its last base first
    """The settings of one server. Times are in seconds, sizes in bytes."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """The settings that ``environment`` (default: the process's) asks for; empty variables count as unset.

        Raises SettingError, which names the variable, its value and what is expected.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for field in dataclasses.fields(cls):
            variable, kind = field.metadata["variable"], field.metadata["kind"]
            text = environment.get(variable, "").strip()
            if not text:
                continue
            try:
                values[field.name] = kind.read(text)
            except ValueError:
                raise SettingError(variable, "…" if field.metadata["secret"] else text, kind.expected) from None
        settings = cls(**values)
        if settings.timeout > settings.max_timeout:
            # Only one of the two may have been set: a longer default raises the maximum, it never shortens itself.
            if "max_timeout" in values:
                raise SettingError(
                    "MIIT_GRAPH_MAX_TIMEOUT",
                    f"{settings.max_timeout:g}",
                    f"at least the timeout, {settings.timeout:g}",
                )
            settings = dataclasses.replace(settings, max_timeout=settings.timeout)
        return settings

    def limits(self, seconds: float | None = None) -> Limits:
        """What one query may use, with `seconds` of time if given (cut to the maximum)."""
        return Limits(
            seconds=self.timeout if seconds is None else min(seconds, self.max_timeout),
            memory_bytes=self.query_memory,
            result_bytes=self.result_bytes,
            query_bytes=self.query_bytes,
            nesting=self.nesting,
            services=self.services,
            service_seconds=self.service_seconds,
            service_bytes=self.service_bytes,
        )

    def remote(self) -> Endpoint:
        """The endpoint of `endpoint`, with what else is set about it."""
        secrets = credentials(self.endpoint_user, self.endpoint_password, self.endpoint_token, self.endpoint_header)
        return Endpoint(self.endpoint, self.endpoint_kind, self.endpoint_ttl, secrets, self.endpoint_ca)

    def memory_budget(self) -> int:
        """What all queries together may take of memory, in bytes."""
        if self.memory:
            return self.memory
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 3

    def processes(self) -> int:
        """How many web processes to start."""
        return self.web_processes or min(8, os.cpu_count() or 1)

    @classmethod
    def described(cls) -> list[dict[str, str]]:
        """One row per setting (`variable`, `default`, `expected`, `help`), in order: what the documentation prints."""
        return [
            {
                "variable": field.metadata["variable"],
                "default": str(field.default),
                "expected": field.metadata["kind"].expected,
                "help": field.metadata["help"],
            }
            for field in dataclasses.fields(cls)
        ]
