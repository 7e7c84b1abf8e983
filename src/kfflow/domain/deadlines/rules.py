"""A deadline's rule: how long, in which unit, and what happens at closing time, weekends and month ends.

Written `10 AD` (working days), `30 KD` (calendar days), `4 W` (weeks), `2 MD` (calendar months), `4 H`, `30 M`, or as
an ISO 8601 duration without fractions (`P4W`, `P1M`, `PT2H`). A leading minus counts backwards from the start.
"""

import calendar as gregorian
import re
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from functools import lru_cache

from kfflow.errors import FieldProblem, InvalidInput

END_OF_DAY = time(23, 59, 59)
"""When a deadline in days expires unless its rule says otherwise: with the end of the last day."""
LONGEST_DAYS = 36_525
LONGEST_WORKING_DAYS = 10_000

_UNITS = re.compile(r"([+\-−]?)\s*(\d{1,6})\s*(AD|KD|W|MD|H|M)", re.IGNORECASE)
_ISO = re.compile(
    r"([+\-−]?)P(?=[0-9T])(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=[0-9])(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?"
)
_CUTOFF = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


class Roll(StrEnum):
    """Where a due day that is no working day moves to."""

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Period:
    """A length of time; the parts have one sign. `exact` is absolute time, the others are counted on the calendar."""

    working_days: int = 0
    days: int = 0
    weeks: int = 0
    months: int = 0
    exact: timedelta = timedelta(0)

    @property
    def is_exact(self) -> bool:
        return self.exact != timedelta(0)

    @property
    def is_backward(self) -> bool:
        return min(self.working_days, self.days, self.weeks, self.months) < 0 or self.exact < timedelta(0)

    def reversed(self) -> "Period":
        return Period(-self.working_days, -self.days, -self.weeks, -self.months, -self.exact)


@dataclass(frozen=True, slots=True)
class Rule:
    """How a due instant follows from a start.

    `cutoff`: what comes in after this local time, or on no working day, counts as come in on the next working day.
    `due_time`: local time at which the last day expires; None keeps the time of day of the start.
    `warn_share`: share of the time, above 0 and at most 1, after which owners are warned.
    """

    text: str
    period: Period
    roll: Roll = Roll.NONE
    cutoff: time | None = None
    due_time: time | None = END_OF_DAY
    warn_share: float = 0.8

    @property
    def counts_working_days(self) -> bool:
        return self.period.working_days != 0


def parse_rule(
    text: str,
    *,
    roll: str = "none",
    cutoff: str | None = None,
    warn_share: float = 0.8,
    due_time: time | None = END_OF_DAY,
) -> Rule:
    """Give the rule of a `kf:deadline`; raises InvalidInput naming each attribute that is wrong.

    `due_time` concerns rules in days alone: hours, minutes and ISO durations with a time part end to the second.
    """
    return _parsed(text, roll, cutoff, warn_share, due_time)


@lru_cache(maxsize=1000)
def _parsed(text: str, roll: str, cutoff: str | None, warn_share: float, due_time: time | None) -> Rule:
    period = _parse_period(text.strip())
    problems = [
        problem for problem in (_roll_problem(roll), _cutoff_problem(cutoff), _share_problem(warn_share)) if problem
    ]
    if period is None:
        problems.insert(0, _rule_problem(text))
    if period is None or problems:
        raise InvalidInput("Fristreglen er ugyldig.", "The deadline rule is invalid.", fields=problems)
    due = None if period.is_exact else due_time
    rolled = Roll.NEXT if _is_zero_working_days(text) else Roll(roll)
    return Rule(text.strip(), period, rolled, _parse_cutoff(cutoff), due, warn_share)


def _is_zero_working_days(text: str) -> bool:
    found = _UNITS.fullmatch(text.strip())
    return found is not None and found[3].upper() == "AD" and int(found[2]) == 0


def _parse_period(text: str) -> Period | None:
    if found := _UNITS.fullmatch(text):
        sign, amount, unit = found.groups()
        period = _in_unit(int(amount), unit.upper())
    elif found := _ISO.fullmatch(text):
        sign, *parts = found.groups()
        period = _from_iso([int(part or 0) for part in parts])
    else:
        return None
    no_time = period == Period() and text.upper().endswith(("H", "M", "S")) and not text.upper().endswith("MD")
    if no_time or not _is_bounded(period):
        return None
    return period.reversed() if sign in {"-", "−"} else period


def _in_unit(amount: int, unit: str) -> Period:
    match unit:
        case "AD":
            return Period(working_days=amount)
        case "KD":
            return Period(days=amount)
        case "W":
            return Period(weeks=amount)
        case "MD":
            return Period(months=amount)
        case "H":
            return Period(exact=timedelta(hours=amount))
        case _:
            return Period(exact=timedelta(minutes=amount))


def _from_iso(parts: list[int]) -> Period:
    years, months, weeks, days, hours, minutes, seconds = parts
    exact = timedelta(hours=min(hours, 10**7), minutes=min(minutes, 10**9), seconds=min(seconds, 10**9))
    return Period(months=years * 12 + months, weeks=weeks, days=days, exact=exact)


def _is_bounded(period: Period) -> bool:
    days = period.days + period.weeks * 7 + period.months * 30
    return (
        days <= LONGEST_DAYS
        and period.working_days <= LONGEST_WORKING_DAYS
        and period.exact <= timedelta(days=LONGEST_DAYS)
    )


def _parse_cutoff(cutoff: str | None) -> time | None:
    found = _CUTOFF.fullmatch(cutoff.strip()) if cutoff else None
    return time(int(found[1]), int(found[2])) if found else None


def _rule_problem(text: str) -> FieldProblem:
    return FieldProblem(
        "rule",
        f"»{text[:40]}« er ingen frist. Skriv fx 10 AD (arbejdsdage), 30 KD (kalenderdage), 4 W, 2 MD, 4 H eller P1M; "
        f"højst {LONGEST_WORKING_DAYS} arbejdsdage eller {LONGEST_DAYS} dage.",
        f'"{text[:40]}" is no deadline. Write e.g. 10 AD (working days), 30 KD (calendar days), 4 W, 2 MD, 4 H or P1M; '
        f"at most {LONGEST_WORKING_DAYS} working days or {LONGEST_DAYS} days.",
    )


def _roll_problem(roll: str) -> FieldProblem | None:
    if roll in {member.value for member in Roll}:
        return None
    return FieldProblem("roll", "Skriv none, next eller previous.", "Write none, next or previous.")


def _cutoff_problem(cutoff: str | None) -> FieldProblem | None:
    if not cutoff or _CUTOFF.fullmatch(cutoff.strip()):
        return None
    return FieldProblem("cutoff", "Skriv et klokkeslæt, fx 13:00.", "Write a time of day, e.g. 13:00.")


def _share_problem(share: float) -> FieldProblem | None:
    if 0 < share <= 1:
        return None
    return FieldProblem(
        "warnShare", "Skriv en andel mellem 0 og 1, fx 0.8.", "Write a share between 0 and 1, e.g. 0.8."
    )


def add_months(day: date, count: int) -> date:
    """Give the same day of the month, count months on; the last day of that month when it is shorter."""
    month = day.year * 12 + day.month - 1 + count
    year, month = divmod(month, 12)
    if not date.min.year <= year <= date.max.year:
        raise InvalidInput("Datoen ligger uden for kalenderen.", "The date is beyond the calendar.")
    last = gregorian.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
