"""What kfflow relies on in the pinned SpiffWorkflow, and what each override of `engine/spiff` mends."""

import importlib.metadata
import inspect
import logging

import pytest
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from kfflow.engine.snapshot import load
from kfflow.engine.spiff.element import ElementSpec
from kfflow.engine.spiff.execution import Execution
from kfflow.engine.spiff.token import Token
from tests.unit.engine.drawing import Case, chain, compiled, end, environment, node, start, user

FORK = (
    start()
    + node("parallelGateway", "Split")
    + node("parallelGateway", "Join")
    + user("A")
    + user("B")
    + end()
    + chain("Begin", "Split", "A", "Join", "Done")
    + chain("Split", "B", "Join")
)


def restored(case):
    return load(case.definition.spec, case.snapshot, environment())


def test_version_is_the_one_that_was_measured():
    assert importlib.metadata.version("SpiffWorkflow") == "3.2.0"


@pytest.mark.parametrize(
    ("theirs", "ours", "names"),
    [
        (TaskSpec, ElementSpec, ["_predict", "_run", "_run_hook"]),
        (Task, Token, ["_set_state", "run"]),
        (Workflow, Execution, ["_task_completed_notify"]),
    ],
)
def test_overridden_methods_exist_and_take_the_same_arguments(theirs, ours, names):
    for name in names:
        expected = list(inspect.signature(getattr(theirs, name)).parameters)
        assert list(inspect.signature(getattr(ours, name)).parameters) == expected


def test_a_token_has_all_that_a_task_has():
    """A token is made without `Task`'s constructor, which draws a UUID and asks the clock for each."""
    execution = restored(Case(compiled(start() + user("Work") + end() + chain("Begin", "Work", "Done"))))
    task = Task(Workflow(execution.spec, deserializing=True), execution.task_tree.task_spec)
    assert [name for name in vars(task) if not hasattr(execution.task_tree, name)] == []


def test_result_of_run_decides_the_state():
    """`Task.run`: True completes, None leaves the task STARTED; the waiting state of every element rests on it."""
    execution = restored(Case(compiled(start() + user("Work") + end() + chain("Begin", "Work", "Done"))))
    token = next(t for t in execution.tasks.values() if t.task_spec.name == "Work")
    assert token.state == TaskState.STARTED


def test_predict_is_empty_so_the_tree_holds_tokens_only():
    """Mends the growth with history and predicted futures, and the loss of tasks below depth 1,000."""
    case = Case(compiled(FORK))
    assert sorted(t.task_spec.name for t in restored(case).tasks.values()) == ["#process", "A", "B"]
    case.complete("A")
    assert sorted(t.task_spec.name for t in restored(case).tasks.values()) == ["#process", "B", "Join"]


def test_state_changes_compose_no_log_records(caplog):
    """Mends the log record that `_set_state` composes for each change, with logging off as well."""
    with caplog.at_level(logging.DEBUG, logger="spiff"):
        Case(compiled(FORK)).complete("A")
    assert not [record for record in caplog.records if "State" in record.message]


def test_completing_a_task_does_not_walk_the_tree():
    """Mends the walk over all tasks after each completed one: a notification changes nothing."""
    execution = restored(Case(compiled(FORK)))
    before = {t.id: t.state for t in execution.tasks.values()}
    execution._task_completed_notify(execution.task_tree)
    assert {t.id: t.state for t in execution.tasks.values()} == before


def test_specs_are_connected_as_drawn():
    spec = compiled(FORK).spec
    assert [s.name for s in spec.element("Split").outputs] == ["A", "B"]
    assert [s.name for s in spec.element("Join").inputs] == ["A", "B"]
