"""Every story of `stories` in every kind of scope: what happens inside is the same wherever it is drawn."""

import pytest

from kfflow import engine
from tests.conformance.engine_driver import Driver
from tests.unit.engine.drawing import HEAD
from tests.unit.engine.fragments import DEFINITIONS
from tests.unit.engine.scopes import SCOPES, process, told
from tests.unit.engine.stories import STORIES


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_element_does_the_same_in_every_scope(story, scope):
    told(Driver(), story, scope)


def test_stories_are_drawn_as_the_rules_want():
    errors = {}
    for story in STORIES:
        found = engine.lint(f"{HEAD}{DEFINITIONS}{process(story.body)}</bpmn:definitions>".encode(), "story.bpmn")
        errors[story.name] = [(f.rule, f.element_id) for f in found if f.severity == "error"]
    assert {name: broken for name, broken in errors.items() if broken} == {}
