"""Temporal functions (DMN 1.5 §10.3.4.8): calendar parts, the instant of the run, month ends."""

from datetime import date as python_date
from decimal import Decimal

from kfflow.feel.builtins.registry import builtin
from kfflow.feel.logic import equal
from kfflow.feel.runtime import MISSING, Run
from kfflow.feel.temporal import Date, DateTime, Time, days_from_epoch, month_length, weekday
from kfflow.feel.values import Range

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
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


def _date(value: Date | DateTime) -> Date:
    return value if isinstance(value, Date) else value.date


@builtin("now")
def now(run: Run) -> object:
    return run.now or MISSING


@builtin("today")
def today(run: Run) -> object:
    return run.now.date if run.now else MISSING


@builtin("day of year", "date:day")
def day_of_year(_: Run, value: Date | DateTime) -> object:
    date = _date(value)
    return Decimal(days_from_epoch(date) - days_from_epoch(Date(date.year, 1, 1)) + 1)


@builtin("day of week", "date:day")
def day_of_week(_: Run, value: Date | DateTime) -> object:
    return _DAYS[weekday(_date(value)) - 1]


@builtin("month of year", "date:day")
def month_of_year(_: Run, value: Date | DateTime) -> object:
    return _MONTHS[_date(value).month - 1]


@builtin("week of year", "date:day")
def week_of_year(_: Run, value: Date | DateTime) -> object:
    """Give the ISO 8601 week; the calendar repeats every 400 years."""
    date = _date(value)
    return Decimal(python_date(date.year % 400 + 2000, date.month, date.day).isocalendar().week)


@builtin("last day of month", "date:day")
def last_day_of_month(_: Run, value: Date | DateTime) -> object:
    date = _date(value)
    return Date(date.year, date.month, month_length(date.year, date.month))


@builtin("last working day", "date:day")
def last_working_day(run: Run, value: Date | DateTime) -> object:
    """Give the day itself, or the last working day before it, by the calendar of the run; null without one."""
    date = _date(value)
    if run.working_day is None or not python_date.min.year < date.year <= python_date.max.year:
        return MISSING
    found = run.working_day(python_date(date.year, date.month, date.day))
    return Date(found.year, found.month, found.day)


@builtin("is", "value1:any, value2:any")
def is_same(_: Run, left: object, right: object) -> object:
    """Tell whether two values are the same in kind, value and zone (DMN 1.5 §10.3.2.2.4)."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (Date, Time, DateTime, Range)):
        return left == right
    return equal(left, right) is True
