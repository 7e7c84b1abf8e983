"""Who is in prison, as the simulation counts them."""

from kfflow.simulation import figures
from kfflow.simulation.people import People


def test_whoever_was_released_on_the_way_does_not_come_in_again() -> None:
    people = People(figures.profile(), 1, [])
    people.regimes |= {"SYN-000001": "lukket", "SYN-000002": "lukket"}
    people.leaves("SYN-000001")
    for number in ("SYN-000001", "SYN-000002"):
        people.moves(number, "aaben")
    assert people.regimes == {"SYN-000002": "aaben"}
