"""How long tasks lie and are held; no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from kfflow.demo import cut
from kfflow.persistence.tables import Unit
from kfflow.simulation.setting import Pace, make_room

OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
DUE = OPENED + timedelta(days=4)
PACE = Pace(
    lying=(0.25, 0.5),
    late=(1.25, 1.5),
    late_share=0.0,
    held=(0.5, 0.75),
    claimed_share=1.0,
    longest=timedelta(days=10),
)


def shares(pace: Pace, due_at: datetime = DUE) -> list[float]:
    taken = (pace.taken_up_at(Random(lot), OPENED, due_at) for lot in range(50))
    return [(at - OPENED) / timedelta(days=4) for at in taken]


def test_task_lies_for_a_share_of_its_time() -> None:
    assert (min(shares(PACE)) >= 0.25, max(shares(PACE)) <= 0.5) == (True, True)


def test_late_task_is_taken_up_after_its_deadline() -> None:
    assert min(shares(replace(PACE, late_share=1.0))) >= 1.25


def test_task_past_its_deadline_is_taken_up_at_once() -> None:
    assert set(shares(PACE, due_at=OPENED - timedelta(days=1))) == {0.0}


def test_task_with_no_deadline_near_lies_no_longer_than_the_longest() -> None:
    assert max(shares(replace(PACE, longest=timedelta(days=1)), due_at=datetime.max.replace(tzinfo=UTC))) <= 0.125


def test_claimed_task_is_held_for_a_share_of_what_is_left() -> None:
    until = PACE.held_until(Random(1), OPENED, DUE)
    assert until is not None
    assert timedelta(days=2) <= until - OPENED <= timedelta(days=3)


def test_unclaimed_task_is_not_held() -> None:
    pace = replace(PACE, claimed_share=0.0)
    assert pace.held_until(Random(1), OPENED, DUE) is None


def test_cut_that_is_shipped_ends_now_and_stages_its_leaves_around_it() -> None:
    now = datetime(2026, 11, 27, 12, tzinfo=UTC)
    told = cut.read()
    setting = cut.setting(told, now)
    planned = [one.script.answers.get("planlaeg_udgang", {}).get("udgang_retur") for one in setting.staged]
    late = [told for told, one in zip(planned, setting.staged, strict=True) if "ring_til_indsat" in one.script.left]
    assert cut.extent(told, now).end == now
    assert late == ["2026-11-27T12:40:00+01:00"] * 2


def test_units_have_room_for_as_many_as_serve_and_no_more_than_they_need() -> None:
    for inmates, places in ((4200, [894, 3529]), (100, [800, 3161])):
        units = [Unit(code="A", places=800), Unit(code="B", places=3161)]
        make_room(units, inmates)
        assert [unit.places for unit in units] == places
