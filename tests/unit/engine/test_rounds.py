"""Rounds of timers: cron against every minute of a week, catch-up against a day-by-day simulation, and on diagrams."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfflow.engine.cron import parse_cron
from kfflow.engine.rounds import CatchUp, Policy, Round, settle
from tests.unit.engine.drawing import AT, Case, chain, compiled, end, extended, node, start, timer, user

ZONE = "Europe/Copenhagen"
WALL = ZoneInfo(ZONE)
MINUTE = timedelta(minutes=1)
SPRING, AUTUMN = datetime(2026, 3, 28, 20, tzinfo=UTC), datetime(2026, 10, 24, 20, tzinfo=UTC)

# ------------------------------------------------------------ cron


def fields(low, high):
    some = st.lists(st.integers(low, high), min_size=1, max_size=3, unique=True)
    return st.just("*") | some.map(lambda numbers: ",".join(map(str, sorted(numbers))))


CRONS = st.tuples(fields(0, 59), fields(0, 4) | fields(0, 23), st.sampled_from(["*", "28-31", "1,25,29"]), fields(0, 6))


def is_shown(minute, hour, moment):
    return all(f == "*" or n in f for f, n in ((minute, moment.minute), (hour, moment.hour)))


def oracle(cron, at):
    """Walk minute by minute over the real time, looking at the clock on the wall."""
    minute, hour, day, weekday = cron
    numbers = [f if f == "*" else {int(n) for n in f.split(",")} for f in (minute, hour, weekday)]
    days = {"*": range(1, 32), "28-31": range(28, 32)}.get(day) or (1, 25, 29)

    def is_day(moment):
        in_days, in_week = moment.day in days, numbers[2] == "*" or moment.isoweekday() % 7 in numbers[2]
        return in_days and in_week if "*" in (day, weekday) else in_days or in_week

    instant = at.replace(second=0, microsecond=0)
    for _ in range(3 * 24 * 60):
        instant += MINUTE
        shown = instant.astimezone(WALL)
        pushed = shown.replace(tzinfo=None) - timedelta(hours=1)
        was_left_out = pushed.replace(tzinfo=WALL).astimezone(UTC).astimezone(WALL).replace(tzinfo=None) != pushed
        if is_shown(numbers[0], numbers[1], shown) and is_day(shown) and (not shown.fold or numbers[1] == "*"):
            return instant
        if was_left_out and is_shown(numbers[0], numbers[1], pushed) and is_day(pushed):
            return instant
    return None


@given(CRONS, st.sampled_from([SPRING, AUTUMN]), st.integers(0, 10 * 60))
def test_cron_agrees_with_a_walk_over_the_minutes_when_the_clocks_change(cron, day, minutes):
    at = day + minutes * MINUTE
    expected = oracle(cron, at)
    found = parse_cron("{} {} {} * {}".format(*cron)).after(at, ZONE)
    assert found > at
    assert found == expected if expected else found > at + timedelta(days=3)


def test_a_quarter_of_an_hour_passes_four_times_in_each_hour_that_comes_twice():
    quarter, at = parse_cron("*/15 * * * *"), datetime(2026, 10, 24, 23, 50, tzinfo=UTC)
    for _ in range(12):
        following = quarter.after(at, ZONE)
        assert following - at in (timedelta(minutes=10), timedelta(minutes=15))
        at = following


# ------------------------------------------------------------ catching up

CYCLES = st.builds(
    "{}/{}".format,
    st.just("R") | st.integers(1, 8).map(lambda n: f"R{n}"),
    st.sampled_from(["PT1H", "PT40M", "P1D", "P1DT6H"]),
) | st.sampled_from(["0 * * * *", "30 2 * * *", "*/20 8-16 * * MON-FRI"])


def all_rounds(first, until):
    found = []
    while first is not None and first.due <= until:
        found.append(first)
        first = first.following()
    return found, first


@given(CYCLES, st.sampled_from(list(Policy)), st.integers(0, 5 * 24 * 60), st.sampled_from([0, 5, 90]))
def test_catching_up_agrees_with_looking_at_each_round(text, policy, away, late_minutes):
    first = Round.first_of(text, SPRING, ZONE)
    at, late_after = first.due + away * MINUTE, late_minutes * MINUTE
    due, future = all_rounds(first, at)
    late = [r for r in due if r.due < at - late_after]
    fired = {"all": due, "once": late[-1:] + due[len(late) :], "skip": due[len(late) :]}[policy]

    seen, missed, waits = [], 0, first
    while waits is not None and waits.due <= at:
        settled = settle(CatchUp(policy, late_after), waits, at)
        seen += [settled.fires] if settled.fires else []
        missed += settled.missed.rounds if settled.missed else 0
        waits = settled.waits
    assert ([r.due for r in seen], waits and waits.due) == ([r.due for r in fired], future and future.due)
    assert (missed, waits and waits.left) == (len(due) - len(fired), future and future.left)


def test_missed_rounds_of_every_second_are_settled_without_walking_over_a_month_of_them():
    first = Round.first_of("* * * * * *", SPRING, ZONE)
    settled = settle(CatchUp(Policy.ONCE), first, SPRING + timedelta(days=31))
    assert settled.waits.due == SPRING + timedelta(days=31) - timedelta(minutes=5)


def reminded(policy, cycle="R5/PT1H", cancels="false"):
    said = extended(f'<kf:timer catchUp="{policy}" lateAfter="PT10M"/>')
    remind = node("boundaryEvent", "Remind", said + timer("timeCycle", cycle), attachedToRef="Work")
    remind = remind.replace('id="Remind"', f'id="Remind" cancelActivity="{cancels}"')
    body = start() + user("Work") + remind + user("Note") + end()
    return Case(compiled(body + chain("Begin", "Work", "Done") + chain("Remind", "Note", "Done")))


@pytest.mark.parametrize(
    ("policy", "notes", "next_round"),
    [("all", 1, 2), ("once", 1, 4), ("skip", 0, 4)],
)
def test_a_reminder_three_and_a_half_hours_late_does_what_its_policy_says(policy, notes, next_round):
    case = reminded(policy)
    case.at = AT + timedelta(hours=3, minutes=30)
    case.fire("Remind")
    assert case.waits_at().count("Note") == notes
    opened = [o for o in case.outcome.opened if o.element_id == "Remind"]
    assert [o.due_at for o in opened] == [AT + timedelta(hours=next_round)]
    missed = [h.data["rounds"] for h in case.outcome.happened if h.kind == "TIMER_ROUNDS_MISSED"]
    assert missed == {"all": [], "once": [2], "skip": [3]}[policy]


def test_a_single_time_that_was_missed_and_is_skipped_leaves_its_activity_alone():
    case = reminded("skip", "R1/PT1H", cancels="true")
    case.at = AT + timedelta(days=1)
    assert case.fire("Remind").waits_at() == ["Work"]
    assert [(c.element_id, c.reason) for c in case.outcome.closed] == [("Remind", "CANCELED")]


def test_a_token_that_waits_for_rounds_goes_on_at_the_last_even_when_it_was_missed():
    said = extended('<kf:timer catchUp="skip"/>')
    wait = node("intermediateCatchEvent", "Wait", said + timer("timeCycle", "R2/PT1H"))
    case = Case(compiled(start() + wait + user("Work") + end() + chain("Begin", "Wait", "Work", "Done")))
    case.at = AT + timedelta(days=1)
    assert case.fire("Wait").waits_at() == ["Work"]


def test_a_date_that_had_passed_when_its_timer_was_armed_is_not_late():
    said = extended('<kf:timer catchUp="skip"/>')
    late = node("boundaryEvent", "Late", said + timer("timeDate", "2020-01-01"), attachedToRef="Work")
    body = start() + user("Work") + late + user("Note") + end()
    case = Case(compiled(body + chain("Begin", "Work", "Done") + chain("Late", "Note", "Done")))
    assert case.fire("Late").waits_at() == ["Note"]
