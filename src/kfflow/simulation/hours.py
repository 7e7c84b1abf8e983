"""The hours of the offices, in the time zone of the service."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kfflow.domain import calendars

ZONE = ZoneInfo("Europe/Copenhagen")
OPENS, CLOSES = time(8), time(15, 30)
CALENDAR = calendars.danish_calendar()


def on(day: date, at: time) -> datetime:
    """Give a local time of a day."""
    return datetime.combine(day, at, ZONE)


def local_text(at: datetime) -> str:
    """Give an instant as local time with its offset, to the second."""
    return at.astimezone(ZONE).isoformat(timespec="seconds")


def in_office_hours(at: datetime) -> datetime:
    """Give the instant, or the opening of the next working day when nobody is there."""
    local = at.astimezone(ZONE)
    if calendars.is_working_day(CALENDAR, local.date()) and OPENS <= local.time() <= CLOSES:
        return at
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    day = calendars.on_or_after(CALENDAR, day)
    minutes = timedelta(minutes=(local.minute * 7 + local.second) % 300)
    return on(day, OPENS).astimezone(at.tzinfo) + minutes
