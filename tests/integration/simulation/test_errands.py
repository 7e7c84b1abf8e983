"""Errands of the simulation: one at a time, on real cases."""

from contextlib import nullcontext

import pytest

from kfflow.domain.authorization import Actor, Role
from kfflow.errors import Conflict, Unavailable
from kfflow.service import instances, persons, tasks
from kfflow.service.accounts import SYSTEM
from kfflow.service.persons import Arrival
from kfflow.simulation import sheets, working
from kfflow.simulation.errands import Errands, Here, Went, tried
from tests.integration.service import diagrams
from tests.integration.service.standing import METTE, open_task, start

CLERK = Actor("nyb", "Nyborg", frozenset({Role.CASEWORKER}), frozenset({"sagsbehandler"}), institution="NYB")
PROCESS = diagrams.sequence("sag", diagrams.user_task("Opgave"), ids=["Opgave"])


@pytest.fixture
def here(service, clock, worker):
    return Here(service, clock, worker)


@pytest.fixture
def task(service):
    """An open task at Nyborg as it lies in its queue there."""
    instance = start(service, PROCESS, process_id="sag")
    with service.command(SYSTEM) as ctx:
        persons.move(ctx, instance.case_key, "ingen", Arrival("NYB"))
    return lying(service)


def lying(service):
    with service.query(SYSTEM) as ctx:
        return sheets.find(ctx, open_task(service, "Opgave").key).task


def test_task_is_handed_in(here, task):
    assert working.hand_in(here, CLERK, task, {}) == Went(done=True)


def test_task_whose_case_has_moved_meanwhile_is_given_back_as_it_lies_there(here, service, task):
    with service.command(SYSTEM) as ctx:
        persons.move(ctx, task.case_key, "ingen", Arrival("HOR"))
    assert working.hand_in(here, CLERK, task, {}) == lying(service)


def test_task_that_is_withdrawn_meanwhile_is_neither_done_nor_refused(here, service, task):
    key = open_task(service, "Opgave").instance_key
    with service.command(SYSTEM) as ctx:
        instances.cancel(ctx, key, reason="Fortrudt")
    assert working.hand_in(here, CLERK, task, {}) == Went(done=False)


def test_task_that_somebody_else_holds_comes_back_as_theirs(here, service, task):
    with service.command(METTE) as ctx:
        tasks.claim(ctx, task.key)
    assert working.hand_in(here, CLERK, task, {}).place.assignee == METTE.username


def late(_here: Here) -> None:
    raise Conflict("For sent.", "Too late.")


def test_what_the_last_errand_raises_is_told(here):
    with pytest.raises(Conflict, match=r"Too late\."), Errands(here, 1) as errands:
        errands.run(late)


@pytest.mark.parametrize(("refusals", "tries"), [(2, 3), (3, 3)])
def test_a_command_that_the_database_cannot_take_now_is_run_three_times_at_most(refusals, tries):
    begun = []

    def command():
        begun.append(len(begun))
        if len(begun) <= refusals:
            raise Unavailable("Prøv igen.", "Try again.")

    with nullcontext() if refusals < tries else pytest.raises(Unavailable):
        tried(command)
    assert len(begun) == tries
