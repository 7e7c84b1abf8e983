"""Deadlines against slow counting, day by day and minute by minute."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kfflow.domain import calendars, danish_holidays, deadlines
from kfflow.domain.deadlines import Entry, EntryKind

ZONE = ZoneInfo("Europe/Copenhagen")
CALENDARS = list(calendars.standard_calendars().values())
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)).map(lambda naive: naive.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone is set right after
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
CUTOFFS = st.sampled_from([None, "08:00", "13:00", "15:30"])


def easter(year: int) -> date:
    """Easter Sunday by following the moon of the Gregorian tables: the Sunday after the 14th of the paschal moon."""
    century = year // 100 + 1
    epact = (14 + 11 * (year % 19) - 3 * century // 4 + (5 + 8 * century) // 25) % 30
    epact += epact == 0 or (epact == 1 and year % 19 > 10)
    full_moon = date(year, 4, 19) - timedelta(days=epact)
    return full_moon + timedelta(days=7 - (full_moon.weekday() + 1) % 7)


def is_public_holiday(day: date) -> bool:
    days = (day - easter(day.year)).days
    moving = {-3, -2, 0, 1, 39, 49, 50} | ({26} if day.year < 2024 else set())
    return days in moving or (day.month, day.day) in {(1, 1), (12, 25), (12, 26)}


def is_open(calendar, day: date) -> bool:
    if calendar.code == "24/7":
        return True
    agreed = calendar.code == "dk-kontor" and (day.month, day.day) in {(6, 5), (12, 24), (12, 31)}
    return day.weekday() < 5 and not agreed and not is_public_holiday(day)


@pytest.mark.parametrize("year", range(1900, 2101))
def test_public_holidays_are_those_of_the_holidays_package(year):
    """That package knows the years to 2100; ours go on."""
    assert set(danish_holidays.public_holidays(year)) == set(holidays.country_holidays("DK", years=year))


@given(st.dates(date(1700, 1, 1), date(4000, 12, 31)))
def test_public_holidays_are_those_of_the_danish_rules(day):
    assert (day in danish_holidays.public_holidays(day.year)) is is_public_holiday(day)


@given(st.sampled_from(CALENDARS), DAYS, st.integers(1, 60))
def test_working_days_are_counted_one_by_one(calendar, day, count):
    slow, left = day, count
    while left:
        slow += timedelta(days=1)
        left -= is_open(calendar, slow)
    assert calendars.add_working_days(calendar, day, count) == slow
    assert calendars.working_days_between(calendar, day, slow) == count


@given(st.sampled_from(CALENDARS), DAYS, st.integers(1, 60))
def test_counting_back_undoes_counting_on_from_a_working_day(calendar, day, count):
    assume(is_open(calendar, day))
    there = calendars.add_working_days(calendar, day, count)
    assert calendars.add_working_days(calendar, there, -count) == day


@given(st.sampled_from(CALENDARS), INSTANTS, st.integers(0, 40), CUTOFFS)
def test_a_deadline_in_working_days_is_what_a_clerk_counts(calendar, start_at, count, cutoff):
    local = start_at.astimezone(ZONE)
    day = local.date()
    if cutoff and (not is_open(calendar, day) or local.time() > time.fromisoformat(cutoff)):
        day += timedelta(days=1)
        while not is_open(calendar, day):
            day += timedelta(days=1)
    while count == 0 and not is_open(calendar, day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_open(calendar, day):
            day += timedelta(days=1)
    rule = deadlines.parse_rule(f"{count} AD", cutoff=cutoff)
    due = deadlines.project(rule, start_at, calendar).due_at.astimezone(ZONE)
    assert (due.date(), due.time()) == (day, time(23, 59, 59))


@given(INSTANTS, st.integers(1, 3000))
def test_minutes_are_counted_minute_by_minute(start_at, count):
    rule = deadlines.parse_rule(f"{count} M")
    due_at = deadlines.project(rule, start_at, CALENDARS[0]).due_at
    slow = start_at
    for _ in range(count):
        slow += timedelta(minutes=1)
    assert due_at == slow


@given(INSTANTS, st.integers(0, 60), st.sampled_from(["next", "previous"]))
def test_a_rolled_deadline_ends_on_the_nearest_working_day_that_way(start_at, count, roll):
    calendar = CALENDARS[0]
    plain = deadlines.project(deadlines.parse_rule(f"{count} KD"), start_at, calendar).due_at.astimezone(ZONE).date()
    rolled = deadlines.project(deadlines.parse_rule(f"{count} KD", roll=roll), start_at, calendar)
    slow = plain
    while not is_open(calendar, slow):
        slow += timedelta(days=1 if roll == "next" else -1)
    assert rolled.due_at.astimezone(ZONE).date() == slow


@given(DAYS, st.integers(-60, 60))
def test_months_on_is_the_same_day_or_the_last_of_a_shorter_month(day, count):
    there = deadlines.add_months(day, count)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == count
    assert there.day == day.day or (there.day < day.day and (there + timedelta(days=1)).day == 1)


RULES = st.builds(
    "{}{}".format, st.integers(1, 50), st.sampled_from([" AD", " KD", " W", " MD", " H", " M"])
) | st.sampled_from(["P1M", "P4W", "P1DT2H", "PT36H", "P1Y6M"])


@given(RULES, INSTANTS, st.timedeltas(timedelta(0), timedelta(days=40)), CUTOFFS)
def test_what_comes_in_later_is_never_due_earlier(text, first, later_by, cutoff):
    rule = deadlines.parse_rule(text, cutoff=cutoff)
    calendar = CALENDARS[0]
    assert deadlines.project(rule, first, calendar).due_at <= deadlines.project(rule, first + later_by, calendar).due_at


@given(RULES, INSTANTS, st.floats(0.05, 1), st.sampled_from(CALENDARS), CUTOFFS)
def test_the_warning_lies_between_the_start_and_the_end(text, start_at, share, calendar, cutoff):
    rule = deadlines.parse_rule(text, warn_share=share, cutoff=cutoff)
    projection = deadlines.project(rule, start_at, calendar)
    assert start_at <= projection.warn_at <= projection.due_at
    assert all(step.text_da and step.text_en and step.text_da.endswith(".") for step in projection.steps)


@given(INSTANTS, st.sampled_from(CALENDARS), st.integers(1, 12), st.sampled_from([0.25, 0.5, 0.8]))
def test_the_warning_share_is_of_the_working_time_counted_minute_by_minute(start_at, calendar, count, share):
    start_at = start_at.replace(second=0, microsecond=0)
    rule = deadlines.parse_rule(f"{count} AD", warn_share=share)
    projection = deadlines.project(rule, start_at, calendar)

    def minutes(end: datetime) -> int:
        """Count working minutes, an hour at a time: the zone's changes are on the hour."""
        worked, instant = 0, start_at
        while instant < end:
            step = min(timedelta(minutes=60 - instant.minute), end - instant)
            worked += is_open(calendar, instant.astimezone(ZONE).date()) * int(step.total_seconds() // 60)
            instant += step
        return worked

    assert abs(minutes(projection.warn_at) - share * minutes(projection.due_at)) <= 2


def minute_oracle(calendar, start_at: datetime, text: str, cutoff: str | None, roll: str) -> datetime:
    """Walk from a start minute by minute and give the minute (UTC) in which the deadline expires."""
    number, unit = text.split()
    count = int(number)
    instant, waits_for_opening = start_at, False
    if cutoff:
        local = start_at.astimezone(ZONE)
        waits_for_opening = not is_open(calendar, local.date()) or local.time() > time.fromisoformat(cutoff)
    rolls = False
    while True:
        before, instant = instant.astimezone(ZONE).date(), instant + timedelta(minutes=1)
        day = instant.astimezone(ZONE).date()
        if day == before:
            continue
        if not waits_for_opening and (count == 0 or rolls) and (not rolls or is_open(calendar, before)):
            return instant - timedelta(minutes=1)
        if waits_for_opening:
            waits_for_opening = not is_open(calendar, day)
        elif not rolls:
            count -= unit == "KD" or is_open(calendar, day)
        rolls = rolls or (count == 0 and not waits_for_opening and roll == "next" and not is_open(calendar, day))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CALENDARS),
    INSTANTS,
    st.builds("{} {}".format, st.integers(1, 8), st.sampled_from(["AD", "KD"])),
    CUTOFFS,
    st.sampled_from(["none", "next"]),
)
def test_a_deadline_in_days_expires_in_the_minute_that_walking_there_gives(calendar, start_at, text, cutoff, roll):
    start_at = start_at.replace(second=0, microsecond=0)
    rule = deadlines.parse_rule(text, cutoff=cutoff, roll=roll)
    due_at = deadlines.project(rule, start_at, calendar).due_at
    walked = minute_oracle(calendar, start_at, text, cutoff, roll)
    assert due_at.replace(second=0) == walked


