"""Conversion functions (DMN 1.5 §10.3.4.1): values from text and from parts."""

import re
from decimal import Decimal

from kfflow.feel import temporal_text
from kfflow.feel.builtins.registry import builtin
from kfflow.feel.numbers import is_whole, number_from
from kfflow.feel.runtime import MISSING, Run
from kfflow.feel.temporal import (
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
    at_instant,
    instant,
    is_date,
)
from kfflow.feel.values import text_of

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_TEXT_LIMIT = 1000


def _or_missing(value: object) -> object:
    return MISSING if value is None else value


@builtin("string", "from:any")
def string(run: Run, value: object) -> object:
    if value is None:
        return None
    text = text_of(value)
    run.grow(len(text))
    return text


@builtin("number", "from:string")
def number(_: Run, text: str) -> object:
    if len(text) > _TEXT_LIMIT or not _NUMBER.fullmatch(text):
        return MISSING
    return _or_missing(number_from(text))


@builtin("number", "from:string, grouping separator:string?, decimal separator:string?")
def number_grouped(run: Run, text: str, grouping: str | None = None, point: str | None = None) -> object:
    if grouping not in {None, " ", ",", "."} or point not in {None, ",", "."} or (grouping and grouping == point):
        return MISSING
    if grouping:
        text = text.replace(grouping, "")
    return number(run, text.replace(point, ".") if point else text)


@builtin("date", "from:string")
def date_from_text(_: Run, text: str) -> object:
    return _or_missing(temporal_text.read_date(text))


@builtin("date", "from:day")
def date_of(_: Run, value: Date | DateTime) -> object:
    return value if isinstance(value, Date) else value.date


@builtin("date", "year:number, month:number, day:number")
def date_of_parts(_: Run, year: Decimal, month: Decimal, day: Decimal) -> object:
    if not all(map(is_whole, (year, month, day))):
        return MISSING
    return Date(int(year), int(month), int(day)) if is_date(int(year), int(month), int(day)) else MISSING


@builtin("time", "from:string")
def time_from_text(_: Run, text: str) -> object:
    return _or_missing(temporal_text.read_time(text.removeprefix("T")))


@builtin("time", "from:moment")
def time_of(_: Run, value: Date | DateTime | Time) -> object:
    if isinstance(value, Date):
        return Time(0, ZULU)
    return value if isinstance(value, Time) else Time(value.nanos, value.zone)


@builtin("time", "hour:number, minute:number, second:number, offset:days?")
def time_of_parts(_: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysTime | None = None) -> object:
    if not (is_whole(hour) and is_whole(minute) and 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):  # noqa: PLR2004 - the clock
        return MISSING
    seconds = offset.nanos // SECOND if offset is not None else 0
    if abs(seconds) > temporal_text.OFFSET_LIMIT:
        return MISSING
    nanos = int(hour) * HOUR + int(minute) * MINUTE + int(second * SECOND)
    return Time(nanos, None if offset is None else Zone(seconds))


@builtin("date and time", "from:string")
def date_time_from_text(_: Run, text: str) -> object:
    return _or_missing(temporal_text.read_date_time(text))


@builtin("date and time", "date:day, time:time")
def date_time_of(_: Run, day: Date | DateTime, time: Time) -> object:
    return DateTime(day if isinstance(day, Date) else day.date, time.nanos, time.zone)


@builtin("date and time", "from:day")
def date_time_from_day(_: Run, value: Date | DateTime) -> object:
    return value if isinstance(value, DateTime) else DateTime(value, 0)


@builtin("date and time", "date:day, timezone:string")
def date_time_in_zone(_: Run, value: Date | DateTime, key: str) -> object:
    """Put a local day or time into a zone; what has a zone already is told in the other one, the instant stays."""
    zone = temporal_text.read_zone(f"@{key}") or temporal_text.read_zone(key)
    if zone is None:
        return MISSING
    if isinstance(value, DateTime) and value.zone is not None:
        return at_instant(instant(value), zone)
    return DateTime(value, 0, zone) if isinstance(value, Date) else DateTime(value.date, value.nanos, zone)


@builtin("duration", "from:string")
def duration_from_text(_: Run, text: str) -> object:
    return _or_missing(temporal_text.read_duration(text))


@builtin("duration", "from:duration")
def duration_of(_: Run, value: DaysTime | YearsMonths) -> object:
    return value


@builtin("years and months duration", "from:day, to:day")
def years_and_months_duration(_: Run, start: Date | DateTime, end: Date | DateTime) -> object:
    first, last = (v if isinstance(v, Date) else v.date for v in (start, end))
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)
