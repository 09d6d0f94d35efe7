"""Dates as news files write them → ISO 8601, or nothing where the text leaves a doubt."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_MAX_LENGTH = 100

# A year outside these belongs to another calendar (1399, 1442, 2563, 5780) or to no newspaper.
_FIRST_YEAR, _LAST_YEAR = 1600, 2200

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june",
            "jul july", "aug august", "sep sept september", "oct october", "nov november",
            "dec december",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip

_WEEKDAYS = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun"
)

# Hours from UTC; None where several zones share the abbreviation (CST is Chicago and China).
_ZONES: dict[str, float | None] = {
    "Z": 0, "UTC": 0, "GMT": 0, "UT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1,
    "MESZ": 2, "EET": 2, "EEST": 3, "IDT": 3, "MSK": 3, "TRT": 3, "WAT": 1, "CAT": 2, "SAST": 2,
    "EAT": 3, "IRST": 3.5, "PKT": 5, "NPT": 5.75, "WIB": 7, "HKT": 8, "SGT": 8, "AWST": 8,
    "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "PDT": -7, "MDT": -6, "AKDT": -8, "AKST": -9, "HST": -10,
    "EST": None, "EDT": None, "CST": None, "CDT": None, "MST": None, "PST": None, "AST": None,
    "ADT": None, "IST": None, "BST": None, "GST": None, "WST": None, "AMT": None, "ECT": None,
}  # fmt: skip

_EPOCH = re.compile(r"(\d{9,10}|\d{13}|\d{16})(?:\.\d+)?")
_EPOCH_UNITS = {9: 1, 10: 1, 13: 1_000, 16: 1_000_000}

_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)([Zz]|[+-]\d\d:?\d\d)?)?")

_TIME = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?)?"
    r"(?:\s?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
    r"(?P<zone>(?:\s*(?:Z\b|(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d\d)?(?![\d:])|[A-Z]{2,4}\b"
    r"|\([^()]{1,30}\)|\[[^\[\]]{1,40}\]))*)"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?([+-])(\d{1,2})(?::?(\d\d))?")

_YEAR, _NUMBER, _NAME = r"(?P<year>\d{4})", r"(?P<month>\d{1,2})", r"(?P<name>[a-z]{3,9})\.?"
_DAY = r"(?P<day>\d{1,2})"
_ORDINAL = rf"{_DAY}(?:st|nd|rd|th)?"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}(?P<separator>[-/.]){_NUMBER}(?:(?P=separator){_DAY})?",
        rf"{_YEAR}",
        rf"{_YEAR} ?年 ?{_NUMBER} ?月 ?(?:{_DAY} ?日)?",
        rf"{_YEAR} ?년 ?{_NUMBER} ?월 ?(?:{_DAY} ?일)?",
        rf"{_ORDINAL}(?: of)?[ -]{_NAME}[ -]{_YEAR}",
        rf"{_NAME}[ -]{_ORDINAL}[ -]{_YEAR}",
        rf"{_YEAR}[ -]{_NAME}[ -]{_ORDINAL}",
        rf"{_NAME}[ -]{_YEAR}",
    )
)
_EITHER_ORDER = re.compile(rf"(\d{{1,2}})(?P<separator>[-/.])(\d{{1,2}})(?P=separator){_YEAR}")


def parse_date(text: str) -> str | None:
    """Read a date, with its time and offset where the text gives them, as ISO 8601.

    Understands ISO 8601 and its looser relatives, RFC 2822, seconds, milliseconds
    and microseconds since 1970, English month names, Chinese, Japanese and Korean
    dates, and the digits of any script. What the text does not say stays out: a
    year or a month alone is returned as such, a time without a zone has no offset,
    and a zone whose abbreviation several countries share is left off. None where
    nothing can be read for certain: ``03/04/2018`` is in March or in April, years
    before 1600 belong to other calendars, "yesterday" depends on the reader.

    A result is read again as itself.
    """
    if len(text) > _MAX_LENGTH:
        return None
    plain = _plain(text)
    if match := _COMPACT.fullmatch(plain):
        return _compact(match)
    if match := _EPOCH.fullmatch(plain):
        return _epoch(plain, _EPOCH_UNITS[len(match[1])])
    if date := _date(plain):
        return date
    return _date_and_time(plain)


def _plain(text: str) -> str:
    """ASCII digits, no invisible marks, single spaces."""
    text = unicodedata.normalize("NFKC", text)
    digits = (
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in text
        if unicodedata.category(character) != "Cf"
    )
    return " ".join("".join(digits).replace("−", "-").replace("،", ",").split())


def _epoch(number: str, unit: int) -> str:
    whole, _, fraction = number.partition(".")
    seconds, rest = divmod(int(whole), unit)
    micro = rest * (1_000_000 // unit) if unit > 1 else int(fraction[:6].ljust(6, "0"))
    moment = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micro)
    return moment.isoformat()


def _compact(match: re.Match[str]) -> str | None:
    year, month, day, hour, minute, second, zone = match.groups()
    date = _valid(year, month, day)
    if hour is None or date is None:
        return date
    return _join(date, int(hour), int(minute), int(second), 0, _offset(zone) if zone else None)


def _date_and_time(text: str) -> str | None:
    # A number such as the day may look like an hour; the time is what leaves a date behind.
    for match in _TIME.finditer(text):
        if match["minute"] is None and match["half"] is None:
            continue
        date = _date(f"{text[: match.start()].rstrip('T')} {text[match.end() :]}")
        if date is None or len(date) != len("2020-08-31"):
            continue
        hour = _hour(int(match["hour"]), match["half"])
        zone = _zone(match["zone"])
        if hour is None or zone is _UNKNOWN:
            return None
        micro = int((match["fraction"] or "0")[:6].ljust(6, "0"))
        return _join(date, hour, int(match["minute"] or 0), int(match["second"] or 0), micro, zone)
    return None


def _hour(hour: int, half: str | None) -> int | None:
    if half is None:
        return hour
    if half in "Pp":
        return hour if hour >= 12 else hour + 12
    return None if hour > 12 else hour % 12


def _join(
    date: str, hour: int, minute: int, second: int, micro: int, zone: tzinfo | None
) -> str | None:
    try:
        day = datetime.fromisoformat(date)
        return day.replace(
            hour=hour, minute=minute, second=second, microsecond=micro, tzinfo=zone
        ).isoformat()
    except ValueError:
        return None


_UNKNOWN = timezone(timedelta(hours=23, minutes=59))
"""Stands for a zone that is named but not understood."""


def _zone(text: str) -> tzinfo | None:
    """The zone after a time: an offset counts before a name beside it."""
    text = re.sub(r"\[[^\]]*\]|\([^)]*\)", lambda found: " " + found[0][1:-1] + " ", text).strip()
    if not text:
        return None
    if match := _OFFSET.search(text):
        return _offset(match[0])
    names = [word for word in text.split() if word in _ZONES]
    if not names:
        return _UNKNOWN
    hours = _ZONES[names[0]]
    return None if hours is None else timezone(timedelta(hours=hours)) if hours else UTC


def _offset(text: str) -> tzinfo:
    match = _OFFSET.fullmatch(text.strip())
    if match is None:
        return UTC
    minutes = int(match[2]) * 60 + int(match[3] or 0)
    if minutes > 14 * 60 or int(match[3] or 0) > 59:
        return _UNKNOWN
    return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes))


def _date(text: str) -> str | None:
    text = re.sub(rf"^(?:{_WEEKDAYS})\b\.?|\b(?:at|on)\b|[,|·•]", " ", text.lower())
    text = re.sub(rf"\b(?:{_WEEKDAYS})\b", " ", text) if text[:1].isdigit() else text
    text = " ".join(text.split()).strip(" -–—")
    if match := _EITHER_ORDER.fullmatch(text):
        return _either_order(match)
    for pattern in _DATES:
        if match := pattern.fullmatch(text):
            found = match.groupdict()
            month = found.get("month") or str(_MONTHS.get(found.get("name") or "", ""))
            if not month and found.get("name"):
                return None
            return _valid(found["year"], month or None, found.get("day"))
    return None


def _either_order(match: re.Match[str]) -> str | None:
    """Day and month, only where one order alone makes a date."""
    first, _, second, year = match.groups()
    dates = {_valid(year, first, second), _valid(year, second, first)} - {None}
    return dates.pop() if len(dates) == 1 else None


def _valid(year: str, month: str | None, day: str | None) -> str | None:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        whole = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    except ValueError:
        return None
    iso = whole.date().isoformat()
    return iso if day else iso[:7] if month else iso[:4]
