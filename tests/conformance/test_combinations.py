"""The stories of the elements, told through the commands on PostgreSQL: rows say what the engine alone says.

Each story is told in three of the nine scopes, so that every scope tells a third of them; the engine alone tells all.
"""

import pytest

from tests.conformance.driver import Driver
from tests.conformance.engine_driver import NOON
from tests.unit.engine.scopes import SCOPES, told
from tests.unit.engine.stories import STORIES

IN_TURN = [(story, scope) for i, story in enumerate(STORIES) for j, scope in enumerate(SCOPES) if (i + j) % 3 == 0]


@pytest.mark.parametrize(("story", "scope"), IN_TURN, ids=[f"{story.name}, {scope}" for story, scope in IN_TURN])
def test_story_through_the_commands(story, scope):
    driver = Driver()
    driver.clock.at = NOON
    told(driver, story, scope)
