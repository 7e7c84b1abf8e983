"""The calendars of an installation at each version: closed days, reopened ones, what institutions keep."""

from datetime import date, time

import pytest

from kfflow.domain import almanac, calendars
from kfflow.domain.almanac import Change, ChangeKind
from kfflow.errors import InvalidInput

DAY = date(2027, 3, 1)  # a Monday
NATIONAL = Change(1, ChangeKind.CLOSE, None, DAY, "flytning")
OWN = Change(2, ChangeKind.CLOSE, "NYB", date(2027, 3, 2), "brandøvelse")
ROUND_THE_CLOCK = Change(3, ChangeKind.KEEP, "ENM", base="24/7")
OFFICE = Change(4, ChangeKind.KEEP, "NYB", base="dk-kontor", hours=(time(8), time(15)), valid_from=date(2027, 6, 1))
ALL = almanac.almanac([NATIONAL, OWN, ROUND_THE_CLOCK, OFFICE])


@pytest.mark.parametrize(
    ("code", "institution", "day", "reason"),
    [
        ("dk", None, DAY, "flytning"),
        ("dk-kontor", None, DAY, "flytning"),
        ("24/7", None, DAY, None),
        ("institution", "NYB", DAY, "flytning"),
        ("institution", "NYB", date(2027, 3, 2), "brandøvelse"),
        ("institution", "SDO", date(2027, 3, 2), None),
        ("dk", "NYB", date(2027, 3, 2), None),
        ("institution", "ENM", DAY, None),
        ("institution", "ENM", date(2027, 12, 25), None),
        ("institution", None, DAY, "flytning"),
    ],
)
def test_a_closing_day_closes_the_calendars_it_is_for(code, institution, day, reason):
    closed = calendars.reason_closed(ALL.calendar(code, institution, day), day)
    assert (closed and closed[0]) == reason


def test_what_an_institution_keeps_holds_for_what_begins_from_then_on():
    before = ALL.calendar("institution", "NYB", date(2027, 5, 31))
    after = ALL.calendar("institution", "NYB", date(2027, 6, 1))
    assert (before.code, before.office_hours) == ("dk", None)
    assert (after.code, after.office_hours) == ("dk-kontor", (time(8), time(15)))


def test_a_day_opened_again_is_a_working_day_in_that_version_alone():
    reopened = almanac.almanac([NATIONAL, Change(2, ChangeKind.OPEN, None, DAY, "aflyst")])
    assert calendars.is_working_day(reopened.calendar("dk", None, DAY), DAY)
    assert not calendars.is_working_day(almanac.almanac([NATIONAL]).calendar("dk", None, DAY), DAY)
    assert reopened.version == 2


GRUNDLOVSDAG = Change(1, ChangeKind.CLOSE_YEARLY, "NYB", date(2026, 6, 5), "grundlovsdag")


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2025, 6, 5), None),
        (date(2026, 6, 5), "grundlovsdag"),
        (date(2030, 6, 5), None),
        (date(2031, 6, 5), "grundlovsdag"),
        (date(2034, 6, 5), None),
        (date(2031, 6, 6), None),
    ],
)
def test_a_yearly_closing_recurs_until_it_ends_but_for_single_days(day, reason):
    once = Change(2, ChangeKind.OPEN, "NYB", date(2030, 6, 5), "jubilæum")
    over = Change(3, ChangeKind.OPEN_YEARLY, "NYB", date(2034, 6, 5), "ny aftale")
    calendar = almanac.almanac([GRUNDLOVSDAG, once, over]).calendar("institution", "NYB", day)
    named = calendars.reason_named(calendar, day)
    assert (named and named[0]) == reason


@pytest.mark.parametrize(
    ("first", "last", "touches"),
    [
        (date(2026, 6, 4), date(2026, 6, 5), True),
        (date(2026, 6, 6), date(2027, 6, 4), False),
        (date(2026, 6, 6), date(2029, 1, 1), True),
        (date(2031, 6, 5), date(2031, 6, 5), True),
        (date(2025, 1, 1), date(2025, 12, 31), False),
        (date(2027, 6, 6), date(2027, 6, 1), True),
    ],
)
def test_a_yearly_closing_touches_what_counts_over_one_of_its_days(first, last, touches):
    assert almanac.may_touch(GRUNDLOVSDAG, "institution", "NYB", first, last) is touches


def test_a_calendar_that_there_is_not_is_refused():
    with pytest.raises(InvalidInput, match="no calendar maanen"):
        ALL.calendar("maanen", None, DAY)


@pytest.mark.parametrize(
    ("change", "code", "institution", "touches"),
    [
        (NATIONAL, "dk", "NYB", True),
        (OWN, "dk", "NYB", False),
        (OWN, "institution", "NYB", True),
        (OWN, "institution", "SDO", False),
        (Change(9, ChangeKind.CLOSE, None, date(2027, 4, 1), "efter"), "dk", None, False),
        (Change(9, ChangeKind.CLOSE, None, date(2027, 1, 1), "før"), "dk", None, False),
        (OFFICE, "institution", "NYB", False),
        (Change(9, ChangeKind.KEEP, "NYB", base="24/7"), "institution", "NYB", True),
    ],
)
def test_a_change_touches_the_deadlines_that_count_its_day(change, code, institution, touches):
    assert almanac.may_touch(change, code, institution, date(2027, 2, 20), date(2027, 3, 20)) is touches


SUMMER = Change(
    5,
    ChangeKind.KEEP,
    "NYB",
    base="dk",
    hours=(time(9), time(13)),
    valid_from=date(2027, 7, 1),
    valid_to=date(2027, 9, 1),
)


@pytest.mark.parametrize(
    ("begun", "opens"),
    [
        (date(2027, 6, 30), time(8)),
        (date(2027, 7, 1), time(9)),
        (date(2027, 8, 31), time(9)),
        (date(2027, 9, 1), time(8)),
    ],
)
def test_hours_for_a_season_hold_for_what_begins_in_it_and_then_the_former_again(begun, opens):
    kept = almanac.almanac([OFFICE, SUMMER]).calendar("institution", "NYB", begun).office_hours
    assert kept is not None
    assert kept[0] == opens


@pytest.mark.parametrize(
    ("first", "last", "touches"),
    [
        (date(2027, 6, 1), date(2027, 6, 30), False),
        (date(2027, 6, 1), date(2027, 7, 1), True),
        (date(2027, 8, 31), date(2027, 9, 9), True),
        (date(2027, 9, 1), date(2027, 9, 9), False),
    ],
)
def test_a_season_touches_the_deadlines_that_reach_into_it(first, last, touches):
    assert almanac.may_touch(SUMMER, "institution", "NYB", first, last) is touches


YEARLY_DAY = Change(1, ChangeKind.CLOSE_YEARLY, None, date(2026, 12, 24), "Juleaften")


@pytest.mark.parametrize(
    ("change", "day", "expected"),
    [
        (SUMMER, date(2027, 7, 1), True),
        (SUMMER, date(2027, 9, 1), True),
        (SUMMER, date(2027, 8, 1), False),
        (YEARLY_DAY, date(2028, 12, 24), True),
        (YEARLY_DAY, date(2025, 12, 24), False),
        (Change(1, ChangeKind.OPEN, None, date(2027, 3, 1)), date(2027, 3, 1), True),
        (Change(1, ChangeKind.OPEN, None, date(2027, 3, 1)), date(2028, 3, 1), False),
    ],
)
def test_a_change_is_about_the_days_it_names(change, day, expected):
    assert almanac.is_for(change, day) is expected
