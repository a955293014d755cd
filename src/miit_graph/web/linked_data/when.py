"""Times in words: dates as precise as they are stated, in English and Chinese.

Times come as EDTF (Extended Date/Time Format, ISO 8601-2:2019), of which what occurs in practice is put in words, or as
literals of the date types of XML Schema; whatever else is said by its bounds or left as it is.
"""

from __future__ import annotations

import re

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DATE = re.compile(r"(?P<year>-?\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d))?)?(?P<mark>[~?%]?)(?:T[\d:.]+)?Z?")
_PARTS = {
    "en": {21: "spring", 22: "summer", 23: "autumn", 24: "winter", 40: "early", 41: "late"}
    | {33 + n: f"quarter {n + 1} of" for n in range(4)},
    "zh": {21: "春季", 22: "夏季", 23: "秋季", 24: "冬季", 40: "上半年", 41: "下半年"}
    | {33 + n: f"第{'一二三四'[n]}季度" for n in range(4)},
}
_MARKS = {
    "en": {"~": "about {}", "?": "{} (uncertain)", "%": "about {} (uncertain)", "": "{}"},
    "zh": {"~": "约{}", "?": "{}（存疑）", "%": "约{}（存疑）", "": "{}"},
}
_RANGES = {
    "en": {"until": "by {}", "from": "{} or later", "between": "between {} and {}"},
    "zh": {"until": "不晚于{}", "from": "{}或以后", "between": "{}至{}之间"},
}
_PERIODS = {
    "en": {"both": "from {} to {}", "from": "since {}", "until": "until {}"},
    "zh": {"both": "{}至{}", "from": "{}起", "until": "至{}止"},
}


def date(text: str, language: str) -> str:
    """One date of EDTF level 0 or 1, or of XML Schema, in words; empty if it is none."""
    found = _DATE.fullmatch(text)
    if not found:
        return ""
    year, month, day = (int(part) if part else None for part in found.group("year", "month", "day"))
    return _MARKS[language][found["mark"]].format(words) if (words := _words(year, month, day, language)) else ""


def _words(year: int | None, month: int | None, day: int | None, language: str) -> str:
    zh = language == "zh"
    if month is None:
        return f"{year}年" if zh else str(year)
    if not 1 <= month <= 12:
        part = _PARTS[language].get(month, "")
        return part and (f"{year}年{part}" if zh else f"{part} {year}")
    if day is None:
        return f"{year}年{month}月" if zh else f"{_MONTHS[month - 1]} {year}"
    return f"{year}年{month}月{day}日" if zh else f"{day} {_MONTHS[month - 1]} {year}"


def edtf(text: str, language: str) -> str:
    """A date or interval of EDTF in words; empty if it is neither."""
    first, slash, last = text.partition("/")
    if not slash:
        return date(text, language)
    ends = [date(end, language) if end not in ("", "..") else "" for end in (first, last)]
    if all(ends):
        return _RANGES[language]["between"].format(*ends)
    if ends[0] and last in ("", ".."):
        return _RANGES[language]["from"].format(ends[0])
    return _RANGES[language]["until"].format(ends[1]) if ends[1] and first in ("", "..") else ""


def bounds(earliest: str, latest: str, language: str) -> str:
    """What two days say that a time lies between; empty if neither is known."""
    first, last = date(earliest, language), date(latest, language)
    if first and last:
        return first if first == last else _RANGES[language]["between"].format(first, last)
    return _RANGES[language]["from" if first else "until"].format(first or last) if first or last else ""


def period(begin: str, end: str, language: str) -> str:
    """A beginning and an end in words, each possibly empty, as one phrase."""
    key = "both" if begin and end else "from" if begin else "until"
    return _PERIODS[language][key].format(*(part for part in (begin, end) if part)) if begin or end else ""
