"""Who is in prison, as the simulation counts them."""

from random import Random

import pytest

from kfflow.persistence.tables import Unit
from kfflow.simulation import figures
from kfflow.simulation.people import People


def test_whoever_was_released_on_the_way_does_not_come_in_again() -> None:
    people = People(figures.profile(), 1, [])
    people.regimes |= {"SYN-000001": "lukket", "SYN-000002": "lukket"}
    people.leaves("SYN-000001")
    for number in ("SYN-000001", "SYN-000002"):
        people.moves(number, "aaben")
    assert people.regimes == {"SYN-000002": "aaben"}


@pytest.mark.parametrize(("besides", "chosen"), [("HER", {"HER"}), ("NYB", {"HER"}), (None, {"HER"})])
def test_place_for_a_regime_is_one_that_has_it_even_when_one_institution_alone_has(besides, chosen) -> None:
    units = [
        Unit(code="HER-H", institution_code="HER", regime="halvaaben", places=20),
        Unit(code="NYB-L1", institution_code="NYB", regime="lukket", places=104),
    ]
    people = People(figures.profile(), 1, units)
    assert {people.place_for(Random(lot), "halvaaben", besides=besides) for lot in range(20)} == chosen


def test_place_for_a_regime_that_others_have_too_is_elsewhere() -> None:
    units = [Unit(code=f"{code}-L1", institution_code=code, regime="lukket", places=10) for code in ("NYB", "ENM")]
    people = People(figures.profile(), 1, units)
    assert {people.place_for(Random(lot), "lukket", besides="NYB") for lot in range(20)} == {"ENM"}
