"""The connection is lost between any two statements, and at the commit: nothing is lost, and nothing happens twice."""

from collections import Counter

import pytest

from kfflow.service import deployments
from tests.properties import pairs, services
from tests.unit.dmn.building import model

WEIGH = model(
    '<decision id="weigh" name="Weigh"><variable name="weigh"/><literalExpression><text>answer + 1</text>'
    "</literalExpression></decision>"
)

PAIRS = 300
SECONDS_A_PAIR = 3  # at most, on a loaded machine


@pytest.fixture
def exposed(database):
    weather = services.Weather()
    made = services.expose(database, weather)
    yield made, weather
    made.close()


@pytest.mark.timeout(SECONDS_A_PAIR * len(pairs.wanted(PAIRS)))
def test_a_case_whose_connection_is_lost_anywhere_is_what_its_history_says(database, exposed, service):
    with service.command(services.ANYBODY) as ctx:
        deployments.deploy(ctx, [("weigh.dmn", WEIGH)])
    lost, intervened = Counter(), Counter()

    def holds(pair: pairs.Pair) -> None:
        proving = services.Proving(database, *exposed, pair)
        for turn in pair.path:
            if proving.places():
                proving.turn(turn)
        proving.end()
        lost.update(proving.lost)
        intervened.update(proving.intervened)

    pairs.hold(holds, PAIRS)
    assert lost.keys() >= {1, 2, 3, 4, 5, services.BEFORE_COMMIT, services.AFTER_COMMIT}
    assert intervened.keys() == {"failed_attempt", "standing_still", "tokens_moved", "other_version"}
