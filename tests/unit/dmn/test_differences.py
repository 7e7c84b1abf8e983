"""What has changed in a decision table, told rule by rule and column by column."""

import pytest

from kfflow.domain import diagrams
from kfflow.engine.describe import describe
from tests.unit.dmn.building import Row, rule, table

BASIS = "straffuldbyrdelsesloven § 46"


def lines(former: list[Row], current: list[Row]) -> list[str]:
    described = (describe(table(["type", "år"], ["interval"], rows), "t.dmn") for rows in (former, current))
    return [change.text_da for change in diagrams.difference(*described)]


@pytest.mark.parametrize(
    ("current", "told"),
    [
        (
            rule(['"frigang"', "-"], ['"P9D"'], "r", hjemmel=BASIS),
            ['Reglen »type "frigang"«: kolonnen »interval« er ændret fra »"P7D"« til »"P9D"«.'],
        ),
        (
            rule(['"frigang"', ">= 5"], ['"P7D"'], "r", hjemmel=BASIS),
            [
                (
                    'Reglen »type "frigang", år >= 5«: betingelserne er ændret fra »type "frigang"« til '
                    '»type "frigang", år >= 5«.'
                )
            ],
        ),
        (
            rule(['"frigang"', "-"], ['"P7D"'], "r", hjemmel="§ 47"),
            [f'Reglen »type "frigang"«: kolonnen »hjemmel« er ændret fra »{BASIS}« til »§ 47«.'],
        ),
    ],
)
def test_a_changed_rule_is_told_by_its_conditions_and_the_heading_of_the_column(current, told):
    assert lines([rule(['"frigang"', "-"], ['"P7D"'], "r", hjemmel=BASIS)], [current]) == told


def test_a_rule_that_came_and_one_that_went_are_told():
    stays, comes = rule(["-", "-"], ['"P1D"'], "a"), rule(['"udflugt"', "-"], ['"P2D"'], "b")
    assert lines([stays], [stays, comes]) == ['Reglen »type "udflugt"« er ny.']
    assert lines([stays, comes], [comes]) == ["Reglen »altid« er fjernet."]