PAUSES = st.lists(st.tuples(st.integers(1, 600), st.integers(1, 3000)), max_size=4)


@given(INSTANTS, st.integers(60, 3000), PAUSES)
def test_a_paused_deadline_in_minutes_expires_when_its_minutes_are_used_up(start_at, budget, pauses):
    """`pauses` are pairs: minutes until the next pause, minutes it lasts; those after the end are left out."""
    start_at = start_at.replace(second=0, microsecond=0)
    rule = deadlines.parse_rule(f"{budget} M")
    due_at = start_at + timedelta(minutes=budget)
    entries = [Entry(EntryKind.START, start_at, "mette", due_at=due_at, warn_at=due_at)]
    left, instant = budget, start_at
    for until, lasting in pauses:
        if until >= left:
            break
        left, instant = left - until, instant + timedelta(minutes=until)
        entries.append(Entry(EntryKind.PAUSE, instant, "mette"))
        instant += timedelta(minutes=lasting)
        entries.append(Entry(EntryKind.RESUME, instant, "mette"))
    while left:
        instant, left = instant + timedelta(minutes=1), left - 1
    assert deadlines.reckon(deadlines.Terms(rule, start_at), entries, CALENDARS[0]).due_at == instant


@given(RULES, INSTANTS, st.sampled_from(CALENDARS), st.lists(st.integers(1, 20), max_size=3))
def test_every_extension_gives_a_later_instant_and_a_step_in_words(text, start_at, calendar, extensions):
    rule = deadlines.parse_rule(text)
    begun = deadlines.project(rule, start_at, calendar)
    entries = [Entry(EntryKind.START, start_at, "mette", due_at=begun.due_at, warn_at=begun.warn_at)]
    reached = begun
    for number in extensions:
        entries.append(Entry(EntryKind.EXTEND, start_at, "mette", rule=f"{number} AD", reason="uoplyst"))
        longer = deadlines.reckon(deadlines.Terms(rule, start_at), entries, calendar)
        assert longer.due_at > reached.due_at
        assert len(longer.steps) == len(reached.steps) + 1
        assert start_at <= longer.warn_at <= longer.due_at
        reached = longer
