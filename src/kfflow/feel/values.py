"""Values of FEEL that Python has no type for (ranges, functions), and the way of values in and out.

Inside the package a value is None, bool, Decimal, str, list, dict, a class of `temporal`, a Range or a
Function; nothing else can enter, so no expression ever holds a Python object with a behaviour.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date as python_date
from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING

from kfflow.feel import temporal_text
from kfflow.feel.numbers import NUMBERS, number_from, plain
from kfflow.feel.temporal import SECOND, Date, DateTime, DaysTime, Time, YearsMonths, Zone, seconds_offset, with_offset

if TYPE_CHECKING:
    from kfflow.feel.runtime import Run
    from kfflow.feel.types import Type


@dataclass(frozen=True, slots=True)
class Range:
    """An interval; an end that is None is unbounded. `operator` tells `(< 5)` from `(null..5)`."""

    low: object
    high: object
    low_closed: bool
    high_closed: bool
    operator: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function value: `call(run, arguments)`; `types` are those of the parameters, None where not declared."""

    name: str
    parameters: tuple[str, ...]
    types: "tuple[Type | None, ...]"
    result: "Type | None"
    call: "Callable[[Run, list[object]], object]"


class BuiltinFunction:
    """A built-in as a value; its overloads live in `builtins.registry`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


ATOMS = frozenset(
    {type(None), bool, Decimal, str, Date, Time, DateTime, DaysTime, YearsMonths, Range, Function, BuiltinFunction}
)
_DEPTH_LIMIT = 200
_LARGEST_EXPONENT = 307
_LARGEST_WHOLE = 2**63


def enter(value: object, depth: int = 0) -> object:
    """Convert a JSON-like or `datetime` value to a FEEL value; anything else becomes null."""
    kind = type(value)
    if kind in ATOMS:
        return value if kind is not Decimal else _number(value)
    if isinstance(value, (int, float)):
        return number_from(value) if not isinstance(value, bool) else bool(value)
    if depth > _DEPTH_LIMIT:
        return None
    if isinstance(value, Mapping):
        return {str(k): enter(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [enter(v, depth + 1) for v in value]
    return _enter_python(value)


def _number(value: object) -> object:
    assert isinstance(value, Decimal)
    return value if value.is_finite() and abs(value.adjusted()) < NUMBERS.Emax else None


def _enter_python(value: object) -> object:  # noqa: PLR0911 - one return a kind
    match value:
        case datetime():
            moment = _time(value.hour, value.minute, value.second, value.microsecond)
            return _entered_date_time(value, Date(value.year, value.month, value.day), moment)
        case python_date():
            return Date(value.year, value.month, value.day)
        case time():
            moment = _time(value.hour, value.minute, value.second, value.microsecond)
            return Time(moment, _zone(value.tzinfo, value.utcoffset()))
        case timedelta():
            return DaysTime(((value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds) * 1000)
        case str():
            return str.__str__(value)
        case Decimal():
            return _number(Decimal(value))
    return None


def _entered_date_time(value: datetime, day: Date, nanos: int) -> DateTime:
    offset = value.utcoffset()
    zone = _zone(value.tzinfo, offset)
    return DateTime(day, nanos, zone) if offset is None else with_offset(day, nanos, zone, int(offset.total_seconds()))


def _time(hour: int, minute: int, second: int, microsecond: int) -> int:
    return (hour * 3600 + minute * 60 + second) * SECOND + microsecond * 1000


def _zone(info: tzinfo | None, offset: timedelta | None) -> Zone | None:
    if info is None:
        return None
    key = getattr(info, "key", None)
    if isinstance(key, str):
        return Zone(key=key)
    return Zone(int(offset.total_seconds())) if offset is not None else None


def leave(value: object) -> object:
    """Convert temporal values to the types of `datetime` where they hold them without loss, in depth."""
    kind = type(value)
    if kind is list:
        assert isinstance(value, list)
        return [leave(v) for v in value]
    if kind is dict:
        assert isinstance(value, dict)
        return {k: leave(v) for k, v in value.items()}
    if kind in _LEAVING:
        return _LEAVING[kind](value)
    return value


def _leave_date(value: object) -> object:
    assert isinstance(value, Date)
    return python_date(value.year, value.month, value.day) if _fits(value) else value


def _leave_time(value: object) -> object:
    assert isinstance(value, Time)
    if value.nanos % 1000:
        return value
    return _clock(value.nanos).replace(tzinfo=value.zone.tzinfo() if value.zone else None)


def _leave_date_time(value: object) -> object:
    assert isinstance(value, DateTime)
    if value.nanos % 1000 or not _fits(value.date):
        return value
    day = python_date(value.date.year, value.date.month, value.date.day)
    return datetime.combine(day, _clock(value.nanos), value.zone.tzinfo() if value.zone else None)


def _leave_days_time(value: object) -> object:
    assert isinstance(value, DaysTime)
    fits = value.nanos % 1000 == 0 and abs(value.nanos) < 86_400 * SECOND * 999_999_999
    return timedelta(microseconds=value.nanos // 1000) if fits else value


def _fits(value: Date) -> bool:
    return 1 <= value.year <= 9999  # noqa: PLR2004 - the years of datetime


def _clock(nanos: int) -> time:
    seconds, fraction = divmod(nanos, SECOND)
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60, fraction // 1000)


_LEAVING: dict[type, Callable[[object], object]] = {
    Date: _leave_date,
    Time: _leave_time,
    DateTime: _leave_date_time,
    DaysTime: _leave_days_time,
}


def to_json(value: object) -> object:  # noqa: PLR0911 - one return a kind
    """Convert a value to JSON: temporal values and durations as ISO text, whole numbers as int, functions as null.

    A date-time in a named zone is written with the offset that holds there, which every reader of ISO text knows.
    """
    match value:
        case None | bool() | str():
            return value
        case Decimal():
            return _json_number(value)
        case DateTime(date, nanos, Zone(_, str())):
            return temporal_text.write(DateTime(date, nanos, Zone(seconds_offset(value))))
        case Date() | Time() | DateTime() | DaysTime() | YearsMonths():
            return temporal_text.write(value)
        case list() | tuple():
            return [to_json(v) for v in value]
        case dict():
            return {k: to_json(v) for k, v in value.items()}
        case Range():
            return text_of(value)
        case int() | float():
            return value
        case python_date() | time() | timedelta():
            return to_json(enter(value))
    return None


def _json_number(value: Decimal) -> int | float | None:
    """Give a whole number of 64 bits as int, others as float, and null beyond what a float holds."""
    if value.adjusted() > _LARGEST_EXPONENT:
        return None
    if abs(value) < _LARGEST_WHOLE and value == value.to_integral_value():
        return int(value)
    return float(value)


def text_of(value: object, *, quoted: bool = False) -> str:  # noqa: PLR0911 - one return a kind
    """Write a value as the built-in `string` does; text inside a list or context is quoted."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return plain(value)
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else value
        case Date() | Time() | DateTime() | DaysTime() | YearsMonths():
            return f'@"{temporal_text.write(value)}"' if quoted else temporal_text.write(value)
        case list():
            return "[" + ", ".join(text_of(v, quoted=True) for v in value) + "]"
        case dict():
            return "{" + ", ".join(f"{k}: {text_of(v, quoted=True)}" for k, v in value.items()) + "}"
        case Range():
            return _range_text(value)
    return "function"


def _range_text(value: Range) -> str:
    if value.operator:
        end = value.high if value.operator in {"<", "<="} else value.low
        return f"{value.operator} {text_of(end, quoted=True)}"
    ends = (text_of(value.low, quoted=True), text_of(value.high, quoted=True))
    return ("[" if value.low_closed else "(") + "..".join(ends) + ("]" if value.high_closed else ")")
