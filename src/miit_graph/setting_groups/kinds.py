"""How settings are read from text: one `Kind` for each sort of value, with what a person is told to write."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from miit_graph.engine.federation.allowed import read_entry
from miit_graph.engine.remote.endpoint import check_address


@dataclass(frozen=True, slots=True)
class Kind:
    """How a setting is read from text (ValueError if it can't be), and what a person is told to write."""

    read: Callable[[str], Any]
    expected: str


def whole(low: int, high: int) -> Kind:
    """A whole number between two others."""
    return Kind(_bounded(int, low, high), f"a whole number from {low} to {high}")


def one_of(*names: str) -> Kind:
    """One of some names."""

    def known(text: str) -> str:
        if text not in names:
            raise ValueError(text)
        return text

    return Kind(known, f"{', '.join(names[:-1])} or {names[-1]}")


def _bounded(read: Callable[[str], float], low: float, high: float) -> Callable[[str], float]:
    def inside(text: str) -> float:
        value = read(text)
        if not low <= value <= high:  # also refuses NaN
            raise ValueError(text)
        return value

    return inside


def _name(text: str) -> str:
    if not text or any(character.isspace() for character in text):
        raise ValueError(text)
    return text


def _endpoints(text: str) -> tuple[str, ...]:
    return tuple(read_entry(entry) for entry in text.split())


def _endpoint(text: str) -> str:
    check_address(text)
    return text


def _header(text: str) -> str:
    name, colon, value = text.partition(":")
    if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~A-Za-z0-9-]+", name.strip()) or not value.strip().isprintable():
        raise ValueError(text)
    return text


def _truth(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError(text)
    return text.lower() == "yes"


HOST = Kind(_name, "a host name or an IP address")
HOSTS = Kind(lambda text: tuple(text.lower().split()), "host names, separated by spaces")
SECONDS = Kind(_bounded(float, 0.1, 86_400), "a number of seconds from 0.1 to 86400")
PAUSE = Kind(_bounded(float, 0, 3_600), "a number of seconds from 0 to 3600")
BYTES = whole(1_024, 1 << 40)
FOLDER = Kind(Path, "a folder")
FILE = Kind(Path, "a file")
RATE = Kind(_bounded(float, 0, 100_000), "a number of requests a second from 0 to 100000")
YES_OR_NO = Kind(_truth, "yes or no")
ENDPOINTS = Kind(_endpoints, "http or https addresses of SPARQL endpoints, separated by spaces")
ENDPOINT = Kind(_endpoint, "an http or https address without user or password")
HEADER = Kind(_header, "a header, Name: value")
