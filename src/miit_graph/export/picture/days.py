"""Days as numbers, for any year; what a date as written can mean at the earliest and at the latest."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

_WRITTEN = re.compile(
    r"(?P<year>-?\d{4,6})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T\S*)?)?)?(?:Z|[+-]\d\d:\d\d)?[~?%]?", re.ASCII
)
_SEASONS = {
    **{21 + n: (3 + 3 * n, 3) for n in range(4)},
    **{25 + n: (3 + 3 * n, 3) for n in range(4)},
    **{33 + n: (1 + 3 * n, 3) for n in range(4)},
    **{37 + n: (1 + 4 * n, 4) for n in range(3)},
    **{40 + n: (1 + 6 * n, 6) for n in range(2)},
}
"""First month and number of months of EDTF's parts of a year (level 2, without those of the southern hemisphere)."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The first and the last day that a time can mean, as `day_number`; None where nothing limits it."""

    first: int | None
    last: int | None


def day_number(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 in the Gregorian calendar, taken back before its adoption, for any year."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def civil(number: int) -> tuple[int, int, int]:
    """Year, month and day of a `day_number`."""
    number += 719468
    era = number // 146097
    of_era = number - era * 146097
    year_of_era = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    day = of_year - (153 * shifted + 2) // 5 + 1
    month = shifted + (3 if shifted < 10 else -9)
    return year_of_era + era * 400 + (month <= 2), month, day


def number_of(day: date) -> int:
    """The number of a day of the standard library."""
    return day_number(day.year, day.month, day.day)


def parts_of(written: str) -> tuple[int, int | None, int | None] | None:
    """Year, month (or EDTF's part of the year) and day of a single date as written, as far as it has them."""
    found = _WRITTEN.fullmatch(written.strip())
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.group("year", "month", "day"))
    assert year is not None  # the pattern asks for it
    if month is None or (day is None and month in _SEASONS):
        return year, month, None
    if not 1 <= month <= 12 or (day is not None and not 1 <= day <= _length(year, month)):
        return None
    return year, month, day


def bounds_of(written: str) -> Bounds | None:
    """What a date can mean: an `xsd:date`, `gYearMonth`, `gYear` or `dateTime`, or EDTF, also as an interval.

    None for what is no date.
    """
    before, slash, after = written.strip().partition("/")
    if slash:
        first = Bounds(None, None) if before in ("..", "") else bounds_of(before)
        last = Bounds(None, None) if after in ("..", "") else bounds_of(after)
        return Bounds(first.first, last.last) if first and last else None
    parts = parts_of(written)
    if parts is None:
        return None
    year, month, day = parts
    if month is None:
        return Bounds(day_number(year, 1, 1), day_number(year, 12, 31))
    start, months = (month, 1) if month <= 12 else _SEASONS[month]
    if day is not None:
        return Bounds(day_number(year, month, day), day_number(year, month, day))
    end = start + months - 1
    over, end = (1, end - 12) if end > 12 else (0, end)
    return Bounds(day_number(year, start, 1), day_number(year + over, end, _length(year + over, end)))


def _length(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else calendar.monthrange(2001, month)[1]
