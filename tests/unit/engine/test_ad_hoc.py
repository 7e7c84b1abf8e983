"""Ad-hoc subprocesses: what runs in them, and when they are done (BPMN 2.0 §13.3.5)."""

import pytest

from kfflow import engine
from tests.unit.engine.drawing import Case, chain, compiled, diagram, end, extended, flow, node, start, user

DONE = "<bpmn:completionCondition>done = true</bpmn:completionCondition>"


def ad_hoc(inside, **attributes):
    element = node("adHocSubProcess", "Free", inside, **attributes)
    return start() + element + user("After") + end() + chain("Begin", "Free", "After", "Done")


def chosen(*names):
    ids = ", ".join(f"&quot;{name}&quot;" for name in names)
    return extended(f'<zeebe:adHoc activeElementsCollection="=[{ids}]"/>')


@pytest.mark.parametrize(("cancels", "expected"), [("true", ["After"]), ("false", ["C"])])
def test_condition_that_holds_after_an_activity_lets_nothing_follow_it(cancels, expected):
    inside = user("A") + user("B") + user("C") + flow("A", "B") + DONE
    case = Case(compiled(ad_hoc(inside, cancelRemainingInstances=cancels)))
    assert case.complete("A", done=True).waits_at() == expected


def test_condition_that_does_not_hold_lets_the_path_go_on():
    inside = user("A") + user("B") + flow("A", "B") + DONE
    case = Case(compiled(ad_hoc(inside)))
    assert case.complete("A", done=False).waits_at() == ["B"]
    assert case.complete("B").waits_at() == ["After"]


@pytest.mark.parametrize(("names", "expected"), [(["B"], ["B"]), (["B", "A"], ["A", "B"]), ([], ["After"])])
def test_activities_that_are_named_run(names, expected):
    assert Case(compiled(ad_hoc(chosen(*names) + user("A") + user("B")))).waits_at() == expected


def test_activity_that_is_not_there_is_an_incident():
    case = Case(compiled(ad_hoc(chosen("Gone") + user("A"))))
    assert [opened.kind for opened in case.outcome.opened] == ["EXTRACT_VALUE_ERROR"]


def test_choice_of_activities_one_by_one_is_refused_by_its_element():
    findings = engine.lint(diagram(ad_hoc(chosen("A") + user("A"), ordering="Sequential")), "x.bpmn")
    assert [f.element_id for f in findings if f.rule == "not-supported"] == ["Free"]
