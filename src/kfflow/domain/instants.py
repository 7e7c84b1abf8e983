"""Instants that people and other systems give: which years they can lie in, and reading one from its text."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

YEARS = range(1900, 2200)
"""The years that anything in a case can lie in."""
SPAN = f"{YEARS[0]}–{YEARS[-1]}"
BEYOND = (
    f"Årstallet skal ligge mellem {YEARS[0]} og {YEARS[-1]}.",
    f"The year must lie between {YEARS[0]} and {YEARS[-1]}.",
)
"""What somebody is told who wrote another, in Danish and English."""


def in_utc(moment: datetime, zone: str) -> datetime | None:
    """Give a moment in UTC, one without an offset by the clock of the zone; None outside `YEARS`, here or in UTC."""
    if moment.year not in YEARS:
        return None
    instant = (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    return instant if instant.year in YEARS else None


def read_instant(text: str, zone: str) -> datetime | None:
    """Give the instant (UTC) of an ISO 8601 date (its first moment) or date-time; None for what is none in `YEARS`."""
    try:
        return in_utc(datetime.fromisoformat(text.strip()), zone)
    except ValueError:
        return None


def read_day(text: str) -> date | None:
    """Give the day of an ISO 8601 date; None for what is none in `YEARS`."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return day if day.year in YEARS else None
