"""When employees are at work, and which task they take."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from kfflow.domain.authorization import Actor, Role
from kfflow.simulation.queues import Open, Place, Queues
from kfflow.simulation.staff import Employee

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
PLACE = Place(frozenset({"betjent"}), "SDO", "vest", None)


def employee(name: str = "anna", hours: str = "office", number: int = 0, sick: float = 0.0) -> Employee:
    actor = Actor(
        username=name, name=name, roles=frozenset({Role.CASEWORKER}), groups=frozenset({"betjent"}), institution="SDO"
    )
    return Employee(actor=actor, hours=hours, number=number, sick_share=sick, holiday_share=0.0, seed=1)


def task(key: int, hours: int, four_eyes: tuple[str, ...] = (), element_id: str = "Opgave") -> Open:
    return Open(MONDAY + timedelta(hours=hours), key, element_id, None, 1, four_eyes, PLACE)


def test_office_hours_are_those_of_working_days() -> None:
    hours = [MONDAY + timedelta(hours=h) for h in (6, 8, 14, 15)]
    assert [employee().is_at_work(at) for at in hours] == [False, True, True, False]


def test_office_worker_comes_back_on_monday() -> None:
    friday_evening = MONDAY + timedelta(days=4, hours=18)
    assert employee().comes_at(friday_evening) == MONDAY + timedelta(days=7, hours=7)


def test_shifts_of_four_cover_every_hour() -> None:
    team = [employee(f"vagt{n}", "shifts", n) for n in range(4)]
    hours = (MONDAY + timedelta(hours=h + 0.5) for h in range(24 * 26))
    assert [at for at in hours if not any(one.is_at_work(at) for one in team)] == []


def test_account_that_stands_for_a_guard_is_always_at_work() -> None:
    guard = employee(hours="always", sick=1.0)
    assert all(guard.is_at_work(MONDAY + timedelta(hours=h)) for h in range(24 * 8))


def test_sick_employee_is_never_at_work() -> None:
    sick = employee(sick=1.0)
    assert [sick.span(MONDAY.date() + timedelta(days=day)) for day in range(7)] == [None] * 7


def test_take_gives_what_is_due_first() -> None:
    anna = employee()
    queues = Queues([anna])
    for one in (task(1, 5), task(2, 2), task(3, 9)):
        queues.put(one)
    taken = [queues.take(anna) for _ in range(4)]
    assert [one.key if one else None for one in taken] == [2, 1, 3, None]


def test_take_leaves_what_four_eyes_keep_away() -> None:
    anna, bo = employee(), employee("bo")
    queues = Queues([anna, bo])
    queues.note(task(1, 1, element_id="Indstil"), "anna")
    queues.put(task(2, 2, four_eyes=("Indstil",)))
    assert (queues.take(anna), queues.take(bo)) == (None, task(2, 2, four_eyes=("Indstil",)))


def test_task_of_another_institution_is_for_nobody_here() -> None:
    elsewhere = replace(task(1, 1), place=PLACE._replace(institution="VES"))
    queue = Queues([employee()]).put(elsewhere)
    assert queue.employees == []
