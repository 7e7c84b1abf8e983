"""Durations, cycles, cron, the three-way merge, and branches within branches."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfflow import engine
from kfflow.engine.cron import parse_cron
from kfflow.engine.merge import MISSING, merge3, same
from kfflow.engine.outcome import InstanceState
from kfflow.engine.rounds import Round
from kfflow.engine.snapshot import dump, load
from kfflow.engine.timing import InvalidTime, parse_cycle, parse_duration, parse_instant
from tests.unit.engine.drawing import chain, compiled, end, environment, start, user

ZONE = "Europe/Copenhagen"
DEEP = 2_000


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at", "due"),
    [
        ("P1M", utc(2026, 1, 31, 11), utc(2026, 2, 28, 11)),
        ("P1Y", utc(2024, 2, 29, 11), utc(2025, 2, 28, 11)),
        ("P1D", utc(2026, 3, 28, 11), utc(2026, 3, 29, 10)),
        ("PT24H", utc(2026, 3, 28, 11), utc(2026, 3, 29, 11)),
        ("P2W", utc(2026, 3, 1, 11), utc(2026, 3, 15, 11)),
        ("-PT1H", utc(2026, 3, 1, 11), utc(2026, 3, 1, 10)),
    ],
)
def test_duration_counts_as_a_calendar_does(text, at, due):
    assert parse_duration(text).after(at, ZONE) == due


@pytest.mark.parametrize("text", ["", "P", "PT", "1D", "P0.5M", "P1S", "PT1D", "P99999999Y"])
def test_duration_that_is_none_is_refused(text):
    with pytest.raises(InvalidTime):
        parse_duration(text)


def test_instant_without_offset_is_in_the_zone_of_the_case():
    assert parse_instant("2026-07-01", ZONE) == utc(2026, 6, 30, 22)
    assert parse_instant("2026-07-01T12:00:00", ZONE) == utc(2026, 7, 1, 10)
    assert parse_instant("2026-07-01T12:00:00Z", ZONE) == utc(2026, 7, 1, 12)
    assert parse_instant("2026-07-01T12:00:00@America/New_York", ZONE) == utc(2026, 7, 1, 16)


@pytest.mark.parametrize(
    "text",
    ["", "2026-02-30", "0001-01-01", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00+05:00"],
)
def test_instant_that_is_none_or_cannot_be_shown_in_every_zone_is_refused(text):
    with pytest.raises(InvalidTime):
        parse_instant(text, ZONE)


def test_day_that_never_comes_is_an_instant():
    assert parse_instant("9999-12-31", ZONE) == utc(9999, 12, 30, 23)


def rounds(text, at, count):
    """The first rounds of a cycle that is set going at an instant."""
    found = [Round.first_of(text, at, ZONE)]
    while len(found) < count and (following := found[-1].following()):
        found.append(following)
    return [r.due for r in found]


def test_cycle_counts_from_its_start_as_often_as_it_says():
    assert rounds("R3/2026-03-01T08:00:00Z/P1D", utc(2026, 2, 1), 9) == [utc(2026, 3, day, 8) for day in (1, 2, 3)]
    for text in ("R3", "R/PT0S", "R/x/PT1H", "R3/-PT1H"):
        with pytest.raises(InvalidTime):
            parse_cycle(text)


def test_cycle_that_began_before_keeps_to_its_times():
    assert rounds("R/2026-03-01T08:00:00Z/P1D", utc(2026, 3, 4, 12, 34), 2) == [utc(2026, 3, 5, 8), utc(2026, 3, 6, 8)]


def test_cycle_of_months_does_not_lose_the_last_day():
    dues = rounds("R/2026-01-31T12:00:00Z/P1M", utc(2026, 1, 1), 4)
    assert [due.day for due in dues] == [31, 28, 31, 30]


def test_cycle_of_days_keeps_its_hour_over_the_one_that_is_left_out():
    """02:30 does not exist on 29 March 2026."""
    dues = rounds("R/2026-03-28T02:30:00/P1D", utc(2026, 3, 27), 3)
    assert dues == [utc(2026, 3, 28, 1, 30), utc(2026, 3, 29, 1, 30), utc(2026, 3, 30, 0, 30)]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("0 0 9-17 * * MON-FRI", utc(2026, 3, 6, 13)),
        ("*/15 * * * *", utc(2026, 3, 6, 12, 15)),
        ("0 0 0 1 1 ?", utc(2026, 12, 31, 23)),
        ("@daily", utc(2026, 3, 6, 23)),
        ("0 0 0 29 2 *", utc(2028, 2, 28, 23)),
    ],
)
def test_cron_gives_the_next_time(text, due):
    assert parse_cron(text).after(utc(2026, 3, 6, 12, 0), ZONE) == due


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from("abc"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_merge_with_an_unchanged_side_gives_the_other(base, changed):
    assert merge3(base, base, changed) == (changed, False) or same(base, changed)
    assert merge3(base, changed, base) == (changed, False)


@given(VALUES, VALUES, VALUES)
def test_merge_agrees_on_conflicts_from_both_sides(base, left, right):
    assert merge3(base, left, right)[1] == merge3(base, right, left)[1]


def test_merge_keeps_a_deletion_and_an_addition():
    assert merge3({"a": 1, "b": 2}, {"b": 2}, {"a": 1, "b": 2, "c": 3}) == ({"b": 2, "c": 3}, False)
    assert merge3(MISSING, {"a": 1}, {"b": 2}) == ({"a": 1, "b": 2}, False)
    assert merge3([1], [1, "A"], [1, "B"]) == ([1, "A", "B"], False)
    assert merge3(1, True, 1.0)[0] is True


def test_branches_within_branches_are_kept_however_deep():
    definition = compiled(start() + user("A") + end() + chain("Begin", "A", "Done"))
    document = orjson.loads(engine.start(definition, {}, environment()).snapshot.partition(b"\n")[0])
    outermost = len(document["f"])
    document["f"] += [[row - 1, 1, {}, {}, {}, []] for row in range(outermost, outermost + DEEP)]
    task = next(row for row in document["t"] if row[1] == "A")
    task[4] = len(document["f"]) - 1
    snapshot = orjson.dumps(document) + b"\n"
    execution = load(definition.spec, snapshot, environment())
    assert dump(execution) == snapshot
    assert len(list(execution.task_tree.frame.inside())) == len(document["f"]) - 1
    done = engine.complete_task(definition, snapshot, task[0], {"seen": 1}, environment())
    assert (done.state, done.variables["seen"]) == (InstanceState.COMPLETED, 1)
