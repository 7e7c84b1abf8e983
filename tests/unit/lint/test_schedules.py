"""A due date that reads variables is remarked upon: it does not follow them."""

import pytest

from kfflow import engine
from tests.unit.engine.drawing import chain, diagram, end, start, user


def told(due: str) -> list[tuple[str, str, str]]:
    task = user("A", f'<zeebe:taskSchedule dueDate="{due}"/>')
    found = engine.lint(diagram(start() + task + end() + chain("Begin", "A", "Done")), "x.bpmn")
    return [(f.severity.value, f.element_id, f.message_en) for f in found if f.rule == "due-date-fixed"]


def test_variables_of_a_due_date_are_named():
    words = "A: the due date is worked out when the task opens only and does not follow dag, frist.dage later."
    assert told("=date(dag) + duration(frist.dage)") == [("info", "A", words.replace("frist.dage", "frist"))]


@pytest.mark.parametrize("due", ["2026-02-01T12:00:00Z", "P2D", "=now() + duration(&quot;P2D&quot;)", "=1 +", ""])
def test_due_date_that_hangs_on_nothing_is_not_remarked_upon(due):
    assert told(due) == []
