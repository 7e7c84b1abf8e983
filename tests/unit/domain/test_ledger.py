from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kfflow.domain import calendars, deadlines
from kfflow.domain.deadlines import Entry, EntryKind
from kfflow.domain.lifecycle import DeadlineState
from kfflow.errors import Conflict, InvalidInput

BEGIN = datetime(2026, 11, 24, 9, tzinfo=UTC)
DUE = datetime(2026, 12, 8, 22, 59, 59, tzinfo=UTC)
WARN = datetime(2026, 12, 4, 12, tzinfo=UTC)
DK = calendars.danish_calendar()


def after(days: float) -> datetime:
    return BEGIN + timedelta(days=days)


def entry(kind: EntryKind, days: float, **more) -> Entry:
    return Entry(kind, after(days), "mette", **more)


START = entry(EntryKind.START, 0, due_at=DUE, warn_at=WARN)


def test_a_started_deadline_runs():
    state = deadlines.replay([START])
    assert (state.state, state.due_at, state.warn_at, state.is_open) == (DeadlineState.RUNNING, DUE, WARN, True)


def test_a_deadline_met_in_time_is_met():
    state = deadlines.replay([START, entry(EntryKind.MET, 3)])
    assert (state.state, state.ended_at) == (DeadlineState.MET, after(3))


def test_a_deadline_met_late_stays_breached():
    state = deadlines.replay(
        [START, entry(EntryKind.WARNED, 11), entry(EntryKind.BREACHED, 15), entry(EntryKind.MET, 16)]
    )
    assert (state.state, state.warned_at, state.breached_at, state.ended_at) == (
        DeadlineState.BREACHED,
        after(11),
        after(15),
        after(16),
    )


def test_a_deadline_met_late_before_anybody_saw_it_is_breached():
    assert deadlines.replay([START, entry(EntryKind.MET, 16)]).state is DeadlineState.BREACHED


def test_a_pause_moves_the_due_instant_when_it_ends():
    paused = deadlines.replay([START, entry(EntryKind.PAUSE, 2)])
    assert (paused.state, paused.paused_at, paused.due_at) == (DeadlineState.PAUSED, after(2), DUE)
    resumed = deadlines.replay([START, entry(EntryKind.PAUSE, 2), entry(EntryKind.RESUME, 5)])
    assert (resumed.state, resumed.paused_at) == (DeadlineState.RUNNING, None)
    assert (resumed.due_at, resumed.warn_at) == (DUE + timedelta(days=3), WARN + timedelta(days=3))


def test_an_entry_carries_the_due_instant_that_it_leads_to():
    given_due = DUE + timedelta(days=5)
    state = deadlines.replay([START, entry(EntryKind.PAUSE, 2), entry(EntryKind.RESUME, 5, due_at=given_due)])
    assert state.due_at == given_due


def test_an_extension_gives_a_breached_deadline_new_life_and_a_new_warning():
    later = after(30)
    entries = [START, entry(EntryKind.WARNED, 11), entry(EntryKind.BREACHED, 15)]
    extended = entry(EntryKind.EXTEND, 16, due_at=later, warn_at=after(25), reason="Høring", hjemmel="fvl. § 19")
    state = deadlines.append(entries, extended)
    assert (state.state, state.due_at, state.warned_at, state.breached_at) == (DeadlineState.RUNNING, later, None, None)


def test_an_extension_must_give_more_time_and_say_until_when():
    with pytest.raises(Conflict):
        deadlines.append([START], entry(EntryKind.EXTEND, 1, due_at=DUE))
    with pytest.raises(InvalidInput):
        deadlines.append([START], entry(EntryKind.EXTEND, 1))


def test_a_recomputed_deadline_may_come_earlier():
    assert deadlines.append([START], entry(EntryKind.RECOMPUTE, 1, due_at=after(4))).due_at == after(4)


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [entry(EntryKind.MET, 0)],
        [START, START],
        [START, entry(EntryKind.RESUME, 1)],
        [START, entry(EntryKind.PAUSE, 1), entry(EntryKind.PAUSE, 2)],
        [START, entry(EntryKind.PAUSE, 1), entry(EntryKind.BREACHED, 20)],
        [START, entry(EntryKind.BREACHED, 1)],
        [START, entry(EntryKind.MET, 1), entry(EntryKind.PAUSE, 2)],
        [START, entry(EntryKind.CANCELED, 1), entry(EntryKind.MET, 2)],
        [START, entry(EntryKind.WARNED, 2), entry(EntryKind.MET, 1)],
    ],
)
def test_an_entry_that_does_not_fit_is_refused(entries):
    with pytest.raises(Conflict):
        deadlines.replay(entries)


@pytest.mark.parametrize(
    ("rule", "paused", "resumed", "due"),
    [
        ("10 AD", "2026-11-26T10:00", "2026-11-26T15:00", "2026-12-08T23:59:59"),
        ("10 AD", "2026-11-26T10:00", "2026-11-30T10:00", "2026-12-10T23:59:59"),
        ("10 AD", "2026-11-27T10:00", "2026-11-29T10:00", "2026-12-08T23:59:59"),
        ("14 KD", "2026-11-26T10:00", "2026-11-30T10:00", "2026-12-12T23:59:59"),
        ("336 H", "2026-11-26T10:00", "2026-11-26T11:30", "2026-12-09T01:29:59"),
    ],
)
def test_a_pause_costs_a_rule_what_its_own_clock_counts(rule, paused, resumed, due):
    instants = [datetime.fromisoformat(f"{text}+01:00") for text in (paused, resumed, due)]
    moved = deadlines.resumed_due_at(deadlines.parse_rule(rule), DUE, instants[0], instants[1], calendar=DK)
    assert moved == instants[2]


KINDS = st.sampled_from(list(EntryKind))
ENTRIES = st.lists(
    st.builds(
        lambda kind, days, due: Entry(kind, after(days), "x", due_at=after(due)),
        KINDS,
        st.integers(0, 30),
        st.integers(0, 60),
    ),
    max_size=12,
)


@given(ENTRIES)
def test_whatever_fits_replays_to_one_state_and_never_crashes(entries):
    ledger = [START]
    for candidate in sorted(entries, key=lambda one: one.at):
        try:
            state = deadlines.append(ledger, candidate)
        except Conflict:
            continue
        ledger.append(candidate)
        assert state == deadlines.replay(ledger)
        assert (state.state is DeadlineState.PAUSED) is (state.paused_at is not None) or state.ended_at
        assert state.breached_at is None or state.state is DeadlineState.BREACHED or state.ended_at
