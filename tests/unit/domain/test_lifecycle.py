import inspect
from enum import StrEnum

import pytest

from kfflow.domain import lifecycle
from kfflow.domain.lifecycle import IncidentState, InstanceState, JobState, UserTaskState
from kfflow.engine import outcome
from kfflow.errors import Conflict

STATES = [
    state
    for _, enum in inspect.getmembers(lifecycle, inspect.isclass)
    if issubclass(enum, StrEnum) and enum is not StrEnum
    for state in enum
]


def test_an_open_task_may_be_completed_or_canceled_and_then_nothing():
    following = {
        (state, after) for state in UserTaskState for after in UserTaskState if lifecycle.may_follow(state, after)
    }
    assert following == {
        (UserTaskState.CREATED, UserTaskState.COMPLETED),
        (UserTaskState.CREATED, UserTaskState.CANCELED),
    }


def test_states_of_different_things_do_not_follow_each_other():
    assert lifecycle.may_follow(JobState.CREATED, JobState.FAILED)
    assert not lifecycle.may_follow(UserTaskState.CREATED, JobState.COMPLETED)
    assert not lifecycle.may_follow(UserTaskState.CREATED, JobState.FAILED)


@pytest.mark.parametrize("state", STATES, ids=lambda state: f"{type(state).__name__}.{state.value}")
def test_every_state_has_words_in_both_languages(state):
    da, en = lifecycle.state_words(state)
    assert da != state.value
    assert en != state.value


def test_instance_states_are_those_of_the_engine():
    assert [state.value for state in InstanceState] == [state.value for state in outcome.InstanceState]


@pytest.mark.parametrize(
    ("require", "good", "bad", "message"),
    [
        (lifecycle.require_open_task, UserTaskState.CREATED, UserTaskState.COMPLETED, "Opgaven »x« er afsluttet."),
        (lifecycle.require_active_case, InstanceState.ACTIVE, InstanceState.TERMINATED, "Sagen x er afbrudt."),
        (lifecycle.require_open_job, JobState.CREATED, JobState.FAILED, "Jobbet x er fejlet."),
        (lifecycle.require_active_instance, InstanceState.ACTIVE, InstanceState.COMPLETED, "Processen x er afsluttet."),
        (lifecycle.require_active_incident, IncidentState.ACTIVE, IncidentState.RESOLVED, "Driftshændelsen x er løst."),
    ],
)
def test_a_command_at_the_wrong_time_is_refused_with_the_state_in_words(require, good, bad, message):
    require(good, "x")
    with pytest.raises(Conflict) as refused:
        require(bad, "x")
    assert refused.value.message("da") == message
    assert refused.value.status == 409


def test_require_transition_names_the_thing():
    lifecycle.require_transition(UserTaskState.CREATED, UserTaskState.CANCELED, "Opgaven", "The task")
    with pytest.raises(Conflict, match="The task is completed"):
        lifecycle.require_transition(UserTaskState.COMPLETED, UserTaskState.CANCELED, "Opgaven", "The task")
