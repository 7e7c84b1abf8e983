from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kfflow.domain import calendars
from kfflow.domain.calendars import Calendar
from kfflow.errors import InvalidInput

DK = calendars.danish_calendar()


@pytest.mark.parametrize(
    ("calendar", "day", "reason"),
    [
        (DK, date(2026, 11, 24), None),
        (DK, date(2026, 11, 28), "weekend"),
        (DK, date(2026, 12, 26), "anden juledag"),
        (DK, date(2023, 5, 5), "store bededag"),
        (DK, date(2024, 4, 26), None),
        (DK, date(2026, 12, 24), None),
        (calendars.office_calendar(), date(2026, 12, 24), "juleaftensdag"),
        (calendars.always_open(), date(2026, 12, 25), None),
    ],
)
def test_a_closed_day_has_a_reason(calendar, day, reason):
    closed = calendars.reason_closed(calendar, day)
    assert (closed and closed[0]) == reason
    assert calendars.is_working_day(calendar, day) is (reason is None)


def test_the_nearest_working_days_around_easter():
    assert calendars.next_working_day(DK, date(2026, 4, 1)) == date(2026, 4, 7)
    assert calendars.previous_working_day(DK, date(2026, 4, 7)) == date(2026, 4, 1)
    assert calendars.on_or_after(DK, date(2026, 4, 3)) == date(2026, 4, 7)
    assert calendars.on_or_before(DK, date(2026, 4, 3)) == date(2026, 4, 1)
    assert calendars.on_or_after(DK, date(2026, 4, 7)) == date(2026, 4, 7)


def test_a_calendar_without_working_days_is_refused():
    with pytest.raises(InvalidInput, match="no working days"):
        Calendar("x", "X", weekend=frozenset(range(7)))
    with pytest.raises(InvalidInput, match="end before they begin"):
        Calendar("x", "X", office_hours=(time(15), time(9)))


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 24), 24)]
)
def test_a_day_has_the_hours_that_its_clocks_give_it(day, hours):
    zone = ZoneInfo("Europe/Copenhagen")
    begin = datetime.combine(day, time.min, zone).astimezone(UTC)
    end = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
    [(opens, closes)] = calendars.working_windows(calendars.always_open(), begin, end, zone)
    assert closes - opens == timedelta(hours=hours)
