"""Temporal values to and from ISO 8601 text, with `@Area/City` for named zones (DMN 1.5 §10.3.4.1)."""

import re
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kfflow.feel.temporal import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    ZULU,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
    Zone,
    date_from_epoch,
    days_from_epoch,
    is_date,
)

Temporal = Date | Time | DateTime | DaysTime | YearsMonths
_DATE = re.compile(r"(-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-([0-9]{2})-([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9})[0-9]*)?(Z|z|[+-][0-9:]{5,8}|@[A-Za-z0-9_+/-]{1,64})?"
)
_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
_MONTHS = re.compile(r"(-?)P(?:([0-9]{1,12})Y)?(?:([0-9]{1,12})M)?")
_DAYS = re.compile(
    r"(-?)P(?:([0-9]{1,12})D)?(T(?:([0-9]{1,12})H)?(?:([0-9]{1,12})M)?(?:([0-9]{1,12})(?:\.([0-9]{0,9})[0-9]*)?S)?)?"
)
OFFSET_LIMIT = 18 * 3600
_END_OF_DAY = "24:00:00"  # XML Schema 1.1 part 2 §3.3.7: the midnight that ends the day


def read_any(text: str) -> Temporal | None:
    """Read the text of an at-literal; None when it is no temporal value."""
    return read_date(text) or read_date_time(text) or read_time(text) or read_duration(text)


def read_date(text: str) -> Date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year, month, day = (int(g) for g in match.groups())
    return Date(year, month, day) if is_date(year, month, day) else None


def read_time(text: str) -> Time | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(g) for g in match.groups()[:3])
    zone = read_zone(match[5]) if match[5] else None
    if hour > 23 or minute > 59 or second > 59 or (match[5] and zone is None):  # noqa: PLR2004 - the clock
        return None
    return Time(hour * HOUR + minute * MINUTE + second * SECOND + _fraction(match[4]), zone)


def read_date_time(text: str) -> DateTime | None:
    """Read `dateTtime`; a date alone is its midnight."""
    date_text, separator, time_text = text.partition("T")
    date = read_date(date_text)
    if date is None:
        return None
    if not separator:
        return DateTime(date, 0)
    is_end_of_day = time_text.startswith(_END_OF_DAY)
    time = read_time("00:00:00" + time_text.removeprefix(_END_OF_DAY) if is_end_of_day else time_text)
    if time is None or (is_end_of_day and time.nanos):
        return None
    return DateTime(date_from_epoch(days_from_epoch(date) + is_end_of_day), time.nanos, time.zone)


@lru_cache(maxsize=512)
def read_zone(text: str) -> Zone | None:
    """Read `Z`, `+01:00` or `@Europe/Copenhagen`."""
    if text in {"Z", "z"}:
        return ZULU
    if text.startswith("@"):
        return _named_zone(text[1:])
    match = _OFFSET.fullmatch(text)
    if match is None or int(match[3]) > 59 or int(match[4] or 0) > 59:  # noqa: PLR2004 - the clock
        return None
    seconds = int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4] or 0)
    if seconds > OFFSET_LIMIT:
        return None
    return Zone(-seconds if match[1] == "-" else seconds)


def _named_zone(key: str) -> Zone | None:
    if key in {"Z", "UTC"}:
        return Zone(key="Etc/UTC" if key == "Z" else key)
    try:
        ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    return Zone(key=key)


def read_duration(text: str) -> DaysTime | YearsMonths | None:
    match = _MONTHS.fullmatch(text)
    if match and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None or not any((match[2], match[4], match[5], match[6])) or match[3] == "T":
        return None
    days, hours, minutes, seconds = (int(match[n] or 0) for n in (2, 4, 5, 6))
    nanos = days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND + _fraction(match[7])
    return DaysTime(-nanos if match[1] else nanos)


def _fraction(digits: str | None) -> int:
    return int(digits.ljust(9, "0")) if digits else 0


def write(value: Temporal) -> str:
    """Write any temporal value as ISO text."""
    match value:
        case Date():
            return _date(value)
        case Time(nanos, zone):
            return _time(nanos) + write_zone(zone)
        case DateTime(date, nanos, zone):
            return f"{_date(date)}T{_time(nanos)}{write_zone(zone)}"
        case DaysTime(nanos):
            return _days_time(nanos)
        case YearsMonths(months):
            return _years_months(months)


def _date(date: Date) -> str:
    sign = "-" if date.year < 0 else ""
    return f"{sign}{abs(date.year):04d}-{date.month:02d}-{date.day:02d}"


def _time(nanos: int) -> str:
    seconds, fraction = divmod(nanos, SECOND)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{fraction:09d}".rstrip("0") if fraction else text


def write_zone(zone: Zone | None) -> str:
    if zone is None:
        return ""
    if zone.key is not None:
        return f"@{zone.key}"
    if not zone.offset:
        return "Z"
    seconds = abs(zone.offset)
    sign = "-" if zone.offset < 0 else "+"
    tail = f":{seconds % 60:02d}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}{tail}"


def _days_time(nanos: int) -> str:
    if nanos == 0:
        return "PT0S"
    sign, nanos = ("-", -nanos) if nanos < 0 else ("", nanos)
    days, nanos = divmod(nanos, DAY)
    hours, nanos = divmod(nanos, HOUR)
    minutes, nanos = divmod(nanos, MINUTE)
    seconds, fraction = divmod(nanos, SECOND)
    text = f"{seconds}.{fraction:09d}".rstrip("0") if fraction else f"{seconds}"
    parts = [f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n]
    parts += [f"{text}S"] if seconds or fraction else []
    return f"{sign}P{f'{days}D' if days else ''}{'T' if parts else ''}{''.join(parts)}"


def _years_months(months: int) -> str:
    sign, months = ("-", -months) if months < 0 else ("", months)
    years, months = divmod(months, 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{sign}P{text or '0M'}"
