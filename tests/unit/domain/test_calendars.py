from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from kfflow.domain import calendars
from kfflow.domain.calendars import Calendar, YearlyClosing
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


def test_a_calendar_made_from_another_has_days_of_its_own():
    day = date(2026, 11, 25)
    assert calendars.add_working_days(DK, date(2026, 11, 24), 1) == day
    closed = replace(DK, closing_days={day: ("flytning", "removal")})
    assert calendars.add_working_days(closed, date(2026, 11, 24), 1) == date(2026, 11, 26)
    assert calendars.named_days_between(closed, date(2026, 11, 24), date(2026, 11, 30)) == [
        (day, ("flytning", "removal"))
    ]
    assert calendars.is_working_day(DK, day)


def test_working_days_are_counted_over_the_turn_of_years():
    assert calendars.add_working_days(DK, date(2025, 12, 30), 256) == date(2027, 1, 4)
    assert calendars.add_working_days(DK, date(2027, 1, 4), -256) == date(2025, 12, 30)
    assert calendars.working_days_between(DK, date(2025, 12, 30), date(2027, 1, 4)) == 256


def test_a_leap_day_closed_every_year_closes_leap_years_alone():
    leap = Calendar("x", "X", yearly_closings=(YearlyClosing(date(2024, 2, 29), ("skuddag", "leap day")),))
    closed = [day for year in range(2024, 2029) for day in leap.year(year).named if (day.month, day.day) == (2, 29)]
    assert closed == [date(2024, 2, 29), date(2028, 2, 29)]
