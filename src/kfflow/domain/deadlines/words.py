"""Dates, lengths of time and lists in Danish and English words; every function gives a (Danish, English) pair."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from kfflow.domain.deadlines.rules import Period

Words = tuple[str, str]

_DAYS_DA = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_DA = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_words(day: date) -> Words:
    """Give `tirsdag den 24. november 2026`."""
    weekday, month = day.weekday(), day.month - 1
    return (
        f"{_DAYS_DA[weekday]} den {day.day}. {_MONTHS_DA[month]} {day.year}",
        f"{_DAYS_EN[weekday]} {day.day} {_MONTHS_EN[month]} {day.year}",
    )


def long_day_words(day: date) -> Words:
    """Give `24. november 2026`."""
    da, en = short_day_words(day)
    return f"{da} {day.year}", f"{en} {day.year}"


def short_day_words(day: date) -> Words:
    """Give `24. november`."""
    return f"{day.day}. {_MONTHS_DA[day.month - 1]}", f"{day.day} {_MONTHS_EN[day.month - 1]}"


def time_words(of_day: time | datetime) -> Words:
    """Give `kl. 14.10`."""
    hour, minute = f"{of_day.hour:02}", f"{of_day.minute:02}"
    return f"kl. {hour}.{minute}", f"{hour}:{minute}"


def instant_words(local: datetime) -> Words:
    """Give `tirsdag den 24. november 2026 kl. 14.10` for a local time."""
    day_da, day_en = day_words(local.date())
    time_da, time_en = time_words(local)
    return f"{day_da} {time_da}", f"{day_en} at {time_en}"


def number_words(count: int, da: Words, en: Words) -> Words:
    """Give a number with its noun; `da` and `en` are (singular, plural)."""
    one = abs(count) == 1
    return f"{abs(count)} {da[0] if one else da[1]}", f"{abs(count)} {en[0] if one else en[1]}"


@lru_cache(maxsize=1000)
def period_words(period: Period) -> Words:
    """Give `10 arbejdsdage`, `1 måned og 2 dage`; the sign is left out."""
    parts = [
        number_words(count, da, en)
        for count, da, en in (
            (period.months // 12 if period.months % 12 == 0 else 0, ("år", "år"), ("year", "years")),
            (period.months if period.months % 12 else 0, ("måned", "måneder"), ("month", "months")),
            (period.weeks, ("uge", "uger"), ("week", "weeks")),
            (period.days, ("kalenderdag", "kalenderdage"), ("calendar day", "calendar days")),
            (period.working_days, ("arbejdsdag", "arbejdsdage"), ("working day", "working days")),
            *_exact_parts(abs(period.exact)),
        )
        if count
    ]
    return join_words(parts) if parts else ("samme dag", "the same day")


def _exact_parts(exact: timedelta) -> tuple[tuple[int, Words, Words], ...]:
    minutes, seconds = divmod(int(exact.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        (hours, ("time", "timer"), ("hour", "hours")),
        (minutes, ("minut", "minutter"), ("minute", "minutes")),
        (seconds, ("sekund", "sekunder"), ("second", "seconds")),
    )


def join_words(parts: Sequence[Words]) -> Words:
    """Give `a, b og c`."""
    danish, english = [da for da, _ in parts], [en for _, en in parts]
    return _joined(danish, "og"), _joined(english, "and")


def _joined(parts: list[str], conjunction: str) -> str:
    if len(parts) < 2:  # noqa: PLR2004 - one part needs no conjunction
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {conjunction} {parts[-1]}"


def sentence(text: str) -> str:
    """Give the text with a capital first letter."""
    return text[:1].upper() + text[1:]
